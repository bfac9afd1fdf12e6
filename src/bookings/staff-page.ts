import type { DateTime } from 'luxon'
import { wallClock } from '../activities/local-time.ts'
import { mayOrganise } from '../activities/organising.ts'
import type { KnownActivity, OtherDate } from '../activities/queries.ts'
import { anotherDateDue, paginationOf, staffCardOf } from '../activities/staff-page.ts'
import { whenInWords } from '../activities/when.ts'
import type { StaffMember } from '../http/session.ts'
import { statuses } from './booking.ts'
import type { Booking, BookingStatus } from './booking.ts'

const statusTags: Record<BookingStatus, { text: string, classes: string }> = {
  confirmed: { text: 'Confirmed', classes: 'govuk-tag--green' },
  offered: { text: 'Place offered', classes: 'govuk-tag--yellow' },
  waiting: { text: 'Waiting', classes: 'govuk-tag--blue' },
  lapsed: { text: 'Offer lapsed', classes: 'govuk-tag--grey' },
  cancelled: { text: 'Cancelled', classes: 'govuk-tag--grey' }
}

interface AttendeePage {
  attendees: readonly Booking[]
  counts: ReadonlyArray<{ status: BookingStatus, people: number, places: number }>
  page: number
}

interface StaffPage {
  staff: StaffMember
  activity: KnownActivity
  dates: readonly OtherDate[]
  /** Undefined: how many come, and not who. */
  people: AttendeePage | undefined
}

/** An activity's own page for staff. */
export function staffPageOf ({ staff, activity, dates, people }: StaffPage, now: DateTime<true>) {
  const href = `/staff/activities/${activity.slug}`
  const takesBookings = activity.booking === 'places'
  return {
    ...staffCardOf(activity),
    publicHref: activity.visibility === 'public' && activity.status !== 'draft' ? `/activities/${activity.slug}` : undefined,
    downloadHref: `${href}/attendees.csv`,
    takesBookings,
    mayOrganise: takesBookings && mayOrganise(staff, activity),
    anotherDate: anotherDateDue(staff, activity, now),
    dates: dates.map(date => ({
      isFirst: date.isFirst, when: whenInWords(date), href: `/staff/activities/${date.slug}`
    })),
    people: people && attendeesOf(activity, people)
  }
}

function attendeesOf (activity: KnownActivity, { attendees, counts, page }: AttendeePage) {
  const total = counts.reduce((sum, { people }) => sum + people, 0)
  return {
    total,
    counts: statuses.flatMap(status => counts.filter(count => count.status === status))
      .map(({ status, people, places }) => ({ ...statusTags[status], people, places })),
    rows: attendees.map(booking => ({
      reference: booking.reference,
      name: booking.name,
      email: booking.email,
      mailto: `mailto:${encodeURIComponent(booking.email).replace('%40', '@')}`,
      phone: booking.phone,
      places: booking.places,
      status: statusTags[booking.status],
      role: booking.role,
      district: booking.district,
      bookedAt: wallClock(booking.createdAt, activity.zone),
      accessNeeds: booking.accessNeeds,
      question: booking.question
    })),
    pagination: paginationOf(total, page, number => `/staff/activities/${activity.slug}?page=${number}`)
  }
}
