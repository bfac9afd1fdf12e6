import { DateTime } from 'luxon'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { isLong } from '../../programme/activities/page.ts'
import { isRiskOpen, noPlan, stageOf } from './plan.ts'
import type { Plan, ShownStage } from './plan.ts'
import type { BoardFilter } from './schema.ts'

/** An activity on the board. */
export interface Planned<P extends Plan = Plan> {
  activity: KnownActivity
  plan: P | undefined
  stage: ShownStage
  isRiskOpen: boolean
}

/** Number of days on a board: more do not fit beside each other. */
export const daysShown = 7

/** Activities with their plans, as they are at `now`. */
export function plannedOf<P extends Plan> (
  activities: readonly KnownActivity[], plans: ReadonlyMap<string, P>, now: DateTime<true>
): Array<Planned<P>> {
  return activities.map(activity => {
    const plan = plans.get(activity.id)
    const stage = stageOf(activity, plan ?? noPlan, now)
    return { activity, plan, stage, isRiskOpen: isRiskOpen(stage, plan ?? noPlan) }
  })
}

/** What the rows of the partnership itself are called in an address. */
export const partnership = 'partnership'

/** Whether the board is asked to show an activity. */
export function isShown ({ activity, stage, isRiskOpen }: Planned, filter: BoardFilter): boolean {
  return (filter.agency === undefined || (activity.leadAgencyId ?? partnership) === filter.agency) &&
    (filter.district === undefined || activity.district === filter.district) &&
    (filter.stage === undefined || stage === filter.stage) &&
    (!filter.isRiskOpen || isRiskOpen)
}

/** The seven days of a board, or fewer, as `2026-12-01`. */
export interface BoardWeek {
  days: string[]
  from: DateTime<true>
  until: DateTime<true>
  /** First days of the boards before and after, where there is something. */
  previous: string | undefined
  next: string | undefined
}

interface Dates {
  zone: string
  firstDay: string | undefined
  lastDay: string | undefined
  span: { first: DateTime<true>, last: DateTime<true> } | undefined
}

/**
 * The days that a board shows: those that begin on `asked`, or else those of now, counted in sevens from the first day
 * of the campaign, or from the Monday of its first activity. Days after the campaign on which nothing is are left out.
 */
export function boardWeek (
  { zone, firstDay, lastDay, span }: Dates, asked: string | undefined, now: DateTime<true>
): BoardWeek {
  const dayOf = (at: DateTime<true>): DateTime<true> => at.setZone(zone).startOf('day') as DateTime<true>
  const today = dayOf(now)
  const base: DateTime<true> = firstDay === undefined
    ? (span === undefined ? today : dayOf(span.first)).startOf('week')
    : dayAt(firstDay, zone)
  const [first, last] = [span === undefined ? base : dayOf(span.first), span === undefined ? base : dayOf(span.last)]
  const ends = latest(lastDay === undefined ? base : dayAt(lastDay, zone), last)
  const weeks = Math.floor(today.diff(base, 'days').days / daysShown)
  const isOn = weeks >= 0 && today <= ends
  const current: DateTime<true> = base.plus({ days: isOn ? weeks * daysShown : 0 })
  const from = asked === undefined ? current : dayAt(asked, zone)
  const isLast = ends < from.plus({ days: daysShown })
  const length = isLast && ends >= from ? Math.round(ends.diff(from, 'days').days) + 1 : daysShown
  const until = from.plus({ days: daysShown })
  return {
    days: Array.from({ length }, (_, n) => from.plus({ days: n }).toFormat('yyyy-MM-dd')),
    from: from.toUTC(),
    until: until.toUTC(),
    previous: first < from ? from.minus({ days: daysShown }).toFormat('yyyy-MM-dd') : undefined,
    next: last >= until ? until.toFormat('yyyy-MM-dd') : undefined
  }
}

function dayAt (day: string, zone: string): DateTime<true> {
  return DateTime.fromISO(day, { zone }) as DateTime<true>
}

function latest (one: DateTime<true>, other: DateTime<true>): DateTime<true> {
  return one < other ? other : one
}

/** A row of the board: an agency, or a district; what has neither is the first. */
interface Row { id: string, name: string }

/** The rows that there is something in, by name; the partnership’s own activities, or those of no district, first. */
export function rowsOf (planned: readonly Planned[], by: BoardFilter['rows']): Row[] {
  const rows = new Map(planned.map(({ activity }) => {
    const row = rowOf(activity, by)
    return [row.id, row]
  }))
  return [...rows.values()].sort((one, other) =>
    Number(isFirst(other)) - Number(isFirst(one)) || one.name.localeCompare(other.name, 'en-GB'))
}

function isFirst ({ id }: Row): boolean {
  return id === '' || id === partnership
}

/** The row in which an activity stands. */
export function rowOf ({ leadAgencyId, leadAgency, district }: KnownActivity, by: BoardFilter['rows']): Row {
  return by === 'agency'
    ? { id: leadAgencyId ?? partnership, name: leadAgency ?? 'The partnership' }
    : { id: district ?? '', name: district ?? 'No district' }
}

/** What is on the board: what lasts several days, and every day with its rows, the same in each. */
export function layOut<P extends Plan> (
  planned: ReadonlyArray<Planned<P>>, { days, from }: Pick<BoardWeek, 'days' | 'from'>, { zone }: Pick<Dates, 'zone'>,
  by: BoardFilter['rows']
) {
  const long = planned.filter(({ activity }) => isLong(activity))
  const short = planned.filter(({ activity }) => !isLong(activity))
  const rows = rowsOf(short, by)
  // What began on the night before is on the first day.
  const dayOf = ({ activity: { startsAt } }: Planned) => DateTime.max(startsAt, from).setZone(zone).toFormat('yyyy-MM-dd')
  return {
    long,
    days: days.map(day => {
      const inIt = short.filter(one => dayOf(one) === day)
      return {
        day,
        count: inIt.length,
        groups: rows.map(row => ({ ...row, planned: inIt.filter(({ activity }) => rowOf(activity, by).id === row.id) }))
      }
    })
  }
}
