import { execFile } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { connect } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { promisify } from 'node:util'
import type { Test } from 'tap'

/**
 * What is in front of the service where it is deployed, for browsers that use it as their proxy: the host of
 * `publicUrl` is the service behind TLS, and every other host is a page with the title "Elsewhere", so that no test
 * leaves the machine. Returns the address of the proxy. The certificate is self-signed.
 */
export async function aTlsFront (t: Test, publicUrl: string, serviceUrl: string): Promise<string> {
  const { stdout: pem } = await promisify(execFile)('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=front',
    '-keyout', '-', '-out', '-'
  ])
  const { host, protocol } = new URL(publicUrl)
  const front = https.createServer({ key: pem, cert: pem }, (request, answer) => {
    if (request.headers.host !== host) {
      answer.setHeader('content-type', 'text/html').end('<title>Elsewhere</title>')
      return
    }
    const headers = {
      ...request.headers,
      'x-forwarded-for': request.socket.remoteAddress,
      'x-forwarded-proto': protocol.slice(0, -1)
    }
    const { method } = request
    const behind = http.request(new URL(request.url ?? '/', serviceUrl), { method, headers }, from => {
      answer.writeHead(from.statusCode ?? 502, from.headers)
      from.pipe(answer)
    })
    behind.on('error', () => answer.destroy())
    request.pipe(behind)
  })
  const frontPort = await listening(t, front)

  const proxy = http.createServer((_, answer) => answer.writeHead(502).end())
  proxy.on('connect', (_, browser, head) => {
    const through = connect(frontPort, '127.0.0.1', () => {
      browser.write('HTTP/1.1 200 OK\r\n\r\n')
      through.write(head)
      through.pipe(browser).pipe(through)
    })
    for (const [one, other] of [[browser, through], [through, browser]] as const) {
      one.on('error', () => { other.destroy() }).on('close', () => { other.destroy() })
    }
    t.teardown(() => { browser.destroy() })
  })
  return `http://127.0.0.1:${await listening(t, proxy)}`
}

async function listening (t: Test, server: http.Server | https.Server | Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
