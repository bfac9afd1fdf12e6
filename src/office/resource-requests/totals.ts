import { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import type { OrganisationKind } from './request.ts'

/** Numbers of things: asked for, and of these approved, packed and given out. */
export interface Amounts { asked: number, granted: number, packed: number, given: number }

/** What became of one resource in a month for one kind of organisation. Months as `2026-12`. */
export interface MonthOfResource extends Amounts {
  resource: string
  month: string
  /** Undefined: not known. */
  organisationKind: OrganisationKind | undefined
}

/** Which months count: the last twelve, those of a year, or all. */
export type Period = 'last-12' | 'all' | `${number}`

/** The first and last month of a period; without one it has no such end. */
export function monthsOf (period: Period, today: string): { from?: string, to?: string } {
  if (period === 'all') return {}
  if (period !== 'last-12') return { from: `${period}-01`, to: `${period}-12` }
  const month = DateTime.fromISO(today, { zone: 'utc' }).startOf('month')
  return { from: month.minus({ months: 11 }).toFormat('yyyy-MM'), to: month.toFormat('yyyy-MM') }
}

/** What there was in some months, by resource and month. */
export async function listMonths (
  db: Reader, { from, to }: ReturnType<typeof monthsOf>
): Promise<MonthOfResource[]> {
  const rows = await db.resourceMonth.findMany({
    where: {
      month: { ...from !== undefined && { gte: firstDayOf(from) }, ...to !== undefined && { lte: firstDayOf(to) } }
    },
    include: { resource: { select: { name: true } } },
    orderBy: [{ resource: { name: 'asc' } }, { month: 'asc' }, { organisationKind: 'asc' }]
  })
  return rows.map(({ resource, month, organisationKind, asked, granted, packed, given }) => ({
    resource: resource.name,
    month: month.toISOString().slice(0, 7),
    organisationKind: organisationKind === '' ? undefined : organisationKind as OrganisationKind,
    asked,
    granted,
    packed,
    given
  }))
}

/** The years of which there is anything, the latest first. */
export async function listYears (db: Reader): Promise<string[]> {
  const { _min: { month: first }, _max: { month: last } } = await db.resourceMonth.aggregate({
    _min: { month: true }, _max: { month: true }
  })
  if (first === null || last === null) return []
  const [from, to] = [first.getUTCFullYear(), last.getUTCFullYear()]
  return Array.from({ length: to - from + 1 }, (_, n) => String(to - n))
}

function firstDayOf (month: string): Date {
  return new Date(`${month}-01T00:00:00Z`)
}

/** The amounts of each value that rows have, in the order in which the values first come. */
export function sumsBy<T> (rows: readonly MonthOfResource[], valueOf: (row: MonthOfResource) => T): Map<T, Amounts> {
  const sums = new Map<T, Amounts>()
  for (const row of rows) sums.set(valueOf(row), added(sums.get(valueOf(row)) ?? nothing, row))
  return sums
}

/** The amounts of every month from the first to the last, also of those in which nothing was asked for. */
export function everyMonth (
  rows: readonly MonthOfResource[], { from, to }: ReturnType<typeof monthsOf>
): Array<Amounts & { month: string }> {
  const sums = sumsBy(rows, ({ month }) => month)
  const months = [...sums.keys()].sort()
  const [first, last] = [from ?? months.at(0), to ?? months.at(-1)]
  if (first === undefined || last === undefined) return []
  const [start, end] = [DateTime.fromISO(first, { zone: 'utc' }), DateTime.fromISO(last, { zone: 'utc' })]
  return Array.from({ length: Math.round(end.diff(start, 'months').months) + 1 }, (_, n) => {
    const month = start.plus({ months: n }).toFormat('yyyy-MM')
    return { month, ...sums.get(month) ?? nothing }
  })
}

const nothing: Amounts = { asked: 0, granted: 0, packed: 0, given: 0 }

export function added (one: Amounts, other: Amounts): Amounts {
  return {
    asked: one.asked + other.asked,
    granted: one.granted + other.granted,
    packed: one.packed + other.packed,
    given: one.given + other.given
  }
}
