import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { FactorCodeWrong, FactorLocked } from './errors.ts'

/** What to say at the field about a code that was not taken; throws on what is about something else. */
export function refusedCodeOf (error: unknown): { status: 409 | 429, errors: FormErrors } {
  if (error instanceof FactorCodeWrong) return { status: 409, errors: formError('code', error.message) }
  if (error instanceof FactorLocked) return { status: 429, errors: formError('code', error.message) }
  throw error
}
