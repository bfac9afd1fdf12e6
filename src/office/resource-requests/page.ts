import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import { calendarDayInWords, dayInWords } from '../../programme/activities/when.ts'
import { leftInWords } from '../../programme/resources/page.ts'
import { mayAskFor } from '../../programme/resources/resource.ts'
import type { Resource } from '../../programme/resources/resource.ts'
import { NotEnoughLeft, TooManyOpen } from './errors.ts'
import { organisationKindsInWords, quantityInWords, statusInWords } from './in-words.ts'
import { dayOf, daysKept, erasedOn, isOpen, organisationKinds } from './request.ts'
import type { ResourceRequest } from './request.ts'
import { quantityField } from './schema.ts'

export interface AskShape {
  resources: readonly Resource[]
  campaigns: ReadonlyArray<{ id: string, title: string }>
}

/** What was typed, and what is wrong with it. */
export interface TypedAsking {
  values: Readonly<Record<string, string | undefined>>
  errors?: FormErrors | undefined
}

/** The form for asking, empty or as it was filled in. What nobody can have is left out, unless someone typed it. */
export function askPageOf (
  { resources, campaigns }: AskShape, now: DateTime<true>, { values, errors }: TypedAsking = { values: {} }
) {
  const shown = resources.filter(resource =>
    mayAskFor(resource) > 0 || (values[quantityField(resource.id)] ?? '') !== '')
  return {
    resources: shown.map(resource => ({
      field: quantityField(resource.id),
      name: resource.name,
      description: resource.description,
      left: leftInWords(resource),
      value: values[quantityField(resource.id)]
    })),
    campaigns: [
      { value: '', text: 'None of these' },
      ...campaigns.map(({ id, title }) => ({ value: id, text: title, selected: values.campaign === id }))
    ],
    organisationKinds: [
      { value: '', text: 'Choose, if you like' },
      ...organisationKinds.map(value =>
        ({ value, text: organisationKindsInWords[value], selected: values.organisation_kind === value }))
    ],
    submission: values.submission ?? randomUUID(),
    today: dayOf(now),
    daysKept,
    values,
    errors
  }
}

/** A refusal at its field: how many are left of what was asked for, or that the address has open requests. */
export function refusedAt (error: unknown): FormErrors | undefined {
  if (error instanceof TooManyOpen) return formError('email', error.message)
  if (!(error instanceof NotEnoughLeft)) return undefined
  const sentences = error.short.map(({ resourceId, name, left }) => ({
    field: quantityField(resourceId),
    text: left === 0 ? `${name}: there are none left` : `${name}: only ${left} ${left === 1 ? 'is' : 'are'} left`
  }))
  return {
    list: sentences.map(({ field, text }) => ({ text, href: `#${field}` })),
    of: Object.fromEntries(sentences.map(({ field, text }) => [field, { text }]))
  }
}

/** One's own request: where it stands. */
export function ownRequestPageOf (request: ResourceRequest, token: string) {
  const { status, getting, message, items, neededBy, address, purpose, organisation, askedAt, campaign } = request
  return {
    status: statusInWords(status, getting),
    message,
    items: items.map(item => ({ name: item.name, quantity: quantityInWords(item) })),
    asked: dayInWords(askedAt, officeZone),
    neededBy: calendarDayInWords(neededBy),
    organisation,
    address,
    purpose,
    campaign: campaign?.title,
    erasedOn: calendarDayInWords(erasedOn(request)),
    mayCancel: isOpen(request),
    href: `/resources/requests/${token}`
  }
}
