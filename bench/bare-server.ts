import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Node's HTTP server alone, which reads each form and gives all of them the same answer, of the status and length that
 * it is told: what an answer costs at least in one thread. Says its address when it is ready, and ends with whoever
 * started it.
 */
const [status, length] = process.argv.slice(2).map(Number)
const page = 'x'.repeat(length ?? 0)
const headers = {
  ...(status === 303 ? { location: '/booked' } : { 'retry-after': '5', 'content-type': 'text/html' }),
  'content-length': page.length
}

const server = createServer((request, response) => {
  request.resume().once('end', () => { response.writeHead(status ?? 200, headers).end(page) })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
process.once('disconnect', () => { process.exit(0) })
