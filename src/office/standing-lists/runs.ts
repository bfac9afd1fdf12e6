import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record, recordAll } from '../../identity/staff/audit.ts'
import { whoInOneLine } from '../exports/in-words.ts'
import { isWorthSending, lastWeekly } from './occasions.ts'
import { lockStandingLists } from './queries.ts'
import { listDueBefore, listDueWeekly } from './run-queries.ts'
import type { DueBefore, Run } from './run-queries.ts'
import { isFailure, mostFailures } from './standing-list.ts'
import type { Outcome, StandingDraft, StandingList } from './standing-list.ts'
import { nextOf } from './occasions.ts'

/**
 * Announces all lists that are due, each once. Runs every minute, in any number of processes: the lists are locked, and
 * what is due is read again under the lock. A weekly list that was missed for too long is noted as missed.
 */
export async function announceStandingLists (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  const [weekly, before] = await Promise.all([listDueWeekly(db, now), listDueBefore(db, now)])
  const ids = [...new Set([...weekly.map(({ id }) => id), ...before.map(({ listId }) => listId)])]
  if (ids.length === 0) return
  await db.$transaction(async tx => {
    await lockStandingLists(tx, ids)
    const weekly = await listDueWeekly(tx, now, ids)
    const before = await listDueBefore(tx, now, ids)
    const runs = await tx.standingListRun.createManyAndReturn({
      data: [...weekly.map(list => weeklyRunOf(list, now)), ...before.map(runBefore)],
      skipDuplicates: true,
      select: { id: true, outcome: true }
    })
    await tx.$executeRaw`
      UPDATE standing_lists l SET next_at = next.at
      FROM unnest(${weekly.map(({ id }) => id)}::uuid[], ${weekly.map(({ timing }) => nextOf(timing, now))}::timestamptz[])
        AS next (id, at) WHERE l.id = next.id`
    const due = runs.filter(({ outcome }) => outcome === null)
    await outbox.announce(tx, 'standing-list.due', due.map(({ id }) => ({ runId: id })))
  })
}

/** How a run ended: what was sent, with its number of people of each activity by slug. */
export interface RunEnd {
  outcome: Outcome
  rows?: ReadonlyMap<string, number>
  columns?: readonly string[]
}

/**
 * Notes how a run ended, once. So many failures one after the other stop the list, which is announced; a list that was
 * sent, or had nothing to send, begins to count anew.
 */
export async function endRun (
  db: Db, outbox: Outbox, { id: runId, list: { id, filter, why }, owner }: Run,
  { outcome, rows = new Map(), columns = [] }: RunEnd, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await lockStandingLists(tx, [id])
    const { count } = await tx.standingListRun.updateMany({
      where: { id: runId, outcome: null },
      data: {
        outcome,
        endedAt: now.toJSDate(),
        people: outcome === 'sent' ? [...rows.values()].reduce((sum, some) => sum + some, 0) : null
      }
    })
    if (count === 0) return
    if (isFailure(outcome)) return await countFailure(tx, outbox, { id, owner, outcome }, now)
    if (outcome === 'sent' || outcome === 'nothing') await tx.standingList.update({ where: { id }, data: { failures: 0 } })
    await recordAll(tx, [...rows].map(([subject, rows]) => ({
      staffMemberId: owner.id,
      action: 'attendees.list-announced',
      subject,
      details: { rows, columns: [...columns], why, who: whoInOneLine(filter) }
    })), now)
  })
}

async function countFailure (
  tx: Tx, outbox: Outbox, { id, owner, outcome }: { id: string, owner: { id: string }, outcome: Outcome },
  now: DateTime<true>
): Promise<void> {
  const { failures, stoppedAt } = await tx.standingList.update({ where: { id }, data: { failures: { increment: 1 } } })
  if (failures < mostFailures || stoppedAt !== null) return
  await tx.standingList.update({
    where: { id }, data: { stoppedAt: now.toJSDate(), stoppedBecause: outcome, nextAt: null }
  })
  await record(tx, {
    staffMemberId: owner.id, action: 'standing-list.failed', subject: id, details: { failures, because: outcome }
  }, now)
  await outbox.announce(tx, 'standing-list.stopped', [{ standingListId: id }])
}

/** Occasions that are past when a list is made, changed or started again are no reason to send it. */
export async function passOver (tx: Tx, id: string, now: DateTime<true>): Promise<void> {
  const past = await listDueBefore(tx, now, [id])
  await tx.standingListRun.createMany({
    data: past.map(due => ({ ...runBefore(due), outcome: 'over' satisfies Outcome, endedAt: now.toJSDate() })),
    skipDuplicates: true
  })
}

function weeklyRunOf (list: StandingList, now: DateTime<true>) {
  const { id, timing } = list
  const dueAt = timing.how === 'weekly' ? lastWeekly(timing, now) : now
  const isMissed = !isWorthSending(dueAt, now)
  return {
    standingListId: id,
    occasion: `weekly ${dueAt.toISO()}`,
    dueAt: dueAt.toJSDate(),
    ...keptOf(list),
    outcome: isMissed ? 'missed' satisfies Outcome : null,
    endedAt: isMissed ? now.toJSDate() : null
  }
}

/** What a list has when it is due: the run offers that, however the list is changed afterwards. */
function keptOf ({ columns, format, why, timing }: StandingDraft) {
  return {
    columns: columns.map(({ name }) => name), format, why, days: timing.how === 'weekly' ? timing.days ?? null : null
  }
}

function runBefore ({ listId, activityId, startsAt, dueAt, columns, format, why }: DueBefore) {
  return {
    columns,
    format,
    why,
    standingListId: listId,
    occasion: `before ${activityId} ${startsAt.toISO()}`,
    activityId,
    startsAt: startsAt.toJSDate(),
    dueAt: dueAt.toJSDate()
  }
}
