import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { Seal } from '../../platform/seal.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { carryOut, countOf, lockPlan, readRows, refuseWrongRows } from '../../programme/programme-file/commands.ts'
import type { ProgrammeRecord } from '../../programme/programme-file/csv-file.ts'
import { programmeFileOf } from '../../programme/programme-file/csv-file.ts'
import { ProgrammeRefused } from '../../programme/programme-file/errors.ts'
import { staleCells } from '../../programme/programme-file/plan.ts'
import type { Change } from '../../programme/programme-file/plan.ts'
import { listProgramme } from '../../programme/programme-file/queries.ts'
import { exportedRowOf } from '../../programme/programme-file/row.ts'
import { answersOf } from '../editor/answers.ts'
import { unitsChanged } from '../editor/both-changed.ts'
import { findProposal, proposeChange } from '../editor/proposals.ts'
import { proposedBy } from '../editor/waiting.ts'
import { importEffects, readReached } from './effects.ts'
import { getUpload, lockUpload } from './queries.ts'

/**
 * The programme that someone runs, of one campaign or of all, as a file that can be imported again; recorded. It is
 * without Teams links, which let anyone in: importing it leaves them as they are.
 */
export async function downloadProgramme (
  db: Db, seal: Seal, campaign: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<string> {
  const activities = await listProgramme(db, seal, campaign, within(by, 'run activities'))
  await db.$transaction(async tx => {
    await record(tx, {
      staffMemberId: by.id,
      action: 'programme.exported',
      subject: undefined,
      details: { activities: activities.length, ...(campaign !== undefined && { campaign }) }
    }, now)
  })
  return programmeFileOf(activities.map(activity => exportedRowOf(activity)))
}

/** Keeps the rows of a file until they are imported, or for a day. The same file again is to be read anew. */
export async function keepUpload (
  db: Db, seal: Seal, { id, records }: { id: string, records: readonly ProgrammeRecord[] }, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  const kept = {
    rowsSealed: seal.close(JSON.stringify(records), id),
    uploadedAt: now.toJSDate(),
    importedAt: null,
    created: null,
    updated: null,
    unchanged: null,
    asked: null
  }
  await db.programmeUpload.upsert({ where: { id }, create: { id, staffMemberId: by.id, ...kept }, update: kept })
}

/**
 * Imports a file that someone has uploaded and read, all of it or nothing. Once it is imported, asking again does
 * nothing. Throws `ProgrammeRefused` for what is wrong by now, also where a cell was changed by someone else since the
 * file was downloaded; and `ConfirmationRequired` where anything that it does is otherwise than they have read.
 */
export async function importUpload (
  { db, outbox, seal }: { db: Db, outbox: Outbox, seal: Seal }, id: string, confirmed: string | undefined,
  by: StaffMember, now: DateTime<true>
): Promise<void> {
  const { records } = await getUpload(db, seal, by, id)
  if (records === undefined) return
  const file = await readRows(db, { records, by })
  await refuseWrongRows(db, seal, file)
  await db.$transaction(async tx => {
    if (await lockUpload(tx, by, id) === 'imported') return
    const plan = await lockPlan(tx, seal, file)
    const problems = [...plan.problems, ...staleCells(plan.changes)]
    if (problems.length > 0) throw new ProgrammeRefused(problems)
    requireConfirmation(importEffects(plan.changes, await readReached(tx, plan.changes, now)), confirmed)
    await carryOut(tx, { outbox, seal, by }, plan, now)
    await askForChanges(tx, outbox, plan.changes, by, now)
    await tx.programmeUpload.update({
      where: { id },
      data: {
        rowsSealed: null,
        importedAt: now.toJSDate(),
        ...countOf(plan.changes),
        asked: plan.changes.filter(({ asked }) => asked !== undefined).length
      }
    })
  })
}

/** Has what a coordinator has to approve first wait for one, beside what waits of the same activities already. */
async function askForChanges (
  tx: Tx, outbox: Outbox, changes: readonly Change[], by: StaffMember, now: DateTime<true>
): Promise<void> {
  for (const { current, draft, asked } of changes) {
    if (current === undefined || asked === undefined) continue
    const waiting = unitsChanged(answersOf(draft), answersOf(asked.draft))
    const proposal = await findProposal(tx, current.id)
    const next = proposedBy({ current, wanted: asked.draft, proposal, isTheirs: false, touched: waiting, waiting })
    if (next !== undefined) await proposeChange(tx, outbox, { activityId: current.id, changes: next, by, now })
  }
}

/** Deletes files that were uploaded a day ago or earlier, and returns how many. */
export async function dropOldUploads (db: Db, now: DateTime<true>): Promise<number> {
  const { count } = await db.programmeUpload.deleteMany({
    where: { uploadedAt: { lte: now.minus({ days: 1 }).toJSDate() } }
  })
  return count
}
