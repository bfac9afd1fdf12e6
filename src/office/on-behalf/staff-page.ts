import type { DateTime } from 'luxon'
import { bookability, closesAt } from '../../programme/activities/booking-window.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { beginningInWords, whenInWords } from '../../programme/activities/when.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { maxPlaces } from '../../booking/bookings/capacity.ts'
import { chosenOf } from '../../booking/attendees/chosen-staff-page.ts'
import { attendeesHref } from '../../booking/attendees/list-left.ts'
import type { ListLeft } from '../../booking/attendees/list-left.ts'
import { stillLive } from '../../booking/bookings/effects.ts'
import { attendeeRoleInWords, districtsOf } from '../../booking/bookings/page.ts'
import { questions } from '../../booking/bookings/questions.ts'
import { statusTagOf } from '../../booking/bookings/status-tag.ts'
import { dateInWords, erasureDayOf } from '../../programme/campaigns/erasure.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { detailsDraft, detailsInWords } from './details.ts'
import type { Details } from './details.ts'
import { admissionsOn, inOrderOfPlaces, isDateFor } from './moving.ts'
import type { detailsFields, phoneBookingFields } from './schema.ts'

type Typed<Field extends string> = Partial<Record<Field, string>>

/** What was typed, and what is wrong with it. */
export interface Tried<Field extends string> {
  typed: Typed<Field>
  errors?: FormErrors | undefined
  /** The booking that has the address that was typed. */
  otherHref?: string | undefined
}

/** The page of one booking. */
export function bookingHref ({ slug }: Pick<KnownActivity, 'slug'>, bookingId: string): string {
  return `/staff/activities/${slug}/bookings/${bookingId}`
}

/** The form on which an organiser books a place for someone who phones; `closed` says why they cannot. */
export function phoneBookingPageOf (
  activity: KnownActivity, submission: string, closed: string | undefined, now: DateTime<true>,
  tried?: Tried<typeof phoneBookingFields[number]>
) {
  const { campaign, placesPerBooking, hasHolds } = activity
  const values = tried?.typed ?? {}
  return {
    ...runningOf(activity),
    closed,
    fullness: closed === undefined ? fullnessInWords(activity, now) : [],
    questions,
    roles: Object.entries(attendeeRoleInWords).map(([value, text]) =>
      ({ value, text, checked: values.role === value })),
    districts: districtItems(campaign.districts, values.district),
    placesPerBooking,
    asksCode: hasHolds || (values.code ?? '') !== '',
    partnership: campaign.partnership,
    erasedOn: dateInWords(erasureDayOf(activity)),
    submission,
    values: { places: '1', ...values },
    errors: tried?.errors
  }
}

/** What someone who asks now would get, in sentences to read out. */
function fullnessInWords (activity: KnownActivity, now: DateTime<true>): string[] {
  const { occupancy, waitingList, zone, bookingOpensAt } = activity
  const free = freePlaces(activity, occupancy)
  const isClosed = now >= closesAt(activity)
  const hasList = waitingList !== 'off' && !isClosed
  const notFree = hasList ? 'anyone who books now joins the waiting list' : 'nobody can be booked in unless there are more places'
  const waiting = occupancy.waitingBookings === 1 ? '1 booking is' : `${occupancy.waitingBookings} bookings are`
  return [
    ...free > 0 && occupancy.waitingBookings === 0 ? [free === 1 ? '1 place is free.' : `${free} places are free.`] : [],
    ...free > 0 && occupancy.waitingBookings > 0 ? [`${waiting} waiting for the places that are free, so ${notFree}.`] : [],
    ...free <= 0 ? [`No place is free: ${notFree}.`] : [],
    ...bookability(activity, now) === 'not-yet-open' && bookingOpensAt !== undefined
      ? [`For everyone else booking opens on ${beginningInWords(bookingOpensAt, zone)}. You can book people in already.`]
      : [],
    ...isClosed ? ['Booking has closed for everyone else. You can book people in until the end.'] : []
  ]
}

function districtItems (districts: readonly string[], chosen: string | undefined) {
  return districts.length === 0
    ? []
    : [{ value: '', text: 'Choose', selected: chosen === undefined || chosen === '' },
        ...districtsOf(districts).map(district => ({ value: district, text: district, selected: district === chosen }))]
}

/** Which booking a page is about. */
function aboutOf (activity: KnownActivity, { id, name, reference, status, lapseReason }: Booking) {
  return {
    ...runningOf(activity),
    booking: { name, reference, status: statusTagOf({ status, lapseReason }) },
    href: bookingHref(activity, id)
  }
}

interface DetailsPage {
  activity: KnownActivity
  booking: Booking
  /** The districts that can be chosen. */
  districts: readonly string[]
}

/** The form that changes the details of a booking. */
export function detailsPageOf (
  { activity, booking, districts }: DetailsPage,
  tried?: Tried<typeof detailsFields[number]> & { versionHash: string | undefined, mine?: Details }
) {
  const values = tried?.typed ?? {
    name: booking.name,
    email: booking.email,
    phone: booking.phone,
    district: booking.district,
    places: String(booking.places),
    access_needs: booking.accessNeeds
  }
  return {
    ...aboutOf(activity, booking),
    values,
    questions,
    districts: districtItems(districts, values.district),
    asksPlaces: activity.placesPerBooking > 1 || booking.places > 1,
    placesPerBooking: maxPlaces(activity, booking),
    versionHash: tried?.versionHash ?? detailsDraft.versionHash(booking),
    comparison: tried?.mine === undefined ? [] : detailsDraft.compared(booking, tried.mine, detailsInWords),
    errors: tried?.errors,
    otherHref: tried?.otherHref
  }
}

interface MovePage {
  activity: KnownActivity
  /** Those who are to be moved. */
  bookings: readonly Booking[]
  /** The coming dates of its campaign that the reader runs. */
  dates: readonly KnownActivity[]
}

/** The dates to which one person can be moved. */
export function movePageOf (
  { activity, dates, bookings: [booking] }: MovePage & { bookings: readonly [Booking] }, now: DateTime<true>,
  tried?: Tried<'to'>
) {
  const href = bookingHref(activity, booking.id)
  return {
    ...aboutOf(activity, booking),
    ...datesOf({ activity, dates, bookings: [booking] }, now, tried),
    action: `${href}/move`,
    backHref: href
  }
}

/** The dates to which the people who were chosen can be moved together. */
export function moveChosenPageOf (
  { activity, dates, bookings, list }: MovePage & { list: ListLeft }, now: DateTime<true>, tried?: Tried<'to'>
) {
  return {
    ...runningOf(activity),
    ...datesOf({ activity, dates, bookings: stillLive(bookings) }, now, tried),
    chosen: chosenOf(bookings),
    list: list.query,
    action: `${attendeesHref(activity)}/move/date`,
    backHref: list.href
  }
}

/** The dates that have room for all of these, those of the same title first, and those that have not. */
function datesOf ({ activity, bookings, dates }: MovePage, now: DateTime<true>, tried?: Tried<'to'>) {
  const inOrder = inOrderOfPlaces(bookings)
  const others = dates.filter(date => isDateFor(activity, date, now))
    .map(date => ({ date, asking: admissionsOn(date, date.occupancy, inOrder, now) }))
    .sort((one, other) => Number(other.date.title === activity.title) - Number(one.date.title === activity.title))
    .map(({ date, asking }) => {
      const fitsEach = asking.every(({ booking }) => booking.places <= date.placesPerBooking)
      const isPossible = fitsEach && asking.every(({ admission }) => admission !== 'full')
      const hint = [
        ...date.title === activity.title ? [] : [date.title],
        availabilityInWords(date, isPossible),
        ...fitsEach ? [] : [`One booking can have ${placesInWords(date.placesPerBooking)} there`]
      ]
      return { date, isPossible, hint: hint.join('. ') }
    })
  return {
    people: bookings.length,
    places: bookings.reduce((sum, { places }) => sum + places, 0),
    dates: others.filter(({ isPossible }) => isPossible).map(({ date, hint }) => ({
      value: date.slug, text: whenInWords(date), hint: { text: hint }, checked: tried?.typed.to === date.slug
    })),
    impossible: others.filter(({ isPossible }) => !isPossible)
      .map(({ date, hint }) => ({ when: whenInWords(date), hint })),
    errors: tried?.errors,
    otherHref: tried?.otherHref
  }
}

/** How full a date is, for those who would go there. */
function availabilityInWords (date: KnownActivity, isPossible: boolean): string {
  const free = freePlaces(date, date.occupancy)
  const { waitingBookings } = date.occupancy
  const line = waitingBookings === 1 ? '1 booking is waiting' : `${waitingBookings} bookings are waiting`
  if (waitingBookings > 0) return isPossible ? `They would wait there too: ${line}` : `${line} for it`
  return free <= 0 ? 'No place is free' : free === 1 ? '1 place is free' : `${free} places are free`
}

const buttons = { details: undefined, move: 'Move the booking', turn: 'Restore their turn', links: 'Make new links' }

/** The effects of one of these changes, before it is made: `what` is the last part of its address. */
export function effectsPageOf (
  activity: KnownActivity, booking: Booking, what: keyof typeof buttons, required: ConfirmationRequired, body: unknown
) {
  const href = bookingHref(activity, booking.id)
  return {
    ...aboutOf(activity, booking),
    ...effectsOf(required),
    action: `${href}/${what}`,
    leaveHref: href,
    button: buttons[what],
    fields: hiddenFieldsOf(body)
  }
}

/** What moving the people who were chosen does, before it is done. */
export function moveChosenEffectsPageOf (
  activity: KnownActivity, bookings: readonly Booking[], list: ListLeft, required: ConfirmationRequired, body: unknown
) {
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    chosen: chosenOf(bookings),
    action: `${attendeesHref(activity)}/move/date`,
    leaveHref: list.href,
    fields: hiddenFieldsOf(body)
  }
}
