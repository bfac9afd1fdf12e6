import { z } from 'zod'
import { answer, answerAsVersion, answerInLine, linesOf, unknownField } from '../../platform/http/form-answers.ts'
import { fromList } from '../../booking/bookings/schema.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { audiences } from './bulletin.ts'

/** People do not read more than this on a phone. In characters. */
export const longestText = 5000

const whom = 'Select who you want to email'

const text = answer('Text', 'Enter the text').transform(typed => linesOf(typed).join('\n').trim()).pipe(z.string()
  .min(1, { error: 'Enter the text', abort: true })
  .refine(typed => Array.from(typed).length <= longestText, {
    error: ({ input }) => `Text must be ${longestText.toLocaleString('en-GB')} characters or fewer: ` +
      `it has ${Array.from(String(input)).length.toLocaleString('en-GB')}`
  }))

const words = { heading: answerInLine('Heading', 'Enter a heading', 100), body: text }

const fields = { audience: answer('Who you want to email', whom).pipe(z.enum(audiences, whom)), ...words }

export const bulletinFields = ['audience', 'heading', 'body'] as const

const submission = z.uuid('This form has expired. Load the page again and write it once more.')

/** The form on which a message is written. `submission` becomes its id: sending it twice makes one message. */
export const newBulletinForm = z.strictObject({ ...fields, submission }, { error: unknownField })

/** The same for people who were chosen from the list of attendees. */
export const newChosenBulletinForm = z.strictObject({ ...words, ...fromList, submission }, { error: unknownField })
  .transform(({ booking, list, ...form }) => ({ ...form, audience: 'chosen' as const, bookingIds: booking }))

const readAgain = 'This form is damaged. Load the page again and write it once more.'

/** The version of the message that was read. */
const edition = answerAsVersion(readAgain)

/** The form that changes a message. */
export const bulletinForm = z.strictObject({ ...fields, edition }, { error: unknownField })

/** The form that changes a message to people who were chosen: it stays for these. */
export const chosenBulletinForm = z.strictObject({ ...words, edition }, { error: unknownField })

/** The button that sends a message, as it was shown. */
export const sendingForm = z.strictObject({
  edition: answer('What you have read', 'Read this page again before you send it.'),
  confirmed
}, { error: unknownField })

/** A button without fields. */
export const buttonForm = z.strictObject({}, { error: unknownField })
