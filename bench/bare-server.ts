import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Node's HTTP server alone, which reads each form and turns it away with one page of the length that it is told: what
 * a refusal costs at least in one thread. Says its address when it is ready, and ends with whoever started it.
 */
const page = 'x'.repeat(Number(process.argv[2]))

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    response.writeHead(503, { 'retry-after': '5', 'content-type': 'text/html', 'content-length': page.length }).end(page)
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
process.once('disconnect', () => { process.exit(0) })
