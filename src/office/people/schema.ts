import { z } from 'zod'
import { answer, answerInLine, isOneLine, unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { parseSearch } from './search-query.ts'

const nobodySought = 'Enter a name, an email address, a phone number or a reference'

/** The search text as typed, and the page of results. */
export const searchForm = z.strictObject({
  q: answer('What you look for', nobodySought).trim()
    .min(1, { error: nobodySought, abort: true })
    .refine(text => text.length <= 254, { error: 'What you look for must be 254 characters or fewer', abort: true })
    .refine(isOneLine, { error: 'What you look for must be on one line', abort: true })
    .refine(text => parseSearch(text) !== undefined, nobodySought),
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
