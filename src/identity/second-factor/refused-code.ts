import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { FactorCodeWrong, FactorLocked } from './errors.ts'

/** What to say at the field about a code that was not taken; nothing about what else was refused. */
export function refusedCodeOf (error: unknown): FormErrors | undefined {
  if (error instanceof FactorLocked) return { ...formError('code', error.message), status: 429 }
  return shownAt('code', FactorCodeWrong)(error)
}
