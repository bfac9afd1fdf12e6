import t from 'tap'
import { aBooking, anActivity, world } from '../../support/world.ts'
import { statuses } from '../../../src/booking/bookings/booking.ts'

t.test('occupancy follows whatever is written to bookings, however it is written', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const offeredUntil = new Date()
  for (const status of statuses) await aBooking(db, activityId, { status, places: 3, offeredUntil })

  const at = async () => await db.occupancy.findUnique({ where: { activityId }, omit: { activityId: true } })
  t.strictSame(await at(), { confirmed: 3, offered: 3, held: 0, waiting: 3, waitingBookings: 1, askedAgain: 0 })

  await db.booking.updateMany({ data: { places: 2 } })
  t.strictSame(await at(), { confirmed: 2, offered: 2, held: 0, waiting: 2, waitingBookings: 1, askedAgain: 0 })

  await db.booking.updateMany({ where: { status: 'waiting' }, data: { status: 'cancelled' } })
  t.strictSame(await at(), { confirmed: 2, offered: 2, held: 0, waiting: 0, waitingBookings: 0, askedAgain: 0 })

  await db.booking.deleteMany({ where: { status: 'confirmed' } })
  t.strictSame(await at(), { confirmed: 0, offered: 2, held: 0, waiting: 0, waitingBookings: 0, askedAgain: 0 })
})

t.test('the database itself refuses a second live booking of an address', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  await aBooking(db, activityId, { email: 'anne@example.org' })
  await aBooking(db, activityId, { email: 'anne@example.org', status: 'cancelled' })

  await t.rejects(aBooking(db, activityId, { email: 'anne@example.org', status: 'waiting' }), { code: 'P2002' })
})
