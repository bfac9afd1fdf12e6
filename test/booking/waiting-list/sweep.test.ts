// Subject: the database.
import fc from 'fast-check'
import t from 'tap'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { serveWaitingList, sweepWaitingLists } from '../../../src/booking/waiting-list/serve.ts'
import { firstToAcceptHours } from '../../../src/booking/waiting-list/offer.ts'
import { listUnserved } from '../../../src/booking/waiting-list/queries.ts'
import { anAgency } from '../../support/staff.ts'
import type { World } from '../../support/world.ts'
import { aBooking, aCampaign, anActivity, announced, noon, world } from '../../support/world.ts'

async function statuses ({ db }: World, activityId: string): Promise<string[]> {
  const bookings = await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } })
  return bookings.map(({ status }) => status)
}

async function aHold ({ db }: World, activityId: string, places: number, returnsAt = noon): Promise<{ id: string }> {
  const { id: agencyId } = await anAgency(db)
  return await db.hold.create({
    data: { activityId, agencyId, code: 'PARTNERS', places, returnsAt: returnsAt.toJSDate(), createdAt: noon.toJSDate() }
  })
}

/** Everything of one activity that serving lists may change. */
async function whatStands ({ db }: World, activityId: string): Promise<string> {
  return JSON.stringify([
    await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } }),
    await db.hold.findMany({ where: { activityId }, orderBy: { id: 'asc' } })
  ], (_, value: unknown) => typeof value === 'bigint' ? String(value) : value)
}

const starting = { startsAt: noon.plus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ hours: 2 }).toJSDate() }

/** For each cause the least that gives the sweep something to do, and the result. */
const causes: Array<
  [cause: string, given: Partial<Activity>, fill: (w: World, id: string) => Promise<unknown>, after: string[]]
> = [
  ['a place that is free for who waits', {}, async (w, id) => await aBooking(w.db, id, { status: 'waiting' }), ['confirmed']],
  ['an offer that has lapsed', {}, async (w, id) =>
    await aBooking(w.db, id, { status: 'offered', offeredUntil: noon.toJSDate() }), ['lapsed']],
  ['a hold that is due', {}, async (w, id) => {
    await aHold(w, id, 1)
    await aBooking(w.db, id, { status: 'waiting' })
  }, ['confirmed']],
  ['a hold that is due, with nobody waiting', {}, async (w, id) => { await aHold(w, id, 1) }, []],
  ['a list that booking has closed on', { bookingClosesAt: noon.toJSDate() }, async (w, id) => {
    await aBooking(w.db, id)
    await aBooking(w.db, id, { status: 'waiting' })
  }, ['confirmed', 'lapsed']],
  ['an offer on a list that has closed', starting, async (w, id) => {
    await w.db.activity.update({ where: { id }, data: { startsAt: noon.toJSDate() } })
    await aBooking(w.db, id, { status: 'offered' })
  }, ['lapsed']],
  ['a place for the first who accepts', { waitingList: 'offers', ...starting }, async (w, id) =>
    await aBooking(w.db, id, { status: 'waiting' }), ['waiting']]
]

for (const [cause, given, fill, after] of causes) {
  t.test(`the sweep finds ${cause}, and touches nothing else`, async t => {
    const w = await world(t)
    const { id } = await anActivity(w.db, { capacity: 1, ...given })
    await fill(w, id)
    const { id: full } = await anActivity(w.db, { capacity: 2 })
    await aBooking(w.db, full)
    await aBooking(w.db, full, { status: 'offered' })
    await aBooking(w.db, full, { status: 'waiting' })
    const [before, others] = [await whatStands(w, id), await whatStands(w, full)]

    t.strictSame(await listUnserved(w.db, noon), [id])
    await sweepWaitingLists(w.db, w.outbox, noon)

    t.strictSame(await statuses(w, id), after)
    t.not(await whatStands(w, id), before)
    t.equal(await whatStands(w, full), others)
    t.strictSame(await listUnserved(w.db, noon), [], 'and has nothing left to do')
  })
}

t.test('an activity that fails keeps none of the others waiting, and the failure is told', async t => {
  const w = await world(t)
  const ids: string[] = []
  for (let n = 0; n < 5; n++) {
    const { id } = await anActivity(w.db, { capacity: 1 })
    await aBooking(w.db, id, { status: 'waiting' })
    ids.push(id)
  }
  const broken = (await listUnserved(w.db, noon)).slice(0, 2)
  await w.asOwner(`
    CREATE FUNCTION fail_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a disk that is full'; END $$`)
  await w.asOwner(`
    CREATE TRIGGER fail_here BEFORE UPDATE ON bookings FOR EACH ROW
    WHEN (NEW.activity_id IN ('${broken.join("','")}')) EXECUTE FUNCTION fail_here()`)

  const error = await sweepWaitingLists(w.db, w.outbox, noon).catch((error: unknown) => error)

  t.type(error, AggregateError)
  t.equal((error as AggregateError).errors.length, 2)
  t.match((error as AggregateError).message, '2 waiting lists')
  for (const failure of (error as AggregateError).errors) t.match(failure, /a disk that is full/)
  for (const id of ids) t.strictSame(await statuses(w, id), [broken.includes(id) ? 'waiting' : 'confirmed'])
  t.equal((await announced(w.db, 'booking.confirmed')).length, 3)
})

const unswept: Array<[state: string, given: Partial<Activity>]> = [
  ['is cancelled', { status: 'cancelled' }], ['is a draft', { status: 'draft' }], ['gives no places', { booking: 'drop-in' }]
]

for (const [state, given] of unswept) {
  t.test(`the sweep leaves an activity alone that ${state}`, async t => {
    const w = await world(t)
    const { id } = await anActivity(w.db, { capacity: 9, ...given })
    await aBooking(w.db, id, { status: 'waiting' })
    await aBooking(w.db, id, { status: 'offered', offeredUntil: noon.minus({ hours: 1 }).toJSDate() })
    await aHold(w, id, 1)
    const before = await whatStands(w, id)

    t.strictSame(await listUnserved(w.db, noon), [])
    await serveWaitingList(w.db, w.outbox, id, noon)

    t.equal(await whatStands(w, id), before)
  })
}

const minutes = (min: number, max: number) => fc.integer({ min, max })
  .map(minutes => noon.plus({ minutes }).toJSDate())

const anyActivity = fc.record({
  waitingList: fc.constantFrom('automatic', 'offers', 'by-hand'),
  capacity: fc.integer({ min: 1, max: 8 }),
  overBookingPercent: fc.constantFrom(0, 0, 10, 50),
  startsIn: fc.constantFrom(-30, 0, 1, 60, 119, 120, 121, 600, 5000),
  closesBefore: fc.constantFrom(undefined, undefined, 1, 60, 300),
  status: fc.constantFrom('published', 'published', 'published', 'published', 'cancelled'),
  bookings: fc.array(fc.record({
    status: fc.constantFrom('confirmed', 'waiting', 'waiting', 'offered', 'lapsed', 'cancelled'),
    places: fc.integer({ min: 1, max: 4 }),
    isCopy: fc.boolean(),
    isCalled: fc.boolean(),
    offeredUntil: minutes(-2, 2)
  }), { maxLength: 6 }),
  hold: fc.option(fc.record({
    places: fc.integer({ min: 1, max: 3 }), returnsAt: minutes(-1, 1), isClaimed: fc.boolean()
  }))
})

t.test('the sweep finds exactly the activities that serving changes, in whatever state they are', async t => {
  const w = await world(t)
  const { db, outbox } = w
  const { id: campaignId } = await aCampaign(db)
  const { id: first } = await anActivity(db, { campaignId })
  const seed = Number(process.env.SEED ?? (process.env.CI === undefined ? Date.now() % 2 ** 31 : 20_150_921))
  const mix = fc.sample(anyActivity, { numRuns: 250, seed })
  const ids = await Promise.all(mix.map(async ({ bookings, hold, startsIn, closesBefore, ...given }) => {
    const startsAt = noon.plus({ minutes: startsIn })
    const { id } = await anActivity(db, {
      ...given,
      campaignId,
      anotherDateOfId: first,
      startsAt: startsAt.toJSDate(),
      endsAt: startsAt.plus({ hours: 1 }).toJSDate(),
      bookingClosesAt: closesBefore === undefined ? null : startsAt.minus({ minutes: closesBefore }).toJSDate()
    })
    const kept = hold === null ? undefined : await aHold(w, id, hold.places, noon)
    if (hold !== null) await db.hold.update({ where: { id: kept?.id ?? '' }, data: { returnsAt: hold.returnsAt } })
    if (hold?.isClaimed === true) await aBooking(db, id, { places: hold.places, holdId: kept?.id ?? null })
    for (const { isCopy, isCalled, offeredUntil, ...booking } of bookings) {
      const carried = isCopy ? { copiedFromBookingId: '0b9d7a6e-6a3e-4c1e-9a59-0d8b8a1f2c3d', offers: 1 } : {}
      const called = isCalled && booking.status === 'waiting' ? { calledAt: noon.toJSDate(), offers: 1 } : {}
      const offered = booking.status === 'offered' ? { offeredUntil } : {}
      await aBooking(db, id, { ...booking, ...carried, ...called, ...offered })
    }
    return id
  }))

  const found = new Set(await listUnserved(db, noon))
  for (const [n, id] of ids.entries()) {
    const before = await whatStands(w, id)
    await serveWaitingList(db, outbox, id, noon)
    const isChanged = before !== await whatStands(w, id)
    if (isChanged !== found.has(id)) t.fail(`${isChanged ? 'forgotten' : 'found for nothing'} (SEED=${seed}): ${JSON.stringify(mix[n])}`)
  }

  t.ok(found.size > 50 && found.size < 245, `${found.size} of 250 had something to do`)
  t.strictSame(await listUnserved(db, noon), [], 'once served, all are idle')
})

t.test('someone told at night of a place open to all is told once, however often the sweep runs', async t => {
  const w = await world(t)
  const evening = noon.set({ hour: 23 })
  const { id } = await anActivity(w.db, {
    waitingList: 'offers',
    capacity: 1,
    bookingClosesAt: evening.plus({ hours: 6 }).toJSDate(),
    startsAt: evening.plus({ hours: 6 + firstToAcceptHours + 3 }).toJSDate()
  })
  await aBooking(w.db, id, { status: 'waiting' })

  for (const minutes of [0, 1, 2]) await sweepWaitingLists(w.db, w.outbox, evening.plus({ minutes }))

  t.equal((await announced(w.db, 'place.called')).length, 1)
})
