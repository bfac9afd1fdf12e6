import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { recordAll, record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { nameableBy } from '../../programme/activities/hosts.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { lockActivities, lockActivity } from '../../programme/activities/queries.ts'
import { instant, dateOf } from '../../platform/clock.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { NotAllOfThem, OwnerUnknown, PlanChanged, StageWrong } from './errors.ts'
import { noPlan, planDraft, stageOf, stageWrong } from './plan.ts'
import type { Plan, Stage } from './plan.ts'
import { listPlans, planOf } from './queries.ts'

/**
 * Changes what is planned for an activity, under its lock. Throws `PlanChanged` for another version than was read,
 * `StageWrong` and `OwnerUnknown`. The trail keeps which fields changed, and not what organisers wrote.
 */
export async function changePlan (
  db: Db, activityId: string, { plan, versionHash }: { plan: Plan, versionHash: string }, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    const row = await tx.activityPlan.findUnique({ where: { activityId } })
    const before = row === null ? noPlan : planOf(row)
    // As it is shown: what is published is confirmed, whether or not somebody has said so.
    const shown = { ...before, stage: stageShown(activity, before, now) }
    const changed = planDraft.changed(shown, plan)
    if (changed.length === 0) return
    if (planDraft.versionHash(shown) !== versionHash) throw new PlanChanged(shown)
    const wrong = changed.includes('stage') ? stageWrong(activity, plan.stage, now) : undefined
    if (wrong !== undefined) throw new StageWrong(wrong)
    if (plan.ownerId !== undefined && changed.includes('ownerId')) await assertNameable(tx, by, activityId, plan.ownerId)

    await writePlan(tx, activityId, plan)
    const details = { changed, ...(changed.includes('stage') && { stage: [shown.stage, plan.stage] }) }
    await record(tx, { staffMemberId: by.id, action: 'plan.changed', subject: activity.slug, details }, now)
  })
}

/** The stage that the form about a plan shows: one that organisers can choose. */
export function stageShown (
  activity: Pick<BookingWindow, 'status' | 'endsAt'>, plan: Plan, now: DateTime<true>
): Stage {
  const stage = stageOf(activity, plan, now)
  return stage === 'cancelled' ? plan.stage : stage
}

async function assertNameable (tx: Tx, by: StaffMember, activityId: string, ownerId: string): Promise<void> {
  const known = await tx.staffMember.count({ where: { AND: [nameableBy(by, activityId)], id: ownerId } })
  if (known === 0) throw new OwnerUnknown()
}

async function writePlan (tx: Tx, activityId: string, { riskOn, ownerId, ...plan }: Plan): Promise<void> {
  const data = { ...plan, ownerId: ownerId ?? null, riskOn: riskOn === '' ? null : dateOf(riskOn) }
  await tx.activityPlan.upsert({ where: { activityId }, create: { activityId, ...data }, update: data })
}

/**
 * Says of several activities of a campaign how far they are: of all, or of none. Throws `NotAllOfThem`, also where some
 * are gone or not theirs to run. Returns how many there are.
 */
export async function markStages (
  db: Db, campaignId: string, { ids, stage }: { ids: readonly string[], stage: Stage }, by: StaffMember,
  now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    await lockActivities(tx, ids)
    const activities = await tx.activity.findMany({
      where: { AND: [within(by, 'run activities')], campaignId, id: { in: [...ids] } },
      select: { id: true, slug: true, title: true, status: true, endsAt: true },
      orderBy: [{ startsAt: 'asc' }, { title: 'asc' }]
    })
    if (activities.length < ids.length) throw new NotAllOfThem([])
    const windows = activities.map(row =>
      ({ ...row, status: row.status as BookingWindow['status'], endsAt: instant(row.endsAt) }))
    const wrong = windows.flatMap(activity => {
      const because = stageWrong(activity, stage, now)
      return because === undefined ? [] : [`“${activity.title}” ${because}`]
    })
    if (wrong.length > 0) throw new NotAllOfThem(wrong)

    const plans = await listPlans(tx, ids)
    const changed = windows.filter(activity => stageOf(activity, plans.get(activity.id) ?? noPlan, now) !== stage)
    const already = changed.filter(({ id }) => plans.has(id)).map(({ id }) => id)
    const fresh = changed.filter(({ id }) => !plans.has(id)).map(({ id: activityId }) => ({ activityId, stage }))
    await tx.activityPlan.updateMany({ where: { activityId: { in: already } }, data: { stage } })
    await tx.activityPlan.createMany({ data: fresh })
    await recordAll(tx, changed.map(activity => ({
      staffMemberId: by.id,
      action: 'plan.changed' as const,
      subject: activity.slug,
      details: { changed: ['stage'], stage: [stageOf(activity, plans.get(activity.id) ?? noPlan, now), stage] }
    })), now)
    return activities.length
  })
}
