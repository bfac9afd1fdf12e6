import pg from 'pg'
import type { Prisma } from './generated/client.ts'

/** Rows that have arrived and that nobody has taken may be this many bytes; then the server waits. */
const mostWaiting = 65_536

/**
 * Rows are handed over in portions of so many bytes, and one that is longer alone. What is made of them is up to ten
 * times as large, and all of it is in use at once: in portions of 64 KiB a workbook of 100,000 rows takes 90 MiB more.
 */
const mostAtOnce = 16_384

/**
 * The rows of a query as PostgreSQL's COPY sends them: its text format, of which each row is one piece of bytes. In the
 * ordinary protocol each cell would be a string of its own on its way, and a cursor would have to be asked for each
 * portion. The server sends no further while nobody takes what has arrived: then it waits for the network.
 */
export class CopyOut implements pg.Submittable {
  /** The driver's own limit on a query, which would count for as long as a slow reader takes. */
  readonly query_timeout: number
  /** The driver's own: it stops counting once it is called. */
  callback: (() => void) | undefined

  readonly #text: string
  #connection: pg.Connection | undefined
  /** Portions of whole rows. */
  #full: Buffer[] = []
  #filling = Buffer.alloc(0)
  /** How much of it has rows. */
  #filled = 0
  /** In all of these. */
  #bytes = 0
  #end: { error?: Error } | undefined
  #news = Promise.withResolvers<undefined>()

  constructor (query: Prisma.Sql, { longestMs }: { longestMs: number }) {
    // COPY takes no parameters.
    const values = query.values.map(literal)
    const select = query.strings.map((text, n) => text + (values[n] ?? '')).join('')
    this.#text = `COPY (${select}) TO STDOUT (FORMAT text, NULL '', ENCODING 'UTF8')`
    this.query_timeout = longestMs
  }

  /** The next rows of those that are there; undefined after the last. Throws if none come for so long. */
  async next (longestWaitMs: number): Promise<string[][] | undefined> {
    while (this.#bytes === 0 && this.#end === undefined) await this.#newsWithin(longestWaitMs)
    if (this.#end?.error !== undefined) throw this.#end.error
    if (this.#bytes === 0) return undefined
    return rowsIn(this.#take())
  }

  /** Some whole rows; the server may send on once few are left. */
  #take (): string {
    if (this.#full.length === 0) this.#fillAnother(mostAtOnce)
    const portion = this.#full.shift() ?? Buffer.alloc(0)
    this.#bytes -= portion.length
    if (this.#bytes <= mostWaiting) this.#connection?.stream.resume()
    return portion.toString()
  }

  #fillAnother (bytes: number): void {
    if (this.#filled > 0) this.#full.push(this.#filling.subarray(0, this.#filled))
    this.#filling = Buffer.allocUnsafe(bytes)
    this.#filled = 0
  }

  async #newsWithin (longestWaitMs: number): Promise<void> {
    const timer = setTimeout(() => { this.handleError(new Error('Query read timeout')) }, longestWaitMs)
    await this.#news.promise
    clearTimeout(timer)
    this.#news = Promise.withResolvers()
  }

  submit (connection: pg.Connection): void {
    this.#connection = connection
    connection.query(this.#text)
  }

  /** Copies the row: the driver writes what arrives next over it (findings/pg-writes-over-the-rows-of-copy.sh). */
  handleCopyData ({ chunk }: { chunk: Buffer }): void {
    if (this.#filled + chunk.length > this.#filling.length) this.#fillAnother(Math.max(mostAtOnce, chunk.length))
    chunk.copy(this.#filling, this.#filled)
    this.#filled += chunk.length
    this.#bytes += chunk.length
    if (this.#bytes > mostWaiting) this.#connection?.stream.pause()
    this.#news.resolve(undefined)
  }

  handleCommandComplete (): void {}

  handleReadyForQuery (): void {
    this.#ended({})
  }

  handleError (error: Error): void {
    this.#ended({ error })
  }

  #ended (end: { error?: Error }): void {
    this.#end ??= end
    this.#news.resolve(undefined)
    this.callback?.()
  }
}

/** A parameter as SQL has it: a text of no type, as the driver sends it too, so that it gets the same one. */
function literal (value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  return pg.escapeLiteral(Array.isArray(value) ? arrayText(value) : String(value))
}

function arrayText (values: readonly unknown[]): string {
  return `{${values.map(value => `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}

const escaped: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Rows of COPY's text format: neither a tab nor a line break stands in a cell, but as a letter after a backslash. */
export function rowsIn (text: string): string[][] {
  const rows = text.slice(0, -1).split('\n').map(row => row.split('\t'))
  if (!text.includes('\\')) return rows
  return rows.map(row => row.map(cell =>
    cell.includes('\\') ? cell.replaceAll(/\\(.)/g, (_, letter: string) => escaped[letter] ?? letter) : cell))
}
