import type { DateTime } from 'luxon'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { statusTagOf } from '../../booking/bookings/status-tag.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { maxFound } from './queries.ts'
import type { FoundPerson } from './queries.ts'

interface Found {
  typed: string
  page: number
  people: readonly FoundPerson[]
  total: number
}

/** The search results; without any search, the empty form. */
export function peoplePageOf (found: Found | undefined, now: DateTime<true>, errors?: FormErrors) {
  if (found === undefined) return { errors }
  const { typed, page, people, total } = found
  const pages = Math.ceil(total / perPage)
  return {
    typed,
    found: {
      total,
      areTooMany: total > maxFound,
      most: maxFound.toLocaleString('en-GB'),
      isBeyond: page > 1 && people.length === 0,
      people: total > maxFound ? [] : people.map(person => foundOf(person, now)),
      pages: pages > 1 && total <= maxFound
        ? { page, pages, previous: page > 1 && page - 1, next: page < pages && page + 1 }
        : undefined
    },
    errors
  }
}

/** Someone who was found, with the address of their booking. */
export function foundOf (
  { id, name, reference, status, lapseReason, places, activity }: FoundPerson, now: DateTime<true>
) {
  return {
    name,
    reference,
    status: statusTagOf({ status, lapseReason }),
    places: placesInWords(places),
    href: `/staff/activities/${activity.slug}/bookings/${id}`,
    activity: {
      title: activity.title,
      when: whenInWords(activity),
      isCancelled: activity.status === 'cancelled',
      isPast: activity.endsAt <= now
    }
  }
}
