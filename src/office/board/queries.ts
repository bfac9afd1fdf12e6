import type { Reader } from '../../platform/database/connect.ts'
import { calendarDay } from '../../platform/clock.ts'
import type { ActivityPlan } from '../../platform/database/generated/client.ts'
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
    riskOn: calendarDay(row.riskOn) ?? '',
    notes: row.notes
  }
}
