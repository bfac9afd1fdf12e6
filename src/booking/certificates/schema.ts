import { z } from 'zod'
import { answer, answerInLine, unknownField } from '../../platform/http/form-answers.ts'
import { codeIn } from './code.ts'

/** The button that gives someone their certificate. */
export const certificateForm = z.strictObject({}, { error: unknownField })

const sixteen = 'Enter the code: 16 letters and digits, like 7F3K-Q92Q-DM4T-B0XV'

/** The form that asks for the code on a certificate. Its result is the code as printed. */
export const codeForm = z.strictObject({
  code: answer('Code', sixteen).transform((text, context) => {
    const code = codeIn(text)
    if (code === undefined) context.addIssue({ code: 'custom', message: sixteen })
    return code ?? z.NEVER
  })
}, { error: unknownField })

export const codeFields = ['code'] as const

/** The form that asks for the name on a certificate. */
export const nameForm = z.strictObject({
  name: answerInLine('The name', 'Enter the name as it is on the certificate', 100)
}, { error: unknownField })

export const nameFields = ['name'] as const
