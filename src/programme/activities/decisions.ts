import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { memberOf, memberSelect } from '../../identity/staff/queries.ts'
import { may } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { findActivityKnownTo } from './known-activities.ts'
import type { KnownActivity } from './known-activities.ts'

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
  await noteAndAnnounce(tx, outbox, rows)
}

async function noteAndAnnounce (
  tx: Tx, outbox: Outbox, rows: Array<Prisma.ApprovalDecisionCreateManyInput & { id: string }>
): Promise<void> {
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

/**
 * How something stopped waiting although nobody decided it: it was taken back, or its activity was cancelled, hidden
 * from some who could read it, or deleted.
 */
export const endings = ['withdrawn', 'cancelled', 'hidden', 'deleted'] as const
export type Ending = typeof endings[number]

/** What waits, or was sent back, of an activity, and which members of staff asked for it. */
interface Asked {
  key: string
  activityId: string
  slug: string
  title: string
  about: Decision['about']
  askedByIds: string[]
}

/** What ends how, and by whom; undefined: by someone without an account, or at a terminal. */
interface End { ids: readonly string[], ending: Ending, by: Pick<StaffMember, 'id'> | undefined }

/**
 * Does to activities what may end that something waits of them, also by a trigger or by deleting them, and notes and
 * announces what has ended: the members of staff who asked are told, except who ends it. Someone without an account
 * hears what became of their entry. The activities' rows are locked.
 */
export async function endingWhatWaits<T> (
  tx: Tx, outbox: Outbox, { ids, ending, by }: End, now: DateTime<true>, act: () => Promise<T>
): Promise<T> {
  const before = await listAsked(tx, ids)
  // Of what is deleted nobody can say any more who might have changed it.
  const theirs = ending === 'deleted' ? await whoMayChange(tx, before, now) : undefined
  const result = await act()
  const after = before.length === 0 ? [] : await listAsked(tx, ids)
  const ended = before.filter(({ key }) => !after.some(other => other.key === key))
  const rows = ended.flatMap(({ activityId, title, about, askedByIds }) =>
    askedByIds.filter(id => id !== by?.id && theirs?.has(`${activityId} ${id}`) !== false).map(askedById => ({
      ...ending === 'deleted' ? { title } : { activityId },
      id: randomUUID(),
      about,
      decision: ending,
      askedById,
      decidedById: by?.id ?? activityId,
      decidedAt: now.toJSDate()
    })))
  await noteAndAnnounce(tx, outbox, rows)
  return result
}

async function listAsked (tx: Tx, ids: readonly string[]): Promise<Asked[]> {
  const rows = await tx.activity.findMany({
    where: { id: { in: [...ids] }, OR: [{ approvalRequest: { isNot: null } }, { proposal: { isNot: null } }] },
    select: {
      id: true, slug: true, title: true, approvalRequest: true, proposal: true, entry: { select: { id: true } }
    }
  })
  return rows.flatMap(({ id: activityId, slug, title, approvalRequest, proposal, entry }) => {
    const staffOf = (row: Parameters<typeof askersOf>[0]) =>
      askersOf(row).filter(id => id !== activityId && id !== entry?.id)
    const asked = (about: Decision['about'], key: string, row: Parameters<typeof askersOf>[0]) =>
      ({ key, activityId, slug, title, about, askedByIds: staffOf(row) })
    return [
      ...approvalRequest === null ? [] : [asked('activity', activityId, approvalRequest)],
      ...proposal === null ? [] : [asked('change', proposal.id, proposal)]
    ]
  })
}

/** Which of those who asked may change the activity still: each by the activity and the person. */
async function whoMayChange (tx: Tx, asked: readonly Asked[], now: DateTime<true>): Promise<Set<string>> {
  const people = await tx.staffMember.findMany({
    where: { id: { in: asked.flatMap(({ askedByIds }) => askedByIds) }, disabledAt: null }, select: memberSelect(now)
  })
  const theirs = new Set<string>()
  for (const person of people.map(memberOf)) {
    for (const { activityId, slug } of asked.filter(({ askedByIds }) => askedByIds.includes(person.id))) {
      if (await findToChange(tx, person, slug) !== undefined) theirs.add(`${activityId} ${person.id}`)
    }
  }
  return theirs
}

/** The activity, where someone who asked for something about it knows of it still and may change it. */
export async function findToChange (
  db: Reader, staff: StaffMember, slug: string
): Promise<KnownActivity | undefined> {
  const activity = await findActivityKnownTo(db, staff, slug)
  return activity !== undefined && may(staff, 'edit activities', activity) ? activity : undefined
}
