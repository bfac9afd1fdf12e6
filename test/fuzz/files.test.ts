import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import type { Test } from 'tap'
import { readReport } from '../../src/mail/bounces/report.ts'
import { openMailbox } from '../../src/mail/bounces/mailbox.ts'
import { ReportRefused } from '../../src/office/attendance-reports/errors.ts'
import { readReportFile } from '../../src/office/attendance-reports/report-file.ts'
import { countRows, readArchive, writeArchive } from '../../src/platform/backup/archive.ts'
import { checkEncrypted, writeEncrypted } from '../../src/platform/backup/encrypted-file.ts'
import { makeKeyPair } from '../../src/platform/backup/keys.ts'
import { byteOrderMark } from '../../src/platform/csv.ts'
import { CommandError } from '../../src/platform/errors.ts'
import { readProgrammeFile } from '../../src/programme/programme-file/csv-file.ts'
import { ProgrammeRefused } from '../../src/programme/programme-file/errors.ts'
import { readLines } from '../../src/programme/programme-file/lines.ts'
import { textOfFile } from '../../src/programme/scenarios/schema.ts'
import { readStory } from '../../src/programme/scenarios/twee.ts'
import { aReport, emailIdIn } from '../support/bounces.ts'
import { aStory } from '../support/scenarios.ts'
import { asDownloaded, asResaved, layouts, rowsOf, timeFormats } from '../support/teams-reports.ts'
import type { TimeFormat } from '../support/teams-reports.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { noon } from '../support/world.ts'
import { fuzz, fuzzAsync, oddFiles, runsOf, seed, shares, soon, soonDone } from './fuzzing.ts'
import type { Fuzzed } from './fuzzing.ts'
import { id } from './usual.ts'

t.comment(`FUZZ_SEED=${seed}`)

const runs = runsOf('files', 6)
let given = 0

function assertHeld (t: Test, { failure, given: more }: Fuzzed): void {
  given += more
  t.equal(failure, undefined)
}

/** What is read, or the error with a sentence by which it is refused; any other is a fault. */
function refusedBy<T> (kind: abstract new (...given: never[]) => Error, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    assertRefused(kind, error)
    return undefined
  }
}

function assertRefused (kind: abstract new (...given: never[]) => Error, error: unknown): void {
  if (!(error instanceof kind) || !/\w\.?\s/.test(error.message)) throw error
}

const span = { from: noon.toMillis(), to: noon.plus({ hours: 1 }).toMillis(), zone: 'Europe/London' }
const attended = layouts.flatMap(layout => (Object.keys(timeFormats) as TimeFormat[]).map(format => rowsOf(layout, {
  people: [
    { name: 'Anne Kirkbride', email: 'anne@example.org', joins: [[1, 20], [25, 55]] }, { name: 'Ben', role: 'Organizer', joins: [[-5, 60]] }
  ],
  startsAt: noon,
  format
})))
const attendanceReports = attended.flatMap(rows => [asDownloaded(rows), asResaved(rows), asResaved(rows, ';')])

t.test('an attendance report is read, or refused with a sentence', async t => {
  assertHeld(t, fuzz(runs, oddFiles(attendanceReports), bytes => {
    soon(() => refusedBy(ReportRefused, () => readReportFile(bytes, span)))
  }))
})

const week = await readFile(join(import.meta.dirname, '../office/programme-import/week-of-2015.csv'))
const ofWeek = String(week).split('\n').slice(1, 5).join('\n')
const programmes = [
  week, Buffer.from(byteOrderMark + ofWeek), Buffer.from(byteOrderMark + ofWeek.replaceAll('\n', '\r\n'), 'utf16le'), Buffer.from(ofWeek, 'latin1'),
  Buffer.from(ofWeek.replaceAll(',', ';'))
]
const surroundings = { campaigns: new Map([['know-who-your-friends-are', { id, zone: 'Europe/London' }]]), agencies: new Map() }

/** What zod says itself is not for people. */
const ofZod = /^(?:Invalid|Unrecognized|Too (?:big|small)|Expected)/

t.test('a programme file is read, or refused with a sentence for each thing that is wrong', async t => {
  assertHeld(t, fuzz(runs, oddFiles(programmes, 65_536), bytes => {
    soon(() => {
      const records = refusedBy(ProgrammeRefused, () => readProgrammeFile(bytes)) ?? []
      const { problems } = readLines(records, surroundings)
      const wrong = problems.find(({ text }) => text === '' || ofZod.test(text))
      if (wrong !== undefined) throw new Error(`It says “${wrong.text}”.`)
    })
  }))
})

t.test('a story is read, whatever its file is written in', async t => {
  const texts = [aStory, aStory.replaceAll('\n', '\r\n'), `:: StoryData\n{"start": "Friday"}\n\n${aStory}`]
  const files = texts.flatMap(text => [Buffer.from(text), Buffer.from(byteOrderMark + text, 'utf16le'), Buffer.from(text, 'latin1')])
  assertHeld(t, fuzz(runs, oddFiles(files), bytes => { soon(() => readStory(textOfFile(bytes))) }))
})

const names = (await readdir(join(import.meta.dirname, '../mail/bounces/reports'))).filter(name => name.endsWith('.eml'))
const bounces = await Promise.all(names.map(async name => await aReport(name.replace('.eml', ''), { emailId: id })))

t.test('a mail to the bounce address is about an email of ours, or left', async t => {
  assertHeld(t, await fuzzAsync(runs, oddFiles(bounces), async bytes => {
    const bounce = await soonDone(async () => await readReport(bytes, emailIdIn))
    if (bounce !== undefined && (bounce.emailId !== id || bounce.reason === '')) throw new Error('It is about no email.')
  }))
})

t.test('a mailbox is read mail by mail to its end', async t => {
  const path = join(temporaryFolder(t), 'bounces')
  const mail = (text: string) => `From MAILER-DAEMON Mon Nov 23 12:00:03 2026\n${text.replaceAll('\r', '').slice(0, 400)}\n\n`
  const mailboxes = [bounces.slice(0, 3).map(bytes => mail(String(bytes))).join('')].map(text => Buffer.from(text))
  assertHeld(t, await fuzzAsync(runs, oddFiles(mailboxes), async bytes => {
    await writeFile(path, bytes)
    let length = 0
    const { readNew, close } = openMailbox(path, async mail => { length += mail.length }, { warn: () => {} })
    await soonDone(async () => {
      await readNew()
      await readNew()
    })
    await close()
    if (length > bytes.length) throw new Error('Something was read twice.')
  }))
})

const header = { format: 1 as const, madeAt: '2026-11-23T12:00:00.000Z', postgres: '15.8', migrations: ['0001_start'], secretKey: 'abc' }
const archived = () => writeArchive(header, [{
  name: 'public.agencies', columns: ['id', 'name'], async * rows () { yield Buffer.from(`${id}\tCumbria Police\n`) }
}], [{ name: 'public.one', value: '1', isCalled: true }])

t.test('an archive is whole, or refused with a sentence', async t => {
  const table = async (_: unknown, rows: AsyncIterable<Buffer>) => await countRows(rows)
  const archive = await buffer(archived())
  assertHeld(t, await fuzzAsync(Math.ceil(runs * 0.9), oddFiles([archive]), async bytes => {
    const pieces = async function * () {
      for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000)
    }
    await soonDone(async () => {
      await readArchive(pieces(), { table }).catch((error: unknown) => { assertRefused(CommandError, error) })
    })
  }))
})

// Encrypted anew each time: of this one a seed gives the same changes again, to other bytes.
t.test('a backup file is whole, or refused with a sentence', async t => {
  const { identity, recipient } = await makeKeyPair()
  const path = join(temporaryFolder(t), 'backup.age')
  await writeEncrypted(path, [recipient], archived())
  const backup = await readFile(path)
  assertHeld(t, await fuzzAsync(Math.ceil(runs * 0.1), oddFiles([backup]), async bytes => {
    await writeFile(path, bytes)
    await soonDone(async () => {
      await checkEncrypted(path, [identity]).catch((error: unknown) => { assertRefused(CommandError, error) })
    })
  }))
})

t.test('a file of twice the size does not take much more than twice as long', async t => {
  const [report = Buffer.alloc(0)] = attendanceReports
  const pieces = [report, Buffer.from(ofWeek), ...['"', '""', ',', '\n', ';\n', 'x', '\t"x', '\u200D', '[[a->b]]\n', ':: a\n'].map(text => Buffer.from(text))]
  const head = [report, Buffer.from(`${ofWeek}\n`), Buffer.from(aStory)] as const
  const readers = {
    'an attendance report': (bytes: Buffer) => refusedBy(ReportRefused, () => readReportFile(Buffer.concat([head[0], bytes]), span)),
    'a programme file': (bytes: Buffer) => refusedBy(ProgrammeRefused, () => readProgrammeFile(Buffer.concat([head[1], bytes]))),
    'a story': (bytes: Buffer) => readStory(textOfFile(Buffer.concat([head[2], bytes])))
  }
  for (const [what, read] of Object.entries(readers)) {
    for (const piece of pieces) {
      const [once, twice] = [32_768, 65_536].map(size => {
        const bytes = Buffer.alloc(size, piece)
        const before = process.threadCpuUsage()
        read(bytes)
        const { user, system } = process.threadCpuUsage(before)
        return user + system
      }) as [number, number]
      if (twice > once * 4 + 200_000) t.fail(`${what} of ${JSON.stringify(String(piece).slice(0, 20))} takes ${once} and then ${twice} µs`)
    }
  }
})

t.test('so many were given', async t => { t.ok(given >= shares.files, `${given} were given`) })
