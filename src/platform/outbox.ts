import { randomUUID } from 'node:crypto'
import { fromPrisma } from 'pg-boss'
import type { JobInsert, PgBoss, QueueOptions } from 'pg-boss'
import type { Tx } from './database/connect.ts'
import { oweJobs } from './owed-jobs.ts'

/** What happened to a booking; `sequence` tells apart what happens to one more than once. */
export interface EmailDue { bookingId: string, sequence: number }

/**
 * What happened, and what subscribers need in order to act on it. Payloads are ids: a handler reads the state of now.
 * `at` tells apart what can happen to one more than once, and so the emails about it.
 * A fact is announced for every booking that it is true of, whether or not anyone can or must be emailed.
 */
export interface Facts {
  /** Someone has a place: at once, or after waiting. One who moves to another date with their place has changed. */
  'booking.confirmed': EmailDue
  /** Someone waits because they asked to; not who was put on the list of another date unasked. */
  'waiting-list.joined': EmailDue
  /** Someone asked by the form with an address that already has a live booking. */
  'booking.requested-again': EmailDue
  /** What a booking says is not what it said: its SEQUENCE has gone up. */
  'booking.changed': EmailDue
  'booking.cancelled': EmailDue
  'booking-link.requested': EmailDue
  /** A place is kept for someone who waits, until their offer ends. */
  'place.offered': EmailDue
  /** Places are free, for the first person on the list who accepts. */
  'place.called': EmailDue
  /** Someone left the waiting list without a place: an offer ended, or the list closed. */
  'booking.lapsed': EmailDue
  'place.freed': { activityId: string }
  /** An email is due, and the announcer names its kind: a reminder, a bulletin, a copy of an earlier one. */
  'letter.due': EmailDue & { kind: string, copy: number }
  /** An activity has changed: what is kept in step with it elsewhere must follow. */
  'activity.changed': { activityId: string }
  /**
   * An activity was deleted and we had made its meeting: the meeting, by its id at Microsoft, sealed, is to be removed.
   */
  'meeting.left': { meetingIdSealed: string }
  /** A member of staff tests a bulletin, and alone gets it. */
  'bulletin.tested': { bulletinId: string, staffMemberId: string, at: string }
  /**
   * A member of staff, or someone who knows their address, asked for an email to sign in with, in the browser with this
   * hash; `askedFrom` is set unless that is known as their own browser.
   */
  'sign-in.requested': { staffMemberId: string, browserHash: string, askedAt: string, askedFrom?: number | undefined }
  /** Someone can sign in from now on, or with another address: they are told how. */
  'sign-in.granted': { staffMemberId: string, at: string }
  /** Someone else removed a member of staff's authenticator; the member is told. */
  'factor.removed': { staffMemberId: string, at: string }
  /** Someone exercised a data right, or complained: they are told that we have received it. */
  'request.received': { requestId: string }
  /** We take more time for it, and the person is told why by email. */
  'request.extended': { requestId: string }
  /** It was answered, and the person is told by email. */
  'request.answered': { requestId: string }
  /** Everything about an address is to be erased, and its holder is told first. */
  'erasure.asked': { erasureId: string }
  /** The day has come on which someone is asked once more, as they agreed to be. */
  'later-question.due': { contactId: string }
  /** A standing list is due to its owner. */
  'standing-list.due': { runId: string }
  /** A standing list failed so often that it was stopped; its owner is told. */
  'standing-list.stopped': { standingListId: string }
  /** A request for resources has come to a status of which the person who asked is told. */
  'resources.moved': { requestId: string, status: string }
  /** Someone is invited to co-host an activity; they are told. */
  'co-host.invited': { invitationId: string }
  /** Someone is asked what they did came to: one email for all of these. */
  'outcomes.due': { askIds: string[] }
  /** Someone is thanked for all of these. */
  'thanks.due': { activityIds: string[] }
  /** An entry came to where its entrant is told of it: to be confirmed, withdrawn or refused. */
  'entry.moved': { entryId: string, what: string }
  /**
   * The address of an entry gets the links to all its entries, and those by which earlier ones are entered again in a
   * campaign: because they asked, or because organisers invite them.
   */
  'entry-links.due': { entryId: string, campaignId: string, isInvitation: boolean, askedAt: string }
  /** A coordinator approved or sent back what somebody had asked; that person is told. */
  'approval.decided': { decisionId: string }
  /** Something new waits for someone to approve, who is told. */
  'approval-digest.due': { staffMemberId: string, dueAt: string }
  /** The day of successions is near, or it came and they are done: an admin is told. */
  'succession.told': { staffMemberId: string, day: string, about: 'near' | 'done', announcedAt: string }
}

export type Fact = keyof Facts

/** A killed worker is noticed after this long, and its jobs go to another. */
const heartbeatSeconds = 20

/**
 * Emails wait for a mail server: 10 s, doubling to an hour. mail/emails gives up on one after a day, so the limit here
 * only has to be longer.
 */
export const untilTheMailServerIsBack: QueueOptions = {
  retryLimit: 100, retryDelay: 10, retryBackoff: true, retryDelayMax: 3600, heartbeatSeconds
}

/** A quarter of an hour at most: when Microsoft is back, a workshop may begin soon. */
const untilMicrosoftIsBack: QueueOptions = {
  retryLimit: 100, retryDelay: 10, retryBackoff: true, retryDelayMax: 900, heartbeatSeconds
}

const queues: Record<Fact, QueueOptions> = {
  'booking.confirmed': untilTheMailServerIsBack,
  'waiting-list.joined': untilTheMailServerIsBack,
  'booking.requested-again': untilTheMailServerIsBack,
  'booking.changed': untilTheMailServerIsBack,
  'booking.cancelled': untilTheMailServerIsBack,
  'booking-link.requested': untilTheMailServerIsBack,
  'place.offered': untilTheMailServerIsBack,
  'place.called': untilTheMailServerIsBack,
  'booking.lapsed': untilTheMailServerIsBack,
  'place.freed': { retryLimit: 5, retryDelay: 1, retryBackoff: true, heartbeatSeconds },
  'letter.due': untilTheMailServerIsBack,
  'activity.changed': untilMicrosoftIsBack,
  'meeting.left': untilMicrosoftIsBack,
  // People who wait for a test email do not wait for long.
  'bulletin.tested': { retryLimit: 6, retryDelay: 10, retryBackoff: true, heartbeatSeconds },
  'sign-in.requested': { retryLimit: 6, retryDelay: 5, retryBackoff: true, heartbeatSeconds },
  'sign-in.granted': untilTheMailServerIsBack,
  'factor.removed': untilTheMailServerIsBack,
  'request.received': untilTheMailServerIsBack,
  'request.extended': untilTheMailServerIsBack,
  'request.answered': untilTheMailServerIsBack,
  'erasure.asked': untilTheMailServerIsBack,
  'later-question.due': untilTheMailServerIsBack,
  'standing-list.due': untilTheMailServerIsBack,
  'standing-list.stopped': untilTheMailServerIsBack,
  'resources.moved': untilTheMailServerIsBack,
  'co-host.invited': untilTheMailServerIsBack,
  'outcomes.due': untilTheMailServerIsBack,
  'thanks.due': untilTheMailServerIsBack,
  'entry.moved': untilTheMailServerIsBack,
  'entry-links.due': untilTheMailServerIsBack,
  'approval.decided': untilTheMailServerIsBack,
  'approval-digest.due': untilTheMailServerIsBack,
  'succession.told': untilTheMailServerIsBack
}

/** Longer than a job tries, and no longer than news is any. */
const aWeek = 7

/**
 * What becomes of a job that is lost or given up:
 *
 * - a number: it is owed for so many days, and announced again;
 * - `swept`: another sweep finds in the tables what is to be done;
 * - `let go`: someone waits for it at a page, and asks again.
 */
const losses: Record<Fact, number | 'swept' | 'let go'> = {
  'booking.confirmed': 'swept',
  'waiting-list.joined': 'swept',
  'booking.requested-again': 'let go',
  'booking.changed': 'swept',
  'booking.cancelled': 'swept',
  'booking-link.requested': 'let go',
  'place.offered': 'swept',
  'place.called': 'swept',
  'booking.lapsed': 'swept',
  'place.freed': 'swept',
  'letter.due': 'swept',
  'activity.changed': 'swept',
  // Nothing here knows of the meeting any more.
  'meeting.left': aWeek,
  'bulletin.tested': 'let go',
  'sign-in.requested': 'let go',
  'sign-in.granted': aWeek,
  'factor.removed': aWeek,
  'request.received': aWeek,
  'request.extended': aWeek,
  'request.answered': aWeek,
  // What is about them is deleted after two days, told or not.
  'erasure.asked': 2,
  'later-question.due': 'swept',
  'standing-list.due': aWeek,
  'standing-list.stopped': aWeek,
  'resources.moved': aWeek,
  'co-host.invited': aWeek,
  'outcomes.due': aWeek,
  'thanks.due': aWeek,
  'entry.moved': aWeek,
  // Whoever asked for links a day ago has asked again.
  'entry-links.due': 1,
  'approval.decided': aWeek,
  'approval-digest.due': 'swept',
  'succession.told': aWeek
}

/** One that acts on a fact, in a queue of its own: it neither waits for the others nor tries again with them. */
export interface Subscriber {
  fact: Fact
  /** Undefined for the first of a fact: it has the queue of the fact's name. */
  name?: string | undefined
  /** How its queue tries again, if not as the first one's. */
  queue?: QueueOptions | undefined
  /** For how many days its jobs are owed, if they are and it is not the first. */
  daysOwed?: number | undefined
}

/** For how many days its jobs are owed; undefined: see `losses`. */
export function daysOwedOf ({ fact, name, daysOwed }: Subscriber): number | undefined {
  if (name !== undefined) return daysOwed
  const loss = losses[fact]
  return typeof loss === 'number' ? loss : undefined
}

export function queueOf ({ fact, name }: Subscriber): string {
  return name === undefined ? fact : `${fact}/${name}`
}

/** Where commands announce facts, for jobs to act on. */
export interface Outbox {
  /**
   * Writes one job per payload and subscriber with the transaction's own connection: they commit or vanish with it, as
   * does what is owed of them. Nobody acts on them before `afterSeconds`. With `lowPriority`, other jobs in their queue
   * go first.
   */
  announce: <F extends Fact> (
    tx: Tx, fact: F, payloads: ReadonlyArray<Facts[F]>, options?: { afterSeconds?: number, lowPriority?: boolean }
  ) => Promise<void>
}

/** A database that does nothing: writing to it only makes pg-boss look its queue up. */
const nowhere = { executeSql: async () => await Promise.resolve({ rows: [] }) }

/**
 * Brings the queues up to date, which reads them once and writes only what differs, and makes pg-boss look
 * each up: it does so for an unseen queue on a connection of its own, which must not happen while a
 * transaction holds a row lock.
 *
 * A process that only announces must know of all `subscribers` too: worker.ts lists them.
 */
export async function openOutbox (boss: PgBoss, subscribers: readonly Subscriber[]): Promise<Outbox> {
  const facts = Object.keys(queues) as Fact[]
  const firsts: Subscriber[] = facts.map(fact => ({ fact }))
  const others = subscribers.filter(({ name }) => name !== undefined)
  const wanted = new Map([...firsts, ...others].map(subscriber =>
    [queueOf(subscriber), subscriber.queue ?? queues[subscriber.fact]]))
  const found = new Map((await boss.getQueues([...wanted.keys()])).map(queue => [queue.name, queue]))
  for (const [name, options] of wanted) {
    const queue = found.get(name)
    if (queue === undefined) await boss.createQueue(name, options)
    else if (!isAsWanted(queue, options)) await boss.updateQueue(name, options)
    await boss.insert(name, [], { db: nowhere })
  }
  const queuesOf = Map.groupBy([...firsts, ...others], ({ fact }) => fact)
  return {
    async announce (tx, fact, payloads, { afterSeconds = 0, lowPriority = false } = {}) {
      if (payloads.length === 0) return
      const jobs = payloads.map(data => ({ data, startAfter: afterSeconds, priority: lowPriority ? -1 : 0 }))
      for (const subscriber of queuesOf.get(fact) ?? []) await insertJobs(boss, tx, subscriber, jobs)
    }
  }
}

async function insertJobs (
  boss: PgBoss, tx: Tx, subscriber: Subscriber, jobs: ReadonlyArray<JobInsert & { data: object }>
): Promise<void> {
  const queue = queueOf(subscriber)
  const named = jobs.map(job => ({ ...job, id: randomUUID() }))
  await boss.insert(queue, named, { db: fromPrisma(tx) })
  const days = daysOwedOf(subscriber)
  if (days !== undefined) await oweJobs(tx, queue, named, days)
}

function isAsWanted (queue: QueueOptions, wanted: QueueOptions): boolean {
  return (Object.keys(wanted) as Array<keyof QueueOptions>).every(option => queue[option] === wanted[option])
}
