import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Test } from 'tap'
import { sendSignInEmails } from '../../src/identity/sign-in/jobs.ts'
import { EmailInHand, MailRefused } from '../../src/mail/emails/errors.ts'
import { handOverOnce } from '../../src/mail/emails/handing-over.ts'
import type { Mailer } from '../../src/mail/emails/mailer.ts'
import { openMailer } from '../../src/mail/emails/open-mailer.ts'
import { sendWelcomes } from '../../src/office/staff-accounts/jobs.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { counted } from '../support/counted.ts'
import { staffContextWith } from '../support/email-context.ts'
import { aMailbox } from '../support/mailbox.ts'
import type { Mailbox } from '../support/mailbox.ts'
import { eventually } from '../support/running-service.ts'
import { expectSound } from '../support/sound.ts'
import { aStaffMember } from '../support/staff.ts'
import { throwawayPostgres } from '../support/throwaway-postgres.ts'
import { wholeService } from '../support/whole-service.ts'
import { noon, world } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** Three members of staff, each with two emails: that they can sign in, and to sign in with. */
async function owed (t: Test, its: World) {
  const mailbox = await aMailbox(t)
  const mailer = openMailer({ smtpUrl: mailbox.url, dataDir: 'not used' })
  t.teardown(async () => { await mailer.close() })
  const staff = await Promise.all(Array.from({ length: 3 }, async () => await aStaffMember(its.db)))
  const welcomes = staff.map(({ id }) => ({ staffMemberId: id, at: noon.toISO() }))
  const asked = staff.map(({ id }) => ({ staffMemberId: id, browserHash: `browser of ${id}`, askedAt: noon.toISO() }))
  return {
    mailbox,
    mailer,
    answered: staff.flatMap(({ email }) => [`${email} can sign in`, `${email} signs in`]).sort(),
    send: async (context: ReturnType<typeof staffContextWith>) =>
      (await Promise.all([sendWelcomes(context, welcomes), sendSignInEmails(context, asked)])).flat()
  }
}

/** What came, as mailboxes show it that know a copy by its Message-ID. */
function found ({ taken }: Mailbox): string[] {
  const byMessageId = new Map(taken.map(({ mail, to }) =>
    [mail.messageId, `${String(to[0])} ${mail.text?.match(/\d{3} \d{3}/) === null ? 'can sign in' : 'signs in'}`]))
  return [...byMessageId.values()]
}

t.test('a worker that dies with emails to staff: the next sends the same when its claims end, and those once', async t => {
  const its = await world(t)
  const { mailbox, mailer, answered, send } = await owed(t, its)
  // It hears that each was taken, and never comes to note it.
  const dying: Mailer = {
    ...mailer,
    async send (message) {
      await mailer.send(message)
      return await new Promise(() => {})
    }
  }
  const next = staffContextWith(its, mailer)

  void send(staffContextWith(its, dying))
  await eventually(() => mailbox.taken.length === 6)
  const early = await send(next)
  next.turnClock(noon.plus({ seconds: 61 }))
  const late = await send(next)
  const again = await send(next)

  t.ok(early.every(end => end.status === 'rejected' && end.reason instanceof EmailInHand))
  t.strictSame([...late, ...again].filter(({ status }) => status === 'rejected'), [])
  t.equal(mailbox.taken.length, 12, 'each was sent twice')
  counted(t, 'A worker dies with emails to staff', { answered, found: found(mailbox) })
  await expectSound(its.db)
})

t.test('a server that hangs up after the final dot of emails to staff gets the same again, once', async t => {
  const its = await world(t)
  const { mailbox, mailer, answered, send } = await owed(t, its)
  const context = staffContextWith(its, mailer)

  mailbox.fail = () => 'take and hang up'
  const unheard = await send(context)
  mailbox.fail = () => undefined
  await send(context)
  await send(context)

  t.ok(unheard.every(({ status }) => status === 'rejected'))
  t.equal(mailbox.taken.length, 12, 'each was sent twice')
  counted(t, 'SMTP drops after the final dot, to staff', { answered, found: found(mailbox) })
  await expectSound(its.db)
})

t.test('PostgreSQL is restarted after emails to staff were taken and before that is noted: each comes once', async t => {
  const postgres = await throwawayPostgres(t)
  const { db, boss, outbox, mailbox } = await wholeService(t, postgres.url)
  const staff = await Promise.all(Array.from({ length: 10 }, async () => await aStaffMember(db)))
  let stopped: Promise<void> | undefined
  mailbox.think = async () => { await (stopped ??= postgres.stop('immediate')) }

  await outbox.announce(db, 'sign-in.granted', staff.map(({ id }) => ({ staffMemberId: id, at: noon.toISO() })))
  await eventually(() => mailbox.taken.length > 0)
  await postgres.start()
  await eventually(async () => (await boss.findJobs('sign-in.granted')).every(({ state }) => state === 'completed'))

  counted(t, 'PostgreSQL is restarted while emails to staff go', {
    answered: staff.map(({ email }) => email), found: mailbox.taken.flatMap(({ to }) => to)
  })
  t.equal(await db.standaloneEmail.count({ where: { sentAt: { not: null } } }), staff.length)
  await expectSound(db, { now: systemClock() })
})

t.test('PostgreSQL is restarted while a mail server says later: the next try finds the email free', async t => {
  const postgres = await throwawayPostgres(t)
  const { db } = await wholeService(t, postgres.url)
  const refused = new MailRefused({ code: '451', isFinal: false, answer: 'Later' })
  const stopped = Promise.withResolvers<undefined>()

  const ending = Promise.allSettled([handOverOnce({ db, clock: systemClock }, randomUUID(), async () => {
    await postgres.stop('immediate')
    stopped.resolve(undefined)
    throw refused
  })])
  await stopped.promise
  await postgres.start()

  t.strictSame(await ending, [{ status: 'rejected', reason: refused }])
  t.equal(await db.standaloneEmail.count(), 0)
})
