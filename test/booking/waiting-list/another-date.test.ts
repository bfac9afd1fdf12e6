import { DateTime } from 'luxon'
import t from 'tap'
import { localTime, wallClock } from '../../../src/programme/activities/local-time.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { requestLinks } from '../../../src/booking/bookings/find-my-booking.ts'
import { findBooking } from '../../../src/booking/bookings/queries.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import type { Activity, Booking } from '../../../src/platform/database/generated/client.ts'
import { makeAnotherDate } from '../../../src/booking/waiting-list/another-date.ts'
import { acceptOffer, refuseOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { namePriorityGroup } from '../../../src/booking/waiting-list/priority-groups.ts'
import { serveWaitingList, sweepWaitingLists } from '../../../src/booking/waiting-list/serve.ts'
import { suggested } from '../../../src/programme/evaluations/questionnaire.ts'
import { DateWrong } from '../../../src/booking/waiting-list/errors.ts'
import { ownQuestions } from '../../support/evaluations.ts'
import { confirming } from '../../support/confirming.ts'
import { anAgency, organiser } from '../../support/staff.ts'
import type { World } from '../../support/world.ts'
import { aBooking, anActivity, announced, aRequest, noon, warm, world } from '../../support/world.ts'

const london = 'Europe/London'

/** The instant at which British clocks show `2026-12-08 18:00`. */
function at (shown: string): DateTime<true> {
  return localTime(shown, london)?.at ?? DateTime.utc(0) as never
}

/** The first date is on Tuesday 1 December 2026, 6pm; the other one a week later. */
const aWeekLater = at('2026-12-08 18:00')

async function makeCopy (
  { db, outbox }: World, activityId: string, startsAt = aWeekLater, joinUrlSealed?: string
): Promise<Activity> {
  const slug = await confirming(async confirmed =>
    await makeAnotherDate(db, outbox, activityId, { startsAt, joinUrlSealed, confirmed }, organiser, noon))
  return await db.activity.findUniqueOrThrow({ where: { slug } })
}

/** A full activity with the given number of people waiting, each for the given number of places, in this order. */
async function aFirstDate (
  { db }: World, parties: readonly number[], given: Partial<Activity> = {}
): Promise<{ id: string, booked: Booking, waiting: Booking[] }> {
  const { id } = await anActivity(db, { capacity: 1, placesPerBooking: 4, slug: 'safe-online', ...given })
  const booked = await aBooking(db, id)
  const waiting = []
  for (const [n, places] of parties.entries()) {
    waiting.push(await aBooking(db, id, { status: 'waiting', places, email: `${n}@example.org` }))
  }
  return { id, booked, waiting }
}

/** The bookings of an activity in order, each with its address and status. */
async function line ({ db }: World, activityId: string): Promise<string[]> {
  const bookings = await db.booking.findMany({
    where: { activityId, email: { endsWith: '@example.org' } }, orderBy: { arrival: 'asc' }
  })
  const named = bookings.map(({ email, status }) => ({ email: email ?? '', status }))
  return named.filter(({ email }) => email.length < 20).map(({ email, status }) => `${email.split('@')[0] ?? ''} ${status}`)
}

async function find ({ db }: World, activityId: string, n: number): Promise<Booking> {
  return await db.booking.findFirstOrThrow({
    where: { activityId, email: `${n}@example.org` }, orderBy: { arrival: 'desc' }
  })
}

t.test('another date of a secret place is secret too, and tells it nobody who is only asked', async t => {
  const its = await world(t)
  const { id } = await aFirstDate(its, [1], { kind: 'training', isOnline: false, venue: 'Rose House', hasSecretPlace: true })

  const copy = await makeCopy(its, id)

  t.match(copy, { venue: 'Rose House', hasSecretPlace: true })
  const [asked] = await its.db.booking.findMany({ where: { activityId: copy.id } })
  t.match((await findBooking(its.db, asked?.id ?? ''))?.activity, { venue: undefined, untold: 'have-a-place' })
})

t.test('another date is a copy of the first but for when it is, its link and what came of the first', async t => {
  const w = await world(t)
  const { id: lead } = await anAgency(w.db)
  const { id: partner } = await anAgency(w.db)
  const { id } = await aFirstDate(w, [], {
    summary: 'For parents.',
    capacity: 12,
    overBookingPercent: 10,
    waitingList: 'by-hand',
    offerHours: 5,
    anotherDateAt: 3,
    audiences: ['parents'],
    visibility: 'partners',
    district: 'Bolton',
    leadAgencyId: lead,
    joinUrlSealed: 'the link of the first',
    bookingOpensAt: noon.minus({ days: 1 }).toJSDate(),
    bookingClosesAt: at('2026-11-30 20:00').toJSDate(),
    icalSequence: 3,
    peopleReached: 10,
    leafletsGiven: 10,
    premisesVisited: 10
  })
  await w.db.activityPartner.create({ data: { activityId: id, agencyId: partner } })
  await namePriorityGroup(w.db, id, { rank: 2, name: 'Foster carers', reason: 'At most risk.' }, organiser, noon)
  await w.db.hold.create({
    data: { activityId: id, agencyId: partner, code: 'CODE', places: 2, returnsAt: aWeekLater.toJSDate(), createdAt: noon.toJSDate() }
  })

  const copy = await makeCopy(w, id)

  const first = await w.db.activity.findUniqueOrThrow({ where: { id } })
  t.strictSame(copy, {
    ...first,
    id: copy.id,
    icalUid: copy.icalUid,
    slug: 'safe-online-2026-12-08',
    changedAt: copy.changedAt,
    joinUrlMeetingEndsAt: null,
    startsAt: aWeekLater.toJSDate(),
    endsAt: aWeekLater.plus({ minutes: 30 }).toJSDate(),
    bookingOpensAt: null,
    bookingClosesAt: at('2026-12-07 20:00').toJSDate(),
    anotherDateOfId: id,
    joinUrlSealed: null,
    icalSequence: 0,
    peopleReached: null,
    leafletsGiven: null,
    premisesVisited: null,
    createdAt: noon.toJSDate()
  })
  t.not(copy.icalUid, first.icalUid)
  t.match(await w.db.activityPartner.findMany({ where: { activityId: copy.id } }), [{ agencyId: partner }])
  t.match(await w.db.priorityGroup.findMany({ where: { activityId: copy.id } }),
    [{ rank: 2, name: 'Foster carers', reason: 'At most risk.' }])
  t.equal(await w.db.hold.count({ where: { activityId: copy.id } }), 0, 'nor are holds')
  t.match(await w.db.auditEntry.findFirst({ where: { action: 'another-date.made' } }), {
    subject: copy.slug, details: { of: 'safe-online', waiting: 0 }, staffMemberId: organiser.id
  })
})

t.test('another date asks the same questions, and nobody has answered them', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [])
  await w.db.questionnaire.create({
    data: { activityId: id, questions: [...suggested.questions], asksLater: true, isAnswered: true }
  })

  const copy = await makeCopy(w, id)

  t.strictSame(await ownQuestions(w.db, [copy.id]), [
    { questions: suggested.questions, asksLater: true, isAnswered: false }
  ])
})

t.test('a join link given with the other date is the link of that date', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [])

  t.match(await makeCopy(w, id, aWeekLater, 'sealed'), { joinUrlSealed: 'sealed' })
})

t.test('on the other side of a clock change it takes as long, and closes as long before, as clocks show', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [], {
    startsAt: at('2026-12-01 18:00').toJSDate(),
    endsAt: at('2026-12-02 09:30').toJSDate(),
    bookingClosesAt: at('2026-11-29 12:00').toJSDate()
  })

  const copy = await makeCopy(w, id, at('2027-03-27 18:00'))

  const shown = (date: Date | null) => wallClock(DateTime.fromJSDate(date ?? new Date(NaN)) as DateTime<true>, london)
  t.equal(shown(copy.startsAt), '2027-03-27 18:00')
  t.equal(shown(copy.endsAt), '2027-03-28 09:30')
  t.equal(shown(copy.bookingClosesAt), '2027-03-25 12:00')
  const summer = await makeCopy(w, copy.id, at('2027-05-01 18:00'))
  t.equal(shown(summer.bookingClosesAt), '2027-04-29 12:00')
  t.equal(summer.slug, 'safe-online-2027-05-01', 'a copy of a copy has one day in its address')
})

t.test('several dates on one day have an address each, and so have those of a very long one', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [])
  const { id: long } = await anActivity(w.db, { slug: `${'a'.repeat(65)}-${'b'.repeat(10)}` })

  t.equal((await makeCopy(w, id)).slug, 'safe-online-2026-12-08')
  t.equal((await makeCopy(w, id)).slug, 'safe-online-2026-12-08-2')
  t.equal((await makeCopy(w, id)).slug, 'safe-online-2026-12-08-3')
  t.equal((await makeCopy(w, long)).slug, `${'a'.repeat(65)}-2026-12-08`)
})

t.test('the other date must be one that people can still book', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [1], { bookingClosesAt: noon.plus({ days: 1, hours: 6 }).toJSDate() })
  const { id: other } = await aFirstDate(w, [], { slug: 'without-a-closing' })

  await t.rejects(makeCopy(w, id, noon.plus({ days: 7 })), new DateWrong('closed'), 'booking closes as long before, which is now')
  await t.rejects(makeCopy(w, other, noon), new DateWrong('past'))
  await makeCopy(w, id, noon.plus({ days: 7, minutes: 1 }))
  await makeCopy(w, other, noon.plus({ minutes: 1 }))

  t.equal(await w.db.activity.count(), 4)
})

t.test('another date of a draft is a draft: nobody has decided yet who may know of it', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [], { status: 'draft' })
  const { id: off } = await aFirstDate(w, [], { status: 'cancelled', cancellationReason: 'Snow', slug: 'snow' })

  t.match(await makeCopy(w, id), { status: 'draft' })
  t.match(await makeCopy(w, off), { status: 'published', cancellationReason: null })
})

t.test('those who wait are offered the other date in their order, though others have places given there', async t => {
  const w = await world(t)
  const { id, waiting } = await aFirstDate(w, [1, 1, 1, 1], { capacity: 2 })
  await aBooking(w.db, id)
  await w.db.booking.update({ where: { id: waiting[3]?.id ?? '' }, data: { priority: 1 } })

  const copy = await makeCopy(w, id)
  t.strictSame(await announced(w.db, 'place.freed'), [{ activityId: copy.id }])
  await serveWaitingList(w.db, w.outbox, copy.id, noon)

  t.strictSame(await line(w, copy.id), ['3 offered', '0 offered', '1 waiting', '2 waiting'])
  t.strictSame(await line(w, id), ['0 waiting', '1 waiting', '2 waiting', '3 waiting'], 'they wait on for the first')
  t.equal((await announced(w.db, 'place.offered')).length, 2)
  t.strictSame(await announced(w.db, 'waiting-list.joined'), [], 'nobody is told before they are asked')
  t.match(await find(w, copy.id, 3), { copiedFromBookingId: waiting[3]?.id, priority: 1, places: 1, name: 'Anne Kirkbride' })
})

t.test('what someone said when they booked is known of them on the other date', async t => {
  const w = await world(t)
  const said = {
    role: 'carer', district: 'Bolton', phone: '01632 960001', accessNeeds: 'BSL', question: 'Why?', heardFrom: 'School'
  }
  const { id, waiting } = await aFirstDate(w, [3])
  await w.db.booking.update({ where: { id: waiting[0]?.id ?? '' }, data: said })

  const copy = await makeCopy(w, id)

  const carried = await find(w, copy.id, 0)
  t.match(carried, { ...said, places: 3, status: 'waiting', offers: 0, icalSequence: 0, waitedAt: noon.toISO() })
  for (const own of ['id', 'reference', 'icalUid', 'submissionId'] as const) t.not(carried[own], waiting[0]?.[own], own)
})

for (const [how, leave] of [
  ['refused', async (w: World, id: string) => { await refuseOffer(w.db, w.outbox, id, noon) }],
  ['did not answer', async (w: World, _: string, activityId: string) => {
    await serveWaitingList(w.db, w.outbox, activityId, noon.plus({ hours: 24 }))
  }]
] as const) {
  t.test(`who ${how} is not asked again, and waits on for the first date`, async t => {
    const w = await world(t)
    const { id, booked } = await aFirstDate(w, [1, 1])
    const copy = await makeCopy(w, id)
    await serveWaitingList(w.db, w.outbox, copy.id, noon)

    await leave(w, (await find(w, copy.id, 0)).id, copy.id)
    const later = noon.plus({ hours: 24 })
    await serveWaitingList(w.db, w.outbox, copy.id, later)
    t.strictSame(await line(w, copy.id), ['0 lapsed', '1 offered'])
    await serveWaitingList(w.db, w.outbox, copy.id, later.plus({ hours: 24 }))
    await serveWaitingList(w.db, w.outbox, copy.id, later.plus({ hours: 48 }))
    t.equal((await announced(w.db, 'place.offered')).length, 2, 'each once')
    await cancelBooking(w.db, w.outbox, booked.id, later)
    await serveWaitingList(w.db, w.outbox, id, later)

    t.strictSame(await line(w, id), ['0 confirmed', '1 waiting'])
  })
}

t.test('accepting the other date leaves the list of the first, which an email says', async t => {
  const w = await world(t)
  const { id, waiting } = await aFirstDate(w, [1, 1])
  const copy = await makeCopy(w, id)
  await serveWaitingList(w.db, w.outbox, copy.id, noon)
  const offered = await find(w, copy.id, 0)

  await acceptOffer(w.db, w.outbox, offered.id, noon)
  await acceptOffer(w.db, w.outbox, offered.id, noon)

  t.strictSame(await line(w, copy.id), ['0 confirmed', '1 waiting'])
  t.strictSame(await line(w, id), ['0 cancelled', '1 waiting'])
  t.strictSame(await announced(w.db, 'booking.cancelled'), [{ bookingId: waiting[0]?.id, sequence: 0 }])
  t.strictSame(await announced(w.db, 'booking.confirmed'), [{ bookingId: offered.id, sequence: 0 }])
})

t.test('someone who has a place on the first date by now gives it up by accepting, for the next in line', async t => {
  const w = await world(t)
  const { id, booked, waiting } = await aFirstDate(w, [1, 1])
  const copy = await makeCopy(w, id)
  await serveWaitingList(w.db, w.outbox, copy.id, noon)
  await cancelBooking(w.db, w.outbox, booked.id, noon)
  await serveWaitingList(w.db, w.outbox, id, noon)
  t.strictSame(await line(w, id), ['0 confirmed', '1 waiting'])

  await acceptOffer(w.db, w.outbox, (await find(w, copy.id, 0)).id, noon)
  await serveWaitingList(w.db, w.outbox, id, noon)
  await serveWaitingList(w.db, w.outbox, copy.id, noon)

  t.strictSame(await line(w, id), ['0 cancelled', '1 confirmed'])
  t.strictSame(await line(w, copy.id), ['0 confirmed'], 'someone who has a place on the first is asked about no other')
  t.match((await announced(w.db, 'booking.cancelled')).at(-1), { bookingId: waiting[0]?.id, sequence: 1 })
})

t.test('who has a place on the first date or left its list before being asked never hears of the other', async t => {
  const w = await world(t)
  const { id, booked, waiting } = await aFirstDate(w, [1, 1, 1, 1])
  const copy = await makeCopy(w, id)
  await cancelBooking(w.db, w.outbox, booked.id, noon)
  await serveWaitingList(w.db, w.outbox, id, noon)
  await cancelBooking(w.db, w.outbox, waiting[1]?.id ?? '', noon)

  await serveWaitingList(w.db, w.outbox, copy.id, noon)

  t.strictSame(await line(w, copy.id), ['2 offered', '3 waiting'])
  const theirs = await w.db.booking.findMany({ where: { activityId: copy.id } })
  t.strictSame((await announced(w.db, 'place.offered')).map(({ bookingId }) => bookingId),
    theirs.filter(({ status }) => status === 'offered').map(({ id }) => id))
  t.strictSame(await announced(w.db, 'booking.lapsed'), [])
  t.match(await w.db.occupancy.findUnique({ where: { activityId: copy.id } }), { offered: 1, waiting: 1 })
})

t.test('when the list of the other date closes, only those who were asked are told', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [1, 1, 1], { startsAt: at('2026-12-20 18:00').toJSDate(), endsAt: at('2026-12-20 19:00').toJSDate() })
  const copy = await makeCopy(w, id)
  await serveWaitingList(w.db, w.outbox, copy.id, aWeekLater.minus({ hours: 9 }))
  const asked = await find(w, copy.id, 0)

  await serveWaitingList(w.db, w.outbox, copy.id, aWeekLater)

  t.strictSame(await line(w, copy.id), ['0 lapsed'])
  t.strictSame(await announced(w.db, 'booking.lapsed'), [{ bookingId: asked.id, sequence: 1 }])
  t.strictSame(await line(w, id), ['0 waiting', '1 waiting', '2 waiting'])
})

t.test('while those carried over are unasked nobody else has a place, and newcomers come after them', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [1, 1], { capacity: 3 })
  const copy = await makeCopy(w, id)

  await requestPlaces(w.db, w.outbox, copy.id, ['new1@example.org', 'new2@example.org'].map(email => aRequest(email)), noon)
  t.strictSame(await line(w, copy.id), ['0 waiting', '1 waiting', 'new1 waiting', 'new2 waiting'])
  await serveWaitingList(w.db, w.outbox, copy.id, noon)
  t.strictSame(await line(w, copy.id), ['0 offered', '1 offered', 'new1 confirmed', 'new2 waiting'])
  await refuseOffer(w.db, w.outbox, (await find(w, copy.id, 0)).id, noon)
  await serveWaitingList(w.db, w.outbox, copy.id, noon)

  t.strictSame(await line(w, copy.id), ['0 lapsed', '1 offered', 'new1 confirmed', 'new2 confirmed'])
})

t.test('someone who was carried over and asks for the other date themselves waits for it like anyone', async t => {
  const w = await world(t)
  const { id, waiting, booked } = await aFirstDate(w, [1, 1])
  const copy = await makeCopy(w, id)

  await requestPlaces(w.db, w.outbox, copy.id, [aRequest('1@example.org')], noon)
  const asked = await find(w, copy.id, 1)
  t.match(asked, { copiedFromBookingId: null, status: 'waiting' })
  t.strictSame(await announced(w.db, 'waiting-list.joined'), [{ bookingId: asked.id, sequence: 0 }])
  t.strictSame(await announced(w.db, 'booking.requested-again'), [])
  await cancelBooking(w.db, w.outbox, booked.id, noon)
  await cancelBooking(w.db, w.outbox, waiting[0]?.id ?? '', noon)
  await serveWaitingList(w.db, w.outbox, id, noon)
  await serveWaitingList(w.db, w.outbox, copy.id, noon)

  t.strictSame(await line(w, id), ['0 cancelled', '1 confirmed'])
  t.strictSame(await line(w, copy.id), ['1 confirmed'], 'they asked for both, and nobody forgets that')
})

t.test('an offer of the other date stays one where its person asks for it again', async t => {
  const w = await world(t)
  const { id, waiting } = await aFirstDate(w, [1])
  const copy = await makeCopy(w, id)
  await serveWaitingList(w.db, w.outbox, copy.id, noon)

  await requestPlaces(w.db, w.outbox, copy.id, [aRequest('0@example.org')], noon)

  t.match(await find(w, copy.id, 0), { copiedFromBookingId: waiting[0]?.id, status: 'offered' })
})

t.test('someone who asks for their links is not told of a date that they were not asked about', async t => {
  const w = await world(t)
  const { id, waiting } = await aFirstDate(w, [1])
  const copy = await makeCopy(w, id)

  await requestLinks(w.db, w.outbox, '0@example.org', noon)
  t.match((await announced(w.db, 'booking-link.requested')).map(({ bookingId }) => bookingId), [waiting[0]?.id])
  await serveWaitingList(w.db, w.outbox, copy.id, noon)
  await requestLinks(w.db, w.outbox, '0@example.org', noon.plus({ minutes: 2 }))

  t.equal((await announced(w.db, 'booking-link.requested')).length, 3)
})

t.test('after the first date has passed, those who waited for it stay in line for the other', async t => {
  const w = await world(t)
  const { id } = await aFirstDate(w, [1, 1])
  const copy = await makeCopy(w, id)
  const afterwards = at('2026-12-02 10:00')

  await sweepWaitingLists(w.db, w.outbox, afterwards)

  t.strictSame(await line(w, id), ['0 lapsed', '1 lapsed'])
  t.strictSame(await line(w, copy.id), ['0 offered', '1 waiting'])
  await acceptOffer(w.db, w.outbox, (await find(w, copy.id, 0)).id, afterwards)
  t.strictSame(await line(w, id), ['0 lapsed', '1 lapsed'])
  t.strictSame(await announced(w.db, 'booking.cancelled'), [])
})

t.test('in its last two hours places are open to everyone carried over, and someone who accepts has one', async t => {
  const w = await world(t)
  const { id, waiting } = await aFirstDate(w, [1, 1], { startsAt: at('2026-12-20 18:00').toJSDate(), endsAt: at('2026-12-20 19:00').toJSDate() })
  const copy = await makeCopy(w, id)
  const late = aWeekLater.minus({ hours: 1 })

  await serveWaitingList(w.db, w.outbox, copy.id, late)
  t.strictSame(await line(w, copy.id), ['0 waiting', '1 waiting'])
  t.equal((await announced(w.db, 'place.called')).length, 2)
  await acceptOffer(w.db, w.outbox, (await find(w, copy.id, 1)).id, late)

  t.strictSame(await line(w, copy.id), ['0 waiting', '1 confirmed'])
  t.strictSame(await line(w, id), ['0 waiting', '1 cancelled'])
  t.match(await announced(w.db, 'booking.cancelled'), [{ bookingId: waiting[1]?.id }])
})

t.test('a third date carries on from where people first asked, and accepting it leaves that', async t => {
  const w = await world(t)
  const { id, waiting } = await aFirstDate(w, [1, 1, 1])
  const second = await makeCopy(w, id)
  await serveWaitingList(w.db, w.outbox, second.id, noon)
  await requestPlaces(w.db, w.outbox, second.id, [aRequest('new@example.org')], noon)
  const newcomer = await w.db.booking.findFirstOrThrow({ where: { email: 'new@example.org' } })

  const third = await makeCopy(w, second.id, at('2026-12-15 18:00'))
  await serveWaitingList(w.db, w.outbox, third.id, noon)

  t.strictSame(await line(w, second.id), ['0 offered', '1 waiting', '2 waiting', 'new waiting'])
  t.strictSame(await line(w, third.id), ['1 offered', '2 waiting', 'new waiting'])
  t.match(await find(w, third.id, 1), { copiedFromBookingId: waiting[1]?.id })
  t.match(await w.db.booking.findFirst({ where: { activityId: third.id, email: 'new@example.org' } }), { copiedFromBookingId: newcomer.id })

  await acceptOffer(w.db, w.outbox, (await find(w, third.id, 1)).id, noon)
  t.strictSame(await line(w, id), ['0 waiting', '1 cancelled', '2 waiting'])
  await refuseOffer(w.db, w.outbox, (await find(w, second.id, 0)).id, noon)
  await serveWaitingList(w.db, w.outbox, second.id, noon)
  t.strictSame(await line(w, second.id), ['0 lapsed', '2 offered', 'new waiting'], 'nor are they asked for the second any more')
})

t.test('while both dates are served and all accept at once, nobody has two places and none is given twice', async t => {
  const w = await world(t)
  const { id, booked } = await aFirstDate(w, [1, 1, 1, 1, 1, 1], { capacity: 4 })
  for (let n = 0; n < 3; n++) await aBooking(w.db, id)
  const copy = await makeCopy(w, id)
  await serveWaitingList(w.db, w.outbox, copy.id, noon)
  const offered = await w.db.booking.findMany({ where: { activityId: copy.id, status: 'offered' } })
  await warm(w.db)

  await Promise.all([
    cancelBooking(w.db, w.outbox, booked.id, noon),
    ...offered.map(async ({ id }) => { await acceptOffer(w.db, w.outbox, id, noon) }),
    ...[id, copy.id, id, copy.id].map(async activityId => {
      await serveWaitingList(w.db, w.outbox, activityId, noon)
    })
  ])
  await sweepWaitingLists(w.db, w.outbox, noon)

  const both = await w.db.booking.groupBy({
    by: ['canonicalEmail'], where: { status: 'confirmed' }, having: { canonicalEmail: { _count: { gt: 1 } } }
  })
  t.strictSame(both, [])
  t.match(await w.db.occupancy.findUnique({ where: { activityId: copy.id } }), { confirmed: 4, offered: 0 })
  t.match(await w.db.occupancy.findUnique({ where: { activityId: id } }), { confirmed: 4, waiting: 1 })
})
