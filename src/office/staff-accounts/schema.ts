import { z } from 'zod'
import {
  answer, answerAsAddress, answerInLine, isOneLine, unknownField, submission
} from '../../platform/http/form-answers.ts'
import { roles } from '../../identity/staff/roles.ts'
import { visibleText, plainAddress } from '../../platform/typed.ts'
import { draftFields } from './member.ts'
import type { Agency } from './member.ts'

/** The entry in the list of agencies for people who work for none. */
export const partnership = 'partnership'

/** In lower case: one person is one member of staff, however their address was typed. */
export const staffEmail = z.string().overwrite(plainAddress).toLowerCase().max(254, 'must have at most 254 characters')
  .pipe(z.email('must be an address like anne@council.gov.uk'))

/** A new member of staff, as entered at a terminal. */
export const newStaffMember = z.strictObject({
  email: staffEmail,
  name: z.string().overwrite(visibleText).trim().min(1, 'must be given').max(100, 'must have at most 100 characters')
    .refine(isOneLine, 'must be one line of text'),
  role: z.enum(roles, `must be one of ${roles.join(', ')}`),
  agency: z.string().optional()
})

export type NewStaffMember = z.output<typeof newStaffMember>

const whatTheyMay = 'Select what they may do'
const whomTheyWorkFor = 'Select who they work for'

function fieldsOf (agencies: readonly Agency[]) {
  return {
    name: answerInLine('Name', 'Enter their name', 100),
    email: answerAsAddress('Email address', 'Enter their email address').toLowerCase()
      .min(1, { error: 'Enter their email address', abort: true })
      .max(254, { error: 'Email address must be 254 characters or fewer', abort: true })
      .pipe(z.email('Enter an email address like name@council.gov.uk')),
    role: answer('Role', whatTheyMay).pipe(z.enum(roles, whatTheyMay)),
    agency: answer('Agency', whomTheyWorkFor)
      .refine(id => id === partnership || agencies.some(agency => agency.id === id), whomTheyWorkFor)
      .transform(id => agencies.find(agency => agency.id === id))
  }
}

/** The form that adds a member of staff. */
export function newMemberForm (agencies: readonly Agency[]) {
  return z.strictObject({
    ...fieldsOf(agencies), submission
  }, { error: unknownField })
}

/** The form that changes a member of staff, with the mark of the state that was read. */
export function memberForm (agencies: readonly Agency[]) {
  return z.strictObject({ ...fieldsOf(agencies), edition: answer('What you have read') }, { error: unknownField })
}

export const memberFields = draftFields

/** A button without fields. */
export const buttonForm = z.strictObject({}, { error: unknownField })
