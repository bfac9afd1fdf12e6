import t from 'tap'
import { noon, warm, world } from '../../support/world.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aLink, aStaffMember, cookieOf, setCookies } from '../../support/staff.ts'
import { addStaffMember } from '../../../src/office/staff-accounts/commands.ts'
import { createSignInLink, signIn } from '../../../src/identity/sign-in/commands.ts'

const gone = 'This sign-in link has been used, has been replaced by a newer one or is too old.'

t.test('a link shows a button, and pressing it signs in for as long as the browser is open', async t => {
  const { app, db } = await service(t)
  const link = await aLink(db, await aStaffMember(db))

  const page = perceived(await app.inject(link))
  const answer = await post(app, link, {})
  const inside = perceived(await app.inject({ url: '/staff', headers: { cookie: cookieOf(answer) } }))

  t.equal(page.h1, 'Sign in')
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/staff')
  t.match(setCookies(answer).at(-1), /^__Host-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  t.equal(inside.h1, 'Home')
  t.match(inside.text, 'Olu Organiser Your account Sign out')
})

t.test('looking at a link, as scanners do, changes nothing', async t => {
  const { app, db } = await service(t)
  const link = await aLink(db, await aStaffMember(db))
  const before = await db.signInToken.findMany()

  for (let n = 0; n < 5; n++) t.equal((await app.inject(link)).statusCode, 200)
  t.equal((await app.inject({ method: 'HEAD', url: link })).statusCode, 200)

  t.strictSame(await db.signInToken.findMany(), before)
  t.equal(await db.staffSession.count(), 0)
  t.equal((await post(app, link, {})).statusCode, 303, 'it still works')
})

t.test('a page with a link on it has nothing that presses the button by itself', async t => {
  const { app, db } = await service(t)

  const { body } = await app.inject(await aLink(db, await aStaffMember(db)))

  t.notMatch(body, /\.submit\(|http-equiv="refresh"|onload=/)
})

t.test('a link signs in once', async t => {
  const { app, db } = await service(t)
  const link = await aLink(db, await aStaffMember(db))
  await post(app, link, {})

  const again = await post(app, link, {})

  t.equal(again.statusCode, 410)
  t.match(perceived(again).text, gone)
  t.equal(again.headers['set-cookie'], undefined)
  t.equal(await db.staffSession.count(), 1)
})

t.test('of ten presses at once, one signs in', async t => {
  const { db } = await world(t)
  const token = (await aLink(db, await aStaffMember(db))).split('/').at(-1) ?? ''
  await warm(db)

  const presses = await Promise.allSettled(Array.from({ length: 10 }, async () =>
    await signIn(db, token, {}, noon)))

  t.equal(presses.filter(({ status }) => status === 'fulfilled').length, 1)
  t.equal(await db.staffSession.count(), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'staff.signed-in' } }), 1)
})

t.test('a link is good for an hour', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const [early, late] = [await aLink(db, await aStaffMember(db)), await aLink(db, await aStaffMember(db))]

  now = noon.plus({ minutes: 59 })
  t.equal((await post(app, early, {})).statusCode, 303)
  now = noon.plus({ minutes: 60 })
  t.equal((await post(app, late, {})).statusCode, 410)
})

t.test('a newer link replaces an older one', async t => {
  const { app, db } = await service(t)
  const member = await aStaffMember(db)
  const [older, newer] = [await aLink(db, member), await aLink(db, member)]

  t.equal((await post(app, older, {})).statusCode, 410)
  t.equal((await post(app, newer, {})).statusCode, 303)
})

t.test('of ten links made at once, one works', async t => {
  const { app, db } = await service(t)
  const member = await aStaffMember(db)
  await warm(db)

  const made = await Promise.all(Array.from({ length: 10 }, async () => await aLink(db, member)))

  const answers = await Promise.all(made.map(async link => (await post(app, link, {})).statusCode))
  t.equal(answers.filter(status => status === 303).length, 1)
})

t.test('a link that was made up, is too long or is not text at all opens nothing', async t => {
  const { app, db } = await service(t)
  await aStaffMember(db)

  for (const token of ['x', 'A'.repeat(43), 'A'.repeat(200), '%00', '%27%20OR%201=1', '%F0%9F%99%82']) {
    t.equal((await post(app, `/staff/sign-in/${token}`, {})).statusCode, 410, token)
  }
  t.equal(await db.staffSession.count(), 0)
})

t.test('someone who may no longer work here cannot use a link they have', async t => {
  const { app, db } = await service(t)
  const member = await aStaffMember(db)
  const link = await aLink(db, member)
  await db.staffMember.update({ where: { id: member.id }, data: { disabledAt: noon.toJSDate() } })

  t.equal((await post(app, link, {})).statusCode, 410)
  await t.rejects(createSignInLink(db, { email: member.email, publicUrl: '' }, noon), /may no longer sign in/)
})

t.test('another website cannot sign anyone in or out', async t => {
  const { app, db } = await service(t)
  const link = await aLink(db, await aStaffMember(db))

  const answer = await post(app, link, {}, { 'sec-fetch-site': 'cross-site' })

  t.equal(answer.statusCode, 403)
  t.equal((await post(app, '/staff/sign-out', {}, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  t.equal(await db.staffSession.count(), 0)
})

t.test('the database holds nothing that signs in', async t => {
  const { app, db } = await service(t)
  const member = await aStaffMember(db)
  const cookie = cookieOf(await post(app, await aLink(db, member), {})).split('=')[1] ?? ''
  const token = (await aLink(db, member)).split('/').at(-1) ?? ''

  const kept = JSON.stringify([await db.signInToken.findMany(), await db.staffSession.findMany()])

  t.notMatch(kept, token)
  t.notMatch(kept, cookie)
  const { tokenHash = '' } = await db.signInToken.findFirst({ where: { usedAt: null } }) ?? {}
  t.equal((await post(app, `/staff/sign-in/${tokenHash}`, {})).statusCode, 410, 'a hash is not a link')
})

t.test('signing in again ends the session that the browser had', async t => {
  const { app, db } = await service(t)
  const first = cookieOf(await post(app, await aLink(db, await aStaffMember(db)), {}))

  const answer = await post(app, await aLink(db, await aStaffMember(db)), {}, { cookie: first })

  t.not(cookieOf(answer), first)
  t.equal((await app.inject({ url: '/staff', headers: { cookie: first } })).statusCode, 303)
  t.equal((await app.inject({ url: '/staff', headers: { cookie: cookieOf(answer) } })).statusCode, 200)
})

t.test('a cookie that a stranger planted is not taken over', async t => {
  const { app, db } = await service(t)
  const planted = `__Host-session=${'A'.repeat(43)}`

  const answer = await post(app, await aLink(db, await aStaffMember(db)), {}, { cookie: planted })

  t.not(cookieOf(answer), planted)
  t.equal((await app.inject({ url: '/staff', headers: { cookie: planted } })).statusCode, 303)
})

t.test('without https the cookie has a plain name that browsers take', async t => {
  const { app, db } = await service(t, { publicUrl: 'http://localhost:3000' })

  const answer = await post(app, await aLink(db, await aStaffMember(db)), {})

  t.match(setCookies(answer).at(-1), /^session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
})

t.test('every address for staff leads to the sign-in page, whether it exists or not', async t => {
  const { app } = await service(t)

  for (const url of ['/staff', '/staff/', '/staff?view=past', '/staff/nowhere', '/staff/activities/any',
    '/staff/activities/any/attendees.csv', '/staff/activities/%00', '/staff/sign-in/a/b']) {
    const answer = await app.inject({ url, headers: { cookie: '__Host-session=forged' } })
    t.equal(answer.statusCode, 303, url)
    t.equal(answer.headers.location, '/staff/sign-in', url)
  }
  t.match(perceived(await app.inject('/staff/sign-in')).text, 'npm run placekeeper -- staff link')
})

t.test('one address is one member of staff, however it is typed', async t => {
  const { db } = await world(t)
  const member = { email: 'anne@council.example', name: 'Anne', role: 'admin' as const }
  await addStaffMember(db, member, noon)

  await t.rejects(addStaffMember(db, member, noon), /is a member of staff already/)
  t.equal(await db.staffMember.count(), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'staff.added' } }), 1)
})
