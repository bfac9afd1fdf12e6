import { randomUUID } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { z } from 'zod'
import { canonicalCode } from '../holds/code.ts'
import {
  answer, answerAsAddress, answerAsNumber, answerInLine, isOneLine, loadAgain, optional, submission as shownSubmission,
  ticked, unknownField
} from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { trap } from '../../platform/http/trap.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { looksEqual } from '../../platform/typed.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { namesSecretPlace } from '../../programme/activities/place.ts'
import { everyoneReads } from '../../programme/support/public-text.ts'
import { attendeeRoles, elsewhere } from './booking.ts'
import type { PlaceRequest } from './booking.ts'
import type { OwnChange } from './own-details.ts'
import { questions } from './questions.ts'

/** What a booking form depends on. */
export interface FormShape {
  /** Districts to choose from; empty if it does not matter where people live. */
  districts: readonly string[]
  placesPerBooking: number
}

/** Emails greet people by name, which must not become a way to send strangers a link. */
const linkable = /:\/\/|www\.|[<>@]|[.\u3002\uFF0E\uFF61][\p{L}\p{N}-]{2}/iu

/**
 * Any script on both sides of the @ (RFC 6531). Before it, atoms with single dots between them (RFC 5321 §4.1.2,
 * Dot-string): other dots need quotation marks, which no mail provider lets anyone have.
 */
const mailAddress = (() => {
  const atom = '[^\\s@.<>()\\[\\],;:"\\\\\\p{C}]+'
  const local = `${atom}(?:\\.${atom})*`
  const label = '[\\p{L}\\p{M}\\p{N}](?:[\\p{L}\\p{M}\\p{N}-]*[\\p{L}\\p{M}\\p{N}])?'
  return new RegExp(`^${local}@(?:${label}\\.)+(?!\\p{N}+$)${label}$`, 'u')
})()

/** Counts characters as people do, not UTF-16 code units. */
function isAtMost (limit: number) {
  return (text: string) => text.length <= limit || Array.from(text).length <= limit
}

export const name = answer(questions.name.noun, 'Enter your full name').trim()
  .min(1, { error: 'Enter your full name', abort: true })
  .refine(isAtMost(100), { error: 'Full name must be 100 characters or fewer', abort: true })
  .refine(isOneLine, { error: 'Full name must be on one line', abort: true })
  .refine(text => !linkable.test(text), {
    error: 'Enter your name without a web address. Leave a space after a full stop.', abort: true
  })
  .refine(text => /\p{L}/u.test(text), 'Full name must have at least one letter')

/** RFC 5321 §4.5.3.1.3 leaves 254 characters for an address. */
export const email = answerAsAddress(questions.email.noun, 'Enter your email address')
  .min(1, { error: 'Enter your email address', abort: true })
  .max(254, { error: 'Email address must be 254 characters or fewer', abort: true })
  .refine(
    text => mailAddress.test(text) && domainToASCII(text.slice(text.indexOf('@') + 1)) !== '',
    'Enter an email address in the correct format, like name@example.com')

/** Whether a text is an address that the form would take as it is. */
export function isEmailAddress (text: string): boolean {
  const read = email.safeParse(text)
  return read.success && read.data === text
}

export const role = answer(questions.role.noun, 'Select who you are').pipe(z.enum(attendeeRoles, 'Select who you are'))

export const phone = optional(answerAsNumber(questions.phone.noun).refine(
  text => /^\+?[\d ().-]+$/.test(text) && /^(?:\D*\d){5,20}\D*$/.test(text) && text.length <= 40,
  'Enter a phone number, like 07700 900 982 or +44 808 157 0192'))

export function freeText (question: { noun: string }) {
  return optional(answer(question.noun).trim()
    .refine(isAtMost(1000), `${question.noun} must be 1,000 characters or fewer`))
}

const heardFrom = optional(answer(questions.heard_from.noun).trim()
  .refine(isAtMost(200), { error: 'How you heard about this must be 200 characters or fewer', abort: true })
  .refine(isOneLine, 'How you heard about this must be on one line'))

/** A text that cannot be a code is looked up and not found, like a mistyped one. */
export const code = optional(answer(questions.code.noun).trim()
  .refine(isAtMost(40), { error: 'Code must be 40 characters or fewer', abort: true })
  .refine(isOneLine, { error: 'Code must be on one line', abort: true })
  .transform(canonicalCode))

/**
 * If it is missing, one is made: someone whose form lost it can still book, but then a double click is two requests.
 */
export const submission = shownSubmission.optional().transform(given => given ?? randomUUID())

export function placesUpTo (limit: number) {
  const sentence = limit === 1 ? 'You can book 1 place' : `Enter how many places you need, from 1 to ${limit}`
  return answer(questions.places.noun, sentence).trim()
    .refine(text => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= limit, sentence)
    .transform(Number)
}

/** The district someone lives in, or elsewhere; undefined if there are none to choose from. */
export function districtOf (districts: readonly string[]) {
  // A form that was opened before the question was removed still sends an answer.
  if (districts.length === 0) return z.unknown().optional().transform(() => undefined)
  return answer(questions.district.noun, 'Select where you live')
    .transform(text => [...districts, elsewhere].find(district => looksEqual(district, text)))
    .pipe(z.string('Select where you live'))
}

/** The answer to whether the address is right, if it was asked: read by `meantAddress`. */
export const addressAnswer = { email_asked: z.unknown().optional(), email_is: z.unknown().optional() }

/** One schema per shape, made once: a burst of bookings must not build hundreds. */
const forms = new Map<string, BookingForm>()
const maxForms = 200

type BookingForm = ReturnType<typeof makeForm>

/**
 * Returns the schema of a booking form. Every field says what is wrong with it in a sentence for the person who filled
 * it in.
 */
export function bookingForm (shape: FormShape): BookingForm {
  const key = JSON.stringify([shape.placesPerBooking, ...shape.districts])
  const known = forms.get(key)
  if (known !== undefined) return known
  if (forms.size >= maxForms) forms.clear()
  const form = makeForm(shape)
  forms.set(key, form)
  return form
}

function makeForm ({ districts, placesPerBooking }: FormShape) {
  return z.strictObject({
    name,
    email,
    role,
    district: districtOf(districts),
    places: placesUpTo(placesPerBooking).optional(),
    phone,
    access_needs: freeText(questions.access_needs),
    question: freeText(questions.question),
    heard_from: heardFrom,
    code,
    submission,
    ...addressAnswer,
    ...trap
  }, { error: unknownField }).transform(form => ({ ...placeRequestOf(form), email: form.email }))
}

/** The answers of a booking form, whoever fills it in. */
interface PlaceAnswers extends
  Pick<PlaceRequest, 'name' | 'role'>,
  Partial<Pick<PlaceRequest, 'email' | 'district' | 'phone' | 'question' | 'code'>> {
  submission: string
  places?: number | undefined
  access_needs?: string | undefined
  heard_from?: string | undefined
}

/** What is asked for by the answers of a booking form. */
export function placeRequestOf (form: PlaceAnswers): PlaceRequest {
  return {
    submissionId: form.submission,
    name: form.name,
    email: form.email,
    role: form.role,
    places: form.places ?? 1,
    district: form.district,
    phone: form.phone,
    accessNeeds: form.access_needs,
    question: form.question,
    heardFrom: form.heard_from,
    code: form.code
  }
}

/** The form on which someone asks for their links again. */
export const findMyBookingForm = z.strictObject({ email, ...addressAnswer }, { error: unknownField })

/** The form that changes how many places a booking has. */
export function placesForm (limit: number) {
  return z.strictObject({ places: placesUpTo(limit) }, { error: unknownField })
}

/** Answers that someone can have deleted. */
export const removable = ['phone', 'access_needs', 'question'] as const

/** The form on which the holder of a booking changes their details: a field left empty stays as it is. */
export const ownDetailsForm = z.strictObject({
  name: optional(name),
  phone,
  access_needs: freeText(questions.access_needs),
  question: freeText(questions.question),
  remove: ticked(z.enum(removable, loadAgain))
}, { error: unknownField }).superRefine((form, context) => {
  for (const field of form.remove) {
    if (form[field] === undefined) continue
    context.addIssue({ code: 'custom', path: [field], message: 'Either write something new here or delete what there was, not both' })
  }
}).transform(({ name, phone, access_needs: accessNeeds, question, remove }): OwnChange => ({
  ...(name !== undefined && { name }),
  ...(phone !== undefined && { phone }),
  ...(accessNeeds !== undefined && { accessNeeds }),
  ...(question !== undefined && { question }),
  ...(remove.includes('phone') && { phone: null }),
  ...(remove.includes('access_needs') && { accessNeeds: null }),
  ...(remove.includes('question') && { question: null })
}))

export const ownDetailsFields = ['name', 'phone', 'access_needs', 'question'] as const

/** The button that stops reminders, and the button that undoes it. */
export const remindersForm = z.strictObject({
  reminders: answer('The answer', 'Press the button to say whether you want reminders')
    .pipe(z.enum(['off', 'on'], 'Press the button to say whether you want reminders'))
}, { error: unknownField })

/** Why an organiser cancels an activity, as people will read it: also those who are not told where it is. */
export function cancellationForm (activity: Pick<Activity, 'secretVenue' | 'district'>) {
  return z.strictObject({
    reason: answerInLine('The reason', 'Say why it is cancelled', 300).superRefine(everyoneReads('The reason'))
      .refine(text => !namesSecretPlace(activity, text),
        'The reason must not name the venue: everyone who waits reads it too, and only people who have a place are told where it is'),
    confirmed
  }, { error: unknownField })
}

export const cancellationFields = ['reason'] as const

const nobodyChosen = 'Choose at least one person.'

/** The people who were ticked in the list of attendees, by their bookings' ids, each once: at most one page of it. */
const chosen = ticked(answer('The person', nobodyChosen).trim().toLowerCase(), {
  wrong: nobodyChosen, missing: nobodyChosen, most: perPage, tooMany: `Choose up to ${perPage} people at a time.`
}).transform(ids => [...new Set(ids)])

/** The people whom a form is for, and the list that they were chosen from: `listLeft` reads that. */
export const fromList = { booking: chosen, list: z.unknown().optional() }

/** A button under the list of attendees, with the people it is for. */
export const chosenForm = z.strictObject({ ...fromList, confirmed }, { error: unknownField })

export const chosenFields = ['booking'] as const

/** The people whom a form is for, where it can be shown again for them. */
export function chosenIn (body: unknown): string[] {
  const { booking } = (body ?? {}) as { booking?: unknown }
  const read = chosen.safeParse(booking)
  return read.success ? read.data : []
}
