import type { DateTime } from 'luxon'
import { z } from 'zod'
import type { Activity } from '../../programme/activities/activity.ts'
import { localDay, localTime } from '../../programme/activities/local-time.ts'
import { answer, answerAsDay, answerInLine, answerInNumbers, optional, unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { ordinary } from '../bookings/booking.ts'
import { isJoinLink, withoutSafeLinks } from '../../programme/teams/join-link.ts'

/** The page of the line on which a button was pressed, to come back to; any value is harmless. */
const page = z.unknown().optional()

/** The form that puts someone who waits into a group, or with `ordinary` out of any. */
export const turnForm = z.strictObject({
  rank: answerInNumbers('The group', 1, ordinary), page
}, { error: unknownField })

/** The button that gives someone their places. */
export const placeForm = z.strictObject({ page, confirmed }, { error: unknownField })

/** A button without fields. */
export const buttonForm = z.strictObject({ page }, { error: unknownField })

const group = {
  name: answerInLine('Name', 'Enter a name for the group', 60),
  reason: answerInLine('Reason', 'Enter why this group goes first', 300)
}

/** The form that adds a priority group. */
export const newGroupForm = z.strictObject({ rank: answerInNumbers('Turn', 1, ordinary - 1), ...group }, { error: unknownField })

export const newGroupFields = ['rank', 'name', 'reason'] as const

/** The form that renames a priority group. */
export const groupForm = z.strictObject(group, { error: unknownField })

export const groupFields = ['name', 'reason'] as const

/** A date farther away is a typing error, and everyone who waits would be asked about it. */
const maxYearsAway = 2

const date = answerAsDay('Date', 'Enter the new date')
  .min(1, { error: 'Enter the new date', abort: true })
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'The new date must be a date like 2026-12-01')

const time = answer('Start time', 'Enter when it starts').trim()
  .min(1, { error: 'Enter when it starts', abort: true })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'The start must be a time like 18:00')

const joinUrl = optional(answer('Teams link', 'Teams link is missing').trim().transform(withoutSafeLinks)
  .refine(isJoinLink, 'Enter the link of a Teams meeting, as Teams gives it: https://teams.microsoft.com/…'))

/** The form that makes another date of an activity. Its result has the start as an instant, and the link unsealed. */
export function anotherDateForm ({ allDay, zone }: Activity, now: DateTime<true>) {
  return z.strictObject({
    date,
    // An all-day activity begins at midnight, whatever a form says that was opened before it became one.
    time: allDay ? z.unknown().optional().transform(() => undefined) : time,
    join_url: joinUrl,
    confirmed
  }, { error: unknownField }).transform((form, context) => {
    const refuse = (field: 'date' | 'time', message: string) => {
      context.addIssue({ code: 'custom', path: [field], message })
      return z.NEVER
    }
    const day = localDay(form.date, zone)
    if (day === undefined) return refuse('date', 'There is no such day. Check the new date.')
    if (day.startsAt > now.plus({ years: maxYearsAway })) {
      return refuse('date', `The new date is more than ${maxYearsAway} years away. Check the year.`)
    }
    const more = { joinUrl: form.join_url, confirmed: form.confirmed }
    if (form.time === undefined) return { startsAt: day.startsAt, ...more }

    const start = localTime(`${form.date} ${form.time}`, zone)
    if (start === undefined) {
      return refuse('time', `There is no ${form.time} on that day, because the clocks go forward. Choose another time.`)
    }
    if (start.isFirstOfTwo) {
      return refuse('time', `${form.time} comes twice on that day, because the clocks go back. Choose another time.`)
    }
    return { startsAt: start.at, ...more }
  })
}

export const anotherDateFields = ['date', 'time', 'join_url'] as const
