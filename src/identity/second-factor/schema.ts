import { z } from 'zod'
import { answer, unknownField } from '../../platform/http/form-answers.ts'
import { sixDigits } from '../staff/schema.ts'

const codeOfApp = sixDigits('Enter the code from your authenticator app')

/** The form for a code of an authenticator. */
export const factorForm = z.strictObject({ code: codeOfApp }, { error: unknownField })

/** The form on which an authenticator is set up; `setup` is the sealed secret from the page. */
export const setupForm = z.strictObject({
  setup: answer('The page').max(500, 'Load the page again'), code: codeOfApp
}, { error: unknownField })
