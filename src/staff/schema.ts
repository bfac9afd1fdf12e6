import { z } from 'zod'
import { answer, unknownField } from '../http/form-answers.ts'
import { roles } from '../http/session.ts'

/** In lower case: one person is one member of staff, however their address was typed. */
export const staffEmail = z.string().trim().toLowerCase().max(254, 'must have at most 254 characters')
  .pipe(z.email('must be an address like anne@council.gov.uk'))

/** A new member of staff, as given at a terminal. */
export const newStaffMember = z.strictObject({
  email: staffEmail,
  name: z.string().trim().min(1, 'must be given').max(100, 'must have at most 100 characters')
    .regex(/^\P{Cc}*$/u, 'must be one line of text'),
  role: z.enum(roles, `must be one of ${roles.join(', ')}`),
  agency: z.string().optional()
})

export type NewStaffMember = z.output<typeof newStaffMember>

const noAddress = 'Enter an email address like name@council.gov.uk'

/** The form on which somebody asks for a letter to sign in with. */
export const signInForm = z.strictObject({
  email: answer('Email address', 'Enter your email address').trim().toLowerCase()
    .min(1, { error: 'Enter your email address', abort: true })
    .max(254, { error: 'Email address must be 254 characters or fewer', abort: true })
    .pipe(z.email(noAddress))
}, { error: unknownField })

/** Six digits, which people type and paste as they like. */
function sixDigits (missing: string) {
  return answer('Code', missing).transform(text => text.replace(/[\s\p{Pd}]/gu, ''))
    .pipe(z.string().min(1, { error: missing, abort: true }).regex(/^\d{6}$/, 'The code is 6 digits, like 123 456'))
}

/** The form for the code of a letter. */
export const codeForm = z.strictObject({ code: sixDigits('Enter the code from the email') }, { error: unknownField })

const codeOfApp = sixDigits('Enter the code from your authenticator app')

/** The form for a code of an authenticator. */
export const factorForm = z.strictObject({ code: codeOfApp }, { error: unknownField })

/** The form on which an authenticator is set up; `setup` is what the page gave along. */
export const setupForm = z.strictObject({
  setup: answer('The page').max(500, 'Load the page again'), code: codeOfApp
}, { error: unknownField })
