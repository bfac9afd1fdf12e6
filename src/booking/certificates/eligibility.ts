import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import type { Booking } from '../bookings/booking.ts'
import { answeringStateAt } from '../evaluations/answering-times.ts'

/** Why someone has no certificate yet, or `ready`. */
export type Eligibility =
  'not-for-them' | 'cancelled' | 'not-over' | 'not-recorded' | 'did-not-come' | 'answer-first' | 'ready'

/**
 * Whether the holder of a booking gets a certificate at `now`: professionals who came, once they have answered what is
 * asked. Not recorded is not absent, and says so. Once nobody can answer any more, nobody has to.
 */
export function eligibilityOf (
  { role, status, attended }: Pick<Booking, 'role' | 'status' | 'attended'>,
  activity: Pick<Activity, 'startsAt' | 'endsAt' | 'zone' | 'status'>,
  { isAsked, hasAnswered }: { isAsked: boolean, hasAnswered: boolean }, now: DateTime<true>
): Eligibility {
  if (role !== 'professional' || status !== 'confirmed') return 'not-for-them'
  if (activity.status === 'cancelled') return 'cancelled'
  if (now < activity.endsAt) return 'not-over'
  if (attended === undefined) return 'not-recorded'
  if (!attended) return 'did-not-come'
  const mayAnswer = isAsked && !hasAnswered && answeringStateAt(activity, 'after', now) === 'open'
  return mayAnswer ? 'answer-first' : 'ready'
}

/** How long it took, for people: `1 hour 30 minutes`; a whole day, or several, by the day. */
export function lengthInWords ({ startsAt, endsAt, allDay }: Pick<Activity, 'startsAt' | 'endsAt' | 'allDay'>): string {
  const minutes = Math.round(endsAt.diff(startsAt).as('minutes'))
  if (allDay) return counted(Math.max(1, Math.round(minutes / 1440)), 'day')
  const hours = Math.floor(minutes / 60)
  return [
    ...hours === 0 ? [] : [counted(hours, 'hour')], ...minutes % 60 === 0 ? [] : [counted(minutes % 60, 'minute')]
  ].join(' ')
}

function counted (number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`
}
