import { z } from 'zod'
import { questions } from '../../booking/bookings/questions.ts'
import { addressAnswer, code, districtOf, email, freeText, fromList, name, phone, placeRequestOf, placesUpTo, role, submission } from '../../booking/bookings/schema.ts'
import type { FormShape } from '../../booking/bookings/schema.ts'
import { answer, answerAsVersion, loadAgain, optional, unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import type { Details } from './details.ts'

const damaged = `This form is damaged. ${loadAgain}.`

/** People must be reachable: emails need an address, and people without one are phoned. */
const reachable = { path: ['email'], message: 'Enter an email address, or a phone number below' }

function isReachable (form: { email?: unknown, phone?: unknown }): boolean {
  const isGiven = (text: unknown) => typeof text === 'string' && text.trim() !== ''
  return isGiven(form.email) || isGiven(form.phone)
}

/** What an organiser types while someone is on the phone: the questions of the public form, by the same rules. */
export function phoneBookingForm ({ districts, placesPerBooking }: FormShape) {
  return z.strictObject({
    name,
    email: optional(email),
    phone,
    role,
    district: districtOf(districts),
    places: placesUpTo(placesPerBooking).optional(),
    code,
    access_needs: freeText(questions.access_needs),
    question: freeText(questions.question),
    submission,
    ...addressAnswer
  }, { error: unknownField }).refine(isReachable, reachable).transform(placeRequestOf)
}

export const phoneBookingFields = [
  'name', 'email', 'phone', 'role', 'district', 'places', 'code', 'access_needs', 'question'
] as const

/** What can be changed of a booking, by the rules of the public form. */
export function detailsForm ({ districts, placesPerBooking }: FormShape) {
  return z.strictObject({
    name,
    email: optional(email),
    phone,
    district: districtOf(districts),
    places: placesUpTo(placesPerBooking).optional(),
    access_needs: freeText(questions.access_needs),
    edition: answerAsVersion(),
    confirmed,
    ...addressAnswer
  }, { error: unknownField }).refine(isReachable, reachable).transform(form => ({
    /** What was not asked stays as it is. */
    detailsAfter: (before: Details): Details => ({
      name: form.name,
      email: form.email,
      phone: form.phone,
      district: districts.length === 0 ? before.district : form.district,
      places: form.places ?? before.places,
      accessNeeds: form.access_needs
    }),
    versionHash: form.edition,
    confirmed: form.confirmed
  }))
}

export type DetailsInput = z.output<ReturnType<typeof detailsForm>>

export const detailsFields = ['name', 'email', 'phone', 'district', 'places', 'access_needs'] as const

const date = answer('The date', 'Select a date').min(1, 'Select a date').max(250, 'Select a date')

/** The other date to which a booking moves. */
export const moveForm = z.strictObject({ to: date, confirmed }, { error: unknownField })

/** The other date to which the bookings of the people who were chosen move. */
export const moveChosenForm = z.strictObject({ ...fromList, to: date, confirmed }, { error: unknownField })

export const moveFields = ['to'] as const

export const moveChosenFields = ['booking', 'to'] as const

/** The button that makes new links, with the version of those that end and the marks of what was read. */
export const linksForm = z.strictObject({
  links: answer('Form', damaged).regex(/^\d{1,9}$/, damaged).transform(Number),
  confirmed
}, { error: unknownField })
