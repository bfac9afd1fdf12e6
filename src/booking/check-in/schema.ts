import { z } from 'zod'
import { answerInLine, unknownField } from '../../platform/http/form-answers.ts'

export const checkInFields = ['code'] as const

/** The code that was shown at an activity; nothing else is asked. */
export const checkInForm = z.strictObject({
  code: answerInLine('The code', 'Enter the code from the last slide', 30)
}, { error: unknownField })
