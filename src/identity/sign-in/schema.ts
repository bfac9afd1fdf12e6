import { z } from 'zod'
import { answerAsAddress, unknownField } from '../../platform/http/form-answers.ts'
import { sixDigits } from '../staff/schema.ts'

const noAddress = 'Enter an email address like name@council.gov.uk'

/** The form on which someone asks for an email to sign in with. */
export const signInForm = z.strictObject({
  email: answerAsAddress('Email address', 'Enter your email address').toLowerCase()
    .min(1, { error: 'Enter your email address', abort: true })
    .max(254, { error: 'Email address must be 254 characters or fewer', abort: true })
    .pipe(z.email(noAddress))
}, { error: unknownField })

/** The form for the code of an email. */
export const codeForm = z.strictObject({ code: sixDigits('Enter the code from the email') }, { error: unknownField })
