import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { remindersOf } from '../../programme/activities/reminder-times.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { EmailKind } from './kinds.ts'

/** An email that will go to a booking unless something changes. */
export interface EmailToCome {
  kind: EmailKind
  dueAt: DateTime<true>
}

/** The reminders that someone will get, in order. */
export function remindersToCome (
  { status, confirmedAt, remindersOff }: Pick<Booking, 'status' | 'confirmedAt' | 'remindersOff'>,
  activity: Pick<Activity, 'status' | 'startsAt' | 'allDay' | 'zone' | 'reminders'>, now: DateTime<true>
): EmailToCome[] {
  if (status !== 'confirmed' || confirmedAt === undefined || remindersOff || activity.status !== 'published') return []
  return remindersOf(activity)
    .filter(({ dueAt, placeBy }) => now < dueAt && confirmedAt <= placeBy)
    .map(({ reminder, dueAt }) => ({ kind: `reminder-${reminder}` as const, dueAt }))
}
