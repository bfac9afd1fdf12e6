import { importProgramme } from '../../src/programme/activities/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../../src/programme/activities/programme-file.ts'
import { rowOf } from '../../src/programme/activities/programme.ts'
import { listProgramme } from '../../src/programme/activities/queries.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { noon, secretKey } from './world.ts'
import type { World } from './world.ts'

const seal = joinLinkSeal(secretKey)

/** Exports the programme, changes all its rows as an organiser does in a spreadsheet, and imports it. */
export async function editProgramme (
  { db, outbox }: Pick<World, 'db' | 'outbox'>, cells: Partial<ReturnType<typeof rowOf>>, now = noon
): Promise<void> {
  const rows = (await listProgramme(db, seal)).map(listed => ({ ...rowOf(listed), ...cells }))
  await importProgramme(db, outbox, seal, readProgrammeFile(Buffer.from(programmeFileOf(rows))), { dryRun: false }, now)
}
