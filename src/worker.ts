import type { PgBoss } from 'pg-boss'
import type { BounceMailbox } from './mail/bounces/mailbox.ts'
import { sendTests } from './mail/bulletins/jobs.ts'
import { sendCoHostInvitations } from './office/co-hosts/jobs.ts'
import { forget } from './office/forgetting/jobs.ts'
import type { Traces } from './office/forgetting/traces.ts'
import { sweepEmails } from './mail/emails/commands.ts'
import { watchStrangers } from './mail/emails/strangers.ts'
import { postToStaff } from './mail/emails/to-staff.ts'
import { fillWhoRuns } from './office/entries/keeping.ts'
import { sweepMeetings } from './office/meetings/keeping.ts'
import { announceDigests } from './office/approval/digests.ts'
import { sendDigests, tellOfDecisions } from './office/approval/jobs.ts'
import { keepMeetings, removeMeetings } from './office/meetings/jobs.ts'
import { sendWelcomes, tellOfRemovedFactors } from './office/staff-accounts/jobs.ts'
import { untilTheMailServerIsBack } from './platform/outbox.ts'
import { sweepOwedJobs } from './platform/owed-jobs.ts'
import { announceLaterQuestions } from './mail/later-questions/commands.ts'
import { askOnceMore } from './mail/later-questions/jobs.ts'
import { remindPeople } from './mail/reminders/commands.ts'
import { askDueLeads } from './office/outcomes/asking.ts'
import { askLeads, thankLeads } from './office/outcomes/jobs.ts'
import { acknowledgeRequests, sendAnswers, tellOfExtensions } from './office/requests/jobs.ts'
import { sendEntryLinks, tellOfCancelledEntries, tellOfDecidedEntries, tellOfEntries } from './office/entries/jobs.ts'
import { tellOfMoves } from './office/resource-requests/jobs.ts'
import { sendSignInEmails } from './identity/sign-in/jobs.ts'
import type { Meetings } from './programme/teams/meeting.ts'
import { checkNightly } from './office/invariants/jobs.ts'
import { nightlyCheck } from './office/invariants/queries.ts'
import { finishErasures } from './office/rights/commands.ts'
import { sendLastEmails } from './office/rights/jobs.ts'
import { announceStandingLists } from './office/standing-lists/runs.ts'
import { dropOldRuns } from './office/standing-lists/drop-old-runs.ts'
import { sendStandingLists, tellOfStoppedLists } from './office/standing-lists/jobs.ts'
import { carryOutSuccessions } from './office/successions/carry-out.ts'
import { tellOfSuccessions } from './office/successions/jobs.ts'
import { announceNear } from './office/successions/notices.ts'
import { serveWaitingList, sweepWaitingLists } from './booking/waiting-list/serve.ts'
import type { SealedAgain } from './platform/database/seal-again.ts'
import type { SealedTally } from './sealed-tables.ts'
import { actingOn } from './worker/acting.ts'
import { schedulesOf } from './worker/schedules.ts'
import { emails, on } from './worker/subscription.ts'
import type { Contexts, Subscription } from './worker/subscription.ts'

export interface WorkerParts extends Pick<Contexts, 'db' | 'outbox' | 'clock' | 'emailContext' | 'log'> {
  boss: PgBoss
  /** Undefined if Microsoft Graph is not configured. */
  meetings?: Meetings | undefined
  /** Undefined if bounces are not kept in a file. */
  bounceMailbox?: BounceMailbox | undefined
  /**
   * Data about bookings that is kept outside the database on this machine; undefined: there is none, and this process
   * erases nothing.
   */
  traces?: Traces | undefined
  /** Seals what is plain or under the key before; undefined: another process does. */
  sealEverything?: (() => Promise<SealedTally[]>) | undefined
  /** Everything that is sealed, with what opens it; undefined: this process checks no invariants. */
  sealed?: readonly SealedAgain[] | undefined
}

const strangersWait = 'More new addresses are to have their first email than STRANGERS_AN_HOUR allows: what is above it ' +
  'goes in the next hours. See on the home page whether people book, or a program does.'

/**
 * Fetches the next hundreds while the ones before are being sent: with two, connections idle while both are read and
 * claimed. A fetch has a cost even if it finds nothing.
 */
const inHundreds = { localConcurrency: 4 }

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
  on('succession.told', async ({ emailContext }, told) => await tellOfSuccessions(emailContext, told)),
  on('entry.moved', async ({ emailContext }, moved) => await tellOfEntries(emailContext, moved)),
  on('entry-links.due', async ({ emailContext }, dues) => await sendEntryLinks(emailContext, dues)),
  on('approval.decided', async ({ emailContext }, decided) => await tellOfDecidedEntries(emailContext, decided), {
    name: 'entries', daysOwed: 7
  }),
  on('activity.changed', async ({ emailContext }, changed) => await tellOfCancelledEntries(emailContext, changed), {
    name: 'entries', queue: untilTheMailServerIsBack, daysOwed: 7
  }),
  on('place.freed', async ({ db, outbox, clock }, freed) => await Promise.allSettled(freed.map(async ({ activityId }) => {
    await serveWaitingList(db, outbox, activityId, clock())
  }))),
  on('activity.changed', async ({ meetingContext }, changed) =>
    await keepMeetings(meetingContext, changed.map(({ activityId }) => activityId))),
  on('meeting.left', async ({ meetingContext }, left) => await removeMeetings(meetingContext, left))
]

/**
 * Starts acting on what was announced, by its subscriptions, and on what is due: one line per schedule. Ends with the
 * queue: `boss.stop()` waits for the jobs in hand.
 */
export async function startWorker (
  { boss, db, outbox, clock, emailContext, meetings, bounceMailbox, traces, sealed, sealEverything, log }: WorkerParts,
  acting = subscriptions
): Promise<void> {
  const staffContext = { ...emailContext, post: postToStaff(emailContext, log) }
  const meetingContext = { db, outbox, seal: emailContext.seal, clock, meetings }
  const contexts = { db, outbox, clock, emailContext, staffContext, meetingContext, log }
  const act = actingOn(boss, contexts)
  for (const subscription of acting) await act(subscription)

  const { everyMinute, nightly, endOthers } = schedulesOf({ boss, log })
  await everyMinute('waiting-lists.swept', async () => { await sweepWaitingLists(db, outbox, clock()) })
  await everyMinute('letters.swept', async () => { await sweepEmails(db, outbox, clock()) })
  await everyMinute('owed-jobs.swept', async () => {
    const { letGo } = await sweepOwedJobs(db, boss)
    if (letGo.length > 0) log.warn({ facts: letGo }, 'What was owed could not be done for days, and is let go.')
  })
  const { strangersAnHour } = emailContext
  if (strangersAnHour !== undefined) {
    await everyMinute('strangers.watched', async () => {
      const news = await watchStrangers(db, strangersAnHour, clock())
      if (news === 'raised') log.warn({ strangersAnHour }, strangersWait)
      if (news === 'ended') log.info('First emails to new addresses go at once again.')
    })
  }
  await everyMinute('reminders.swept', async () => {
    await remindPeople(db, outbox, new URL(emailContext.publicUrl).hostname, clock())
  })
  await everyMinute('later-questions.swept', async () => { await announceLaterQuestions(db, outbox, clock()) })
  await everyMinute('standing-lists.swept', async () => { await announceStandingLists(db, outbox, clock()) })
  await nightly('standing-list-runs.dropped', async () => { await dropOldRuns(db, clock()) })
  await everyMinute('outcomes.swept', async () => { await askDueLeads(db, outbox, clock()) })
  await nightly('who-runs.filled', async () => { await fillWhoRuns(db) })
  await everyMinute('successions.swept', async () => { await carryOutSuccessions(db, outbox, clock()) })
  await everyMinute('successions.told', async () => { await announceNear(db, outbox, clock()) })
  await everyMinute('approval-digests.swept', async () => { await announceDigests(db, outbox, clock()) })
  if (meetings !== undefined) {
    await everyMinute('meetings.swept', async () => { await sweepMeetings(meetingContext, clock()) })
  }
  if (bounceMailbox !== undefined) await everyMinute('bounces.read', bounceMailbox.readNew)
  if (sealEverything !== undefined) {
    await nightly('texts.sealed', async () => {
      const unopened = (await sealEverything()).filter(({ unopened }) => unopened > 0)
      if (unopened.length > 0) log.error({ tables: unopened }, 'Some of what is sealed does not open.')
    })
  }
  if (traces !== undefined) {
    await everyMinute('erasures.swept', async () => { await finishErasures(db, outbox, traces.follow, clock()) })
    await nightly('details.forgotten', async () => {
      log.info(await forget(db, traces, clock()), 'What was due to be deleted is deleted.')
    })
  }
  if (sealed !== undefined) {
    const check = async () => await checkNightly(db, { now: clock(), sealed }, log)
    await nightly(nightlyCheck, check, { alsoNow: false })
  }
  await endOthers()
}
