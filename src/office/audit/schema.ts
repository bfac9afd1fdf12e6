import { DateTime } from 'luxon'
import { z } from 'zod'
import { answer, answerAsDay, isOneLine, optional } from '../../platform/http/form-answers.ts'

/** A filter of the audit trail: who, what, which day and about what; undefined: any. */
export interface TrailFilter {
  /** The id of a member of staff, `terminal`, or `stranger`: someone who was not signed in. */
  who: string | undefined
  what: string | undefined
  /** A day such as `2026-12-01`, in the partnership's zone. */
  day: string | undefined
  subject: string | undefined
}

const whoUnknown = 'Select who from those on the page'
const whatUnknown = 'Select what from those on the page'

/** The filter of the audit trail, in an address or a form. */
export const trailFilter = z.object({
  who: optional(answer('Who', whoUnknown).refine(who => ['terminal', 'stranger'].includes(who) || z.guid().safeParse(who).success, whoUnknown)),
  what: optional(answer('What', whatUnknown).regex(/^[a-z-]+\.[a-z-]+$/, whatUnknown)),
  day: optional(answerAsDay('Day').refine(
    day => /^[12]\d{3}-\d{2}-\d{2}$/.test(day) && DateTime.fromISO(day).isValid, 'Day must be a date like 2026-12-01')),
  subject: optional(answer('About').trim()
    .refine(text => text.length <= 200, { error: 'About must be 200 characters or fewer', abort: true })
    .refine(isOneLine, 'About must be on one line'))
}).transform(({ who, what, day, subject }): TrailFilter => ({ who, what, day, subject }))

export const trailFields = ['who', 'what', 'day', 'subject'] as const

export const noFilter: TrailFilter = { who: undefined, what: undefined, day: undefined, subject: undefined }
