import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { openIdProvider } from '../../src/identity/work-account/openid.ts'
import { post, service } from '../support/service.ts'
import { signedIn } from '../support/staff.ts'
import { noon } from '../support/world.ts'

/** A provider on this machine that answers as it is told, and what it was asked. */
async function aProvider (t: Test, answer: (issuer: string) => RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(String(request.url))
    answer(issuer)(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => { server.close() })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const access = { issuer, clientId: 'us', clientSecret: 'secret' }
  return { asked, issuer, provider: openIdProvider(access, 'https://workshops.example.org') }
}

const described = (issuer: string): RequestListener => (_, response) => {
  const metadata = {
    issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`
  }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(metadata))
}

t.test('a provider that gives itself out for another is not used', async t => {
  const { provider } = await aProvider(t, described)
  const other = await aProvider(t, () => described('https://login.example.com'))
  const almost = await aProvider(t, issuer => described(`${issuer}/v2.0`))

  t.match((await provider.begin('secret')).pathname, '/auth')
  await t.rejects(other.provider.begin('secret'))
  await t.rejects(almost.provider.begin('secret'))
})

t.test('a provider that sends us elsewhere is not followed', async t => {
  const elsewhere = await aProvider(t, described)
  const { provider } = await aProvider(t, () => (_, response) => {
    response.writeHead(302, { location: `${elsewhere.issuer}/.well-known/openid-configuration` }).end()
  })

  await t.rejects(provider.begin('secret'))
  t.strictSame(elsewhere.asked, [])
})

t.test('someone who finds a computer that was left disconnects no work account', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers, member } = await signedIn(app, db, { issuer: 'https://login.example.com', subject: 'anne-7' })
  const url = '/staff/account/work-account/disconnection'

  now = noon.plus({ minutes: 20 })
  const late = await post(app, url, {}, headers)
  t.equal(late.headers.location, '/staff/again?to=%2Fstaff%2Faccount')
  t.match(await db.staffMember.findUnique({ where: { id: member.id } }), { subject: 'anne-7' })

  now = noon
  t.equal((await post(app, url, {}, headers)).headers.location, '/staff/account?done=disconnected')
})
