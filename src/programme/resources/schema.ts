import { z } from 'zod'
import { answer, answerInLine, answerInNumbers, optional, unknownField, submission } from '../../platform/http/form-answers.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { everyoneReads } from '../support/public-text.ts'

/** More than any partnership has of anything. */
const mostOfAnything = 100_000

const texts = {
  name: answerInLine('Name', 'Enter a name', 80).superRefine(everyoneReads('Name')),
  description: answer('Description', 'Enter a description').trim()
    .min(1, { error: 'Enter a description', abort: true })
    .refine(text => Array.from(text).length <= 500, 'Description must be 500 characters or fewer')
    .superRefine(everyoneReads('Description')),
  most: answerInNumbers('The most for one request', 1, mostOfAnything),
  warn_below: optional(answerInNumbers('Tell us when fewer are left', 1, mostOfAnything))
}

export const resourceFields = ['name', 'description', 'most', 'warn_below'] as const
export const newResourceFields = [...resourceFields, 'stock'] as const
export const stockFields = ['change', 'reason'] as const

/** The form that adds a resource. The same form with the same answers makes one, by its id. */
export const newResourceForm = z.strictObject({
  ...texts,
  stock: answerInNumbers('How many there are', 0, mostOfAnything),
  submission
}, { error: unknownField }).transform(({ submission, ...form }) => ({ ...form, id: idFromForm(submission, form) }))
  .transform(named)

const edition = answer('What you have read', 'Read this page again before you press the button.')

export const resourceForm = z.strictObject({ ...texts, edition }, { error: unknownField }).transform(named)

function named<T extends { warn_below?: number | undefined }> ({ warn_below: warnBelow, ...form }: T) {
  return { ...form, warnBelow }
}

const changeWrong = 'Enter how many came in, like 50, or with a minus how many are gone, like -3'

export const stockForm = z.strictObject({
  change: answer('How many', changeWrong).overwrite(text => text.trim().replace(/^[\u2212\u2013]/, '-'))
    .refine(text => /^[+-]?\d{1,6}$/.test(text) && Number(text) !== 0, changeWrong).transform(Number),
  reason: answerInLine('Why', 'Say why, like “a delivery”', 200),
  edition
}, { error: unknownField })

/** The button that retires a resource, and the one that takes it back. */
export const retirementForm = z.strictObject({
  retired: answer('What to do', 'Press the button again.').pipe(z.enum(['yes', 'no'], 'Press the button again.'))
}, { error: unknownField })
