import { z } from 'zod'
import { searchText } from '../../booking/attendees/filter.ts'
import { email } from '../../booking/bookings/schema.ts'
import { unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'

/**
 * Who is looked up, as typed: an address, the reference of a booking, or what finds them. In a form, so that it is not
 * in a URL.
 */
const sought = searchText.transform((text, context) => {
  if (!text.includes('@')) return text
  const { data, error } = email.safeParse(text)
  error?.issues.forEach(({ message }) => { context.addIssue({ code: 'custom', message }) })
  return data ?? z.NEVER
})

/** Who is looked up. */
export const personForm = z.strictObject({ email: sought }, { error: unknownField })

/** The same for erasing; `confirmed` once its effects have been read. */
export const erasingForm = z.strictObject({
  email: sought, confirmed
}, { error: unknownField })

export const personFields = ['email'] as const

/** An address, as entered at a terminal. */
export const personAddress = z.string().trim().refine(
  text => email.safeParse(text).success, 'must be an address like anne@example.org')
