import type { Logger } from 'pino'
import type { SignInContext } from '../identity/sign-in/jobs.ts'
import { EmailPutOff } from '../mail/emails/errors.ts'
import { writeEmails } from '../mail/emails/jobs.ts'
import type { EmailFact } from '../mail/emails/kinds.ts'
import type { CoHostContext } from '../office/co-hosts/jobs.ts'
import type { EntryContext } from '../office/entries/jobs.ts'
import type { MeetingContext } from '../office/meetings/jobs.ts'
import type { OutcomeContext } from '../office/outcomes/jobs.ts'
import type { RequestContext } from '../office/requests/jobs.ts'
import type { ResourceContext } from '../office/resource-requests/jobs.ts'
import type { StaffAccountContext } from '../office/staff-accounts/jobs.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/database/connect.ts'
import type { Fact, Facts, Outbox, Subscriber } from '../platform/outbox.ts'

/** What acts on facts, and with what it does. */
export interface Contexts {
  db: Db
  outbox: Outbox
  clock: Clock
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  emailContext: RequestContext & ResourceContext & OutcomeContext & EntryContext & CoHostContext &
    Pick<SignInContext, 'signInSecrets'>
  staffContext: SignInContext & StaffAccountContext
  meetingContext: MeetingContext
}

/** One that acts on a fact, and how: at least once, in any number of processes. What it does is safe to repeat. */
export interface Subscription extends Subscriber {
  localConcurrency: number
  handle: (contexts: Contexts, payloads: never[], putOff: PutOff) => Promise<Ends>
}

export type Ends = Array<PromiseSettledResult<void>>

/** Has what a subscriber was announced come to it again, and to nobody else, after so many seconds. */
export type PutOff = (payload: object, seconds: number) => Promise<void>

/** `name` and `queue` as in `Subscriber`. */
export function on<F extends Fact> (
  fact: F, handle: (contexts: Contexts, payloads: Array<Facts[F]>) => Promise<Ends>,
  { localConcurrency = 1, ...subscriber }: Partial<Omit<Subscription, 'fact' | 'handle'>> = {}
): Subscription {
  return { ...subscriber, fact, localConcurrency, handle: puttingOff(fact, handle) as Subscription['handle'] }
}

export function emails<F extends EmailFact> (fact: F, options = {}): Subscription {
  return on(fact, async ({ emailContext }, dues) => await writeEmails(emailContext, fact, dues), options)
}

/** Puts off an email that cannot go now for as long as it says: the job's own next try may be much later. */
function puttingOff<F extends Fact> (
  fact: F, handle: (contexts: Contexts, payloads: Array<Facts[F]>) => Promise<Ends>
): (contexts: Contexts, payloads: Array<Facts[F]>, putOff: PutOff) => Promise<Ends> {
  return async (contexts, payloads, putOff) => {
    const ends = await handle(contexts, payloads)
    return await Promise.allSettled(ends.map(async (end, n) => {
      if (end.status === 'fulfilled') return
      if (!(end.reason instanceof EmailPutOff)) throw end.reason
      contexts.log.info({ fact }, end.reason.message)
      await putOff(payloads[n] as Facts[F], end.reason.seconds)
    }))
  }
}
