import type { DateTime } from 'luxon'
import type { Activity, Occupancy } from '../../programme/activities/activity.ts'
import { listToCall } from '../bookings/recipients.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { ToCall } from '../../identity/staff/confirmation.ts'
import { readWholeLine } from './queries.ts'
import { servedBy, servedInWords, unreachedOf } from './supply-effects.ts'

/** What serving a waiting list does to those on it. */
export interface ServingEffects {
  sentences: string[]
  toCall: ToCall
}

/** What becomes of those who wait for an activity once it is as it is given, with so many places taken. */
export async function servingEffects (
  db: Reader, activity: Activity, occupancy: Occupancy, now: DateTime<true>
): Promise<ServingEffects> {
  const line = occupancy.waitingBookings === 0 ? [] : await readWholeLine(db, activity.id)
  const served = servedBy(activity, occupancy, line, now)
  return {
    sentences: servedInWords(served, occupancy.waitingBookings),
    toCall: await listToCall(db, activity, unreachedOf(served).map(({ id }) => id))
  }
}
