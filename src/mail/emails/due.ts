import type { DateTime } from 'luxon'
import type { Activity, Reminder } from '../../programme/activities/activity.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { LetterKind } from './kinds.ts'

/** When an activity's reminders go out, to those who had their place by then, as reminders/ decides. */
export type RemindersOf = (activity: Pick<Activity, 'startsAt' | 'allDay' | 'zone' | 'reminders'>) =>
ReadonlyArray<{ reminder: Reminder, dueAt: DateTime<true>, placeBy: DateTime<true> }>

/** A letter that will go to a booking unless something changes. */
export interface LetterToCome {
  kind: LetterKind
  dueAt: DateTime<true>
}

/** The reminders that somebody will get, in their order. */
export function remindersToCome (
  { status, confirmedAt, remindersOff }: Pick<Booking, 'status' | 'confirmedAt' | 'remindersOff'>,
  activity: Parameters<RemindersOf>[0] & Pick<Activity, 'status'>, remindersOf: RemindersOf, now: DateTime<true>
): LetterToCome[] {
  if (status !== 'confirmed' || confirmedAt === undefined || remindersOff || activity.status !== 'published') return []
  return remindersOf(activity)
    .filter(({ dueAt, placeBy }) => now < dueAt && confirmedAt <= placeBy)
    .map(({ reminder, dueAt }) => ({ kind: `reminder-${reminder}` as const, dueAt }))
}
