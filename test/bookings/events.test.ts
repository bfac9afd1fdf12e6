// Subject: the database.
import t from 'tap'
import { cancelBooking, changePlaces, requestPlaces } from '../../src/bookings/commands.ts'
import { anActivity, aRequest, noon, world } from '../support/world.ts'

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

t.test('a booking without an address has a telephone number, and one address is one live booking still', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 9 })
  const byTelephone = { email: undefined, phone: '0161 496 0000' }
  t.strictSame(await requestPlaces(db, outbox, activityId, [
    aRequest('', byTelephone), aRequest('', byTelephone), aRequest('anne@example.org'), aRequest('Anne@Example.org')
  ], noon), ['received', 'received', 'received', 'received'])
  t.strictSame((await db.booking.findMany({ orderBy: { arrival: 'asc' } })).map(({ email }) => email), [null, null, 'anne@example.org'])
  await t.rejects(requestPlaces(db, outbox, activityId, [aRequest('', { email: undefined })], noon),
    /bookings_reachable_somehow/)
})
