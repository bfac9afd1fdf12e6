// Subject: the database.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { BookingNotFound } from '../../src/booking/bookings/errors.ts'
import { findBookings } from '../../src/booking/bookings/queries.ts'
import { writeEmails } from '../../src/mail/emails/jobs.ts'
import { batched } from '../../src/platform/batched.ts'
import { keeping, contextWith } from '../support/email-context.ts'
import { aBooking, anActivity, world } from '../support/world.ts'

/** Records the items of each call, and returns ten times each. */
function tenfold ({ gatherMs = 0, broken = Number.NaN } = {}) {
  const rounds: number[][] = []
  const ask = batched(async (items: readonly number[]) => {
    rounds.push([...items])
    if (items.includes(broken)) throw new Error(`There is no ${broken}.`)
    return items.map(item => item * 10)
  }, { gatherMs })
  return { ask, rounds }
}

t.test('all that is asked for in one turn is one round trip, and each gets its own answer', async t => {
  const { ask, rounds } = tenfold()

  t.strictSame(await Promise.all([3, 1, 2].map(ask)), [30, 10, 20])

  t.strictSame(rounds, [[3, 1, 2]])
  t.equal(await ask(4), 40, 'and there is a next round')
})

t.test('what comes a little later waits for no longer than it may', async t => {
  const { ask, rounds } = tenfold({ gatherMs: 200 })

  const first = ask(1)
  await sleep(10)
  const second = ask(2)

  t.strictSame([await first, await second], [10, 20])
  t.strictSame(rounds, [[1, 2]])
})

t.test('where one fails, only that one does', async t => {
  const { ask, rounds } = tenfold({ broken: 2 })

  const ends = await Promise.allSettled([1, 2, 3].map(ask))

  t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
  t.strictSame(rounds, [[1, 2, 3], [1], [2], [3]])
})

t.test('bookings that are read together are each what they are alone, and one that is gone is missing', async t => {
  const { db } = await world(t)
  const one = await anActivity(db, { title: 'One' })
  const other = await anActivity(db, { title: 'Other' })
  const { id: first } = await aBooking(db, one.id, { name: 'Anne' })
  const { id: second } = await aBooking(db, other.id, { name: 'Bill' })
  const { id: third } = await aBooking(db, one.id, { name: 'Carol' })
  const { id: gone } = await aBooking(db, one.id)
  await db.booking.delete({ where: { id: gone } })

  const found = await findBookings(db, [third, gone, second, first, third])

  t.strictSame(found.map(booking => booking && [booking.id, booking.name, booking.activity.title]), [
    [third, 'Carol', 'One'], undefined, [second, 'Bill', 'Other'], [first, 'Anne', 'One'], [third, 'Carol', 'One']
  ])
  t.equal(found[0]?.activity, found[3]?.activity, 'read once')
})

t.test('of emails written together, one to a booking that is gone is not sent, and all others are', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const bookings = await Promise.all(Array.from({ length: 5 }, async (_, n) =>
    await aBooking(its.db, activityId, { email: `${n}@example.org` })))
  await its.db.booking.delete({ where: { id: bookings[2]?.id as string } })
  const mailer = keeping()

  const ends = await writeEmails(contextWith(its, mailer), 'booking.confirmed', bookings.map(({ id: bookingId }) =>
    ({ bookingId, sequence: 0 })))

  t.strictSame(ends.map(end => end.status === 'fulfilled' || end.reason instanceof BookingNotFound), Array(5).fill(true))
  t.equal(ends[2]?.status, 'rejected')
  t.strictSame(mailer.kept.map(({ to }) => to).sort(), [0, 1, 3, 4].map(n => `${n}@example.org`))
  t.equal(await its.db.email.count({ where: { status: 'sent' } }), 4)
})

t.test('only some emails are written in a turn of the event loop: whatever else there is to do is done in between', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const bookings = await Promise.all(Array.from({ length: 50 }, async () => await aBooking(its.db, activityId)))
  let turn = 0
  let next = setImmediate(function count () { turn++; next = setImmediate(count) })
  t.teardown(() => { clearImmediate(next) })
  const turns: number[] = []
  const mailer = { async send () { turns.push(turn); return '250 Kept' }, async close () {} }

  await writeEmails(contextWith(its, mailer), 'booking.confirmed', bookings.map(({ id: bookingId }) =>
    ({ bookingId, sequence: 0 })))

  t.equal(turns.length, 50)
  t.ok(Math.max(...[...Map.groupBy(turns, turn => turn).values()].map(({ length }) => length)) <= 16)
})
