import { parse } from 'csv-parse/sync'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { isRecentSignIn } from '../../../src/identity/staff/session-life.ts'
import { returnTo } from '../../../src/identity/staff/return-to.ts'
import { codeAt, halfAgain, withAuthenticator, wrongCodeAt } from '../../support/authenticator.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aLink, cookieOf, setCookies, signedIn } from '../../support/staff.ts'
import { anActivity, noon } from '../../support/world.ts'

t.test('a sign-in is recent for just under a quarter of an hour', async t => {
  t.equal(isRecentSignIn(noon, noon), true)
  t.equal(isRecentSignIn(noon, noon.plus({ minutes: 14, seconds: 59 })), true)
  t.equal(isRecentSignIn(noon, noon.plus({ minutes: 15 })), false)
})

t.test('an address leads back to our own pages that ask, and to nothing else', async t => {
  for (const href of [
    '/staff/activities/a-1/attendees.csv', '/staff/activities/a/attendees.csv?status=confirmed', '/staff/activities/a/attendees.xlsx',
    '/staff/activities/a/sign-in-sheet.pdf?needs=yes&print=large', '/staff/activities/a/list?status=confirmed&q=aB-_', '/staff/lists', '/staff/lists/new?campaign=x', '/staff/audit',
    '/staff/lists/standing/6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11/runs/6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11',
    '/staff/audit?who=a%40b&from=2026-12-01', '/staff/account/second-factor/new',
    '/staff/members/6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11/second-factor',
    '/staff/members/6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11/enabling'
  ]) t.equal(returnTo(href)?.href, href)
  for (const evil of [
    '//evil.example', '\\\\evil.example', '/\\evil.example', 'https:evil.example', 'https://evil.example', 'javascript:alert(1)', '/staff/../..', '/', '',
    '/staff', '/staff/sign-out', '/staff/activities/../../evil/attendees.csv', '/staff/activities/a/attendees.csv#x', '//evil/staff/audit',
    '/staff/audit\n', '/staff/audit\r\nset-cookie: a=b', ' /staff/audit', '/staff/audit?a=//evil', '/staff/audit?a=<b>', '/staff/auditor', '/STAFF/audit',
    '/staff/activities/a%2f..%2f/attendees.csv', '/staff/activities/é/attendees.csv', '/staff/activities/a/sign-in-sheet.pdf/x', '/staff/lists/other', '/staff/activities/a/lists', `/staff/audit?${'a'.repeat(1001)}`, `/staff/activities/${'a'.repeat(101)}/attendees.csv`,
    ['/staff/audit'], { href: '/staff/audit' }, undefined, null, 7
  ]) t.equal(returnTo(evil), undefined, JSON.stringify(evil))
})

const csvOf = (slug: string) => `/staff/activities/${slug}/attendees.csv`
const againFor = (path: string) => `/staff/again?${new URLSearchParams({ to: path })}`

async function downloads (app: FastifyInstance, url: string, headers: { cookie: string }): Promise<number> {
  const answer = await app.inject({ url, headers })
  if (answer.statusCode === 200) parse(answer.body, { bom: true, columns: true })
  return answer.statusCode
}

t.test('someone who signed in more than a quarter of an hour ago enters a code before a list goes out', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers, member } = await signedIn(app, db)
  const { slug } = await anActivity(db)
  const secret = await withAuthenticator(db, member)
  const url = csvOf(slug)

  now = noon.plus({ minutes: 14 })
  t.equal(await downloads(app, url, headers), 200)
  now = noon.plus({ minutes: 15 })
  for (const method of ['GET', 'HEAD'] as const) {
    const { statusCode, headers: { location } } = await app.inject({ url, method, headers })
    t.strictSame([statusCode, location], [303, againFor(url)], method)
  }
  t.equal(await db.auditEntry.count({ where: { action: 'attendees.exported' } }), 1)
  const page = await app.inject({ url: againFor(url), headers })
  t.match(perceived(page).text, /Show that it is you.*Code from your authenticator app/)
  t.notMatch(page.body, /again\/letter|work account/)
  const wrong = await post(app, againFor(url), { code: wrongCodeAt(secret, now) }, headers)
  t.equal(wrong.statusCode, 409)
  t.match(perceived(wrong).errors, [{ field: 'code' }])
  t.equal((await post(app, againFor(url), { code: 'x' }, headers)).statusCode, 400)
  t.equal(await downloads(app, url, headers), 303)

  const code = codeAt(secret, now)
  const answer = await post(app, againFor(url), { code }, headers)

  t.equal(answer.headers.location, againFor(url))
  const fresh = { cookie: cookieOf(answer) }
  t.not(fresh.cookie, headers.cookie)
  t.equal((await app.inject({ url: '/staff', headers })).statusCode, 303, 'the cookie of before is worth nothing')
  const thanks = await app.inject({ url: againFor(url), headers: fresh })
  t.match(perceived(thanks).text, /Thank you.*Download/)
  t.match(thanks.body, `href="${url}"`)
  t.equal(await downloads(app, url, fresh), 200)
  t.match(await db.auditEntry.findMany({ where: { action: 'staff.shown-again' } }), [{ staffMemberId: member.id, details: { by: 'authenticator' } }])

  now = noon.plus({ minutes: 30 })
  t.equal(await downloads(app, url, fresh), 303)
  t.equal((await post(app, againFor(url), { code }, fresh)).statusCode, 409, 'a code that was used shows nothing')
})

/** Someone with an authenticator app who signed in 20 minutes ago. */
async function aWhileAfter (t: Test) {
  let now = noon
  const its = await service(t, { clock: () => now })
  const { headers, member } = await signedIn(its.app, its.db)
  const secret = await withAuthenticator(its.db, member)
  now = noon.plus({ minutes: 20 })
  return { ...its, headers, member, secret, now }
}

t.test('five wrong codes end the session of someone at a computer that was left', async t => {
  const { app, db, headers, secret, now } = await aWhileAfter(t)

  const statuses: number[] = []
  for (let n = 0; n < 5; n++) statuses.push((await post(app, '/staff/again', { code: wrongCodeAt(secret, now) }, headers)).statusCode)

  t.strictSame(statuses, [409, 409, 409, 409, 409])
  t.equal((await app.inject({ url: '/staff', headers })).headers.location, '/staff/sign-in')
  t.equal(await db.auditEntry.count({ where: { action: 'factor.refused' } }), 1)
})

t.test('someone whose app was taken away while its code was asked for reads so', async t => {
  const { app, db, headers, member, secret, now } = await aWhileAfter(t)
  t.match((await app.inject({ url: '/staff/again', headers })).body, 'Code from your authenticator app')
  await db.staffMember.update({ where: { id: member.id }, data: { factorSealed: null, factorSince: null } })

  const answer = await post(app, '/staff/again', { code: codeAt(secret, now) }, headers)

  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).text, 'You have no authenticator any more.')
  t.equal(cookieOf(answer), '')
})

t.test('someone without an app asks for an email, signs in with it and is back where they wanted to go', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers, member } = await signedIn(app, db)
  const { slug } = await anActivity(db)
  now = noon.plus({ minutes: 20 })

  t.match(perceived(await app.inject({ url: againFor(csvOf(slug)), headers })).text, /It is more than 15 minutes.*Email me a link/)
  const asked = await post(app, `/staff/again/letter?${new URLSearchParams({ to: csvOf(slug) })}`, {}, headers)
  t.equal(asked.headers.location, '/staff/sign-in/code')
  const marks = setCookies(asked).map(cookie => cookie.split(';')[0]).join('; ')
  t.match(marks, /__Host-sign-in-letter=.*__Host-sign-in-back=|__Host-sign-in-back=.*__Host-sign-in-letter=/)
  t.match(await db.staffMember.findMany(), { length: 1 })
  const answer = await post(app, await aLink(db, member, now), {}, { cookie: `${headers.cookie}; ${marks}` })

  t.equal(answer.headers.location, againFor(csvOf(slug)))
  const fresh = { cookie: cookieOf(answer) }
  const thanks = await app.inject({ url: againFor(csvOf(slug)), headers: fresh })
  t.match(perceived(thanks).text, 'Thank you')
  t.match(setCookies(thanks).join(), /__Host-sign-in-back=; .*Expires=Thu, 01 Jan 1970/)
  t.equal(await downloads(app, csvOf(slug), fresh), 200)
  t.equal((await app.inject({ url: '/staff', headers })).statusCode, 303, 'the session of before has ended')
})

t.test('someone with an app who was asked in between for its code comes back as well', async t => {
  const { app, db } = await service(t)
  const { member } = await signedIn(app, db)
  const secret = await withAuthenticator(db, member)
  const { cookie } = await halfAgain(app, db, member)
  const back = `__Host-sign-in-back=${encodeURIComponent('/staff/audit?who=x')}`

  const answer = await post(app, '/staff/sign-in/factor', { code: codeAt(secret, noon) }, { cookie: `${cookie}; ${back}` })
  t.equal(answer.headers.location, againFor('/staff/audit?who=x'))
  t.equal((await app.inject({ url: againFor('/staff/audit?who=x'), headers: { cookie: cookieOf(answer) } })).headers.location, '/staff/audit?who=x',
    'to a page at once')

  for (const evil of ['//evil.example', 'https://evil.example', '/staff/../..', '\\\\evil']) {
    const again = await post(app, await aLink(db, await db.staffMember.create({ data: { email: evil, name: 'x', role: 'staff' } })), {},
      { cookie: `__Host-sign-in-back=${encodeURIComponent(evil)}` })
    t.equal(again.headers.location, '/staff', evil)
  }
})

t.test('what an address brings along sends nobody anywhere else', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers, member } = await signedIn(app, db)
  const secret = await withAuthenticator(db, member)
  const evils = ['//evil.example', '\\\\evil.example', 'https:evil.example', '/staff/../..', '/staff/audit@evil.example', 'x'.repeat(5000)]

  for (const evil of evils) {
    t.equal((await app.inject({ url: againFor(evil), headers })).headers.location, '/staff', evil)
  }
  t.equal((await app.inject({ url: '/staff/again?to=/staff/audit&to=//evil.example', headers })).headers.location, '/staff')
  now = noon.plus({ minutes: 20 })
  for (const evil of evils) {
    const page = await app.inject({ url: againFor(evil), headers })
    t.equal(page.statusCode, 200)
    t.notMatch(page.body, /evil\.|\.\.\/|xxxxx/)
  }
  const answer = await post(app, againFor('//evil.example'), { code: codeAt(secret, now) }, headers)
  t.equal(answer.headers.location, '/staff/again')
})

t.test('the audit trail goes out only after a recent sign-in, and the search is still there', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers } = await signedIn(app, db)
  const filter = { who: 'terminal', what: 'staff.signed-in', day: '2026-11-01', subject: 'a ‘quoted’ & odd one' }
  t.equal((await post(app, '/staff/audit/export', {}, headers)).statusCode, 200)
  now = noon.plus({ minutes: 15 })

  const answer = await post(app, '/staff/audit/export', filter, headers)

  t.equal(answer.statusCode, 303)
  const to = new URL(answer.headers.location ?? '', 'https://x.example').searchParams.get('to') ?? ''
  const asked = new URL(to, 'https://x.example')
  t.equal(asked.pathname, '/staff/audit')
  t.strictSame(Object.fromEntries(asked.searchParams), filter)
  t.equal(await db.auditEntry.count({ where: { action: 'audit.exported' } }), 1)
  t.equal((await app.inject({ url: to, headers })).statusCode, 200, 'to read it asks for nothing')
})
