import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { isOnItsDay } from '../../identity/staff/roles.ts'

/** What an activity's own page offers as its button. */
export type MainAction = 'publish' | 'open-day' | 'say-who-came' | 'book'

/** What decides it: the activity, and how many of its people are coming and were noted. */
interface Moment extends Pick<BookingWindow, 'status' | 'booking' | 'startsAt' | 'endsAt'> {
  zone: string
  /** Number of bookings with a place. */
  coming: number
  /** Number of those of whom somebody noted whether they came. */
  noted: number
}

/** What someone may do to the activity. */
interface Allowed {
  runs: boolean
  seesTheDay: boolean
  /** Whether they may still note who came on a later day. */
  notesLater: boolean
}

/**
 * The one thing that most people open an activity's page for at this moment; undefined if there is none, as for one
 * that was cancelled, or that is over and of whose people it is noted who came.
 */
export function mainActionOf (
  { status, booking, startsAt, endsAt, zone, coming, noted }: Moment, { runs, seesTheDay, notesLater }: Allowed,
  now: DateTime<true>
): MainAction | undefined {
  if (status === 'cancelled') return undefined
  const toCome = isToCome({ status, endsAt }, now)
  if (status === 'draft') return runs && toCome ? 'publish' : undefined
  if (seesTheDay && isOnItsDay({ startsAt, endsAt, zone }, now)) return 'open-day'
  if (booking !== 'places') return undefined
  if (!toCome) return notesLater && coming > noted ? 'say-who-came' : undefined
  return runs && now < startsAt ? 'book' : undefined
}
