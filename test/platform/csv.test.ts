import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import t from 'tap'
import { csvOf, plainCell, safeCell } from '../../src/platform/csv.ts'
import { visibleText } from '../../src/platform/typed.ts'

const run = [
  '=HYPERLINK("https://evil.example")', '+447700900982', '-1', '@SUM(A1:A9)', '\nx',
  '＝1+1', '＋1', '－1', '＠SUM', ' =1', '   +1', '\n=1'
]
const text = ['', 'Anne', 'O’Brien', "O'Brien", '’t Hooft', 'a=b', '1 - 2', 'anne@example.org', ' x', '“=1”', '𝟙']

t.test('a cell that a spreadsheet would run is text', async t => {
  for (const cell of run) t.equal(safeCell(cell), `'${cell}`, JSON.stringify(cell))
})

t.test('a cell that would run behind characters that nobody sees is text too', async t => {
  for (const [cell, text] of [['\uFEFF=1', "'=1"], ['\u00A0=1', "' =1"], ['\t=1', "' =1"], ['\r=1', "'\n=1"], ['\0=1', "'=1"], ['\u200B\u202E=1', "'=1"]]) {
    t.equal(safeCell(cell ?? ''), text)
  }
})

t.test('any other cell is as it was', async t => {
  for (const cell of text) t.equal(safeCell(cell), cell, JSON.stringify(cell))
})

t.test('an apostrophe that begins a text is curly, so that no program takes it for a mark of its own', async t => {
  t.equal(safeCell("'t Hooft"), '’t Hooft')
  t.equal(safeCell("'=1"), '’=1')
})

t.test('what no office program can keep is replaced, however it got in', async t => {
  t.equal(safeCell('\u202DAnne\uFFFE Kirk\uFFFFbride\u0007\uD83D'), 'Anne\uFFFD Kirk\uFFFDbride\uFFFD')
})

t.test('what was made safe can be read back, but for the apostrophe that begins it', async () => {
  const odd = fc.string({ unit: fc.constantFrom("'", '=', '-', '\n', ' ', '＝', 'x', '"', ',') })

  fc.assert(fc.property(fc.oneof(odd, fc.string({ unit: 'grapheme' })), cell =>
    plainCell(safeCell(cell)) === visibleText(cell).replace(/^'/, '’')))
})

t.test('commas, quotation marks and line breaks of any kind stay within their cell', async t => {
  const rows = [['a,b', 'say "no"', 'one\r\ntwo'], ['one\ntwo', 'one\rtwo', '']]

  for (const lineBreak of ['\n', '\r\n'] as const) {
    const asAnyProgramReadsIt = parse(csvOf(rows, lineBreak), { record_delimiter: ['\r\n', '\n', '\r'] })

    t.strictSame(asAnyProgramReadsIt, rows.map(row => row.map(cell => cell.replace(/\r\n?/, '\n'))), JSON.stringify(lineBreak))
  }
})

t.test('any rows are written as csv-stringify writes them', async () => {
  const odd = fc.string({ unit: fc.constantFrom("'", '=', '-', '\n', ' ', '＝', 'x', '"', ',', 'é', '7') })
  const cell = fc.oneof(odd, fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[ -~]{0,12}$/))

  fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 4 }), rows =>
    csvOf(rows, '\r\n') === stringify(rows.map(row => row.map(safeCell)), { record_delimiter: '\r\n', quoted_match: /[\r\n]/ })),
  { numRuns: 1000 })
})
