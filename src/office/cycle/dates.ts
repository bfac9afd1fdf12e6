import { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'

/** The dates of a campaign's year that organisers plan, in their usual order; its week is the campaign's own. */
export const dateKinds = ['entries-open', 'entries-close', 'embargo-ends', 'numbers-due', 'report-due'] as const
export type DateKind = typeof dateKinds[number]

/** A planned date. `day` as `2026-12-01`, empty where there is none; `time` as `06:00`, only of an embargo. */
export interface PlannedDate {
  day: string
  time: string
  /** What organisers call it; empty: what the service calls it. */
  label: string
  isDone: boolean
}

export type Cycle = Record<DateKind, PlannedDate>

export const noDate: PlannedDate = { day: '', time: '', label: '', isDone: false }

/** A cycle as one text per date, in which two states are compared. */
export const cycleDraft = draft(dateKinds)

/** What a date says, for comparing and for the trail. */
export function cycleAnswers (cycle: Cycle): Record<DateKind, string> {
  return Object.fromEntries(dateKinds.map(kind => {
    const { day, time, label, isDone } = cycle[kind]
    return [kind, [day, time, label, isDone ? 'done' : ''].filter(text => text !== '').join(', ')]
  })) as Record<DateKind, string>
}

/** Something of a campaign's year with its first and last day, which are one for most. */
export interface Step {
  kind: DateKind | 'week'
  label: string
  from: string
  to: string
  time: string
  isDone: boolean
}

/** Its steps in the order of their days: the week among them, as far as the campaign has days. */
export function stepsOf (
  cycle: Cycle, { firstDay, lastDay = firstDay }: { firstDay: string | undefined, lastDay: string | undefined }
): Step[] {
  const planned = dateKinds.flatMap((kind): Step[] => {
    const { day, ...rest } = cycle[kind]
    return day === '' ? [] : [{ kind, from: day, to: day, ...rest }]
  })
  const week: Step[] = firstDay === undefined || lastDay === undefined
    ? []
    : [{ kind: 'week', label: '', from: firstDay, to: lastDay, time: '', isDone: false }]
  return [...planned, ...week].sort((one, other) => one.from < other.from ? -1 : one.from > other.from ? 1 : 0)
}

export type StepState = 'done' | 'late' | 'today' | 'next' | 'later'

/**
 * How each step stands on a day: late is what is past and not done; the next is the first that is still to come. The
 * week needs nobody to say that it is over.
 */
export function statesOf (steps: readonly Step[], today: string): StepState[] {
  const next = steps.findIndex(({ to, isDone }) => !isDone && to >= today)
  return steps.map(({ kind, from, to, isDone }, n) => {
    if (isDone || (kind === 'week' && to < today)) return 'done'
    if (to < today) return 'late'
    if (from <= today) return 'today'
    return n === next ? 'next' : 'later'
  })
}

/** How many days before the first day, or after the last, each date usually is; schools plan a term ahead. */
const usual: Record<DateKind, { beforeFirst: number } | { afterLast: number }> = {
  'entries-open': { beforeFirst: 84 },
  'entries-close': { beforeFirst: 28 },
  'embargo-ends': { beforeFirst: 0 },
  'numbers-due': { afterLast: 28 },
  'report-due': { afterLast: 56 }
}

/**
 * Dates to begin with: those that are planned stay, and the others are counted from the first and the last day. What
 * would be gone already today stays empty: it would be late as soon as it is saved.
 */
export function suggested (cycle: Cycle, days: { firstDay: string, lastDay: string }, today: string): Cycle {
  return Object.fromEntries(dateKinds.map(kind => {
    const day = usualDay(kind, days)
    const isLeft = cycle[kind].day !== '' || day < today
    return [kind, isLeft ? cycle[kind] : { ...cycle[kind], day, time: kind === 'embargo-ends' ? '06:00' : '' }]
  })) as Cycle
}

/** The dates that are not planned and whose usual day is gone: nobody can suggest them any more. */
export function goneBefore (cycle: Cycle, days: { firstDay: string, lastDay: string }, today: string): DateKind[] {
  return dateKinds.filter(kind => cycle[kind].day === '' && usualDay(kind, days) < today)
}

/** The day that a date usually has. */
export function usualDay (kind: DateKind, { firstDay, lastDay }: { firstDay: string, lastDay: string }): string {
  const by = usual[kind]
  return 'beforeFirst' in by ? plusDays(firstDay, -by.beforeFirst) : plusDays(lastDay, by.afterLast)
}

function plusDays (day: string, days: number): string {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toISODate() ?? day
}

/** Sentences about dates in an order that cannot be meant, by the date they stand at. */
export function wronglyOrdered (
  cycle: Cycle, { firstDay, lastDay }: { firstDay: string | undefined, lastDay: string | undefined }
): Array<{ kind: DateKind, text: string }> {
  const day = (kind: DateKind) => cycle[kind].day
  const isBefore = (one: string, other: string) => one !== '' && other !== '' && one < other
  return [
    ...isBefore(day('entries-close'), day('entries-open'))
      ? [{ kind: 'entries-close' as const, text: 'Entries must close on the day they open or later' }]
      : [],
    ...isBefore(day('numbers-due'), lastDay ?? firstDay ?? '')
      ? [{ kind: 'numbers-due' as const, text: 'Numbers must be due on the last day of the campaign or later' }]
      : [],
    ...isBefore(day('report-due'), day('numbers-due'))
      ? [{ kind: 'report-due' as const, text: 'The report must be due on the day numbers are due or later' }]
      : []
  ]
}
