import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { record } from '../../identity/staff/audit.ts'
import { namesOf } from '../../identity/staff/queries.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { isPoliceWork } from '../../programme/activities/activity.ts'
import { assertApproved } from '../../programme/activities/approval.ts'
import { changeActivity } from '../../programme/activities/commands.ts'
import { keepKnowing } from '../../programme/activities/named-people.ts'
import type { Parts } from '../editor/edit.ts'
import { lockCurrentActivity } from '../editor/queries.ts'
import { whyNotAgreed, whyNotReleased } from './releasing.ts'
import type { Release } from './releasing.ts'
import { NotToBeReleased } from './errors.ts'

/** How far an activity is on its way to the public. */
export async function findRelease (db: Reader, activityId: string): Promise<Release> {
  const row = await db.release.findUnique({ where: { activityId } })
  if (row === null) return { askedBy: undefined, agreedBy: undefined }
  const { askedById, askedAt, agreedById, agreedAt } = row
  const names = await namesOf(db, [askedById, agreedById])
  const named = (id: string | null, at: Date | null) => id === null || at === null
    ? undefined
    : { id, name: names.get(id) ?? 'Someone', at: instant(at) }
  return { askedBy: named(askedById, askedAt), agreedBy: named(agreedById, agreedAt) }
}

/**
 * Asks that a disruption or compliance visit be shown to everyone, which another person has to agree to. Asked already,
 * it does nothing. Throws `NotToBeReleased`.
 */
export async function askToRelease (
  { db, seal }: Omit<Parts, 'outbox'>, slug: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    const because = whyNotReleased(current, now)
    if (because !== undefined) throw new NotToBeReleased(because)
    const { count } = await tx.release.createMany({
      data: { activityId: current.id, askedById: by.id, askedAt: now.toJSDate() }, skipDuplicates: true
    })
    if (count > 0) await record(tx, { staffMemberId: by.id, action: 'release.asked', subject: slug }, now)
  })
}

/**
 * Shows a disruption or compliance visit to everyone, as another person has asked. The database refuses it too while it
 * is not over or nobody else has agreed. Throws `NotToBeReleased` and `ApprovalNeeded`.
 */
export async function agreeToRelease (
  { db, outbox, seal }: Parts, slug: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    const because = whyNotAgreed(current, await findRelease(tx, current.id), by, now)
    if (because !== undefined) throw new NotToBeReleased(because)
    await assertApproved(tx, { ...current, visibility: 'public' }, by)
    await tx.release.update({
      where: { activityId: current.id }, data: { agreedById: by.id, agreedAt: now.toJSDate() }
    })
    await changeActivity(tx, outbox, seal, current, { ...current, visibility: 'public' }, now)
    await record(tx, { staffMemberId: by.id, action: 'release.agreed', subject: slug }, now)
  })
}

/**
 * Takes back what was asked for or agreed to: one person is enough to hide it, and is named for it. Does nothing where
 * nobody has asked.
 */
export async function endRelease (
  { db, outbox, seal }: Parts, slug: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    if (!isPoliceWork(current) || (await findRelease(tx, current.id)).askedBy === undefined) return
    if (current.visibility === 'public') {
      await keepKnowing(tx, [current.id], by)
      await changeActivity(tx, outbox, seal, current, { ...current, visibility: 'operational' }, now)
    }
    await tx.release.delete({ where: { activityId: current.id } })
    await record(tx, { staffMemberId: by.id, action: 'release.ended', subject: slug }, now)
  })
}
