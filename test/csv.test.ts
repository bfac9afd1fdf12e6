import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import t from 'tap'
import { csvOf, plainCell, safeCell } from '../src/csv.ts'

const run = [
  '=HYPERLINK("https://evil.example")', '+447700900982', '-1', '@SUM(A1:A9)', '\tx', '\rx', '\nx', '\0x',
  '＝1+1', '＋1', '－1', '＠SUM', ' =1', '\u00A0=1', '   +1', "'=1", '\n=1', '\uFEFF=1'
]
const text = ['', 'Anne', 'O’Brien', "O'Brien", "'quoted'", 'a=b', '1 - 2', 'anne@example.org', ' x', '“=1”', '𝟙']

t.test('a cell that a spreadsheet would run is text', async t => {
  for (const cell of run) t.equal(safeCell(cell), `'${cell}`, JSON.stringify(cell))
})

t.test('any other cell is as it was', async t => {
  for (const cell of text) t.equal(safeCell(cell), cell, JSON.stringify(cell))
})

t.test('what was made safe can be read back, whatever it was', async () => {
  const odd = fc.string({ unit: fc.constantFrom("'", '=', '-', '\n', ' ', '＝', 'x', '"', ',') })

  fc.assert(fc.property(fc.oneof(odd, fc.string({ unit: 'grapheme' })), cell => plainCell(safeCell(cell)) === cell))
})

t.test('commas, quotation marks and line breaks of any kind stay within their cell', async t => {
  const rows = [['a,b', 'say "no"', 'one\r\ntwo'], ['one\ntwo', 'one\rtwo', '']]

  for (const lineBreak of ['\n', '\r\n'] as const) {
    const asAnyProgramReadsIt = parse(csvOf(rows, lineBreak), { record_delimiter: ['\r\n', '\n', '\r'] })

    t.strictSame(asAnyProgramReadsIt, rows, JSON.stringify(lineBreak))
  }
})
