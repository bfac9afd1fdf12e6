import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { countsByBookings } from '../../programme/activities/outcome-numbers.ts'
import type { OutcomeNumber } from '../../programme/activities/outcome-numbers.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { exactly, few, isSmall, sumOf } from '../reports/small-numbers.ts'
import type { Figure } from '../reports/small-numbers.ts'
import type { AskedActivity } from '../outcomes/queries.ts'

/** What became of an activity, as far as anyone has said. */
export const ends = ['done', 'not-said', 'cancelled', 'to-come'] as const
export type End = typeof ends[number]

/**
 * What an activity ended as. What somebody says counts, and what is marked as done on the board; an activity that did
 * not take place stands with those that were cancelled.
 */
function endOf (
  { activity: { status, endsAt }, outcome: { tookPlace }, stage }: AskedActivity, now: DateTime<true>
): End {
  if (status === 'cancelled' || tookPlace === false) return 'cancelled'
  if (endsAt > now) return 'to-come'
  return tookPlace === true || stage === 'done' ? 'done' : 'not-said'
}

/** How many, and of how many activities somebody has said it. */
export interface Counted { figure: Figure, of: number }

/** What some activities came to. */
export interface Tally extends Record<OutcomeNumber, Counted> {
  activities: number
  ends: Record<End, number>
}

/**
 * What is published of a number of one activity. Of people and conversations, 1 to 4 are “fewer than 5”, once and for
 * all: every sum on a page, in a file or beside another year is of these, so that none tells more than its parts.
 * Premises and leaflets are no people. Where bookings count who came, nothing said here does: see
 * `programme/activities/outcome-numbers.ts`.
 */
export function publishedNumber (
  { activity, outcome }: Pick<AskedActivity, 'outcome'> & { activity: Pick<Activity, 'booking'> }, number: OutcomeNumber
): Figure | undefined {
  const count = outcome[number]
  const isOfPeople = number === 'peopleReached' || number === 'conversations'
  if (count === undefined || outcome.tookPlace === false || (isOfPeople && countsByBookings(activity))) return undefined
  return isOfPeople && isSmall(count) ? few : exactly(count)
}

export function tallyOf (some: readonly AskedActivity[], now: DateTime<true>): Tally {
  const counted = (number: OutcomeNumber): Counted => {
    const figures = some.flatMap(one => endOf(one, now) === 'done' ? publishedNumber(one, number) ?? [] : [])
    return { figure: sumOf(figures), of: figures.length }
  }
  const numbers = { done: 0, 'not-said': 0, cancelled: 0, 'to-come': 0 }
  for (const one of some) numbers[endOf(one, now)]++
  return {
    activities: some.length,
    ends: numbers,
    peopleReached: counted('peopleReached'),
    premisesVisited: counted('premisesVisited'),
    leafletsGiven: counted('leafletsGiven'),
    conversations: counted('conversations')
  }
}

/** By what a report divides activities. */
export const divisions = ['day', 'district', 'audience', 'kind', 'agency'] as const
export type DivisionBy = typeof divisions[number]

/** The parts of a division with their tallies, in the order of `keysOf`; an activity may be in several. */
export function dividedBy (
  all: readonly AskedActivity[], keysOf: (one: AskedActivity) => readonly string[], now: DateTime<true>
): Array<{ key: string, tally: Tally }> {
  const pairs = all.flatMap(one => keysOf(one).map(key => ({ key, one })))
  return [...Map.groupBy(pairs, ({ key }) => key)]
    .map(([key, some]) => ({ key, tally: tallyOf(some.map(({ one }) => one), now) }))
    .sort((one, other) => one.key < other.key ? -1 : one.key > other.key ? 1 : 0)
}

/** The keys of an activity in a division: what has none is under the empty one. */
export function keysIn (by: DivisionBy, { activity, ledBy }: AskedActivity): readonly string[] {
  switch (by) {
    case 'day': return [calendarDayOf(activity.startsAt, activity.zone)]
    case 'district': return [activity.district ?? '']
    case 'audience': return activity.audiences.length === 0 ? [''] : activity.audiences
    case 'kind': return [activity.kind]
    // Who ran it, as everyone reads it: a school that entered it is not the agency that looked after it.
    case 'agency': return [activity.runBy ?? ledBy ?? '']
  }
}
