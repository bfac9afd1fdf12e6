import { stringify } from 'csv-stringify/sync'
import { asSeen } from './typed.ts'

/**
 * What a spreadsheet would run, or would take for something to run: OWASP's list with full-width signs,
 * which Numbers treats alike, behind any white space, which Excel drops.
 */
const runnable = /^\s*[=+\-@\t\r\n\0\uFF1D\uFF0B\uFF0D\uFF20]/

/**
 * A cell that no spreadsheet runs and each can open: nothing is in it that nobody sees, for which Gnumeric 1.12 opens
 * no file at all, and nothing that XML cannot hold, as which all of them keep it; also where it was stored before forms
 * saw to that.
 *
 * In front of what one would run stands an apostrophe. LibreOffice 7.4 shows it. Gnumeric takes it for a mark and off,
 * also off names like 't Hooft: one that begins a text is therefore written curly.
 */
export function safeCell (text: string): string {
  const shown = asSeen(text).replace(/^'/, '’')
  return runnable.test(shown) ? `'${shown}` : shown
}

/** What `safeCell` was given, as it was seen and with its curly apostrophe. */
export function plainCell (text: string): string {
  return text.startsWith("'") && runnable.test(text.slice(1)) ? text.slice(1) : text
}

/** Starts a file that Excel is to read as UTF-8. */
export const byteOrderMark = '\uFEFF'

/**
 * Rows as CSV (RFC 4180), each ending in `lineBreak`, without a cell that a spreadsheet would run.
 * csv-stringify's own escape_formulas looks at the first character only, and not at line breaks or NUL; nor
 * does it quote a cell for a line break of another kind than the rows'.
 */
export function csvOf (rows: ReadonlyArray<readonly string[]>, lineBreak: '\n' | '\r\n'): string {
  return stringify(rows.map(row => row.map(safeCell)), {
    record_delimiter: lineBreak, quoted_match: /[\r\n]/
  })
}
