import type { DateTime } from 'luxon'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { attendanceOf, attendances } from '../../booking/bookings/attendance.ts'
import { attendeesHref } from '../../booking/attendees/list-left.ts'
import type { ListLeft } from '../../booking/attendees/list-left.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { timeInWords } from '../../programme/activities/when.ts'
import { attendanceChoices, notedInWords } from './guest-list.ts'
import type { EmailsOfKind, Guest } from './queries.ts'
import { whatItDecides } from './staff-page.ts'

interface ChosenAttendance {
  activity: KnownActivity
  /** Those who were chosen and have a place. */
  guests: readonly Guest[]
  /** How many were chosen besides. */
  withoutPlace: number
  /** The list that they were chosen from. */
  list: ListLeft
  /** Undefined for those who may not know what was emailed. */
  emails: readonly EmailsOfKind[] | undefined
}

/** Asks of people who were chosen whether they came, and carries what it shows of each. */
export function chosenAttendancePageOf (
  { activity, guests, withoutPlace, list, emails }: ChosenAttendance, now: DateTime<true>,
  tried?: { typed: Partial<Record<'attended', string>>, errors: FormErrors }
) {
  return {
    ...runningOf(activity),
    backHref: list.href,
    list: list.query,
    action: `${attendeesHref(activity)}/attendance/notes`,
    guests: guests.map(({ id, name, reference, places, attended, joinedAt }) => ({
      id,
      name,
      reference,
      more: places - 1,
      stands: attendanceOf(attended),
      noted: notedInWords[attendanceOf(attended)],
      joinedAt: joinedAt && timeInWords(joinedAt, activity.zone)
    })),
    withoutPlace,
    choices: attendances.map(value => ({
      value, text: attendanceChoices[value], checked: tried?.typed.attended === value
    })),
    whatItDecides: emails && whatItDecides(activity, emails, now),
    errors: tried?.errors
  }
}
