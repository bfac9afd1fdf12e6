import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { activityFields } from './answers.ts'
import type { ActivityField, Answers } from './answers.ts'
import { units, unitsChanged } from './both-changed.ts'
import type { Unit } from './both-changed.ts'
import { askersOf, endingWhatWaits } from '../../programme/activities/decisions.ts'

/** A change, by field of the form: what it was when somebody asked, and what it is to be. */
export type Changes = Partial<Record<ActivityField, readonly [was: string, wanted: string]>>

/** Who asks for a change: a member of staff, or someone without an account who entered the activity. */
export type Proposer = Pick<StaffMember, 'id'> | 'entrant'

/** A change of what everyone reads of an activity that waits for a coordinator. */
export interface Proposal {
  /** Another one each time that somebody asks. */
  id: string
  changes: Changes
  /** Who asked last; undefined: someone without an account. */
  askedById: string | undefined
  /** All who asked, the last one at the end; the activity's own id is someone without an account. */
  askedByIds: readonly string[]
  askedAt: DateTime<true>
  /** Set if it was sent back: by whom, and what has to be changed first. */
  returned: { byId: string, reason: string } | undefined
}

/** True where nobody who works here has asked for it or added to it. */
export function isAskedByEntrantAlone ({ askedById, askedByIds }: Pick<Proposal, 'askedById' | 'askedByIds'>): boolean {
  return askedById === undefined && askedByIds.length === 1
}

/** The change that some units make, with all fields of each: they only make sense together. */
export function changesOf (before: Answers, after: Answers, of: readonly Unit[]): Changes {
  return Object.fromEntries(of.flatMap(unit => units[unit])
    .map((field: ActivityField) => [field, [before[field], after[field]] as const]))
}

/**
 * The answers that a change is to come to. Who is told the place stays as it is by now, unless the change is about
 * that: a place that was hidden since somebody asked for another does not show again by approving it.
 */
export function withChanges (answers: Answers, changes: Changes): Answers {
  const { secret_place: [was, wanted] = ['', ''] } = changes
  return { ...answers, ...sideOf(changes, 1), ...was === wanted && { secret_place: answers.secret_place } }
}

/** The answers as they were when somebody asked for a change, as far as it is about them. */
export function beforeChanges (answers: Answers, changes: Changes): Answers {
  return { ...answers, ...sideOf(changes, 0) }
}

function sideOf (changes: Changes, side: 0 | 1): Partial<Answers> {
  return Object.fromEntries(activityFields.flatMap(field => {
    const change = changes[field]
    return change === undefined ? [] : [[field, change[side]]]
  }))
}

/** The part of a change that is about some units. */
export function onlyOf (changes: Changes, of: readonly Unit[]): Changes {
  const fields: readonly ActivityField[] = of.flatMap(unit => units[unit])
  return Object.fromEntries(Object.entries(changes).filter(([field]) => fields.includes(field as ActivityField)))
}

/** The parts of an activity that a change would still make another than they are now. */
export function unitsToCome (now: Answers, changes: Changes): Unit[] {
  return unitsChanged(now, withChanges(now, changes))
}

/** The change that waits for a coordinator, or was sent back; undefined without one. */
export async function findProposal (db: Reader, activityId: string): Promise<Proposal | undefined> {
  const row = await db.proposal.findUnique({ where: { activityId } })
  if (row === null) return undefined
  return {
    id: row.id,
    changes: row.changes as Changes,
    askedById: row.askedById ?? undefined,
    askedByIds: askersOf(row),
    askedAt: instant(row.askedAt),
    returned: row.returnedById === null ? undefined : { byId: row.returnedById, reason: row.reason }
  }
}

/**
 * Has a change wait for a coordinator instead of the one that waits, or that was sent back; whoever asked for that one
 * hears what is decided about this. Without any change nothing waits any more, and they are told that. The activity's
 * row is locked, and it is published.
 */
export async function proposeChange (
  tx: Tx, outbox: Outbox,
  { activityId, changes, by, now }: { activityId: string, changes: Changes, by: Proposer, now: DateTime<true> }
): Promise<void> {
  const before = await findProposal(tx, activityId)
  const isNone = Object.keys(changes).length === 0
  if (isNone && before === undefined) return
  const staffMemberId = by === 'entrant' ? undefined : by.id
  const drop = async () => { if (before !== undefined) await tx.proposal.delete({ where: { id: before.id } }) }
  if (isNone) {
    const ender = by === 'entrant' ? undefined : by
    await endingWhatWaits(tx, outbox, { ids: [activityId], ending: 'withdrawn', by: ender }, now, drop)
  } else {
    await drop()
    const askedBefore = (before?.askedByIds ?? []).filter(id => id !== (staffMemberId ?? activityId))
    await tx.proposal.create({
      data: { activityId, changes, askedById: staffMemberId ?? null, askedBefore, askedAt: now.toJSDate() }
    })
  }
  const { slug } = await tx.activity.findUniqueOrThrow({ where: { id: activityId }, select: { slug: true } })
  await record(tx, {
    staffMemberId,
    action: isNone ? 'proposal.withdrawn' : 'proposal.made',
    subject: slug,
    details: Object.fromEntries(Object.entries(changes).filter(([, [was, wanted]]) => was !== wanted)
      .map(([field, change]) => [field, [...change]]))
  }, now)
}
