// Subject: the database.
import t from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { claimEmails, releaseClaim } from '../../../src/mail/emails/claiming.ts'
import { emailKey } from '../../../src/mail/emails/email-key.ts'
import { noteSent } from '../../../src/mail/emails/noting.ts'
import { EmailNotInTurn } from '../../../src/mail/emails/errors.ts'
import { startWorker } from '../../../src/worker.ts'
import { counted } from '../../support/counted.ts'
import { read } from '../../support/icalendar.ts'
import { doJobs, contextFor, writeEmail } from '../../support/email-context.ts'
import { aMailbox, emails } from '../../support/mailbox.ts'
import type { Mailbox } from '../../support/mailbox.ts'
import { eventually } from '../../support/running-service.ts'
import { expectSound } from '../../support/sound.ts'
import { aBooking, anActivity, aRequest, noon, warm, world } from '../../support/world.ts'

const silent = { info () {}, warn () {}, error () {} }
const host = 'workshops.example.org'

/** METHOD and SEQUENCE of the emails that were taken, in order. */
function told ({ taken }: Mailbox): string[] {
  return taken.map(({ mail }) => {
    const calendar = read(mail.attachments.find(({ contentType }) => contentType === 'text/calendar')?.content.toString() ?? '')
    return `${String(calendar.method)} ${String(calendar.events[0]?.sequence)}`
  })
}

t.test('a cancellation waits while a mail server still holds what it was sent before', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const { id: activityId } = await anActivity(db, { placesPerBooking: 2 })
  await requestPlaces(db, outbox, activityId, [aRequest('anne@example.org')], noon)
  await doJobs(its, context)
  const { id } = await db.booking.findFirstOrThrow({ where: { activityId } })
  const held = Promise.withResolvers<void>()
  let holds = 0
  mailbox.think = async () => { holds++; await held.promise }

  await startWorker({ ...its, clock: () => noon, emailContext: context, log: silent })
  await changePlaces(db, outbox, id, 2, noon)
  await eventually(() => holds === 1)
  await cancelBooking(db, outbox, id, noon)
  await eventually(async () => await countComingBack() > 0)
  t.equal(holds, 1, 'the cancellation is not under way')
  held.resolve()
  await emails(mailbox, 3)
  await eventually(async () => await db.email.count({ where: { status: 'sent' } }) === 3)

  t.strictSame(told(mailbox), ['REQUEST 0', 'REQUEST 1', 'CANCEL 2'])
  counted(t, 'SMTP is slow', { answered: ['REQUEST 0', 'REQUEST 1', 'CANCEL 2'], found: told(mailbox) })
  await expectSound(db)

  /** How often the cancellation was put off. */
  async function countComingBack (): Promise<number> {
    const [{ n } = { n: 0 }] = await db.$queryRaw<Array<{ n: number }>>`
      SELECT count(*)::int AS n FROM pgboss.job
      WHERE name = 'booking.cancelled' AND state = 'created' AND start_after > created_on`
    return n
  }
})

t.test('of the emails of one booking ten workers claim one, also at once', async t => {
  const { db } = await world(t)
  const { id: bookingId } = await aBooking(db, (await anActivity(db)).id)
  const keys = Array.from({ length: 10 }, (_, sequence) => emailKey('booking-changed', { bookingId, sequence }))
  await warm(db)

  const claimed = await Promise.all(keys.map(async key => await claimEmails(db, [key], host, noon)))

  t.equal(claimed.flat().filter(email => email !== undefined).length, 1)
  t.equal(await db.email.count({ where: { claimedUntil: { not: null } } }), 1)
})

t.test('the database refuses a second email in hand for one booking', async t => {
  const { db } = await world(t)
  const { id: bookingId } = await aBooking(db, (await anActivity(db)).id)
  await claimEmails(db, [emailKey('place-confirmed', { bookingId, sequence: 0 })], host, noon)

  await t.rejects(db.email.create({
    data: {
      bookingId,
      kind: 'cancelled',
      messageId: 'another',
      inTurnOf: bookingId,
      claimedUntil: noon.toJSDate(),
      createdAt: noon.toJSDate()
    }
  }), /letters_one_in_hand|Unique constraint/)
})

t.test('the next is claimed once the one before was taken, was put back, or its worker has died', async t => {
  const { db } = await world(t)
  const { id: bookingId } = await aBooking(db, (await anActivity(db)).id)
  const claim = async (sequence: number, now = noon) =>
    (await claimEmails(db, [emailKey('booking-changed', { bookingId, sequence })], host, now))[0]

  const first = await claim(1)
  t.equal(await claim(2), undefined)
  await noteSent(db, [{ id: first?.id ?? '', at: noon, answer: '250' }])
  const second = await claim(2)
  t.ok(second)
  await releaseClaim(db, second ?? { id: '' })
  t.ok(await claim(3))
  t.equal(await claim(4, noon.plus({ seconds: 59 })), undefined)
  t.ok(await claim(4, noon.plus({ seconds: 60 })))
})

t.test('emails of several bookings are claimed together, one of each', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const [one, other] = [await aBooking(db, activityId), await aBooking(db, activityId)]

  const claimed = await claimEmails(db, [
    emailKey('booking-changed', { bookingId: one.id, sequence: 1 }),
    emailKey('booking-changed', { bookingId: one.id, sequence: 2 }),
    emailKey('booking-changed', { bookingId: other.id, sequence: 1 })
  ], host, noon)

  t.strictSame(claimed.map(email => email !== undefined), [true, false, true])
})

t.test('an email does not say what its booking was before a worker claimed it', async t => {
  const its = await world(t)
  const { db } = its
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const { id } = await aBooking(db, (await anActivity(db)).id, { email: 'anne@example.org' })
  // The booking is cancelled after it was read and before its email is claimed.
  await its.asOwner(`
    CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      UPDATE bookings SET status = 'cancelled', ical_sequence = 1 WHERE id = NEW.booking_id; RETURN NEW; END $$`)
  await its.asOwner('CREATE TRIGGER meanwhile BEFORE INSERT ON letters FOR EACH ROW EXECUTE FUNCTION meanwhile()')

  await writeEmail(context, 'booking.confirmed', { bookingId: id, sequence: 0 })
  await writeEmail(context, 'booking.cancelled', { bookingId: id, sequence: 1 })

  t.strictSame(told(mailbox), ['CANCEL 1'])
  t.match(await db.email.findMany({ orderBy: { createdAt: 'asc' } }), [
    { kind: 'place-confirmed', status: 'withdrawn', attempts: 0 }, { kind: 'cancelled', status: 'sent' }
  ])
})

t.test('an email whose turn has not come is tried again soon', async t => {
  const its = await world(t)
  const { db } = its
  const mailbox = await aMailbox(t)
  const { id: bookingId } = await aBooking(db, (await anActivity(db)).id)
  await claimEmails(db, [emailKey('booking-changed', { bookingId, sequence: 7 })], host, noon)

  const error: unknown = await writeEmail(contextFor(t, its, mailbox.url), 'booking.confirmed', { bookingId, sequence: 0 })
    .then(() => undefined, (thrown: unknown) => thrown)

  t.ok(error instanceof EmailNotInTurn && error.seconds <= 2)
  t.strictSame(mailbox.taken, [])
})
