import t from 'tap'
import { BookingNotOpen } from '../../../src/programme/activities/errors.ts'
import type { Activity, Booking } from '../../../src/platform/database/generated/client.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { BookingNotFound, NoPlacesLeft } from '../../../src/booking/bookings/errors.ts'
import { getBooking, positionOf } from '../../../src/booking/bookings/queries.ts'
import { acceptOffer, refuseOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { NothingOffered, OfferEnded, PlaceTaken } from '../../../src/booking/waiting-list/errors.ts'
import type { World } from '../../support/world.ts'
import { aBooking, anActivity, announced, aRequest, noon, warm, world } from '../../support/world.ts'

const end = noon.plus({ hours: 24 })
const justBefore = end.minus({ milliseconds: 1 })
/** In the last two hours before this start, at noon. */
const starting = { startsAt: noon.plus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ hours: 2 }).toJSDate() }

async function statuses ({ db }: World, activityId: string): Promise<string[]> {
  const bookings = await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } })
  return bookings.map(({ status }) => status)
}

/** An activity with one place, which is offered until `end`. */
async function anOffer ({ db }: World, given: Partial<Activity> = {}): Promise<Booking> {
  const { id } = await anActivity(db, { waitingList: 'offers', capacity: 1, ...given })
  return await aBooking(db, id, { status: 'offered', offeredUntil: end.toJSDate(), email: 'anne@example.org' })
}

t.test('someone who accepts an offer has the place, and is told so', async t => {
  const w = await world(t)
  const { id, activityId } = await anOffer(w)

  await acceptOffer(w.db, w.outbox, id, justBefore)

  t.match(await w.db.booking.findUnique({ where: { id } }), { status: 'confirmed', confirmedAt: justBefore.toISO() })
  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 1, offered: 0 })
  t.strictSame(await announced(w.db, 'booking.confirmed'), [{ bookingId: id, sequence: 0 }])
  t.strictSame(await announced(w.db, 'place.freed'), [])
})

t.test('an offer accepted many times at once is accepted once, and nobody reads an error', async t => {
  const w = await world(t)
  const { id } = await anOffer(w)
  await warm(w.db)

  await Promise.all(Array.from({ length: 10 }, async () => { await acceptOffer(w.db, w.outbox, id, noon) }))

  t.equal((await announced(w.db, 'booking.confirmed')).length, 1)
})

t.test('in the instant at which an offer ends it can be neither accepted nor refused', async t => {
  const w = await world(t)
  const { id, activityId } = await anOffer(w)

  await t.rejects(acceptOffer(w.db, w.outbox, id, end), new OfferEnded())
  await t.rejects(refuseOffer(w.db, w.outbox, id, end), new OfferEnded())

  t.strictSame(await statuses(w, activityId), ['offered'], 'it lapses by being served')
  t.strictSame(await announced(w.db, 'booking.lapsed'), [])
})

t.test('an offer accepted in the instant before its end while lists are served is the one or the other', async t => {
  const w = await world(t)
  const given = await Promise.all(Array.from({ length: 8 }, async () => await anOffer(w)))
  const next = await Promise.all(given.map(async ({ activityId }) => await aBooking(w.db, activityId, { status: 'waiting' })))
  await warm(w.db)

  const accepted = await Promise.all(given.map(async ({ id, activityId }, n) => {
    const [answer] = await Promise.allSettled([
      acceptOffer(w.db, w.outbox, id, justBefore),
      serveWaitingList(w.db, w.outbox, activityId, n % 2 === 0 ? end : justBefore)
    ])
    return answer.status === 'fulfilled'
  }))

  for (const [n, { id, activityId }] of given.entries()) {
    const has = accepted[n] === true
    t.match(await w.db.booking.findUnique({ where: { id } }), { status: has ? 'confirmed' : 'lapsed' })
    t.match(await w.db.booking.findUnique({ where: { id: next[n]?.id ?? '' } }), { status: has ? 'waiting' : 'offered' })
    t.match(await w.db.occupancy.findUnique({ where: { activityId } }),
      { confirmed: Number(has), offered: Number(!has) })
  }
})

for (const status of ['lapsed', 'cancelled'] as const) {
  t.test(`the link of a booking that is ${status} accepts and refuses nothing`, async t => {
    const w = await world(t)
    const { id: activityId } = await anActivity(w.db, { waitingList: 'offers' })
    const { id } = await aBooking(w.db, activityId, { status, offeredUntil: end.toJSDate(), offers: 1 })

    await t.rejects(acceptOffer(w.db, w.outbox, id, noon), new OfferEnded())
    await t.rejects(refuseOffer(w.db, w.outbox, id, noon), new OfferEnded())

    t.strictSame(await statuses(w, activityId), [status])
  })
}

for (const waitingList of ['automatic', 'offers', 'by-hand'] as const) {
  t.test(`on a list that is ${waitingList} nobody who waits accepts or refuses what nobody offered`, async t => {
    const w = await world(t)
    const { id: activityId } = await anActivity(w.db, { waitingList, ...(waitingList !== 'offers' && starting) })
    const { id } = await aBooking(w.db, activityId, { status: 'waiting' })

    await t.rejects(acceptOffer(w.db, w.outbox, id, noon), new NothingOffered())
    await t.rejects(refuseOffer(w.db, w.outbox, id, noon), new NothingOffered())

    t.strictSame(await statuses(w, activityId), ['waiting'])
  })
}

const ended: Array<[what: string, given: Partial<Activity>, refusal: Error]> = [
  ['the activity is cancelled', { status: 'cancelled' }, new BookingNotOpen('cancelled')],
  ['booking closes earlier by now', { bookingClosesAt: noon.toJSDate() }, new OfferEnded()],
  ['the activity starts earlier by now', { startsAt: noon.toJSDate() }, new OfferEnded()]
]

for (const [what, given, refusal] of ended) {
  t.test(`an offer can be neither accepted nor refused where ${what}`, async t => {
    const w = await world(t)
    const { id, activityId } = await anOffer(w, given)

    await t.rejects(acceptOffer(w.db, w.outbox, id, noon), refusal)
    await t.rejects(refuseOffer(w.db, w.outbox, id, noon), refusal)

    t.strictSame(await statuses(w, activityId), ['offered'])
  })
}

t.test('an offer can be accepted after the capacity was lowered: its place is theirs', async t => {
  const w = await world(t)
  const { id, activityId } = await anOffer(w)
  await aBooking(w.db, activityId)

  await acceptOffer(w.db, w.outbox, id, noon)

  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 2 })
})

t.test('a booking that is not there has no offer', async t => {
  const w = await world(t)
  const { id } = await anActivity(w.db)

  await t.rejects(acceptOffer(w.db, w.outbox, id, noon), new BookingNotFound())
  await t.rejects(refuseOffer(w.db, w.outbox, id, noon), new BookingNotFound())
})

t.test('someone who refuses leaves the list and is told so once, and the next in line has the offer', async t => {
  const w = await world(t)
  const { id, activityId } = await anOffer(w)
  const next = await aBooking(w.db, activityId, { status: 'waiting' })

  await refuseOffer(w.db, w.outbox, id, noon)
  await t.rejects(refuseOffer(w.db, w.outbox, id, noon), new OfferEnded())
  await t.rejects(acceptOffer(w.db, w.outbox, id, noon), new OfferEnded())
  t.strictSame(await announced(w.db, 'place.freed'), [{ activityId }])
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.match(await w.db.booking.findUnique({ where: { id } }), { status: 'lapsed', lapseReason: 'refused' })
  t.strictSame(await announced(w.db, 'booking.lapsed'), [{ bookingId: id, sequence: 1 }])
  t.strictSame(await announced(w.db, 'place.offered'), [{ bookingId: next.id, sequence: 1 }])
})

t.test('someone who has accepted cannot refuse any more, and cancels instead', async t => {
  const w = await world(t)
  const { id, activityId } = await anOffer(w)
  await acceptOffer(w.db, w.outbox, id, noon)

  await t.rejects(refuseOffer(w.db, w.outbox, id, noon), new OfferEnded())

  t.strictSame(await statuses(w, activityId), ['confirmed'])
})

t.test('cancelling an accepted offer frees its place at once: the next has it, and the old link accepts nothing', async t => {
  const w = await world(t)
  const { id, activityId } = await anOffer(w)
  const next = await aBooking(w.db, activityId, { status: 'waiting' })
  await acceptOffer(w.db, w.outbox, id, noon)

  await cancelBooking(w.db, w.outbox, id, noon)
  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 0, offered: 0 })
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await statuses(w, activityId), ['cancelled', 'offered'])
  t.strictSame(await announced(w.db, 'place.offered'), [{ bookingId: next.id, sequence: 1 }])
  await t.rejects(acceptOffer(w.db, w.outbox, id, noon), new OfferEnded())
})

t.test('cancelling an offer instead of answering it frees its place at once', async t => {
  const w = await world(t)
  const { id, activityId } = await anOffer(w)
  await aBooking(w.db, activityId, { status: 'waiting' })

  await cancelBooking(w.db, w.outbox, id, noon)
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await statuses(w, activityId), ['cancelled', 'offered'])
  t.strictSame(await announced(w.db, 'booking.lapsed'), [])
})

const leavings: Array<[how: string, leave: (w: World, id: string, activityId: string) => Promise<void>]> = [
  ['whose offer lapsed', async (w, _, activityId) => { await serveWaitingList(w.db, w.outbox, activityId, end) }],
  ['who refused', async (w, id) => { await refuseOffer(w.db, w.outbox, id, noon) }]
]

for (const [how, leave] of leavings) {
  t.test(`an address ${how} joins again, and is really on the list, at its end`, async t => {
    const w = await world(t)
    const { id, activityId } = await anOffer(w)
    await aBooking(w.db, activityId, { status: 'waiting' })
    await aBooking(w.db, activityId, { status: 'waiting' })
    await leave(w, id, activityId)

    const answers = await requestPlaces(w.db, w.outbox, activityId, [aRequest('anne@example.org')], end)

    const again = await w.db.booking.findFirstOrThrow({ where: { email: 'anne@example.org', status: 'waiting' } })
    t.strictSame(answers, ['received'])
    t.not(again.id, id)
    t.strictSame(await announced(w.db, 'waiting-list.joined'), [{ bookingId: again.id, sequence: 0 }])
    const before = await w.db.booking.count({ where: { activityId, status: 'waiting' } })
    t.equal(await positionOf(w.db, await getBooking(w.db, again.id)), before, 'last in line')
  })
}

t.test('an offer may shrink, which frees the rest for the next, and may not grow', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { waitingList: 'offers', capacity: 2, placesPerBooking: 3 })
  const { id } = await aBooking(w.db, activityId, { status: 'offered', places: 2, offeredUntil: end.toJSDate() })
  await aBooking(w.db, activityId, { status: 'waiting' })

  await t.rejects(changePlaces(w.db, w.outbox, id, 3, noon), new NoPlacesLeft())
  await changePlaces(w.db, w.outbox, id, 1, noon)
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  await acceptOffer(w.db, w.outbox, id, noon)

  t.strictSame(await statuses(w, activityId), ['confirmed', 'offered'])
  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 1, offered: 1 })
  t.strictSame(await announced(w.db, 'booking.confirmed'), [{ bookingId: id, sequence: 1 }])
})

t.test('a party that asks for so few places that they fit is told then that they are open to all', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { waitingList: 'offers', ...starting, capacity: 1, placesPerBooking: 3 })
  const { id } = await aBooking(w.db, activityId, { status: 'waiting', places: 2 })
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  t.strictSame(await announced(w.db, 'place.called'), [])

  await t.rejects(changePlaces(w.db, w.outbox, id, 3, noon), new NoPlacesLeft())
  await changePlaces(w.db, w.outbox, id, 1, noon)
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await announced(w.db, 'place.called'), [{ bookingId: id, sequence: 1 }])
})

t.test('a party told of places open to all that asks for fewer may still accept, and is not told again', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { waitingList: 'offers', ...starting, capacity: 2, placesPerBooking: 2 })
  const { id } = await aBooking(w.db, activityId, { status: 'waiting', places: 2 })
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  await changePlaces(w.db, w.outbox, id, 1, noon)
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  await acceptOffer(w.db, w.outbox, id, noon)

  t.equal((await announced(w.db, 'place.called')).length, 1)
  t.strictSame(await statuses(w, activityId), ['confirmed'])
})

t.test('of ten who accept a last place open to all at once, one has it and nine keep their turn', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { waitingList: 'offers', ...starting, capacity: 1 })
  const bookings = await Promise.all(Array.from({ length: 10 }, async () =>
    await aBooking(w.db, activityId, { status: 'waiting' })))
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  await warm(w.db)

  const answers = await Promise.allSettled(bookings.map(async ({ id }) => {
    await acceptOffer(w.db, w.outbox, id, noon)
  }))

  t.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const answer of answers) if (answer.status === 'rejected') t.match(answer.reason, new PlaceTaken(1))
  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 1, waitingBookings: 9 })
  t.equal((await announced(w.db, 'booking.confirmed')).length, 1)
  t.equal(await w.db.booking.count({ where: { activityId, calledAt: { not: null } } }), 0)
})

t.test('of places open to all a party that wants more than are left reads so, and a smaller one has them', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { waitingList: 'offers', ...starting, capacity: 3, placesPerBooking: 2 })
  const [one, two, three] = await Promise.all([2, 2, 1].map(async places =>
    await aBooking(w.db, activityId, { status: 'waiting', places })))
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  const accept = async (booking?: Booking) => { await acceptOffer(w.db, w.outbox, booking?.id ?? '', noon) }

  await accept(one)
  await t.rejects(accept(two), new PlaceTaken(2))
  await accept(three)

  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 3, waitingBookings: 1 })
})

t.test('nobody accepts a place open to all once booking has closed', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { waitingList: 'offers', ...starting, capacity: 1 })
  const { id } = await aBooking(w.db, activityId, { status: 'waiting' })
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  await t.rejects(acceptOffer(w.db, w.outbox, id, noon.plus({ hours: 1 })), new NothingOffered())

  t.strictSame(await statuses(w, activityId), ['waiting'])
})

t.test('an offer made before the last two hours still stands in them', async t => {
  const w = await world(t)
  const { id, activityId } = await anOffer(w, starting)
  await aBooking(w.db, activityId, { status: 'waiting' })

  await serveWaitingList(w.db, w.outbox, activityId, noon)
  t.strictSame(await announced(w.db, 'place.called'), [])
  await acceptOffer(w.db, w.outbox, id, noon)

  t.strictSame(await statuses(w, activityId), ['confirmed', 'waiting'])
})
