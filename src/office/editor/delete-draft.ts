import type { DateTime } from 'luxon'
import { endingWhatWaits } from '../../programme/activities/decisions.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import type { Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { keepingKey } from '../../programme/teams/meeting.ts'
import type { Parts } from './edit.ts'
import { CannotBeDeleted } from './errors.ts'
import { reliedOn } from './queries.ts'
import { whyNotDeleted } from './relied-on.ts'

/**
 * Deletes a draft for good, with everything prepared for it: messages that were not sent, holds that have ended, people
 * who were to be asked and do not know of it, and the Teams meeting that we made. Throws `CannotBeDeleted` where
 * someone has relied on it, or another activity is another date of it.
 */
export async function deleteDraft (
  { db, outbox }: Omit<Parts, 'seal'>, activityId: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => { await deleteDraftIn(tx, outbox, activityId, by, now) })
}

/** The same as a part of what deletes several; without anyone, who entered it without an account withdraws it. */
export async function deleteDraftIn (
  tx: Tx, outbox: Outbox, activityId: string, by: StaffMember | undefined, now: DateTime<true>
): Promise<void> {
  const activity = await lockActivity(tx, activityId)
  const because = whyNotDeleted(activity, await reliedOn(tx, activityId))
  if (because !== undefined) throw new CannotBeDeleted(because)
  await deleteFreeDraft(tx, outbox, activity, by, now)
}

/** The same of a draft whose row is locked, and on which nothing relies. */
export async function deleteFreeDraft (
  tx: Tx, outbox: Outbox, { id: activityId, slug, title }: { id: string, slug: string, title: string },
  by: StaffMember | undefined, now: DateTime<true>
): Promise<void> {
  await tx.booking.deleteMany({ where: { activityId } })
  await leaveMeeting(tx, outbox, activityId)
  await tx.bulletin.deleteMany({ where: { activityId } })
  await tx.hold.deleteMany({ where: { activityId } })
  await endingWhatWaits(tx, outbox, { ids: [activityId], ending: 'deleted', by }, now, async () => {
    await tx.activity.delete({ where: { id: activityId } })
  })
  await record(tx, { staffMemberId: by?.id, action: 'activity.deleted', subject: slug, details: { title } }, now)
}

/**
 * Announces that the Teams meeting we made for an activity is to be deleted. Throws `CannotBeDeleted` while a job has
 * it in hand, because we cannot tell yet which meeting that makes.
 */
async function leaveMeeting (tx: Tx, outbox: Outbox, activityId: string): Promise<void> {
  const [{ isFree } = { isFree: true }] = await tx.$queryRaw<Array<{ isFree: boolean }>>`
    SELECT pg_try_advisory_xact_lock(${keepingKey}::int, hashtext(${activityId})) AS "isFree"`
  if (!isFree) throw new CannotBeDeleted('Its Teams meeting is being made or changed at this moment. Try again in a minute.')
  const meeting = await tx.teamsMeeting.findUnique({
    // A meeting that was let go stays in Teams: the link that someone pasted may be another way into it.
    where: { activityId, status: { not: 'removed' } }, select: { meetingIdSealed: true, madeAs: true }
  })
  const { leftovers = [] } = (meeting?.madeAs ?? {}) as { leftovers?: string[] }
  const left = [meeting?.meetingIdSealed ?? [], leftovers].flat()
  await outbox.announce(tx, 'meeting.left', left.map(meetingIdSealed => ({ meetingIdSealed })))
}
