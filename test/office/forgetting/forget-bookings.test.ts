import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { forgetBookings } from '../../../src/office/forgetting/commands.ts'
import { aBooking, anActivity, announced, countWaitingForLocks, noon, world } from '../../support/world.ts'

const inAYear = noon.plus({ years: 1 })

async function forget (db: Db, ...ids: string[]) {
  return await db.$transaction(async tx => await forgetBookings(tx, ids, inAYear))
}

function aHold (on: { activityId: string } | { canonicalEmail: string }) {
  return {
    reason: 'An inquiry',
    owner: 'Legal services',
    reviewOn: inAYear.toJSDate(),
    setById: randomUUID(),
    setAt: noon.toJSDate(),
    ...on
  }
}

t.test('a booking is gone with its emails, its history and what waits in the queue, and others stay', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db)
  const [gone, other] = [await aBooking(db, activityId), await aBooking(db, activityId)]
  const email = await db.email.create({
    data: { bookingId: gone.id, kind: 'place-confirmed', messageId: `${randomUUID()}@test`, createdAt: noon.toJSDate() }
  })
  await db.$transaction(async tx => {
    await outbox.announce(tx, 'booking.confirmed', [gone, other].map(({ id }) => ({ bookingId: id, sequence: 0 })))
  })

  const forgotten = await forget(db, gone.id)

  t.strictSame(forgotten, { bookingIds: [gone.id], emailIds: [email.id], heldIds: [] })
  t.strictSame((await db.booking.findMany()).map(({ id }) => id), [other.id])
  t.equal(await db.email.count(), 0)
  t.equal(await db.bookingEvent.count({ where: { bookingId: gone.id } }), 0)
  t.strictSame(await announced(db, 'booking.confirmed'), [{ bookingId: other.id, sequence: 0 }])
  t.strictSame((await db.forgottenBooking.findMany()).map(({ bookingId }) => bookingId), [gone.id])
})

t.test('numbers stay, add up in whatever order people are forgotten, and name nobody', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const came = await aBooking(db, activityId, {
    camePlaces: 1,
    places: 2,
    attended: true,
    district: 'Cumberland',
    heardFrom: 'My son Ben’s school',
    waitedAt: noon.toJSDate()
  })
  const stayedAway = await aBooking(db, activityId, { attended: false, district: 'Cumberland', role: 'carer' })
  const left = await aBooking(db, activityId, { status: 'cancelled', heardFrom: 'Anne Kirkbride told me' })

  await forget(db, came.id)
  await forget(db, stayedAway.id, left.id)
  await forget(db, came.id)

  const numbers = {
    booked: 0, places: 0, waited: 0, cancelled: 0, lapsed: 0, came: 0, camePlaces: 0, didNotCome: 0, recordedPlaces: 0
  }
  const went = { came: 1, camePlaces: 1, recordedPlaces: 2 }
  const stayed = { didNotCome: 1, recordedPlaces: 1 }
  const known = { ...went, ...stayed, recordedPlaces: 3 }
  const rows = await db.headcount.findMany({
    omit: { activityId: true }, orderBy: [{ dimension: 'asc' }, { value: 'asc' }]
  })
  t.strictSame(rows, [
    { dimension: 'district', value: '', ...numbers, cancelled: 1 },
    { dimension: 'district', value: 'Cumberland', ...numbers, booked: 2, places: 3, waited: 1, ...known },
    { dimension: 'heard-from', value: 'not said', ...numbers, booked: 1, places: 1, ...stayed },
    { dimension: 'heard-from', value: 'other', ...numbers, cancelled: 1 },
    { dimension: 'heard-from', value: 'school or nursery', ...numbers, booked: 1, places: 2, waited: 1, ...went },
    // Booked at noon of 23 November for the evening of 1 December: between 7 and 13 days before.
    { dimension: 'lead-time', value: '7', ...numbers, booked: 2, places: 3, waited: 1, cancelled: 1, ...known },
    { dimension: 'role', value: 'carer', ...numbers, booked: 1, places: 1, ...stayed },
    { dimension: 'role', value: 'parent', ...numbers, booked: 1, places: 2, waited: 1, cancelled: 1, ...went },
    { dimension: 'total', value: '', ...numbers, booked: 2, places: 3, waited: 1, cancelled: 1, ...known }
  ])
})

t.test('who cancelled after they had joined is counted as cancelled, and nothing is counted by what is not known', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { status: 'cancelled', attended: true, places: 2 })

  await forget(db, id)

  t.match(await db.headcount.findFirst({ where: { dimension: 'total' } }), { booked: 0, cancelled: 1, came: 0, camePlaces: 0 })
  await t.rejects(db.headcount.updateMany({ data: { dimension: 'shoe size' } }), /headcounts_dimension/)
})

t.test('the copy of a booking for another date goes with it, unless its holder has heard of it', async t => {
  const { db } = await world(t)
  const [here, there] = [await anActivity(db), await anActivity(db)]
  const [first, asked] = [await aBooking(db, here.id, { status: 'waiting' }), await aBooking(db, here.id, { status: 'lapsed' })]
  await aBooking(db, there.id, { status: 'waiting', copiedFromBookingId: first.id })
  const known = await aBooking(db, there.id, { status: 'offered', copiedFromBookingId: asked.id })

  await forget(db, first.id, asked.id)

  t.strictSame((await db.booking.findMany()).map(({ id }) => id), [known.id])
  t.match(await db.occupancy.findUnique({ where: { activityId: there.id } }), {
    waiting: 0, waitingBookings: 0, offered: 1
  })
  t.equal(await db.headcount.count({ where: { activityId: there.id } }), 0)
})

t.test('what a legal hold keeps stays, until it is lifted', async t => {
  const { db } = await world(t)
  const [one, other] = [await anActivity(db), await anActivity(db)]
  const kept = [await aBooking(db, one.id), await aBooking(db, other.id, { email: 'Anne@example.org' })]
  const free = await aBooking(db, other.id, { email: 'bob@example.org' })
  await db.legalHold.createMany({ data: [aHold({ activityId: one.id }), aHold({ canonicalEmail: 'anne@example.org' })] })

  const forgotten = await forget(db, ...kept.map(({ id }) => id), free.id)

  t.strictSame([forgotten.bookingIds, forgotten.heldIds.toSorted()], [[free.id], kept.map(({ id }) => id).toSorted()])
  await db.legalHold.updateMany({
    data: { canonicalEmail: null, liftedAt: inAYear.toJSDate(), liftedById: randomUUID() }
  })
  t.strictSame((await forget(db, ...kept.map(({ id }) => id))).heldIds, [])
  t.equal(await db.booking.count(), 0)
})

t.test('a hold that is being set is waited for', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { email: 'anne@example.org' })

  let forgetting: ReturnType<typeof forget> | undefined
  await db.$transaction(async tx => {
    await tx.legalHold.create({ data: aHold({ canonicalEmail: 'anne@example.org' }) })
    forgetting = forget(db, id)
    while (await countWaitingForLocks(db) === 0);
  })

  t.strictSame((await forgetting)?.heldIds, [id])
  t.equal(await db.booking.count(), 1)
})
