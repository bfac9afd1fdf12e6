import { z } from 'zod'
import { answer, answerInLine, optional, unknownField, submission } from '../../platform/http/form-answers.ts'
import { everyoneReads } from '../support/public-text.ts'

export const downloadFields = ['file', 'title', 'language', 'resource', 'campaign'] as const

function oneOf (noun: string, choices: ReadonlyArray<{ id: string }>) {
  return optional(answer(noun).refine(given => choices.some(({ id }) => id === given), `Select a ${noun.toLowerCase()} from the list`))
}

/** The form that adds a file, with the file itself. */
export function downloadForm (resources: ReadonlyArray<{ id: string }>, campaigns: ReadonlyArray<{ id: string }>) {
  return z.strictObject({
    file: z.array(z.instanceof(Uint8Array), 'Choose a file').length(1, 'Choose a file'),
    title: answerInLine('Title', 'Enter a title', 100).superRefine(everyoneReads('Title')),
    language: answerInLine('Language', 'Enter the language, like English', 40),
    resource: oneOf('Resource', resources),
    campaign: oneOf('Campaign', campaigns),
    submission
  }, { error: unknownField }).transform(({ file, resource: resourceId, campaign: campaignId, ...form }) =>
    ({ ...form, resourceId, campaignId, bytes: new Uint8Array(file[0] ?? []) }))
}

/** A button, and nothing besides. */
export const removalForm = z.strictObject({}, { error: unknownField })
