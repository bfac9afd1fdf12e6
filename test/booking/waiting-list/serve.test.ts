import t from 'tap'
import { changeSupply } from '../../../src/booking/waiting-list/supply.ts'
import type { WaitingListMode } from '../../../src/programme/activities/activity.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { acceptOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { serveWaitingList, sweepWaitingLists } from '../../../src/booking/waiting-list/serve.ts'
import { confirming } from '../../support/confirming.ts'
import { organiser } from '../../support/staff.ts'
import type { World } from '../../support/world.ts'
import { aBooking, anActivity, announced, noon, warm, world } from '../../support/world.ts'

async function statuses ({ db }: World, activityId: string): Promise<string[]> {
  const bookings = await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } })
  return bookings.map(({ status }) => status)
}

t.test('a freed place goes to the person who has waited longest, who is told', async t => {
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

/** People who wait, in order; more than a test could add one by one. */
async function aLine (db: Db, activityId: string, length: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, status, created_at, changed_at,
      waited_at, submission_id)
    SELECT ${activityId}::uuid, gen_random_uuid(), 'Anne Kirkbride', n || '@example.org', n || '@example.org', 'parent',
      'waiting', ${noon.toJSDate()}, ${noon.toJSDate()}, ${noon.toJSDate()}, gen_random_uuid()
    FROM generate_series(1, ${length}::int) AS n ORDER BY n`
}

/** The key of the first email of its kind that a booking is owed after it waited. */
function firstOf ({ id }: { id: string }) {
  return { bookingId: id, sequence: 1 }
}

const offering = { waitingList: 'offers' } as const
/** In the last two hours before this start, at noon. */
const starting = { startsAt: noon.plus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ hours: 2 }).toJSDate() }

t.test('where places are offered, each free one is kept for a day for the next in line, who is told', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, capacity: 2 })
  const [one, two] = [await aBooking(w.db, activityId, { status: 'waiting' }), await aBooking(w.db, activityId, { status: 'waiting' })]
  await aBooking(w.db, activityId, { status: 'waiting' })

  await serveWaitingList(w.db, w.outbox, activityId, noon)
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await statuses(w, activityId), ['offered', 'offered', 'waiting'])
  t.match(await w.db.booking.findUnique({ where: { id: one.id } }), {
    offeredUntil: noon.plus({ hours: 24 }).toISO(), offers: 1, changedAt: noon.toISO(), confirmedAt: null
  })
  t.strictSame(new Set(await announced(w.db, 'place.offered')), new Set([one, two].map(firstOf)))
  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 0, offered: 2, waiting: 1 })
})

t.test('an offer lapses in the instant at which it ends, and the next in line has one', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, capacity: 1 })
  const first = await aBooking(w.db, activityId, { status: 'waiting' })
  const second = await aBooking(w.db, activityId, { status: 'waiting' })
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  const end = noon.plus({ hours: 24 })

  await serveWaitingList(w.db, w.outbox, activityId, end.minus({ milliseconds: 1 }))
  t.strictSame(await statuses(w, activityId), ['offered', 'waiting'])
  await serveWaitingList(w.db, w.outbox, activityId, end)
  await serveWaitingList(w.db, w.outbox, activityId, end)

  t.strictSame(await statuses(w, activityId), ['lapsed', 'offered'])
  t.match(await w.db.booking.findUnique({ where: { id: first.id } }), { lapseReason: 'unanswered' })
  t.strictSame(await announced(w.db, 'booking.lapsed'), [{ bookingId: first.id, sequence: 1 }])
  t.strictSame(await announced(w.db, 'place.offered'), [
    { bookingId: first.id, sequence: 1 }, { bookingId: second.id, sequence: 1 }
  ])
})

for (const waitingList of ['automatic', 'offers'] as const) {
  t.test(`a party that does not fit keeps its turn where places are ${waitingList === 'offers' ? 'offered' : 'given'}`, async t => {
    const w = await world(t)
    const { id: activityId } = await anActivity(w.db, { waitingList, capacity: 2, placesPerBooking: 4 })
    const party = await aBooking(w.db, activityId, { status: 'waiting', places: 4 })
    const other = await aBooking(w.db, activityId, { status: 'waiting', places: 2 })
    const status = waitingList === 'offers' ? 'offered' : 'confirmed'

    await serveWaitingList(w.db, w.outbox, activityId, noon)
    t.strictSame(await statuses(w, activityId), ['waiting', status])
    await w.db.activity.update({ where: { id: activityId }, data: { capacity: 4 } })
    await aBooking(w.db, activityId, { status: 'waiting', places: 2 })
    await cancelBooking(w.db, w.outbox, other.id, noon)
    await serveWaitingList(w.db, w.outbox, activityId, noon)

    t.strictSame(await statuses(w, activityId), [status, 'cancelled', 'waiting'], 'still before the later one')
    t.match(await w.db.booking.findUnique({ where: { id: party.id } }), { places: 4 })
  })
}

t.test('priority groups go first, and within a group the person who came first', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { capacity: 3 })
  for (const priority of [9, 2, 9, 1, 2]) await aBooking(w.db, activityId, { status: 'waiting', priority })

  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await statuses(w, activityId), ['waiting', 'confirmed', 'waiting', 'confirmed', 'confirmed'])
})

t.test('in a priority group, too, a line longer than one page is served in order', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { capacity: 250 })
  await aLine(w.db, activityId, 260)
  await w.db.$executeRaw`UPDATE bookings SET priority = 2 WHERE arrival % 2 = 0`

  await serveWaitingList(w.db, w.outbox, activityId, noon)

  const left = await w.db.booking.findMany({ where: { activityId, status: 'waiting' }, orderBy: { arrival: 'asc' } })
  const last = await w.db.booking.findMany({ where: { activityId, priority: 9 }, orderBy: { arrival: 'desc' }, take: 10 })
  t.strictSame(left.map(({ id }) => id), last.reverse().map(({ id }) => id))
})

const closings = [
  ['booking closes', { bookingClosesAt: noon.toJSDate() }],
  ['the activity starts', { startsAt: noon.toJSDate(), endsAt: noon.plus({ hours: 1 }).toJSDate() }]
] as const

for (const [when, given] of closings) {
  t.test(`the list closes when ${when}, and everyone on it is told so once, of whatever kind it is`, async t => {
    const w = await world(t)
    const modes: WaitingListMode[] = ['automatic', 'offers', 'by-hand']
    for (const waitingList of modes) {
      // Places are free, so that only the lateness counts.
      const { id: activityId } = await anActivity(w.db, { ...given, waitingList, capacity: 5 })
      await aBooking(w.db, activityId)
      await aBooking(w.db, activityId, { status: 'waiting' })
      await aBooking(w.db, activityId, { status: 'waiting', calledAt: noon.minus({ hours: 1 }).toJSDate(), offers: 1 })
      await aBooking(w.db, activityId, { status: 'offered', offeredUntil: noon.toJSDate() })

      await serveWaitingList(w.db, w.outbox, activityId, noon.minus({ milliseconds: 1 }))
      const before = await announced(w.db, 'booking.lapsed')
      await serveWaitingList(w.db, w.outbox, activityId, noon)
      await serveWaitingList(w.db, w.outbox, activityId, noon)

      const lapsed = await w.db.booking.findMany({ where: { activityId, status: 'lapsed' } })
      t.equal(await w.db.booking.count({ where: { activityId, status: { in: ['waiting', 'offered'] } } }), 0)
      t.ok(lapsed.every(({ lapseReason, calledAt }) => lapseReason === 'closed' && calledAt === null))
      t.strictSame(
        new Set((await announced(w.db, 'booking.lapsed')).slice(before.length).map(({ bookingId }) => bookingId)),
        new Set(lapsed.map(({ id }) => id)))
      t.equal((await announced(w.db, 'booking.lapsed')).length, before.length + lapsed.length, 'each once')
      t.equal(await w.db.booking.count({ where: { activityId, status: 'confirmed' } }), waitingList === 'automatic' ? 3 : 1)
    }
  })
}

t.test('when a list of more than a thousand closes, all are told', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { bookingClosesAt: noon.toJSDate() })
  await aLine(w.db, activityId, 2001)

  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.equal(await w.db.booking.count({ where: { activityId, lapseReason: 'closed' } }), 2001)
  t.equal(new Set((await announced(w.db, 'booking.lapsed')).map(({ bookingId }) => bookingId)).size, 2001)
})

t.test('when places for more than a thousand become free, no one transaction takes them all', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { capacity: 2300 })
  await aLine(w.db, activityId, 2350)

  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { confirmed: 2300, waiting: 50 })
  t.equal((await announced(w.db, 'booking.confirmed')).length, 2300)
  const [{ most } = { most: 0 }] = await w.db.$queryRaw<Array<{ most: number }>>`
    SELECT max(people)::int AS most
    FROM (SELECT count(*) AS people FROM bookings WHERE status = 'confirmed' GROUP BY xmin::text) AS transactions`
  t.ok(most <= 1000, `${most} at once`)
})

t.test('in the last two hours before the start, free places are open to all they fit, who are told once', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, ...starting, capacity: 2, placesPerBooking: 4 })
  const [one, , three] = [
    await aBooking(w.db, activityId, { status: 'waiting', places: 2 }),
    await aBooking(w.db, activityId, { status: 'waiting', places: 3 }),
    await aBooking(w.db, activityId, { status: 'waiting' })
  ]

  await serveWaitingList(w.db, w.outbox, activityId, noon)
  await serveWaitingList(w.db, w.outbox, activityId, noon.plus({ minutes: 5 }))

  t.strictSame(await statuses(w, activityId), ['waiting', 'waiting', 'waiting'])
  t.match(await w.db.occupancy.findUnique({ where: { activityId } }), { offered: 0, waiting: 6 })
  t.strictSame(new Set(await announced(w.db, 'place.called')), new Set([one, three].map(firstOf)))
  t.equal((await announced(w.db, 'place.called')).length, 2)
})

t.test('more than a thousand people who wait are all told that the first person to accept gets the place', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, ...starting, capacity: 1 })
  await aLine(w.db, activityId, 2001)

  await serveWaitingList(w.db, w.outbox, activityId, noon)
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.equal((await announced(w.db, 'place.called')).length, 2001)
  t.equal(new Set((await announced(w.db, 'place.called')).map(({ bookingId }) => bookingId)).size, 2001)
})

t.test('when a place open to all was taken and is free again, people who still wait are told again', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, ...starting, capacity: 1 })
  const quick = await aBooking(w.db, activityId, { status: 'waiting' })
  const slow = await aBooking(w.db, activityId, { status: 'waiting' })
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  await acceptOffer(w.db, w.outbox, quick.id, noon)
  t.match(await w.db.booking.findUnique({ where: { id: slow.id } }), { calledAt: null, status: 'waiting' })
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  await cancelBooking(w.db, w.outbox, quick.id, noon)
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame((await announced(w.db, 'place.called')).filter(({ bookingId }) => bookingId === slow.id),
    [{ bookingId: slow.id, sequence: 1 }, { bookingId: slow.id, sequence: 2 }])
})

t.test('a party for which too few places are left by now is told again when there are enough', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, ...starting, capacity: 3, placesPerBooking: 2 })
  const pair = await aBooking(w.db, activityId, { status: 'waiting', places: 2 })
  const one = await aBooking(w.db, activityId, { status: 'waiting' })
  const supply = { overBookingPercent: 0, offerHours: 24, anotherDateAt: undefined, ...offering }
  await aBooking(w.db, activityId)
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  for (const capacity of [2, 3]) {
    await confirming(async confirmed =>
      await changeSupply(w.db, w.outbox, activityId, { draft: { ...supply, capacity }, confirmed }, organiser, noon))
    await serveWaitingList(w.db, w.outbox, activityId, noon)
  }

  const calls = await announced(w.db, 'place.called')
  t.strictSame(calls.filter(({ bookingId }) => bookingId === pair.id).map(({ sequence }) => sequence), [1, 2])
  t.strictSame(calls.filter(({ bookingId }) => bookingId === one.id).map(({ sequence }) => sequence), [1])
})

t.test('an activity put off once places are open to all offers them in order, and late opens them anew', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, ...starting, capacity: 1 })
  const first = await aBooking(w.db, activityId, { status: 'waiting' })
  const second = await aBooking(w.db, activityId, { status: 'waiting' })
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  const startsAt = noon.plus({ days: 8 })
  await w.db.activity.update({
    where: { id: activityId }, data: { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() }
  })

  await sweepWaitingLists(w.db, w.outbox, noon)
  t.strictSame(await statuses(w, activityId), ['offered', 'waiting'])
  await cancelBooking(w.db, w.outbox, first.id, noon)
  await serveWaitingList(w.db, w.outbox, activityId, startsAt.minus({ hours: 1 }))

  t.strictSame((await announced(w.db, 'place.called')).filter(({ bookingId }) => bookingId === second.id),
    [{ bookingId: second.id, sequence: 1 }, { bookingId: second.id, sequence: 2 }])
})

t.test('places are no longer open to all once an organiser picks', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, ...starting, capacity: 1 })
  const { id } = await aBooking(w.db, activityId, { status: 'waiting' })
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  const supply = { capacity: 1, overBookingPercent: 0, offerHours: 24, anotherDateAt: undefined }

  await confirming(async confirmed =>
    await changeSupply(w.db, w.outbox, activityId, { draft: { ...supply, waitingList: 'by-hand' }, confirmed }, organiser, noon))
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.match(await w.db.booking.findUnique({ where: { id } }), { status: 'waiting', calledAt: null })
})

t.test('a raised capacity serves those who wait first; a lowered one drops nobody', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { ...offering, capacity: 1 })
  const supply = { overBookingPercent: 0, offerHours: 24, anotherDateAt: undefined, ...offering }
  await aBooking(w.db, activityId)
  await aBooking(w.db, activityId, { status: 'waiting' })

  const changeTo = async (capacity: number) => await confirming(async confirmed =>
    await changeSupply(w.db, w.outbox, activityId, { draft: { ...supply, capacity }, confirmed }, organiser, noon))

  t.strictSame(await changeTo(2), { over: 0 })
  await serveWaitingList(w.db, w.outbox, activityId, noon)
  t.strictSame(await changeTo(1), { over: 1 })
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await statuses(w, activityId), ['confirmed', 'offered'])
})

t.test('where an organiser picks, only those carried over from another date are served', async t => {
  const w = await world(t)
  const { id: first } = await anActivity(w.db)
  const { id: activityId } = await anActivity(w.db, { waitingList: 'by-hand', capacity: 5, anotherDateOfId: first })
  await aBooking(w.db, activityId, { status: 'waiting' })
  const { id: copiedFromBookingId } = await aBooking(w.db, first, { status: 'waiting' })
  await aBooking(w.db, activityId, { status: 'waiting', copiedFromBookingId })

  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.strictSame(await statuses(w, activityId), ['waiting', 'offered'])
})
