import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { localDay } from '../../../src/programme/activities/local-time.ts'
import { erasureDayOf, nextNight } from '../../../src/programme/campaigns/erasure.ts'
import { instant } from '../../../src/platform/clock.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { aBooking, aCampaign, anActivity, countWaitingForLocks, noon, world } from '../../support/world.ts'

/**
 * On both sides of the date line, with half hours, with clock changes at midnight, and a zone that once skipped a day.
 */
const zones = [
  'Europe/London', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns',
  'America/Santiago', 'Africa/Cairo', 'Pacific/Apia', 'UTC'
]

const instants = fc.integer({ min: Date.UTC(2011, 0), max: Date.UTC(2037, 0) })
  // Often close to midnight, where days begin and end.
  .chain(ms => fc.constantFrom(ms, ms - ms % 3_600_000, ms - ms % 3_600_000 + 1, ms - ms % 3_600_000 - 1))

const endings = fc.record({ ends: instants, zone: fc.constantFrom(...zones), days: fc.integer({ min: 0, max: 3650 }) })

t.test('what a form says and what the database promises is the same day, in each zone and whatever the clocks do', async t => {
  const { db } = await world(t)

  await fc.assert(fc.asyncProperty(fc.array(endings, { minLength: 100, maxLength: 200 }), async cases => {
    const rows = await db.$queryRaw<Array<{ day: string }>>`
      SELECT erasure_day(last_day_of(ends, zone), days)::text AS day
      FROM unnest(${cases.map(({ ends }) => new Date(ends))}::timestamptz[], ${cases.map(({ zone }) => zone)}::text[],
        ${cases.map(({ days }) => days)}::int[]) WITH ORDINALITY AS given (ends, zone, days, n)
      ORDER BY n`
    const said = cases.map(({ ends, zone, days }) =>
      erasureDayOf({ endsAt: instant(new Date(ends)), zone, campaign: { daysUntilErasure: days } }))

    return JSON.stringify(rows.map(({ day }) => day)) === JSON.stringify(said)
  }), { numRuns: 20 })
})

t.test('it is so many days after the last one, of what lasts all day too, and never before that is over', async () => {
  const days = fc.date({ min: new Date(Date.UTC(2012, 0)), max: new Date(Date.UTC(2037, 0)), noInvalidDate: true })
    .map(at => at.toISOString().slice(0, 10))
  const given = [days, fc.constantFrom(...zones), fc.integer({ min: 0, max: 3650 })] as const
  fc.assert(fc.property(...given, (day, zone, daysUntilErasure) => {
    const whole = localDay(day, zone)
    if (whole === undefined) return true
    const erased = erasureDayOf({ endsAt: whole.endsAt, zone, campaign: { daysUntilErasure } })
    const later = DateTime.fromISO(erased, { zone: 'utc' }).diff(DateTime.fromISO(day, { zone: 'utc' }), 'days').days
    const begins = localDay(erased, zone)?.startsAt
    return later === Math.max(1, daysUntilErasure) && (begins === undefined || begins >= whole.endsAt)
  }))
})

t.test('the next night is at 3 in the morning on the clocks of the partnership', async t => {
  const at = (text: string) => nextNight(DateTime.fromISO(text, { zone: 'utc' }) as DateTime<true>).toISO()

  t.equal(at('2026-11-23T12:00Z'), '2026-11-24T03:00:00.000Z')
  t.equal(at('2026-11-24T02:59Z'), '2026-11-24T03:00:00.000Z')
  t.equal(at('2026-11-24T03:00Z'), '2026-11-25T03:00:00.000Z')
  t.equal(at('2027-03-27T12:00Z'), '2027-03-28T02:00:00.000Z', 'when the clocks have gone forward')
  t.equal(at('2026-10-24T12:00Z'), '2026-10-25T03:00:00.000Z', 'and back')
})

async function dayOf (db: Db, { id }: { id: string }): Promise<string | undefined> {
  return (await db.booking.findUnique({ where: { id } }))?.eraseOn.toISOString().slice(0, 10)
}

/** An activity on 1 December 2026 with an attendee and someone who has cancelled: kept until 31 December. */
async function booked (db: Db) {
  const activity = await anActivity(db)
  const [comes, cancelled] = [await aBooking(db, activity.id), await aBooking(db, activity.id, { status: 'cancelled' })]
  return { activity, campaign: { where: { id: activity.campaignId } }, comes, cancelled }
}

function moved (days: number) {
  const startsAt = noon.plus({ days: 8 + days, hours: 6 })
  return { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() }
}

t.test('when an activity moves, so does the day of those who are told; for others it only comes sooner', async t => {
  const { db } = await world(t)
  const { activity, comes, cancelled } = await booked(db)
  const days = async () => [await dayOf(db, comes), await dayOf(db, cancelled)]
  t.strictSame(await days(), ['2026-12-31', '2026-12-31'])

  await db.activity.update({ where: { id: activity.id }, data: moved(7) })
  t.strictSame(await days(), ['2027-01-07', '2026-12-31'])
  await db.activity.update({ where: { id: activity.id }, data: moved(-1) })
  t.strictSame(await days(), ['2026-12-30', '2026-12-23'])
  await db.activity.update({ where: { id: activity.id }, data: { title: 'Another' } })
  t.strictSame(await days(), ['2026-12-30', '2026-12-23'])
})

t.test('fewer days are for everyone, more only for people who book from then on', async t => {
  const { db } = await world(t)
  const { activity, campaign, comes, cancelled } = await booked(db)

  await db.campaign.update({ ...campaign, data: { daysUntilErasure: 60 } })
  const later = await aBooking(db, activity.id)
  t.strictSame([await dayOf(db, comes), await dayOf(db, later)], ['2026-12-31', '2027-01-30'])
  await db.campaign.update({ ...campaign, data: { daysUntilErasure: 40 } })
  t.strictSame([await dayOf(db, comes), await dayOf(db, later)], ['2026-12-31', '2027-01-10'])
  await db.campaign.update({ ...campaign, data: { daysUntilErasure: 0 } })
  for (const one of [comes, cancelled, later]) t.equal(await dayOf(db, one), '2026-12-02')
})

t.test('someone who books in the same moment has fewer days too', async t => {
  const { db } = await world(t)
  const { activity, campaign } = await booked(db)

  let shortened: Promise<unknown> | undefined
  const booking = await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ${activity.id}::uuid FOR UPDATE`
    const booking = await aBooking(tx as Db, activity.id)
    shortened = db.campaign.update({ ...campaign, data: { daysUntilErasure: 10 } }).then(() => {})
    while (await countWaitingForLocks(db) === 0);
    return booking
  })
  await shortened

  t.equal(await dayOf(db, booking), '2026-12-11')
})

t.test('a booking that moves to another date follows it, for no more days than it was promised', async t => {
  const { db } = await world(t)
  const { campaign, comes } = await booked(db)
  const there = await anActivity(db, { campaignId: campaign.where.id, ...moved(10) })
  await db.campaign.update({ ...campaign, data: { daysUntilErasure: 90 } })

  await db.booking.update({ where: { id: comes.id }, data: { activityId: there.id } })
  t.equal(await dayOf(db, comes), '2027-01-10')

  const fewer = await aCampaign(db, { daysUntilErasure: 5 })
  const elsewhere = await anActivity(db, { campaignId: fewer.id })
  await db.booking.update({ where: { id: comes.id }, data: { activityId: elsewhere.id } })
  t.equal(await dayOf(db, comes), '2026-12-06')
})

t.test('a turn that is restored keeps its day, or has a new one where the activity has moved beyond it', async t => {
  const { db } = await world(t)
  const { activity, campaign, cancelled } = await booked(db)
  await db.campaign.update({ ...campaign, data: { daysUntilErasure: 90 } })
  const waits = { status: 'waiting', waitedAt: noon.toJSDate() }

  await db.booking.update({ where: { id: cancelled.id }, data: waits })
  t.equal(await dayOf(db, cancelled), '2026-12-31')
  await db.booking.update({ where: { id: cancelled.id }, data: { status: 'cancelled' } })
  await db.activity.update({ where: { id: activity.id }, data: moved(60) })
  t.equal(await dayOf(db, cancelled), '2026-12-31')
  await db.booking.update({ where: { id: cancelled.id }, data: waits })
  t.equal(await dayOf(db, cancelled), '2027-04-30')
})

t.test('a day that was given with a booking stays, and one that is not a date is refused', async t => {
  const { db } = await world(t)
  const { activity, comes } = await booked(db)

  const imported = await aBooking(db, activity.id, { eraseOn: new Date('2026-12-10') })

  t.equal(await dayOf(db, imported), '2026-12-10')
  await t.rejects(db.$executeRaw`UPDATE bookings SET erase_on = 'infinity' WHERE id = ${comes.id}::uuid`, /bookings_erase_on_a_day/)
  await t.rejects(db.legalHold.create({
    data: { reason: 'x', owner: 'x', reviewOn: noon.toJSDate(), setById: randomUUID(), setAt: noon.toJSDate() }
  }), /legal_holds_of_one/)
})
