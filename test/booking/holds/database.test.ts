import t from 'tap'
import type { Booking } from '../../../src/platform/database/generated/client.ts'
import { aHold } from '../../support/staff.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

t.test('the database itself refuses a hold that cannot be', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db)

  await t.rejects(aHold(db, id, { places: 0 }), /holds_places/)
  await t.rejects(aHold(db, id, { places: 100_001 }), /holds_places/)
  await t.rejects(aHold(db, id, { places: 3, claimed: 4 }), /holds_claimed/)
  await t.rejects(aHold(db, id, { places: 3, claimed: -1 }), /holds_claimed/)
  for (const code of ['', 'ABC', 'lower', 'WITH SPACE', 'A'.repeat(21)]) await t.rejects(aHold(db, id, { code }), /holds_code/)
  await aHold(db, id, { places: 3 })
  await t.rejects(aHold(db, id, { places: 3 }), { code: 'P2002' })
})

t.test('the database itself refuses that more is claimed than a hold has', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db)
  const { id: holdId } = await aHold(db, id, { places: 3 })
  await aBooking(db, id, { holdId, places: 2 })

  await t.rejects(aBooking(db, id, { holdId, places: 2 }), /holds_claimed/)
  await t.rejects(db.hold.update({ where: { id: holdId }, data: { places: 1 } }), /holds_claimed/)

  t.match(await db.hold.findUnique({ where: { id: holdId } }), { claimed: 2, places: 3 })
})

const wrong: Array<[what: string, given: Partial<Booking>, constraint: RegExp]> = [
  ['lapses for no reason', { status: 'lapsed', lapseReason: null }, /bookings_lapsed_for_a_reason/],
  ['lapses for a reason that is none', { status: 'lapsed', lapseReason: 'tired' }, /bookings_lapse_reason/],
  ['is called and has its place', { calledAt: noon.toJSDate() }, /bookings_called_while_waiting/],
  ['is called and has an offer', { status: 'offered', calledAt: noon.toJSDate() }, /bookings_called_while_waiting/],
  ['is offered a place without end', { status: 'offered', offeredUntil: null }, /bookings_offer_ends/],
  ['waits since never', { status: 'waiting', waitedAt: null }, /bookings_waiting_since/]
]

for (const [what, given, constraint] of wrong) {
  t.test(`the database itself refuses a booking that ${what}`, async t => {
    const { db } = await world(t)
    const { id } = await anActivity(db)

    await t.rejects(aBooking(db, id, given), constraint)
  })
}

t.test('the database itself refuses an activity whose offers or other dates make no sense', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db)

  for (const offerHours of [0, 169]) await t.rejects(anActivity(db, { offerHours }), /activities_offer_hours/)
  await t.rejects(anActivity(db, { anotherDateAt: 0 }), /activities_another_date_at/)
  await t.rejects(db.activity.update({ where: { id }, data: { anotherDateOfId: id } }), /activities_another_date_of/)
})

t.test('held places follow whatever is written to holds and their bookings, however it is written', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: holdId } = await aHold(db, activityId, { places: 3 })
  const { id: other } = await aHold(db, activityId, { code: 'OTHER', places: 5 })
  const at = async () =>
    await db.occupancy.findUnique({ where: { activityId }, select: { held: true, confirmed: true } })
  t.strictSame(await at(), { held: 8, confirmed: 0 })

  await aBooking(db, activityId, { holdId, places: 2 })
  await aBooking(db, activityId, { holdId: other })
  t.strictSame(await at(), { held: 5, confirmed: 3 })
  await db.booking.updateMany({ data: { status: 'cancelled' } })
  t.strictSame(await at(), { held: 8, confirmed: 0 })
  await db.booking.updateMany({ data: { status: 'confirmed', confirmedAt: noon.toJSDate() } })
  t.strictSame(await at(), { held: 5, confirmed: 3 })
  await db.hold.updateMany({ data: { returnedAt: noon.toJSDate() } })
  t.strictSame(await at(), { held: 0, confirmed: 3 })
  await db.booking.updateMany({ data: { places: 6 } })
  t.strictSame(await at(), { held: 0, confirmed: 12 }, 'what has returned is held no more')
  await db.booking.deleteMany()
  await db.hold.deleteMany({ where: { id: holdId } })

  t.strictSame(await at(), { held: 0, confirmed: 0 })
  t.match(await db.hold.findMany(), [{ claimed: 0 }])
})
