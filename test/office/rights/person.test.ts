import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { eraseRequestsAgain } from '../../../src/office/requests/commands.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { eraseEverything, finishErasures } from '../../../src/office/rights/commands.ts'
import { doneBy, erasingEffects, hoursToTell } from '../../../src/office/rights/erasing.ts'
import { everythingAbout } from '../../../src/office/rights/queries.ts'
import { confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { aLegalHold, aRequestOf, tellPeople } from '../../support/requests.ts'
import { filledIn, formsOn } from '../../support/filled-in.ts'
import { links, linksToCopies, perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aRequest, anActivity, noon, warm } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const anne = 'Anne@Example.org'
/** Occurs in everything that the person wrote. */
const marker = 'Zinnia'

/**
 * Someone with a place in one workshop, a turn on the list of another, and a past one; someone else who waits behind
 * them; and the emails to both.
 */
async function someone (t: Test, given: Parameters<typeof service>[1] = {}) {
  const clock = { now: noon }
  const its = await service(t, { clock: () => clock.now, ...given })
  const { db, outbox } = its
  const [full, other, past] = [
    await anActivity(db, { capacity: 1, title: 'The full one' }),
    await anActivity(db, { capacity: 1, title: 'The other one' }),
    await anActivity(db, {
      title: 'The past one', startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 2, hours: -1 }).toJSDate()
    })
  ]
  const hers = {
    name: `${marker} Kirkbride`,
    phone: '07700 900 982',
    accessNeeds: `${marker} needs captions`,
    question: `${marker} asks`,
    heardFrom: `${marker} heard`
  }
  await requestPlaces(db, outbox, full.id, [aRequest(anne, hers), aRequest('bea@example.org', { name: 'Bea Other' })], noon)
  await requestPlaces(db, outbox, other.id, [aRequest('cy@example.org', { name: 'Cy Other' }), aRequest('anne@example.org', hers)], noon)
  await aBooking(db, past.id, { ...hers, email: anne, attended: true })
  await aRequestOf(db, { kind: 'complaint', email: anne, name: hers.name, text: `${marker} complains`, receivedAt: noon.minus({ days: 1 }).toJSDate() })
  const mailer = keeping()
  const context = contextWith(its, mailer)
  const tell = async () => {
    context.turnClock(clock.now)
    t.strictSame([...await doJobs(its, context), ...await tellPeople(its, context)], [])
    return mailer.kept.splice(0)
  }
  await tell()
  return { ...its, clock, full, other, past, context, mailer, tell }
}

/** Traces of a person in any table and any queue. */
async function tracesOf (db: World['db']): Promise<string[]> {
  const tables = await db.$queryRaw<Array<{ name: string }>>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss') ORDER BY 1`
  const found: string[] = []
  for (const { name } of tables) {
    const [{ rows } = { rows: 0 }] = await db.$queryRawUnsafe<Array<{ rows: number }>>(
      `SELECT count(*)::int AS rows FROM ${name} AS row WHERE row::text ~* '${marker}|anne@example|900 982'`)
    if (rows > 0) found.push(`${name}: ${rows}`)
  }
  return found
}

async function finish (its: World, now: DateTime<true>) {
  const gone: string[] = []
  await finishErasures(its.db, its.outbox, async ({ emailIds }) => { gone.push(...emailIds) }, now)
  return gone
}

async function confirmedFor (db: World['db'], now = noon): Promise<string> {
  return confirmationToken(erasingEffects(await everythingAbout(db, 'anne@example.org'), now))
}

t.test('one page shows everything about an address, and so does a file, with how much written down and not whose', async t => {
  const { app, db, full } = await someone(t)
  const { headers, member } = await signedIn(app, db)
  await aLegalHold(db, { activityId: full.id })

  const page = await post(app, '/staff/person', { email: ' ANNE@example.ORG ' }, headers)
  const file = await post(app, '/staff/person/file', { email: anne }, headers)

  const { text } = perceived(page)
  for (const shown of [
    'The full one', 'The other one', 'The past one', `${marker} needs captions`, `${marker} asks`, `${marker} heard`, '07700 900 982',
    'Confirmed', 'Waiting', 'Came', 'Booked 1 place', 'Place confirmed, sent', 'On the waiting list, sent', `${marker} complains`,
    'Independent inquiry', 'To be deleted on'
  ]) t.match(text, shown)
  t.notMatch(text, /Bea Other|Cy Other/, 'nobody else is in it')
  t.match(file.headers, { 'content-type': 'application/json; charset=utf-8', 'content-disposition': 'attachment; filename="person.json"' })
  const { bookings, requests, legalHolds } = JSON.parse(file.body) as Record<string, Array<Record<string, unknown>>>
  t.strictSame(bookings?.map(({ status }) => status).sort(), ['confirmed', 'confirmed', 'waiting'])
  t.match(requests, [{ kind: 'complaint', text: `${marker} complains` }])
  t.match(legalHolds, [{ owner: 'Data protection officer' }])
  const trail = await db.auditEntry.findMany({ where: { action: { startsWith: 'person.' } }, orderBy: { id: 'asc' } })
  t.match(trail, [
    { action: 'person.shown', staffMemberId: member.id, subject: null, details: { bookings: 3, requests: 1 } },
    { action: 'person.exported', staffMemberId: member.id, subject: null, details: { bookings: 3, requests: 1 } }
  ])
  t.match(perceived(await post(app, '/staff/person', { email: 'nobody@example.org' }, headers)).text, 'We hold nothing about this address.')
})

t.test('a quarter of an hour after they showed who they are, staff are asked again first', async t => {
  const { app, db, clock } = await someone(t)
  const { headers } = await signedIn(app, db)
  clock.now = noon.plus({ minutes: 16 })
  const before = await db.auditEntry.count()

  for (const path of ['/staff/person', '/staff/person/file', '/staff/person/erasure']) {
    const asked = await post(app, path, { email: anne }, headers)
    t.match(asked, { statusCode: 303, headers: { location: /^\/staff\/again\?to=%2Fstaff%2Fperson%3Fwho%3D/ } })
  }
  t.equal(await db.auditEntry.count(), before)
})

t.test('what is to come is cancelled and told, the next has the place, and then nothing about them is left anywhere', async t => {
  const its = await someone(t)
  const { app, db, outbox, clock, full, other, tell } = its
  const { headers } = await signedIn(app, db)
  const { id: asked } = await aRequestOf(db, { kind: 'deletion', email: anne, name: marker })
  t.not((await tracesOf(db)).length, 0, 'the marker is found before')

  const read = await post(app, '/staff/person/erasure', { email: anne }, headers)
  const { text } = perceived(read)
  for (const effect of [
    'Their booking is cancelled: The full one', 'goes to the next in line', 'They leave the waiting list for The other one',
    '3 bookings, 2 emails about them and 2 requests and complaints', `within ${hoursToTell} hours`,
    'This answers their request to delete what we hold.', '1 open request or complaint of theirs is deleted without an answer.'
  ]) t.match(text, effect)
  t.equal(await db.booking.count({ where: { status: 'cancelled' } }), 0, 'nothing is done before that was read')
  const sent = await post(app, '/staff/person/erasure', filledIn(read.body), headers)
  t.match(sent, { statusCode: 303, headers: { location: '/staff/person?done=asked' } })
  t.match(perceived(await app.inject({ url: '/staff/person?done=asked', headers })).text, 'Everything else is deleted once they were told')
  t.match(await db.request.findUnique({ where: { id: asked } }), { toldBy: 'otherwise' }, 'their request is answered')

  t.strictSame(await finish(its, noon), [], 'not before they were told')
  t.not(await db.booking.count({ where: { canonicalEmail: 'anne@example.org' } }), 0)
  await serveWaitingList(db, outbox, full.id, noon)
  clock.now = noon.plus({ minutes: 1 })
  const emails = await tell()
  const to = (address: string) => emails.filter(email => email.to.toLowerCase() === address)
  t.strictSame(to('anne@example.org').map(({ subject }) => subject.replace(/:.*/, '')).sort(),
    ['We are deleting your details', 'You have left the waiting list', 'Your booking is cancelled'])
  t.match(to('anne@example.org').find(({ calendar }) => calendar !== undefined)?.calendar, { method: 'CANCEL' })
  t.match(to('anne@example.org').find(({ subject }) => /deleting/.test(subject))?.text, /gone by Wednesday 25 November 2026 at midday/)
  t.match(to('bea@example.org')[0]?.subject, 'place', 'the next has the place')

  const gone = await finish(its, clock.now)
  t.ok(gone.length >= 4, 'the files of their emails are named')
  t.strictSame(await tracesOf(db), [])
  t.strictSame((await db.booking.findMany({ select: { name: true } })).map(({ name }) => name).sort(), ['Bea Other', 'Cy Other'])
  t.match(await db.headcount.findFirst({ where: { activityId: its.past.id, dimension: 'total' } }), { booked: 1, came: 1 })
  t.equal(await db.erasure.count(), 0)
  t.match(await db.auditEntry.findFirst({ where: { action: 'erasure.done' } }), { details: { bookings: 3, requests: 2 } })
  t.strictSame(await finish(its, clock.now), [], 'the second time there is nothing to do')
  await aRequestOf(db, { id: asked, email: anne, name: marker })
  t.equal(await eraseRequestsAgain(db), 1, 'what a restored backup brings back goes again')
  t.strictSame(await tracesOf(db), [])
  t.equal(await db.occupancy.findUnique({ where: { activityId: other.id } }).then(one => one?.waiting), 0)
})

t.test('someone who cannot be told is forgotten two days later all the same', async t => {
  const its = await someone(t)
  const { db, outbox } = its
  t.equal(await eraseEverything(db, outbox, { address: anne, confirmed: undefined }, undefined, noon), 'asked')

  await finish(its, doneBy(noon).minus({ minutes: 1 }))
  t.not((await tracesOf(db)).length, 0)
  await finish(its, doneBy(noon))

  t.strictSame(await tracesOf(db), [])
})

t.test('the bookings are not forgotten before their own cancellation went out', async t => {
  const its = await someone(t)
  const { db, outbox, context } = its
  await eraseEverything(db, outbox, { address: anne, confirmed: undefined }, undefined, noon)
  await tellPeople(its, context)

  await finish(its, noon.plus({ minutes: 1 }))
  t.equal(await db.booking.count({ where: { canonicalEmail: 'anne@example.org' } }), 3, 'the last email alone is not all')
  await doJobs(its, context)
  await finish(its, noon.plus({ minutes: 1 }))

  t.strictSame(await tracesOf(db), [])
})

t.test('what someone books after they asked is a new beginning, and stays', async t => {
  const its = await someone(t)
  const { db, outbox, past, full } = its
  await eraseEverything(db, outbox, { address: anne, confirmed: undefined }, undefined, noon)
  await requestPlaces(db, outbox, full.id, [aRequest(anne, { name: 'Anne again' })], noon.plus({ hours: 1 }))

  await finish(its, doneBy(noon))

  t.match(await db.booking.findMany({ where: { canonicalEmail: 'anne@example.org' } }), [{ name: 'Anne again', status: 'waiting' }])
  t.equal(await db.booking.count({ where: { activityId: past.id } }), 0)
})

t.test('while a legal hold stands on them, or on what they booked, nothing is cancelled or deleted', async t => {
  const its = await someone(t)
  const { app, db, full, clock, tell } = its
  const { headers } = await signedIn(app, db)
  const lifted = { liftedAt: noon.toJSDate(), liftedById: randomUUID(), canonicalEmail: null }
  const lift = async (id: string) => await db.legalHold.update({ where: { id }, data: lifted })

  for (const [of, sentence] of [
    [{ canonicalEmail: 'anne@example.org' }, /A legal hold keeps what we hold about this person\. Nothing can be deleted before it is lifted\./],
    [{ activityId: full.id }, /A legal hold keeps the bookings of “The full one”, which they have booked\./]
  ] as const) {
    const { id } = await aLegalHold(db, of)
    const refused = await post(app, '/staff/person/erasure', { email: anne, confirmed: await confirmedFor(db) }, headers)
    t.equal(refused.statusCode, 409)
    t.match(perceived(refused).errors, [{ field: 'holds', sentence }])
    await lift(id)
  }
  t.equal(await db.booking.count({ where: { status: 'cancelled' } }), 0)
  t.strictSame(await tell(), [])

  // A hold that is set after the request stops it, until it is lifted.
  await post(app, '/staff/person/erasure', { email: anne, confirmed: await confirmedFor(db) }, headers)
  const { id } = await aLegalHold(db, { canonicalEmail: 'anne@example.org' })
  clock.now = doneBy(noon).plus({ days: 1 })
  await finish(its, clock.now)
  t.equal(await db.booking.count({ where: { canonicalEmail: 'anne@example.org' } }), 3)
  await lift(id)
  await finish(its, clock.now)
  t.strictSame(await tracesOf(db), [])
})

t.test('of ten who press at once it is asked once, each place goes once, and a page of before is not enough', async t => {
  const { db, outbox, full } = await someone(t)
  await warm(db)
  const confirmed = await confirmedFor(db)

  const ends = await Promise.all(Array.from({ length: 10 }, async () =>
    await eraseEverything(db, outbox, { address: anne, confirmed }, organiser, noon)))

  t.strictSame(ends.sort(), ['asked', ...Array<string>(9).fill('asked-already')])
  t.equal(await db.booking.count({ where: { activityId: full.id, status: 'cancelled' } }), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'person.erased' } }), 1)
  await db.erasure.deleteMany()
  const again = eraseEverything(db, outbox, { address: anne, confirmed }, organiser, noon)
  t.match(await again.catch((error: unknown) => error), { refusal: 'people-to-tell' }, 'what was read was of before')
})

t.test('a copy is seen by the link of our email alone, behind a button, and for two weeks', async t => {
  const { app, db, clock, tell } = await someone(t)
  const { headers } = await signedIn(app, db, { name: 'Olu Organiser' })
  await aLegalHold(db, { canonicalEmail: 'anne@example.org' })
  const { id } = await aRequestOf(db, { kind: 'copy', email: anne, name: 'Anne' })
  const path = `/copies/${linksToCopies.tokenOf({ id, version: 0 })}`
  t.match(await app.inject(path), { statusCode: 410 }, 'not before someone looked')

  const asked = await post(app, `/staff/requests/${id}`, { answer: 'Here it is.', told_by: 'copy' }, headers)
  t.match(perceived(asked).text, 'The link works for 14 days')
  await post(app, `/staff/requests/${id}`, filledIn(asked.body), headers)
  const [email] = await tell()
  t.match(email?.to, anne)
  t.match(email?.text, `https://workshops.example.org${path}`)
  t.notMatch(email?.text, new RegExp(marker), 'the email itself has nothing of it')

  const door = await app.inject(path)
  t.notMatch(door.body, new RegExp(marker), 'a mail program that opens the link sees nothing')
  t.match(door.headers, { 'x-robots-tag': 'noindex', 'cache-control': 'no-store' })
  const [form] = formsOn(door.body, path)
  const copy = await post(app, form?.action ?? '', {})
  const { text } = perceived(copy)
  t.match(text, `${marker} needs captions`)
  t.notMatch(text, /Olu Organiser|inquiry|Bea Other/, 'neither who works here, nor a legal hold, nor anyone else')
  const file = await post(app, `${path}/file`, {})
  t.match(JSON.parse(file.body), { bookings: [{}, {}, {}] })
  t.notMatch(file.body, /Olu Organiser|inquiry/)
  t.match(await app.inject(`/copies/${links.tokenOf(id)}`), { statusCode: 410 }, 'a link of another kind opens none')

  clock.now = noon.plus({ days: 15 })
  for (const answer of [await app.inject(path), await post(app, path, {}), await post(app, `${path}/file`, {})]) {
    t.equal(answer.statusCode, 410)
    t.notMatch(answer.body, new RegExp(marker))
  }
})
