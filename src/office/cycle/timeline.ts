import { DateTime } from 'luxon'
import type { Step, StepState } from './dates.ts'

/** A year as a picture: months along a line, and a numbered mark for each step; across in percent, down in pixels. */
export interface Timeline {
  height: number
  line: number
  months: Array<{ x: number, name: string }>
  marks: Array<{ n: number, x: number, y: number, width: number, state: StepState }>
  today: number | undefined
}

/** Marks nearer than this are drawn above each other. */
const [nearest, perLevel, firstLine] = [9, 30, 22]

/** The steps of a year from the month of the first to that of the last; undefined without any. */
export function timelineOf (steps: readonly Step[], states: readonly StepState[], today: string): Timeline | undefined {
  const [first, last] = [steps[0]?.from, steps.map(({ to }) => to).sort().at(-1)]
  if (first === undefined || last === undefined) return undefined
  const from = dayAt(first).startOf('month')
  const until = dayAt(last).plus({ months: 1 }).startOf('month')
  const all = until.diff(from, 'days').days
  const xOf = (day: string) => Math.round(1000 * dayAt(day).diff(from, 'days').days / all) / 10
  const months = Math.round(until.diff(from, 'months').months)
  const every = Math.ceil(months / 9)
  const ends: number[] = []
  const marks = steps.map(({ from, to }, n) => {
    const [x, end] = [xOf(from), xOf(to)]
    const free = ends.findIndex(before => before + nearest <= x)
    const level = free === -1 ? ends.length : free
    ends[level] = end
    return { n: n + 1, x, y: level, width: Math.max(0, Math.round(10 * (end - x)) / 10), state: states[n] ?? 'later' }
  })
  const monthOf = (month: DateTime) => ({
    x: xOf(month.toISODate() ?? first), name: month.setLocale('en-GB').toFormat(month.month === 1 ? 'LLL yy' : 'LLL')
  })
  const line = ends.length * perLevel + firstLine
  return {
    line,
    height: line + 28,
    months: Array.from({ length: Math.ceil(months / every) }, (_, n) => monthOf(from.plus({ months: n * every }))),
    marks: marks.map(mark => ({ ...mark, y: line - firstLine - mark.y * perLevel })),
    today: dayAt(today) >= from && dayAt(today) < until ? xOf(today) : undefined
  }
}

function dayAt (day: string): DateTime {
  return DateTime.fromISO(day, { zone: 'utc' })
}
