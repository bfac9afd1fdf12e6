import { z } from 'zod'
import { answer, unknownField, loadAgain } from '../../platform/http/form-answers.ts'
import { unspaced } from '../../platform/typed.ts'

/** Six digits, typed or pasted with any spacing. */
export function sixDigits (missing: string) {
  return answer('Code', missing).transform(text => unspaced(text.normalize('NFKC')))
    .pipe(z.string().min(1, { error: missing, abort: true }).regex(/^\d{6}$/, 'The code is 6 digits, like 123 456'))
}

/**
 * The token of what a page said that something does; a form that comes for the first time has none. Transformed, it is
 * there in what is read, so that no route forgets to pass it on.
 */
export const confirmed = answer('Form', loadAgain).max(10_000, loadAgain).optional().transform(token => token)

/** A button that does what its page says, and nothing besides. */
export const confirmationForm = z.strictObject({ confirmed }, { error: unknownField })
