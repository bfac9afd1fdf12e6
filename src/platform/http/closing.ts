import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import fp from 'fastify-plugin'

/** How long a form that is on its way may take to arrive once the service is asked to stop; forms are small. */
const formPatienceMs = 2_000

/**
 * Lets the service stop as soon as what is in hand is answered. Node closes the connections that have become idle
 * after a request, once: those that become idle a moment later, and those on which no request ever came (a browser
 * opens them ahead, a probe to see that somebody listens), would keep it for as long as their other end likes.
 */
export const closing = fp(async app => {
  const connections = new Map<Socket, Set<IncomingMessage>>()

  app.server.on('connection', (socket: Socket) => {
    connections.set(socket, new Set())
    socket.once('close', () => { connections.delete(socket) })
  })
  app.server.on('request', (request, response) => {
    const inHand = connections.get(request.socket)
    inHand?.add(request)
    response.once('close', () => { inHand?.delete(request) })
  })

  app.addHook('preClose', done => {
    if (app.server.listening) {
      const formsUntil = performance.now() + formPatienceMs
      const sweep = setInterval(() => { closeUnused(formsUntil) }, 20)
      app.server.once('close', () => { clearInterval(sweep) })
      closeUnused(formsUntil)
    }
    done()
  })

  function closeUnused (formsUntil: number): void {
    const mayArrive = performance.now() < formsUntil
    for (const [socket, inHand] of connections) {
      if (![...inHand].some(request => request.complete || mayArrive)) socket.destroy()
    }
  }
}, { name: 'closing' })
