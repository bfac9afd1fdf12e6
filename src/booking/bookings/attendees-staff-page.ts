import type { DateTime } from 'luxon'
import { isEditable, isToCome } from '../../programme/activities/booking-window.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { Headcount } from '../../programme/activities/headcount.ts'
import type { KnownActivity, OtherDate } from '../../programme/activities/known-activities.ts'
import { anotherDateDue, paginationOf, runningOf, staffCardOf } from '../../programme/activities/staff-page.ts'
import { timeInWords, whenInWords } from '../../programme/activities/when.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { isOnItsDay, may } from '../../identity/staff/roles.ts'
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
  dates: readonly OtherDate[]
  /** Names of its hosts. */
  hosts: readonly string[]
  /** Undefined: the page says how many come, but not who. */
  people: People | undefined
}

/** An activity's own page for staff, with its attendees. */
export function attendeesPageOf ({ staff, activity, dates, hosts, people }: AttendeesPage, now: DateTime<true>) {
  const href = `/staff/activities/${activity.slug}`
  const takesBookings = activity.booking === 'places'
  return {
    ...staffCardOf(activity),
    ...runningOf(activity),
    publicHref: activity.visibility === 'public' && activity.status !== 'draft' ? `/activities/${activity.slug}` : undefined,
    downloadHref: `${href}/attendees.csv`,
    takesBookings,
    ways: takesBookings && may(staff, 'run activities', activity) ? waysOf(activity, now) : [],
    making: may(staff, 'run activities', activity) ? makingOf(activity, now) : undefined,
    cancelHref: may(staff, 'run activities', activity) && isToCome(activity, now) ? `${href}/cancellation` : undefined,
    deletionHref: may(staff, 'run activities', activity) && activity.status === 'draft' ? `${href}/deletion` : undefined,
    anotherDate: anotherDateDue(staff, activity, now),
    hosts: hosts.join(', '),
    hostsHref: may(staff, 'run activities', activity) ? `${href}/hosts` : undefined,
    dayLink: may(staff, 'see people on the day', activity) ? dayLinkOf(activity, now) : undefined,
    dates: dates.map(date => ({
      isFirst: date.isFirst, when: whenInWords(date), href: `/staff/activities/${date.slug}`
    })),
    people: people && attendeesOf(activity, people, may(staff, 'run activities', activity) && isToCome(activity, now))
  }
}

/** What organisers can do about an activity and its people; if it is over or cancelled, write to people and look. */
function waysOf (activity: KnownActivity, now: DateTime<true>) {
  const { slug, status } = activity
  const [href, toCome] = [`/staff/activities/${slug}`, isToCome(activity, now)]
  return [
    toCome && { text: 'Book someone in by phone', href: `${href}/bookings/new` },
    toCome && { text: 'Change places', href: `${href}/places` },
    toCome && { text: 'Holds', href: `${href}/holds` },
    status !== 'cancelled' && { text: 'Joining and emails', href: `${href}/arrangements` },
    toCome && { text: 'Waiting list', href: `${href}/waiting-list` },
    { text: 'Write to people', href: `${href}/bulletins` },
    status !== 'cancelled' && { text: 'Make another date', href: `${href}/another-date` },
    { text: 'Emails', href: `${href}/letters` },
    { text: 'Questions afterwards', href: `${href}/questions-afterwards` },
    !toCome && status !== 'cancelled' && { text: 'What people thought', href: `${href}/evaluation` },
    toCome && { text: 'Teams meeting', href: `${href}/meeting` }
  ].filter(way => way !== false)
}

/** The link to the activity's page for the day, which matters most on that day. */
function dayLinkOf (activity: KnownActivity, now: DateTime<true>) {
  return {
    href: `/staff/activities/${activity.slug}/evening`,
    isToday: activity.status === 'published' && isOnItsDay(activity, now),
    isOver: activity.endsAt <= now
  }
}

/** Links to the pages on which an activity is changed, published and copied, as far as each is possible. */
function makingOf (activity: KnownActivity, now: DateTime<true>) {
  const { slug, status } = activity
  const href = `/staff/activities/${slug}`
  const mayEdit = isEditable(activity, now)
  return {
    editHref: mayEdit ? `${href}/edit` : undefined,
    publishHref: mayEdit ? `${href}/publish` : undefined,
    publish: status === 'draft' ? 'Publish' : 'Take down',
    copyHref: `/staff/activities/new?from=${slug}`,
    repeatHref: `${href}/repeat`
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
    pagination: paginationOf(total, page, number => `/staff/activities/${activity.slug}?page=${number}`)
  }
}
