import type { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isPrivateMailbox } from '../../programme/support/public-text.ts'
import { officeZone } from '../../platform/clock.ts'
import { mailtoOf } from '../../platform/typed.ts'
import { calendarDayInWords, dayInWords, momentInWords } from '../../programme/activities/when.ts'
import { gettingInWords, organisationKindsInWords, quantityInWords, statusTags } from './in-words.ts'
import { dayOf, erasedOn, isOpen, mayBecome, statuses } from './request.ts'
import type { ResourceRequest } from './request.ts'
import { quantityField } from './schema.ts'
import type { RequestFilter } from './schema.ts'

/** What was typed into one of the forms, and what is wrong with it. */
export interface TriedMove {
  values: Readonly<Record<string, string | undefined>>
  errors: FormErrors
}

export function hrefOf ({ id }: Pick<ResourceRequest, 'id'>): string {
  return `/staff/resources/requests/${id}`
}

/** More than are shown on a page are more than anyone reads. */
export const mostListed = 500

/** Requests in a list, with what they are filtered by. */
export function requestsPageOf (
  requests: readonly ResourceRequest[], { status, by }: RequestFilter, now: DateTime<true>
) {
  return {
    requests: requests.map(request => summaryOf(request, now)),
    isCut: requests.length === mostListed,
    mostListed,
    status,
    statuses: [
      { value: 'open', text: 'Everything to do' }, ...statuses.map(value => ({ value, text: statusTags[value].text }))
    ].map(item => ({ ...item, selected: item.value === status })),
    by,
    isFiltered: status !== 'open' || by !== undefined
  }
}

function summaryOf (request: ResourceRequest, now: DateTime<true>) {
  const { name, organisation, status, neededBy, items, getting, unreachableAt } = request
  return {
    href: hrefOf(request),
    name,
    organisation,
    what: items.map(item => `${item.name}: ${quantityInWords(item)}`).join(', '),
    neededBy: calendarDayInWords(neededBy),
    isLate: isOpen(request) && neededBy < dayOf(now),
    getting: gettingInWords[getting],
    tag: statusTags[status],
    isUnreachable: unreachableAt !== undefined
  }
}

/** What to pack for a day: all of it together, then each request by itself. */
export function packingListsOf (
  requests: readonly ResourceRequest[], day: string | undefined, days: ReadonlyArray<{ day: string, requests: number }>,
  now: DateTime<true>
) {
  const items = requests.flatMap(({ items }) => items)
  const names = [...new Set(items.map(({ name }) => name))].sort((one, other) => one.localeCompare(other, 'en-GB'))
  return {
    day: day && calendarDayInWords(day),
    isToday: day === dayOf(now),
    days: days.map(({ day: on, requests }) => ({
      text: calendarDayInWords(on),
      count: requests === 1 ? '1 request' : `${requests} requests`,
      href: `/staff/resources/packing-lists?day=${on}`,
      isShown: on === day
    })),
    all: names.map(name => ({
      name, granted: items.filter(item => item.name === name).reduce((sum, { granted = 0 }) => sum + granted, 0)
    })).filter(({ granted }) => granted > 0),
    sheets: requests.map(request => sheetOf(request, now))
  }
}

/** A request as it is packed. */
export function sheetOf (request: ResourceRequest, now: DateTime<true>) {
  const { address, phone, items } = request
  return {
    ...summaryOf(request, now),
    address,
    phone,
    items: items.map(({ name, asked, granted = asked }) => ({ name, granted })).filter(({ granted }) => granted > 0)
  }
}

/** One request: what is asked for, and what can be done about it. */
export function requestPageOf (request: ResourceRequest, now: DateTime<true>, tried?: TriedMove) {
  const {
    email, phone, organisationKind, address, purpose, campaign, askedAt, changedAt, message, status, getting, items
  } = request
  const values = tried?.values ?? {}
  return {
    request: {
      ...summaryOf(request, now),
      email,
      // Staff of schools and charities may have no other: who approves finds out.
      isPrivate: isPrivateMailbox(email),
      mailto: mailtoOf(email),
      phone,
      organisationKind: organisationKind && organisationKindsInWords[organisationKind],
      address,
      purpose,
      campaign: campaign?.title,
      asked: dayInWords(askedAt, officeZone),
      changed: momentInWords(changedAt, officeZone),
      message,
      erasedOn: calendarDayInWords(erasedOn(request)),
      isCollected: getting === 'collect'
    },
    items: items.map(item => ({
      name: item.name,
      asked: item.asked,
      quantity: quantityInWords(item),
      granted: item.granted ?? item.asked,
      field: quantityField(item.resourceId),
      value: values[quantityField(item.resourceId)] ?? String(item.asked)
    })),
    may: {
      approve: mayBecome(status, 'approved'),
      refuse: mayBecome(status, 'refused'),
      pack: mayBecome(status, 'packed'),
      // What was never packed is handed over only once it was.
      handOver: status === 'packed'
    },
    values,
    errors: tried?.errors
  }
}
