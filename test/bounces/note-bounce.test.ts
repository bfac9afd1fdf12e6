// Subject: the database.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { noteBounce } from '../../src/bounces/commands.ts'
import type { Db } from '../../src/database/connect.ts'
import type { Letter } from '../../src/database/generated/client.ts'
import { claimLetters, letterKey, noteSent } from '../../src/letters/commands.ts'
import { aBooking, anActivity, noon, warm, world } from '../support/world.ts'

async function aLetter (db: Db, bookingId: string, given: Partial<Letter> = {}): Promise<Letter> {
  return await db.letter.create({
    data: {
      bookingId,
      kind: 'place-confirmed',
      messageId: `${randomUUID()}@workshops.example.org`,
      status: 'sent',
      attempts: 1,
      answer: '250 OK',
      createdAt: noon.toJSDate(),
      sentAt: noon.toJSDate(),
      ...given
    }
  })
}

const later = noon.plus({ minutes: 5 })

t.test('a letter that came back says why, and marks its booking, which stays as it is', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const [booking, other] = [await aBooking(db, activityId), await aBooking(db, activityId)]
  const [letter, earlier] = [await aLetter(db, booking.id), await aLetter(db, booking.id, { kind: 'booking-link' })]

  t.equal(await noteBounce(db, letter.id, '550 5.1.1\r\n\tno such\0user', later), true)

  t.match(await db.letter.findUnique({ where: { id: letter.id } }), {
    status: 'bounced', answer: '550 5.1.1 no such user', sentAt: noon.toISO()
  })
  t.strictSame(await db.letter.findUnique({ where: { id: earlier.id } }), earlier)
  t.strictSame(await db.booking.findUnique({ where: { id: booking.id } }),
    { ...booking, unreachableAt: later.toJSDate() })
  t.strictSame(await db.booking.findUnique({ where: { id: other.id } }), other)
})

t.test('of what a mail system says, the first thousand characters are kept', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aLetter(db, (await aBooking(db, activityId)).id)

  await noteBounce(db, id, `${'x'.repeat(999)}👪${'y'.repeat(5000)}`, later)

  t.equal((await db.letter.findUnique({ where: { id } }))?.answer, 'x'.repeat(999), 'and no half of one')
})

t.test('the same report again changes nothing, not even a mark that staff have removed since', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId)
  const { id } = await aLetter(db, bookingId)
  await noteBounce(db, id, '550 no such user', later)
  await db.booking.update({ where: { id: bookingId }, data: { unreachableAt: null } })
  const copy = await aLetter(db, bookingId, { copy: 1 })
  const letter = await db.letter.findUnique({ where: { id } })

  t.equal(await noteBounce(db, id, 'another reason', later.plus({ hours: 1 })), false)

  t.strictSame(await db.letter.findUnique({ where: { id } }), letter)
  t.strictSame(await db.letter.findUnique({ where: { id: copy.id } }), copy, 'the same letter sent again')
  t.match(await db.booking.findUnique({ where: { id: bookingId } }), { unreachableAt: null })
})

t.test('a second letter that comes back does not change since when none arrive', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId)
  const [first, second] = [await aLetter(db, bookingId), await aLetter(db, bookingId, { kind: 'booking-changed' })]

  await noteBounce(db, first.id, '550', later)
  t.equal(await noteBounce(db, second.id, '550', later.plus({ days: 90 })), true)

  t.match(await db.booking.findUnique({ where: { id: bookingId } }), { unreachableAt: later.toISO() })
})

t.test('nothing comes of a report about a letter that was never sent, was given up, or is erased', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  for (const given of [
    { status: 'queued', attempts: 0, sentAt: null }, { status: 'failed' }, { status: 'withdrawn' }
  ]) {
    const booking = await aBooking(db, activityId)
    const letter = await aLetter(db, booking.id, given)

    t.equal(await noteBounce(db, letter.id, '550', later), false, given.status)

    t.strictSame(await db.letter.findUnique({ where: { id: letter.id } }), letter)
    t.strictSame(await db.booking.findUnique({ where: { id: booking.id } }), booking)
  }
  t.equal(await noteBounce(db, randomUUID(), '550', later), false, 'erased')
})

t.test('a letter that comes back before its worker could note that it went has come back', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId)
  const [letter] = await claimLetters(
    db, [letterKey('place-confirmed', { bookingId, sequence: 0 })], 'workshops.example.org', noon)
  const id = letter?.id ?? ''

  t.equal(await noteBounce(db, id, '550 no such user', later), true)
  await noteSent(db, [{ id, at: later, answer: '250 OK' }])

  t.match(await db.letter.findUnique({ where: { id } }), {
    status: 'bounced', answer: '550 no such user', sentAt: later.toISO(), claimedUntil: null
  })
})

t.test('of ten reports about one letter at once, one is news', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aLetter(db, (await aBooking(db, activityId)).id)
  await warm(db)

  const news = await Promise.all(Array.from({ length: 10 }, async () => await noteBounce(db, id, '550', later)))

  t.equal(news.filter(Boolean).length, 1)
})

t.test('whatever comes back, a booking keeps its status, its places and its calendar', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 1000 })
  const given = fc.record({
    booking: fc.constantFrom('confirmed', 'waiting', 'offered', 'lapsed', 'cancelled'),
    letter: fc.record({
      status: fc.constantFrom('queued', 'sent', 'failed', 'withdrawn', 'bounced'),
      attempts: fc.nat(3),
      copy: fc.nat(2)
    }),
    reasons: fc.array(fc.string({ unit: 'binary', maxLength: 2000 }), { minLength: 1, maxLength: 3 })
  })

  await fc.assert(fc.asyncProperty(given, async ({ booking: status, letter, reasons }) => {
    const before = await aBooking(db, activityId, { status })
    const { id } = await aLetter(db, before.id, letter)
    for (const reason of reasons) await noteBounce(db, id, reason, later)
    const after = await db.booking.findUniqueOrThrow({ where: { id: before.id } })
    t.strictSame({ ...after, unreachableAt: null }, before)
  }), { numRuns: 60 })
})
