import type { DateTime } from 'luxon'
import { reminders } from '../../programme/activities/activity.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { followUpOf, remindersOf } from '../../programme/activities/reminder-times.ts'
import type { Reminding } from '../../programme/activities/reminder-times.ts'
import { shortMoment } from '../../programme/activities/when.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { followUpFor, followUps } from './follow-up.ts'
import { sequenceOf } from './kinds.ts'
import type { EmailKind } from './kinds.ts'
import type { LoggedEmail } from './queries.ts'

/** An email that time calls for and that is not written yet: it will go, or it did not go and will not, and why. */
export interface ExpectedEmail {
  kind: EmailKind
  dueAt: DateTime<true>
  /** Why it does not go to them; undefined: it goes, unless something changes. */
  notBecause: string | undefined
}

type Expecting = Pick<Booking, 'status' | 'confirmedAt' | 'changedAt' | 'remindersOff' | 'attended' | 'joinedAt'>
type Expected = Pick<
  Activity, 'status' | 'startsAt' | 'endsAt' | 'allDay' | 'zone' | 'reminders' | 'followUp' | 'joinMode' | 'isOnline'
>

const tooLate = 'It was not sent while it was worth sending: perhaps the service was not running then.'

/**
 * The reminders and the email afterwards of someone with a place that are not `written`, in order. What it says agrees
 * with what reminders/queries.ts finds: a test compares them.
 */
export function expectedEmails (
  booking: Expecting, activity: Expected, written: ReadonlyArray<Pick<LoggedEmail, 'kind' | 'sequence'>>, now: DateTime<true>
): ExpectedEmail[] {
  if (booking.status !== 'confirmed' || activity.status !== 'published') return []
  const sequence = sequenceOf(activity.startsAt)
  const toRemind = remindersOf({ ...activity, reminders: [...reminders] })
    .map(reminding => reminderExpected(reminding, booking, activity, now))
    .filter(({ kind }) => !written.some(email => email.kind === kind && email.sequence === sequence))
  const isFollowedUp = written.some(({ kind }) => (followUps as readonly EmailKind[]).includes(kind))
  return isFollowedUp ? toRemind : [...toRemind, followUpExpected(booking, activity, now)]
}

function reminderExpected (
  { reminder, dueAt, until, placeBy }: Reminding, { remindersOff, confirmedAt, changedAt }: Expecting,
  { reminders, zone }: Expected, now: DateTime<true>
): ExpectedEmail {
  const because = () => {
    if (!reminders.includes(reminder)) return 'It is switched off for this activity.'
    if (remindersOff) return 'They asked for no reminders.'
    if (confirmedAt === undefined || confirmedAt > placeBy) {
      return `It goes to those who had a place by ${shortMoment(placeBy, zone)}. They had none then.`
    }
    if (now < dueAt) return undefined
    if (changedAt > dueAt) return 'Their booking changed after it was due: the email about that took its place.'
    return now < until ? undefined : tooLate
  }
  return { kind: `reminder-${reminder}`, dueAt, notBecause: because() }
}

function followUpExpected (booking: Expecting, activity: Expected, now: DateTime<true>): ExpectedEmail {
  const { dueAt, until } = followUpOf(activity)
  const because = () => {
    if (!activity.followUp) return 'It is switched off for this activity.'
    return now < until ? undefined : tooLate
  }
  return { kind: followUpFor(activity, booking), dueAt, notBecause: because() }
}
