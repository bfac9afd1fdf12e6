import { importProgramme } from '../../src/programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../../src/programme/programme-file/csv-file.ts'
import { listProgramme } from '../../src/programme/programme-file/queries.ts'
import { rowOf } from '../../src/programme/programme-file/row.ts'
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
