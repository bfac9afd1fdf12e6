import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { toKeep } from '../../booking/attendees/filter.ts'
import { whoInOneLine } from '../exports/in-words.ts'
import { StandingListChanged, TooLate } from './errors.ts'
import { aboutInWords } from './in-words.ts'
import { lockStandingList } from './queries.ts'
import { answersOf, standingDraft, versionOf } from './standing-list.ts'
import type { Scope, StandingDraft } from './standing-list.ts'
import { passOver } from './runs.ts'
import { nextOf } from './occasions.ts'

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

/** A list before one activity must have a moment to come. */
function assertInTime ({ about, activity }: Scope, { timing }: StandingDraft, now: DateTime<true>): void {
  if (about !== 'activity' || activity === undefined || timing.how !== 'before') return
  if (activity.startsAt.minus({ hours: timing.hours }) <= now) throw new TooLate()
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
