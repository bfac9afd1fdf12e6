import { DateTime } from 'luxon'
import { officeZone } from '../../platform/clock.ts'

/** Quarters of the year, such as `2026-Q4`, from one to another; both belong to it. */
export interface Span {
  from: string
  to: string
}

const format = "yyyy-'Q'q"

export function isQuarter (text: string): boolean {
  return /^20\d\d-Q[1-4]$/.test(text)
}

/** The quarter of an instant, where it takes place. */
export function quarterOf (at: DateTime<true>, zone: string): string {
  return at.setZone(zone).toFormat(format)
}

/** The beginning of a quarter; `later` quarters after it. */
function startOf (quarter: string, later = 0): DateTime<true> {
  const start = DateTime.fromFormat(quarter, format, { zone: officeZone }).plus({ quarters: later })
  if (!start.isValid) throw new Error(`${quarter} is no quarter.`)
  return start
}

/** The instants between which all of a span lies in every zone: what else lies between them is not of it. */
export function aroundSpan ({ from, to }: Span): { after: Date, before: Date } {
  return { after: startOf(from).minus({ days: 1 }).toJSDate(), before: startOf(to, 1).plus({ days: 1 }).toJSDate() }
}

/** The quarters of a span, in order. */
export function quartersIn ({ from, to }: Span): string[] {
  const quarters = []
  for (let quarter = from; quarter <= to; quarter = startOf(quarter, 1).toFormat(format)) quarters.push(quarter)
  return quarters
}

/** The spans that people ask for most, at an instant; a financial year begins in April. */
export function usualSpans (now: DateTime<true>): Array<Span & { name: string }> {
  const quarter = quarterOf(now, officeZone)
  const before = startOf(quarter, -1).toFormat(format)
  const { year, month } = now.setZone(officeZone)
  const april = month < 4 ? year - 1 : year
  return [
    { name: 'This quarter', from: quarter, to: quarter },
    { name: 'Last quarter', from: before, to: before },
    { name: 'This financial year', from: `${april}-Q2`, to: `${april + 1}-Q1` },
    { name: 'Last financial year', from: `${april - 1}-Q2`, to: `${april}-Q1` }
  ]
}

/** A quarter as people say it: `October to December 2026`. */
export function quarterInWords (quarter: string): string {
  const start = startOf(quarter).setLocale('en-GB')
  return `${start.toFormat('LLLL')} to ${start.plus({ months: 2 }).toFormat('LLLL yyyy')}`
}

/** Whether a span was over at an instant. */
export function isOver ({ to }: Span, now: DateTime<true>): boolean {
  return startOf(to, 1) <= now
}

/** A span as people say it: `April 2026 to March 2027`. */
export function spanInWords ({ from, to }: Span): string {
  const [first, last] = [startOf(from).setLocale('en-GB'), startOf(to).plus({ months: 2 }).setLocale('en-GB')]
  return `${first.toFormat(first.year === last.year ? 'LLLL' : 'LLLL yyyy')} to ${last.toFormat('LLLL yyyy')}`
}
