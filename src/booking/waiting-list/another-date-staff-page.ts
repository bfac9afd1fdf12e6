import type { DateTime } from 'luxon'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { KnownActivity, OtherDate } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { effectsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { anotherDateFields } from './schema.ts'

interface AnotherDatePage {
  activity: KnownActivity
  dates: readonly OtherDate[]
  /** What it would do to those who wait. */
  required: ConfirmationRequired
}

/** The form that makes another date: who will be asked, and how. */
export function anotherDatePageOf (
  { activity, dates, required }: AnotherDatePage, now: DateTime<true>,
  typed: Partial<Record<typeof anotherDateFields[number], string>> = {}, errors?: FormErrors
) {
  const { zone } = activity
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    dates: dates.filter(({ isFirst }) => !isFirst).map(date => ({ when: whenInWords(date), href: `/staff/activities/${date.slug}` })),
    asksForTime: !activity.allDay,
    isOnline: activity.isOnline,
    isDraft: activity.status === 'draft',
    today: wallClock(now, zone).slice(0, 10),
    values: { time: wallClock(activity.startsAt, zone).slice(11), ...typed },
    errors
  }
}
