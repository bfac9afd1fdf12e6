import { stringify } from 'csv-stringify/sync'
import { visibleText } from './typed.ts'

/**
 * Cells that a spreadsheet would run, or would try to: OWASP's list with full-width signs, which Numbers treats alike,
 * after any white space, which Excel drops.
 */
const runnable = /^\s*[=+\-@\t\r\n\0\uFF1D\uFF0B\uFF0D\uFF20]/

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

/** Marks a file as UTF-8 for Excel. */
export const byteOrderMark = '\uFEFF'

/**
 * Rows as CSV (RFC 4180), each ending in `lineBreak`, without a cell that a spreadsheet would run. csv-stringify's own
 * escape_formulas looks at the first character only, and not at line breaks or NUL; nor does it quote a cell for a line
 * break of another kind than the rows'.
 */
export function csvOf (rows: ReadonlyArray<readonly string[]>, lineBreak: '\n' | '\r\n'): string {
  return stringify(rows.map(row => row.map(safeCell)), {
    record_delimiter: lineBreak, quoted_match: /[\r\n]/
  })
}
