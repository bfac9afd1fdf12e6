import { DateTime } from 'luxon'
import type { PlacedActivity } from './placed.ts'

/** A cell names so many; the list of the day has the others. */
export const perCell = 8

/** A week, Monday to Sunday, from its first to its last day with something in it. */
export interface Timetable {
  days: string[]
  /** What lasts longer than a day and is on in this week. */
  long: PlacedActivity[]
  /** Whole days first, which have no hour; then the hours in which something begins. */
  rows: Array<{ hour: number | undefined, cells: PlacedActivity[][] }>
}

/** The weeks in which these activities are. */
export function timetablesOf (programme: readonly PlacedActivity[]): Timetable[] {
  const short = programme.filter(({ isLong }) => !isLong)
  return [...Map.groupBy(short, ({ firstDay }) => mondayOf(firstDay))]
    .sort(([one], [other]) => one < other ? -1 : 1)
    .map(([monday, inIt]) => weekOf(monday, inIt, programme.filter(({ isLong }) => isLong)))
}

function weekOf (monday: string, short: readonly PlacedActivity[], long: readonly PlacedActivity[]): Timetable {
  const used = short.map(({ firstDay }) => firstDay).sort()
  const [first = monday, last = monday] = [used[0], used.at(-1)]
  const days = Array.from({ length: 7 }, (_, n) => later(monday, n)).filter(day => first <= day && day <= last)
  const sunday = later(monday, 6)
  const hours = [...Map.groupBy(short, hourOf)].sort(([one = -1], [other = -1]) => one - other)
  return {
    days,
    long: long.filter(({ firstDay, lastDay }) => firstDay <= sunday && lastDay >= monday),
    rows: hours.map(([hour, inIt]) => ({
      hour, cells: days.map(day => inIt.filter(({ firstDay }) => firstDay === day))
    }))
  }
}

/** The hour on the clock at which it begins; undefined: it is all day. */
function hourOf ({ activity: { startsAt, allDay, zone } }: PlacedActivity): number | undefined {
  return allDay ? undefined : startsAt.setZone(zone).hour
}

function mondayOf (day: string): string {
  return utc(day).startOf('week').toFormat('yyyy-MM-dd')
}

function later (day: string, days: number): string {
  return utc(day).plus({ days }).toFormat('yyyy-MM-dd')
}

function utc (day: string): DateTime {
  return DateTime.fromISO(day, { zone: 'utc' })
}
