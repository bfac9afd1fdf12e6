import type { CurrentActivity } from '../../programme/activities/draft.ts'
import { ActivityNotFound } from '../../programme/activities/errors.ts'
import { lockCurrentActivities, readCurrentActivities } from '../../programme/activities/current-activities.ts'
import { listAgencies } from '../../programme/campaigns/queries.ts'
import { unheard } from '../../programme/booking-rules.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Surroundings } from './answers.ts'
import type { ReliedOn } from './relied-on.ts'

/** An activity's current state, without a check of who may see it. Throws `ActivityNotFound`. */
export async function getCurrentActivity (db: Reader, seal: Seal, slug: string): Promise<CurrentActivity> {
  const current = (await readCurrentActivities(db, seal, [slug])).get(slug)
  if (current === undefined) throw new ActivityNotFound()
  return current
}

/** What an activity may refer to when a member of staff edits it, in a campaign with these districts. */
export async function surroundingsFor (
  db: Reader, { role, agencyId }: StaffMember, districts: readonly string[]
): Promise<Surroundings> {
  return {
    districts,
    agencies: await listAgencies(db),
    boundTo: role === 'admin' ? undefined : agencyId
  }
}

/** A campaign in which activities can be made. */
export interface OpenCampaign {
  id: string
  slug: string
  title: string
  zone: string
  districts: string[]
}

/** Every campaign, the latest first. */
export async function listCampaigns (db: Reader): Promise<OpenCampaign[]> {
  return await db.campaign.findMany({
    select: { id: true, slug: true, title: true, zone: true, districts: true },
    orderBy: [{ firstDay: { sort: 'desc', nulls: 'last' } }, { title: 'asc' }]
  })
}

/** What relies on an activity, so that it cannot be deleted. */
export async function reliedOn (db: Reader, activityId: string): Promise<ReliedOn> {
  const of = { where: { activityId } }
  const [bookings, holds, sent, forgotten, legalHolds, otherDates] = [
    await db.booking.count({ where: { activityId, NOT: unheard.where } }),
    await db.hold.count({ where: { activityId, returnedAt: null } }),
    await db.bulletin.count({ where: { activityId, sentAt: { not: null } } }),
    await db.headcount.count(of),
    await db.legalHold.count(of),
    await db.activity.count({ where: { anotherDateOfId: activityId } })
  ]
  return { bookings, holds, wasUsed: sent + forgotten > 0, isLegallyHeld: legalHolds > 0, otherDates }
}

/** Whether we have made a Teams meeting for an activity that would be deleted with it. */
export async function hasMeetingOfOurs (db: Reader, activityId: string): Promise<boolean> {
  return await db.teamsMeeting.count({
    where: { activityId, meetingIdSealed: { not: null }, status: { not: 'removed' } }
  }) > 0
}

/** Names of support contacts that were last checked before `day`, such as `2026-12-01`. */
export async function listContactsUnchecked (db: Reader, day: string): Promise<string[]> {
  const rows = await db.supportContact.findMany({
    where: { lastCheckedOn: { lt: new Date(day) } }, select: { name: true }, orderBy: { name: 'asc' }
  })
  return rows.map(({ name }) => name)
}

/** Takes an activity's row lock, then reads its current state. Throws `ActivityNotFound`. */
export async function lockCurrentActivity (tx: Tx, seal: Seal, slug: string): Promise<CurrentActivity> {
  const current = (await lockCurrentActivities(tx, seal, [slug])).get(slug)
  if (current === undefined) throw new ActivityNotFound()
  return current
}
