import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import type { Test } from 'tap'
import { importProgramme } from '../../src/programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../../src/programme/programme-file/csv-file.ts'
import { editionOf } from '../../src/programme/programme-file/edition.ts'
import { listProgramme } from '../../src/programme/programme-file/queries.ts'
import { rowOf } from '../../src/programme/programme-file/row.ts'
import { byteOrderMark } from '../../src/platform/csv.ts'
import { loadExampleProgramme } from '../../src/example-programme.ts'
import { attendeeList } from '../../src/office/exports/attendee-list.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { aDataDir } from '../support/running-service.ts'
import { aBooking, aCampaign, anActivity, noon, secretKey, world } from '../support/world.ts'

/*
 * Sends what we export through the programs that people open it with, and back. Each takes as long to start as many
 * tests together, and is not needed to work on the rest: they only run with SPREADSHEETS=1.
 */

const run = promisify(execFile)
const seal = joinLinkSeal(secretKey)

interface Spreadsheet {
  program: string
  /** Opens a CSV file, saves it in the program's own format, opens that and saves it as CSV again; returns its path. */
  through: (folder: string, csv: string) => Promise<string>
}

/** LibreOffice with its dialogs' default settings in Britain; `detecting` with “Detect special numbers” ticked. */
function libreOffice (detecting: boolean): Spreadsheet['through'] {
  return async (folder, csv) => {
    const convert = async (to: string, from: string, ...more: string[]) => await run('soffice', [
      '--headless', `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`, ...more,
      '--convert-to', to, '--outdir', join(folder, 'through'), from
    ])
    await convert('ods', csv, `--infilter=CSV:44,34,76,1,,2057,false,${String(detecting)}`)
    await convert('csv:Text - txt - csv (StarCalc):44,34,76,1,,2057,false,true', join(folder, 'through', 'list.ods'))
    return join(folder, 'through', 'list.csv')
  }
}

const spreadsheets: Spreadsheet[] = [
  { program: 'soffice', through: libreOffice(false) },
  { program: 'soffice', through: libreOffice(true) },
  {
    program: 'ssconvert',
    through: async (folder, csv) => {
      const [kept, back] = [join(folder, 'through', 'list.gnumeric'), join(folder, 'through', 'list.csv')]
      await run('ssconvert', ['--import-encoding=UTF-8', csv, kept], { env: { ...process.env, LC_ALL: 'C.UTF-8' } })
      await run('ssconvert', [kept, back], { env: { ...process.env, LC_ALL: 'C.UTF-8' } })
      return back
    }
  }
]

async function throughProgram (t: Test, { through }: Spreadsheet, csv: string): Promise<Buffer> {
  const folder = await aDataDir(t)
  await mkdir(join(folder, 'through'), { recursive: true })
  await writeFile(join(folder, 'list.csv'), csv)
  return await readFile(await through(folder, join(folder, 'list.csv')))
}

for (const [n, spreadsheet] of spreadsheets.entries()) {
  const { program } = spreadsheet
  const name = `${program}${n === 1 ? ' that looks for dates' : ''}`
  const missing = process.env.SPREADSHEETS === undefined
    ? { skip: 'SPREADSHEETS=1 sends it through LibreOffice and Gnumeric (Debian: libreoffice-calc, gnumeric).' }
    : {}

  t.test(`a programme goes through ${name} and back as it was`, missing, async t => {
    const { db, outbox } = await world(t)
    await loadExampleProgramme(db, seal, noon)
    const { id: campaignId } = await aCampaign(db)
    await anActivity(db, { campaignId, title: '=1+1', summary: '-1\n"quoted", and so on; =2', venue: "'t Hooft" })
    await anActivity(db, { campaignId, allDay: true, startsAt: new Date('2026-12-19T00:00Z'), endsAt: new Date('2026-12-21T00:00Z') })
    const rows = (await listProgramme(db, seal)).map(rowOf)
    const file = byteOrderMark + programmeFileOf(rows.map(row => ({ ...row, join_url: '', edition: editionOf(row) })))

    const saved = await throughProgram(t, spreadsheet, file)
    const changes = await importProgramme(db, outbox, seal, readProgrammeFile(saved), { dryRun: true }, noon)

    t.ok(rows.length > 10)
    t.strictSame(changes.filter(({ outcome }) => outcome !== 'unchanged').map(({ draft, cells }) => [draft.slug, cells]), [])
    t.equal(changes.length, rows.length)
  })

  t.test(`an attendee list goes through ${name} with everyone on it and every 0`, missing, async t => {
    const { db } = await world(t)
    const { id } = await anActivity(db)
    const people = [
      ['Anne Kirkbride', '07700900456'], ["'t Hooft", '+44 7700 900457'], ['Anne\uFFFE Kirk\uFFFFbride', '01228.526690'], ['=1+1', '+33 1 23 45 67 89'],
      ['عَلِيّ', '(01539) 722722'], ['Łukasik', '447700900458']
    ]
    const ids: string[] = []
    for (const [name = '', phone = ''] of people) ids.push((await aBooking(db, id, { name, phone, question: phone.replace('+44 ', '0') })).id)
    let list = ''
    for await (const piece of attendeeList(db, ids, 'Europe/London')) list += piece

    const saved = await throughProgram(t, spreadsheet, list)
    const found: Array<Record<string, string>> = parse(saved, { bom: true, columns: true })

    t.strictSame(found.map(({ name, phone }) => [name?.replace(/^'(?==)/, ''), phone]), [
      ['Anne Kirkbride', '07700 900456'], ['’t Hooft', '07700 900457'], ['Anne\uFFFD Kirk\uFFFDbride', '01228 526690'], ['=1+1', '0033 1 23 45 67 89'],
      ['عَلِيّ', '(01539) 722722'], ['Łukasik', '07700 900458']
    ])
    t.equal(found[0]?.question, '07700 900456')
  })
}
