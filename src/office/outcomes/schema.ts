import { z } from 'zod'
import { confirmed } from '../../identity/staff/schema.ts'
import { isVersionHash } from '../../platform/draft.ts'
import { answer, linesOf, loadAgain, optional, together, unknownField, ticked } from '../../platform/http/form-answers.ts'
import { isId } from '../../platform/http/url-params.ts'
import type { OutcomeNumber } from '../../programme/activities/outcome-numbers.ts'
import { numbersInWords } from './in-words.ts'
import { numbersAskedOf } from './outcome.ts'
import type { Outcome } from './outcome.ts'

const missing = 'Select whether it took place'

/** More than anyone has ever given out is not a question any more. */
const most = 9_999_999

const number = (of: OutcomeNumber) => {
  const { name } = numbersInWords[of]
  const sentence = `${name} must be a whole number, like 120. Leave it empty if you do not know`
  return optional(answer(name, sentence).trim().transform(text => text.replaceAll(/(?<=\d)[ ,](?=\d{3})/g, ''))
    .refine(text => /^\d{1,9}$/.test(text), { error: sentence, abort: true })
    .refine(text => Number(text) <= most, `${name} must be ${most.toLocaleString('en-GB')} or fewer`)
    .transform(Number))
}

export const outcomeFields = ['took_place', 'peopleReached', 'premisesVisited', 'leafletsGiven', 'conversations', 'learnt', 'sure'] as const

const sentences = answer('What you learnt').transform(typed => linesOf(typed).join('\n').trim())
  .refine(text => Array.from(text).length <= 1000, 'What you learnt must be 1,000 characters or fewer')

const noAndNumbers = 'You said it did not take place, but gave numbers. Select “Yes”, or delete the numbers'

/** What an activity came to. A number that is left empty is not said, which is never 0. */
export function outcomeForm (activity: { booking: string }) {
  const asked = Object.fromEntries(numbersAskedOf(activity).map(of => [of, number(of)]))
  return together(z.strictObject({
    took_place: answer('Whether it took place', missing).pipe(z.enum(['yes', 'no'], missing)),
    ...asked,
    learnt: sentences,
    sure: optional(answer('These numbers are right').max(200, loadAgain)),
    edition: answer('What you have read', loadAgain)
  }, { error: unknownField }), typed => {
    // 0 is what was counted of it; any other number would be lost.
    const isCounted = numbersAskedOf(activity).some(of => /[1-9]/.test(typed(of)))
    return typed('took_place') === 'no' && isCounted ? [['took_place', noAndNumbers]] : []
  }).transform(({ took_place: took, learnt, sure, edition, ...given }) => {
    const numbers = given as Partial<Record<OutcomeNumber, number | undefined>>
    const outcome: Outcome & { tookPlace: boolean } = {
      tookPlace: took === 'yes',
      learnt,
      peopleReached: numbers.peopleReached,
      premisesVisited: numbers.premisesVisited,
      leafletsGiven: numbers.leafletsGiven,
      conversations: numbers.conversations
    }
    return { outcome, versionHash: edition, sure }
  })
}

/** Whether those who lead activities are asked, and reminded. */
export const askingForm = z.strictObject({
  asking: answer('Whether they are asked', 'Select whether they are asked').pipe(z.enum(['off', 'once', 'with-reminders'], 'Select whether they are asked')),
  confirmed
}, { error: unknownField })

const ids = ticked(z.guid(loadAgain), {
  missing: 'Choose at least one activity', most: 1000, tooMany: 'Choose 1,000 activities or fewer'
})

/** Whom to ask again. */
export const askAgainForm = z.strictObject({ activities: ids, confirmed }, { error: unknownField })

/** A sentence as it was read: `id.version`. */
const key = z.string(loadAgain).refine(text => {
  const [id = '', read = '', ...rest] = text.split('.')
  return isId(id) && isVersionHash(read) && rest.length === 0
}, loadAgain)

const keys = ticked(key, { most: 1000 })

/** Which sentences are in the report, of those that were shown. */
export const learningForm = z.strictObject({ shown: keys, wanted: keys }, { error: unknownField })
