import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import fp from 'fastify-plugin'

/** How long a form already on its way may take to arrive once the service is told to stop; forms are small. */
const formPatienceMs = 2_000

/**
 * Lets the service stop as soon as open requests are answered. Node closes, once, the connections that are idle after a
 * request: those that become idle a moment later, and those that never carried a request (a browser opens them ahead, a
 * probe to see that the port is open), would hold it up for as long as the other end likes.
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
