import { z } from 'zod'
import { answerInLine, unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { searchText } from '../../booking/attendees/filter.ts'

/** The search text as typed, and the page of results. */
export const searchForm = z.strictObject({
  q: searchText,
  page: z.unknown().optional()
}, { error: unknownField })

export const searchFields = ['q'] as const

/** What is arranged, for an email to the person: line breaks become spaces. */
const arranged = z.preprocess(
  given => typeof given === 'string' ? given.replaceAll(/\s+/g, ' ') : given,
  answerInLine('What is arranged', 'Say what is arranged', 500))

/** The answer to an access need. */
export const accessForm = z.strictObject({ answer: arranged, confirmed }, { error: unknownField })

export const accessFields = ['answer'] as const

/** The button that says that someone was phoned; `of` is the page that it is on. */
export const phonedForm = z.strictObject({
  of: z.unknown().optional().transform(given => given === 'letters' ? 'letters' : 'booking')
}, { error: unknownField })
