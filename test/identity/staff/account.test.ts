import { randomUUID } from 'node:crypto'
import t from 'tap'
import { deviceOf } from '../../../src/identity/staff/device.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aLink, aStaffMember, cookieOf, signedIn } from '../../support/staff.ts'
import { noon } from '../../support/world.ts'

const edge = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0'
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1'

t.test('people see where they are signed in, and sign out another browser, or all others', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const member = await aStaffMember(db, { role: 'staff', name: 'Anne O’Brien', email: 'anne@council.example' })
  const signIn = async (agent: string) =>
    ({ cookie: cookieOf(await post(app, await aLink(db, member, now), {}, { 'user-agent': agent })) })
  const phone = await signIn(iphone)
  now = noon.plus({ minutes: 10 })
  const desk = await signIn(edge)
  const third = await signIn('<script>alert(1)</script>')
  const look = async (headers: { cookie: string }) => await app.inject({ url: '/staff/account', headers })
  const ids = (body: string) => [...body.matchAll(/sessions\/([\w-]+)\/end/g)].map(([, id = '']) => id)

  const before = await look(desk)
  t.match(perceived(before).text, /Anne O’Brien Your account Sign out/)
  t.match(perceived(before).text, /anne@council\.example.*Staff: sees/)
  t.match(perceived(before).text, /Edge on Windows This browser Since Today at 12:10pm, with a link/)
  t.match(perceived(before).text, /Safari on iPhone Since Today at 12:00pm, with a link Last used Today at 12:00pm/)
  t.match(perceived(before).text, 'A browser that we do not know')
  t.equal(ids(before.body).length, 2, 'the browser that asks is signed out by the button at the top')
  t.notMatch(before.body, 'See where everyone')

  const phoneId = ids(before.body).at(-1) ?? ''
  const answer = await post(app, `/staff/account/sessions/${phoneId}/end`, {}, desk)
  t.equal(answer.headers.location, '/staff/account?done=one')
  t.equal((await look(phone)).statusCode, 303, 'at once')
  t.equal((await look(third)).statusCode, 200)
  t.equal((await post(app, `/staff/account/sessions/${phoneId}/end`, {}, desk)).statusCode, 303, 'twice does no harm')

  await post(app, '/staff/account/other-sessions/end', {}, desk)
  await post(app, '/staff/account/other-sessions/end', {}, desk)
  t.equal((await look(third)).statusCode, 303)
  t.equal((await look(desk)).statusCode, 200)
  t.match(await db.auditEntry.findMany({ where: { action: 'session.ended' } }),
    [{ subject: member.id, details: { sessions: 1 } }, { subject: member.id, details: { sessions: 1 } }])
})

t.test('nobody but an admin sees or ends the sessions of others', async t => {
  const { app, db } = await service(t)
  const admin = await signedIn(app, db, { name: 'Ada Admin' })
  const victim = await signedIn(app, db, { role: 'host', name: 'Hal Host' })
  await aStaffMember(db, { name: 'Nora Never' })
  await aStaffMember(db, { name: 'Lee Left', disabledAt: noon.toJSDate() })
  const { id } = await db.staffSession.findFirstOrThrow({ where: { staffMemberId: victim.member.id } })
  const end = `/staff/account/sessions/${id}/end`

  for (const role of ['organiser', 'staff', 'host']) {
    const { headers } = await signedIn(app, db, { role })
    t.equal((await app.inject({ url: '/staff/account', headers })).statusCode, 200, `${role} has a page of their own`)
    t.equal((await app.inject({ url: '/staff/account/everyone', headers })).statusCode, 403, role)
    t.equal((await post(app, end, {}, headers)).statusCode, 404, role)
    await post(app, '/staff/account/other-sessions/end', {}, headers)
  }
  t.equal((await app.inject({ url: '/staff/account', headers: victim.headers })).statusCode, 200)
  t.equal((await post(app, end, {})).headers.location, '/staff/sign-in')
  t.equal((await post(app, end, {}, { ...admin.headers, 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  for (const wrong of [randomUUID(), 'x', '%00', 'x'.repeat(200)]) {
    t.equal((await post(app, `/staff/account/sessions/${wrong}/end`, {}, admin.headers)).statusCode, 404, wrong)
  }

  const everyone = await app.inject({ url: '/staff/account/everyone', headers: admin.headers })
  const page = perceived(everyone)
  t.match(page.text, /Ada Admin.*In 1 browser.*Hal Host.*In 1 browser.*No work account connected.*Nora Never.*Not signed in/)
  t.notMatch(page.text, 'Lee Left')
  const at = `/staff/account/everyone?of=${victim.member.id}`
  t.match(everyone.body, `href="${at}"`)
  t.match((await app.inject({ url: at, headers: admin.headers })).body, `action="${end}"`)
  t.match((await app.inject({ url: `/staff/members/${victim.member.id}`, headers: admin.headers })).body, `href="${at}"`)
  t.equal((await post(app, end, {}, admin.headers)).headers.location, `${at}&done=one`)
  t.match(perceived(await app.inject({ url: `${at}&done=one`, headers: admin.headers })).text,
    /That browser is signed out\. Where Hal Host is signed in.*Not signed in\./)
  t.equal((await app.inject({ url: '/staff/account', headers: victim.headers })).statusCode, 303)
  t.match(await db.auditEntry.findMany({ where: { action: 'session.ended' } }),
    [{ staffMemberId: admin.member.id, subject: victim.member.id }])
})

t.test('who is signed in is listed a page at a time, and someone’s own page leads to nobody else', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { name: 'Ada Admin' })
  await db.staffMember.createMany({
    data: Array.from({ length: 100 }, (_, n) => ({ name: `Member ${100 + n}`, email: `member-${n}@council.example`, role: 'host' }))
  })
  const left = await aStaffMember(db, { name: 'Lee Left', disabledAt: noon.toJSDate() })
  const textAt = async (query: string) =>
    perceived(await app.inject({ url: `/staff/account/everyone${query}`, headers })).text

  const first = await textAt('')
  t.match(first, /Ada Admin.*Member 100.*Member 198.*Page 1 of 2/)
  t.notMatch(first, 'Member 199')
  const second = await textAt('?page=2')
  t.match(second, /Member 199.*Page 2 of 2/)
  t.notMatch(second, /Ada Admin.*In 1 browser|Member 198/)
  t.match(await textAt('?page=3'), 'There is nothing on this page.')
  for (const nobody of ['x', randomUUID(), left.id]) t.equal(await textAt(`?of=${nobody}`), first, 'nonsense is everyone')
})

t.test('sessions that are over are listed no more', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const member = await aStaffMember(db)
  const signIn = async () => ({ cookie: cookieOf(await post(app, await aLink(db, member, now), {})) })
  await signIn()
  now = noon.plus({ minutes: 30 })
  const headers = await signIn()

  const { body } = await app.inject({ url: '/staff/account', headers })

  t.notMatch(body, /sessions\/[\w-]+\/end/)
  t.notMatch(body, 'everywhere else')
})

for (const [agent, device] of [
  [edge, 'Edge on Windows'], [iphone, 'Safari on iPhone'],
  ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36', 'Samsung Internet on Android'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Mac'],
  ['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36', 'Chrome on Chromebook'],
  ['curl/8.5.0', 'A browser that we do not know'], ['Windows', 'A browser on Windows'], [undefined, 'A browser that we do not know']
] as const) {
  t.test(`a browser that says ${String(agent).slice(0, 40)} is ${device}`, async t => {
    t.equal(deviceOf(agent), device)
  })
}
