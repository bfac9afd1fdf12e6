import type { DateTime } from 'luxon'
import { mayEver } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { within } from './known-activities.ts'

/** A campaign with what someone knows of it. Days as `2026-12-01`. */
export interface KnownCampaign {
  id: string
  slug: string
  title: string
  zone: string
  /** In the order in which its organisers named them. */
  districts: string[]
  firstDay: string | undefined
  lastDay: string | undefined
  /** When the first of its known activities starts, and the last one; undefined without any. */
  span: { first: DateTime<true>, last: DateTime<true> } | undefined
}

/**
 * Finds a campaign of which a member of staff may know: those who make activities choose from all, anyone else knows
 * those of the activities that they know.
 */
export async function findKnownCampaign (
  db: Reader, staff: StaffMember, slug: string
): Promise<KnownCampaign | undefined> {
  const row = await db.campaign.findUnique({
    where: { slug },
    select: { id: true, slug: true, title: true, zone: true, districts: true, firstDay: true, lastDay: true }
  })
  if (row === null) return undefined
  const { _min, _max } = await db.activity.aggregate({
    where: { AND: [within(staff, 'see activities')], campaignId: row.id }, _min: { startsAt: true }, _max: { startsAt: true }
  })
  const [first, last] = [_min.startsAt, _max.startsAt]
  if (first === null && !mayEver(staff, 'create activities')) return undefined
  return {
    ...row,
    firstDay: calendarDay(row.firstDay),
    lastDay: calendarDay(row.lastDay),
    span: first === null || last === null ? undefined : { first: instant(first), last: instant(last) }
  }
}
