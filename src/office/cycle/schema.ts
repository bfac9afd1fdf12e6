import { z } from 'zod'
import { answer, answerAsDay, optional, unknownField, loadAgain } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { dayWrong } from '../editor/moment.ts'
import { dateKinds, noDate } from './dates.ts'
import type { Cycle, DateKind } from './dates.ts'

/** Names of the fields of a date. */
export const fieldOf = {
  day: (kind: DateKind) => `${kind}-day`,
  time: (kind: DateKind) => `${kind}-time`,
  label: (kind: DateKind) => `${kind}-label`,
  isDone: (kind: DateKind) => `${kind}-done`
}

export const cycleFields: readonly string[] = dateKinds.flatMap(kind =>
  [fieldOf.day(kind), ...kind === 'embargo-ends' ? [fieldOf.time(kind)] : [], fieldOf.label(kind), fieldOf.isDone(kind)])

const whats: Record<DateKind, string> = {
  'entries-open': 'entries open',
  'entries-close': 'entries close',
  'embargo-ends': 'the embargo ends',
  'numbers-due': 'numbers are due',
  'report-due': 'the report is due'
}

function dateAnswers (kind: DateKind) {
  return {
    [fieldOf.day(kind)]: optional(answerAsDay('Day').superRefine((day, context) => {
      const wrong = dayWrong(day, whats[kind])
      if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong })
    })),
    ...kind === 'embargo-ends' && {
      [fieldOf.time(kind)]: optional(answer('Time').trim().transform(typed => typed.replace('.', ':').padStart(5, '0'))
        .refine(time => /^([01]\d|2[0-3]):[0-5]\d$/.test(time), 'Enter the time at which the embargo ends like 06:00'))
    },
    [fieldOf.label(kind)]: optional(answer('Name').trim()
      .refine(text => Array.from(text).length <= 80 && !text.includes('\n'), 'The name must be one line of 80 characters or fewer')),
    [fieldOf.isDone(kind)]: optional(answer('Done').pipe(z.literal('yes', loadAgain)))
  }
}

/** The dates of a campaign's year, with the version that was read. */
export const cycleForm = z.strictObject({
  ...Object.assign({}, ...dateKinds.map(dateAnswers)) as Record<string, z.ZodType<string | undefined>>,
  edition: answer('What you have read', loadAgain) as z.ZodType<string>,
  confirmed: confirmed as z.ZodType<string | undefined>
}, { error: unknownField }).superRefine((typed: Record<string, string | undefined>, context) => {
  for (const kind of dateKinds) {
    const others = [fieldOf.time(kind), fieldOf.label(kind), fieldOf.isDone(kind)]
    const isMore = others.some(field => typed[field] !== undefined)
    if (typed[fieldOf.day(kind)] === undefined && isMore) {
      context.addIssue({ code: 'custom', path: [fieldOf.day(kind)], message: `Enter the day on which ${whats[kind]}` })
    }
  }
}).transform((typed: Record<string, string | undefined>) => ({
  cycle: Object.fromEntries(dateKinds.map(kind => [kind, {
    day: typed[fieldOf.day(kind)] ?? noDate.day,
    time: typed[fieldOf.time(kind)] ?? noDate.time,
    label: typed[fieldOf.label(kind)] ?? noDate.label,
    isDone: typed[fieldOf.isDone(kind)] === 'yes'
  }])) as Cycle,
  versionHash: typed.edition ?? '',
  confirmed: typed.confirmed
}))

/** The day that others keep, for which dates are suggested. */
export const suggestionQuery = z.object({
  from: optional(answerAsDay('Day').refine(day => dayWrong(day, 'it is') === undefined, 'Select a day from those on the page'))
})
