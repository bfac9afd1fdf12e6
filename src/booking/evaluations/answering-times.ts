import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import type { Occasion } from '../../programme/evaluations/questionnaire.ts'

/** Later answers would be about something that people no longer remember. */
const daysToAnswer = 60

/** How long afterwards people are asked once more. */
export const laterMonths = 3

/** If the mail server does not take the email for so many days, the address goes without it. */
export const daysToSend = 3

/** How long what people wrote without their names is kept after the activity: it may still be about someone. */
export const monthsOfTexts = 24

type Times = Pick<Activity, 'startsAt' | 'endsAt' | 'zone' | 'status'>

export type AnsweringState = 'open' | 'not-yet' | 'closed' | 'cancelled'

/**
 * Whether people can answer at `now`: until the start what is asked before, and from the start on what is asked after,
 * because hosts show the link at the end.
 */
export function answeringStateAt (activity: Times, occasion: Occasion, now: DateTime<true>): AnsweringState {
  if (activity.status === 'cancelled') return 'cancelled'
  const { startsAt, endsAt } = activity
  switch (occasion) {
    case 'before': return now < startsAt ? 'open' : 'closed'
    case 'after': return now < startsAt ? 'not-yet' : now < endsAt.plus({ days: daysToAnswer }) ? 'open' : 'closed'
    case 'later': return now < laterDays(activity).askedAt.plus({ days: daysToAnswer }) ? 'open' : 'closed'
  }
}

/** The occasion on which someone with a place can answer at `now`. */
export function occasionAt ({ startsAt }: Pick<Times, 'startsAt'>, now: DateTime<true>): Occasion {
  return now < startsAt ? 'before' : 'after'
}

/** When people are asked once more, and by which day the address that they gave for it is deleted; in its zone. */
export function laterDays ({ endsAt, zone }: Pick<Times, 'endsAt' | 'zone'>) {
  const askedAt = endsAt.setZone(zone).minus({ milliseconds: 1 }).startOf('day').plus({ months: laterMonths, hours: 10 })
  return {
    askedAt: askedAt.toUTC() as DateTime<true>,
    sendOn: askedAt.toFormat('yyyy-MM-dd'),
    eraseOn: askedAt.plus({ days: daysToSend }).toFormat('yyyy-MM-dd')
  }
}
