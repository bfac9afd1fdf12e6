import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { lockActivity } from '../../../src/programme/activities/queries.ts'
import type { Activity, Booking, StaffMember } from '../../../src/platform/database/generated/client.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { listBooked } from '../../../src/office/attendance-reports/queries.ts'
import { listSigners } from '../../../src/office/exports/sign-in-sheet-queries.ts'
import { answerQuestion, handToSafeguarding, noteAttendance } from '../../../src/office/on-the-day/commands.ts'
import { joinWorkshop } from '../../../src/booking/joining/commands.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { choosing, filledIn } from '../../support/filled-in.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { columnsWith } from '../../support/whereabouts.ts'
import { aBooking, anActivity, noon, secretKey, warm, world } from '../../support/world.ts'

/** A workshop at the end of the day on which tests take place. */
const tonight = {
  startsAt: noon.plus({ hours: 6 }).toJSDate(),
  endsAt: noon.plus({ hours: 6, minutes: 30 }).toJSDate(),
  joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl)
}
const inAWeek = {
  startsAt: noon.plus({ days: 7, hours: 6 }).toJSDate(),
  endsAt: noon.plus({ days: 7, hours: 6, minutes: 30 }).toJSDate()
}

async function context (t: Test, given: Partial<Activity> = {}, who: Partial<StaffMember> = { role: 'organiser' }) {
  const its = await service(t)
  const activity = await anActivity(its.db, { ...tonight, ...given })
  const visitor = await signedIn(its.app, its.db, who)
  if (who.role === 'host') {
    await its.db.activityHost.create({ data: { activityId: activity.id, staffMemberId: visitor.member.id } })
  }
  const url = `/staff/activities/${activity.slug}/evening`
  const look = async () => await its.app.inject({ url, headers: visitor.headers })
  return { ...its, ...visitor, activity, url, look }
}

const entries = async (db: Db, action: string) =>
  await db.auditEntry.findMany({ where: { action }, orderBy: { id: 'asc' } })
const attendedOf = async (db: Db, { id }: Booking) => (await db.booking.findUniqueOrThrow({ where: { id } })).attended

t.test('people to let in are listed by name before those who are here, with places, and namesakes with references', async t => {
  const { db, activity, look } = await context(t)
  const one = await aBooking(db, activity.id, { name: 'Zoë Fell' })
  const other = await aBooking(db, activity.id, { name: 'zoe  fell' })
  await aBooking(db, activity.id, { name: 'Ben Bell', places: 2 })
  await aBooking(db, activity.id, { name: 'Ann Ash', attended: true, joinedAt: noon.minus({ minutes: 4 }).toJSDate() })
  await aBooking(db, activity.id, { name: 'Cy Cole', attended: false })
  for (const status of ['waiting', 'cancelled', 'lapsed']) await aBooking(db, activity.id, { name: `Not ${status}`, status })

  const { text } = perceived(await look())

  t.match(text, /People: 5 with 6 places/)
  t.match(text, /To let in by name: 3 Ben Bell \+1 more .*(?:Zoë Fell.*zoe fell|zoe fell.*Zoë Fell)/)
  t.match(text, /Did not come: 1 Cy Cole .*Here: 1 Ann Ash Joined at 11:56am/)
  for (const { reference } of [one, other]) t.equal(text.split(reference).length - 1, 1, 'a namesake is told apart')
  t.notMatch(text, /Not (?:waiting|cancelled|lapsed)/)
})

t.test('everyone stands in the order of surnames that the sheet for the door and the list of attendees have', async t => {
  const { app, db, activity, headers, look } = await context(t)
  const needs = { accessNeeds: 'Captions, please' }
  const expected = ['Zoë Adams', 'Łucja Łukasik', 'Tom Lund', 'Ömer Öztürk', 'Ann Smith', 'Jan van der Berg', 'Zed']
  for (const name of [...expected].sort().reverse()) {
    await aBooking(db, activity.id, { name, ...needs })
  }
  const chosen = (await db.booking.findMany({ select: { id: true } })).map(({ id }) => id)
  const at = `/staff/activities/${activity.slug}/attendees`
  const namesIn = (body: string, around: RegExp) =>
    [...(around.exec(body)?.[0] ?? '').matchAll(/<bdi>([^<]*)/g)].flatMap(([, text = '']) => expected.includes(text) ? text : [])

  const page = (await look()).body
  const asked = await post(app, `${at}/attendance`, choosing(chosen), headers)
  const list = await app.inject({ url: `${at}?sort=name`, headers })

  t.strictSame(namesIn(list.body, /<tbody[\s\S]*?<\/tbody>/), expected, 'the list of attendees')
  t.strictSame(namesIn(page, /<ul class="pk-guests">[\s\S]*?<\/ul>/), expected, 'the people to let in')
  t.strictSame(namesIn(page, /id="access"[\s\S]*?<\/ul>/), expected, 'those with an access need')
  t.strictSame(namesIn(asked.body, /<ul class="govuk-list">[\s\S]*?<\/ul>/), expected, 'those who are noted together')
  t.strictSame((await listSigners(db, activity.id, { withNeeds: false })).map(({ name }) => name), expected, 'the sheet')
  t.strictSame((await listBooked(db, activity.id)).map(({ name }) => name), expected, 'those whom a report is compared with')
})

t.test('a host sees names, access needs and who is here, on the day alone; nobody’s address, phone or question', async t => {
  const secret = { email: 'ann@example.org', phone: '01539 123456', question: 'My brother hits my son', district: 'Eden' }
  const { app, db, activity, headers, url, look } = await context(t, {}, { role: 'host' })
  const { id, reference } = await aBooking(db, activity.id, { name: 'Ann Ash', accessNeeds: 'Captions, please', ...secret })

  const today = await look()

  t.match(perceived(today).text, /Ann Ash Access need.*Access needs.*Ann Ash Captions, please Not answered/)
  for (const hidden of [...Object.values(secret), id, 'Emails']) t.notMatch(today.body, hidden)
  t.match(today.body, 'teams.microsoft.com', 'the way in is there for hosts')
  t.equal((await post(app, `${url}/attendance`, { [reference]: 'unknown-yes' }, headers)).statusCode, 303)
  t.equal((await post(app, `${url}/questions/${id}`, {}, headers)).statusCode, 403)
  t.equal((await app.inject({ url: `${url}/questions/${id}/safeguarding`, headers })).statusCode, 403)

  for (const [when, heading] of [[inAWeek, 'This page opens on Monday 30 November 2026'], [{
    startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 2 }).plus({ hours: 1 }).toJSDate()
  }, 'This page was open on Saturday 21 November 2026']] as const) {
    await db.activity.update({ where: { id: activity.id }, data: when })
    const other = await look()
    t.equal(other.statusCode, 403)
    t.equal(perceived(other).h1, heading)
    t.notMatch(other.body, /Ann Ash|teams\.microsoft/)
    t.equal((await post(app, `${url}/attendance`, { [reference]: 'yes-no' }, headers)).statusCode, 403)
  }
  t.equal((await db.booking.findFirstOrThrow()).attended, true)
})

t.test('the way into Teams is there for organisers and hosts on the day, and for nobody else', async t => {
  const { app, db, activity, url, look } = await context(t)
  const staff = await signedIn(app, db, { role: 'staff' })

  const { body } = await look()
  t.match(body, /href="https:\/\/teams\.microsoft\.com[^"]*"[^>]*rel="noopener noreferrer"/)
  t.equal(perceived({ body }).text.includes('teams.microsoft.com'), false, 'it is no text on a screen that may be shared')
  t.notMatch((await app.inject({ url, headers: staff.headers })).body, 'teams.microsoft')
  await db.activityHost.create({ data: { activityId: activity.id, staffMemberId: staff.member.id } })
  t.match((await app.inject({ url, headers: staff.headers })).body, 'teams.microsoft')
  await db.activity.update({ where: { id: activity.id }, data: inAWeek })
  t.notMatch((await look()).body, 'teams.microsoft')
})

t.test('attendance is noted for many at once, and on record for each with from and to', async t => {
  const { app, db, activity, headers, member, url } = await context(t)
  const ann = await aBooking(db, activity.id)
  const ben = await aBooking(db, activity.id)
  const cy = await aBooking(db, activity.id)

  const answer = await post(app, `${url}/attendance`, {
    [ann.reference]: 'unknown-yes', [ben.reference]: 'unknown-no', [cy.reference]: 'unknown-unknown'
  }, headers)

  t.match(answer.headers.location, /evening\?done=noted$/)
  t.strictSame([await attendedOf(db, ann), await attendedOf(db, ben), await attendedOf(db, cy)], [true, false, null])
  t.match(await entries(db, 'attendance.changed'), [
    { staffMemberId: member.id, subject: activity.slug, details: { booking: ann.id, attended: ['unknown', 'yes'] } },
    { details: { booking: ben.id, attended: ['unknown', 'no'] } }
  ])
  const again = await post(app, `${url}/attendance`, { [ann.reference]: 'unknown-yes' }, headers)
  t.equal(again.statusCode, 303, 'a second press of the button is no quarrel')
  t.equal((await entries(db, 'attendance.changed')).length, 2)
})

t.test('how many of a party came is noted beside who came, in one form, and nobody is counted who did not come', async t => {
  const { app, db, activity, headers, url, look } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash', places: 3 })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell', places: 2 })
  const one = await aBooking(db, activity.id, { name: 'Cy Cole' })
  const kept = async ({ id }: Booking) => {
    const { attended, camePlaces, attendanceSource } = await db.booking.findUniqueOrThrow({ where: { id } })
    return [attended, camePlaces, attendanceSource]
  }
  const note = async (fields: Record<string, string>) => await post(app, `${url}/attendance`, fields, headers)

  t.match(perceived(await look()).text, /Ann Ash \+2 more Here Did not come Not recorded How many came Not counted yet All 3 1 of 3 2 of 3/)
  const { body } = await look()
  t.notMatch(body, `${one.reference}-came`, 'there is nobody to count in a booking of one')

  await note({ ...filledIn(body), [`${ann.reference}-came`]: 'unknown-2', [ben.reference]: 'unknown-yes' })

  t.strictSame([await kept(ann), await kept(ben), await kept(one)],
    [[true, 2, 'ticked'], [true, null, 'ticked'], [null, null, null]], 'whoever counts people says that they came')
  t.match(await entries(db, 'attendance.changed'), [{ details: { attended: ['unknown', 'yes'], came: ['', '2'] } }, {}])
  t.match(perceived(await look()).text, /Here: 2 Ann Ash/)

  await note({ [ann.reference]: 'yes-no', [`${ann.reference}-came`]: '2-2' })
  t.strictSame(await kept(ann), [false, 0, 'ticked'])
  const refused = await note({ [ann.reference]: 'no-no', [`${ann.reference}-came`]: 'unknown-1' })
  t.equal(refused.statusCode, 409)
  t.strictSame(perceived(refused).errors, [
    { field: `guest-${ann.reference}`, sentence: 'Ann Ash: choose “Here” if some of them came.' }
  ])
  const other = await note({ [ben.reference]: 'yes-yes', [`${ben.reference}-came`]: '2-1' })
  t.match(perceived(other).errors, [{ sentence: /^Ben Bell: someone else noted “here” at the same time/ }])
  for (const wrong of ['all-0', 'all-', '2', 'all-9999', 'all-x']) {
    t.equal((await note({ [ben.reference]: 'yes-yes', [`${ben.reference}-came`]: wrong })).statusCode, 400, wrong)
  }
  t.strictSame(await kept(ben), [true, null, 'ticked'])
  await note({ [ben.reference]: 'yes-yes', [`${ben.reference}-came`]: 'unknown-all' })
  t.strictSame(await kept(ben), [true, 2, 'ticked'], 'all is a number that someone counted')
})

t.test('the database keeps how many came in step with who came and with the places, for any process', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db, tonight)
  const { id } = await aBooking(db, activityId, { places: 3, attended: true, camePlaces: 3 })
  const change = async (data: object) => {
    const { attended, camePlaces, attendanceSource } = await db.booking.update({ where: { id }, data })
    return [attended, camePlaces, attendanceSource]
  }

  t.strictSame(await change({ places: 2 }), [true, 2, null])
  t.strictSame(await change({ attended: false }), [false, 0, 'ticked'], 'as the version before writes it')
  t.strictSame(await change({ attended: true }), [true, null, 'ticked'])
  t.strictSame(await change({ attended: null }), [null, null, null])
  t.strictSame(await change({ attended: true, joinedAt: noon.toJSDate() }), [true, null, 'joined'])
  for (const wrong of [{ camePlaces: -1 }, { minutesAtLeast: 15 }, { minutesAtLeast: -10 }, { attendanceSource: 'x' }]) {
    await t.rejects(change(wrong), { code: /P2004|P2010|P2039/ }, JSON.stringify(wrong))
  }
  t.match(await aBooking(db, activityId, { camePlaces: 1, attendanceSource: 'ticked' }), {
    attended: null, camePlaces: null, attendanceSource: null
  }, 'of nobody who is not known to have come')
  await t.rejects(db.activity.update({ where: { id: activityId }, data: { walkIns: -1 } }))
})

t.test('people without a booking are a number, which nobody replaces unseen, by hosts too on the day', async t => {
  const { app, db, activity, headers, member, url, look } = await context(t, {}, { role: 'host' })
  const edition = async () => /name="edition" value="([^"]*)"/.exec((await look()).body)?.[1] ?? ''
  const note = async (walkIns: string, read: string) =>
    await post(app, `${url}/walk-ins`, { walk_ins: walkIns, edition: read }, headers)
  const stands = async () => (await db.activity.findUniqueOrThrow({ where: { id: activity.id } })).walkIns
  const first = await edition()

  t.match((await note('3', first)).headers.location, /evening\?done=walk-ins$/)
  t.equal(await stands(), 3)
  t.equal((await note('3', first)).statusCode, 303, 'a second press of the button is no quarrel')
  t.match(await entries(db, 'walk-ins.changed'), [
    { staffMemberId: member.id, subject: activity.slug, details: { walkIns: ['', '3'] } }
  ])

  const late = await note('5', first)
  t.equal(late.statusCode, 409)
  t.strictSame(perceived(late).errors, [{
    field: 'walk_ins', sentence: 'Someone else noted 3 at the same time, and that stays. Enter yours again if it is right.'
  }])
  t.match(late.body, /name="walk_ins"[^>]*value="5"/, 'what was typed is still there')
  t.equal(await stands(), 3)
  t.equal((await note('5', await edition())).statusCode, 303)
  t.equal(await stands(), 5)
  for (const wrong of ['-1', '10000', 'many', '2.5']) {
    t.match(perceived(await note(wrong, await edition())).errors, [{
      field: 'walk_ins', sentence: 'The number of people without a booking must be a whole number from 0 to 9,999'
    }])
  }
  t.equal((await note('', await edition())).statusCode, 303)
  t.equal(await stands(), null, 'nobody counted is not nobody')

  await db.activity.update({ where: { id: activity.id }, data: inAWeek })
  t.equal((await note('1', first)).statusCode, 403)
})

t.test('of what is cancelled nobody notes who came: neither people with a place nor others', async t => {
  const { app, db, activity, headers, url, look } = await context(t)
  const booking = await aBooking(db, activity.id)
  const before = await look()
  const edition = /name="edition" value="([^"]*)"/.exec(before.body)?.[1] ?? ''
  t.match(before.body, /name="walk_ins"/)
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled', walkIns: 2 } })

  t.notMatch((await look()).body, /name="walk_ins"|type="radio"/)
  for (const [at, form] of [
    ['walk-ins', { walk_ins: '3', edition }], ['attendance', { [booking.reference]: 'unknown-yes' }]
  ] as const) {
    const refused = await post(app, `${url}/${at}`, form, headers)
    t.equal(refused.statusCode, 409, at)
    t.strictSame(perceived(refused).errors, [{
      field: 'people', sentence: 'This activity is cancelled, so nobody came to it. Nothing was changed.'
    }], at)
  }
  t.match(await db.activity.findUnique({ where: { id: activity.id } }), { walkIns: 2 })
  t.equal(await attendedOf(db, booking), null)
})

t.test('of two who note at once neither undoes the other: what stands stays, the rest is saved, and the page says so', async t => {
  const { app, db, activity, headers, url } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash' })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell' })
  await post(app, `${url}/attendance`, { [ann.reference]: 'unknown-yes', [ben.reference]: 'unknown-unknown' }, headers)

  const answer = await post(app, `${url}/attendance`, {
    [ann.reference]: 'unknown-no', [ben.reference]: 'unknown-yes'
  }, headers)

  t.equal(answer.statusCode, 409)
  t.strictSame(perceived(answer).errors, [{
    field: `guest-${ann.reference}`,
    sentence: 'Ann Ash: someone else noted “here” at the same time, and that stays.'
  }])
  t.ok(perceived(answer).has(`guest-${ann.reference}`))
  t.strictSame([await attendedOf(db, ann), await attendedOf(db, ben)], [true, true])
})

t.test('twenty who note the same two people at once, in either order, leave one answer each and none waits for ever', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db, tonight)
  const bookings = [await aBooking(db, id), await aBooking(db, id)]
  await warm(db)

  const results = await Promise.all(Array.from({ length: 20 }, async (_, n) =>
    await noteAttendance(db, id, (n % 2 === 0 ? bookings : bookings.toReversed()).map(({ reference }) =>
      ({ reference, shown: 'unknown', wanted: n % 2 === 0 ? 'yes' : 'no' })), organiser, noon)))

  const [first, second] = [await attendedOf(db, bookings[0] as Booking), await attendedOf(db, bookings[1] as Booking)]
  t.equal(first, second)
  t.equal(results.filter(notNoted => notNoted.length === 2).length, 10)
  t.equal((await entries(db, 'attendance.changed')).length, 2)
})

t.test('noting many while all bookings are changed waits for that, and neither fails', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db, tonight)
  const both = [await aBooking(db, id), await aBooking(db, id)].sort((one, other) => one.id < other.id ? -1 : 1)
  const [first, last] = both as [Booking, Booking]
  await warm(db)
  const notes = both.map(({ reference }) => ({ reference, shown: 'unknown', wanted: 'yes' } as const))
  const isSomeoneWaiting = async () => {
    const [row] = await db.$queryRaw<Array<{ waiting: bigint }>>`
      SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    return (row?.waiting ?? 0n) > 0n
  }

  const noting = await db.$transaction(async tx => {
    await lockActivity(tx, id)
    await tx.booking.update({ where: { id: last.id }, data: { icalSequence: { increment: 1 } } })
    const noting = noteAttendance(db, id, notes, organiser, noon)
    noting.catch(() => {})
    while (!await isSomeoneWaiting());
    await tx.booking.update({ where: { id: first.id }, data: { icalSequence: { increment: 1 } } })
    return { noting }
  })

  t.strictSame(await noting.noting, [])
  t.strictSame([await attendedOf(db, first), await attendedOf(db, last)], [true, true])
})

t.test('someone who joins while they are being noted as missing is here', async t => {
  const { app, db, activity, headers, url } = await context(t, { ...tonight, startsAt: noon.toJSDate() })
  const { id, reference } = await aBooking(db, activity.id, { name: 'Ann Ash' })
  await joinWorkshop(db, id, noon)

  const missing = await post(app, `${url}/attendance`, { [reference]: 'unknown-no' }, headers)
  const unknown = await post(app, `${url}/attendance`, { [reference]: 'yes-unknown' }, headers)

  t.strictSame([missing.statusCode, unknown.statusCode], [409, 409])
  t.match(perceived(unknown).errors, [{ sentence: /Ann Ash joined by their own link/ }])
  t.match(await db.booking.findFirst(), { attended: true })
  t.equal((await post(app, `${url}/attendance`, { [reference]: 'yes-no' }, headers)).statusCode, 303, 'but may not have stayed')
  t.match(await db.booking.findFirst(), { attended: false })
})

t.test('nobody is noted before the day, and anyone who has no place any more is named by reference', async t => {
  const { app, db, activity, headers, url } = await context(t, inAWeek)
  const { id, reference } = await aBooking(db, activity.id)
  const early = await post(app, `${url}/attendance`, { [reference]: 'unknown-yes' }, headers)
  t.equal(early.statusCode, 409)
  t.match(perceived(early).errors, [{ field: 'form', sentence: /from Monday 30 November 2026 on\. Nothing was changed/ }])
  t.notMatch(early.body, 'type="radio"')

  await db.activity.update({ where: { id: activity.id }, data: tonight })
  await db.booking.update({ where: { id }, data: { status: 'cancelled' } })
  const late = await post(app, `${url}/attendance`, { [reference]: 'unknown-yes' }, headers)
  t.equal(late.statusCode, 409)
  t.match(perceived(late).errors, [{ sentence: new RegExp(`${reference} has no place any more`) }])
  t.equal(await attendedOf(db, { id } as Booking), null)
})

t.test('a form that is not ours changes nothing and keeps what was chosen', async t => {
  const { app, db, activity, headers, url } = await context(t)
  const other = await aBooking(db, (await anActivity(db, tonight)).id)
  const { reference } = await aBooking(db, activity.id)
  const wrong: Array<[string, RegExp]> = [
    [`${reference}=unknown-yes&evil=1`, /This form has no field “evil”/],
    [`${reference}=unknown-yes&constructor=1`, /no field “constructor”/],
    [`${reference}=unknown-yes&${other.reference}=maybe`, /Load this page again/],
    [`${reference}=unknown-yes&${other.reference}=`, /Load this page again/],
    [`${reference}=unknown-yes&${other.reference}=unknown-no&${other.reference}=unknown-yes`, /Load this page again/],
    [`${reference}=unknown-yes&%00%1b=${'x'.repeat(5000)}`, /no field/]
  ]

  for (const [body, sentence] of wrong) {
    const answer = await post(app, `${url}/attendance`, body, headers)
    t.equal(answer.statusCode, 400, body.slice(0, 60))
    t.match(perceived(answer).errors, [{ field: 'form', sentence }])
    t.match(answer.body, 'value="unknown-yes" checked', 'what was chosen is chosen still')
  }
  t.equal((await post(app, `${url}/attendance`, '', headers)).statusCode, 303)
  t.match(perceived(await post(app, `${url}/attendance`, { [other.reference]: 'unknown-yes' }, headers)).errors,
    [{ sentence: /has no place any more/ }], 'another activity’s booking is none of this one’s')
  t.equal(await db.booking.count({ where: { attended: { not: null } } }), 0)
})

t.test('a note after the emails of the day after says that it changes none of them', async t => {
  const { db, activity, look } = await context(t, {
    startsAt: noon.minus({ hours: 18 }).toJSDate(), endsAt: noon.minus({ hours: 17 }).toJSDate()
  })
  const { id } = await aBooking(db, activity.id)
  t.match(perceived(await look()).text, /On Monday 23 November 2026 at 10am, people who were here get a thank-you/)

  await db.email.create({ data: { bookingId: id, kind: 'after-the-day', messageId: 'm', createdAt: noon.toJSDate() } })

  t.match(perceived(await look()).text, /have gone out, by what was noted then\. What you note now is kept, but changes no email/)
})

t.test('questions stand with those first that nobody has settled, and are marked as answered once', async t => {
  const { app, db, activity, headers, member, url, look } = await context(t)
  const old = await aBooking(db, activity.id, { name: 'Ann Ash', question: 'Is there a recording?' })
  await aBooking(db, activity.id, { name: 'Ben Bell', question: 'Which apps?', status: 'waiting' })

  const answer = await post(app, `${url}/questions/${old.id}`, {}, headers)
  const again = await post(app, `${url}/questions/${old.id}`, {}, headers)

  t.match(answer.headers.location, /done=answered$/)
  t.equal(again.statusCode, 409)
  t.match(perceived(again).errors, [{ field: 'questions', sentence: 'This question was marked as answered already. Nothing was changed.' }])
  t.match(perceived(await look()).text,
    /Questions \(1 to answer\).*Ben Bell Waiting Which apps\?.*Ann Ash Is there a recording\? Answered: marked by Olu Organiser, Monday 23/)
  t.match(await entries(db, 'question.answered'), [{ staffMemberId: member.id, subject: activity.slug, details: { booking: old.id } }])
  t.equal((await entries(db, 'question.answered')).length, 1)
})

t.test('a question is deleted only once someone says who received it; that, who did it and when stays', async t => {
  const said = 'My uncle frightens me at night'
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write (line) { lines.push(line) } })
  const { app, db, outbox } = await service(t, { log })
  const activity = await anActivity(db, { ...tonight, ...inAWeek, capacity: 1 })
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  await aBooking(db, activity.id)
  const booked = await post(app, `/activities/${activity.slug}/book`, {
    name: 'Ann Ash', email: 'ann@example.org', role: 'parent', submission: crypto.randomUUID(), question: said
  })
  t.equal(booked.statusCode, 303)
  const { id } = await db.booking.findFirstOrThrow({ where: { question: { not: null } } })
  await makeAnotherDateOf(app, activity, headers)
  const howMany = async () => (await db.booking.findMany()).filter(({ question }) => question === said).length
  t.equal(await howMany(), 2, 'another date has a copy of it')
  const url = `/staff/activities/${activity.slug}/evening/questions/${id}/safeguarding`

  const page = await app.inject({ url, headers })
  t.match(perceived(page).text, new RegExp(`${said}.*Call the hub.*Who to call.*999.*Who received it.*They have it: delete the text here`))
  t.equal(await howMany(), 2, 'to look changes nothing')
  const receipt = {
    hub: 'Cumberland Safeguarding Hub', received_by: 'Pat Smith', received_day: '2026-11-23', received_time: '11:45', reference: 'C-1042'
  }
  for (const [wrong, field, sentence] of [
    [{ hub: '' }, 'hub', 'Enter which hub or team received it'], [{ received_by: ' ' }, 'received_by', 'Enter who received it'],
    [{ reference: '' }, 'reference', 'Enter their reference'], [{ received_day: '2026-11-31' }, 'received_day', 'The day must be a date like 2026-12-01'],
    [{ received_time: '12:30' }, 'received_day', 'They cannot have received it in the future. Check the day and the time.']
  ] as const) {
    const refused = await post(app, url, { ...receipt, ...wrong }, headers)
    t.equal(refused.statusCode, 400)
    t.strictSame(perceived(refused).errors, [{ field, sentence }])
    t.match(refused.body, 'value="2026-11', 'what was typed stays')
  }
  t.equal((await post(app, url, {}, headers)).statusCode, 400, 'nobody has said that it was received')
  t.equal(await howMany(), 2, 'so it is where it was')
  const answer = await post(app, url, receipt, headers)

  t.match(answer.headers.location, /done=handed-over$/)
  t.strictSame(await columnsWith(db, said), [])
  t.notMatch(lines.join(''), said)
  const settled = await db.booking.findUniqueOrThrow({ where: { id } })
  t.match(settled, { question: null, questionOutcome: 'handed-over', questionSettledById: member.id })
  t.equal(settled.questionSettledAt?.getTime(), noon.toMillis())
  const trail = await entries(db, 'question.handed-over')
  t.match(trail, [{
    staffMemberId: member.id,
    subject: activity.slug,
    details: { booking: id, hub: 'Cumberland Safeguarding Hub', receivedBy: 'Pat Smith', reference: 'C-1042', receivedAt: /^2026-11-23T11:45/ }
  }])
  t.equal(await db.handover.count({ where: { reference: 'C-1042' } }), 2, 'beside the copy too')
  for (const path of ['', '/evening', '/attendees.csv', `/bookings/${id}/letters`]) {
    t.notMatch((await app.inject({ url: `/staff/activities/${activity.slug}${path}`, headers })).body, said)
  }
  t.match(perceived(await app.inject({ url: `/staff/activities/${activity.slug}/evening`, headers })).text,
    /Ann Ash Waiting Handed to safeguarding by Olu Organiser, Monday 23 November 2026 at midday\. Its text is deleted\. Received by Pat Smith, Cumberland Safeguarding Hub, Monday 23 November 2026 at 11:45am\. Their reference: C-1042/)
  for (const again of [await post(app, url, receipt, headers), await app.inject({ url, headers })]) {
    t.equal(again.statusCode, 409)
    t.match(perceived(again).errors, [{ field: 'questions', sentence: /handed to safeguarding already/ }])
  }
  t.equal((await post(app, url.replace('/safeguarding', ''), {}, headers)).statusCode, 409)
  t.equal((await entries(db, 'question.handed-over')).length, 1)
  t.ok(outbox)
})

/** Makes another date on its page, which copies the questions of the people who wait. */
async function makeAnotherDateOf (app: FastifyInstance, { slug }: Activity, headers: { cookie: string }) {
  const url = `/staff/activities/${slug}/another-date`
  const form = filledIn((await app.inject({ url, headers })).body)
  const answer = await post(app, url, { ...form, date: '2026-12-08', time: '18:00' }, headers)
  if (answer.statusCode !== 303) throw new Error(`No other date: ${perceived(answer).text}`)
}

const received = { hub: 'Hub', receivedBy: 'Pat Smith', receivedAt: noon, reference: 'C-1' }

t.test('of ten who settle a question at once one does, and a handing over is never undone', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db, tonight)
  const [ann, ben] = [await aBooking(db, id, { question: 'A?' }), await aBooking(db, id, { question: 'B?' })]
  await warm(db)

  const results = await Promise.allSettled(Array.from({ length: 10 }, async () => {
    await handToSafeguarding(db, id, ann.id, received, organiser, noon)
  }))
  await Promise.allSettled(Array.from({ length: 10 }, async (_, n) => {
    await (n % 2 === 0
      ? handToSafeguarding(db, id, ben.id, received, organiser, noon)
      : answerQuestion(db, id, ben.id, organiser, noon))
  }))

  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  t.match(await db.booking.findUnique({ where: { id: ben.id } }), { question: null, questionOutcome: 'handed-over' })
  t.equal((await entries(db, 'question.handed-over')).length, 2)
})

t.test('a question of another activity, of nobody or by a bent address is not found', async t => {
  const { app, db, activity, headers, url } = await context(t)
  const other = await aBooking(db, (await anActivity(db, tonight)).id, { question: 'Mine?' })
  const silent = await aBooking(db, activity.id)

  for (const id of [other.id, silent.id, 'x', '%00']) {
    for (const path of [`${url}/questions/${id}`, `${url}/questions/${id}/safeguarding`]) {
      t.equal((await post(app, path, {}, headers)).statusCode, id === '%00' ? 404 : 404, path)
    }
  }
  const asked = await aBooking(db, activity.id, { question: 'Yes?' })
  for (const path of ['', '/safeguarding']) {
    const answer = await post(app, `${url}/questions/${asked.id}${path}`, { evil: '1' }, headers)
    t.equal(answer.statusCode, 400)
    t.match(perceived(answer).text, /no field “evil”/)
  }
  t.equal(await db.booking.count({ where: { question: { not: null }, questionOutcome: null } }), 2)
})

t.test('an evening of 300 takes as many queries as one of one person', async t => {
  const { app, counted, db } = await countedService(t)
  const { id, slug } = await anActivity(db, { ...tonight, capacity: 300 })
  const { headers } = await signedIn(app, db)
  const member = await db.staffMember.findFirstOrThrow()
  const settled = { questionOutcome: 'answered', questionSettledAt: noon.toJSDate(), questionSettledById: member.id }
  const [first] = [await aBooking(db, id, { question: 'A?', accessNeeds: 'B', ...settled })]
  const url = `/staff/activities/${slug}/evening`
  const queriesOf = async (ask: () => Promise<{ statusCode: number }>, status: number) => {
    counted.queries = 0
    t.equal((await ask()).statusCode, status)
    return counted.queries
  }
  const look = async () => await app.inject({ url, headers })
  const note = (bookings: readonly Booking[]) => async () => await post(app, `${url}/attendance`,
    Object.fromEntries(bookings.map(({ reference }) => [reference, 'unknown-yes'])), headers)

  const [lookAtOne, noteOne] = [await queriesOf(look, 200), await queriesOf(note([first]), 303)]
  const many = await Promise.all(Array.from({ length: 299 }, async (_, n) =>
    await aBooking(db, id, { name: `Guest ${n}`, ...(n % 10 === 0 && { question: 'A?', accessNeeds: 'B', ...settled }) })))

  t.equal(await queriesOf(look, 200), lookAtOne)
  t.equal(await queriesOf(note(many), 303), noteOne)
  t.equal(await db.booking.count({ where: { attended: true } }), 300)
})

t.test('emails are summed up by kind, and what did not arrive leads to the log', async t => {
  const { db, activity, look } = await context(t)
  const at = noon.minus({ hours: 1 }).toJSDate()
  for (const [n, status] of ['sent', 'sent', 'failed', 'bounced', 'queued', 'withdrawn'].entries()) {
    const { id } = await aBooking(db, activity.id)
    await db.email.create({
      data: {
        bookingId: id,
        kind: 'reminder-day',
        messageId: String(n),
        status,
        createdAt: at,
        sentAt: ['sent', 'bounced'].includes(status) ? at : null,
        answer: ['failed', 'bounced', 'withdrawn'].includes(status) ? '550 no such mailbox' : null
      }
    })
  }

  const answer = await look()

  t.match(perceived(answer).text,
    /Reminder, the day before : 2 sent, the last on Monday 23 November 2026 at 11am; 1 waiting to go\. 2 did not arrive/)
  t.match(answer.body, `/staff/activities/${activity.slug}/letters?show=not-arrived&amp;kind=reminder-day`)
})

t.test('what to do when someone discloses something is on the page, with the numbers of its districts, and always one press away', async t => {
  const { app, db, activity, headers, look } = await context(t)
  await db.campaign.update({ where: { id: activity.campaignId }, data: { districts: ['Cumberland'] } })
  const contact = { purpose: 'Worried about a child', owner: 'Olu', lastCheckedOn: noon.toJSDate() }
  await db.supportContact.createMany({
    data: [{ ...contact, name: 'Cumberland hub', number: '0333 240 1727', hours: 'Day and night', area: ['Cumberland'] },
      { ...contact, name: 'Furness hub', number: '0300 373 2724', area: ['Westmorland and Furness'] }]
  })
  const everywhere = async () => perceived(await app.inject({ url: '/staff/disclosure', headers })).text
  // The helplines are read again in the background, a second after the last time.
  while (!(await everywhere()).includes('Furness hub')) await new Promise(resolve => { setTimeout(resolve, 50) })

  const page = await look()

  t.match(page.body, /<a class="govuk-link" href="#disclosure">/)
  const section = perceived({ body: page.body.slice(page.body.indexOf('id="disclosure"')) }).text
  t.match(section, /999.*Stay calm.*Do not promise.*Do not investigate.*own case system.*Never here.*Cumberland hub.*0333 240 1727.*Day and night/)
  t.notMatch(section, 'Furness hub')
})

t.test('an activity’s own page names its hosts, and leads to the page for the day, most of all on the day', async t => {
  const { app, db, activity, headers, member } = await context(t, {}, { name: 'Hanna Host', role: 'host' })
  const url = `/staff/activities/${activity.slug}`

  const today = perceived(await app.inject({ url, headers })).text
  await db.activity.update({ where: { id: activity.id }, data: inAWeek })
  const before = perceived(await app.inject({ url, headers })).text

  t.match(today, /This takes place today Open the page for the day .*Hosts Hanna Host/)
  t.match(before, 'Overview On the day')
  t.notMatch(before, 'Open the page')
  t.notMatch(today, 'can see who is coming')
  t.ok(member)
})
