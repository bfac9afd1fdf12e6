import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { LightMyRequestResponse } from 'fastify'
import { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { openIdProvider } from '../../../src/identity/work-account/openid.ts'
import { keyedPagesParts } from '../../../src/keyed-parts.ts'
import type { OpenIdAccess } from '../../../src/platform/config.ts'
import { codeAt, withAuthenticator } from '../../support/authenticator.ts'
import { openIdServer } from '../../support/openid-server.ts'
import type { Forgery } from '../../support/openid-server.ts'
import { perceived, post, service } from '../../support/service.ts'
import { expectSound } from '../../support/sound.ts'
import { aLink, aStaffMember, cookieOf, setCookies, signedIn } from '../../support/staff.ts'
import { noon, secretKey } from '../../support/world.ts'

const publicUrl = 'https://workshops.example.org'
const back = `${publicUrl}/staff/sign-in/openid/return`

/** The service with a provider, and a browser's way there and back. */
async function office (
  t: Test, clock = () => noon, given: { access?: Partial<OpenIdAccess>, isRequired?: boolean } = {}
) {
  const server = await openIdServer(t, [back])
  const provider = openIdProvider({ ...server.access, ...given.access }, publicUrl)
  const { secondFactor } = keyedPagesParts(secretKey, { isSecondFactorRequired: given.isRequired ?? false })
  const its = await service(t, { provider, clock, secondFactor })
  return { ...its, server, leave, goAndComeBack, comeBack }

  async function leave (headers: { cookie?: string } = {}, from = '/staff/sign-in/openid') {
    const answer = await post(its.app, from, {}, headers)
    const href = /<a href="([^"]+)"[^>]*class="govuk-button/.exec(answer.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const mark = setCookies(answer).at(-1)?.split(';')[0] ?? ''
    return { answer, href, mark }
  }

  async function comeBack (url: string, ...cookies: string[]): Promise<LightMyRequestResponse> {
    return await its.app.inject({ url: url.slice(publicUrl.length), headers: { cookie: cookies.join('; '), 'sec-fetch-site': 'cross-site' } })
  }

  async function goAndComeBack (as: string): Promise<LightMyRequestResponse> {
    const { href, mark } = await leave()
    return await comeBack(await server.visit(href, as), mark)
  }
}

t.test('someone who has connected their work account signs in with it', async t => {
  const { app, db, server, leave, comeBack } = await office(t)
  const member = await aStaffMember(db, { issuer: server.access.issuer, subject: 'anne-7' })

  const page = perceived(await app.inject('/staff/sign-in'))
  const { answer: sent, href, mark } = await leave()
  const url = await server.visit(href, 'anne-7')
  const answer = await comeBack(url, mark)

  t.match(page.text, /Sign in with your work account.*Or sign in by email/)
  t.equal(sent.statusCode, 200)
  t.equal(sent.headers['referrer-policy'], 'no-referrer')
  t.match(sent.headers['content-security-policy'], "form-action 'self'")
  t.match(setCookies(sent), [/^__Host-sign-in-openid=sign-in\.[\w-]{43}; Max-Age=1200; Path=\/; HttpOnly; Secure; SameSite=Lax$/])
  t.match(Object.fromEntries(new URL(href).searchParams), {
    response_type: 'code', scope: 'openid', code_challenge_method: 'S256', state: /^[\w-]{43}$/, nonce: /^[\w-]{43}$/, code_challenge: /^[\w-]{43}$/
  })
  t.notOk(href.includes(mark.split('.')[1] ?? '?'), 'the secret of the browser does not leave it')
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/staff')
  t.equal((await app.inject({ url: '/staff', headers: { cookie: cookieOf(answer) } })).statusCode, 200)
  t.match(await db.staffSession.findMany(), [{ staffMemberId: member.id, openedBy: 'openid' }])
  t.match(await db.auditEntry.findMany(), [{ action: 'staff.signed-in', details: { by: 'openid' } }])

  t.equal((await comeBack(url, mark)).statusCode, 403, 'and the way back works once')
  t.equal((await comeBack(url)).statusCode, 403)
  t.equal(await db.staffSession.count(), 1)
})

t.test('nobody is let in by an address, by being known to the provider, or after they have left', async t => {
  const { db, server, goAndComeBack } = await office(t)
  const { issuer } = server.access
  await aStaffMember(db, { email: 'anne@council.example', issuer, subject: 'anne-7' })
  await aStaffMember(db, { issuer, subject: 'left-1', disabledAt: noon.toJSDate() })
  await aStaffMember(db, { issuer: 'https://elsewhere.example', subject: 'same-name' })

  for (const as of ['another-anne', 'left-1', 'same-name']) {
    const answer = await goAndComeBack(as)
    t.equal(answer.statusCode, 403, as)
    t.match(perceived(answer).text, 'Your work account is not connected to anyone who works here.', as)
    t.equal(cookieOf(answer), '')
  }
  t.equal(await db.staffSession.count(), 0)
  t.equal(await db.staffMember.count(), 3)
})

const forgeries: Record<string, Forgery> = {
  'with the nonce of another': { claims: { nonce: 'x'.repeat(43) } },
  'without a nonce': { claims: { nonce: undefined } },
  'of another issuer': { claims: { iss: 'https://login.example.com' } },
  'of the same issuer but for a slash': { claims: { iss: undefined } },
  'for another client': { claims: { aud: 'somebody-else' } },
  'that is too old': { claims: { exp: 1_000_000_000 } },
  'signed with another key': { isOfAnotherKey: true },
  'signed with our own secret': { alg: 'HS256' },
  'that is not signed': { alg: 'none' },
  'that is not signed, of another': { alg: 'none', claims: { sub: 'anne-7' } }
}

t.test('a token that is not what it should be lets nobody in', async t => {
  const { db, server, goAndComeBack } = await office(t)
  const { issuer } = server.access
  await aStaffMember(db, { issuer, subject: 'anne-7' })

  server.forge({})
  t.equal((await goAndComeBack('anne-7')).statusCode, 303, 'one that was made again as it was does')
  for (const [what, forgery] of Object.entries(forgeries)) {
    const { claims } = forgery
    const iss = what.endsWith('slash') ? { iss: `${issuer}/` } : {}
    server.forge({ ...forgery, claims: { ...claims, ...iss } })
    const answer = await goAndComeBack('anne-7')
    t.equal(answer.statusCode, 403, what)
    t.match(perceived(answer).h1, 'That did not work', what)
  }
  t.equal(await db.staffSession.count(), 1)
})

t.test('an answer that belongs to another browser, another state or another provider lets nobody in', async t => {
  const { db, server, leave, comeBack } = await office(t)
  await aStaffMember(db, { issuer: server.access.issuer, subject: 'anne-7' })
  const mine = await leave()
  const theirs = await leave()
  const url = await server.visit(theirs.href, 'anne-7')
  const changed = (name: string, value: string) => {
    const parts = new URL(url)
    parts.searchParams.set(name, value)
    return parts.href
  }

  for (const [what, where, mark] of [
    ['another browser', url, mine.mark], ['no browser', url, ''], ['a made-up browser', url, '__Host-sign-in-openid=sign-in.x'],
    ['a browser that is connecting', url, theirs.mark.replace('sign-in.', 'connect.')],
    ['another state', changed('state', 'x'.repeat(43)), theirs.mark], ['another issuer', changed('iss', 'https://evil.example'), theirs.mark],
    ['a made-up code', changed('code', 'x'), theirs.mark], ['an error', `${back}?error=access_denied&state=x`, theirs.mark],
    ['nothing', back, theirs.mark]
  ] as const) {
    const answer = await comeBack(where, mark)
    t.equal(answer.statusCode, 403, what)
    t.equal(cookieOf(answer), '', what)
  }
  t.equal(await db.staffSession.count(), 0)
})

t.test('someone connects their work account once, signs in with it from then on, and disconnects it', async t => {
  const { app, db, server, leave, comeBack, goAndComeBack } = await office(t)
  const { headers, member } = await signedIn(app, db, { role: 'staff' })
  const look = async () => perceived(await app.inject({ url: '/staff/account', headers })).text

  t.match(await look(), 'Connect your work account')
  const { href, mark } = await leave(headers, '/staff/account/work-account')
  const url = await server.visit(href, 'anne-7')
  t.equal((await comeBack(url, mark)).statusCode, 403, 'not where nobody is signed in')
  const other = await signedIn(app, db)
  const second = await leave(headers, '/staff/account/work-account')
  t.equal((await comeBack(await server.visit(second.href, 'anne-7'), second.mark, other.headers.cookie)).statusCode, 403,
    'nor where someone else has signed in meanwhile')
  t.equal(await db.staffMember.count({ where: { issuer: { not: null } } }), 0)

  const third = await leave(headers, '/staff/account/work-account')
  const answer = await comeBack(await server.visit(third.href, 'anne-7'), third.mark, headers.cookie)
  t.equal(answer.headers.location, '/staff/account?done=connected')
  t.match(await db.staffMember.findUnique({ where: { id: member.id } }), { issuer: server.access.issuer, subject: 'anne-7' })
  t.match(await look(), 'Disconnect your work account')
  t.equal((await goAndComeBack('anne-7')).statusCode, 303)

  const fourth = await leave(other.headers, '/staff/account/work-account')
  const taken = await comeBack(await server.visit(fourth.href, 'anne-7'), fourth.mark, other.headers.cookie)
  t.equal(taken.statusCode, 409)
  t.match(perceived(taken).text, 'connected to someone else who works here')
  t.match(perceived(await app.inject({ url: '/staff/account/everyone', headers: other.headers })).text, /Work account connected.*No work account connected|No work account connected.*Work account connected/)

  for (let n = 0; n < 2; n++) t.equal((await post(app, '/staff/account/work-account/disconnection', {}, headers)).statusCode, 303)
  t.equal((await goAndComeBack('anne-7')).statusCode, 403)
  t.match(await db.auditEntry.findMany({ where: { action: { startsWith: 'work-account' } } }),
    [{ action: 'work-account.connected', subject: member.id }, { action: 'work-account.disconnected', subject: member.id }])
})

t.test('someone who finds a computer that was left connects no account of their own', async t => {
  let now = noon
  const { app, db, leave } = await office(t, () => now)
  const { headers } = await signedIn(app, db)
  now = noon.plus({ minutes: 15 })

  const { answer, href } = await leave(headers, '/staff/account/work-account')

  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/staff/again?to=%2Fstaff%2Faccount')
  t.equal(href, '')
  t.notMatch(setCookies(answer).join(), 'sign-in-openid')
})

/** Someone with a work account who signed in 20 minutes ago, by the provider's clock. */
async function aWhileAfter (t: Test) {
  const start = DateTime.utc()
  let now = start.minus({ minutes: 20 })
  const its = await office(t, () => now)
  const { headers, member } = await signedIn(its.app, its.db, { issuer: its.server.access.issuer, subject: 'anne-7' })
  now = start
  return { ...its, headers, member, showAgain, mayExport }

  /** On the way to the audit trail, goes to the provider from the page that asks for confirmation, and comes back. */
  async function showAgain (as: string, headers: { cookie: string }): Promise<LightMyRequestResponse> {
    const { answer, href, mark } = await its.leave(headers, '/staff/again/openid?to=%2Fstaff%2Faudit')
    const back = setCookies(answer).find(cookie => cookie.includes('sign-in-back='))?.split(';')[0] ?? ''
    return await its.comeBack(await its.server.visit(href, as), mark, back, headers.cookie)
  }

  /** Whether they may do what needs a recent confirmation of who they are. */
  async function mayExport (headers: { cookie: string }): Promise<boolean> {
    return (await post(its.app, '/staff/audit/export', {}, headers)).statusCode === 200
  }
}

t.test('someone shows again by their work account who they are, and goes on where they were', async t => {
  const { app, db, headers, member, leave, showAgain, mayExport } = await aWhileAfter(t)
  t.equal(await mayExport(headers), false)
  t.match((await app.inject({ url: '/staff/again', headers })).body, 'action="/staff/again/openid"')

  const { href } = await leave(headers, '/staff/again/openid')
  const answer = await showAgain('anne-7', headers)

  t.match(Object.fromEntries(new URL(href).searchParams), { prompt: 'login', max_age: '0' }, 'asked again there too')
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/staff/again?to=%2Fstaff%2Faudit')
  t.equal(await mayExport({ cookie: cookieOf(answer) }), true)
  t.equal((await app.inject({ url: '/staff', headers })).statusCode, 303, 'the cookie of before is worth nothing')
  t.equal(await db.staffSession.count(), 1)
  t.match(await db.auditEntry.findMany({ where: { action: 'staff.shown-again' } }), [{ staffMemberId: member.id, details: { by: 'openid' } }])
})

t.test('another work account than the one that is connected shows nothing of who someone is', async t => {
  const { db, headers, server, showAgain, mayExport } = await aWhileAfter(t)
  await aStaffMember(db, { issuer: server.access.issuer, subject: 'ben-8' })

  for (const as of ['ben-8', 'nobody-here']) {
    const answer = await showAgain(as, headers)
    t.equal(answer.statusCode, 403, as)
    t.match(perceived(answer).text, 'another work account than the one that is connected to you here', as)
    t.equal(cookieOf(answer), '', as)
  }
  t.equal(await mayExport(headers), false)
})

t.test('a provider that lets people through without asking again shows nothing of who sits there', async t => {
  const { headers, server, showAgain, mayExport } = await aWhileAfter(t)
  const minutesAgo = (minutes: number) => Math.floor(Date.now() / 1000) - minutes * 60

  for (const [what, shown] of [['does not say when', undefined], ['asked a while ago', minutesAgo(16)]] as const) {
    server.forge({ claims: { auth_time: shown } })
    const answer = await showAgain('anne-7', headers)
    t.equal(answer.statusCode, 403, what)
    t.match(perceived(answer).h1, 'That did not work', what)
  }
  t.equal(await mayExport(headers), false)

  server.forge({ claims: { auth_time: minutesAgo(13) } })
  t.equal(await mayExport({ cookie: cookieOf(await showAgain('anne-7', headers)) }), true, 'a few minutes ago is again')
})

t.test('what one session began shows nothing in another, and nothing once it has ended', async t => {
  const { app, db, headers, member, server, leave, comeBack } = await aWhileAfter(t)
  const another = { cookie: cookieOf(await post(app, await aLink(db, member, app.clock()), {})) }
  const begun = async () => {
    const { href, mark } = await leave(headers, '/staff/again/openid')
    return { url: await server.visit(href, 'anne-7'), mark }
  }
  const first = await begun()
  t.equal((await comeBack(first.url, first.mark, another.cookie)).statusCode, 403)
  const second = await begun()
  t.equal((await comeBack(second.url, second.mark.replace('again.', 'connect.'), headers.cookie)).statusCode, 403, 'nor does it connect')
  const third = await begun()
  t.equal((await comeBack(third.url, third.mark.replace('again.', 'sign-in.'))).statusCode, 403, 'nor sign in')
  const fourth = await begun()

  await post(app, '/staff/sign-out', {}, headers)

  t.equal((await comeBack(fourth.url, fourth.mark, headers.cookie)).statusCode, 403)
  t.equal(await db.auditEntry.count({ where: { action: 'staff.shown-again' } }), 0)
})

const strengths = [
  ['says nothing of it', {}, false],
  ['asked for a password', { amr: ['pwd'], acr: '0' }, false],
  ['says it in another form', { amr: 'mfa', acr: ['urn:two'] }, false],
  ['names a strength that is not ours', { acr: 'urn:three' }, false],
  ['asked for two factors', { amr: ['pwd', 'mfa'] }, true],
  ['names the strength that we asked for', { acr: 'urn:two' }, true]
] as const

t.test('who has an authenticator types its code, unless the provider says that it asked for two factors', async t => {
  const { app, db, server, leave, goAndComeBack } = await office(t, () => noon, { access: { acr: ['urn:two', 'c1'] } })
  const secret = await withAuthenticator(db, await aStaffMember(db, { issuer: server.access.issuer, subject: 'anne-7' }))
  const opens = async (answer: LightMyRequestResponse) =>
    (await app.inject({ url: '/staff', headers: { cookie: cookieOf(answer) } })).statusCode === 200
  let last: LightMyRequestResponse | undefined

  t.equal(new URL((await leave()).href).searchParams.get('acr_values'), 'urn:two c1')
  for (const [what, claims, isEnough] of strengths) {
    server.forge({ claims })
    const answer = await goAndComeBack('anne-7')
    t.equal(answer.statusCode, 303, what)
    t.equal(await opens(answer), isEnough, what)
    if (!isEnough) last = answer
  }

  const cookie = cookieOf(last ?? { headers: {} })
  t.match((await app.inject({ url: '/staff', headers: { cookie } })).headers, { location: '/staff/sign-in/factor' })
  t.equal(await opens(await post(app, '/staff/sign-in/factor', { code: codeAt(secret, noon) }, { cookie })), true)
})

t.test('who must have an authenticator sets one up, unless the provider says or is known to ask for two factors', async t => {
  for (const [what, alwaysAsksForTwo, claims, location] of [
    ['it says nothing', false, {}, '/staff/account/second-factor/new'],
    ['it says so', false, { amr: ['mfa'] }, undefined],
    ['it is known to', true, {}, undefined]
  ] as const) {
    const given = { access: { alwaysAsksForTwo }, isRequired: true }
    const { app, db, server, goAndComeBack } = await office(t, () => noon, given)
    await aStaffMember(db, { issuer: server.access.issuer, subject: 'anne-7' })
    server.forge({ claims })
    const answer = await app.inject({ url: '/staff', headers: { cookie: cookieOf(await goAndComeBack('anne-7')) } })
    t.equal(answer.headers.location, location, what)
  }
})

t.test('a work account of one factor does not show again who someone with an authenticator is', async t => {
  const { db, headers, member, server, showAgain, mayExport } = await aWhileAfter(t)
  await withAuthenticator(db, member)

  const answer = await showAgain('anne-7', headers)

  t.equal(answer.statusCode, 403)
  t.match(perceived(answer).text, 'Go back and type the code from your authenticator app.')
  t.equal(cookieOf(answer), '')
  t.equal(await mayExport(headers), false)
  server.forge({ claims: { amr: ['mfa'] } })
  t.equal(await mayExport({ cookie: cookieOf(await showAgain('anne-7', headers)) }), true)
})

t.test('someone who signed in by their work account reads on signing out where to sign out of that too', async t => {
  const { app, db, server, goAndComeBack } = await office(t)
  await aStaffMember(db, { issuer: server.access.issuer, subject: 'anne-7' })
  const byAccount = { cookie: cookieOf(await goAndComeBack('anne-7')) }
  const { headers: byEmail } = await signedIn(app, db)

  const answer = await post(app, '/staff/sign-out', {}, byAccount)

  t.equal(answer.headers.location, '/staff/signed-out')
  const page = await app.inject({ url: '/staff/signed-out', headers: byAccount })
  t.match(page.body, `href="${server.access.issuer}/session/end?client_id=placekeeper"`)
  t.equal((await app.inject({ url: '/staff', headers: byAccount })).headers.location, '/staff/sign-in')
  t.equal((await post(app, '/staff/sign-out', {}, byEmail)).headers.location, '/staff/sign-in')
})

t.test('someone who leaves is out at once, however they signed in', async t => {
  const { app, db, server, goAndComeBack } = await office(t)
  const { id } = await aStaffMember(db, { issuer: server.access.issuer, subject: 'anne-7' })
  const headers = { cookie: cookieOf(await goAndComeBack('anne-7')) }
  t.equal((await app.inject({ url: '/staff', headers })).statusCode, 200)

  await db.staffMember.update({ where: { id }, data: { disabledAt: noon.toJSDate() } })

  for (const url of ['/staff', '/staff/account']) {
    t.equal((await app.inject({ url, headers })).headers.location, '/staff/sign-in', url)
  }
})

t.test('a provider that is away keeps nobody from signing in by email, and is asked again once it is back', async t => {
  const web = createServer((_, answer) => { answer.statusCode = 500; answer.end() })
  await once(web.listen(0, '127.0.0.1'), 'listening')
  t.teardown(async () => { web.closeAllConnections(); await new Promise(resolve => { web.close(resolve) }) })
  const issuer = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
  const { app, db } = await service(t, { provider: openIdProvider({ issuer, clientId: 'x', clientSecret: 'y' }, publicUrl) })

  const answer = await post(app, '/staff/sign-in/openid', {})

  t.equal(answer.statusCode, 503)
  t.match(perceived(answer).text, /does not answer at the moment.*Try again, or sign in by email/)
  t.strictSame(setCookies(answer), [])
  t.equal((await post(app, await aLink(db, await aStaffMember(db)), {})).statusCode, 303)
  t.notMatch((await app.inject('/staff/signed-out')).body, issuer)
  await expectSound(db)
})

t.test('a provider that never answers is given up, and keeps nobody from signing in by email', async t => {
  const web = createServer(() => {})
  await once(web.listen(0, '127.0.0.1'), 'listening')
  t.teardown(async () => { web.closeAllConnections(); await new Promise(resolve => { web.close(resolve) }) })
  const issuer = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
  const { app, db } = await service(t, { provider: openIdProvider({ issuer, clientId: 'x', clientSecret: 'y' }, publicUrl) })

  const answering = post(app, '/staff/sign-in/openid', {})

  t.equal((await post(app, await aLink(db, await aStaffMember(db)), {})).statusCode, 303)
  const answer = await answering
  t.equal(answer.statusCode, 503)
  t.match(perceived(answer).text, /does not answer at the moment.*Try again, or sign in by email/)
  await expectSound(db)
})

t.test('a provider that is slow signs in all the same, and holds nobody else up', async t => {
  const { app, db, server, goAndComeBack } = await office(t)
  await aStaffMember(db, { issuer: server.access.issuer, subject: 'anne-7' })
  const others = await Promise.all(Array.from({ length: 3 }, async () => await aLink(db, await aStaffMember(db))))
  const asked: string[] = []
  // It answers each of our questions only once someone else has signed in.
  server.think = async path => {
    if (!/^\/(\.well-known|token|jwks)/.test(path)) return
    asked.push(path)
    const link = others.pop()
    if (link !== undefined) t.equal((await post(app, link, {})).statusCode, 303)
  }

  const answer = await goAndComeBack('anne-7')

  t.equal(answer.statusCode, 303)
  t.strictSame(asked, ['/.well-known/openid-configuration', '/token', '/jwks'])
  t.equal(await db.staffSession.count(), 4)
  await expectSound(db)
})

t.test('a provider that hangs up in the middle of an answer signs nobody in, and once it answers whole, it does', async t => {
  const { db, server, leave, comeBack, goAndComeBack } = await office(t)
  await aStaffMember(db, { issuer: server.access.issuer, subject: 'anne-7' })
  const dropsOn = (what: string) => {
    server.think = async path => { if (path.startsWith(what)) throw new Error('It hangs up.') }
  }

  dropsOn('/.well-known')
  const atFirst = await leave()
  dropsOn('/token')
  const { href, mark } = await leave()
  const inTheEnd = await comeBack(await server.visit(href, 'anne-7'), mark)
  server.think = async () => {}

  t.equal(atFirst.answer.statusCode, 503)
  t.match(perceived(atFirst.answer).text, /does not answer at the moment.*Try again, or sign in by email/)
  t.strictSame(setCookies(atFirst.answer), [])
  t.equal(inTheEnd.statusCode, 403)
  t.equal(await db.staffSession.count(), 0)
  t.equal((await goAndComeBack('anne-7')).statusCode, 303)
  await expectSound(db)
})

t.test('without a provider nothing is said of one, and another website cannot send anyone to one', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  t.notMatch((await app.inject('/staff/sign-in')).body, 'work account')
  t.notMatch((await app.inject({ url: '/staff/account', headers })).body, 'work account')
  t.equal((await post(app, '/staff/sign-in/openid', {})).statusCode, 410)

  const its = await office(t)
  t.equal((await post(its.app, '/staff/sign-in/openid', {}, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
})
