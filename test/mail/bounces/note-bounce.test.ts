import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { noteBounce as note } from '../../../src/mail/bounces/commands.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import type { Email } from '../../../src/platform/database/generated/client.ts'
import { claimEmails } from '../../../src/mail/emails/claiming.ts'
import { emailKey } from '../../../src/mail/emails/email-key.ts'
import { noteFailure, noteSent } from '../../../src/mail/emails/noting.ts'
import { aBooking, anActivity, noon, plain, warm, world } from '../../support/world.ts'

async function anEmail (db: Db, bookingId: string, given: Partial<Omit<Email, 'told'>> = {}): Promise<Email> {
  return await db.email.create({
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

/** Records a report that names no address, unless some are given. */
async function noteBounce (db: Db, emailId: string, reason: string, now = later, recipients: string[] = []) {
  return await note(db, { emailId, reason, recipients }, now)
}

t.test('an email that came back says why, and marks its booking, which stays as it is', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const [booking, other] = [await aBooking(db, activityId), await aBooking(db, activityId)]
  const [email, earlier] = [await anEmail(db, booking.id), await anEmail(db, booking.id, { kind: 'booking-link' })]

  t.equal(await noteBounce(db, email.id, '550 5.1.1\r\n\tno such\0user', later), true)

  t.match(await db.email.findUnique({ where: { id: email.id } }), {
    status: 'bounced', answer: '550 5.1.1 no such user', sentAt: noon.toISO()
  })
  t.strictSame(await db.email.findUnique({ where: { id: earlier.id } }), earlier)
  t.strictSame(plain(await db.booking.findUnique({ where: { id: booking.id } })),
    { ...booking, unreachableAt: later.toJSDate() })
  t.strictSame(plain(await db.booking.findUnique({ where: { id: other.id } })), other)
})

t.test('of what a mail system says, the first thousand characters are kept', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await anEmail(db, (await aBooking(db, activityId)).id)

  await noteBounce(db, id, `${'x'.repeat(999)}👪${'y'.repeat(5000)}`, later)

  t.equal((await db.email.findUnique({ where: { id } }))?.answer, 'x'.repeat(999), 'and no half of one')
})

t.test('the same report again changes nothing, not even a mark that staff have removed since', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId)
  const { id } = await anEmail(db, bookingId)
  await noteBounce(db, id, '550 no such user', later)
  await db.booking.update({ where: { id: bookingId }, data: { unreachableAt: null } })
  const copy = await anEmail(db, bookingId, { copy: 1 })
  const email = await db.email.findUnique({ where: { id } })

  t.equal(await noteBounce(db, id, 'another reason', later.plus({ hours: 1 })), false)

  t.strictSame(await db.email.findUnique({ where: { id } }), email)
  t.strictSame(await db.email.findUnique({ where: { id: copy.id } }), copy, 'the same email sent again')
  t.match(await db.booking.findUnique({ where: { id: bookingId } }), { unreachableAt: null })
})

t.test('a second email that comes back does not change the date since when none arrive', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId)
  const [first, second] = [await anEmail(db, bookingId), await anEmail(db, bookingId, { kind: 'booking-changed' })]

  await noteBounce(db, first.id, '550', later)
  t.equal(await noteBounce(db, second.id, '550', later.plus({ days: 90 })), true)

  t.match(await db.booking.findUnique({ where: { id: bookingId } }), { unreachableAt: later.toISO() })
})

t.test('nothing comes of a report about an email that was never sent, was given up, or is erased', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  for (const given of [
    { status: 'queued', attempts: 0, sentAt: null }, { status: 'failed' }, { status: 'withdrawn' }
  ]) {
    const booking = await aBooking(db, activityId)
    const email = await anEmail(db, booking.id, given)

    t.equal(await noteBounce(db, email.id, '550', later), false, given.status)

    t.strictSame(await db.email.findUnique({ where: { id: email.id } }), email)
    t.strictSame(plain(await db.booking.findUnique({ where: { id: booking.id } })), booking)
  }
  t.equal(await noteBounce(db, randomUUID(), '550', later), false, 'erased')
})

t.test('an email that comes back before its worker could note that it went counts as come back', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId)
  const [email] = await claimEmails(
    db, [emailKey('place-confirmed', { bookingId, sequence: 0 })], 'workshops.example.org', noon)
  const id = email?.id ?? ''

  t.equal(await noteBounce(db, id, '550 no such user', later), true)
  await noteSent(db, [{ id, at: later, answer: '250 OK' }])

  t.match(await db.email.findUnique({ where: { id } }), {
    status: 'bounced', answer: '550 no such user', sentAt: later.toISO(), claimedUntil: null
  })
})

t.test('of ten reports about one email at once, one is news', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await anEmail(db, (await aBooking(db, activityId)).id)
  await warm(db)

  const news = await Promise.all(Array.from({ length: 10 }, async () => await noteBounce(db, id, '550', later)))

  t.equal(news.filter(Boolean).length, 1)
})

/** An email in hand, with the current links of its booking. */
async function anEmailInHand (db: Db, bookingId: string, sequence = 0): Promise<string> {
  const [email] = await claimEmails(
    db, [emailKey('booking-changed', { bookingId, sequence })], 'workshops.example.org', noon)
  return email?.id ?? ''
}

async function correctAddress (db: Db, id: string, email: string): Promise<void> {
  await db.booking.update({ where: { id }, data: { email, canonicalEmail: email } })
}

t.test('an email that was passed on and lost there says so, and its attendee is to be called', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  for (const [recipients, words] of [
    [['anne@old.example'], 'Their address passed it on to anne@old.example, where it did not arrive: 550 no such user'],
    [['a@b.example', 'b@b.example', 'c@b.example', 'd@b.example'],
      'Their address passed it on to a@b.example, b@b.example and c@b.example, where it did not arrive: 550 no such user'],
    [['anne@old.example', 'ANNE@Exämple.net'], '550 no such user'],
    [[], '550 no such user']
  ] as const) {
    const booking = await aBooking(db, activityId)
    await correctAddress(db, booking.id, 'anne@xn--exmple-cua.net')
    const id = await anEmailInHand(db, booking.id)

    t.equal(await noteBounce(db, id, '550 no such user', later, [...recipients]), true)

    t.match(await db.email.findUnique({ where: { id } }), { status: 'bounced', answer: words })
    t.match(plain(await db.booking.findUnique({ where: { id: booking.id } })), { unreachableAt: later.toISO() })
    await db.booking.delete({ where: { id: booking.id } })
  }
})

t.test('what comes back from an address that has been corrected since says nothing of the new one', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  for (const [recipients, answer] of [
    [['wrong@example.net'], 'It went to wrong@example.net: 550 no such user'], [[], '550 no such user']
  ] as const) {
    const { id: bookingId } = await aBooking(db, activityId, { email: 'wrong@example.net' })
    const id = await anEmailInHand(db, bookingId)
    await noteSent(db, [{ id, at: noon, answer: '250 OK' }])
    await correctAddress(db, bookingId, 'right@example.net')

    t.equal(await noteBounce(db, id, '550 no such user', later, [...recipients]), true)

    t.match(await db.email.findUnique({ where: { id } }), { status: 'bounced', answer })
    t.match(await db.booking.findUnique({ where: { id: bookingId } }), { email: 'right@example.net', unreachableAt: null })
    await db.booking.delete({ where: { id: bookingId } })
  }
})

t.test('what comes back from a booking’s present address counts, even if the links of the email have ended', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId, { email: 'anne@example.net' })
  const id = await anEmailInHand(db, bookingId)
  await db.booking.update({ where: { id: bookingId }, data: { linkVersion: 1 } })

  await noteBounce(db, id, '550 no such user', later, ['anne@example.net'])

  t.match(await db.email.findUnique({ where: { id } }), { answer: '550 no such user' })
  t.match(await db.booking.findUnique({ where: { id: bookingId } }), { unreachableAt: later.toISO() })
})

t.test('an email that is refused while its address is corrected says nothing of the new one', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId, { email: 'wrong@example.net' })
  const email = { id: await anEmailInHand(db, bookingId), createdAt: noon.toJSDate() }
  await correctAddress(db, bookingId, 'right@example.net')

  await noteFailure(db, email, { reason: '550 no such user', isFinal: true }, later)

  t.match(await db.email.findUnique({ where: { id: email.id } }), { status: 'failed', answer: '550 no such user' })
  t.match(await db.booking.findUnique({ where: { id: bookingId } }), { unreachableAt: null })

  const next = { ...email, id: await anEmailInHand(db, bookingId, 1) }
  await noteFailure(db, next, { reason: '550 no such user', isFinal: true }, later)
  t.match(await db.booking.findUnique({ where: { id: bookingId } }), { unreachableAt: later.toISO() }, 'the next does')
})

t.test('a bounce of an email tried again after a correction counts for the new address', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId, { email: 'wrong@example.net' })
  const id = await anEmailInHand(db, bookingId)
  await noteFailure(db, { id, createdAt: noon.toJSDate() }, { reason: 'busy', isFinal: false }, noon)
  await correctAddress(db, bookingId, 'right@example.net')
  t.equal(await anEmailInHand(db, bookingId), id)

  await noteBounce(db, id, '550 no such user')

  t.match(await db.booking.findUnique({ where: { id: bookingId } }), { unreachableAt: later.toISO() })
})

t.test('whatever comes back, a booking keeps its status, its places and its calendar', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db, { capacity: 1000 })
  const given = fc.record({
    booking: fc.constantFrom('confirmed', 'waiting', 'offered', 'lapsed', 'cancelled'),
    email: fc.record({
      status: fc.constantFrom('queued', 'sent', 'failed', 'withdrawn', 'bounced'),
      attempts: fc.nat(3),
      copy: fc.nat(2)
    }),
    reasons: fc.array(fc.string({ unit: 'binary', maxLength: 2000 }), { minLength: 1, maxLength: 3 }),
    addresses: fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 5 })
  })

  await fc.assert(fc.asyncProperty(given, async ({ booking: status, email, reasons, addresses }) => {
    const before = await aBooking(db, activityId, { status })
    const { id } = await anEmail(db, before.id, email)
    for (const reason of reasons) await noteBounce(db, id, reason, later, addresses)
    const after = plain(await db.booking.findUniqueOrThrow({ where: { id: before.id } }))
    t.strictSame({ ...after, unreachableAt: null }, before)
  }), { numRuns: 60 })
})
