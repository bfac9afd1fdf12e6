import type { DateTime } from 'luxon'
import type { Db, Reader } from '../../platform/database/connect.ts'
import { queueOf } from '../../platform/outbox.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { memberOf, memberSelect } from '../../identity/staff/queries.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { lockActivities } from '../../programme/activities/queries.ts'
import type { Decision, Ending } from '../../programme/activities/decisions.ts'

/** How long a decision is kept: who asked may look it up from the email about it. */
const daysKept = 30

/** A decision, or another end, of which the member of staff who asked is still to be told. */
export type ToTell = Pick<Decision, 'about' | 'reason'> & {
  decision: Decision['decision'] | Ending
  /** Undefined where the activity was deleted; then `title` is what is left of it. */
  slug: string | undefined
  title: string
  /** Whether somebody else asked as well: it may not be as they asked. */
  isShared: boolean
  staff: StaffMember & { email: string }
}

/** Finds it; undefined where they were told, cannot sign in any more, or asked without an account. */
export async function findDecision (
  db: Reader, id: string, now: DateTime<true>
): Promise<ToTell | undefined> {
  const row = await db.approvalDecision.findUnique({
    where: { id, toldAt: null }, include: { activity: { select: { slug: true } } }
  })
  if (row === null || row.askedById === null) return undefined
  const person = await db.staffMember.findUnique({
    where: { id: row.askedById, disabledAt: null }, select: { ...memberSelect(now), email: true }
  })
  if (person === null) return undefined
  return {
    about: row.about as Decision['about'],
    decision: row.decision as ToTell['decision'],
    reason: row.reason,
    slug: row.activity?.slug,
    title: row.title,
    isShared: row.activityId !== null && await isShared(db, { ...row, activityId: row.activityId }),
    staff: { ...memberOf(person), email: person.email }
  }
}

/** Whether the same decision is noted for another one who asked. */
async function isShared (
  db: Reader, { activityId, about, decidedAt }: { activityId: string, about: string, decidedAt: Date }
): Promise<boolean> {
  return await db.approvalDecision.count({ where: { activityId, about, decidedAt } }) > 1
}

/** Notes that the email about a decision went out or was refused for good, or that there is nobody to tell any more. */
export async function noteDecisionTold (
  db: Db, id: string, to: 'staff' | 'entrant', now: DateTime<true>
): Promise<void> {
  const askedById = to === 'staff' ? { not: null } : null
  await db.approvalDecision.updateMany({ where: { id, askedById, toldAt: null }, data: { toldAt: now.toJSDate() } })
}

/** How long an email may take to go out by itself before its job counts as lost, in minutes. */
const graceMinutes = 2

/** How far back to look, in days: longer than a job tries, and no longer than the news is any. */
const sweptDays = 7

/**
 * Announces again the decisions, and other ends, of which nobody was told and for which no job is left: it was lost, or
 * given up while the mail server was away for days. Returns how many.
 */
export async function sweepDecisions (db: Db, outbox: Outbox, now: DateTime<true>): Promise<number> {
  const lost = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM approval_decisions
    WHERE told_at IS NULL AND decided_at > ${now.minus({ days: sweptDays }).toJSDate()}
      AND decided_at <= ${now.minus({ minutes: graceMinutes }).toJSDate()}
      AND NOT EXISTS (
        SELECT FROM pgboss.job
        WHERE name = ANY (${decidedQueues}::text[]) AND state < 'completed' AND data->>'decisionId' = approval_decisions.id::text)
    ORDER BY decided_at, id`
  if (lost.length === 0) return 0
  await db.$transaction(async tx => {
    await outbox.announce(tx, 'approval.decided', lost.map(({ id }) => ({ decisionId: id })))
  })
  return lost.length
}

/** Where a decision waits for someone to be told: members of staff, and those who entered the activity. */
const decidedQueues = [queueOf({ fact: 'approval.decided' }), queueOf({ fact: 'approval.decided', name: 'entries' })]

/**
 * Deletes changes that wait although their activity is over, and decisions of long ago; returns how many changes. What
 * was asked for after the end stays: it is about what everyone can still read.
 */
export async function dropOldProposals (db: Db, now: DateTime<true>): Promise<number> {
  await db.approvalDecision.deleteMany({ where: { decidedAt: { lte: now.minus({ days: daysKept }).toJSDate() } } })
  return await db.$transaction(async tx => {
    const over = await tx.$queryRaw<Array<{ id: string }>>`
      SELECT a.id FROM activities a JOIN proposals p ON p.activity_id = a.id
      WHERE p.asked_at < a.ends_at AND a.ends_at <= ${now.toJSDate()}`
    const ids = over.map(({ id }) => id)
    // As whoever asks: the activities, in their order, and then what waits of them.
    await lockActivities(tx, ids)
    return await tx.$executeRaw`
      DELETE FROM proposals p USING activities a
      WHERE a.id = ANY (${ids}::uuid[]) AND a.id = p.activity_id AND p.asked_at < a.ends_at AND a.ends_at <= ${now.toJSDate()}`
  })
}
