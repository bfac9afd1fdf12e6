import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Logger } from 'pino'
import type { Test } from 'tap'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Email } from '../../src/platform/database/generated/client.ts'
import { writeEmails } from '../../src/mail/emails/jobs.ts'
import type { EmailContext } from '../../src/mail/emails/email-context.ts'
import { kinds } from '../../src/mail/emails/kinds.ts'
import type { EmailFact } from '../../src/mail/emails/kinds.ts'
import type { Mailer } from '../../src/mail/emails/mailer.ts'
import { openMailer } from '../../src/mail/emails/open-mailer.ts'
import type { Message } from '../../src/mail/emails/message.ts'
import { postToStaff } from '../../src/mail/emails/to-staff.ts'
import type { Facts } from '../../src/platform/outbox.ts'
import type { RequestContext } from '../../src/office/requests/jobs.ts'
import type { CoHostContext } from '../../src/office/co-hosts/jobs.ts'
import type { OutcomeContext } from '../../src/office/outcomes/jobs.ts'
import type { EntryContext } from '../../src/office/entries/jobs.ts'
import type { ResourceContext } from '../../src/office/resource-requests/jobs.ts'
import type { Post, SignInContext } from '../../src/identity/sign-in/jobs.ts'
import { partsOf, signInSecrets } from './service.ts'
import { noon } from './world.ts'
import type { World } from './world.ts'

/** Where emails are written in tests: a room whose clock can be set. */
export interface TestContext extends RequestContext, ResourceContext, OutcomeContext, EntryContext, CoHostContext,
  Pick<SignInContext, 'signInSecrets'> {
  turnClock: (to: DateTime<true>) => void
}

/** A room that sends to `smtpUrl`. */
export function contextFor (t: Test, world: World, smtpUrl: string): TestContext {
  const mailer = openMailer({ smtpUrl, dataDir: 'not used' })
  t.teardown(async () => { await mailer.close() })
  return contextWith(world, mailer)
}

export function contextWith (world: World, mailer: Mailer): TestContext {
  const parts = partsOf(world)
  let now = parts.clock()
  return { ...parts, signInSecrets, mailer, clock: () => now, turnClock: to => { now = to } }
}

/** The same for emails to members of staff. */
export function staffContextWith (
  world: World, mailer: Mailer, log: Pick<Logger, 'warn'> = { warn () {} }
): TestContext & { post: Post } {
  const context = contextWith(world, mailer)
  return { ...context, post: postToStaff(context, log) }
}

/** A mailer that keeps its emails, for tests of their content. */
export function keeping (): Mailer & { kept: Message[] } {
  const kept: Message[] = []
  return { kept, async send (message) { kept.push(message); return '250 Kept' }, async close () {} }
}

/** Writes one email alone. Throws where there is to be another try. */
export async function writeEmail<F extends EmailFact> (context: EmailContext, fact: F, due: Facts[F]): Promise<void> {
  const [end] = await writeEmails(context, fact, [due])
  if (end?.status === 'rejected') throw end.reason
}

/** Does the due job of each email once, as the worker would; returns the errors of those that failed. */
export async function doJobs ({ boss }: World, context: EmailContext): Promise<unknown[]> {
  const errors: unknown[] = []
  for (const fact of new Set(Object.values(kinds).map(({ fact }) => fact))) {
    const options = { batchSize: 1000, ignoreStartAfter: true }
    for (const { id, data } of await boss.fetch<Facts['letter.due']>(fact, options)) {
      try {
        await writeEmail(context, fact, data)
        await boss.complete(fact, id)
      } catch (error) {
        errors.push(error)
        await boss.fail(fact, id)
      }
    }
  }
  return errors
}

/** An email in the database, sent at noon by default; announces nothing. */
export async function anEmail (db: Db, bookingId: string, given: Partial<Omit<Email, 'told'>> = {}): Promise<Email> {
  const id = randomUUID()
  const status = given.status ?? 'sent'
  return await db.email.create({
    data: {
      id,
      bookingId,
      kind: 'place-confirmed',
      messageId: `${id}@workshops.example.org`,
      status,
      attempts: 1,
      answer: '250 OK',
      createdAt: noon.toJSDate(),
      sentAt: status === 'sent' || status === 'bounced' ? noon.toJSDate() : null,
      ...given
    }
  })
}
