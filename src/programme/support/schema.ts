import { z } from 'zod'
import {
  answer, answerInLine, answerInNumbers, optional, unknownField, submission, ticked
} from '../../platform/http/form-answers.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { draftFields } from './kept-contact.ts'
import type { ContactDraft } from './kept-contact.ts'
import { plainNumber } from '../../platform/typed.ts'
import { everyoneReads } from './public-text.ts'
import {
  canonicalNumber, isDialable, isMobile, isPostalAddress, isPremium, isWebAddress
} from './reachable.ts'

const audiences = ['everyone', 'adults', 'young-people'] as const

const line = (noun: string, missing: string, most: number) => answerInLine(noun, missing, most)
  .superRefine(everyoneReads(noun))

const number = optional(answerInLine('Number', 'Enter a number', 30).overwrite(plainNumber).transform(canonicalNumber).pipe(z.string()
  .refine(typed => !isMobile(typed), {
    error: 'Number must not be a mobile number: it may be one person’s own. Give the number of a team or an office', abort: true
  })
  .refine(typed => !isPremium(typed), { error: 'Number must not be one that costs callers extra', abort: true })
  .refine(isDialable, 'Number must be a whole UK number with its area code, like 01228 526690, or a short one like 999 or 116 123')))

const url = optional(answerInLine('Web address', 'Enter a web address', 500)
  .refine(isWebAddress, 'Web address must be a whole one that begins with https://, like https://www.childline.org.uk/'))

const address = optional(line('Address', 'Enter an address', 300).refine(
  text => text.includes('@') ? z.email().safeParse(text).success : isPostalAddress(text),
  'Address must be a postal address with its postcode, or an email address'))

const whom = 'Select who it is for'

/** The districts that are ticked, in their order. */
function areaOf (districts: readonly string[]) {
  const wrong = 'Select districts from those on the page'
  return ticked(z.string(wrong), { wrong })
    .refine(given => given.every(district => districts.includes(district)), wrong)
    .transform(given => districts.filter(district => given.includes(district)))
}

function fieldsOf (districts: readonly string[]) {
  return {
    name: line('Name', 'Enter a name', 100),
    purpose: line('What to call it for', 'Enter what to call it for', 200),
    audience: answer('Who it is for', whom).pipe(z.enum(audiences, whom)),
    number,
    url,
    address,
    hours: optional(line('Hours', 'Enter the hours', 200)),
    area: areaOf(districts),
    owner: line('Who keeps it up to date', 'Enter who keeps it up to date', 100),
    position: answerInNumbers('Position', 0, 9999)
  }
}

/** People looking for help must get through: an email address alone may not be read in time. */
function reaches ({ number, url, address }: Partial<ContactDraft>): boolean {
  return number !== undefined || url !== undefined || (address !== undefined && !address.includes('@'))
}

const unreachable = { message: 'Enter a phone number, a web address or a postal address', path: ['number'] }

/** The form that adds a contact. The same form with the same answers makes one contact, by its id. */
export function newContactForm (districts: readonly string[]) {
  return z.strictObject({
    ...fieldsOf(districts), submission
  }, { error: unknownField }).refine(reaches, unreachable)
    .transform(({ submission, ...form }) => ({ ...form, ...canonicalWays(form), id: idFromForm(submission, form) }))
}

/** The form that changes a contact, with the state that was read. */
export function contactForm (districts: readonly string[]) {
  return z.strictObject({ ...fieldsOf(districts), edition: answer('What you have read') }, { error: unknownField })
    .refine(reaches, unreachable)
    .transform(form => ({ ...form, ...canonicalWays(form) }))
}

/** Sets fields that were left out to undefined: the draft has every field. */
function canonicalWays ({ number, url, address, hours }: Partial<ContactDraft>) {
  return { number, url, address, hours }
}

export const contactFields = draftFields

/** A button that acts on the contact in the state that was read. */
export const buttonForm = z.strictObject({
  edition: answer('What you have read', 'Read this page again before you press the button.')
}, { error: unknownField })
