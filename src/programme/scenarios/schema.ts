import { z } from 'zod'
import { answer, loadAgain, optional, unknownField, submission } from '../../platform/http/form-answers.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { visibleText } from '../../platform/typed.ts'
import { limits } from './scenario.ts'

/** One file, or the whole story in a field: four bytes for each character, whatever it is. */
export const storyLimits = { files: 1, bytesPerFile: limits.file * 4, bytesPerField: limits.file * 4 }

const story = answer('The story').trim().min(1, 'Choose a file, or type the story')
const campaign = optional(answer('Campaign'))
/** Read before, and then in `text`; without a file some clients send its name. */
const file = z.literal('', loadAgain).optional()

/** The form that adds a scenario. The same form with the same answers makes one, by its id. */
export const newScenarioForm = z.strictObject({
  text: story, campaign, file, submission
}, { error: unknownField })
  .transform(({ submission, text, campaign }) => ({ text, campaign, id: idFromForm(submission, { text, campaign }) }))

export const scenarioForm = z.strictObject({
  text: story, campaign, file, edition: answer('What you have read')
}, { error: unknownField }).transform(({ edition: versionHash, text, campaign }) => ({ text, campaign, versionHash }))

/** A button for what someone has read. */
export const publishForm = z.strictObject({ edition: answer('What you have read') }, { error: unknownField })

export const buttonForm = z.strictObject({}, { error: unknownField })

/** What someone decides in a step: the number of the choice, and the fingerprint of what they had read. */
export const choiceForm = z.strictObject({
  choice: answer('Your choice', 'Choose what to do').pipe(z.string().regex(/^[1-9]$/, 'Choose what to do')).transform(Number),
  edition: answer('What you have read')
}, { error: unknownField })

/** The text of a file, in what Windows programs and others save; anything else has signs that nobody typed. */
export function textOfFile (bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xFF && second === 0xFE) return visibleText(new TextDecoder('utf-16le').decode(bytes))
  if (first === 0xFE && second === 0xFF) return visibleText(new TextDecoder('utf-16be').decode(bytes))
  const text = new TextDecoder().decode(bytes)
  return visibleText(text.includes('\uFFFD') ? new TextDecoder('windows-1252').decode(bytes) : text)
}
