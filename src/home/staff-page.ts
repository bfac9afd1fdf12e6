import type { DateTime } from 'luxon'
import type { KnownActivity } from '../activities/queries.ts'
import { staffCardOf } from '../activities/staff-page.ts'
import { dayInWords } from '../activities/when.ts'
import type { StaffMember } from '../http/session.ts'
import { isOnItsDay, may, mayEver } from '../staff/roles.ts'

/** Where the partnership is: its days begin and end there. */
export const zone = 'Europe/London'

/** What a member of staff may know of and comes next, with how full it is. */
export function comingOf (
  { activities, total }: { activities: readonly KnownActivity[], total: number },
  staff: StaffMember, now: DateTime<true>
) {
  return {
    today: dayInWords(now, zone),
    mayMake: mayEver(staff, 'create activities'),
    total,
    coming: activities.map(activity => ({
      ...staffCardOf(activity),
      isOnNow: activity.startsAt <= now,
      evening: eveningOf(activity, staff, now)
    }))
  }
}

/** The page beside the call, on the day of it. */
function eveningOf (activity: KnownActivity, staff: StaffMember, now: DateTime<true>): string | undefined {
  const isOn = activity.status === 'published' && isOnItsDay(activity, now) && may(staff, 'see the evening', activity)
  return isOn ? `/staff/activities/${activity.slug}/evening` : undefined
}
