import { execFile, execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import readWorkbook from 'read-excel-file/node'
import t from 'tap'
import type { Test } from 'tap'
import { importProgramme } from '../../src/programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../../src/programme/programme-file/csv-file.ts'
import { listProgramme } from '../../src/programme/programme-file/queries.ts'
import { exportedRowOf } from '../../src/programme/programme-file/row.ts'
import { byteOrderMark, plainCell } from '../../src/platform/csv.ts'
import { loadExampleProgramme } from '../../src/example-programme.ts'
import { numberInList, withItsZero } from '../../src/programme/support/number-in-list.ts'
import { wallClock } from '../../src/programme/activities/local-time.ts'
import { instant } from '../../src/platform/clock.ts'
import { visibleText } from '../../src/platform/typed.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { service } from '../support/service.ts'
import { signedIn } from '../support/staff.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
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
  /** Opens a workbook, saves it in the program's own format, opens that and saves its first sheet as CSV. */
  opens?: (folder: string, xlsx: string) => Promise<string>
}

/** LibreOffice; `reading` are the settings of the dialog in which it is told how to read a file. */
function libreOffice (...reading: string[]): Spreadsheet['through'] {
  return async (folder, file) => {
    const convert = async (to: string, from: string, ...more: string[]) => await run('soffice', [
      '--headless', `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`, ...more,
      '--convert-to', to, '--outdir', join(folder, 'through'), from
    ])
    await convert('ods', file, ...reading)
    await convert('csv:Text - txt - csv (StarCalc):44,34,76,1,,2057,false,true', join(folder, 'through', 'list.ods'))
    return join(folder, 'through', 'list.csv')
  }
}

/** Its default settings in Britain; `detecting` with “Detect special numbers” ticked. */
function asInBritain (detecting: boolean): string {
  return `--infilter=CSV:44,34,76,1,,2057,false,${String(detecting)}`
}

/** Gnumeric. */
function gnumeric (...reading: string[]): Spreadsheet['through'] {
  return async (folder, file) => {
    const [kept, back] = [join(folder, 'through', 'list.gnumeric'), join(folder, 'through', 'list.csv')]
    const convert = async (...args: string[]) => await run('ssconvert', args, { env: { ...process.env, LC_ALL: 'C.UTF-8' } })
    await convert(...reading, file, kept)
    await convert(kept, back)
    return back
  }
}

const spreadsheets: Spreadsheet[] = [
  { program: 'soffice', through: libreOffice(asInBritain(false)), opens: libreOffice() },
  { program: 'soffice', through: libreOffice(asInBritain(true)) },
  { program: 'ssconvert', through: gnumeric('--import-encoding=UTF-8'), opens: gnumeric() }
]

async function throughProgram (
  t: Test, { through }: Pick<Spreadsheet, 'through'>, file: string | Buffer, name = 'list.csv'
): Promise<Buffer> {
  const folder = temporaryFolder(t)
  await mkdir(join(folder, 'through'), { recursive: true })
  await writeFile(join(folder, name), file)
  return await readFile(await through(folder, join(folder, name)))
}

/** The worst that 50 people can type. */
const names = [
  '=1+1', '=HYPERLINK("https://evil.example")', '+1', '-1', '@SUM(A1:A9)', '＝1', '\u3000＋1', '=cmd|x', ' leading and trailing ', '"quoted"',
  'a "b" c', '"', '""', 'comma, comma', 'semi;colon', 'tab\tbed', 'pipe|pipe', 'back\\slash', "'t Hooft", "O'Brien", "''", 'Nína “Ní” O’Brien',
  'عَلِيّ بن أحمد', 'שרה כהן', 'פ Anne', 'محمد 07700', '陳小明', '山田 太郎', '김민수', 'Łucja', 'Ömer', 'Zoë', 'Đặng Thị', 'নাসিমা', 'ਗੁਰਪ੍ਰੀਤ', '👩‍👧 Anne',
  'e\u0301lodie', 'x'.repeat(100), 'NULL', '#N/A', '<b>Anne</b>', '&amp;', ']]>', '{=1}', 'Anne\u00A0Kirkbride', 'Jr., Sammy', '007', '0', 'Name ',
  'Ünal “x” Ä'
]

/** What spreadsheets take for a number, a day or more where they guess. CSV leaves them to; nobody is called so. */
const numbers = [
  'TRUE', 'false', '1e5', '1E400', '3/4', '1-2', '2026-12-01', '1 December', '10:30', '50%', '£5', '1,000', '0x1F', '٣٤٥', '_x0042', '12'
]

const phones = [
  '07700 900982', '07700900982', '+447700900982', '+44 7700 900982', '+44 (0)7700 900982', '00447700900982', '0044 7700 900982', '447700900982',
  '(01539) 722722', '01228.526690', '+33 1 23 45 67 89', '0033123456789', '01539-722722', '722722', ''
]

const questions = ['', 'One line', 'Two\nlines, and "quotes"', '07700900982', '0123456789012345678', '=cmd|x', '12345678901234567890', '-5']

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
    const rows = (await listProgramme(db, seal)).map(activity => exportedRowOf(activity))
    const file = byteOrderMark + programmeFileOf(rows)

    const saved = await throughProgram(t, spreadsheet, file)
    const changes = await importProgramme(db, outbox, seal, readProgrammeFile(saved), { dryRun: true }, noon)

    t.ok(rows.length > 10)
    t.strictSame(changes.filter(({ outcome }) => outcome !== 'unchanged').map(({ draft, cells }) => [draft.slug, cells]), [])
    t.equal(changes.length, rows.length)
  })

  t.test(`an attendee list goes through ${name} and back as it was`, missing, async t => {
    const { csv, people } = await listsOfTheWorst(t, names)
    const rowsOf = (file: Buffer): Array<Record<string, string>> => parse(file, { bom: true, columns: true })
    const saved = rowsOf(await throughProgram(t, spreadsheet, csv))
    t.strictSame(saved.map(fromCsv), people.map(asInCsv), 'in CSV by its spelling')

    if (spreadsheet.opens === undefined) return
    const { xlsx, people: more } = await listsOfTheWorst(t, [...names, ...numbers])
    const rows = rowsOf(await throughProgram(t, { through: spreadsheet.opens }, xlsx, 'list.xlsx'))
    t.strictSame(rows.map(fromWorkbook), more, 'in a workbook by the types of its cells')
  })
}

t.test('Python reads from a list in CSV what was typed', withPython('csv'), async t => {
  const { csv, people } = await listsOfTheWorst(t, [...names, ...numbers])
  const rows = await readByPython<Array<Record<string, string>>>(t, csv, 'list.csv', `
import csv, json, sys
with open(sys.argv[1], encoding='utf-8-sig', newline='') as file:
    print(json.dumps(list(csv.DictReader(file))))`)

  t.strictSame(rows.map(fromCsv), people.map(asInCsv))
})

t.test('openpyxl reads from a workbook what was typed', withPython('openpyxl'), async t => {
  const { xlsx, people } = await listsOfTheWorst(t, [...names, ...numbers])
  const rows = await readByPython<string[][]>(t, xlsx, 'list.xlsx', `
import json, sys, openpyxl
sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]
assert sheet.freeze_panes == 'A2' and len(sheet.tables) == 1
print(json.dumps([[('' if one is None else one.isoformat(' ', 'minutes') if hasattr(one, 'isoformat') else str(one)) for one in row]
    for row in sheet.iter_rows(values_only=True)]))`)

  t.strictSame(rows.slice(1).map(cells => fromWorkbook(byHeading(rows[0] ?? [], cells))), people)
})

t.test('a reader from npm reads from a workbook what was typed', async t => {
  const { xlsx, people } = await listsOfTheWorst(t, [...names, ...numbers])
  const [sheet] = await readWorkbook(xlsx, { trim: false })
  const [headings = [], ...rows] = (sheet?.data ?? []).map(row => row.map(textOf))

  t.strictSame(rows.map(cells => fromWorkbook(byHeading(headings, cells))), people)
})

interface Person { name: string, phone: string, question: string, heardFrom: string, booked: string, places: string }

/** The same list of these people in both formats, and what they typed. */
async function listsOfTheWorst (
  t: Test, names: readonly string[]
): Promise<{ csv: Buffer, xlsx: Buffer, people: Person[] }> {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const people: Person[] = []
  for (const [n, name] of names.entries()) {
    const phone = phones[n % phones.length] ?? ''
    const question = questions[n % questions.length] ?? ''
    const heardFrom = questions[(n + 3) % questions.length]?.replace('\n', ' ') ?? ''
    const createdAt = noon.minus({ days: 5 * n, minutes: 7 * n }).toJSDate()
    const answers = { phone: phone || null, question: question || null, heardFrom: heardFrom || null }
    await aBooking(db, id, { name, ...answers, places: 1 + n % 3, createdAt })
    const booked = wallClock(instant(createdAt), 'Europe/London')
    // In the order of the list: who booked later comes later.
    people.push({ name: visibleText(name), phone, question, heardFrom, booked, places: String(1 + n % 3) })
  }
  const { headers } = await signedIn(app, db)
  const [csv, xlsx] = await Promise.all(['csv', 'xlsx'].map(async format =>
    (await app.inject({ url: `/staff/activities/${slug}/attendees.${format}`, headers })).rawPayload)) as [Buffer, Buffer]
  return { csv, xlsx, people }
}

/** What a list in CSV says instead, so that spreadsheets leave it as it is. */
function asInCsv ({ name, phone, question, heardFrom, ...same }: Person): Person {
  const spelled = (text: string) => withItsZero(text.replace(/^'/, '’'))
  const [asked, heard] = [spelled(question), spelled(heardFrom)]
  return { name: spelled(name), phone: numberInList(phone), question: asked, heardFrom: heard, ...same }
}

/** A row of a list in CSV, without the apostrophe before what would run: Gnumeric takes it for a mark of its own. */
function fromCsv (row: Record<string, string>): Person {
  const plain = (name: string) => plainCell(row[name] ?? '')
  return {
    name: plain('name'),
    phone: plain('phone'),
    question: plain('question'),
    heardFrom: plain('heard_from'),
    // A program that takes it for a moment shows that in its own way.
    booked: plain('booked_at').replaceAll('/', '-').replace(/(:\d\d):00$/, '$1'),
    places: plain('places')
  }
}

function fromWorkbook (row: Record<string, string>): Person {
  const of = (heading: string) => row[heading] ?? ''
  return {
    name: of('Name'),
    phone: of('Phone'),
    question: of('Question'),
    heardFrom: of('Heard about it from'),
    // Gnumeric writes a moment into CSV in its own way.
    booked: of('Booked').replaceAll('/', '-').replace(/(:\d\d):00$/, '$1'),
    places: of('Places')
  }
}

function byHeading (headings: readonly string[], cells: readonly string[]): Record<string, string> {
  return Object.fromEntries(headings.map((heading, n) => [heading, cells[n] ?? '']))
}

/** A cell as its program shows it. */
function textOf (cell: unknown): string {
  return cell instanceof Date ? cell.toISOString().slice(0, 16).replace('T', ' ') : String(cell ?? '')
}

/** Debian's, which finds the modules that Debian installs, or any other. */
function pythonWith (module: string): string | undefined {
  return ['/usr/bin/python3', 'python3'].find(python => {
    try {
      execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

function withPython (module: string) {
  return pythonWith(module) === undefined
    ? { skip: `Python's ${module} is not installed (Debian: python3, python3-openpyxl).` }
    : {}
}

async function readByPython<Found> (t: Test, file: Buffer, name: string, program: string): Promise<Found> {
  const path = join(temporaryFolder(t), name)
  await writeFile(path, file)
  const [module = ''] = /openpyxl|csv/.exec(program) ?? []
  const { stdout } = await run(pythonWith(module) ?? '', ['-c', program, path], { maxBuffer: 10_000_000 })
  return JSON.parse(stdout) as Found
}
