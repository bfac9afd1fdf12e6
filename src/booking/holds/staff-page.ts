import type { DateTime } from 'luxon'
import { closesAt } from '../../programme/activities/booking-window.ts'
import { bookingsWait, placesInWords } from '../../programme/activities/in-words.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { dayInWords, deadlineInWords, whenInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { hasReturned, placesLeft } from './hold.ts'
import type { Hold } from './hold.ts'
import type { holdChangeFields, holdFields } from './schema.ts'

/** What organisers typed into the form that keeps places, and what is wrong with it. */
export interface TypedHold {
  typed: Partial<Record<typeof holdFields[number], string>>
  errors: FormErrors
}

interface HoldsPage {
  activity: KnownActivity
  holds: readonly Hold[]
  agencies: ReadonlyArray<{ slug: string, name: string }>
  publicUrl: string
}

/** The holds of an activity, what is left of each, and the form that makes one more. */
export function holdsPageOf (
  { activity, holds, agencies, publicUrl }: HoldsPage, now: DateTime<true>, { typed, errors }: Partial<TypedHold> = {}
) {
  const { occupancy: { waitingBookings } } = activity
  const running = runningOf(activity)
  return {
    ...running,
    // The newest first: organisers are about to read its code out.
    current: holds.filter(hold => !hasReturned(hold, now)).reverse().map(hold => holdOf(hold, activity, publicUrl)),
    past: holds.filter(hold => hasReturned(hold, now)).map(hold => ({
      agency: hold.agency,
      code: hold.code,
      places: hold.places,
      claimed: hold.claimed,
      endedOn: endInWords(hold.returnedAt ?? hold.returnsAt, activity)
    })),
    agencies: [
      { value: '', text: 'Choose an agency' },
      ...agencies.map(({ slug, name }) => ({ value: slug, text: name, selected: slug === typed?.agency }))
    ],
    hasAgencies: agencies.length > 0,
    // While anyone waits free places are theirs, and a form that is always refused is a waste of time.
    noneToHold: typed !== undefined
      ? undefined
      : waitingBookings > 0
        ? `${bookingsWait(waitingBookings)}, and free places are theirs: no more can be kept for agencies.`
        : running.fullness?.free === 0 ? 'No places are free, so none can be kept.' : undefined,
    ...daysOf(activity, now),
    values: typed ?? {},
    errors
  }
}

/** One hold: what is left of it, and what to say to the agency that it is for. */
function holdOf (hold: Hold, activity: KnownActivity, publicUrl: string) {
  const href = `/staff/activities/${activity.slug}/holds/${hold.id}`
  return {
    agency: hold.agency,
    code: hold.code,
    places: hold.places,
    claimed: hold.claimed,
    left: placesLeft(hold),
    lastDay: lastDayInWords(hold, activity),
    passOn: passOn(hold, activity, publicUrl),
    href,
    returnHref: `${href}/return`
  }
}

/** What the agency must know, in words that can be read out or pasted into an email. */
function passOn (hold: Hold, activity: KnownActivity, publicUrl: string): string {
  const where = activity.visibility === 'public' ? `at ${publicUrl}/activities/${activity.slug}/book` : 'on the booking form'
  return `We have kept ${placesInWords(hold.places)} for ${hold.agency} on “${activity.title}”, ${whenInWords(activity)}. ` +
    `To take one, book ${where} and type ${hold.code} where the form asks for a code. ` +
    `The code works until the end of ${lastDayInWords(hold, activity)}.`
}

interface HoldPage {
  hold: Hold
  activity: KnownActivity
  publicUrl: string
}

/** The form that changes a hold, as it stands or with what was typed and what is wrong with it. */
export function holdChangePageOf (
  { hold, activity, publicUrl }: HoldPage, now: DateTime<true>,
  typed?: Partial<Record<typeof holdChangeFields[number], string>>, errors?: FormErrors
) {
  return {
    ...runningOf(activity),
    hold: holdOf(hold, activity, publicUrl),
    ...daysOf(activity, now),
    values: typed ?? { places: String(hold.places), last_day: lastDayOf(hold, activity) },
    errors
  }
}

/** The earliest and latest last day of a hold. */
function daysOf (activity: KnownActivity, now: DateTime<true>) {
  return {
    firstDay: wallClock(now, activity.zone).slice(0, 10),
    closingDay: wallClock(closesAt(activity), activity.zone).slice(0, 10),
    closes: deadlineInWords(closesAt(activity), activity.zone)
  }
}

/** A hold ends at a midnight; the day that people mean is the one before it. */
function endInWords (at: DateTime<true>, { zone }: { zone: string }): string {
  return dayInWords(at.minus({ milliseconds: 1 }), zone)
}

/** The last day of a hold. */
export function lastDayInWords ({ returnsAt }: Hold, activity: { zone: string }): string {
  return endInWords(returnsAt, activity)
}

function lastDayOf ({ returnsAt }: Hold, { zone }: KnownActivity): string {
  return wallClock(returnsAt.minus({ milliseconds: 1 }), zone).slice(0, 10)
}
