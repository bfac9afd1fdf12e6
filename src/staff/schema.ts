import { z } from 'zod'
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
