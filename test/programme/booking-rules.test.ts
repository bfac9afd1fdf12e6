import { randomUUID } from 'node:crypto'
import t from 'tap'
import { bookingOf } from '../../src/booking/bookings/queries.ts'
import { known, live, reached, unheard, waitsAsCopy } from '../../src/programme/booking-rules.ts'
import { aBooking, anActivity, noon, world } from '../support/world.ts'

const at = noon.toJSDate()
const carried = { copiedFromBookingId: randomUUID() }

/** What bookings there can be, and which rules hold for each. */
const bookings = [
  [{ status: 'confirmed' }, ['live', 'known', 'reached']],
  [{ status: 'waiting' }, ['live', 'known', 'reached']],
  [{ status: 'offered' }, ['live', 'known', 'reached']],
  [{ status: 'lapsed' }, ['known', 'reached']],
  [{ status: 'cancelled', unreachableAt: at }, ['known']],
  [{ status: 'confirmed', unreachableAt: at }, ['live', 'known']],
  [{ ...carried, status: 'waiting' }, ['live', 'unheard', 'waitsAsCopy', 'reached']],
  [{ ...carried, status: 'waiting', offers: 1 }, ['live', 'known', 'waitsAsCopy', 'reached']],
  [{ ...carried, status: 'offered' }, ['live', 'known', 'reached']],
  [{ ...carried, status: 'confirmed' }, ['live', 'known', 'reached']],
  [{ ...carried, status: 'cancelled' }, ['reached']],
  [{ ...carried, status: 'cancelled', offers: 1 }, ['known', 'reached']],
  [{ ...carried, status: 'cancelled', confirmedAt: at }, ['known', 'reached']]
] as const

t.test('a rule says the same of a row in SQL, in a question of Prisma and of what was read', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db)
  const expected = new Map<string, readonly string[]>()
  for (const [given, rules] of bookings) expected.set((await aBooking(db, id, given)).id, rules)
  const withoutAddress = await aBooking(db, id, { phone: '01539 722 722' })
  await db.booking.update({ where: { id: withoutAddress.id }, data: { email: null, canonicalEmail: null } })
  expected.set(withoutAddress.id, ['live', 'known'])
  const rows = await db.booking.findMany()

  for (const [name, rule] of Object.entries({ live, known, unheard, waitsAsCopy, reached })) {
    const wanted = rows.map(({ id }) => id).filter(id => expected.get(id)?.includes(name)).sort()

    const asked = await db.booking.findMany({ where: rule.where, select: { id: true } })
    const raw = await db.$queryRaw<Array<{ id: string }>>`SELECT id FROM bookings WHERE ${rule.sql()}`
    const aliased = await db.$queryRaw<Array<{ id: string }>>`
      SELECT b.id FROM bookings b JOIN activities ON activities.id = b.activity_id WHERE ${rule.sql('b')}`

    t.strictSame(asked.map(({ id }) => id).sort(), wanted, `${name}, asked by Prisma`)
    t.strictSame(raw.map(({ id }) => id).sort(), wanted, `${name}, in SQL`)
    t.strictSame(aliased.map(({ id }) => id).sort(), wanted, `${name}, in SQL by another name`)
    t.strictSame(rows.filter(row => rule.holds(bookingOf(row))).map(({ id }) => id).sort(), wanted, `${name}, once read`)
  }
})

// Which index is read is the planner's choice; which one answers for a conflict is not.
t.test('in SQL live is what the index of live addresses says', async t => {
  const { db } = await world(t)

  const plan = await db.$queryRaw<Array<{ 'QUERY PLAN': string }>>`
    EXPLAIN INSERT INTO bookings DEFAULT VALUES
    ON CONFLICT (activity_id, canonical_email) WHERE ${live.sql()} DO NOTHING`

  t.match(plan.map(line => line['QUERY PLAN']).join('\n'), 'Conflict Arbiter Indexes: bookings_one_live_per_address')
})
