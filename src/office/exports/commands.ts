import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { recordAll } from '../../identity/staff/audit.ts'

/** A list that someone is about to have, as the audit trail keeps it. */
export interface BegunList {
  /** How many rows there will be of each activity, by its slug. */
  rows: ReadonlyMap<string, number>
  /** Names of its columns. */
  columns: readonly string[]
  format: string
  /** Why they want it. */
  why: string
  /** Who is on it, without anything that was typed about a person. */
  who: string
  /** Address where it can be chosen again, without the same. */
  madeAt: string
  /** Whether they chose it on its page: they are shown its columns next time, and told if it breaks off. */
  isChosen: boolean
}

/**
 * Begins a list of attendees: records who takes how many rows of which columns away from each activity, and why.
 * Nothing may be sent before this has committed. Returns the id of the list, by which it ends.
 */
export async function beginList (
  db: Db, staff: StaffMember, { rows, columns, format, why, who, madeAt, isChosen }: BegunList, now: DateTime<true>
): Promise<string> {
  const listId = randomUUID()
  await db.$transaction(async tx => {
    await recordAll(tx, [...rows].map(([subject, rows]) => ({
      staffMemberId: staff.id,
      action: 'attendees.exported',
      subject,
      details: { rows, columns: [...columns], format, why, who }
    })), now)
    // The list of a script leaves that of its person as it is: nobody reads a page with what became of it.
    if (!isChosen) return
    const last = {
      listId,
      columns: [...columns],
      format,
      madeAt,
      rows: sumOf(rows),
      rowsSent: null,
      begunAt: now.toJSDate(),
      endedAt: null
    }
    await tx.lastList.upsert({
      where: { staffMemberId: staff.id }, update: last, create: { staffMemberId: staff.id, ...last }
    })
  })
  return listId
}

/** How a list ended: whole, or cut off after some of its rows. */
export interface EndedList {
  listId: string
  activities: readonly string[]
  rows: number
  rowsSent: number
  isWhole: boolean
}

/**
 * Notes how a list ended. One that was cut off is recorded of each of its activities; who chose it is told on their
 * next visit (staff-page.ts). Safe to do twice for a list that was whole.
 */
export async function endList (
  db: Db, staff: StaffMember, { listId, activities, rows, rowsSent, isWhole }: EndedList, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { count } = await tx.lastList.updateMany({
      where: { staffMemberId: staff.id, listId, endedAt: null },
      // What is missing may be less than a row: one that was cut off never counts as whole.
      data: { endedAt: now.toJSDate(), rowsSent: isWhole ? rows : Math.min(rowsSent, Math.max(0, rows - 1)) }
    })
    if (isWhole) return
    // Done before, with an answer that was lost.
    if (count === 0 && await tx.lastList.count({ where: { staffMemberId: staff.id, listId } }) > 0) return
    await recordAll(tx, activities.map(subject => ({
      staffMemberId: staff.id, action: 'attendees.export-cut-off', subject, details: { rowsSent, rows }
    })), now)
  })
}

function sumOf (rows: ReadonlyMap<string, number>): number {
  return [...rows.values()].reduce((sum, some) => sum + some, 0)
}
