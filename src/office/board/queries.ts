import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { ActivityPlan } from '../../platform/database/generated/client.ts'
import { mayEver } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { noPlan } from './plan.ts'
import type { Plan, Risk, Stage } from './plan.ts'

/** A plan with the name of the member of staff who looks after the activity. */
export interface NamedPlan extends Plan {
  ownerStaffName: string | undefined
}

/** The plan of an activity; that of one which nobody has planned says nothing. */
export async function findPlan (db: Reader, activityId: string): Promise<NamedPlan> {
  return (await listPlans(db, [activityId])).get(activityId) ?? { ...noPlan, ownerStaffName: undefined }
}

/** The plans of activities, by the activity's id; those that nobody has planned have none. */
export async function listPlans (db: Reader, activityIds: readonly string[]): Promise<Map<string, NamedPlan>> {
  const rows = await db.activityPlan.findMany({
    where: { activityId: { in: [...activityIds] } }, include: { owner: { select: { name: true } } }
  })
  return new Map(rows.map(({ owner, ...row }) => [row.activityId, { ...planOf(row), ownerStaffName: owner?.name }]))
}

/** Converts a row. */
export function planOf (row: ActivityPlan): Plan {
  return {
    stage: row.stage as Stage,
    ownerId: row.ownerId ?? undefined,
    ownerName: row.ownerName,
    ownerEmail: row.ownerEmail,
    staffing: row.staffing,
    materials: row.materials,
    risk: row.risk as Risk,
    riskBy: row.riskBy,
    riskOn: row.riskOn?.toISOString().slice(0, 10) ?? '',
    notes: row.notes
  }
}

/** A campaign as its board needs it. Days as `2026-12-01`. */
export interface BoardCampaign {
  id: string
  slug: string
  title: string
  zone: string
  firstDay: string | undefined
  lastDay: string | undefined
  /** When the first of its known activities starts, and the last one; undefined without any. */
  span: { first: DateTime<true>, last: DateTime<true> } | undefined
}

/**
 * Finds a campaign of which a member of staff may know: those who make activities choose from all, anyone else knows
 * those of the activities that they know.
 */
export async function findBoardCampaign (
  db: Reader, staff: StaffMember, slug: string
): Promise<BoardCampaign | undefined> {
  const row = await db.campaign.findUnique({
    where: { slug }, select: { id: true, slug: true, title: true, zone: true, firstDay: true, lastDay: true }
  })
  if (row === null) return undefined
  const { _min, _max } = await db.activity.aggregate({
    where: { AND: [within(staff, 'see activities')], campaignId: row.id }, _min: { startsAt: true }, _max: { startsAt: true }
  })
  const [first, last] = [_min.startsAt, _max.startsAt]
  if (first === null && !mayEver(staff, 'create activities')) return undefined
  return {
    ...row,
    firstDay: row.firstDay?.toISOString().slice(0, 10),
    lastDay: row.lastDay?.toISOString().slice(0, 10),
    span: first === null || last === null ? undefined : { first: instant(first), last: instant(last) }
  }
}
