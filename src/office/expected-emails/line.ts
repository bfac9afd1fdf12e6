import type { DateTime } from 'luxon'
import { reminders } from '../../programme/activities/activity.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { followUpOf, remindersOf } from '../../programme/activities/reminder-times.ts'
import type { EmailKind } from '../../mail/emails/kinds.ts'
import type { PendingGroup } from '../../mail/emails/pending.ts'

/** What decides which emails an activity is still to cause. */
export interface Causing extends Pick<
  Activity, 'id' | 'slug' | 'title' | 'startsAt' | 'endsAt' | 'allDay' | 'zone' | 'reminders' | 'followUp' | 'status'
> {
  bookingClosesAt: DateTime<true> | undefined
  /** How many have a place, and how many wait; in bookings. */
  confirmed: number
  waiting: number
}

/** The emails of one kind about one activity that go at one time. */
export interface Line {
  activity: Pick<Causing, 'id' | 'slug' | 'title' | 'zone'>
  at: DateTime<true>
  /** `later-question`: the last questions, to those who agreed to be asked once more. */
  kind: EmailKind | 'later-question'
  /** To how many; undefined: to be counted. */
  emails: number | undefined
  /** Of a reminder: who had a place by then. */
  placeBy?: DateTime<true>
  /** Set where there is a job already: why it has not gone. */
  waits?: PendingGroup['waits']
}

/** The reminders, the emails afterwards and the end of the waiting list that are due between two instants. */
export function linesOf (activity: Causing, from: DateTime<true>, until: DateTime<true>): Line[] {
  if (activity.status !== 'published') return []
  const lines: Line[] = []
  if (activity.confirmed > 0) {
    for (const { reminder, dueAt, placeBy } of remindersOf(activity)) {
      lines.push({ activity, at: dueAt, kind: `reminder-${reminder}`, emails: undefined, placeBy })
    }
    if (activity.followUp) {
      lines.push({ activity, at: followUpOf(activity).dueAt, kind: 'after-the-day', emails: undefined })
    }
  }
  if (activity.waiting > 0) {
    const at = activity.bookingClosesAt ?? activity.startsAt
    lines.push({ activity, at, kind: 'waiting-list-closed', emails: activity.waiting })
  }
  return lines.filter(({ at }) => from < at && at <= until)
}

/** The order in which emails go; those of one moment by activity. */
export function inOrder (lines: readonly Line[]): Line[] {
  return lines.toSorted((one, other) => one.at.toMillis() - other.at.toMillis() ||
    one.activity.title.localeCompare(other.activity.title) || one.kind.localeCompare(other.kind))
}

/** The reminders that an activity may have, read from a row. */
export function remindersIn (given: readonly string[]): Causing['reminders'] {
  return reminders.filter(reminder => given.includes(reminder))
}
