import { DateTime } from 'luxon'
import { instant, officeZone } from '../../platform/clock.ts'
import { memoised } from '../../platform/memoised.ts'
import { people } from '../../identity/staff/confirmation.ts'

/** A calendar day such as `2027-01-14`, as people are told when their details are erased: `14 January 2027`. */
export const dateInWords = memoised(1000, (day: string): string =>
  DateTime.fromISO(day, { zone: 'utc' }).setLocale('en-GB').toFormat('d LLLL yyyy'))

/** When details that are due are erased, in the partnership's zone. */
export const nightly = { hour: 3, zone: officeZone } as const

/** The next time that details are erased. */
export function nextNight (now: DateTime<true>): DateTime<true> {
  const there = now.setZone(nightly.zone)
  const night = there.startOf('day').set({ hour: nightly.hour })
  return instant((night > there ? night : night.plus({ days: 1 })).toJSDate())
}

/** The fields of an activity that decide when its bookings are erased. */
interface Ending {
  endsAt: DateTime<true>
  zone: string
  campaign: { daysUntilErasure: number }
}

/**
 * The day, in the activity's zone, on which a booking made now is erased: so many days after the activity's last one.
 * With 0 days that is the day after, because on the day itself hosts still need the details.
 *
 * The database promises the same to people who book (`erasure_day` in the migrations), and stores it with the booking:
 * for an existing booking, the stored day counts.
 */
export function erasureDayOf ({ endsAt, zone, campaign }: Ending): string {
  // Ends are exclusive: an all-day activity ends at a midnight.
  const { year, month, day } = endsAt.minus({ milliseconds: 1 }).setZone(zone)
  // In UTC, because some zones have skipped a day.
  return DateTime.utc(year, month, day).plus({ days: Math.max(1, campaign.daysUntilErasure) }).toISODate() ?? ''
}

/** The effects of another number of days on those who have booked. */
export interface Promised {
  /** Number of bookings whose day comes sooner. */
  sooner: number
  /** The first of those days, such as `2027-01-14`; null if there are none. */
  first: string | null
  /** How many of those are erased in the coming night. */
  tonight: number
  /** Number of all bookings. */
  all: number
}

/** Sentences that say how changing the number of days affects people; empty if no one has booked. */
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
