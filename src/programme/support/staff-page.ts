import { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { textOf } from '../../platform/draft.ts'
import { checkEveryDays, contactDraft, daysUnchecked, draftFields, isDueACheck } from './kept-contact.ts'
import type { KeptContact } from './kept-contact.ts'
import { helplinesOf } from './page.ts'

/** What was typed into the form, by field; checkboxes as a list. */
export type TypedContact = Partial<Record<typeof draftFields[number], string | string[]>>

const audiencesInWords: Record<KeptContact['audience'], string> = {
  everyone: 'Everyone',
  adults: 'Adults who are worried about a child',
  'young-people': 'Children and young people'
}

/** All contacts in the order in which people see them, and how many are due a check. */
export function contactsPageOf (contacts: readonly KeptContact[], today: string) {
  const due = contacts.filter(contact => isDueACheck(contact, today)).length
  return {
    contacts: contacts.map(contact => contactOf(contact, today)),
    due: due === 0 ? undefined : `${due === 1 ? '1 contact has' : `${due} contacts have`} not been checked for ${checkEveryDays} days.`
  }
}

function contactOf (contact: KeptContact, today: string) {
  const [shown] = helplinesOf([contact])
  const days = daysUnchecked(contact.lastCheckedOn, today)
  const href = `/staff/support/${contact.id}`
  return {
    ...shown,
    href,
    removalHref: `${href}/removal`,
    checkHref: `${href}/check`,
    versionHash: contactDraft.versionHash(contact),
    everywhere: contact.area.length === 0,
    whom: audiencesInWords[contact.audience],
    owner: contact.owner,
    position: contact.position,
    checkedOn: dayInWords(contact.lastCheckedOn),
    isCheckedToday: days <= 0,
    tag: isDueACheck(contact, today)
      ? { text: `Not checked for ${days} days`, classes: 'govuk-tag--orange' }
      : undefined
  }
}

interface ContactPage {
  /** Undefined: a new contact. */
  contact: KeptContact | undefined
  contacts: readonly KeptContact[]
  districts: readonly string[]
  submission: string
}

/** The form that adds or changes a contact, with the stored values, or with what was typed and its errors. */
export function contactPageOf (
  { contact, contacts, districts, submission }: ContactPage, typed?: TypedContact, errors?: FormErrors
) {
  const values = typed ?? (contact === undefined ? newContact(contacts) : valuesOf(contact))
  const ticked = [values.area ?? []].flat()
  return {
    isNew: contact === undefined,
    name: contact?.name,
    action: contact === undefined ? '/staff/support/new' : `/staff/support/${contact.id}`,
    versionHash: contact && contactDraft.versionHash(contact),
    submission,
    values,
    audiences: Object.entries(audiencesInWords).map(([value, text]) =>
      ({ value, text, checked: values.audience === value })),
    districts: areasOf(districts, contact).map(district =>
      ({ value: district, text: district, checked: ticked.includes(district) })),
    checkEveryDays,
    errors
  }
}

/** Districts of the campaigns, plus those of the contact that no campaign has any more. */
export function areasOf (districts: readonly string[], contact?: KeptContact): string[] {
  return [...new Set([...districts, ...contact?.area ?? []])]
}

function newContact (contacts: readonly KeptContact[]): TypedContact {
  const last = Math.max(0, ...contacts.map(({ position }) => position))
  return { audience: 'everyone', position: String(Math.min(9999, last + 10)) }
}

function valuesOf (contact: KeptContact): TypedContact {
  return { ...Object.fromEntries(draftFields.map(field => [field, textOf(contact[field])])), area: contact.area }
}

const fieldsInWords: Record<typeof draftFields[number], string> = {
  name: 'Name',
  purpose: 'What to call it for',
  audience: 'Who it is for',
  number: 'Phone number',
  url: 'Web address',
  address: 'Address',
  hours: 'Hours',
  area: 'Area',
  owner: 'Who keeps it up to date',
  position: 'Position'
}

/** A colleague's values where they differ from what was typed, for comparison. */
export function comparisonOf (now: KeptContact, typed: TypedContact) {
  return contactDraft.compared(now, typed, fieldsInWords, saidAs)
}

function saidAs (field: typeof draftFields[number], text: string): string {
  if (field === 'audience') return audiencesInWords[text as KeptContact['audience']] ?? text
  if (text === '') return field === 'area' ? 'Everywhere' : 'Nothing'
  return text
}

/** The question before a contact is removed. */
export function removalPageOf (contact: KeptContact, today: string, errors?: FormErrors) {
  return { contact: contactOf(contact, today), errors }
}

/** `1 December 2026`: short, because a list has many. */
function dayInWords (day: string): string {
  return DateTime.fromISO(day, { zone: 'utc' }).setLocale('en-GB').toFormat('d LLLL yyyy')
}
