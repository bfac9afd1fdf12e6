import t from 'tap'
import { BookingNotOpen } from '../../../src/programme/activities/errors.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestLinks } from '../../../src/booking/bookings/find-my-booking.ts'
import { BookingNotFound, NoPlacesLeft, TooManyPlaces } from '../../../src/booking/bookings/errors.ts'
import { aBooking, anActivity, announced, noon, warm, world } from '../../support/world.ts'

t.test('cancelling frees the places and tells the waiting list', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 4, placesPerBooking: 2 })
  const { id } = await aBooking(db, activityId, { places: 2 })

  await cancelBooking(db, outbox, id, noon)

  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 0 })
  t.strictSame(await announced(db, 'place.freed'), [{ activityId }])
})

t.test('cancelling raises the SEQUENCE that a calendar has seen, and only that', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db)
  const booked = await aBooking(db, activityId)
  const waiting = await aBooking(db, activityId, { status: 'waiting' })

  await cancelBooking(db, outbox, booked.id, noon)
  await cancelBooking(db, outbox, waiting.id, noon)

  t.strictSame(await announced(db, 'booking.cancelled'), [
    { bookingId: booked.id, sequence: 1 }, { bookingId: waiting.id, sequence: 0 }
  ])
})

t.test('a booking cancelled twice at once is cancelled once', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId)
  await warm(db)

  const ends = await Promise.allSettled([1, 2, 3].map(async () => { await cancelBooking(db, outbox, id, noon) }))

  t.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const end of ends) if (end.status === 'rejected') t.match(end.reason, { refusal: 'already-cancelled' })
  t.equal((await announced(db, 'booking.cancelled')).length, 1)
})

t.test('a booking that is not there, or is over, cannot be cancelled', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, {
    startsAt: noon.minus({ hours: 1 }).toJSDate(), endsAt: noon.toJSDate()
  })
  const { id } = await aBooking(db, activityId)

  await t.rejects(cancelBooking(db, outbox, activityId, noon), new BookingNotFound())
  await t.rejects(cancelBooking(db, outbox, id, noon), new BookingNotOpen('over'))
  t.match(await db.booking.findUnique({ where: { id } }), { status: 'confirmed' })
})

t.test('fewer places free the rest; more need places that are free', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 4, placesPerBooking: 3 })
  const { id } = await aBooking(db, activityId, { places: 2 })
  await aBooking(db, activityId, { places: 2 })

  await t.rejects(changePlaces(db, outbox, id, 3, noon), new NoPlacesLeft())
  await t.rejects(changePlaces(db, outbox, id, 4, noon), new TooManyPlaces(3))
  await changePlaces(db, outbox, id, 1, noon)

  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 3 })
  t.strictSame(await announced(db, 'booking.changed'), [{ bookingId: id, sequence: 1 }])
  t.strictSame(await announced(db, 'place.freed'), [{ activityId }])
})

t.test('asking for as many places as there are changes nothing and sends nothing', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId)

  await changePlaces(db, outbox, id, 1, noon)

  t.match(await db.booking.findUnique({ where: { id } }), { icalSequence: 0 })
  t.strictSame(await announced(db, 'booking.changed'), [])
})

t.test('of ten who ask at once for the last free place, one grows', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 11, placesPerBooking: 2 })
  const bookings = await Promise.all(Array.from({ length: 10 }, async () => await aBooking(db, activityId)))
  await warm(db)

  await Promise.allSettled(bookings.map(async ({ id }) => { await changePlaces(db, outbox, id, 2, noon) }))

  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 11 })
})

t.test('links go to the live bookings of an address that are still to come', async t => {
  const { db, outbox } = await world(t)
  const email = 'anne@example.org'
  const coming = await anActivity(db)
  const past = await anActivity(db, { startsAt: noon.minus({ hours: 1 }).toJSDate(), endsAt: noon.toJSDate() })
  const { id } = await aBooking(db, coming.id, { email })
  await aBooking(db, coming.id, { email, status: 'cancelled' })
  await aBooking(db, past.id, { email })
  await aBooking(db, coming.id)

  await requestLinks(db, outbox, 'Anne@Example.org', noon)

  t.match(await announced(db, 'booking-link.requested'), [{ bookingId: id }])
})

t.test('nobody grows into a freed place while someone waits for it', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 4, placesPerBooking: 4 })
  const { id } = await aBooking(db, activityId)
  await aBooking(db, activityId, { status: 'waiting', places: 4 })

  await t.rejects(changePlaces(db, outbox, id, 2, noon), new NoPlacesLeft())

  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 1 })
})

for (const status of ['waiting', 'offered'] as const) {
  t.test(`a booking that is ${status} may ask for fewer places, and cancel, which tells the list`, async t => {
    const { db, outbox } = await world(t)
    const { id: activityId } = await anActivity(db, { capacity: 9, placesPerBooking: 4 })
    const { id } = await aBooking(db, activityId, { status, places: 3 })

    await t.rejects(changePlaces(db, outbox, id, 4, noon), new NoPlacesLeft())
    await changePlaces(db, outbox, id, 1, noon)
    t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 0, [status]: 1 })
    await cancelBooking(db, outbox, id, noon)

    t.match(await db.occupancy.findUnique({ where: { activityId } }), { waiting: 0, offered: 0, waitingBookings: 0 })
    t.strictSame(await announced(db, 'place.freed'), [{ activityId }, { activityId }])
    t.match(await db.booking.findUnique({ where: { id } }), { status: 'cancelled', calledAt: null })
  })
}
