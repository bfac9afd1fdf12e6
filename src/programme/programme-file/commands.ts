import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { record, recordAll } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { forCoordinators } from '../activities/approval.ts'
import { agreeToCoHosting } from '../activities/co-hosting.ts'
import { changeActivities, createActivities, takeTurns } from '../activities/commands.ts'
import { lockCurrentActivities, readCurrentActivities } from '../activities/current-activities.ts'
import { endingWhatWaits } from '../activities/decisions.ts'
import type { CurrentActivity } from '../activities/draft.ts'
import type { Seal } from '../../platform/seal.ts'
import { listAgencies } from '../campaigns/queries.ts'
import { forApproval } from './approval.ts'
import type { Approvals } from './approval.ts'
import type { ProgrammeRecord } from './csv-file.ts'
import { protectedAsCopied } from './copied-row.ts'
import { ProgrammeRefused } from './errors.ts'
import type { ProgrammeProblem } from './errors.ts'
import { agenciesNamed, readLines } from './lines.ts'
import type { Surroundings } from './lines.ts'
import { planImport, staleCells } from './plan.ts'
import type { Change } from './plan.ts'
import { readSecretVenues, readSurroundings, readTaken } from './queries.ts'
import { boundLine, rightsOf } from './rights.ts'
import type { NamedAgency } from './schema.ts'
import { unguessable, withSlugs } from './slugs.ts'

/** What a file would do, and everything that prevents it. */
export interface Plan {
  changes: Change[]
  problems: ProgrammeProblem[]
  /** Agencies that the file names first. */
  newAgencies: Array<NamedAgency & { id: string }>
}

/** A file, and who imports it; undefined: someone at a terminal. */
export interface Imported { records: readonly ProgrammeRecord[], by: StaffMember | undefined }

/** A file whose rows have been read, by themselves and with what they name as it was then. */
export interface ReadRows extends Imported, ReturnType<typeof readLines> {
  newAgencies: Plan['newAgencies']
  surroundings: Surroundings
}

/**
 * Reads the rows of a file. That takes longer than anything else about an import, and needs no lock: a transaction that
 * then imports them is short.
 */
export async function readRows (db: Reader, { records, by }: Imported): Promise<ReadRows> {
  const { campaigns, agencies } = await readSurroundings(db)
  const newAgencies = agenciesNamed(records).filter(({ slug }) => !agencies.has(slug))
    .map(agency => ({ ...agency, id: randomUUID() }))
  const surroundings = {
    campaigns,
    agencies: new Map([...agencies, ...newAgencies.map(({ slug, id }) => [slug, { id, isNew: true }] as const)])
  }
  return { records, by, newAgencies, surroundings, ...readLines(records, surroundings) }
}

/** Says what a file would do as things stand, without a lock: only for someone to read. */
export async function readPlan (db: Reader, seal: Seal, file: ReadRows): Promise<Plan> {
  return await planOf(db, seal, file, async slugs => await readCurrentActivities(db, seal, slugs))
}

/**
 * The same for a transaction that then does it. Imports take turns. The rows of all activities concerned are locked, in
 * one order: bookings for them wait, and nothing that the plan relied on is stale when it is written.
 */
export async function lockPlan (tx: Tx, seal: Seal, file: ReadRows): Promise<Plan> {
  await takeTurns(tx)
  const current = await hasChanged(tx, file) ? await readRows(tx, file) : file
  return await planOf(tx, seal, current, async slugs => await lockCurrentActivities(tx, seal, slugs))
}

/** Whether campaigns or agencies are others than when the rows were read: then these are read anew. */
async function hasChanged (db: Reader, { surroundings, newAgencies }: ReadRows): Promise<boolean> {
  const { campaigns, agencies } = await readSurroundings(db)
  const isNew = new Set(newAgencies.map(({ slug }) => slug))
  const before = [...surroundings.agencies].filter(([slug]) => !isNew.has(slug))
  return stateOf(campaigns, agencies) !== stateOf(surroundings.campaigns, before)
}

function stateOf (campaigns: Surroundings['campaigns'], agencies: Iterable<readonly [string, { id: string }]>): string {
  const lines = [
    ...[...campaigns].map(([slug, { id, zone }]) => `campaign ${slug} ${id} ${zone}`),
    ...[...agencies].map(([slug, { id }]) => `agency ${slug} ${id}`)
  ]
  return lines.sort().join('\n')
}

async function planOf (
  db: Reader, seal: Seal, { lines, problems, by, newAgencies, surroundings }: ReadRows,
  readCurrent: (slugs: string[]) => Promise<Map<string, CurrentActivity>>
): Promise<Plan> {
  const rights = rightsOf(by, await listAgencies(db))
  const bound = lines.map(line => boundLine(line, rights))
  const withoutSlug = bound.filter(({ hasSlug }) => !hasSlug)
  const addresses = unguessable(withoutSlug, surroundings, text => seal.mark(text))
  const made = withoutSlug.flatMap(line => addresses(line).flatMap(slugs => Object.values(slugs)))
  const taken = await readTaken(db, [...lines.map(({ draft }) => draft.slug), ...made], by)
  const named = withSlugs(bound, taken, { mayComeBack: by === undefined, unguessable: addresses })
  const slugs = named.lines.map(({ draft }) => draft.slug)
  const current = await readCurrent(slugs.filter(slug => taken.get(slug)?.reach === 'theirs'))
  const secretVenues = await readSecretVenues(db, by)
  const copied = named.lines.map(line => current.has(line.draft.slug) ? line : protectedAsCopied(line, secretVenues))
  const plan = planImport(copied, current, surroundings, rights)
  const approvals = by === undefined ? undefined : await readApprovals(db, by, plan.changes)
  const approved = plan.changes.map(change =>
    approvals === undefined ? { change, problems: [] } : forApproval(change, approvals))
  const wrong = new Set(named.problems.map(({ row }) => row))
  const ofRows = [...plan.problems, ...approved.flatMap(({ problems }) => problems)]
    .filter(({ row }) => !wrong.has(row))
  const all = [...problems, ...named.problems, ...ofRows]
  return {
    changes: approved.map(({ change }) => change),
    problems: all.sort((one, other) => (one.row ?? 0) - (other.row ?? 0)),
    newAgencies
  }
}

async function readApprovals (db: Reader, by: StaffMember, changes: readonly Change[]): Promise<Approvals> {
  const ids = changes.flatMap(({ current }) => current?.id ?? [])
  const asked = await db.approvalRequest.findMany({ where: { activityId: { in: ids } }, select: { activityId: true } })
  return {
    isForCoordinators: await forCoordinators(db, by),
    asked: new Set(asked.map(({ activityId }) => activityId))
  }
}

/** Does what a plan says that was made in the same transaction, and records it. */
export async function carryOut (
  tx: Tx, { outbox, seal, by }: { outbox: Outbox, seal: Seal, by: StaffMember | undefined },
  { changes, newAgencies }: Plan, now: DateTime<true>
): Promise<void> {
  const created = changes.filter(({ outcome }) => outcome === 'created')
  const updated = changes.filter(({ outcome }) => outcome === 'updated')
  await tx.agency.createMany({ data: newAgencies })
  await createActivities(tx, seal, created, now, by === undefined ? {} : { by })
  const changed = updated.flatMap(({ current, draft }) => current === undefined ? [] : [{ current, draft }])
  const ids = changed.map(({ current }) => current.id)
  await endingWhatWaits(tx, outbox, { ids, ending: 'hidden', by }, now, async () => {
    await changeActivities(tx, outbox, seal, changed, now)
  })
  await agreeToCoHosting(tx, changed, now)
  const staffMemberId = by?.id
  await recordAll(tx, [
    ...created.map(({ draft: { slug, title } }) =>
      ({ staffMemberId, action: 'activity.created' as const, subject: slug, details: { title } })),
    ...updated.map(({ draft: { slug }, cells }) =>
      ({ staffMemberId, action: 'activity.changed' as const, subject: slug, details: detailsOf(cells) }))
  ], now)
  await record(tx, {
    staffMemberId, action: 'programme.imported', subject: undefined, details: countOf(changes)
  }, now)
}

/**
 * Makes the activities of a programme match a file, all or none, and returns for each row what that took. Throws
 * `ProgrammeRefused` with everything that is wrong anywhere in the file.
 *
 * Rows that would undo changes made after they were exported are refused unless they are to `overwrite` them. A dry run
 * writes nothing, and returns such rows too; otherwise it is the same.
 */
export async function importProgramme (
  db: Db, outbox: Outbox, seal: Seal, records: readonly ProgrammeRecord[],
  { dryRun, overwrite = false }: { dryRun: boolean, overwrite?: boolean }, now: DateTime<true>
): Promise<Change[]> {
  const file = await readRows(db, { records, by: undefined })
  await refuseWrongRows(db, seal, file)
  return await db.$transaction(async tx => {
    const plan = await lockPlan(tx, seal, file)
    if (plan.problems.length > 0) throw new ProgrammeRefused(plan.problems)
    if (dryRun) return plan.changes
    if (!overwrite) assertNothingPutBack(plan.changes)
    await carryOut(tx, { outbox, seal, by: undefined }, plan, now)
    return plan.changes
  })
}

/** Throws `ProgrammeRefused`, with everything that is wrong, where rows are wrong by themselves: no lock is taken. */
export async function refuseWrongRows (db: Reader, seal: Seal, file: ReadRows): Promise<void> {
  if (file.problems.length > 0) throw new ProgrammeRefused((await readPlan(db, seal, file)).problems)
}

/** Throws `ProgrammeRefused` if rows would undo changes that were made after they were exported. */
export function assertNothingPutBack (changes: readonly Change[]): void {
  const stale = staleCells(changes)
  if (stale.length === 0) return
  throw new ProgrammeRefused([...stale, {
    text: 'Export the programme again and make your changes there, or import with --overwrite to have it as this file says.'
  }])
}

/** How many rows do what. */
export function countOf (changes: readonly Change[]) {
  const count = (outcome: Change['outcome']) => changes.filter(change => change.outcome === outcome).length
  return { created: count('created'), updated: count('updated'), unchanged: count('unchanged') }
}

/** What the trail keeps of a changed row: a Teams link lets anyone in, so it only says that there is another. */
function detailsOf (cells: Change['cells']): Record<string, string[]> {
  return Object.fromEntries(cells.map(({ column, from, to }) => {
    const shown = (text: string) => column === 'join_url' && text !== '' ? 'a link' : text
    return [column, [shown(from), column === 'join_url' && from !== '' ? 'another link' : shown(to)]]
  }))
}
