// Subject: the database.
import t from 'tap'
import { BookingNotOpen } from '../../../src/programme/activities/errors.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { DistrictUnknown, FullyBooked, TooManyPlaces } from '../../../src/booking/bookings/errors.ts'
import type { Outbox } from '../../../src/platform/outbox.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { aBooking, aCampaign, anActivity, announced, aRequest, noon, warm, world } from '../../support/world.ts'

t.test('of 200 people asking at once for 20 places exactly 20 have one and 180 wait', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 20 })
  await warm(db)

  await Promise.all(Array.from({ length: 200 }, async (_, n) =>
    await requestPlaces(db, outbox, id, [aRequest(`attendee-${n}@example.org`)], noon)))

  t.equal(await db.booking.count({ where: { activityId: id, status: 'confirmed' } }), 20)
  t.equal(await db.booking.count({ where: { activityId: id, status: 'waiting' } }), 180)
  t.match(await db.occupancy.findUnique({ where: { activityId: id } }), { confirmed: 20, waiting: 180 })
})

t.test('a list of requests is decided in its order', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 3, placesPerBooking: 2 })
  const requests = [2, 2, 1].map((places, n) => aRequest(`attendee-${n}@example.org`, { places }))

  await requestPlaces(db, outbox, id, requests, noon)

  const bookings = await db.booking.findMany({ where: { activityId: id }, orderBy: { arrival: 'asc' } })
  t.strictSame(bookings.map(({ email, status }) => [email, status]), [
    ['attendee-0@example.org', 'confirmed'],
    ['attendee-1@example.org', 'waiting'],
    ['attendee-2@example.org', 'waiting']
  ])
})

t.test('each booking made has one email due, of its kind', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 1 })

  await requestPlaces(db, outbox, id, [aRequest('one@example.org'), aRequest('two@example.org')], noon)

  const [first, second] = await db.booking.findMany({ orderBy: { arrival: 'asc' } })
  t.strictSame(await announced(db, 'booking.confirmed'), [{ bookingId: first?.id, sequence: 0 }])
  t.strictSame(await announced(db, 'waiting-list.joined'), [{ bookingId: second?.id, sequence: 0 }])
})

t.test('who has a place is invited by whom the service invited with at the time; who waits, by whom it will then', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 1 })

  await requestPlaces(
    db, outbox, id, [aRequest('one@example.org'), aRequest('two@example.org')], noon, 'Workshops <workshops@example.org>')

  const bookings = await db.booking.findMany({ orderBy: { arrival: 'asc' } })
  t.strictSame(bookings.map(({ icalOrganizer }) => icalOrganizer), ['Workshops <workshops@example.org>', null])
})

t.test('a transaction that fails after announcing leaves no booking and no job', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  const failing: Outbox = {
    async announce (tx, fact, payloads) {
      await outbox.announce(tx, fact, payloads)
      if (payloads.length > 0) throw new Error('after announcing')
    }
  }

  await t.rejects(requestPlaces(db, failing, id, [aRequest('anne@example.org')], noon), /after announcing/)

  t.equal(await db.booking.count(), 0)
  t.strictSame(await announced(db, 'booking.confirmed'), [])
})

t.test('a form sent twice is one booking and one email', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  await warm(db)
  const request = aRequest('anne@example.org')

  const answers = await Promise.all([1, 2, 3].map(async () => await requestPlaces(db, outbox, id, [request], noon)))

  t.strictSame(answers, [['received'], ['received'], ['received']])
  t.equal(await db.booking.count(), 1)
  t.equal((await announced(db, 'booking.confirmed')).length, 1)
  t.strictSame(await announced(db, 'booking.requested-again'), [])
})

t.test('a second request by the same address makes no booking, and an email to it says so', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  await requestPlaces(db, outbox, id, [aRequest('A@Ex.com')], noon)

  const answers = await requestPlaces(db, outbox, id, [aRequest('A@ex.COM')], noon)

  const [booking] = await db.booking.findMany()
  t.strictSame(answers, ['received'])
  t.equal(booking?.email, 'A@Ex.com')
  t.match(await announced(db, 'booking.requested-again'), [{ bookingId: booking?.id }])
})

t.test('of ten people using one address at once, one is booked', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  await warm(db)

  await Promise.all(Array.from({ length: 10 }, async () =>
    await requestPlaces(db, outbox, id, [aRequest('anne@example.org')], noon)))

  t.equal(await db.booking.count(), 1)
})

t.test('after cancelling, the address books anew, with a calendar UID of its own', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  const before = await aBooking(db, id, { email: 'anne@example.org', status: 'cancelled' })

  await requestPlaces(db, outbox, id, [aRequest('anne@example.org')], noon)

  const after = await db.booking.findFirstOrThrow({ where: { status: 'confirmed' } })
  t.equal(after.email, 'anne@example.org')
  t.not(after.icalUid, before.icalUid)
})

t.test('one refused request harms none of its neighbours', async t => {
  const { db, outbox } = await world(t)
  const { id: campaignId } = await aCampaign(db, { districts: ['Cumberland', 'Westmorland and Furness'] })
  const { id } = await anActivity(db, { campaignId, placesPerBooking: 2 })
  const district = 'Cumberland'

  const answers = await requestPlaces(db, outbox, id, [
    aRequest('one@example.org', { district }),
    aRequest('two@example.org', { district, places: 3 }),
    aRequest('three@example.org', { district: 'Atlantis' }),
    aRequest('four@example.org', { district })
  ], noon)

  t.equal(answers[0], 'received')
  t.type(answers[1], TooManyPlaces)
  t.type(answers[2], DistrictUnknown)
  t.equal(answers[3], 'received')
  t.equal(await db.booking.count(), 2)
})

t.test('without a waiting list a full activity refuses everyone, also people who have a place', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'off' })
  await requestPlaces(db, outbox, id, [aRequest('one@example.org')], noon)

  const answers = await requestPlaces(db, outbox, id, [aRequest('two@example.org'), aRequest('one@example.org')], noon)

  t.type(answers[0], FullyBooked)
  t.type(answers[1], FullyBooked)
  t.equal(await db.booking.count(), 1)
  t.equal((await announced(db, 'booking.requested-again')).length, 1)
})

const closed = [
  ['has not opened yet', { bookingOpensAt: noon.plus({ minutes: 1 }).toJSDate() }, 'booking-not-yet-open'],
  ['has closed', { bookingClosesAt: noon.toJSDate() }, 'booking-closed'],
  ['is cancelled', { status: 'cancelled' }, 'activity-cancelled'],
  ['is over', { startsAt: noon.minus({ hours: 1 }).toJSDate(), endsAt: noon.toJSDate() }, 'activity-over'],
  ['has started', { startsAt: noon.toJSDate(), endsAt: noon.plus({ hours: 1 }).toJSDate() }, 'booking-closed'],
  ['is a draft', { status: 'draft' }, 'not-bookable'],
  ['has no places to book', { booking: 'drop-in', capacity: null }, 'not-bookable']
] as const

for (const [state, given, refusal] of closed) {
  t.test(`an activity that ${state} cannot be booked`, async t => {
    const { db, outbox } = await world(t)
    const { id } = await anActivity(db, given)

    const error = await requestPlaces(db, outbox, id, [aRequest('anne@example.org')], noon).catch(error => error)

    t.type(error, BookingNotOpen)
    t.equal(error.refusal, refusal)
    t.equal(await db.booking.count(), 0)
  })
}

t.test('names, addresses and texts of any script are kept as typed', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  const typed = { name: 'Zoë O’Brien-Świątek 李', email: '用户@例え.jp', question: 'سؤال\n👩‍👧 "quoted" \\ $1' }

  await requestPlaces(db, outbox, id, [aRequest(typed.email, typed)], noon)

  t.match(await db.booking.findFirst(), typed)
})

t.test('while anyone waits a freed place is not on public sale, however many ask while it is given on', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 1 })
  const leaving = await aBooking(db, activityId)
  const next = await aBooking(db, activityId, { status: 'waiting' })
  await warm(db)

  await Promise.all([
    cancelBooking(db, outbox, leaving.id, noon),
    ...Array.from({ length: 8 }, async (_, n) =>
      await requestPlaces(db, outbox, activityId, [aRequest(`attendee-${n}@example.org`)], noon))
  ])
  await serveWaitingList(db, outbox, activityId, noon)

  t.match(await db.booking.findMany({ where: { activityId, status: 'confirmed' } }), [{ id: next.id }])
  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 1, waiting: 8 })
})

t.test('over-booking gives as many places as it says, and no more', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 15, overBookingPercent: 10 })
  await warm(db)

  await Promise.all(Array.from({ length: 30 }, async (_, n) =>
    await requestPlaces(db, outbox, id, [aRequest(`attendee-${n}@example.org`)], noon)))

  t.match(await db.occupancy.findUnique({ where: { activityId: id } }), { confirmed: 16, waiting: 14 })
})

t.test('where free places are too few for those who wait, a party they fit is served without the sweep', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 3, placesPerBooking: 4 })
  const asks = [2, 4, 2].map((places, n) => aRequest(`${n}@example.org`, { places }))

  await requestPlaces(db, outbox, activityId, asks, noon)
  t.strictSame(await announced(db, 'place.freed'), [], 'nobody who waits fits the one place that is left')
  await requestPlaces(db, outbox, activityId, [aRequest('last@example.org')], noon)

  t.strictSame(await announced(db, 'place.freed'), [{ activityId }])
})

t.test('someone who waits and then brings the code of a hold has its places, as many as they ask for now', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 2, placesPerBooking: 2 })
  const agency = await db.agency.create({ data: { slug: 'nspcc', name: 'NSPCC' } })
  await db.hold.create({
    data: {
      activityId, agencyId: agency.id, code: 'NSPCC', places: 2, returnsAt: noon.plus({ days: 1 }).toJSDate(), createdAt: noon.toJSDate()
    }
  })
  const { id } = await aBooking(db, activityId, { email: 'anne@example.org', status: 'waiting' })
  const asks = [1, 2].map(() => aRequest('Anne@Example.org', { code: 'NSPCC', places: 2 }))

  t.strictSame(await requestPlaces(db, outbox, activityId, asks.slice(0, 1), noon), ['received'])

  t.match(await db.booking.findMany({ where: { activityId } }), [{ id, status: 'confirmed', places: 2 }])
  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 2, held: 0, waiting: 0 })
  t.strictSame(await announced(db, 'booking.confirmed'), [{ bookingId: id, sequence: 0 }])
  t.strictSame(await announced(db, 'booking.requested-again'), [])

  t.match(await requestPlaces(db, outbox, activityId, asks.slice(1), noon), [{ refusal: 'code-refused' }], 'as a stranger would read')
})
