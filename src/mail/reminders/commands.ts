import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import { isToFollowUp, reminderAt } from '../../programme/activities/reminder-times.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { emailKey } from '../emails/email-key.ts'
import { recordOwedEmails, withdrawWaiting } from '../emails/owing.ts'
import type { EmailKey } from '../emails/email-key.ts'
import { sequenceOf } from '../emails/kinds.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { followUpFor } from '../emails/follow-up.ts'
import {
  listActivitiesToFollowUp, listActivitiesToRemind, listActivitiesDue, listNotWrittenTo, listUnreminded
} from './queries.ts'
import type { DueReminder, Timing } from './queries.ts'

/** Maximum number of emails per transaction: someone who books meanwhile waits for no more than this. */
const batchSize = 1000

/**
 * Owes people the reminder that is due, and after an activity has ended the email that follows it; each once, in any
 * number of processes. `host` is the service's own: Message-IDs carry it.
 *
 * Runs every minute, and may run at any time, any number of times: only the tables say what is due, so a missed minute
 * is made up for while the email is worth sending. An activity that fails does not delay the others; all failures are
 * in the one error at the end.
 */
export async function remindPeople (db: Db, outbox: Outbox, host: string, now: DateTime<true>): Promise<void> {
  const near = await listActivitiesDue(db, now)
  const toRemind = await listActivitiesToRemind(db, near.flatMap(activity => dueReminderOf(activity, now) ?? []))
  const toFollowUp = await listActivitiesToFollowUp(
    db, near.filter(activity => isToFollowUp(activity, now)).map(({ id }) => id))

  const failures: unknown[] = []
  for (const [ids, keysDue] of [[toRemind, remindersDue], [toFollowUp, followUpsDue]] as const) {
    for (const id of ids) {
      await oweOf(db, outbox, host, id, keysDue, now).catch(error => { failures.push(error) })
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} activities could not be reminded of.`)
}

/** The emails of an activity, whose row is locked, that are due now; at most `batchSize`. */
type KeysDue = (tx: Tx, activity: Activity, now: DateTime<true>) => Promise<EmailKey[]>

/**
 * Owes the emails of one activity. Under its lock, so that it cannot be moved or cancelled meanwhile, and the second of
 * two processes finds nothing left to do.
 */
async function oweOf (
  db: Db, outbox: Outbox, host: string, activityId: string, keysDue: KeysDue, now: DateTime<true>
): Promise<void> {
  for (let isDone = false; !isDone;) {
    isDone = await db.$transaction(async tx => {
      const activity = await lockActivity(tx, activityId)
      if (activity.status !== 'published') return true
      const keys = await keysDue(tx, activity, now)
      await recordOwedEmails(tx, outbox, keys, host, now)
      return keys.length < batchSize
    })
  }
}

async function remindersDue (tx: Tx, activity: Activity, now: DateTime<true>): Promise<EmailKey[]> {
  const due = dueReminderOf(activity, now)
  if (due === undefined) return []
  const ids = await listUnreminded(tx, due, batchSize)
  await withdrawEarlier(tx, ids, due, now)
  return ids.map(bookingId => emailKey(due.kind, { bookingId, sequence: due.sequence }))
}

async function followUpsDue (tx: Tx, activity: Activity, now: DateTime<true>): Promise<EmailKey[]> {
  if (!isToFollowUp(activity, now)) return []
  const guests = await listNotWrittenTo(tx, activity.id, batchSize)
  return guests.map(guest => emailKey(followUpFor(activity, guest), { bookingId: guest.id, sequence: 0 }))
}

function dueReminderOf (activity: Timing, now: DateTime<true>): DueReminder | undefined {
  const due = reminderAt(activity, now)
  if (due === undefined) return undefined
  const { reminder, dueAt, placeBy } = due
  return {
    activityId: activity.id, kind: `reminder-${reminder}`, sequence: sequenceOf(activity.startsAt), dueAt, placeBy
  }
}

/**
 * Gives up earlier reminders that still wait for a mail server, now that the next is due: when the mail server is back,
 * people get one email, not two at once.
 */
async function withdrawEarlier (
  tx: Tx, bookingIds: string[], { kind, sequence }: DueReminder, now: DateTime<true>
): Promise<void> {
  await withdrawWaiting(tx, {
    bookingId: { in: bookingIds },
    kind: { in: ['reminder-week', 'reminder-day', 'reminder-hour'], not: kind },
    sequence,
    copy: 0
  }, 'Not sent: the next reminder was due.', now)
}
