import { fromPrisma } from 'pg-boss'
import type { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import { nightly as night } from './programme/campaigns/erasure.ts'
import type { BounceMailbox } from './mail/bounces/mailbox.ts'
import { sendTests } from './mail/bulletins/jobs.ts'
import type { Clock } from './platform/clock.ts'
import type { Db } from './platform/database/connect.ts'
import { isDatabaseAway } from './platform/database/errors.ts'
import { retryWhileDatabaseAway } from './platform/database/retry-while-away.ts'
import { DomainError } from './platform/errors.ts'
import { sendCoHostInvitations } from './office/co-hosts/jobs.ts'
import type { CoHostContext } from './office/co-hosts/jobs.ts'
import { forget } from './office/forgetting/jobs.ts'
import type { Traces } from './office/forgetting/traces.ts'
import { sweepEmails } from './mail/emails/commands.ts'
import { EmailPutOff } from './mail/emails/errors.ts'
import { writeEmails } from './mail/emails/jobs.ts'
import type { EmailFact } from './mail/emails/kinds.ts'
import { postToStaff } from './mail/emails/to-staff.ts'
import { fillWhoRuns } from './office/entries/keeping.ts'
import { sweepMeetings } from './office/meetings/keeping.ts'
import { announceDigests } from './office/approval/digests.ts'
import { sendDigests, tellOfDecisions } from './office/approval/jobs.ts'
import { keepMeetings, removeMeetings } from './office/meetings/jobs.ts'
import type { MeetingContext } from './office/meetings/jobs.ts'
import { sendWelcomes, tellOfRemovedFactors } from './office/staff-accounts/jobs.ts'
import type { StaffAccountContext } from './office/staff-accounts/jobs.ts'
import { queueOf, untilTheMailServerIsBack } from './platform/outbox.ts'
import type { Fact, Facts, Outbox, Subscriber } from './platform/outbox.ts'
import { announceLaterQuestions } from './mail/later-questions/commands.ts'
import { askOnceMore } from './mail/later-questions/jobs.ts'
import { remindPeople } from './mail/reminders/commands.ts'
import { askDueLeads } from './office/outcomes/asking.ts'
import { askLeads, thankLeads } from './office/outcomes/jobs.ts'
import type { OutcomeContext } from './office/outcomes/jobs.ts'
import { acknowledgeRequests, sendAnswers, tellOfExtensions } from './office/requests/jobs.ts'
import type { RequestContext } from './office/requests/jobs.ts'
import { sendEntryLinks, tellOfCancelledEntries, tellOfDecidedEntries, tellOfEntries } from './office/entries/jobs.ts'
import type { EntryContext } from './office/entries/jobs.ts'
import { tellOfMoves } from './office/resource-requests/jobs.ts'
import type { ResourceContext } from './office/resource-requests/jobs.ts'
import { sendSignInEmails } from './identity/sign-in/jobs.ts'
import type { SignInContext } from './identity/sign-in/jobs.ts'
import type { Meetings } from './programme/teams/meeting.ts'
import { finishErasures } from './office/rights/commands.ts'
import { sendLastEmails } from './office/rights/jobs.ts'
import { announceStandingLists } from './office/standing-lists/commands.ts'
import { dropOldRuns } from './office/standing-lists/drop-old-runs.ts'
import { sendStandingLists, tellOfStoppedLists } from './office/standing-lists/jobs.ts'
import { serveWaitingList, sweepWaitingLists } from './booking/waiting-list/serve.ts'

export interface WorkerParts {
  boss: PgBoss
  db: Db
  outbox: Outbox
  clock: Clock
  emailContext: RequestContext & ResourceContext & OutcomeContext & EntryContext & CoHostContext
  /** Undefined if Microsoft Graph is not configured. */
  meetings?: Meetings | undefined
  /** Undefined if bounces are not kept in a file. */
  bounceMailbox?: BounceMailbox | undefined
  /**
   * Data about bookings that is kept outside the database on this machine; undefined: there is none, and this process
   * erases nothing.
   */
  traces?: Traces | undefined
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}

/** What acts on facts, and with what it does. */
interface Contexts extends Pick<WorkerParts, 'db' | 'outbox' | 'clock' | 'emailContext' | 'log'> {
  staffContext: SignInContext & StaffAccountContext
  meetingContext: MeetingContext
}

/** One that acts on a fact, and how: at least once, in any number of processes. What it does is safe to repeat. */
interface Subscription extends Subscriber {
  localConcurrency: number
  handle: (contexts: Contexts, payloads: never[], putOff: PutOff) => Promise<Ends>
}

type Ends = Array<PromiseSettledResult<void>>

/** Has what a subscriber was announced come to it again, and to nobody else, after so many seconds. */
type PutOff = (payload: object, seconds: number) => Promise<void>

/** Fetches the next hundred while the ones before are being sent. A fetch has a cost even if it finds nothing. */
const inHundreds = { localConcurrency: 2 }

/**
 * Who acts on what happened: a line for each fact and subscriber. A second subscriber of a fact is one more line, with
 * a `name`; its queue is its own.
 */
export const subscriptions: readonly Subscription[] = [
  emails('booking.confirmed', inHundreds),
  emails('waiting-list.joined'),
  emails('booking.requested-again'),
  emails('booking.changed', inHundreds),
  emails('booking.cancelled', inHundreds),
  emails('booking-link.requested'),
  emails('place.offered'),
  emails('place.called'),
  emails('booking.lapsed'),
  emails('letter.due', inHundreds),
  on('bulletin.tested', async ({ emailContext }, tests) => await sendTests(emailContext, tests)),
  on('sign-in.requested', async ({ staffContext }, requests) => await sendSignInEmails(staffContext, requests)),
  on('sign-in.granted', async ({ staffContext }, granted) => await sendWelcomes(staffContext, granted)),
  on('factor.removed', async ({ staffContext }, removed) => await tellOfRemovedFactors(staffContext, removed)),
  on('request.received', async ({ emailContext }, received) => await acknowledgeRequests(emailContext, received)),
  on('request.extended', async ({ emailContext }, extended) => await tellOfExtensions(emailContext, extended)),
  on('request.answered', async ({ emailContext }, answered) => await sendAnswers(emailContext, answered)),
  on('erasure.asked', async ({ emailContext }, asked) => await sendLastEmails(emailContext, asked)),
  on('later-question.due', async ({ emailContext }, dues) => await askOnceMore(emailContext, dues)),
  on('standing-list.due', async ({ emailContext, outbox }, dues) =>
    await sendStandingLists({ ...emailContext, outbox }, dues)),
  on('standing-list.stopped', async ({ emailContext }, stopped) => await tellOfStoppedLists(emailContext, stopped)),
  on('resources.moved', async ({ emailContext }, moves) => await tellOfMoves(emailContext, moves)),
  on('co-host.invited', async ({ emailContext }, invited) => await sendCoHostInvitations(emailContext, invited)),
  on('outcomes.due', async ({ emailContext }, dues) => await askLeads(emailContext, dues)),
  on('thanks.due', async ({ emailContext }, dues) => await thankLeads(emailContext, dues)),
  on('approval.decided', async ({ emailContext }, decided) => await tellOfDecisions(emailContext, decided)),
  on('approval-digest.due', async ({ emailContext }, dues) => await sendDigests(emailContext, dues)),
  on('entry.moved', async ({ emailContext }, moved) => await tellOfEntries(emailContext, moved)),
  on('entry-links.due', async ({ emailContext }, dues) => await sendEntryLinks(emailContext, dues)),
  on('approval.decided', async ({ emailContext }, decided) => await tellOfDecidedEntries(emailContext, decided), { name: 'entries' }),
  on('activity.changed', async ({ emailContext }, changed) => await tellOfCancelledEntries(emailContext, changed), {
    name: 'entries', queue: untilTheMailServerIsBack
  }),
  on('place.freed', async ({ db, outbox, clock }, freed) => await Promise.allSettled(freed.map(async ({ activityId }) => {
    await serveWaitingList(db, outbox, activityId, clock())
  }))),
  on('activity.changed', async ({ meetingContext }, changed) =>
    await keepMeetings(meetingContext, changed.map(({ activityId }) => activityId))),
  on('meeting.left', async ({ meetingContext }, left) => await removeMeetings(meetingContext, left))
]

/** `name` and `queue` as in `Subscriber`. */
export function on<F extends Fact> (
  fact: F, handle: (contexts: Contexts, payloads: Array<Facts[F]>, putOff: PutOff) => Promise<Ends>,
  { localConcurrency = 1, ...subscriber }: Partial<Omit<Subscription, 'fact' | 'handle'>> = {}
): Subscription {
  return { ...subscriber, fact, localConcurrency, handle: handle as Subscription['handle'] }
}

/** Puts off an email that cannot go now for as long as it says: the job's own next try may be much later. */
function emails<F extends EmailFact> (fact: F, options = {}): Subscription {
  return on(fact, async ({ emailContext, log }, dues, putOff) => {
    const ends = await writeEmails(emailContext, fact, dues)
    return await Promise.allSettled(ends.map(async (end, n) => {
      if (end.status === 'fulfilled') return
      if (!(end.reason instanceof EmailPutOff)) throw end.reason
      log.info({ fact }, end.reason.message)
      await putOff(dues[n] as Facts[F], end.reason.seconds)
    }))
  }, options)
}

/**
 * Starts acting on what was announced, by its subscriptions, and on what is due: one line per schedule. Ends with the
 * queue: `boss.stop()` waits for the jobs in hand.
 */
export async function startWorker (
  { boss, db, outbox, clock, emailContext, meetings, bounceMailbox, traces, log }: WorkerParts, acting = subscriptions
): Promise<void> {
  const staffContext = { ...emailContext, post: postToStaff(emailContext, log) }
  const meetingContext = { db, outbox, seal: emailContext.seal, clock, meetings }
  const contexts = { db, outbox, clock, emailContext, staffContext, meetingContext, log }
  for (const subscription of acting) await act(subscription)

  const { everyMinute, nightly } = schedulesOf({ boss, log })
  await everyMinute('waiting-lists.swept', async () => { await sweepWaitingLists(db, outbox, clock()) })
  await everyMinute('letters.swept', async () => { await sweepEmails(db, outbox, clock()) })
  await everyMinute('reminders.swept', async () => {
    await remindPeople(db, outbox, new URL(emailContext.publicUrl).hostname, clock())
  })
  await everyMinute('later-questions.swept', async () => { await announceLaterQuestions(db, outbox, clock()) })
  await everyMinute('standing-lists.swept', async () => { await announceStandingLists(db, outbox, clock()) })
  await nightly('standing-list-runs.dropped', async () => { await dropOldRuns(db, clock()) })
  await everyMinute('outcomes.swept', async () => { await askDueLeads(db, outbox, clock()) })
  await nightly('who-runs.filled', async () => { await fillWhoRuns(db, clock()) })
  await everyMinute('approval-digests.swept', async () => { await announceDigests(db, outbox, clock()) })
  if (meetings !== undefined) {
    await everyMinute('meetings.swept', async () => { await sweepMeetings(meetingContext, clock()) })
  }
  if (bounceMailbox !== undefined) await everyMinute('bounces.read', bounceMailbox.readNew)
  if (traces !== undefined) {
    await everyMinute('erasures.swept', async () => { await finishErasures(db, outbox, traces.follow, clock()) })
    await nightly('details.forgotten', async () => {
      log.info(await forget(db, traces, clock()), 'What was due to be deleted is deleted.')
    })
  }

  /**
   * Up to a hundred jobs are fetched together and settled one by one: a failed one is retried alone. As long as batches
   * are full, the next is fetched without a pause. Work that failed because the database was away is done when it is
   * back: pg-boss could not even be told of the failure, and would give the job to the next worker a minute later.
   */
  async function act (subscription: Subscription): Promise<void> {
    const { handle, localConcurrency } = subscription
    const queue = queueOf(subscription)
    const options = {
      batchSize: 100,
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 0.5,
      perJobResults: true,
      localConcurrency
    } as const
    await boss.work<never, unknown, typeof options>(queue, options, async jobs => {
      // Few are put off: to read the priority of every job that is fetched would cost more.
      const putOff: PutOff = async (data, seconds) => {
        const of = jobs.find(job => job.data === data)
        const [{ priority = 0 } = {}] = of === undefined ? [] : await boss.findJobs(queue, { id: of.id })
        await boss.insert(queue, [{ data, startAfter: seconds, priority }], { db: fromPrisma(db) })
      }
      const payloads = jobs.map(({ data }) => data)
      const ends = await retryAfterOutage(payloads, async left => await handle(contexts, left, putOff))
      return jobs.map(({ id }, n) => settled(queue, id, ends[n]))
    })
  }

  function settled (queue: string, id: string, end: PromiseSettledResult<void> | undefined) {
    const error: unknown = end?.status === 'rejected' ? end.reason : undefined
    // The world moved on: the subject of the fact is gone, and no further try would find it.
    if (error === undefined || error instanceof DomainError) return { id, status: 'completed' as const }
    log.error({ err: error, fact: queue, job: id }, 'A job failed and will be tried again.')
    return { id, status: 'failed' as const, output: { type: (error as Error).name } }
  }
}

/** What is done at given times, by one process of all; what fails is logged and tried again. */
function schedulesOf ({ boss, log }: Pick<WorkerParts, 'boss' | 'log'>) {
  return { everyMinute, nightly }

  async function everyMinute (name: string, run: () => Promise<void>): Promise<void> {
    await boss.createQueue(name, { policy: 'stately', retryLimit: 0, deleteAfterSeconds: 3600 })
    await boss.schedule(name, '* * * * *')
    await work(name, run, 'A sweep failed; the next one is due within a minute.')
  }

  /** At 3 in the morning, when hardly anyone books; and now, because this may be a restored backup. */
  async function nightly (name: string, run: () => Promise<void>): Promise<void> {
    await boss.createQueue(name, {
      policy: 'stately', retryLimit: 5, retryDelay: 600, heartbeatSeconds: 60, expireInSeconds: 6 * 3600
    })
    await boss.schedule(name, `0 ${night.hour} * * *`, null, { tz: night.zone })
    await work(name, run, 'What is done each night failed, and is tried again in ten minutes.')
    await boss.send(name)
  }

  async function work (name: string, run: () => Promise<void>, failed: string): Promise<void> {
    await boss.work(name, async () => {
      try {
        await run()
      } catch (error) {
        log.error({ err: error, schedule: name }, failed)
        throw error
      }
    })
  }
}

/** Handles the payloads of a fact, and again those that failed because the database was away, once it is back. */
async function retryAfterOutage<Payload> (
  payloads: readonly Payload[], handle: (payloads: Payload[]) => Promise<Ends>
): Promise<Ends> {
  const ends: Ends = []
  let left = payloads.map((payload, n) => ({ payload, n }))
  const [outcome] = await Promise.allSettled([retryWhileDatabaseAway(async () => {
    const found = await handle(left.map(({ payload }) => payload))
    left.forEach(({ n }, i) => { ends[n] = found[i] as PromiseSettledResult<void> })
    left = left.filter(({ n }) => isAway(ends[n]))
    if (left[0] !== undefined) throw (ends[left[0].n] as PromiseRejectedResult).reason
  })])
  if (outcome.status === 'rejected') for (const { n } of left) ends[n] = outcome
  return ends
}

function isAway (end: PromiseSettledResult<void> | undefined): boolean {
  return end?.status === 'rejected' && isDatabaseAway(end.reason)
}
