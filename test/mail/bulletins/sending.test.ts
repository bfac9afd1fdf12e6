import { randomUUID } from 'node:crypto'
import t from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { bulletinDraft } from '../../../src/mail/bulletins/bulletin.ts'
import { sendBulletin, stopBulletin, testBulletin, writeBulletin } from '../../../src/mail/bulletins/commands.ts'
import { sendTests } from '../../../src/mail/bulletins/jobs.ts'
import { getBulletin, progressOfOne } from '../../../src/mail/bulletins/queries.ts'
import { sendAgain, sweepEmails } from '../../../src/mail/emails/commands.ts'
import { emailKey } from '../../../src/mail/emails/email-key.ts'
import { recordOwedEmails } from '../../../src/mail/emails/owing.ts'
import { MailRefused } from '../../../src/mail/emails/errors.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import type { Facts } from '../../../src/platform/outbox.ts'
import { startWorker } from '../../../src/worker.ts'
import { confirming } from '../../support/confirming.ts'
import { doJobs, keeping, contextFor, contextWith } from '../../support/email-context.ts'
import { aMailbox } from '../../support/mailbox.ts'
import type { Mailbox } from '../../support/mailbox.ts'
import { eventually } from '../../support/running-service.ts'
import { aStaffMember, organiser } from '../../support/staff.ts'
import { announced, aBooking, anActivity, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const host = 'workshops.example.org'
const silent = { info () {}, warn () {}, error () {} }

/** A draft message for the given number of people of an activity; returns its address. */
async function writtenTo ({ db }: World, people: number) {
  const { id: activityId } = await anActivity(db, { capacity: people })
  for (let n = 1; n <= people; n++) await aBooking(db, activityId, { email: `parent-${n}@example.org` })
  const draft = { audience: 'everyone', heading: 'Bring a torch', body: 'It will be dark.' } as const
  const number = await writeBulletin(db, activityId, { ...draft, id: randomUUID() }, organiser, noon)
  return { activityId, number }
}

type Written = Awaited<ReturnType<typeof writtenTo>>

async function send ({ db, outbox }: World, at: Written): Promise<void> {
  const versionHash = bulletinDraft.versionHash(await getBulletin(db, at.activityId, at.number))
  await confirming(async confirmed =>
    await sendBulletin(db, outbox, { ...at, versionHash, host, confirmed }, organiser, noon))
}

function recipients ({ taken }: Mailbox): string[] {
  return taken.map(({ to }) => String(to[0])).sort()
}

t.test('stopped while a slow mail server takes it, a message reaches nobody but those whose email was in hand', async t => {
  const its = await world(t)
  const { db } = its
  const mailbox = await aMailbox(t)
  const at = await writtenTo(its, 40)
  let asked = 0
  const { promise: later, resolve: goOn } = Promise.withResolvers<undefined>()
  mailbox.think = async () => { if (++asked > 7) await later }
  await startWorker({ ...its, clock: () => noon, emailContext: contextFor(t, its, mailbox.url), log: silent })
  const progress = async () => await progressOfOne(db, at.activityId, at.number)

  await send(its, at)
  await eventually(async () => (await progress()).sent === 7)
  await stopBulletin(db, at, organiser, noon)
  const { waiting, withdrawn } = await progress()
  goOn(undefined)
  await eventually(async () => (await progress()).waiting === 0)
  await eventually(async () => await db.$queryRaw<unknown[]>`
    SELECT FROM pgboss.job WHERE name = 'letter.due' AND state <> 'completed'`.then(jobs => jobs.length === 0))

  t.ok(waiting <= 5, `${waiting} emails were in hand`)
  t.equal(withdrawn, 40 - 7 - waiting, 'all others are withdrawn at once')
  t.match(await progress(), { sent: 7 + waiting, waiting: 0, notTaken: 0, withdrawn })
  t.equal(mailbox.taken.length, 7 + waiting)
  t.equal(new Set(recipients(mailbox)).size, 7 + waiting, 'nobody twice')
})

t.test('an email in hand that is not taken after the stop does not go again', async t => {
  const its = await world(t)
  const { db } = its
  const mailbox = await aMailbox(t)
  const at = await writtenTo(its, 1)
  const context = contextFor(t, its, mailbox.url)
  await send(its, at)
  const { promise: stopped, resolve: hasStopped } = Promise.withResolvers<undefined>()
  mailbox.refuse = () => ({ code: 421, text: 'Later' })
  const slow = {
    ...context,
    mailer: {
      ...context.mailer,
      async send (...given: Parameters<typeof context.mailer.send>) {
        await stopped
        return await context.mailer.send(...given)
      }
    }
  }

  const first = doJobs(its, slow)
  await eventually(async () => (await db.email.findFirstOrThrow()).claimedUntil !== null)
  await stopBulletin(db, at, organiser, noon)
  hasStopped(undefined)
  await first
  mailbox.refuse = () => undefined
  t.strictSame(await doJobs(its, context), [])
  await sweepEmails(db, its.outbox, noon)
  t.strictSame(await doJobs(its, context), [])

  t.strictSame(mailbox.taken, [])
  t.match(await db.email.findMany(), [{ status: 'withdrawn', answer: 'Not sent: it was stopped.' }])
})

t.test('people who cancel before their email goes do not get it, nor do those who book after it was sent', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const mailbox = await aMailbox(t)
  const at = await writtenTo(its, 3)
  await send(its, at)
  const { id } = await db.booking.findFirstOrThrow({ where: { email: 'parent-2@example.org' } })
  await cancelBooking(db, outbox, id, noon)
  await aBooking(db, at.activityId, { email: 'late@example.org' })

  await doJobs(its, contextFor(t, its, mailbox.url))

  const bulletins = mailbox.taken.filter(({ mail }) => mail.subject?.startsWith('A message about your booking'))
  t.strictSame(recipients({ ...mailbox, taken: bulletins }), ['parent-1@example.org', 'parent-3@example.org'])
  t.match(await progressOfOne(db, at.activityId, at.number), { sent: 2, waiting: 0, withdrawn: 1 })
})

t.test('people who have a place before an email to those who wait goes do not get it, nor later', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const mailbox = await aMailbox(t)
  const { id: activityId } = await anActivity(db, { capacity: 1 })
  for (const n of [1, 2]) await aBooking(db, activityId, { status: 'waiting', email: `parent-${n}@example.org` })
  const draft = { audience: 'waiting', heading: 'It is full', body: 'Come on another day.' } as const
  const number = await writeBulletin(db, activityId, { ...draft, id: randomUUID() }, organiser, noon)
  await send(its, { activityId, number })
  await db.booking.updateMany({ where: { email: 'parent-2@example.org' }, data: { status: 'confirmed', confirmedAt: noon.toJSDate() } })

  await doJobs(its, contextFor(t, its, mailbox.url))

  t.strictSame(recipients(mailbox), ['parent-1@example.org'])
  const { id: emailId, answer } = await db.email.findFirstOrThrow({ where: { status: 'withdrawn' } })
  t.equal(answer, 'Not sent: the booking is now confirmed.')
  await t.rejects(sendAgain(db, outbox, { emailId, host }, organiser, noon), { message: /now confirmed/ })
})

t.test('a reminder of the next hour does not wait behind a message to everyone', async t => {
  const its = await world(t)
  const { db, boss } = its
  const at = await writtenTo(its, 3)
  await send(its, at)
  const { id } = await db.booking.findFirstOrThrow({ where: { email: 'parent-2@example.org' } })
  const reminder = emailKey('reminder-hour', { bookingId: id, sequence: 1 })
  await db.$transaction(async tx => await recordOwedEmails(tx, its.outbox, [reminder], host, noon))

  const [first] = await boss.fetch<Facts['letter.due']>('letter.due')

  t.equal(first?.data.kind, 'reminder-hour')
})

t.test('while the mail server is away nothing is lost, and when it is back everyone has one email', async t => {
  const its = await world(t)
  const { db } = its
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const at = await writtenTo(its, 12)
  await mailbox.stop()
  await send(its, at)

  t.equal((await doJobs(its, context)).length, 12)
  t.match(await progressOfOne(db, at.activityId, at.number), { sent: 0, waiting: 12, retried: 12 })
  await mailbox.start()
  await sweepEmails(db, its.outbox, noon)
  t.strictSame(await doJobs(its, context), [])
  t.strictSame(await doJobs(its, context), [])

  t.equal(mailbox.taken.length, 12)
  t.equal(new Set(recipients(mailbox)).size, 12)
  t.match(await progressOfOne(db, at.activityId, at.number), { sent: 12, waiting: 0, retried: 0 })
})

t.test('one address that is refused for good holds up nobody, and is counted', async t => {
  const its = await world(t)
  const mailbox = await aMailbox(t)
  mailbox.refuse = recipient => recipient === 'parent-2@example.org' ? { code: 550, text: '5.1.1 No such user' } : undefined
  const at = await writtenTo(its, 4)
  await send(its, at)

  t.strictSame(await doJobs(its, contextFor(t, its, mailbox.url)), [])

  t.equal(mailbox.taken.length, 3)
  t.match(await progressOfOne(its.db, at.activityId, at.number), { sent: 3, waiting: 0, notTaken: 1 })
})

t.test('a test goes to its sender, marked, about nobody real, as the text is by then, and into no log', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const at = await writtenTo(its, 2)
  const member = await aStaffMember(db, { email: 'olu@council.example' })
  const mailer = keeping()
  await startWorker({ ...its, clock: () => noon, emailContext: contextWith(its, mailer), log: silent })

  await testBulletin(db, outbox, at, { ...organiser, id: member.id }, noon)
  await eventually(() => mailer.kept.length > 0)

  const [message, ...more] = mailer.kept
  t.strictSame(more, [])
  t.equal(message?.to, 'olu@council.example')
  t.equal(message?.subject, 'Test: A message about your booking: Online workshop – Cumbria safeguarding partnerships, Tuesday 1 December 2026')
  t.match(message?.text, /Hello Alex Example,[^]*Bring a torch\n=+\n\nIt will be dark\./)
  for (const { name, email, reference } of await db.booking.findMany()) {
    for (const form of [message?.text, message?.html]) {
      for (const real of [name, email, reference]) t.notMatch(form, real)
    }
  }
  t.equal(message?.calendar, undefined)
  t.equal(await db.email.count(), 0)
  t.equal((await getBulletin(db, at.activityId, at.number)).sentAt, undefined)
})

t.test('a test is tried again while the mail server is away, and not where it refuses for good', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const at = await writtenTo(its, 1)
  const { id } = await aStaffMember(db)
  await testBulletin(db, outbox, at, { ...organiser, id }, noon)
  const tests = await announced(db, 'bulletin.tested')
  const refusing = (isFinal: boolean) => contextWith(its, {
    async send () { throw new MailRefused({ code: 'x', isFinal, answer: 'no' }) }, async close () {}
  })

  t.match(await sendTests(refusing(false), tests), [{ status: 'rejected' }])
  t.match(await sendTests(refusing(true), tests), [{ status: 'fulfilled' }])
})

t.test('a test that a mail server took and hung up comes again with the same Message-ID, and the next has another', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const at = await writtenTo(its, 1)
  const { id } = await aStaffMember(db)
  const mailer = keeping()
  const hangingUp = {
    ...mailer,
    async send (message: Message): Promise<string> {
      await mailer.send(message)
      throw new MailRefused({ code: 'no answer', isFinal: false, answer: 'It hung up.' })
    }
  }
  for (const minutes of [0, 1]) await testBulletin(db, outbox, at, { ...organiser, id }, noon.plus({ minutes }))
  const tests = await announced(db, 'bulletin.tested')

  await sendTests(contextWith(its, hangingUp), tests)
  for (let n = 0; n < 2; n++) await sendTests(contextWith(its, mailer), tests)

  const ids = mailer.kept.map(({ messageId }) => messageId)
  t.equal(ids.length, 4)
  t.strictSame(ids.slice(2).sort(), ids.slice(0, 2).sort())
  t.equal(new Set(ids).size, 2)
})

t.test('someone who does not work here any more gets no test, and what is gone is none', async t => {
  const its = await world(t)
  const { db } = its
  const at = await writtenTo(its, 1)
  const { id: bulletinId } = await getBulletin(db, at.activityId, at.number)
  const left = await aStaffMember(db, { disabledAt: noon.toJSDate() })
  const here = await aStaffMember(db)
  const mailer = keeping()

  const ends = await sendTests(contextWith(its, mailer), [
    { bulletinId, staffMemberId: left.id }, { bulletinId, staffMemberId: randomUUID() },
    { bulletinId: randomUUID(), staffMemberId: here.id }, { bulletinId, staffMemberId: here.id }
  ].map(one => ({ ...one, at: noon.toISO() })))

  t.match(ends, Array.from({ length: 4 }, () => ({ status: 'fulfilled' })))
  t.strictSame(mailer.kept.map(({ to }) => to), [here.email])
})

t.test('a message that names a secret place goes to nobody while one of its readers is not told it', async t => {
  const its = await world(t)
  const at = await writtenTo(its, 1)
  await its.db.activity.update({
    where: { id: at.activityId }, data: { kind: 'training', isOnline: false, venue: 'Rose House', hasSecretPlace: true }
  })
  await its.db.bulletin.updateMany({ data: { body: 'Ring the bell of Rose House.' } })
  const { id } = await aBooking(its.db, at.activityId, { status: 'waiting' })

  await t.rejects(send(its, at), { message: /Leave the venue out/ })
  t.equal(await its.db.email.count(), 0)
  await cancelBooking(its.db, its.outbox, id, noon)
  await send(its, at)
  t.equal(await its.db.email.count(), 1, 'who has a place may read it')
})
