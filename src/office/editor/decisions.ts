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
  /** The member of staff who asked; undefined: someone without an account. */
  askedById: string | undefined
}

/** Notes a decision and announces it, so that who asked is told of it; not who decides about what is their own. */
export async function noteDecision (
  tx: Tx, outbox: Outbox, { askedById, ...decision }: Decision, by: StaffMember, now: DateTime<true>
): Promise<void> {
  if (askedById === by.id) return
  const { id } = await tx.approvalDecision.create({
    data: { ...decision, askedById: askedById ?? null, decidedById: by.id, decidedAt: now.toJSDate() },
    select: { id: true }
  })
  await outbox.announce(tx, 'approval.decided', [{ decisionId: id }])
}
