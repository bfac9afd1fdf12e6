import fp from 'fastify-plugin'

/**
 * Lets the service stop as soon as what is in hand is answered. Fastify closes the connections that are
 * idle when it is asked to stop; those that become idle a moment later would keep it for as long as
 * browsers keep connections open.
 */
export const closing = fp(async app => {
  app.addHook('preClose', done => {
    if (app.server.listening) {
      const sweep = setInterval(() => { app.server.closeIdleConnections() }, 20)
      app.server.once('close', () => { clearInterval(sweep) })
    }
    done()
  })
}, { name: 'closing' })
