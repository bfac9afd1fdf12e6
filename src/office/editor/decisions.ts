import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'

/** What a coordinator decided about what somebody asked: a draft that was to become public, or a change. */
export interface Decision {
  activityId: string
  about: 'activity' | 'change'
  decision: 'approved' | 'returned'
  /** Why it was sent back; empty where it was approved. */
  reason: string
  /** The member of staff who asked; undefined, or the activity itself: someone without an account. */
  askedById: string | undefined
}

/** Notes a decision and announces it, so that who asked is told of it; not who decides about what is their own. */
export async function noteDecision (
  tx: Tx, outbox: Outbox, decision: Decision, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await noteDecisions(tx, outbox, [decision], by, now)
}

/** The same for several at once. An activity that is said to have asked itself was entered without an account. */
export async function noteDecisions (
  tx: Tx, outbox: Outbox, decisions: readonly Decision[], by: StaffMember, now: DateTime<true>
): Promise<void> {
  const rows = decisions.filter(({ askedById }) => askedById !== by.id).map(({ askedById, ...decision }) => ({
    ...decision,
    id: randomUUID(),
    askedById: askedById === undefined || askedById === decision.activityId ? null : askedById,
    decidedById: by.id,
    decidedAt: now.toJSDate()
  }))
  if (rows.length === 0) return
  await tx.approvalDecision.createMany({ data: rows })
  await outbox.announce(tx, 'approval.decided', rows.map(({ id }) => ({ decisionId: id })))
}
