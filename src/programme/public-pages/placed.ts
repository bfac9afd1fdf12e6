import type { ActivityOutline } from '../activities/activity.ts'
import { isLong } from '../activities/page.ts'
import { calendarDayOf, lastDayOf } from '../activities/when.ts'

/** Where an activity is that has no district: with these words in addresses, which no district has for a name. */
export const elsewhere = { online: 'Online', other: 'Other places' } as const

/** An activity with its days and its district, for filters, timetables and overviews. */
export interface PlacedActivity {
  activity: ActivityOutline
  /** Its days as `2026-12-01`, in its zone. What lasts no longer than a day, also through a night, is of its first. */
  firstDay: string
  lastDay: string
  isLong: boolean
  /** A district, or a key of `elsewhere`. */
  district: string
}

export function placed (activity: ActivityOutline): PlacedActivity {
  const { startsAt, endsAt, zone } = activity
  const long = isLong(activity)
  const firstDay = calendarDayOf(startsAt, zone)
  return {
    activity,
    firstDay,
    lastDay: long ? lastDayOf({ endsAt, zone }) : firstDay,
    isLong: long,
    district: activity.district ?? (activity.isOnline ? 'online' : 'other')
  }
}

/** True if an activity is on that day. */
export function isOn ({ firstDay, lastDay }: PlacedActivity, day: string): boolean {
  return firstDay <= day && day <= lastDay
}

/** A district as people read it. */
export function districtInWords (district: string): string {
  return Object.hasOwn(elsewhere, district) ? elsewhere[district as keyof typeof elsewhere] : district
}
