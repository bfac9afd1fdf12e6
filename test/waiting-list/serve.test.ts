import t from 'tap'
import { cancelBooking } from '../../src/bookings/commands.ts'
import { serveWaitingList, sweepWaitingLists } from '../../src/waiting-list/commands.ts'
import type { World } from '../support/world.ts'
import { aBooking, anActivity, announced, noon, warm, world } from '../support/world.ts'

async function statuses ({ db }: World, activityId: string): Promise<string[]> {
  const bookings = await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } })
  return bookings.map(({ status }) => status)
}

t.test('a freed place goes to whoever has waited longest, who is told', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { capacity: 1 })
  const leaving = await aBooking(w.db, activityId)
  const next = await aBooking(w.db, activityId, { status: 'waiting' })
  await aBooking(w.db, activityId, { status: 'waiting' })
  await cancelBooking(w.db, w.outbox, leaving.id, noon)

  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await statuses(w, activityId), ['cancelled', 'confirmed', 'waiting'])
  t.strictSame(await announced(w.db, 'booking.confirmed'), [{ bookingId: next.id, sequence: 0 }])
})

t.test('a party that does not fit keeps its turn, and the next who fits is served', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { capacity: 2, placesPerBooking: 4 })
  for (const places of [4, 1, 2, 1]) await aBooking(w.db, activityId, { status: 'waiting', places })

  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await statuses(w, activityId), ['waiting', 'confirmed', 'waiting', 'confirmed'])
})

t.test('served by ten workers at once, a list gets each place once', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { capacity: 3 })
  for (let n = 0; n < 8; n++) await aBooking(w.db, activityId, { status: 'waiting' })
  await warm(w.db)

  await Promise.all(Array.from({ length: 10 }, async () => {
    await serveWaitingList(w.db, w.outbox, activityId, noon)
  }))

  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 3, waiting: 5 })
  t.equal((await announced(w.db, 'booking.confirmed')).length, 3)
})

t.test('the sweep alone serves every list that has places to give', async t => {
  const w = await world(t)
  const { id: free } = await anActivity(w.db, { capacity: 1 })
  const { id: full } = await anActivity(w.db, { capacity: 1 })
  await aBooking(w.db, free, { status: 'waiting' })
  await aBooking(w.db, full)
  await aBooking(w.db, full, { status: 'waiting' })

  await sweepWaitingLists(w.db, w.outbox, noon)

  t.strictSame(await statuses(w, free), ['confirmed'])
  t.strictSame(await statuses(w, full), ['confirmed', 'waiting'])
})

const unserved = [
  ['an organiser picks by hand', { waitingList: 'by-hand' }],
  ['the activity is cancelled', { status: 'cancelled' }]
] as const

for (const [state, given] of unserved) {
  t.test(`nobody is served where ${state}`, async t => {
    const w = await world(t)
    const { id: activityId } = await anActivity(w.db, { capacity: 1, ...given })
    await aBooking(w.db, activityId, { status: 'waiting' })

    await serveWaitingList(w.db, w.outbox, activityId, noon)
    await sweepWaitingLists(w.db, w.outbox, noon)

    t.strictSame(await statuses(w, activityId), ['waiting'])
  })
}

t.test('a line longer than one page is served in order', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { capacity: 150, placesPerBooking: 2 })
  for (let n = 0; n < 130; n++) await aBooking(w.db, activityId, { status: 'waiting', places: n % 10 === 0 ? 2 : 1 })

  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(new Set(await statuses(w, activityId)), new Set(['confirmed']))
})
