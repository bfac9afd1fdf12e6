import type { DateTime } from 'luxon'
import type { Db, Reader } from '../../platform/database/connect.ts'
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

/** Finds it; undefined where they cannot sign in any more, or asked without an account. */
export async function findDecision (
  db: Reader, id: string, now: DateTime<true>
): Promise<ToTell | undefined> {
  const row = await db.approvalDecision.findUnique({
    where: { id }, include: { activity: { select: { slug: true } } }
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
