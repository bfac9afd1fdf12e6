import { visibleText } from './typed.ts'

/**
 * Cells that a spreadsheet would run, or would try to: OWASP's list with full-width signs, which Numbers treats alike,
 * after any white space, which Excel drops.
 */
const runnable = /^\s*[=+\-@\t\r\n\0\uFF1D\uFF0B\uFF0D\uFF20]/

/** Cells with nothing to make safe or to quote, as most are: western letters, digits and marks, no mark first. */
const harmless = /^[A-Za-z\d\u00C0-\u024F][ !#-+\--~\u00A1-\u00AC\u00AE-\u024F\u2019]*$/

/** The same, with something to quote. */
const plain = /^[A-Za-z\d\u00C0-\u024F][ -~\u00A1-\u00AC\u00AE-\u024F\u2019]*$/

/**
 * A cell that no spreadsheet runs and every one can open: it has no invisible characters, which make Gnumeric 1.12 open
 * no file at all, and none that XML cannot hold, the format in which all of them store it. This also covers texts that
 * were stored before forms took care of it.
 *
 * A cell that a spreadsheet would run gets an apostrophe in front. LibreOffice 7.4 shows it. Gnumeric takes it for a
 * mark and removes it, also from names like 't Hooft: an apostrophe that begins a text is therefore written curly.
 */
export function safeCell (text: string): string {
  const shown = visibleText(text).replace(/^'/, '’')
  return runnable.test(shown) ? `'${shown}` : shown
}

/** Undoes `safeCell`, except that invisible characters stay out and a curly apostrophe stays curly. */
export function plainCell (text: string): string {
  return text.startsWith("'") && runnable.test(text.slice(1)) ? text.slice(1) : text
}

/**
 * Every way in which a row ends. csv-parse takes the first that it finds for the only one: in a file that two programs
 * wrote, the rows with another end would be one row.
 */
export const rowEnds = ['\r\n', '\n', '\r']

/** Marks a file as UTF-8 for Excel. */
export const byteOrderMark = '\uFEFF'

/**
 * Rows as CSV (RFC 4180), each ending in `lineBreak`, without a cell that a spreadsheet would run. What begins with
 * anything but a Latin letter may be spelled otherwise in its column, so that a spreadsheet leaves it as it is.
 *
 * Written here and not by csv-stringify, which takes longer over a long list than reading it from the database. Its
 * escape_formulas looks at the first character only, and not at line breaks or NUL; nor does it quote a cell for a line
 * break of another kind than the rows'.
 */
export function csvOf (
  rows: ReadonlyArray<readonly string[]>, lineBreak: '\n' | '\r\n',
  spellings: ReadonlyArray<((cell: string) => string) | undefined> = []
): string {
  let text = ''
  for (const row of rows) {
    for (let n = 0; n < row.length; n++) {
      if (n > 0) text += ','
      text += cellOf(row[n] ?? '', spellings[n])
    }
    text += lineBreak
  }
  return text
}

/** A file for Excel, which runs nothing in it: the names of the columns, and the rows. */
export function csvFile (
  head: readonly string[], rows: ReadonlyArray<readonly string[]>,
  spellings?: ReadonlyArray<((cell: string) => string) | undefined>
): string {
  return byteOrderMark + csvOf([head], '\r\n') + csvOf(rows, '\r\n', spellings)
}

function cellOf (cell: string, spell: ((cell: string) => string) | undefined): string {
  if (cell === '') return ''
  const spelled = spell === undefined || beginsWithLetter(cell) ? cell : spell(cell)
  if (harmless.test(spelled)) return spelled
  return quoted(plain.test(spelled) ? spelled : safeCell(spelled))
}

function beginsWithLetter (cell: string): boolean {
  const letter = cell.charCodeAt(0) | 0x20
  return letter >= 0x61 && letter <= 0x7A
}

function quoted (cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
