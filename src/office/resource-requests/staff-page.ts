import type { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { calendarDayInWords, dayInWords, momentInWords } from '../../programme/activities/when.ts'
import { gettingInWords, quantityInWords, statusTags } from './in-words.ts'
import { dayOf, erasedOn, isOpen, mayBecome, statuses, zone } from './request.ts'
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

/** Requests in a list, with what they are filtered by. */
export function requestsPageOf (
  requests: readonly ResourceRequest[], { status, by }: RequestFilter, now: DateTime<true>
) {
  return {
    requests: requests.map(request => summaryOf(request, now)),
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

/** One request: what is asked for, and what can be done about it. */
export function requestPageOf (request: ResourceRequest, now: DateTime<true>, tried?: TriedMove) {
  const { email, phone, address, purpose, campaign, askedAt, changedAt, message, status, getting, items } = request
  const values = tried?.values ?? {}
  return {
    request: {
      ...summaryOf(request, now),
      email,
      mailto: `mailto:${encodeURIComponent(email).replace('%40', '@')}`,
      phone,
      address,
      purpose,
      campaign: campaign?.title,
      asked: dayInWords(askedAt, zone),
      changed: momentInWords(changedAt, zone),
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
