import t from 'tap'
import type { Test } from 'tap'
import { noteAttendance } from '../../../src/office/on-the-day/commands.ts'
import { ReportRefused } from '../../../src/office/attendance-reports/errors.ts'
import { takeReport } from '../../../src/office/attendance-reports/commands.ts'
import type { Decided } from '../../../src/office/attendance-reports/commands.ts'
import { reviewOf, sealReview } from '../../../src/office/attendance-reports/review.ts'
import type { Review } from '../../../src/office/attendance-reports/review.ts'
import type { AppParts } from '../../../src/app/app-parts.ts'
import type { Booking } from '../../../src/platform/database/generated/client.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { graphReports, impatient } from '../../../src/programme/teams/graph-reports.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { filledIn } from '../../support/filled-in.ts'
import { graphServer } from '../../support/graph-server.ts'
import { eventually } from '../../support/running-service.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { asDownloaded, asResaved, rowsOf } from '../../support/teams-reports.ts'
import type { InReport } from '../../support/teams-reports.ts'
import { upload } from '../../support/uploads.ts'
import { columnsWith } from '../../support/whereabouts.ts'
import { aBooking, anActivity, noon, secretKey, world } from '../../support/world.ts'

/** It ended an hour ago. */
const startsAt = noon.minus({ minutes: 90 })
const today = { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ minutes: 30 }).toJSDate() }
const source = 'Pat Smith, from Teams, today'

async function context (t: Test, given: Partial<AppParts> = {}) {
  const its = await service(t, given)
  const activity = await anActivity(its.db, { ...today, capacity: 400 })
  const visitor = await signedIn(its.app, its.db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/attendance-report`
  const report = (people: InReport[]) => asDownloaded(rowsOf('numbered blocks', { people, startsAt }))
  const send = async (...files: Uint8Array[]) =>
    await upload(its.app, url, { fields: { source }, files: { report: files } }, visitor.headers)
  const save = async (page: { body: string }, chosen: Record<string, string> = {}) =>
    await post(its.app, `${url}/people`, { ...filledIn(page.body), ...chosen }, visitor.headers)
  return { ...its, ...visitor, activity, url, report, send, save }
}

const recorded = async (db: Db, { id }: Booking) => {
  const { attended, minutesAtLeast, attendanceSource } = await db.booking.findUniqueOrThrow({ where: { id } })
  return [attended, minutesAtLeast, attendanceSource]
}
const everyBooking = async (db: Db) => JSON.stringify([
  await db.booking.findMany({ orderBy: { id: 'asc' } }), await db.activity.findMany({ orderBy: { id: 'asc' } })
], (_, value: unknown) => typeof value === 'bigint' ? String(value) : value)

t.test('a report is read before anything is saved, then who came is; the same report again changes nothing', async t => {
  const { db, activity, member, url, report, send, save } = await context(t)
  const anne = await aBooking(db, activity.id, { name: 'Anne Kirkbride', email: 'anne@example.org' })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell' })
  const short = await aBooking(db, activity.id, { name: 'Cy Cole' })
  const absent = await aBooking(db, activity.id, { name: 'Dee Dodd' })
  const people = [
    { name: 'Sunshine', email: 'ANNE@example.org', joins: [[-5, 10], [12, 31]] },
    { name: 'Bel, Benn', joins: [[0, 25]] },
    { name: 'Cy Cole (Guest)', joins: [[0, 9]] },
    { name: 'A Stranger', joins: [[0, 30]] }
  ] satisfies InReport[]
  const before = await everyBooking(db)

  const page = await send(report(people))

  t.equal(page.statusCode, 200)
  t.equal(await everyBooking(db), before, 'nothing is saved yet')
  const { text } = perceived(page)
  t.match(text, /Will be noted as here 1 Here already 0 Not long enough 1 You decide 2 Not in the report 2/)
  t.match(text, /Bel, Benn 20 to 29 minutes Ben Bell .* Another booking/)
  t.match(text, /Anne Kirkbride \S+ 20 to 29 minutes, same email address/)
  const benns = /id="who-(\d)">\s*<legend[^>]*><bdi>Bel, Benn/.exec(page.body)?.[1] ?? ''
  const stranger = /id="who-(\d)">\s*<legend[^>]*><bdi>A Stranger/.exec(page.body)?.[1] ?? ''

  const choices = { [`who-${benns}`]: `booking-${ben.reference}`, [`who-${stranger}`]: 'walk-in' }
  const saved = await save(page, choices)

  t.equal(saved.headers.location, `${url}?marked=2&kept=0&walk-ins=1`)
  t.strictSame(await recorded(db, anne), [true, 20, 'report'])
  t.strictSame(await recorded(db, ben), [true, 20, 'report'])
  t.strictSame(await recorded(db, short), [null, 0, null], 'too short is not absent')
  t.strictSame(await recorded(db, absent), [null, null, null], 'nor is who is not in the report')
  t.equal((await db.activity.findUniqueOrThrow({ where: { id: activity.id } })).walkIns, 1)
  t.match(await db.auditEntry.findMany({ where: { action: { in: ['attendance.changed', 'attendance.imported'] } }, orderBy: { id: 'asc' } }), [
    { staffMemberId: member.id, details: { attended: ['unknown', 'yes'], source: 'report' } },
    { details: { attended: ['unknown', 'yes'] } },
    { subject: activity.slug, details: { from: 'file', note: source, people: 4, marked: 2, leftOut: 0 } }
  ])
  t.match(await db.auditEntry.findMany({ where: { action: 'walk-ins.changed' } }),
    [{ staffMemberId: member.id, subject: activity.slug, details: { walkIns: ['', '1'], source: 'report' } }])
  for (const name of ['Sunshine', 'Bel, Benn', 'A Stranger', 'numbered']) {
    t.strictSame(await columnsWith(db, name), [], 'no name of a report is kept')
  }

  const after = await everyBooking(db)
  const again = await send(report(people))
  t.match(perceived(again).text, /Will be noted as here 0 Here already 1/)
  const twice = await save(again, choices)
  t.equal(twice.headers.location, `${url}?marked=0&kept=0&walk-ins=1`)
  t.equal(await everyBooking(db), after)
})

t.test('several reports of one meeting are one: what overlaps counts once, and what adds up is enough', async t => {
  const { db, activity, report, send, save } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash' })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell' })
  const one = report([{ name: 'Ann Ash', joins: [[0, 6]] }, { name: 'Ben Bell', email: 'ben@example.org', joins: [[0, 9]] }])
  const other = report([{ name: 'Ann Ash', joins: [[20, 26]] }, { name: 'Ben Bell', email: 'ben@example.org', joins: [[3, 9]] }])

  await save(await send(one, other, one))

  t.strictSame(await recorded(db, ann), [true, 10, 'report'])
  t.strictSame(await recorded(db, ben), [null, 0, null])
})

t.test('what staff noted is not replaced: it is shown, and changed only for who asks', async t => {
  const { db, activity, report, send, save } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash', attended: false, attendanceSource: 'ticked' })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell', attended: true, attendanceSource: 'joined' })
  const file = report([{ name: 'Ann Ash', joins: [[0, 30]] }, { name: 'Ben Bell', joins: [[0, 5]] }])

  const page = await send(file)
  t.match(perceived(page).text, /Staff noted that they did not come .* Ann Ash \S+ 30 to 39 minutes, same name Did not come, as noted/)
  t.match((await save(page)).headers.location, /marked=0&kept=1/)
  t.strictSame(await recorded(db, ann), [false, null, 'ticked'])
  t.strictSame(await recorded(db, ben), [true, 0, 'joined'], 'a short stay does not undo that someone came')

  await save(page, { [`differs-${ann.reference}`]: 'came' })
  t.strictSame(await recorded(db, ann), [true, 30, 'report'])
})

t.test('naming a booking that the page shows as not having come changes it; one noted so since then stays', async t => {
  const { db, activity, report, send, save } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ashworth', attended: false, attendanceSource: 'ticked' })
  const ben = await aBooking(db, activity.id, { name: 'Benjamin Bell' })

  const page = await send(report([{ name: 'Ann Ashwort', joins: [[0, 30]] }, { name: 'Benjamin Bel', joins: [[1, 30]] }]))
  t.match(perceived(page).text, /Ann Ashworth \S+ Did not come, noted by staff; choosing this changes it/)
  await db.booking.update({ where: { id: ben.id }, data: { attended: false, attendanceSource: 'ticked' } })
  const saved = await save(page, { 'who-0': `booking-${ann.reference}`, 'who-1': `booking-${ben.reference}` })

  t.match(saved.headers.location, /marked=1&kept=1/)
  t.strictSame(await recorded(db, ann), [true, 30, 'report'])
  t.strictSame(await recorded(db, ben), [false, null, 'ticked'], 'nobody who chose it has seen that')
})

t.test('people without a booking whom someone counted are said, and only more of them in the report raise the number', async t => {
  const { app, db, activity, headers, url, report, send, save } = await context(t)
  await aBooking(db, activity.id)
  await db.activity.update({ where: { id: activity.id }, data: { walkIns: 1 } })
  t.match(perceived(await app.inject({ url, headers })).text,
    '1 person without a booking is noted. If you find more in the report, that number goes up.')

  const page = await send(report([{ name: 'Zed Q', joins: [[0, 30]] }, { name: 'Xim W', joins: [[0, 30]] }]))
  t.match(perceived(page).text, '1 person without a booking is noted already. If you choose more here, that number goes up.')
  t.match((await save(page, { 'who-0': 'walk-in' })).headers.location, /walk-ins=1$/)
  t.match((await save(page, { 'who-0': 'walk-in', 'who-1': 'walk-in' })).headers.location, /walk-ins=2$/)
})

t.test('who joined twice at once waits for a person, who reads why', async t => {
  const { db, activity, report, send } = await context(t)
  await aBooking(db, activity.id, { name: 'Ann Ash' })

  const page = await send(report([{ name: 'Ann Ash', joins: [[0, 20], [10, 30]] }]))

  t.match(perceived(page).text, /Ann Ash 30 to 39 minutes, joined twice at once: two people, or one with two devices Ann Ash/)
})

t.test('a page keeps of a report what is of the activity, each join once, and no more than it can send back', async t => {
  const event = { from: 0, to: 1_800_000 }
  const [before, during] = [{ from: -600_000, to: 0, seconds: 600 }, { from: 0, to: 900_000, seconds: 900 }]
  const joiner = { name: 'Ann', isPresenter: false, isTwice: false, presences: [before, during, during] }
  const where = { from: 'file' as const, note: source }

  const { people } = reviewOf([{ joiner, found: undefined, near: [] }], event, where, noon)
  t.match(people, [{ presences: [[0, 900_000, 900]] }])
  const seal = joinLinkSeal(secretKey)
  const named = (letters: number) => reviewOf(
    [{ joiner: { ...joiner, name: 'n'.repeat(letters) }, found: undefined, near: [] }], event, where, noon)
  t.doesNotThrow(() => sealReview(seal, 'a', named(500_000)))
  t.throws(() => sealReview(seal, 'a', named(530_000)), new ReportRefused('too-many'))
})

/** A report in which Ann Ash was there from start to end, and has this booking. */
function findingAnnAsh (bookingId: string): Review {
  return {
    at: noon.toMillis(),
    from: 'file',
    note: source,
    people: [{
      name: 'Ann Ash',
      isPresenter: false,
      isTwice: false,
      presences: [[startsAt.toMillis(), startsAt.plus({ minutes: 30 }).toMillis(), 1800]],
      found: { bookingId, by: 'name' },
      near: []
    }],
    shownAbsent: []
  }
}

t.test('a host who notes while a report is taken is not overruled, in whichever order they come', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db, today)
  const by = organiser
  for (let round = 0; round < 5; round++) {
    const { id, reference } = await aBooking(db, activityId, { name: 'Ann Ash' })
    const review = findingAnnAsh(id)
    const nothing: Decided = { decisions: new Map(), changed: new Set(), counted: new Map() }

    const [notNoted, { kept, marked }] = await Promise.all([
      noteAttendance(db, activityId, [{ reference, shown: 'unknown', wanted: 'no' }], by, noon),
      takeReport(db, activityId, review, nothing, by, noon)
    ])

    const { attended } = await db.booking.findUniqueOrThrow({ where: { id } })
    if (attended === false) t.strictSame([notNoted, kept, marked], [[], 1, 0], 'the host was first, and the report left it')
    else t.match([notNoted, kept, marked], [[{ because: 'noted-otherwise' }], 0, 1], 'the report was first, and the host is told')
  }
})

t.test('a report that waits for a host who is just noting sees what they noted', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db, today)
  const { id } = await aBooking(db, activityId, { name: 'Ann Ash' })
  const review = findingAnnAsh(id)
  let taking: ReturnType<typeof takeReport> | undefined
  await db.$transaction(async tx => {
    await tx.booking.update({ where: { id }, data: { attended: false } })
    taking = takeReport(
      db, activityId, review, { decisions: new Map(), changed: new Set(), counted: new Map() }, organiser, noon)
    await eventually(async () => {
      // Outside the transaction, in which what is read of others stays as it was the first time.
      const [{ waiting } = { waiting: 0 }] = await db.$queryRaw<Array<{ waiting: number }>>`
        SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`
      return waiting > 0
    })
  })

  t.match(await taking, { marked: 0, kept: 1 })
  t.equal((await db.booking.findUniqueOrThrow({ where: { id } })).attended, false)
})

t.test('a booking that lost its place meanwhile, or is of another activity, is not written', async t => {
  const { db, activity, report, send, save } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash' })
  const page = await send(report([{ name: 'Ann Ash', joins: [[0, 30]] }]))
  await db.booking.update({ where: { id: ann.id }, data: { status: 'cancelled' } })

  t.match((await save(page)).headers.location, /marked=0/)
  t.strictSame(await recorded(db, ann), [null, null, null])
})

t.test('bookings to choose from are in the order of the attendee page: by surname, as English has it', async t => {
  const { db, activity, report, send } = await context(t)
  for (const name of ['Yusuf O’Neill', 'Zoë Ash', 'Łucja Hodgson', 'ann ÉVANS']) await aBooking(db, activity.id, { name })

  const { body } = await send(report([{ name: 'iPad', joins: [[0, 30]] }]))

  const list = /<datalist.*?<\/datalist>/s.exec(body)?.[0] ?? ''
  t.strictSame([...list.matchAll(/<option[^>]*>([^<]*)/g)].map(([, name]) => name),
    ['Zoë Ash', 'ann ÉVANS', 'Łucja Hodgson', 'Yusuf O’Neill'])
})

t.test('someone of a report is told by reference too; a wrong one keeps every choice on the page', async t => {
  const { db, activity, report, send, save } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash' })
  const elsewhere = await aBooking(db, (await anActivity(db)).id)
  const page = await send(report([{ name: 'iPad', joins: [[0, 30]] }, { name: 'Qwx', joins: [[1, 30]] }]))

  for (const [typed, sentence] of [
    ['', 'Enter the reference of their booking'],
    [elsewhere.reference, 'No booking with a place in this activity has this reference'],
    ['nonsense', 'No booking with a place in this activity has this reference']
  ] as const) {
    const answer = await save(page, { 'who-0': 'other', 'other-0': typed, 'who-1': 'walk-in' })
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors, [{ field: 'other-0', sentence }])
    t.match(answer.body, /name="who-1" value="walk-in" checked/)
  }
  t.strictSame(await recorded(db, ann), [null, null, null])
  const typedAs = ann.reference.toLowerCase().replace('-', ' ')
  t.equal((await save(page, { 'other-0': typedAs })).statusCode, 303, 'a reference that is typed is meant')
  t.strictSame(await recorded(db, ann), [true, 30, 'report'])
})

t.test('one device is not a whole party: how many came is asked, and not noted until someone says it', async t => {
  const { db, activity, report, send, save } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash', places: 2 })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell', places: 3 })
  const cy = await aBooking(db, activity.id, { name: 'Cy Cole', places: 4, attended: false })
  const came = async () => (await db.booking.findMany({ orderBy: { name: 'asc' } })).map(({ attended, camePlaces }) => [attended, camePlaces])
  const people = ['Ann Ash', 'Cy Cole', 'Bel, Benn'].map(name => ({ name, joins: [[0, 30]] as Array<[number, number]> }))
  const page = await send(report(people))
  const n = /id="who-(\d)">\s*<legend[^>]*><bdi>Bel, Benn/.exec(page.body)?.[1] ?? ''

  t.match(perceived(page).text, /How many of them came\? .*Ann Ash \S+ Not said All 2 1 of 2 Ben Bell \S+ Not said All 3 1 of 3 2 of 3 Cy Cole/)
  for (const [field, value, sentence] of [
    [`came-${ann.reference}`, '3', 'Ann Ash: select how many came'],
    [`came-${ben.reference}`, '2', 'Ben Bell: say above that they were here, or select “Not said”'],
    [`came-${cy.reference}`, '2', 'Cy Cole: say above that they were here, or select “Not said”']
  ] as const) {
    const answer = await save(page, { [field]: value })
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors, [{ field, sentence }])
  }
  t.strictSame(await came(), [[null, null], [null, null], [false, 0]], 'nothing is saved')

  await save(page, {
    [`who-${n}`]: `booking-${ben.reference}`,
    [`came-${ben.reference}`]: '2',
    [`differs-${cy.reference}`]: 'came',
    [`came-${cy.reference}`]: '4'
  })

  t.strictSame(await came(), [[true, null], [true, 2], [true, 4]])
  t.match(await db.auditEntry.findFirst({ where: { details: { path: ['booking'], equals: ben.id } } }), { details: { came: ['', '2'] } })
})

t.test('a reference typed beside another choice is never dropped without a word', async t => {
  const { db, activity, report, send, save } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash' })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell' })
  const page = await send(report([{ name: 'An Ash', joins: [[0, 30]] }]))
  const before = await everyBooking(db)

  for (const [chosen, typed] of [
    ['walk-in', ben.reference], [`booking-${ann.reference}`, ben.reference], ['walk-in', 'nonsense']
  ] as const) {
    const answer = await save(page, { 'who-0': chosen, 'other-0': typed })
    t.equal(answer.statusCode, 400, chosen)
    t.strictSame(perceived(answer).errors, [{
      field: 'other-0', sentence: 'Select “Another booking” if you mean the reference that you typed, or delete it'
    }])
    t.match(answer.body, `value="${typed}"`, 'what was typed stays')
    t.equal(await everyBooking(db), before)
  }
  t.equal((await save(page, { 'who-0': `booking-${ann.reference}`, 'other-0': ann.reference })).statusCode, 303, 'both say the same')
  t.strictSame(await recorded(db, ann), [true, 30, 'report'])
  const { 'who-0': _, ...without } = filledIn(page.body)
  t.equal((await save({ body: '' }, { ...without, 'other-0': 'nonsense' })).statusCode, 400, 'beside no choice it is meant')
  t.equal((await save({ body: '' }, { ...without, 'other-0': ben.reference })).statusCode, 303)
  t.strictSame(await recorded(db, ben), [true, 30, 'report'])
})

t.test('a page of a report is ours, of this activity, and not of yesterday', async t => {
  const { app, db, activity, headers, url, report, send } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash' })
  const other = await anActivity(db, today)
  const { review } = filledIn((await send(report([{ name: 'Ann Ash', joins: [[0, 30]] }]))).body)
  const refused = async (to: string, fields: Record<string, string>) => {
    const answer = await post(app, to, fields, headers)
    t.equal(answer.statusCode, 409)
    const { h1, errors } = perceived(answer)
    t.equal(h1, 'Who came, from the Teams report', 'it is chosen again there')
    t.strictSame(errors, [{ field: 'report', sentence: 'This page is too old. Nothing was saved. Choose the report again.' }])
  }

  await refused(`${url}/people`, {})
  await refused(`${url}/people`, { review: `${review?.slice(0, -4)}AAAA` })
  await refused(`/staff/activities/${other.slug}/attendance-report/people`, { review: review ?? '' })
  const answer = await post(app, `${url}/people`, { review: review ?? '', 'who-7': 'walk-in' }, headers)
  t.equal(answer.statusCode, 400)
  t.match(perceived(answer).errors, [{ sentence: /^This form has no field/ }])
  t.strictSame(await recorded(db, ann), [null, null, null])
})

t.test('what is no report, too much or without its source is refused in one sentence, and changes nothing', async t => {
  const { app, db, activity, headers, url, report, send } = await context(t)
  await aBooking(db, activity.id, { name: 'Ann Ash' })
  const file = report([{ name: 'Ann Ash', joins: [[0, 30]] }])
  const before = await everyBooking(db)
  const errorsOf = async (answer: Promise<{ statusCode: number, body: string }>) => {
    const { statusCode, body } = await answer
    t.ok(statusCode >= 400 && statusCode < 500, String(statusCode))
    return perceived({ body }).errors
  }

  t.strictSame(await errorsOf(upload(app, url, { fields: { source: '' }, files: { report: [file] } }, headers)),
    [{ field: 'source', sentence: 'Enter where the report is from' }])
  t.strictSame(await errorsOf(upload(app, url, { fields: { source }, files: { report: [] } }, headers)),
    [{ field: 'report', sentence: 'Choose the report that you downloaded from Teams' }])
  t.strictSame(await errorsOf(post(app, url, { source }, headers)),
    [{ field: 'report', sentence: 'Choose the report that you downloaded from Teams' }])
  t.match(await errorsOf(send(Buffer.alloc(2_097_153, 'x'))), [{ field: 'report', sentence: 'A file is too large: it may have up to 2 MB. Choose a smaller one.' }])
  t.match(await errorsOf(send(...Array(11).fill(file) as Buffer[])), [{ sentence: 'These are too many files at once. Choose fewer.' }])
  t.match(await errorsOf(send(Buffer.from('hello'))), [{ field: 'report', sentence: /^This is not an attendance report of Teams/ }])
  t.match(await errorsOf(send(asResaved(rowsOf('numbered blocks', {
    people: [{ name: 'Ann Ash', joins: [[0, 30]] }], startsAt: startsAt.minus({ days: 7 })
  })))), [{ sentence: /^This report is not of this activity/ }])
  t.match(await errorsOf(app.inject({
    method: 'POST',
    url,
    headers: { ...headers, 'sec-fetch-site': 'same-origin', 'content-type': 'multipart/form-data; boundary=x' },
    payload: '--x\r\ncontent-disposition: form-data; name="report"; filename="a.csv"\r\n\r\nbroken'
  })), [{ field: 'report', sentence: 'The file did not arrive whole. Choose it again.' }])
  t.equal(await everyBooking(db), before)
})

t.test('of what is cancelled no report is read, and none that was read before is taken', async t => {
  const { db, activity, report, send, save } = await context(t)
  await aBooking(db, activity.id)
  const page = await send(report([{ name: 'A Stranger', joins: [[0, 30]] }]))
  const stranger = /id="who-(\d)">/.exec(page.body)?.[1] ?? ''
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })
  const before = await everyBooking(db)

  const late = await save(page, { [`who-${stranger}`]: 'walk-in' })
  const anew = await send(report([{ name: 'A Stranger', joins: [[0, 30]] }]))

  for (const answer of [late, anew]) {
    t.ok(answer.statusCode >= 400)
    t.match(perceived(answer).errors, [{ sentence: /^This activity is cancelled\. Nobody has a place/ }])
  }
  t.equal(await everyBooking(db), before)
})

t.test('hosts do not read reports, nor does anyone before the day', async t => {
  const { app, db, activity, headers, url, report, send, save } = await context(t)
  await aBooking(db, activity.id, { name: 'Ann Ash' })
  const host = await signedIn(app, db, { role: 'host' })
  await db.activityHost.create({ data: { activityId: activity.id, staffMemberId: host.member.id } })

  t.equal((await app.inject({ url, headers: host.headers })).statusCode, 403)
  t.match(perceived(await app.inject({ url, headers })).text, /It is noted for 0 of 1 booking whether they came/)
  const page = await send(report([{ name: 'Ann Ash', joins: [[0, 30]] }]))
  const [begins, ends] = [startsAt.plus({ days: 2 }).toJSDate(), startsAt.plus({ days: 2, minutes: 30 }).toJSDate()]
  await db.activity.update({ where: { id: activity.id }, data: { startsAt: begins, endsAt: ends } })
  t.match(perceived(await app.inject({ url, headers })).text, /You can take a report from Wednesday 25 November 2026 on/)
  t.equal((await save(page)).statusCode, 409)
})

/** Reports of the meeting of a pasted link, from Microsoft as the tests have it. */
async function fetching (t: Test) {
  const graph = await graphServer(t)
  const log = { info () {}, warn () {} }
  const reports = graphReports({
    access: graph.access, clock: () => noon, log, retryPolicy: { ...impatient, tries: 1 }
  })
  const its = await context(t, { reports })
  await its.db.activity.update({
    where: { id: its.activity.id }, data: { isOnline: true, joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl) }
  })
  const fetch = async () => await post(its.app, `${its.url}/fetch`, {}, its.headers)
  return { ...its, graph, fetch }
}

t.test('where Microsoft Graph is set up a report is fetched, and taken by the same rules', async t => {
  const { app, db, activity, url, headers, graph, fetch, save } = await fetching(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash', email: 'ann@example.org' })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell' })
  graph.meetings.set('x', { id: 'meeting', externalId: 'x', joinWebUrl: joinUrl })
  const session = (id: string, from: number, to: number) => ({
    id,
    meetingStartDateTime: startsAt.plus({ minutes: from }).toISO(),
    meetingEndDateTime: startsAt.plus({ minutes: to }).toISO(),
    records: [['Sunshine', 'Ann@Example.org'], ['ben bell (Guest)', null]].map(([displayName, emailAddress]) => ({
      emailAddress,
      identity: { displayName },
      role: 'Attendee',
      attendanceIntervals: [{
        joinDateTime: startsAt.plus({ minutes: from }).toISO(), leaveDateTime: startsAt.plus({ minutes: to }).toISO()
      }]
    }))
  })
  graph.reports.set('meeting', [session('one', 0, 6), session('two', 10, 16)])
  const before = await everyBooking(db)

  t.match(perceived(await app.inject({ url, headers })).text, /Or fetch it .* Fetch from Teams/)
  const page = await fetch()
  t.match(perceived(page).text, /Will be noted as here 2 Here already 0 You decide 0/)
  t.equal(await everyBooking(db), before)
  t.match((await save(page)).headers.location, /marked=2/)

  t.strictSame([await recorded(db, ann), await recorded(db, ben)], [[true, 10, 'report'], [true, 10, 'report']])
  t.match(await db.auditEntry.findFirst({ where: { action: 'attendance.imported' } }), { details: { from: 'teams' } })
  const after = await everyBooking(db)
  await save(await fetch())
  t.equal(await everyBooking(db), after, 'fetched again, it changes nothing')
})

t.test('what Microsoft refuses, or does not have yet, is said in one sentence beside the button', async t => {
  const { db, activity, graph, fetch } = await fetching(t)
  await aBooking(db, activity.id, { name: 'Ann Ash' })

  const none = await fetch()
  t.equal(none.statusCode, 409)
  t.strictSame(perceived(none).errors, [{
    field: 'fetch', sentence: 'Teams has no report of this meeting yet. It makes one some minutes after everyone has left.'
  }])
  graph.fail({ on: 'findMeeting', status: 403 })
  t.match(perceived(await fetch()).errors, [{ field: 'fetch', sentence: /OnlineMeetingArtifact\.Read\.All/ }])
})
