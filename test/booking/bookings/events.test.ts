import t from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { acceptOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { aBooking, anActivity, aRequest, noon, world } from '../../support/world.ts'

t.test('what becomes of a booking is written down as it happens, once each', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 3, placesPerBooking: 3 })
  await requestPlaces(db, outbox, activityId, [
    aRequest('anne@example.org'), aRequest('ben@example.org', { places: 2 }), aRequest('cem@example.org')
  ], noon)
  const [anne, ben, cem] = await db.booking.findMany({ orderBy: { arrival: 'asc' } })
  const [hour, day] = [noon.plus({ hours: 1 }), noon.plus({ days: 1 })]
  await changePlaces(db, outbox, ben?.id ?? '', 1, hour)
  await db.booking.update({ where: { id: cem?.id ?? '' }, data: { remindersOff: true, phone: '0161 496 0000' } })
  await cancelBooking(db, outbox, ben?.id ?? '', day)

  const events = await db.bookingEvent.findMany({ orderBy: { id: 'asc' } })
  t.strictSame(events.map(({ bookingId, at, status, places }) => [bookingId, at.toISOString(), status, places]), [
    [anne?.id, noon.toJSDate().toISOString(), 'confirmed', 1],
    [ben?.id, noon.toJSDate().toISOString(), 'confirmed', 2],
    [cem?.id, noon.toJSDate().toISOString(), 'waiting', 1],
    [ben?.id, hour.toJSDate().toISOString(), 'confirmed', 1],
    [ben?.id, day.toJSDate().toISOString(), 'cancelled', 1]
  ])
})

t.test('a booking without an address has a phone number, and one address is one live booking still', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 9 })
  const byPhone = { email: undefined, phone: '0161 496 0000' }
  t.strictSame(await requestPlaces(db, outbox, activityId, [
    aRequest('', byPhone), aRequest('', byPhone), aRequest('anne@example.org'), aRequest('Anne@Example.org')
  ], noon), ['received', 'received', 'received', 'received'])
  t.strictSame((await db.booking.findMany({ orderBy: { arrival: 'asc' } })).map(({ email }) => email), [null, null, 'anne@example.org'])
  await t.rejects(requestPlaces(db, outbox, activityId, [aRequest('', { email: undefined })], noon),
    /bookings_reachable_somehow/)
})

t.test('a place that was open and is gone is dated when it went, with how the list worked then', async t => {
  const { db, outbox } = await world(t)
  const starting = { startsAt: noon.plus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ hours: 2 }).toJSDate() }
  const { id: activityId } = await anActivity(db, { ...starting, capacity: 1, waitingList: 'offers' })
  const [one, other] = [await aBooking(db, activityId, { status: 'waiting' }), await aBooking(db, activityId, { status: 'waiting' })]
  const minute = (n: number) => noon.plus({ minutes: n })
  await serveWaitingList(db, outbox, activityId, noon)
  await acceptOffer(db, outbox, one.id, minute(5))
  const last = await db.bookingEvent.findFirst({ where: { bookingId: other.id }, orderBy: { id: 'desc' } })
  t.match(last, { called: false, mode: 'offers' })
  t.equal(last?.at.getTime(), minute(5).toMillis())

  await db.activity.update({ where: { id: activityId }, data: { capacity: 2 } })
  await serveWaitingList(db, outbox, activityId, minute(6))
  await db.activity.update({ where: { id: activityId }, data: { waitingList: 'automatic' } })
  await serveWaitingList(db, outbox, activityId, minute(7))
  const placed = await db.bookingEvent.findFirst({ where: { bookingId: other.id }, orderBy: { id: 'desc' } })
  t.match(placed, { status: 'confirmed', mode: 'automatic' })
  t.equal(placed?.at.getTime(), minute(7).toMillis())
})
