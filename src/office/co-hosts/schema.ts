import { z } from 'zod'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import {
  answer, answerAsAddress, answerInLine, optional, unknownField, submission
} from '../../platform/http/form-answers.ts'
import type { Employer } from './invitation.ts'

/** The entry in the list of agencies for an organisation that is not in it. */
export const another = 'another'

const whomTheyWorkFor = 'Select who they work for'

/** The form that invites a co-host: who it is, where to write, and who they work for. */
export function coHostInvitationForm (agencies: ReadonlyArray<{ id: string, name: string }>) {
  return z.strictObject({
    name: answerInLine('Name', 'Enter their name', 100),
    email: answerAsAddress('Email address', 'Enter their work email address').toLowerCase()
      .min(1, { error: 'Enter their work email address', abort: true })
      .max(254, { error: 'Email address must be 254 characters or fewer', abort: true })
      .pipe(z.email('Enter an email address like name@council.gov.uk'))
      .transform(canonicalAddress),
    agency: answer('Who they work for', whomTheyWorkFor)
      .refine(id => id === another || agencies.some(agency => agency.id === id), whomTheyWorkFor),
    organisation: optional(answerInLine('Name of the organisation', '', 100)),
    submission,
    confirmed
  }, { error: unknownField }).transform(({ agency: id, organisation, ...rest }, context) => {
    const agency = agencies.find(agency => agency.id === id)
    if (agency === undefined && organisation === undefined) {
      context.addIssue({ code: 'custom', path: ['organisation'], message: 'Enter the name of the organisation' })
    }
    const employer: Employer = agency ?? { id: undefined, name: organisation ?? '' }
    return { ...rest, employer }
  })
}

export const coHostInvitationFields = ['name', 'email', 'agency', 'organisation'] as const

/** A button that does what its page says. */
export const buttonForm = z.strictObject({}, { error: unknownField })
