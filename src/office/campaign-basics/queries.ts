import type { DateTime } from 'luxon'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { findPublicCampaign } from '../../programme/activities/public-activities.ts'
import type { Basics } from './basics.ts'

/** What a campaign is, when it is and who runs it. */
export async function findBasics (db: Reader, id: string): Promise<Basics> {
  const { kind, partnership, firstDay, lastDay } = await db.campaign.findUniqueOrThrow({
    where: { id }, select: { kind: true, partnership: true, firstDay: true, lastDay: true }
  })
  const day = (date: Date | null) => calendarDay(date)
  return { kind: kind as Basics['kind'], partnership, firstDay: day(firstDay), lastDay: day(lastDay) }
}

/** What depends on the basics of a campaign. */
export interface Depending {
  /** Whether strangers may know of it. */
  isPublic: boolean
  /** Whether calendars show who runs it instead of what it is about. */
  isDiscreet: boolean
  /** How many have a place on something to come, and so an entry in a calendar of their own. */
  booked: number
  /** Its activities that are not cancelled, soonest first. */
  activities: Array<Pick<Activity, 'title' | 'startsAt' | 'endsAt' | 'allDay' | 'zone'>>
}

/** As far as a member of staff may know: not even a count tells them of work that they may not know of. */
export async function findDepending (
  db: Reader, { id, slug }: { id: string, slug: string }, by: StaffMember, now: DateTime<true>
): Promise<Depending> {
  const ofIt = { AND: [within(by, 'see activities')], campaignId: id, status: { not: 'cancelled' } }
  const campaign = await db.campaign.findUniqueOrThrow({ where: { id }, select: { discreet: true } })
  const found = await findPublicCampaign(db, slug, now)
  const booked = await db.booking.count({
    where: { status: 'confirmed', activity: { ...ofIt, endsAt: { gt: now.toJSDate() } } }
  })
  const rows = await db.activity.findMany({
    where: ofIt,
    select: { title: true, startsAt: true, endsAt: true, allDay: true, zone: true },
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }, { slug: 'asc' }]
  })
  return {
    isPublic: found !== undefined,
    isDiscreet: campaign.discreet,
    booked,
    activities: rows.map(({ startsAt, endsAt, ...row }) =>
      ({ ...row, startsAt: instant(startsAt), endsAt: instant(endsAt) }))
  }
}
