import { z } from 'zod'
import { email } from '../../booking/bookings/schema.ts'
import { unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'

/** The address that is looked up; in a form, so that it is not in a URL. */
export const personForm = z.strictObject({ email }, { error: unknownField })

/** The same for erasing; `confirmed` once its effects have been read. */
export const erasingForm = z.strictObject({
  email, confirmed
}, { error: unknownField })

export const personFields = ['email'] as const

/** An address, as entered at a terminal. */
export const personAddress = z.string().trim().refine(
  text => email.safeParse(text).success, 'must be an address like anne@example.org')
