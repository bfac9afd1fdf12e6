import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { dayOf } from '../../programme/support/kept-contact.ts'
import { LegalHoldLifted, LegalHoldNotFound } from './errors.ts'
import { legalHoldEffects, liftingEffects } from './legal-hold.ts'
import type { Held, LegalHoldDraft, LegalHold } from './legal-hold.ts'
import { countBookingsOf, countDue, getLegalHold } from './queries.ts'

/** A hold to be set, with the mark of the effects that were read. */
export interface NewLegalHold extends LegalHoldDraft {
  /** Made from the form and its answers: sent twice, it is one hold. */
  id: string
  of: Held
  confirmed: string | undefined
}

/**
 * Keeps an activity's bookings, or a person's, from being deleted. The trail says who did it and why, but never names
 * the person. Does nothing if the hold is set already. Throws `ConfirmationRequired` with how many bookings it keeps,
 * and `LegalHoldLifted` where the same form has set a hold that was lifted since.
 *
 * Waits for a deletion under way (office/forgetting/commands.ts): what it keeps is still there afterwards.
 */
export async function setLegalHold (
  db: Db, { id, of, confirmed, ...draft }: NewLegalHold, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await tx.$executeRaw`LOCK TABLE legal_holds IN ROW EXCLUSIVE MODE`
    const before = await tx.legalHold.findUnique({ where: { id }, select: { liftedAt: true } })
    if (before !== null && before.liftedAt !== null) throw new LegalHoldLifted()
    if (before !== null) return
    const bookings = await countBookingsOf(tx, of)
    requireConfirmation({ sentences: legalHoldEffects(bookings), changes: [] }, confirmed)
    const { count } = await tx.legalHold.createMany({
      skipDuplicates: true,
      data: {
        id,
        ...'activity' in of ? { activityId: of.activity.id } : { canonicalEmail: of.canonicalEmail },
        ...rowOf(draft),
        setById: by.id,
        setAt: now.toJSDate()
      }
    })
    // A second press of the same button was quicker.
    if (count === 0) return
    await record(tx, {
      staffMemberId: by.id, action: 'legal-hold.set', subject: id, details: { ...auditDetailsOf(of), ...draft, bookings }
    }, now)
  })
}

/** Changes a hold's reason, its owner and the day of its review. Throws `LegalHoldLifted`. */
export async function changeLegalHold (
  db: Db, id: string, draft: LegalHoldDraft, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { reason, owner, reviewOn } = await lockActiveHold(tx, id)
    await tx.legalHold.update({ where: { id }, data: rowOf(draft) })
    await record(tx, {
      staffMemberId: by.id,
      action: 'legal-hold.changed',
      subject: id,
      details: {
        reason: [reason, draft.reason], owner: [owner, draft.owner], reviewOn: [reviewOn, draft.reviewOn]
      }
    }, now)
  })
}

/**
 * Lifts a hold: what it kept is deleted on its day, or by the next run where that has passed. The address that it was
 * on is not kept. Lifted already, it stays lifted. Throws `ConfirmationRequired`.
 */
export async function liftLegalHold (
  db: Db, id: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const hold = await lock(tx, id)
    if (hold.liftedAt !== undefined) return
    requireConfirmation({ sentences: await effectsOfLifting(tx, hold, now), changes: [] }, confirmed)
    await tx.legalHold.update({
      where: { id }, data: { liftedAt: now.toJSDate(), liftedById: by.id, canonicalEmail: null }
    })
    await record(tx, { staffMemberId: by.id, action: 'legal-hold.lifted', subject: id, details: hold.of ? auditDetailsOf(hold.of) : {} }, now)
  })
}

/** What lifting a hold at `now` does. */
export async function effectsOfLifting (db: Tx | Db, hold: LegalHold, now: DateTime<true>): Promise<string[]> {
  return liftingEffects({ bookings: hold.bookings, due: await countDue(db, hold, dayOf(now)) })
}

async function lockActiveHold (tx: Tx, id: string): Promise<LegalHold> {
  const hold = await lock(tx, id)
  if (hold.liftedAt !== undefined) throw new LegalHoldLifted()
  return hold
}

async function lock (tx: Tx, id: string): Promise<LegalHold> {
  const [row] = await tx.$queryRaw<unknown[]>`SELECT 1 FROM legal_holds WHERE id = ${id}::uuid FOR UPDATE`
  if (row === undefined) throw new LegalHoldNotFound()
  return await getLegalHold(tx, id)
}

function rowOf ({ reason, owner, reviewOn }: LegalHoldDraft) {
  return { reason, owner, reviewOn: new Date(reviewOn) }
}

/** What is held, as the audit trail may keep it for good: an activity by its slug, a person only as `a person`. */
function auditDetailsOf (of: Held): { on: string } {
  return { on: 'activity' in of ? of.activity.slug : 'a person' }
}
