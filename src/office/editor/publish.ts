import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { assertApproved } from '../../programme/activities/approval.ts'
import { changeActivity } from '../../programme/activities/commands.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { hasVenueInAddress, objectionsTo, objectionsToChange } from '../../programme/activities/objections.ts'
import { getActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { servingEffects } from '../../booking/waiting-list/serving-effects.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import type { Seal } from '../../platform/seal.ts'
import { namedId } from '../../platform/named-id.ts'
import { answersOf } from './answers.ts'
import { versionOf } from './both-changed.ts'
import { askersOf, noteDecision } from '../../programme/activities/decisions.ts'
import { assertEditable } from './edit.ts'
import type { Parts } from './edit.ts'
import { ChangedSinceRead, NotReady, PeopleRelyOnIt } from './errors.ts'
import { lockCurrentActivity } from './queries.ts'

/**
 * Publishes a draft, and serves those who wait on it. Does nothing if it is published already. `read` is the version
 * that was read, without which nothing is published of which somebody asks that it be approved. Throws `NotReady`,
 * `ApprovalNeeded`, `ChangedSinceRead`, and `ConfirmationRequired` where someone is served.
 */
export async function publishActivity (
  { db, outbox, seal }: Parts, slug: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>,
  { read }: { read?: string | undefined } = {}
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    if (current.status === 'published') return
    await publishDraft(tx, { outbox, seal }, { current, confirmed, read }, by, now)
  })
}

/** The same of a draft whose row is locked. */
export async function publishDraft (
  tx: Tx, { outbox, seal }: Omit<Parts, 'db'>,
  { current, confirmed, read }: { current: CurrentActivity, confirmed: string | undefined, read: string | undefined },
  by: StaffMember, now: DateTime<true>
): Promise<void> {
  assertEditable(current, now)
  const mustBeRead = read !== undefined || await isAskedFor(tx, current.id)
  if (mustBeRead && read !== readVersionOf(current)) throw new ChangedSinceRead()
  const draft: ActivityDraft = { ...current, status: 'published' }
  if (objectionsTo(draft).length > 0 || hasVenueInAddress(draft)) throw new NotReady()
  await assertApproved(tx, draft, by)
  requireConfirmation(await effectsOfPublishing(tx, current.id, now), confirmed)
  await change(tx, outbox, seal, current, 'published', now)
  if (draft.booking === 'places') await outbox.announce(tx, 'place.freed', [{ activityId: current.id }])
  await endRequest(tx, outbox, current.id, by, now)
  await record(tx, { staffMemberId: by.id, action: 'activity.published', subject: current.slug }, now)
}

/**
 * Whether somebody asks, or was told to change something first, before this is published: they can still change it, so
 * it is read first.
 */
export async function isAskedFor (db: Reader, activityId: string): Promise<boolean> {
  return await db.approvalRequest.count({ where: { activityId } }) > 0
}

/** The version of a draft as someone reads it before they approve it: another word makes another version. */
export function readVersionOf (current: ActivityDraft): string {
  return namedId(versionOf(answersOf(current)))
}

/** What is published waits for nobody any more: all who asked for it are told. */
async function endRequest (
  tx: Tx, outbox: Outbox, activityId: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  const asked = await tx.approvalRequest.findUnique({ where: { activityId } })
  if (asked === null) return
  await tx.approvalRequest.delete({ where: { activityId } })
  await noteDecision(tx, outbox, {
    activityId, about: 'activity', decision: 'approved', reason: '', askedByIds: askersOf(asked)
  }, by, now)
}

/** What publishing a draft at `now` does to those who wait on it. */
export async function effectsOfPublishing (db: Reader, activityId: string, now: DateTime<true>): Promise<Effects> {
  const published: Activity = { ...await getActivity(db, activityId), status: 'published' }
  return { ...await servingEffects(db, published, await occupancyOf(db, activityId), now), changes: [] }
}

/**
 * Makes a published activity a draft again, which only staff see. Throws `PeopleRelyOnIt`; a draft already, it does
 * nothing.
 */
export async function unpublishActivity (
  { db, outbox, seal }: Parts, slug: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    if (current.status === 'draft') return
    if (current.status === 'cancelled') throw new BookingNotOpen('cancelled')
    if (objectionsToChange(current, { ...current, status: 'draft' }).length > 0) throw new PeopleRelyOnIt()
    await change(tx, outbox, seal, current, 'draft', now)
    await record(tx, { staffMemberId: by.id, action: 'activity.taken-down', subject: slug }, now)
  })
}

async function change (
  tx: Tx, outbox: Outbox, seal: Seal, current: CurrentActivity, status: ActivityDraft['status'], now: DateTime<true>
): Promise<void> {
  await changeActivity(tx, outbox, seal, current, { ...current, status }, now)
}
