import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { Headcount } from '../../programme/activities/headcount.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { paginationOf, runningOf } from '../../programme/activities/staff-page.ts'
import { timeInWords } from '../../programme/activities/when.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { may } from '../../identity/staff/roles.ts'
import { liveStatuses, statuses } from './booking.ts'
import type { AttendeeRole, Booking, BookingStatus } from './booking.ts'
import { attendeeRoleInWords } from './page.ts'
import { statusTagOf, statusTags } from './status-tag.ts'

interface People {
  attendees: readonly Booking[]
  counts: ReadonlyArray<{ status: BookingStatus, people: number, places: number }>
  /** Numbers of those whose details are erased. */
  headcounts: readonly Headcount[]
  /** How many, of those who come or wait and know it, emails do not reach. */
  unreached: number
  page: number
}

interface AttendeesPage {
  staff: StaffMember
  activity: KnownActivity
  people: People
}

/** The attendees of an activity. */
export function attendeesPageOf ({ staff, activity, people }: AttendeesPage, now: DateTime<true>) {
  const href = `/staff/activities/${activity.slug}`
  const organises = may(staff, 'run activities', activity) && isToCome(activity, now)
  return {
    ...runningOf(activity),
    downloadHref: `${href}/attendees.csv`,
    takesBookings: activity.booking === 'places',
    phoneHref: organises && activity.booking === 'places' ? `${href}/bookings/new` : undefined,
    people: attendeesOf(activity, people, organises)
  }
}

/** The answers by which people whose details are erased are counted. */
const saidInWords = {
  district: 'Where they live', role: 'Who they are', 'heard-from': 'How they heard about it'
} as const

/** In smaller numbers, someone who knows one of them could tell which one it is. */
const fewest = 5

/** People whose details are erased, in numbers; undefined if there are none. */
function forgottenOf (headcounts: readonly Headcount[]) {
  const all = headcounts.find(({ dimension }) => dimension === 'total')
  if (all === undefined) return undefined
  const { booked, places, came, didNotCome, waited, cancelled, lapsed } = all
  return {
    numbers: [
      { text: 'Had a place', number: booked, more: places === booked ? '' : placesInWords(places) },
      { text: 'Came', number: came },
      { text: 'Did not come', number: didNotCome },
      { text: 'Were on the waiting list', number: waited },
      { text: 'Cancelled', number: cancelled },
      { text: 'Left the waiting list without a place', number: lapsed }
    ],
    by: Object.entries(saidInWords).map(([dimension, heading]) => ({
      heading,
      rows: headcounts.filter(headcount => headcount.dimension === dimension)
        .map(({ value, booked, came }) => ({
          value: capitalised(dimension === 'role' ? attendeeRoleInWords[value as AttendeeRole] : value || 'not said'),
          booked: fewOrMany(booked),
          came: fewOrMany(came)
        }))
    }))
  }
}

function fewOrMany (number: number): string {
  return number > 0 && number < fewest ? `fewer than ${fewest}` : String(number)
}

function capitalised (text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function attendeesOf (
  activity: KnownActivity, { attendees, counts, headcounts, unreached, page }: People, organises: boolean
) {
  const total = counts.reduce((sum, { people }) => sum + people, 0)
  return {
    total,
    forgotten: forgottenOf(headcounts),
    unreached: unreached === 0 ? undefined : `Emails do not reach ${unreached === 1 ? '1 person' : `${unreached} people`}`,
    counts: statuses.flatMap(status => counts.filter(count => count.status === status))
      .map(({ status, people, places }) => ({ ...statusTags[status], people, places })),
    rows: attendees.map(booking => ({
      reference: booking.reference,
      name: booking.name,
      email: booking.email,
      mailto: booking.email && `mailto:${encodeURIComponent(booking.email).replace('%40', '@')}`,
      phone: booking.phone,
      places: booking.places,
      status: statusTagOf(booking),
      joinedAt: booking.joinedAt && timeInWords(booking.joinedAt, activity.zone),
      role: booking.role,
      district: booking.district,
      bookedAt: wallClock(booking.createdAt, activity.zone),
      accessNeeds: booking.accessNeeds,
      question: booking.question,
      href: `/staff/activities/${activity.slug}/bookings/${booking.id}`,
      emailsHref: `/staff/activities/${activity.slug}/bookings/${booking.id}/letters`,
      isUnreachable: booking.unreachableAt !== undefined,
      cancelHref: organises && liveStatuses.includes(booking.status)
        ? `/staff/activities/${activity.slug}/bookings/${booking.id}/cancellation`
        : undefined
    })),
    pagination: paginationOf(total, page, number => `/staff/activities/${activity.slug}/attendees?page=${number}`)
  }
}
