import type { DateTime } from 'luxon'
import { lastPageOf } from '../../platform/http/pagination.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { bookingEmailsOf } from '../../mail/emails/staff-page.ts'
import { maxFound } from '../people/queries.ts'

/** The bookings on a page: each is shown with all its emails. */
export const bookingsPerPage = 10

type OneBooking = Parameters<typeof bookingEmailsOf>[0]

interface Found {
  typed: string
  page: number
  total: number
  bookings: ReadonlyArray<OneBooking & { activity: KnownActivity }>
}

/** What became of the emails to those who were found; without any search, the empty form. */
export function whyPageOf (found: Found | undefined, now: DateTime<true>, errors?: FormErrors) {
  if (found === undefined) return { errors }
  const { typed, page, total, bookings } = found
  const areTooMany = total > maxFound
  const pages = lastPageOf(total, bookingsPerPage)
  return {
    typed,
    errors,
    found: {
      total,
      areTooMany,
      most: maxFound.toLocaleString('en-GB'),
      bookings: areTooMany ? [] : bookings.map(log => oneOf(log, now)),
      pages: pages > 1 && !areTooMany
        ? { page, pages, previous: page > 1 && page - 1, next: page < pages && page + 1 }
        : undefined
    }
  }
}

function oneOf (log: Found['bookings'][number], now: DateTime<true>) {
  const { activity, booking } = log
  return {
    title: activity.title,
    when: whenInWords(activity),
    href: `/staff/activities/${activity.slug}/bookings/${booking.id}`,
    ...bookingEmailsOf(log, now)
  }
}
