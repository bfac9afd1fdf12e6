import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'

/** An activity to come of which the number of places may be changed. */
export interface ComingActivity extends Pick<
  Activity, 'slug' | 'title' | 'startsAt' | 'endsAt' | 'allDay' | 'zone' | 'overBookingPercent'
> {
  capacity: number
}

/** The next activities with places that a member of staff runs, at most `take`. */
export async function listComing (
  db: Reader, staff: StaffMember, now: DateTime<true>, take: number
): Promise<ComingActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      AND: [within(staff, 'run activities')],
      status: 'published',
      booking: 'places',
      capacity: { gt: 0 },
      startsAt: { gt: now.toJSDate() }
    },
    select: {
      slug: true,
      title: true,
      startsAt: true,
      endsAt: true,
      allDay: true,
      zone: true,
      overBookingPercent: true,
      capacity: true
    },
    orderBy: [{ startsAt: 'asc' }, { slug: 'asc' }],
    take
  })
  return rows.map(({ capacity, ...row }) =>
    ({ ...row, capacity: capacity ?? 0, startsAt: instant(row.startsAt), endsAt: instant(row.endsAt) }))
}
