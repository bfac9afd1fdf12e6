import type { DateTime } from 'luxon'
import type { ActivityDraft } from '../../programme/activities/draft.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import type { Wrong } from './answers.ts'

/** Days that organisers have to notice that a co-host has moved an activity, before the day on which names are read. */
export const daysToNotice = 7

type When = Pick<ActivityDraft, 'startsAt' | 'endsAt' | 'zone'>

/**
 * Why a co-host may not move an activity, or undefined. On its day they read who comes: so they neither bring that day
 * near nor make more days of it.
 */
export function whyNotMoved (current: When, wanted: When, now: DateTime<true>): Wrong | undefined {
  const [was, is] = [daysOf(current), daysOf(wanted)]
  if (is.first < was.first && is.first < calendarDayOf(now.plus({ days: daysToNotice }), wanted.zone)) {
    const text = `Only its organisers can bring it forward to a day in the next ${daysToNotice} days. Ask one of them.`
    return { field: 'starts_day', text }
  }
  if (is.count > was.count) {
    return { field: 'ends_day', text: 'Only its organisers can make it last for more days. Ask one of them.' }
  }
  return undefined
}

/** The first day of an activity in its zone, and on how many days it is. */
function daysOf ({ startsAt, endsAt, zone }: When): { first: string, count: number } {
  const last = endsAt.setZone(zone).minus({ milliseconds: 1 }).startOf('day')
  return {
    first: calendarDayOf(startsAt, zone),
    count: Math.round(last.diff(startsAt.setZone(zone).startOf('day'), 'days').days)
  }
}
