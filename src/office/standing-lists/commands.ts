import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record, recordAll } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { toKeep } from '../../booking/attendees/filter.ts'
import { whoInOneLine } from '../exports/in-words.ts'
import { StandingListChanged, TooLate } from './errors.ts'
import { aboutInWords } from './in-words.ts'
import { isWorthSending, lastWeekly, nextWeekly } from './occasions.ts'
import { listDueBefore, listDueWeekly, lockStandingList, lockStandingLists } from './queries.ts'
import type { DueBefore, Run } from './queries.ts'
import { answersOf, isFailure, mostFailures, standingDraft, versionOf } from './standing-list.ts'
import type { Outcome, Scope, StandingDraft, StandingList, Timing } from './standing-list.ts'

/** Makes a list that is announced to its owner from now on. A double press makes one. Throws `TooLate`. */
export async function makeStandingList (
  db: Db, staff: StaffMember, { id, scope, draft }: { id: string, scope: Scope, draft: StandingDraft },
  now: DateTime<true>
): Promise<void> {
  assertInTime(scope, draft, now)
  await db.$transaction(async tx => {
    const { about, activity, campaign, filter } = scope
    const { count } = await tx.standingList.createMany({
      data: {
        id,
        staffMemberId: staff.id,
        about,
        activityId: activity?.id ?? null,
        campaignId: campaign?.id ?? null,
        who: toKeep(filter),
        createdAt: now.toJSDate(),
        ...columnsOf(draft, now)
      },
      skipDuplicates: true
    })
    if (count === 0) return
    await passOver(tx, id, now)
    await record(tx, {
      staffMemberId: staff.id, action: 'standing-list.made', subject: id, details: detailsOf({ ...scope, ...draft })
    }, now)
  })
}

/** Changes what a list has and when it is sent. Throws `StandingListNotFound`, `StandingListChanged`, `TooLate`. */
export async function changeStandingList (
  db: Db, staff: StaffMember, { id, versionHash }: { id: string, versionHash: string }, draft: StandingDraft,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const list = await lockStandingList(tx, staff, id)
    const changed = standingDraft.differences(answersOf(list), answersOf(draft))
    if (Object.keys(changed).length === 0) return
    if (versionOf(list) !== versionHash) throw new StandingListChanged()
    assertInTime(list, draft, now)
    const columns = columnsOf(draft, now)
    await tx.standingList.update({
      where: { id }, data: { ...columns, nextAt: list.stopped === undefined ? columns.nextAt : null }
    })
    await passOver(tx, id, now)
    await record(tx, { staffMemberId: staff.id, action: 'standing-list.changed', subject: id, details: changed }, now)
  })
}

/** Stops a list; what is due already is not sent. Stopping twice is stopping once. */
export async function stopStandingList (db: Db, staff: StaffMember, id: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const list = await lockStandingList(tx, staff, id)
    if (list.stopped !== undefined) return
    await tx.standingList.update({
      where: { id }, data: { stoppedAt: now.toJSDate(), stoppedBecause: 'owner', nextAt: null }
    })
    await record(tx, { staffMemberId: staff.id, action: 'standing-list.stopped', subject: id, details: about(list) }, now)
  })
}

/** Has a list sent again, from its next occasion on. */
export async function startStandingList (db: Db, staff: StaffMember, id: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const list = await lockStandingList(tx, staff, id)
    if (list.stopped === undefined) return
    await tx.standingList.update({
      where: { id }, data: { stoppedAt: null, stoppedBecause: null, failures: 0, nextAt: nextOf(list.timing, now) }
    })
    await passOver(tx, id, now)
    await record(tx, { staffMemberId: staff.id, action: 'standing-list.started', subject: id, details: about(list) }, now)
  })
}

/** Deletes a list with its runs: links in emails about it lead nowhere. */
export async function deleteStandingList (db: Db, staff: StaffMember, id: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const list = await lockStandingList(tx, staff, id)
    await tx.standingList.delete({ where: { id } })
    await record(tx, { staffMemberId: staff.id, action: 'standing-list.deleted', subject: id, details: about(list) }, now)
  })
}

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

/** A list before one activity must have a moment to come. */
function assertInTime ({ about, activity }: Scope, { timing }: StandingDraft, now: DateTime<true>): void {
  if (about !== 'activity' || activity === undefined || timing.how !== 'before') return
  if (activity.startsAt.minus({ hours: timing.hours }) <= now) throw new TooLate()
}

/** Occasions that are past when a list is made, changed or started again are no reason to send it. */
async function passOver (tx: Tx, id: string, now: DateTime<true>): Promise<void> {
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

function nextOf (timing: Timing, now: DateTime<true>): Date | null {
  return timing.how === 'weekly' ? nextWeekly(timing, now).toJSDate() : null
}

function columnsOf ({ columns, format, why, timing }: StandingDraft, now: DateTime<true>) {
  const weekly = timing.how === 'weekly' ? timing : undefined
  return {
    columns: columns.map(({ name }) => name),
    format,
    why,
    how: timing.how,
    weekday: weekly?.weekday ?? null,
    timeOfDay: weekly?.timeOfDay ?? null,
    days: weekly?.days ?? null,
    hours: timing.how === 'before' ? timing.hours : null,
    nextAt: nextOf(timing, now),
    ...(weekly && { zone: weekly.zone })
  }
}

function about (list: Scope): Record<string, string> {
  return { about: aboutInWords(list), who: whoInOneLine(list.filter) }
}

function detailsOf (list: Scope & StandingDraft): Record<string, string | string[]> {
  const answers = Object.entries(answersOf(list)).flatMap(([field, answer]) =>
    answer === undefined ? [] : [[field, Array.isArray(answer) ? [...answer] : String(answer)]])
  return { ...about(list), ...Object.fromEntries(answers) as Record<string, string | string[]> }
}
