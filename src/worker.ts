import type { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import { nightly as night } from './programme/campaigns/erasure.ts'
import type { BounceMailbox } from './mail/bounces/mailbox.ts'
import { sendTests } from './mail/bulletins/jobs.ts'
import type { Clock } from './platform/clock.ts'
import type { Db } from './platform/database/connect.ts'
import { isDatabaseAway } from './platform/database/errors.ts'
import { onceBack } from './platform/database/once-back.ts'
import { DomainError } from './platform/errors.ts'
import { forget } from './office/forgetting/jobs.ts'
import type { Traces } from './office/forgetting/traces.ts'
import { sweepLetters } from './mail/emails/commands.ts'
import { LetterInHand } from './mail/emails/errors.ts'
import { writeLetters } from './mail/emails/jobs.ts'
import type { LetterFact } from './mail/emails/kinds.ts'
import { postToStaff } from './mail/emails/to-staff.ts'
import { sweepMeetings } from './office/meetings/commands.ts'
import { keepMeetings, removeMeetings } from './office/meetings/jobs.ts'
import { sendWelcomes, tellOfRemovedFactors } from './office/members/jobs.ts'
import type { Fact, Facts, Outbox } from './platform/outbox.ts'
import { remindPeople } from './mail/reminders/commands.ts'
import { acknowledgeRequests, sendAnswers } from './office/requests/jobs.ts'
import type { RequestRoom } from './office/requests/jobs.ts'
import { sendSignInLetters } from './identity/sign-in/jobs.ts'
import type { Meetings } from './programme/teams/meeting.ts'
import { finishErasures } from './office/rights/commands.ts'
import { sendLastLetters } from './office/rights/jobs.ts'
import { serveWaitingList, sweepWaitingLists } from './booking/waiting-list/commands.ts'

export interface WorkerParts {
  boss: PgBoss
  db: Db
  outbox: Outbox
  clock: Clock
  letterRoom: RequestRoom
  /** Undefined where Microsoft Graph is not configured. */
  meetings?: Meetings | undefined
  /** Undefined where nothing that comes back is kept in a file. */
  bounceMailbox?: BounceMailbox | undefined
  /** What is kept of bookings on this machine; undefined: nothing is, and nothing is forgotten from here. */
  traces?: Traces | undefined
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}

/** The next hundred are fetched while the ones before are on their way. A fetch costs also where there is nothing. */
const inHundreds = { localConcurrency: 2 }

/**
 * Starts acting on what was announced: one line per fact and schedule. Jobs run at least once, in any
 * number of processes; each handler says why that is safe. Ends with the queue: `boss.stop()` waits for
 * the jobs in hand.
 */
export async function startWorker (
  { boss, db, outbox, clock, letterRoom, meetings, bounceMailbox, traces, log }: WorkerParts
): Promise<void> {
  const staffRoom = { ...letterRoom, post: postToStaff(letterRoom, log) }
  const meetingRoom = { db, outbox, seal: letterRoom.seal, clock, meetings }
  await letters('booking.confirmed', inHundreds)
  await letters('waiting-list.joined')
  await letters('booking.requested-again')
  await letters('booking.changed', inHundreds)
  await letters('booking.cancelled', inHundreds)
  await letters('booking-link.requested')
  await letters('place.offered')
  await letters('place.called')
  await letters('booking.lapsed')
  await letters('letter.due', inHundreds)
  await on('bulletin.tested', async tests => await sendTests(letterRoom, tests))
  await on('sign-in.requested', async requests => await sendSignInLetters(staffRoom, requests))
  await on('sign-in.granted', async granted => await sendWelcomes(staffRoom, granted))
  await on('factor.removed', async removed => await tellOfRemovedFactors(staffRoom, removed))
  await on('request.received', async received => await acknowledgeRequests(letterRoom, received))
  await on('request.answered', async answered => await sendAnswers(letterRoom, answered))
  await on('erasure.asked', async asked => await sendLastLetters(letterRoom, asked))
  await on('place.freed', async freed => await Promise.allSettled(freed.map(async ({ activityId }) => {
    await serveWaitingList(db, outbox, activityId, clock())
  })))
  await on('activity.changed', async changed =>
    await keepMeetings(meetingRoom, changed.map(({ activityId }) => activityId)))
  await on('meeting.left', async left => await removeMeetings(meetingRoom, left))

  await everyMinute('waiting-lists.swept', async () => { await sweepWaitingLists(db, outbox, clock()) })
  await everyMinute('letters.swept', async () => { await sweepLetters(db, outbox, clock()) })
  await everyMinute('reminders.swept', async () => {
    await remindPeople(db, outbox, new URL(letterRoom.publicUrl).hostname, clock())
  })
  if (meetings !== undefined) {
    await everyMinute('meetings.swept', async () => { await sweepMeetings(meetingRoom, clock()) })
  }
  if (bounceMailbox !== undefined) await everyMinute('bounces.read', bounceMailbox.readNew)
  if (traces !== undefined) {
    await everyMinute('erasures.swept', async () => { await finishErasures(db, outbox, traces.follow, clock()) })
    await nightly('details.forgotten', async () => {
      log.info(await forget(db, traces, clock()), 'What was due to be deleted is deleted.')
    })
  }

  async function letters (fact: LetterFact, options = {}): Promise<void> {
    await on(fact, async dues => {
      const ends = await writeLetters(letterRoom, fact, dues)
      return await Promise.all(ends.map(async (end, n) => await comeBackFor(fact, dues[n] as Facts[LetterFact], end)))
    }, options)
  }

  /** A letter that is in hand is announced for when its claim ends: a job's own next try may be much later. */
  async function comeBackFor (
    fact: LetterFact, due: Facts[LetterFact], end: PromiseSettledResult<void>
  ): Promise<PromiseSettledResult<void>> {
    if (end.status === 'fulfilled' || !(end.reason instanceof LetterInHand)) return end
    log.info({ fact }, 'Another worker has this email in hand.')
    const [announced] = await Promise.allSettled([
      outbox.announce(db, fact, [due], { afterSeconds: end.reason.freeInSeconds })
    ])
    return announced
  }

  /**
   * Up to a hundred jobs are fetched together and settled one by one: one that fails is retried alone.
   * While there are as many, the next are fetched without a pause. What the database was away for is done when it
   * is back: pg-boss could not even be told that it failed, and would give it to the next worker a minute later.
   */
  async function on<F extends Fact> (
    fact: F, handle: (payloads: Array<Facts[F]>) => Promise<Array<PromiseSettledResult<void>>>,
    { localConcurrency = 1 } = {}
  ): Promise<void> {
    const options = {
      batchSize: 100, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5, perJobResults: true, localConcurrency
    } as const
    await boss.work<Facts[F]>(fact, options, async jobs => {
      const ends = await throughOutages(jobs.map(({ data }) => data), handle)
      return jobs.map(({ id }, n) => settled(fact, id, ends[n]))
    })
  }

  function settled (fact: Fact, id: string, end: PromiseSettledResult<void> | undefined) {
    const error: unknown = end?.status === 'rejected' ? end.reason : undefined
    // The world moved on: what the fact was about is gone, and no further try would find it.
    if (error === undefined || error instanceof DomainError) return { id, status: 'completed' as const }
    log.error({ err: error, fact, job: id }, 'A job failed and will be tried again.')
    return { id, status: 'failed' as const, output: { type: (error as Error).name } }
  }

  async function everyMinute (name: string, run: () => Promise<void>): Promise<void> {
    await boss.createQueue(name, { policy: 'stately', retryLimit: 0, deleteAfterSeconds: 3600 })
    await boss.schedule(name, '* * * * *')
    await boss.work(name, async () => {
      try {
        await run()
      } catch (error) {
        log.error({ err: error, schedule: name }, 'A sweep failed; the next one is due within a minute.')
        throw error
      }
    })
  }

  /** At 3 in the morning, when hardly anybody books; and now, because this may be a backup that was restored. */
  async function nightly (name: string, run: () => Promise<void>): Promise<void> {
    await boss.createQueue(name, {
      policy: 'stately', retryLimit: 5, retryDelay: 600, heartbeatSeconds: 60, expireInSeconds: 6 * 3600
    })
    await boss.schedule(name, `0 ${night.hour} * * *`, null, { tz: night.zone })
    await boss.work(name, async () => {
      try {
        await run()
      } catch (error) {
        log.error({ err: error, schedule: name }, 'What is done each night failed, and is tried again in ten minutes.')
        throw error
      }
    })
    await boss.send(name)
  }
}

type Ends = Array<PromiseSettledResult<void>>

/** Handles what a fact was announced with, and again what failed because the database was away, once it is back. */
async function throughOutages<Payload> (
  payloads: readonly Payload[], handle: (payloads: Payload[]) => Promise<Ends>
): Promise<Ends> {
  const ends: Ends = []
  let left = payloads.map((payload, n) => ({ payload, n }))
  const [outcome] = await Promise.allSettled([onceBack(async () => {
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
