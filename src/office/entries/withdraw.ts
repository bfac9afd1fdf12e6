import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { changeActivity } from '../../programme/activities/commands.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { isCancellingAsked, mayWithdraw, stateOf } from '../../programme/entries/entry.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { EntryMoved } from '../../programme/entries/errors.ts'
import { getEntry } from '../../programme/entries/queries.ts'
import { forCoordinators } from '../../programme/activities/approval.ts'
import { deleteDraftIn } from '../editor/delete-draft.ts'
import { reliedOn } from '../editor/queries.ts'
import { whyNotDeleted } from '../editor/relied-on.ts'
import { lockEntered } from './amend.ts'
import type { EntryParts } from './amend.ts'

/** What everyone reads of an activity that who entered it has withdrawn. */
const cancelledBecause = 'The people who run it have cancelled it.'

/**
 * Withdraws what someone entered, until it is over. A draft is deleted. What is published is cancelled; where people
 * have booked, that is left to those who run it, who read first who would be told. Twice is once. Returns what became
 * of it. Throws `EntryMoved`.
 */
export async function withdrawEntry (
  { db, outbox, seal }: EntryParts, id: string, now: DateTime<true>
): Promise<'withdrawn' | 'asked'> {
  return await db.$transaction(async tx => {
    const before = await getEntry(tx, id)
    if (before.outcome === 'withdrawn') return 'withdrawn'
    if (isCancellingAsked(before)) return 'asked'
    if (stateOf(before) === 'unconfirmed') {
      await tx.$queryRaw`SELECT 1 FROM entries WHERE id = ${id}::uuid FOR UPDATE`
      if (stateOf(await getEntry(tx, id)) !== 'unconfirmed') throw new EntryMoved()
      await tx.entry.delete({ where: { id } })
      return 'withdrawn'
    }
    const { entry, current } = await lockEntered(tx, seal, id)
    if (entry.outcome !== undefined || !mayWithdraw(entry, now)) throw new EntryMoved()
    const { bookings, holds } = await reliedOn(tx, current.id)
    if (current.status === 'published' && bookings + holds > 0) {
      await tx.entry.update({ where: { id }, data: { cancellingAskedAt: now.toJSDate(), reason: '' } })
      await record(tx, { staffMemberId: undefined, action: 'entry.cancelling-asked', subject: current.slug }, now)
      return 'asked'
    }
    await end(tx, outbox, { entry, outcome: 'withdrawn', reason: '' }, now)
    if (current.status === 'published') {
      await changeActivity(tx, outbox, seal, current, { ...current, status: 'cancelled' }, now, { isQuiet: true })
      await tx.activity.update({
        where: { id: current.id }, data: { cancellationReason: cancelledBecause, icalSequence: { increment: 1 } }
      })
      await tx.proposal.deleteMany({ where: { activityId: current.id } })
    } else {
      await dropDraft(tx, outbox, current.id, undefined, now)
    }
    await record(tx, { staffMemberId: undefined, action: 'entry.withdrawn', subject: current.slug }, now)
    return 'withdrawn'
  })
}

/** Marks an entry as ended, and announces it to who entered it. */
async function end (
  tx: Tx, outbox: Outbox, { entry, outcome, reason }: { entry: Pick<Entry, 'id'>, outcome: 'withdrawn' | 'refused', reason: string },
  now: DateTime<true>
): Promise<void> {
  await tx.entry.update({ where: { id: entry.id }, data: { outcome, reason, endedAt: now.toJSDate() } })
  await outbox.announce(tx, 'entry.moved', [{ entryId: entry.id, what: outcome }])
}

/** Deletes the draft of an entry; one on which anything relies waits for nobody, and stays for its organisers. */
async function dropDraft (
  tx: Tx, outbox: Outbox, activityId: string, by: StaffMember | undefined, now: DateTime<true>
): Promise<void> {
  const { status } = await tx.activity.findUniqueOrThrow({ where: { id: activityId }, select: { status: true } })
  const isFree = whyNotDeleted({ status }, await reliedOn(tx, activityId)) === undefined
  if (isFree) await deleteDraftIn(tx, outbox, activityId, by, now)
  else await tx.approvalRequest.deleteMany({ where: { activityId } })
}

/** Entries that a coordinator refuses, why, and the token of what they have read. */
export interface Refusing { ids: readonly string[], reason: string, confirmed: string | undefined }

/**
 * Refuses what people entered, with a reason that each of them reads: the drafts are deleted. All or none. Throws
 * `EntryMoved` where one does not wait for this person any more, and `ConfirmationRequired`.
 */
export async function refuseEntries (
  { db, outbox }: { db: Db, outbox: Outbox }, { ids, reason, confirmed }: Refusing, by: StaffMember, now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`
    const entries: Entry[] = []
    const isForOthers = await forCoordinators(tx, by)
    for (const row of await tx.entry.findMany({
      where: { activityId: { in: [...ids] } },
      select: { id: true, activity: { select: { campaignId: true, district: true, visibility: true } } }
    })) {
      const entry = await getEntry(tx, row.id)
      const isTheirs = row.activity !== null && !isForOthers({
        campaignId: row.activity.campaignId, district: row.activity.district ?? undefined, visibility: 'public'
      })
      if (!isTheirs || !['waiting', 'returned'].includes(stateOf(entry))) throw new EntryMoved()
      entries.push(entry)
    }
    if (entries.length < ids.length) throw new EntryMoved()
    requireConfirmation(refusingEffects(entries, reason), confirmed)
    for (const entry of entries) {
      await end(tx, outbox, { entry, outcome: 'refused', reason }, now)
      if (entry.activity === undefined) continue
      await dropDraft(tx, outbox, entry.activity.id, by, now)
      await record(tx, { staffMemberId: by.id, action: 'entry.refused', subject: entry.activity.slug }, now)
    }
    return entries.length
  })
}

function refusingEffects (entries: readonly Entry[], reason: string): Effects {
  return {
    sentences: entries.flatMap(({ activity, organisation }) => activity === undefined
      ? []
      : [`${organisation} gets an email that “${activity.title}”, ${whenInWords(activity)}, is not taken, and why. It is deleted.`]),
    changes: [],
    basis: reason
  }
}
