import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import readWorkbook from 'read-excel-file/node'
import t from 'tap'
import { visibleText } from '../../src/platform/typed.ts'
import { workbookOf } from '../../src/platform/xlsx.ts'
import type { SheetColumn, Workbook } from '../../src/platform/xlsx.ts'

const columns: SheetColumn[] = [
  { heading: 'Name', kind: 'text', width: 20 },
  { heading: 'What they ask', kind: 'long text', width: 40 },
  { heading: 'Places', kind: 'number', width: 8 },
  { heading: 'Booked', kind: 'moment', width: 18 }
]

/** A workbook of these rows, as one that reads it has it. */
async function writtenAndRead (rows: readonly string[][], given: Partial<Workbook> = {}) {
  async function * portions () {
    for (let n = 0; n < rows.length; n += 3) yield rows.slice(n, n + 3)
  }
  const chunks: Buffer[] = []
  const about = { name: 'About this list', lines: [['Activity', 'Tea & <cakes>'], ['Where', 'Online']] as const }
  const book = { title: 'Tea & <cakes>', name: 'Attendees', columns, count: rows.length, portions: portions(), about, ...given }
  for await (const chunk of workbookOf(book)) chunks.push(chunk)
  const file = Buffer.concat(chunks)
  const sheets = await readWorkbook(file, { trim: false })
  return { file, sheets, rows: (sheets[0]?.data ?? []).slice(1) }
}

t.test('a workbook has a list with headings, and a sheet that says what it is', async t => {
  const { sheets } = await writtenAndRead([['Anne', 'Why?', '2', '2026-12-01 18:00']])

  t.strictSame(sheets.map(({ sheet }) => sheet), ['Attendees', 'About this list'])
  t.strictSame(sheets[0]?.data, [
    ['Name', 'What they ask', 'Places', 'Booked'],
    ['Anne', 'Why?', 2, new Date('2026-12-01T18:00Z')]
  ], 'a moment is what the clock showed, wherever it is opened')
  t.strictSame(sheets[1]?.data, [['Activity', 'Tea & <cakes>'], ['Where', 'Online']])
})

t.test('every minute of a day is read as it is, also by what cuts off a rest', async t => {
  const minutes = Array.from({ length: 1_440 }, (_, n) => new Date(Date.parse('2026-12-01T00:00Z') + n * 60_000))

  const { rows } = await writtenAndRead(minutes.map(at => ['x', '', '1', at.toISOString().slice(0, 16).replace('T', ' ')]))

  t.strictSame(rows.map(row => row[3]), minutes)
})

t.test('a text is a text, whatever a spreadsheet would make of it elsewhere', async t => {
  const texts = [
    '=1+1', '+447700900982', '07700900982', '00447700900982', '1e5', '2026-12-01', '\'t Hooft', '"quoted" & <b>', 'one\ntwo',
    ' two spaces', '_x0041_', 'a_x000D_b', 'عَلِيّ', '123456789012345678', 'TRUE'
  ]

  const { rows } = await writtenAndRead(texts.map(text => [text, text, text, text]))

  // A text in a column of numbers or moments stays one too.
  t.strictSame(rows.map(([name, asks]) => [name, asks]), texts.map(text => [text, text]))
  t.strictSame(rows.map(row => row[2]).slice(0, 5), ['=1+1', '+447700900982', 7700900982, 447700900982, '1e5'])
})

t.test('what XML cannot hold is replaced, and what is too long is cut and says so', async t => {
  const [long, faces] = ['x'.repeat(40_000), '😀'.repeat(17_000)]

  const { rows } = await writtenAndRead([['Anne\uFFFE\u0007\uD83D Kirkbride', long, '', ''], [faces, '', '', '']])

  t.equal(rows[0]?.[0], 'Anne\uFFFD\uFFFD Kirkbride')
  t.equal(String(rows[0]?.[1]).length, 32_767)
  t.match(rows[0]?.[1], /x \[…\] \(cut: too long for a cell\)$/)
  t.ok(String(rows[1]?.[0]).length <= 32_767)
  t.match(rows[1]?.[0], /^(?:😀)+ \[…\]/u, 'no half of a character is left')
})

t.test('any text comes back as it is seen', async () => {
  const some = fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 8 })

  await fc.assert(fc.asyncProperty(some, async texts => {
    const { rows } = await writtenAndRead(texts.map(text => [text, 'x', '', '']))
    return rows.every(([name], n) => (name ?? '') === visibleText(texts[n] ?? ''))
  }), { numRuns: 60 })
})

t.test('the list is a table with filters, below headings that stay in sight', async t => {
  const { file } = await writtenAndRead([['Anne', '', '1', ''], ['Bob', '', '1', '']])
  const parts = partsOf(file)

  t.match(parts['xl/tables/table1.xml'], /ref="A1:D3".*<autoFilter ref="A1:D3"\/>.*name="What they ask"/)
  t.match(parts['xl/worksheets/sheet1.xml'], /<pane ySplit="1" topLeftCell="A2"[^>]*state="frozen"/)
  t.match(parts['xl/workbook.xml'], /_xlnm\.Print_Titles[^>]*>'Attendees'!\$1:\$1</)
  const empty = partsOf((await writtenAndRead([])).file)
  t.match(empty['xl/tables/table1.xml'], /ref="A1:D2"/, 'a table has a row, if need be an empty one')
})

t.test('a column after the 26th has two letters', async t => {
  const many = Array.from({ length: 30 }, (_, n): SheetColumn => ({ heading: `Column ${n}`, kind: 'text', width: 9 }))

  const { rows } = await writtenAndRead([many.map(({ heading }) => heading)], { columns: many })

  t.strictSame(rows, [many.map(({ heading }) => heading)])
})

t.test('a workbook that was cut off does not open', async t => {
  async function * failing () {
    yield [['Anne', '', '', '']]
    throw new Error('The database went away.')
  }
  const written: Buffer[] = []
  const about = { name: 'About this list', lines: [] }

  const book = { title: 'x', name: 'x', columns, count: 2, portions: failing(), about }

  await t.rejects(async () => { for await (const chunk of workbookOf(book)) written.push(chunk) }, /went away/)

  t.ok(written.length > 0)
  await t.rejects(readWorkbook(Buffer.concat(written)))
})

/** The parts of a file, by their path. */
function partsOf (file: Buffer): Record<string, string> {
  const parts: Record<string, string> = {}
  const end = file.lastIndexOf(Buffer.from('PK\x05\x06'))
  for (let at = file.readUInt32LE(end + 16), n = file.readUInt16LE(end + 10); n > 0; n--) {
    const [compressed, offset] = [file.readUInt32LE(at + 20), file.readUInt32LE(at + 42)]
    const name = file.readUInt16LE(at + 28)
    const path = file.toString('utf8', at + 46, at + 46 + name)
    const from = offset + 30 + file.readUInt16LE(offset + 26) + file.readUInt16LE(offset + 28)
    parts[path] = inflateRawSync(file.subarray(from, from + compressed)).toString()
    at += 46 + name
  }
  return parts
}
