import { z } from 'zod'
import { attendeeAddress, attendeeFilterIn } from '../../booking/attendees/filter.ts'
import { answer, answerInNumbers, optional, unknownField, submission } from '../../platform/http/form-answers.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { officeZone } from '../../platform/clock.ts'
import type { ListColumn } from '../exports/columns.ts'
import { purposeInWords } from '../exports/purposes.ts'
import { isPurposeSaid, listAnswers, listFields, purposeNotSaid } from '../exports/schema.ts'
import { mostHours, spans } from './standing-list.ts'
import type { About, StandingDraft, Timing } from './standing-list.ts'

/** The fields of the form, for errors beside them. */
export const standingFields = ['about', ...listFields, 'how', 'weekday', 'time', 'days', 'hours'] as const

const slug = answer('The address').refine(isSlug, 'Choose the activities again')

/** The address of the form: what was chosen before, of which whoever fills it in may choose more. */
export function newAddress (seal: Seal) {
  return z.strictObject({
    ...attendeeAddress(seal), activity: optional(slug), campaign: optional(slug)
  }, { error: unknownField }).transform(({ activity, campaign, ...chosen }) => ({
    activity, campaign, filter: { ...attendeeFilterIn(chosen), search: undefined }
  }))
}

/** Read only where it counts, but never longer than anyone means it. */
const short = (noun: string) => optional(answer(noun).trim()
  .refine(typed => typed.length <= 20, `${noun} must be 20 characters or fewer`))

const when = {
  how: z.enum(['weekly', 'before'], 'Select when you want it'),
  weekday: short('Day'),
  time: short('Time'),
  days: short('Activities'),
  hours: short('Hours')
}

type When = z.output<z.ZodObject<typeof when>>

const hoursBefore = answerInNumbers('Hours before', 1, mostHours)

/** The first thing that is wrong with when a list is sent, or when that is. */
function timingOf ({ how, weekday, time, days, hours }: When): Timing | { field: string, sentence: string } {
  if (how === 'before') {
    const read = hoursBefore.safeParse(hours)
    return read.success ? { how, hours: read.data } : { field: 'hours', sentence: read.error.issues[0]?.message ?? '' }
  }
  if (!/^[1-7]$/.test(weekday ?? '')) return { field: 'weekday', sentence: 'Select a day of the week' }
  const [, hour, minute] = /^([01]?\d|2[0-3])[:.]([0-5]\d)$/.exec(time ?? '') ?? []
  if (hour === undefined || minute === undefined) return { field: 'time', sentence: 'Enter a time like 8:30 or 17:00' }
  const span = spans.find(span => String(span) === days)
  if (span === undefined && days !== undefined && days !== 'all') {
    return { field: 'days', sentence: 'Select which activities from those on the page' }
  }
  return { how, weekday: Number(weekday), timeOfDay: `${hour.padStart(2, '0')}:${minute}`, zone: officeZone, days: span }
}

function draftForm<Shape extends z.ZodRawShape> (columns: readonly ListColumn[], more: Shape) {
  return z.strictObject({ ...listAnswers(columns), ...when, ...more }, { error: unknownField })
}

type Answers = z.output<z.ZodObject<ReturnType<typeof listAnswers> & typeof when>>

function draftIn (answers: Answers, context: z.RefinementCtx): StandingDraft {
  if (!isPurposeSaid(answers)) context.addIssue({ code: 'custom', path: purposeNotSaid.path, message: purposeNotSaid.error })
  const timing = timingOf(answers)
  if ('field' in timing) {
    context.addIssue({ code: 'custom', path: [timing.field], message: timing.sentence })
    return z.NEVER
  }
  const { columns, format, why, why_other: other } = answers
  return { columns, format, why: purposeInWords(why, other), timing }
}

/** The form of a new list, which may be about any of these. */
export function newForm (columns: readonly ListColumn[], abouts: readonly [About, ...About[]]) {
  return draftForm(columns, {
    about: z.enum(abouts, 'Select which activities'),
    submission
  }).transform((answers, context) => ({
    about: answers.about as About, submission: answers.submission, draft: draftIn(answers as Answers, context)
  }))
}

/** The form that changes a list, with the mark of the state that was read. */
export function changeForm (columns: readonly ListColumn[]) {
  return draftForm(columns, { edition: answer('What you have read') }).transform((answers, context) => ({
    edition: answers.edition, draft: draftIn(answers as unknown as Answers, context)
  }))
}

/** The button that stops a list of someone; `of` says whose lists the page shows. */
export const stopForm = z.strictObject({
  of: optional(z.uuid('Load the page again'))
}, { error: unknownField })

/** A button without fields. */
export const buttonForm = z.strictObject({}, { error: unknownField })
