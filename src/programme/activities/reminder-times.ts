import type { DateTime } from 'luxon'
import type { Activity, Reminder } from './activity.ts'

/** When a reminder goes out, and who gets it. Instants in UTC. */
export interface Reminding {
  reminder: Reminder
  dueAt: DateTime<true>
  /** From then on it is not worth sending: the next one is due, or the activity starts. */
  until: DateTime<true>
  /** It goes to people who had their place by then. */
  placeBy: DateTime<true>
}

/** When people are written to after the end. Instants in UTC. */
export interface FollowingUp {
  dueAt: DateTime<true>
  until: DateTime<true>
}

/** Activities that start later than this have no reminder due. */
export const farthestStartDays = 8

/** Activities that ended longer ago than this have no email due. */
export const longestAgoDays = 5

/** The hour at which emails about a day without a time are sent. */
const morningHour = 10

/** People who booked fewer than so many days ahead need no reminder a week before. */
const aheadDays = 10

const followUpDays = 3

/** An end before this hour belongs to the day before. */
const nightEndsHour = 4

/**
 * The reminders of an activity, in order: a week and a day before by its local time, whatever the clocks do in between,
 * and sixty minutes before. What lasts all day has no starting hour: its reminders come in the morning, a week before
 * and the day before.
 *
 * Each has its own span in which it is worth sending, whether or not the next one is switched on: an organiser who has
 * switched off the last hour's wants no phone to ring in that hour, and a late reminder would make it.
 */
export function remindersOf (
  { startsAt, allDay, zone, reminders }: Pick<Activity, 'startsAt' | 'allDay' | 'zone' | 'reminders'>
): Reminding[] {
  const start = startsAt.setZone(zone) as DateTime<true>
  const shown = allDay ? start.startOf('day').set({ hour: morningHour }) : start
  const week = daysBefore(shown, 7)
  const day = daysBefore(shown, 1)
  const last = allDay ? startsAt : startsAt.minus({ minutes: 60 })
  const spans: Reminding[] = [
    { reminder: 'week', dueAt: week, until: day, placeBy: daysBefore(shown, aheadDays) },
    { reminder: 'day', dueAt: day, until: last, placeBy: day },
    { reminder: 'hour', dueAt: last, until: startsAt, placeBy: last }
  ]
  return spans.filter(({ reminder, dueAt, until }) => reminders.includes(reminder) && dueAt < until)
}

/** The reminder that is to go out at `now`, if one is: there are never two. */
export function reminderAt (
  activity: Parameters<typeof remindersOf>[0], now: DateTime<true>
): Reminding | undefined {
  return remindersOf(activity).find(({ dueAt, until }) => dueAt <= now && now < until)
}

/**
 * When people are written to after an activity: on the morning after its last day, for as long as it is recent. What
 * ends in the small hours, or at the midnight at which a whole day ends, belongs to the day before.
 */
export function followUpOf ({ endsAt, zone }: Pick<Activity, 'endsAt' | 'zone'>): FollowingUp {
  const end = endsAt.setZone(zone) as DateTime<true>
  const days = end.hour < nightEndsHour ? 0 : 1
  const morning = end.startOf('day').plus({ days }).set({ hour: morningHour })
  return { dueAt: morning.toUTC(), until: morning.plus({ days: followUpDays }).toUTC() }
}

export function isToFollowUp (
  activity: Pick<Activity, 'endsAt' | 'zone' | 'followUp'>, now: DateTime<true>
): boolean {
  if (!activity.followUp || now < activity.endsAt) return false
  const { dueAt, until } = followUpOf(activity)
  return dueAt <= now && now < until
}

/**
 * The instant so many days before at which clocks showed the same time: in the hour that is repeated in autumn the
 * first of the two, in the hour that is skipped in spring an hour later.
 */
function daysBefore (shown: DateTime<true>, days: number): DateTime<true> {
  const before = shown.minus({ days })
  const [first = before] = before.getPossibleOffsets().sort((one, other) => one.toMillis() - other.toMillis())
  return first.toUTC()
}
