import type { DateTime } from 'luxon'
import { endOfDay } from '../cycle/queries.ts'

/** Times at which the service asks by itself; `first` is no reminder, and of these there are three at most. */
export type Occasion = 'first' | 'after-3-days' | 'after-10-days' | 'before-due'

/** Emails go at nine in the morning of the activity's zone. */
const hour = 9
/** Days before numbers are due on which the last reminder goes. */
const daysBefore = 3
/** Nobody is asked twice within so many hours. */
export const hoursBetween = 24
/** Days after numbers are due for which links still work: who is late shall not find a closed door. */
const daysOfGrace = 14

/** Whether those who lead activities are asked for their numbers, and reminded. */
export type AskingChoice = 'off' | 'once' | 'with-reminders'

/** When an activity is over. */
interface Ending { endsAt: DateTime<true>, zone: string }

/** How a campaign asks: the last day for answers as `2026-12-01`. */
export interface Asking { since: DateTime<true>, reminds: boolean, dueOn: string }

interface Moment { occasion: Occasion, at: DateTime<true> }

/** When whoever leads an activity is asked, and reminded, in order. Days are counted by the calendar: clocks change. */
export function momentsOf ({ endsAt, zone }: Ending, { reminds, dueOn }: Pick<Asking, 'reminds' | 'dueOn'>): Moment[] {
  const lastDay = endsAt.minus({ milliseconds: 1 }).setZone(zone).startOf('day')
  const morning = (day: DateTime) => day.startOf('day').set({ hour }).toUTC() as DateTime<true>
  const due = endOfDay(dueOn, zone)
  const lastReminder = morning(due.setZone(zone).minus({ days: daysBefore + 1 }))
  const first: Moment = { occasion: 'first', at: morning(lastDay.plus({ days: 1 })) }
  const reminders: Moment[] = [
    { occasion: 'after-3-days', at: morning(lastDay.plus({ days: 3 })) },
    { occasion: 'after-10-days', at: morning(lastDay.plus({ days: 10 })) }
  ]
  const moments = [first, ...reminds ? reminders : []].filter(({ at }) => at < due)
  const before = moments.at(-1)?.at
  // Two reminders within two days would be pestering.
  const isApart = before !== undefined && lastReminder >= before.plus({ days: 2 })
  return reminds && isApart ? [...moments, { occasion: 'before-due', at: lastReminder }] : moments
}

/**
 * The occasion on which somebody is to be asked at `now`: the first time, or for the latest moment since they were last
 * asked. What was missed is not made up for by several emails. Undefined: none.
 */
export function occasionAt (
  activity: Ending, asking: Asking, asked: ReadonlyArray<{ occasion: string, askedAt: DateTime<true> }>,
  now: DateTime<true>
): Occasion | undefined {
  if (now >= endOfDay(asking.dueOn, activity.zone)) return undefined
  const latest = momentsOf(activity, asking).filter(({ at }) => at <= now).at(-1)
  if (latest === undefined) return undefined
  const last = asked.map(({ askedAt }) => askedAt).sort((one, other) => one.toMillis() - other.toMillis()).at(-1)
  if (last === undefined) return 'first'
  const isAfter = latest.at > last && now >= last.plus({ hours: hoursBetween })
  return isAfter && !asked.some(({ occasion }) => occasion === latest.occasion) ? latest.occasion : undefined
}

/** Whether the link of an activity can still be used at `now`: from its end until some days after numbers are due. */
export function isLinkOpen ({ endsAt, zone }: Ending, dueOn: string, now: DateTime<true>): boolean {
  return endsAt <= now && now < endOfDay(dueOn, zone).plus({ days: daysOfGrace })
}
