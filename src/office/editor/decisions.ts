import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'

/** What a coordinator decided about what was asked: that a draft becomes public, or a change. */
export interface Decision {
  activityId: string
  about: 'activity' | 'change'
  decision: 'approved' | 'returned'
  /** Why it was sent back; empty where it was approved. */
  reason: string
  /** All who asked, each once: members of staff; and the activity itself, for someone without an account. */
  askedByIds: readonly string[]
}

/** All who asked, with who asked last at the end; someone without an account by the activity's own id. */
export function askersOf (
  { activityId, askedById, askedBefore }:
  { activityId: string, askedById: string | null, askedBefore: readonly string[] }
): string[] {
  const last = askedById ?? activityId
  return [...askedBefore.filter(id => id !== last), last]
}

/** Notes a decision and announces it, so that all who asked are told of it; not who decides about what is their own. */
export async function noteDecision (
  tx: Tx, outbox: Outbox, decision: Decision, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await noteDecisions(tx, outbox, [decision], by, now)
}

/** The same for several at once: a row for each who asked, so that each is told once. */
export async function noteDecisions (
  tx: Tx, outbox: Outbox, decisions: readonly Decision[], by: StaffMember, now: DateTime<true>
): Promise<void> {
  const rows = decisions.flatMap(({ askedByIds, ...decision }) =>
    askedByIds.filter(id => id !== by.id).map(askedById => ({
      ...decision,
      id: randomUUID(),
      askedById: askedById === decision.activityId ? null : askedById,
      decidedById: by.id,
      decidedAt: now.toJSDate()
    })))
  if (rows.length === 0) return
  await tx.approvalDecision.createMany({ data: rows })
  await outbox.announce(tx, 'approval.decided', rows.map(({ id }) => ({ decisionId: id })))
}

/**
 * Has a draft wait for a coordinator, anew where it was sent back; whoever asked before hears what is decided too. The
 * activity's row is locked.
 */
export async function requestApproval (
  tx: Tx, activityId: string, askedById: string, now: DateTime<true>
): Promise<void> {
  const before = await tx.approvalRequest.findUnique({ where: { activityId } })
  const request = {
    askedById,
    askedBefore: before === null ? [] : askersOf(before).filter(id => id !== askedById),
    askedAt: now.toJSDate(),
    returnedById: null,
    returnedAt: null,
    reason: ''
  }
  await tx.approvalRequest.upsert({ where: { activityId }, create: { activityId, ...request }, update: request })
}
