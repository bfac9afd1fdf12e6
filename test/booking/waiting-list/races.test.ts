// Subject: the database.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { DateTime } from 'luxon'
import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { acceptOffer, refuseOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { serveWaitingList, sweepWaitingLists } from '../../../src/booking/waiting-list/serve.ts'
import { OfferEnded, PlaceTaken } from '../../../src/booking/waiting-list/errors.ts'
import { counted } from '../../support/counted.ts'
import { eventually, forQuickStart } from '../../support/running-service.ts'
import { expectSound } from '../../support/sound.ts'
import { assertCounted, assertTold, snapshotOf } from '../../support/waiting-list-snapshot.ts'
import type { Snapshot } from '../../support/waiting-list-snapshot.ts'
import { aBooking, anActivity, announced, aRequest, countWaitingForLocks, noon, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** Reads a database over a connection of its own. */
async function looking (t: Test, { url }: World): Promise<(activityId: string) => Promise<Snapshot>> {
  const sql = new pg.Client({ connectionString: url })
  await sql.connect()
  t.teardown(async () => { await sql.end() })
  return async activityId => await snapshotOf(sql, activityId)
}

/** A process that sweeps all the time, at noon; returns a function that waits until it has swept once more. */
async function aSweeper (t: Test, { url }: World): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../support/sweeper.ts'), url, noon.toISO()], {
    env: forQuickStart, stdio: ['ignore', 'ignore', 'inherit', 'ipc']
  })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    if (child.connected) child.disconnect()
    await exited
  })
  let sweeps = 0
  child.on('message', ({ failure }: { failure?: string }) => {
    sweeps++
    if (failure !== undefined) t.fail(failure)
  })
  await eventually(() => sweeps > 0)
  return async () => {
    // The current sweep may have begun before.
    const enough = sweeps + 2
    await eventually(() => sweeps >= enough)
  }
}

/**
 * Starts these one after the other while another transaction holds the activity's row, so that they reach it in this
 * order, then lets them go; returns how each ended.
 */
async function inThisOrder (
  { db, url }: World, activityId: string, commands: ReadonlyArray<() => Promise<unknown>>
): Promise<Array<PromiseSettledResult<unknown>>> {
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  try {
    await holder.query('BEGIN')
    await holder.query('SELECT FROM activities WHERE id = $1 FOR UPDATE', [activityId])
    const ends: Array<Promise<unknown>> = []
    for (const command of commands) {
      const end = command()
      end.catch(() => {})
      ends.push(end)
      await eventually(async () => await countWaitingForLocks(db) === ends.length, { pauseMs: 2 })
    }
    await holder.query('COMMIT')
    return await Promise.allSettled(ends)
  } finally {
    await holder.end()
  }
}

function reasonsOf (ends: Array<PromiseSettledResult<unknown>>): string[] {
  return ends.map(end => end.status === 'fulfilled' ? 'done' : (end.reason as Error).constructor.name)
}

/** In the last two hours before this start, at noon. */
const starting = { startsAt: noon.plus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ hours: 2 }).toJSDate() }
const offering = { waitingList: 'offers' } as const

for (const waitingList of ['automatic', 'offers'] as const) {
  t.test(`50 cancel while 50 book and two processes sweep (${waitingList}): nobody is oversold, lost or told twice`, async t => {
    const w = await world(t)
    const { db, outbox } = w
    const look = await looking(t, w)
    const { id: activityId } = await anActivity(db, { waitingList, capacity: 60, placesPerBooking: 3 })
    const leaving = await Promise.all(Array.from({ length: 50 }, async () => await aBooking(db, activityId)))
    await aBooking(db, activityId, { places: 10 })
    for (let n = 0; n < 20; n++) {
      const email = `waiting-${n}@example.org`
      await requestPlaces(db, outbox, activityId, [aRequest(email, { places: n % 3 + 1 })], noon)
    }
    const sweepers = await Promise.all([aSweeper(t, w), aSweeper(t, w)])
    await warm(db)

    await Promise.all([
      ...leaving.map(async ({ id }) => { await cancelBooking(db, outbox, id, noon) }),
      ...leaving.map(async (_, n) => {
        await requestPlaces(db, outbox, activityId, [aRequest(`new-${n}@example.org`, { places: n % 2 + 1 })], noon)
      })
    ])
    await Promise.all(sweepers.map(async sweptOnceMore => { await sweptOnceMore() }))

    const after = await look(activityId)
    const free = 60 - after.occupancy.confirmed - after.occupancy.offered
    const line = after.bookings.filter(({ status }) => status === 'waiting')
    t.equal(after.bookings.length, 121, 'everyone who asked is there')
    t.ok(free >= 0, 'no more places are taken than there are')
    t.ok(line.length > 0, 'some wait')
    t.strictSame(line.filter(({ places }) => places <= free), [], 'no place is free for anyone who waits')
    assertCounted(after)
    if (waitingList === 'automatic') {
      counted(t, 'Promotion against booking', {
        answered: leaving.map((_, n) => `new-${n}@example.org`),
        found: after.bookings.flatMap(({ address }) => address.startsWith('new-') ? [address] : [])
      })
    }
    assertTold({
      ...after,
      // These existed before and were not announced.
      bookings: after.bookings.filter(({ id, places }) => places < 10 && !leaving.some(booking => booking.id === id))
    })
    const cancelled = await announced(db, 'booking.cancelled')
    t.strictSame(cancelled.map(({ bookingId }) => bookingId).sort(), leaving.map(({ id }) => id).sort())
    const served = after.bookings.filter(({ status, hasWaited }) => hasWaited && status !== 'waiting')
    const lastServed = Math.max(...served.filter(({ places }) => places === 1).map(({ arrival }) => arrival))
    const overtaken = line.filter(({ places, arrival }) => places === 1 && arrival < lastServed)
    t.strictSame(overtaken, [], 'of those who ask for one place nobody was overtaken')
    await expectSound(db)
  })
}

t.test('two accept the last place open to all at the same moment: one has it, the other waits on', async t => {
  const w = await world(t)
  const { db, outbox } = w
  const look = await looking(t, w)
  await warm(db)
  for (let round = 0; round < 20; round++) {
    const { id: activityId } = await anActivity(db, { ...offering, ...starting, capacity: 1 })
    const two = [await aBooking(db, activityId, { status: 'waiting' }), await aBooking(db, activityId, { status: 'waiting' })]
    await serveWaitingList(db, outbox, activityId, noon)

    const ends = await Promise.allSettled(two.map(async ({ id }) => { await acceptOffer(db, outbox, id, noon) }))

    t.strictSame(reasonsOf(ends).sort(), [PlaceTaken.name, 'done'].sort())
    const { bookings, occupancy, told } = await look(activityId)
    t.strictSame(bookings.map(({ status }) => status).sort(), ['confirmed', 'waiting'])
    t.match(occupancy, { confirmed: 1, waitingBookings: 1 })
    t.equal(told.filter(({ fact }) => fact === 'booking.confirmed').length, 1)
  }
})

t.test('someone told that a place open to all is gone is told again when there is one', async t => {
  const w = await world(t)
  const { db, outbox } = w
  const { id: activityId } = await anActivity(db, { ...offering, ...starting, capacity: 1 })
  const slow = await aBooking(db, activityId, { status: 'waiting' })
  await serveWaitingList(db, outbox, activityId, noon)
  const other = await aBooking(db, activityId)

  await t.rejects(acceptOffer(db, outbox, slow.id, noon), new PlaceTaken(1))
  await cancelBooking(db, outbox, other.id, noon)
  await serveWaitingList(db, outbox, activityId, noon)

  t.strictSame((await announced(db, 'place.called')).map(({ sequence }) => sequence), [1, 2])
})

t.test('accepted many times at once, a place is confirmed and told once', async t => {
  const w = await world(t)
  const { db, outbox } = w
  const { id: activityId } = await anActivity(db, { ...offering, capacity: 1 })
  const { id } = await aBooking(db, activityId, { status: 'waiting' })
  await serveWaitingList(db, outbox, activityId, noon)
  await warm(db)

  await Promise.all(Array.from({ length: 20 }, async () => { await acceptOffer(db, outbox, id, noon) }))

  t.strictSame(await announced(db, 'booking.confirmed'), [{ bookingId: id, sequence: 0 }])
  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 1, offered: 0, waiting: 0 })
})

t.test('accepted and refused at the same moment, an offer ends one way', async t => {
  const w = await world(t)
  const { db, outbox } = w
  const look = await looking(t, w)
  for (const isAcceptedFirst of [true, false]) {
    const { id: activityId } = await anActivity(db, { ...offering, capacity: 1 })
    const { id } = await aBooking(db, activityId, { status: 'waiting' })
    await serveWaitingList(db, outbox, activityId, noon)
    const accept = async () => { await acceptOffer(db, outbox, id, noon) }
    const refuse = async () => { await refuseOffer(db, outbox, id, noon) }

    const ends = await inThisOrder(w, activityId, isAcceptedFirst ? [accept, refuse] : [refuse, accept])

    t.strictSame(reasonsOf(ends), ['done', OfferEnded.name])
    const { bookings: [booking], told } = await look(activityId)
    t.equal(booking?.status, isAcceptedFirst ? 'confirmed' : 'lapsed')
    t.strictSame(told.map(({ fact }) => fact).filter(fact => fact !== 'place.offered'),
      [isAcceptedFirst ? 'booking.confirmed' : 'booking.lapsed'])
  }
})

t.test('accepted in the second in which it ends, an offer is either accepted or has lapsed', async t => {
  const w = await world(t)
  const { db, outbox } = w
  const look = await looking(t, w)
  const end = noon.plus({ hours: 24 })
  const instants = { before: end.minus({ milliseconds: 1 }), at: end, after: end.plus({ milliseconds: 1 }) }
  await warm(db)

  /** One person has an offer and one is next; the first accepts while the sweep runs. Returns how it ended. */
  async function race (
    accepted: DateTime<true>, swept: DateTime<true>, order: 'accept first' | 'sweep first' | 'at once'
  ): Promise<string[]> {
    const { id: activityId } = await anActivity(db, { ...offering, capacity: 1 })
    const { id } = await aBooking(db, activityId, { status: 'waiting' })
    const next = await aBooking(db, activityId, { status: 'waiting' })
    await serveWaitingList(db, outbox, activityId, noon)
    const accept = async () => { await acceptOffer(db, outbox, id, accepted) }
    const sweep = async () => { await sweepWaitingLists(db, outbox, swept) }

    const ends = order === 'at once'
      ? await Promise.allSettled([accept(), sweep()])
      : await inThisOrder(w, activityId, order === 'accept first' ? [accept, sweep] : [sweep, accept])

    const after = await look(activityId)
    assertCounted(after)
    const [first, second] = after.bookings
    const told = (of: string) => after.told.filter(({ id }) => id === of).map(({ fact }) => fact).sort()
    const isAccepted = first?.status === 'confirmed'
    t.equal(second?.status, first?.status === 'lapsed' ? 'offered' : 'waiting', 'the next has a place only if it was left')
    t.strictSame(told(id), [...(isAccepted ? ['booking.confirmed'] : first?.status === 'lapsed' ? ['booking.lapsed'] : []), 'place.offered'])
    t.strictSame(told(next.id), first?.status === 'lapsed' ? ['place.offered'] : [])
    t.equal(after.occupancy.confirmed + after.occupancy.offered, 1)
    // So that later rounds find nothing of this.
    await db.activity.update({ where: { id: activityId }, data: { status: 'cancelled' } })
    return [first?.status ?? '', ...reasonsOf(ends).filter(reason => reason !== 'done')]
  }

  for (const accepted of [instants.at, instants.after]) {
    for (const swept of Object.values(instants)) {
      const isLapsed = swept !== instants.before
      for (const order of isLapsed ? ['accept first', 'sweep first', 'at once'] as const : ['at once'] as const) {
        t.strictSame(await race(accepted, swept, order), [isLapsed ? 'lapsed' : 'offered', OfferEnded.name], 'too late')
      }
    }
  }
  t.strictSame(await race(instants.before, instants.before, 'at once'), ['confirmed'], 'in time')
  for (const swept of [instants.at, instants.after]) {
    t.strictSame(await race(instants.before, swept, 'accept first'), ['confirmed'], 'in time and first')
    t.strictSame(await race(instants.before, swept, 'sweep first'), ['lapsed', OfferEnded.name], 'in time, and the sweep was first')
    for (let round = 0; round < 10; round++) {
      const ended = await race(instants.before, swept, 'at once')
      t.ok(['confirmed', `lapsed,${OfferEnded.name}`].includes(ended.join()), ended.join())
    }
  }
})

t.test('someone who accepts another date while the first serves them has one place, without a deadlock', async t => {
  const w = await world(t)
  const { db, outbox } = w
  const look = await looking(t, w)
  await warm(db)
  let hadBoth = 0
  for (let round = 0; round < 50; round++) {
    // Each is another date of the other: accepting locks the two in either order.
    const { id: one } = await anActivity(db, { capacity: 1 })
    const { id: other } = await anActivity(db, { capacity: 2, anotherDateOfId: one })
    await db.activity.update({ where: { id: one }, data: { anotherDateOfId: other, capacity: 2 } })
    const pairs = []
    for (const [from, to] of [[one, other], [other, one]] as const) {
      const asked = await aBooking(db, from, { status: 'waiting' })
      const carried = await aBooking(db, to, {
        status: 'offered', email: asked.email, canonicalEmail: asked.canonicalEmail, copiedFromBookingId: asked.id
      })
      pairs.push({ asked, carried, from })
    }
    const serving = [one, other].map(id => async () => { await serveWaitingList(db, outbox, id, noon) })
    const accepting = pairs.map(({ carried }) => async () => { await acceptOffer(db, outbox, carried.id, noon) })

    await Promise.all((round % 2 === 0 ? [...serving, ...accepting] : [...accepting, ...serving])
      .map(async command => { await command() }))

    for (const { asked, carried, from } of pairs) {
      const { status, confirmedAt } = await db.booking.findUniqueOrThrow({ where: { id: asked.id } })
      t.equal(status, 'cancelled', 'they have left the date that they had asked for')
      t.match(await db.booking.findUnique({ where: { id: carried.id } }), { status: 'confirmed' })
      const told = (await look(from)).told.filter(({ id }) => id === asked.id).map(({ fact }) => fact).sort()
      t.strictSame(told, [...(confirmedAt === null ? [] : ['booking.confirmed']), 'booking.cancelled'].sort())
      if (confirmedAt !== null) hadBoth++
    }
    for (const id of [one, other]) assertCounted(await look(id))
  }
  t.comment(`${hadBoth} of 100 had a place on the first date for a moment.`)
})
