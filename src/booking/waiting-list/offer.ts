import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { closesAt } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'

/** From this many hours before the start, freed places are not kept for one person but go to the first who accepts. */
export const firstToAcceptHours = 2

/** No one should have to watch their inbox at night: no offer ends between these hours, in the activity's zone. */
const night = { from: 22, to: 7 }

/** The fields that decide how long an offer lasts. */
export type OfferTerms = BookingWindow & Pick<Activity, 'offerHours' | 'zone'>

/**
 * When an offer that is made at `now` ends: after the activity's number of hours, or when booking closes if that is
 * sooner. An end in the night is put off to the morning or, if booking closes before then, brought forward to the start
 * of the night. Undefined if either would leave no time at all: such a place is for the first who accepts.
 */
export function offerEnd (terms: OfferTerms, now: DateTime<true>): DateTime<true> | undefined {
  const closes = closesAt(terms)
  const end = earlier(now.plus({ hours: terms.offerHours }), closes)
  const dusk = nightStartBefore(end, terms.zone)
  if (dusk === undefined) return end > now ? end : undefined
  const dawn = dusk.plus({ days: 1 }).set({ hour: night.to })
  if (dawn <= closes) return dawn.toUTC()
  return dusk > now ? dusk.toUTC() : undefined
}

/** The start of the night that an instant falls into; undefined by day. Both ends of the night count as day. */
function nightStartBefore (at: DateTime<true>, zone: string): DateTime<true> | undefined {
  const local = at.setZone(zone) as DateTime<true>
  const evening = local.set({ hour: night.from, minute: 0, second: 0, millisecond: 0 })
  const morning = local.set({ hour: night.to, minute: 0, second: 0, millisecond: 0 })
  if (local > evening) return evening
  return local < morning ? evening.minus({ days: 1 }) : undefined
}

function earlier (one: DateTime<true>, other: DateTime<true>): DateTime<true> {
  return one < other ? one : other
}

/** How someone who waits gets a free place. */
export type Serving = 'confirm' | 'offer' | 'call' | 'by-hand'

/**
 * Returns how a list serves someone at `now`. Someone carried over from another date never asked for this one, and is
 * asked before they have a place, whatever the list does for the others.
 */
export function servingOf (
  activity: OfferTerms & Pick<Activity, 'waitingList'>, { isCopy }: { isCopy: boolean }, now: DateTime<true>
): Serving {
  if (!isCopy && activity.waitingList === 'by-hand') return 'by-hand'
  if (!isCopy && activity.waitingList !== 'offers') return 'confirm'
  const isLate = now >= activity.startsAt.minus({ hours: firstToAcceptHours })
  return isLate || offerEnd(activity, now) === undefined ? 'call' : 'offer'
}

/** Which people of an activity's line: those who asked for it, those carried over from another date, or both. */
export interface ServedNow { ordinary: boolean, carried: boolean }

/** Returns which people of a line are served in one of these ways at `now`. */
export function whoIsServedNow (
  activity: OfferTerms & Pick<Activity, 'waitingList' | 'isAnotherDate'>, servings: readonly Serving[], now: DateTime<true>
): ServedNow {
  const isServed = (isCopy: boolean) => servings.includes(servingOf(activity, { isCopy }, now))
  return { ordinary: isServed(false), carried: activity.isAnotherDate && isServed(true) }
}
