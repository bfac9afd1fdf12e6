import type { DateTime } from 'luxon'
import { cancelIn } from '../../booking/bookings/cancel.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record, recordAll } from '../../identity/staff/audit.ts'
import { people, requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { lockActivities } from '../../programme/activities/queries.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { live } from '../../programme/booking-rules.ts'
import { isCancellingAsked, mayWithdraw, stateOf } from '../../programme/entries/entry.ts'
import type { Entry, EntryActivity } from '../../programme/entries/entry.ts'
import { EntryMoved } from '../../programme/entries/errors.ts'
import { findEntry, listEntries } from '../../programme/entries/queries.ts'
import { approves } from '../../programme/activities/approval.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { endingWhatWaits } from '../../programme/activities/decisions.ts'
import { deleteFreeDraft } from '../editor/delete-draft.ts'
import { reliedOn } from '../editor/queries.ts'
import { whyNotDeleted } from '../editor/relied-on.ts'
import { lockEntered } from './amend.ts'
import type { EntryParts } from './amend.ts'

/** What everyone reads of an activity that who entered it has withdrawn. */
const cancelledBecause = 'The people who run it have cancelled it.'

/** What withdrawing an entry does; no sentence where it is a draft, which nobody reads who did not look after it. */
export async function withdrawingEffects (
  db: Reader, { id: activityId, status }: Pick<EntryActivity, 'id' | 'status'>
): Promise<Effects> {
  if (status !== 'published') return { sentences: [], changes: [] }
  const { bookings, holds } = await reliedOn(db, activityId)
  const count = await db.booking.count({ where: { activityId, ...live.where } })
  const booked = count === 0 ? 'People have booked, or places are kept for them.' : `${people(count, 'has', 'have')} booked.`
  return {
    sentences: bookings + holds > 0
      ? [
          `${booked} An organiser decides if it is cancelled.`,
          'If they cancel it, we email everyone who has booked. If not, we email you the reason.',
          'Until they decide, it stays in the programme.'
        ]
      : ['Nobody has booked, so we only email you.', 'It is cancelled at once. Everyone can see that it will not take place.', 'This cannot be undone.'],
    changes: []
  }
}

/**
 * Withdraws what someone entered, until it is over. A draft is deleted. What is published is cancelled; where people
 * have booked, that is left to those who run it, who read first who would be told. Twice is once. Returns what became
 * of it. Throws `EntryMoved`, and `ConfirmationRequired` unless they have read what follows.
 */
export async function withdrawEntry (
  { db, outbox, seal }: EntryParts, { id, confirmed }: { id: string, confirmed: string | undefined },
  now: DateTime<true>
): Promise<'withdrawn' | 'asked'> {
  return await db.$transaction(async tx => {
    const before = await findEntry(tx, id)
    if (before === undefined || before.outcome === 'withdrawn') return 'withdrawn'
    if (isCancellingAsked(before)) return 'asked'
    if (stateOf(before) === 'unconfirmed') {
      await tx.$queryRaw`SELECT 1 FROM entries WHERE id = ${id}::uuid FOR UPDATE`
      const locked = await findEntry(tx, id)
      if (locked === undefined) return 'withdrawn'
      if (stateOf(locked) !== 'unconfirmed') throw new EntryMoved()
      await tx.entry.delete({ where: { id } })
      return 'withdrawn'
    }
    const { entry, current } = await lockEntered(tx, seal, id)
    if (entry.outcome !== undefined || !mayWithdraw(entry, now)) throw new EntryMoved()
    requireConfirmation(await withdrawingEffects(tx, current), confirmed)
    const { bookings, holds } = await reliedOn(tx, current.id)
    if (current.status === 'published' && bookings + holds > 0) {
      await tx.entry.update({ where: { id }, data: { cancellingAskedAt: now.toJSDate(), reason: '' } })
      await record(tx, { staffMemberId: undefined, action: 'entry.cancelling-asked', subject: current.slug }, now)
      return 'asked'
    }
    await end(tx, outbox, { entries: [entry], outcome: 'withdrawn', reason: '' }, now)
    if (current.status === 'published') {
      await cancelIn(tx, outbox, current, { reason: cancelledBecause }, now)
    } else {
      await dropDraft(tx, outbox, current, undefined, now)
    }
    await record(tx, { staffMemberId: undefined, action: 'entry.withdrawn', subject: current.slug }, now)
    return 'withdrawn'
  })
}

/** Marks entries as ended, and announces it to who entered them. */
async function end (
  tx: Tx, outbox: Outbox,
  { entries, outcome, reason }: { entries: ReadonlyArray<Pick<Entry, 'id'>>, outcome: 'withdrawn' | 'refused', reason: string },
  now: DateTime<true>
): Promise<void> {
  const ids = entries.map(({ id }) => id)
  await tx.$queryRaw`SELECT 1 FROM entries WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`
  await tx.entry.updateMany({ where: { id: { in: ids } }, data: { outcome, reason, endedAt: now.toJSDate() } })
  await outbox.announce(tx, 'entry.moved', ids.map(entryId => ({ entryId, what: outcome })))
}

/** Deletes the locked draft of an entry; one on which anything relies waits for nobody, and stays with organisers. */
async function dropDraft (
  tx: Tx, outbox: Outbox, draft: Pick<EntryActivity, 'id' | 'slug' | 'title' | 'status'>, by: StaffMember | undefined,
  now: DateTime<true>
): Promise<void> {
  const isFree = whyNotDeleted(draft, await reliedOn(tx, draft.id)) === undefined
  if (isFree) await deleteFreeDraft(tx, outbox, draft, by, now)
  else {
    await endingWhatWaits(tx, outbox, { ids: [draft.id], ending: 'withdrawn', by }, now, async () => {
      await tx.approvalRequest.deleteMany({ where: { activityId: draft.id } })
    })
  }
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
    await lockActivities(tx, ids)
    const known = within(by, 'approve activities')
    const entries = await listEntries(tx, { activityId: { in: [...ids] } }, { known })
    const areas = await tx.coordinator.findMany({ where: { staffMemberId: by.id } })
    const mayRefuse = (entry: Entry) => {
      const ofCampaign = areas.filter(({ campaignId }) => campaignId === entry.campaign.id)
      return entry.activity !== undefined && approves(by, ofCampaign, entry.activity.district) &&
        ['waiting', 'returned'].includes(stateOf(entry))
    }
    if (entries.length < ids.length || !entries.every(mayRefuse)) throw new EntryMoved()
    requireConfirmation(refusingEffects(entries, reason), confirmed)
    await end(tx, outbox, { entries, outcome: 'refused', reason }, now)
    const drafts = entries.flatMap(({ activity }) => activity ?? [])
    for (const draft of drafts) await dropDraft(tx, outbox, draft, by, now)
    await recordAll(tx, drafts.map(({ slug }) => ({ staffMemberId: by.id, action: 'entry.refused' as const, subject: slug })), now)
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
