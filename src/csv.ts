import { stringify } from 'csv-stringify/sync'

/**
 * What a spreadsheet would run, or would take for something to run: OWASP's list with full-width signs,
 * which Numbers treats alike, behind any white space, which Excel drops, and behind apostrophes, so that
 * `plainCell` takes off exactly what `safeCell` put on.
 */
const runnable = /^'*\s*[=+\-@\t\r\n\0\uFF1D\uFF0B\uFF0D\uFF20]/

/** A cell as text and nothing else: spreadsheets hide the apostrophe that says so. */
export function safeCell (text: string): string {
  return runnable.test(text) ? `'${text}` : text
}

/** What `safeCell` was given. */
export function plainCell (text: string): string {
  return text.startsWith("'") && runnable.test(text) ? text.slice(1) : text
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
