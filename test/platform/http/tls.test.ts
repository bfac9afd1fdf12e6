import { once } from 'node:events'
import { request as plainRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { RequestOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { buildWorkerApp } from '../../../src/app.ts'
import { loadConfig } from '../../../src/platform/config.ts'
import { certificates } from '../../support/certificates.ts'
import { partsOf, service } from '../../support/service.ts'

async function statusOf (asked: ClientRequest): Promise<number | undefined> {
  const [answer] = await once(asked.end(), 'response') as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

t.test('with a certificate the service speaks TLS alone, to whoever trusts its authority', async t => {
  const { authority, cert, key } = await certificates(t)
  const { app, db, outbox } = await service(t, { tls: { cert, key } })
  const worker = await buildWorkerApp({ ...partsOf({ db, outbox }), tls: { cert, key } })
  t.teardown(async () => { await worker.close() })

  for (const [listener, path] of [[app, '/help'], [worker, '/health/live']] as const) {
    await listener.listen({ host: '127.0.0.1', port: 0 })
    const { port } = listener.server.address() as AddressInfo
    const ask = async (more: RequestOptions) => await statusOf(request({ host: '127.0.0.1', port, path, agent: false, ...more }))

    t.equal(await ask({ ca: authority }), 200, path)
    await t.rejects(ask({}), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'who does not know the authority goes no further')
    await t.rejects(ask({ ca: authority, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), 'nor one of before 1.2')
    await t.rejects(statusOf(plainRequest({ host: '127.0.0.1', port, path, agent: false })), 'nor whoever does not encrypt')
  }
})

t.test('a certificate and its key come together, in files too, and fit', async t => {
  // Both use one folder, which has the later ones.
  const another = await certificates(t)
  const { cert, key, folder } = await certificates(t)

  t.equal(loadConfig({}).tls, undefined)
  t.strictSame(loadConfig({ TLS_CERT: cert, TLS_KEY: key }).tls, { cert, key })
  t.match(loadConfig({ TLS_CERT_FILE: `${folder}/cert`, TLS_KEY_FILE: `${folder}/key` }).tls, { cert: cert.trimEnd(), key: key.trimEnd() })
  t.throws(() => loadConfig({ TLS_CERT: cert }), /^TLS_KEY must be set/)
  t.throws(() => loadConfig({ TLS_KEY: key }), /^TLS_CERT must be set/)
  for (const wrong of [another.key, 'x', cert]) {
    t.throws(() => loadConfig({ TLS_CERT: cert, TLS_KEY: wrong }), /^TLS_KEY is not the key of TLS_CERT, as PEM/)
  }
})
