import type { DateTime } from 'luxon'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { dayInWords } from '../../programme/activities/when.ts'
import { minutesInWords, sourcesInWords } from '../../booking/attendees/attendance-in-words.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { cancelledInWords } from './errors.ts'
import { notableFrom } from '../../booking/bookings/attendance.ts'
import { minutesAtLeast, secondsDuring } from './presence.ts'
import type { Span } from './presence.ts'
import type { Booked } from './queries.ts'
import { attendedIn, takingOf } from './review.ts'
import type { Review } from './review.ts'
import type { uploadFields } from './schema.ts'

/** What was typed into the form for a report, and what is wrong with it. */
export interface TypedUpload { typed: Partial<Record<typeof uploadFields[number], string>>, errors: FormErrors }

/** The page on which a report is chosen, or fetched. */
export function reportPageOf (
  { activity, booked, walkIns, mayFetch }: {
    activity: KnownActivity, booked: readonly Booked[], walkIns: number | undefined, mayFetch: boolean
  }, now: DateTime<true>, given?: TypedUpload
) {
  const isNotable = now >= notableFrom(activity)
  const known = booked.filter(({ attended }) => attended !== undefined).length
  return {
    ...runningOf(activity),
    href: hrefOf(activity),
    onTheDayHref: `/staff/activities/${activity.slug}/evening`,
    state: activity.status === 'cancelled'
      ? cancelledInWords
      : !isNotable
          ? `You can take a report from ${dayInWords(notableFrom(activity), activity.zone)} on.`
          : booked.length === 0 ? 'Nobody has a place, so there is nobody to find in a report.' : undefined,
    known: `${known} of ${booked.length === 1 ? '1 booking' : `${booked.length} bookings`}`,
    walkIns,
    mayFetch: mayFetch && isNotable,
    values: given?.typed ?? {},
    errors: given?.errors
  }
}

/** What a page shows again, because something in it was wrong. */
export interface TriedDecisions { chosen: Readonly<Record<string, string>>, errors: FormErrors }

/**
 * The page on which a person decides what a report does not tell: near names side by side, and what differs from what a
 * host has noted. It says before anything is saved what will be.
 */
export function reviewPageOf (
  { activity, booked, walkIns, review, sealed }: {
    activity: KnownActivity, booked: readonly Booked[], walkIns: number | undefined, review: Review, sealed: string
  }, tried?: TriedDecisions
) {
  const event = { from: activity.startsAt.toMillis(), to: activity.endsAt.toMillis() }
  const byId = new Map(booked.map(one => [one.id, one]))
  const found = attendedIn(review, new Map(), event).attended.flatMap(attended => {
    const booking = byId.get(attended.bookingId)
    return booking === undefined ? [] : [{ booking, ...attended, taking: takingOf(booking, attended, false) }]
  })
  const rowOf = ({ booking, minutesAtLeast }: typeof found[number]) => ({
    ...shownOf(booking), minutes: minutesInWords(minutesAtLeast), foundBy: foundByInWords(review, booking.id)
  })
  const chosen = tried?.chosen ?? {}
  const mayBeNoted = new Set([
    ...found.flatMap(({ taking, booking }) => taking === 'marks' || taking === 'differs' ? [booking.id] : []),
    ...review.people.flatMap(({ found, near }) => found === undefined ? near : [])
  ])
  return {
    ...runningOf(activity),
    href: hrefOf(activity),
    review: sealed,
    note: review.note,
    walkIns,
    marked: found.filter(({ taking, booking }) => taking === 'marks' && booking.attended === undefined).map(rowOf),
    already: found.filter(({ booking }) => booking.attended === true).length,
    tooShort: found.filter(({ hasCome, booking }) => !hasCome && booking.attended === undefined).map(rowOf),
    differing: found.filter(({ taking }) => taking === 'differs').map(one => ({
      ...rowOf(one), isChanged: chosen[`differs-${one.booking.reference}`] === 'came'
    })),
    unfound: review.people.flatMap((person, n) => person.found !== undefined
      ? []
      : [unfoundOf(person, n, byId, event, chosen)]),
    missing: booked.filter(({ id, attended }) =>
      attended === undefined && !found.some(({ booking }) => booking.id === id)).length,
    parties: booked.filter(({ id, places, attended }) => places > 1 && attended !== true && mayBeNoted.has(id))
      .map(({ name, reference, places }) => ({
        name, reference, counts: countsOf(places, chosen[`came-${reference}`])
      })),
    bookings: booked.map(({ name, reference, attended }) =>
      ({ reference, text: attended === false ? `${name} (did not come, noted by staff)` : name })),
    someAbsent: booked.some(({ attended }) => attended === false),
    errors: tried?.errors
  }
}

/** How many of a party came: not said, until someone says it, because one device may be one person or all of them. */
function countsOf (places: number, chosen = '') {
  const numbers = [places, ...Array.from({ length: places - 1 }, (_, n) => n + 1)]
  return [
    { value: '', text: 'Not said' },
    ...numbers.map(came => ({ value: String(came), text: came === places ? `All ${places}` : `${came} of ${places}` }))
  ].map(count => ({ ...count, isChosen: count.value === chosen }))
}

function unfoundOf (
  person: Review['people'][number], n: number, byId: ReadonlyMap<string, Booked>, event: Span,
  chosen: Readonly<Record<string, string>>
) {
  const presences = person.presences.map(([from, to, seconds]) => ({ from, to, seconds }))
  const choice = chosen[`who-${n}`]
  return {
    n,
    name: person.name,
    isPresenter: person.isPresenter,
    isTwice: person.isTwice,
    minutes: minutesInWords(minutesAtLeast(secondsDuring(event, presences))),
    near: person.near.flatMap(id => {
      const booking = byId.get(id)
      if (booking === undefined) return []
      const value = `booking-${booking.reference}`
      return [{ ...shownOf(booking), value, isChosen: choice === value }]
    }),
    choice,
    other: chosen[`other-${n}`]
  }
}

function shownOf ({ name, reference, places, attended, attendanceSource }: Booked) {
  return {
    name,
    reference,
    places: places === 1 ? undefined : placesInWords(places),
    stands: attended === undefined
      ? undefined
      : attended ? `Came${sourceInWords(attendanceSource)}` : 'Did not come, noted by staff; choosing this changes it'
  }
}

function sourceInWords (source: Booked['attendanceSource']): string {
  return source === undefined ? '' : `, ${sourcesInWords[source]}`
}

function foundByInWords ({ people }: Review, bookingId: string): string {
  const by = people.flatMap(({ found }) => found?.bookingId === bookingId ? [found.by] : [])
  return by.includes('address') ? 'same email address' : 'same name'
}

function hrefOf ({ slug }: KnownActivity): string {
  return `/staff/activities/${slug}/attendance-report`
}

/** What a report has changed, in sentences, from the numbers in an address; undefined without any. */
export function takenInWords (query: Readonly<Record<string, unknown>>): string | undefined {
  const count = (name: string) => /^\d{1,5}$/.test(String(query[name] ?? '')) ? Number(query[name]) : undefined
  const [marked, kept, walkIns] = [count('marked'), count('kept'), count('walk-ins')]
  if (marked === undefined) return undefined
  return [
    marked === 0 ? 'Nobody new was noted as here.' : `${marked === 1 ? '1 booking is' : `${marked} bookings are`} now noted as here.`,
    ...kept === undefined || kept === 0 ? [] : [`${kept === 1 ? '1 stays' : `${kept} stay`} as staff noted.`],
    ...walkIns === undefined ? [] : [`People without a booking: ${walkIns}.`]
  ].join(' ')
}
