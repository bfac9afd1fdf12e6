import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'

export const attendances = ['yes', 'no', 'unknown'] as const
/** Whether someone came, as far as it is noted; `unknown` is never the same as not having come. */
export type Attendance = typeof attendances[number]

/** The attendance for the value that bookings store. */
export function attendanceOf (attended: boolean | undefined): Attendance {
  return attended === undefined ? 'unknown' : attended ? 'yes' : 'no'
}

/** The instant from which it can be noted who came: the midnight before the start, in the activity's zone. */
export function notableFrom ({ startsAt, zone }: Pick<Activity, 'startsAt' | 'zone'>): DateTime<true> {
  return startsAt.setZone(zone).startOf('day').toUTC() as DateTime<true>
}
