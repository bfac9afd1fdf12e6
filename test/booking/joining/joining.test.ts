import t from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { getBooking } from '../../../src/booking/bookings/queries.ts'
import { joinWorkshop } from '../../../src/booking/joining/commands.ts'
import { eventually } from '../../support/running-service.ts'
import { aBooking, anActivity, noon, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const soon = { startsAt: noon.plus({ minutes: 10 }).toJSDate(), endsAt: noon.plus({ minutes: 40 }).toJSDate(), joinUrlSealed: 'sealed' }

async function notedOf ({ db }: World, id: string) {
  const { joinedAt, attended } = await getBooking(db, id)
  return { joinedAt: joinedAt?.toISO(), attended }
}

/** Counts how often someone is recorded as having joined. */
async function countNotes ({ db, asOwner }: World): Promise<() => Promise<number>> {
  await asOwner(`
    CREATE TABLE notes (at timestamptz);
    GRANT SELECT, INSERT ON notes TO PUBLIC;
    CREATE FUNCTION note () RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO notes VALUES (NEW.joined_at); RETURN NULL; END $$;
    CREATE TRIGGER note AFTER UPDATE OF joined_at ON bookings FOR EACH ROW EXECUTE FUNCTION note()`)
  return async () => {
    const [{ notes } = { notes: 0 }] = await db.$queryRaw<Array<{ notes: number }>>`SELECT count(*)::int AS notes FROM notes`
    return notes
  }
}

t.test('someone who goes in is noted as having come, from when they first did, and a correction stays', async t => {
  const w = await world(t)
  const { id } = await aBooking(w.db, (await anActivity(w.db, soon)).id)

  t.equal((await joinWorkshop(w.db, id, noon)).joinUrlSealed, 'sealed')
  t.strictSame(await notedOf(w, id), { joinedAt: noon.toISO(), attended: true })
  await w.db.booking.update({ where: { id }, data: { attended: false } })
  t.equal((await joinWorkshop(w.db, id, noon.plus({ minutes: 5 }))).joinUrlSealed, 'sealed')

  t.strictSame(await notedOf(w, id), { joinedAt: noon.toISO(), attended: false })
})

t.test('pressed ten times at once, it lets in ten times and notes once', async t => {
  const w = await world(t)
  const { id } = await aBooking(w.db, (await anActivity(w.db, soon)).id)
  const notes = await countNotes(w)
  await warm(w.db)

  const answers = await Promise.all(Array.from({ length: 10 }, async (_, n) =>
    await joinWorkshop(w.db, id, noon.plus({ seconds: n }))))

  t.strictSame(answers.map(({ joinUrlSealed }) => joinUrlSealed), Array.from({ length: 10 }, () => 'sealed'))
  t.equal(await notes(), 1)
  t.equal((await notedOf(w, id)).attended, true)
})

t.test('someone who is cancelling at that moment is not let in as well', async t => {
  const w = await world(t)
  const { id } = await aBooking(w.db, (await anActivity(w.db, soon)).id)
  await warm(w.db)
  let joining: ReturnType<typeof joinWorkshop> | undefined

  // A cancellation that was written but not committed when the button is pressed.
  await w.db.$transaction(async tx => {
    await tx.booking.update({ where: { id }, data: { status: 'cancelled' } })
    joining = joinWorkshop(w.db, id, noon)
    await eventually(async () => {
      const waiting = await w.db.$queryRaw<unknown[]>`
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      return waiting.length > 0
    })
  })

  t.equal((await joining)?.joinUrlSealed, undefined)
  t.strictSame(await notedOf(w, id), { joinedAt: undefined, attended: undefined })
})

t.test('nobody who is not let in is noted as having come', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, soon)
  const { id: unready } = await anActivity(w.db, { ...soon, joinUrlSealed: null })
  const open = noon
  const cases = [
    ['too early', activityId, {}, open.minus({ minutes: 6 })],
    ['too late', activityId, {}, open.plus({ minutes: 70 })],
    ['no link', unready, {}, open],
    ['waiting', activityId, { status: 'waiting' }, open],
    ['offered', activityId, { status: 'offered' }, open],
    ['lapsed', activityId, { status: 'lapsed' }, open],
    ['cancelled', activityId, { status: 'cancelled' }, open]
  ] as const

  for (const [what, id, given, now] of cases) {
    const booking = await aBooking(w.db, id, given)
    t.equal((await joinWorkshop(w.db, booking.id, now)).joinUrlSealed, undefined, what)
    t.strictSame(await notedOf(w, booking.id), { joinedAt: undefined, attended: undefined }, what)
  }
})

t.test('someone who came and cancels afterwards still came, and no longer gets in', async t => {
  const w = await world(t)
  const { id } = await aBooking(w.db, (await anActivity(w.db, soon)).id)

  await joinWorkshop(w.db, id, noon)
  await cancelBooking(w.db, w.outbox, id, noon.plus({ minutes: 1 }))

  t.equal((await joinWorkshop(w.db, id, noon.plus({ minutes: 2 }))).joinUrlSealed, undefined)
  t.strictSame(await notedOf(w, id), { joinedAt: noon.toISO(), attended: true })
})

t.test('a booking that has been erased lets nobody in', async t => {
  const { db } = await world(t)

  await t.rejects(joinWorkshop(db, '5f0c2f3a-0f0d-4b0e-8a44-2f6d1a9c7e10', noon), { message: /^This link does not lead to a booking\. We delete bookings/ })
})
