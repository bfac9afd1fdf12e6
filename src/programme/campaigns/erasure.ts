import { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import { people } from '../../identity/staff/confirmation.ts'

/** A calendar day such as `2027-01-14` as people are told when their details go: `14 January 2027`. */
export function dateInWords (day: string): string {
  return DateTime.fromISO(day, { zone: 'utc' }).setLocale('en-GB').toFormat('d LLLL yyyy')
}

/** When details are deleted whose day has come, on clocks of the partnership. */
export const nightly = { hour: 3, zone: 'Europe/London' } as const

/** The next time that details are deleted. */
export function nextNight (now: DateTime<true>): DateTime<true> {
  const there = now.setZone(nightly.zone)
  const night = there.startOf('day').set({ hour: nightly.hour })
  return instant((night > there ? night : night.plus({ days: 1 })).toJSDate())
}

/** Of an activity, what decides when the details of those who book it go. */
interface Ending {
  endsAt: DateTime<true>
  zone: string
  campaign: { daysUntilErasure: number }
}

/**
 * The day, where the activity is, on which the details of somebody who books it now go: so many days after its last
 * one. With 0 days that is the day after, because on the day itself those who run it still need them.
 *
 * The database promises the same to who books (`erasure_day` in the migrations), and keeps it with the booking: of
 * somebody who has booked, that is what counts.
 */
export function erasureDayOf ({ endsAt, zone, campaign }: Ending): string {
  // An end is exclusive: what lasts all day ends at a midnight.
  const { year, month, day } = endsAt.minus({ milliseconds: 1 }).setZone(zone)
  // In UTC, because some zones have left out a day.
  return DateTime.utc(year, month, day).plus({ days: Math.max(1, campaign.daysUntilErasure) }).toISODate() ?? ''
}

/** What another number of days does to those who have booked. */
export interface Promised {
  /** Bookings whose day comes sooner. */
  sooner: number
  /** The first of those days, such as `2027-01-14`; none where there are none. */
  first: string | null
  /** Of those, the ones that are deleted in the coming night. */
  tonight: number
  /** All bookings. */
  all: number
}

/** What changing the number of days does to people, in sentences; none where nobody has booked. */
export function promiseEffects (
  { sooner, first, tonight, all }: Promised, from: number, to: number
): string[] {
  if (to === from || all === 0) return []
  if (to > from) {
    return [`${people(all, 'who has booked keeps', 'who have booked keep')} the day that they were told. ` +
      'Only people who book from now on have the new number of days.']
  }
  if (sooner === 0 || first === null) return []
  return [
    `The details of ${people(sooner, 'are', 'are')} deleted sooner than we told them, the first on ${dateInWords(first)}.`,
    ...tonight === 0 ? [] : [`The details of ${people(tonight, 'are', 'are')} deleted in the coming night. This cannot be undone.`]
  ]
}
