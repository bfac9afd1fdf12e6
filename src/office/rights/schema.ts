import { z } from 'zod'
import { email } from '../../booking/bookings/schema.ts'
import { unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'

/** Whose everything is looked at; in a form, because no address stands in that of a page. */
export const personForm = z.strictObject({ email }, { error: unknownField })

/** The same, to be erased; `confirmed` once what it does has been read. */
export const erasingForm = z.strictObject({
  email, confirmed
}, { error: unknownField })

export const personFields = ['email'] as const

/** An address, as given at a terminal. */
export const personAddress = z.string().trim().refine(
  text => email.safeParse(text).success, 'must be an address like anne@example.org')
