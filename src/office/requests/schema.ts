import { z } from 'zod'
import { addressAnswer, email, name, submission } from '../../booking/bookings/schema.ts'
import { answer, answerAsDay, optional, unknownField, answerInLines } from '../../platform/http/form-answers.ts'
import { isDay } from '../../platform/clock.ts'
import { trap } from '../../platform/http/trap.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { requestKinds } from './due.ts'
import { groundsForTime, waysOfTelling } from './request.ts'

/** Maximum number of characters: fits in a form's body in any script. */
const longest = 2000

const whatHappened = answerInLines('What happened', 'Tell us what happened', longest)

/** A complaint, from anyone. */
export const complaintForm = z.strictObject({
  name, email, what_happened: whatHappened, submission, ...addressAnswer, ...trap
}, { error: unknownField })

export const complaintFields = ['name', 'email', 'what_happened'] as const

/** The button on the page of one's own booking that asks for a copy, or for deletion. */
export const askingForm = z.strictObject({ submission }, { error: unknownField })

/** An objection to our use of the data, and the reason. */
export const objectionForm = z.strictObject({
  why: optional(answerInLines('Why', 'Tell us why', longest)), submission
}, { error: unknownField })

export const objectionFields = ['why'] as const

const dayWrong = 'Enter the day on which it came, like 2026-12-01, today or before'

/** A request that came in another way than by a form; `today` is the partnership's. */
export function recordForm (today: string) {
  return z.strictObject({
    kind: answer('What it is', 'Select what it is').pipe(z.enum(requestKinds, 'Select what it is')),
    name,
    email,
    received: answerAsDay('The day', dayWrong).refine(
      day => isDay(day) && day <= today && day >= '2026-01-01', dayWrong),
    what_happened: optional(whatHappened),
    submission,
    ...addressAnswer
  }, { error: unknownField }).refine(
    ({ kind, what_happened: text }) => kind !== 'complaint' || text !== undefined,
    { path: ['what_happened'], error: 'Say what they told you' })
}

export const recordFields = ['kind', 'name', 'email', 'received', 'what_happened'] as const

const howTold = 'Select how they are told'

/** An answer, and how the person learns it; `confirmed` once its effects have been read. */
export const answerForm = z.strictObject({
  answer: answerInLines('Your answer', 'Enter your answer', longest),
  told_by: answer('How they are told', howTold).pipe(z.enum(waysOfTelling, howTold)),
  confirmed
}, { error: unknownField })

export const answerFields = ['answer', 'told_by'] as const

const ground = 'Select why the law gives us more time'

/** More time for a request, and how the person learns it; `confirmed` once its effects have been read. */
export const extensionForm = z.strictObject({
  because: answer('Why the law gives us more time', ground).pipe(z.enum(groundsForTime, ground)),
  reason: answerInLines('Your reason', 'Enter a reason', longest),
  told_by: answer('How they are told', howTold).pipe(z.enum(['email', 'otherwise'], howTold)),
  confirmed
}, { error: unknownField })

export const extensionFields = ['because', 'reason', 'told_by'] as const
