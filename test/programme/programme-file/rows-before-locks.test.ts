// Subject: the database.
import t from 'tap'
import { takeTurns } from '../../../src/programme/activities/commands.ts'
import { importProgramme, lockPlan, readRows } from '../../../src/programme/programme-file/commands.ts'
import type { ProgrammeRecord } from '../../../src/programme/programme-file/csv-file.ts'
import { programmeColumns } from '../../../src/programme/programme-file/schema.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { anAgency } from '../../support/staff.ts'
import { aCampaign, noon, secretKey, world } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)

function recordOf (given: Record<string, string>): ProgrammeRecord {
  const cells = {
    ...Object.fromEntries(programmeColumns.map(column => [column, ''])),
    campaign: 'its-not-ok',
    title: 'Street surgery',
    kind: 'street-surgery',
    starts: '2026-12-01 10:00',
    ends: '2026-12-01 12:00',
    booking: 'drop-in',
    visibility: 'public',
    status: 'published',
    ...given
  }
  return { row: 2, cells, edition: undefined } as unknown as ProgrammeRecord
}

t.test('a file with wrong rows is refused without waiting for those who add activities, with all that is wrong', async t => {
  const { db, outbox } = await world(t)
  await aCampaign(db, { slug: 'its-not-ok' })

  await db.$transaction(async tx => {
    await takeTurns(tx)
    const wrong = importProgramme(db, outbox, seal, [recordOf({ starts: 'soon' })], { dryRun: false }, noon)
    await t.rejects(wrong, { message: /row 2, starts: must be a time/ })
  })
})

t.test('what others add between reading the rows and the locks is not added twice', async t => {
  const { db } = await world(t)
  await aCampaign(db, { slug: 'its-not-ok' })
  const rows = await readRows(db, { records: [recordOf({ lead_agency: 'cumbria-police' })], by: undefined })
  t.match(rows.newAgencies, [{ slug: 'cumbria-police' }])
  const { id } = await anAgency(db, { slug: 'cumbria-police' })

  const plan = await db.$transaction(async tx => await lockPlan(tx, seal, rows))

  t.strictSame(plan.newAgencies, [])
  t.match(plan.changes, [{ draft: { leadAgencyId: id } }])
})
