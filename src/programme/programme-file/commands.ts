import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { changeActivity, createActivities, takeTurns } from '../activities/commands.ts'
import { lockCurrentActivities } from '../activities/current-activities.ts'
import type { Seal } from '../../platform/seal.ts'
import type { ProgrammeRecord } from './csv-file.ts'
import { ProgrammeRefused } from './errors.ts'
import { agenciesNamed, readLines } from './lines.ts'
import { planImport, staleCells } from './plan.ts'
import type { Change } from './plan.ts'
import { readSurroundings } from './queries.ts'

/**
 * Makes the activities of a programme match a file, all or none, and returns for each row what that took. Throws
 * `ProgrammeRefused` with everything that is wrong anywhere in the file.
 *
 * Imports take turns. The rows of all activities concerned are locked first, in one order: bookings for them wait, and
 * nothing that the plan relied on is stale when it is written. Rows that would undo changes made after they were
 * exported are refused unless they are to `overwrite` them. A dry run writes nothing, and returns such rows too;
 * otherwise it is the same.
 */
export async function importProgramme (
  db: Db, outbox: Outbox, seal: Seal, records: readonly ProgrammeRecord[],
  { dryRun, overwrite = false }: { dryRun: boolean, overwrite?: boolean }, now: DateTime<true>
): Promise<Change[]> {
  return await db.$transaction(async tx => {
    await takeTurns(tx)
    const { campaigns, agencies } = await readSurroundings(tx)
    const newAgencies = agenciesNamed(records).filter(({ slug }) => !agencies.has(slug))
      .map(agency => ({ ...agency, id: randomUUID() }))
    const surroundings = {
      campaigns,
      agencies: new Map([...agencies, ...newAgencies.map(({ slug, id }) => [slug, { id, isNew: true }] as const)])
    }
    const { lines, problems } = readLines(records, surroundings)
    const current = await lockCurrentActivities(tx, seal, lines.map(({ draft }) => draft.slug))
    const plan = planImport(lines, current, surroundings)
    const all = [...problems, ...plan.problems].sort((one, other) => (one.row ?? 0) - (other.row ?? 0))
    if (all.length > 0) throw new ProgrammeRefused(all)
    if (dryRun) return plan.changes
    if (!overwrite) assertNothingPutBack(plan.changes)

    await tx.agency.createMany({ data: newAgencies })
    await createActivities(tx, seal, plan.changes.filter(({ outcome }) => outcome === 'created'), now)
    for (const { current, draft, outcome } of plan.changes) {
      if (current !== undefined && outcome === 'updated') await changeActivity(tx, outbox, seal, current, draft, now)
    }
    await record(tx, {
      staffMemberId: undefined, action: 'programme.imported', subject: undefined, details: countOf(plan.changes)
    }, now)
    return plan.changes
  })
}

/** Throws `ProgrammeRefused` if rows would undo changes that were made after they were exported. */
export function assertNothingPutBack (changes: readonly Change[]): void {
  const stale = staleCells(changes)
  if (stale.length === 0) return
  throw new ProgrammeRefused([...stale, {
    text: 'Export the programme again and make your changes there, or import with --overwrite to have it as this file says.'
  }])
}

function countOf (changes: readonly Change[]) {
  const count = (outcome: Change['outcome']) => changes.filter(change => change.outcome === outcome).length
  return { created: count('created'), updated: count('updated'), unchanged: count('unchanged') }
}
