import { createHash } from 'node:crypto'
import { CommandError } from '../errors.ts'

/** What a backup says about itself before anything else. */
export interface Header {
  format: 1
  /** The instant whose state it has. */
  madeAt: string
  /** Of the server. */
  postgres: string
  /** Names of those that had been applied. */
  migrations: string[]
  /** Fingerprint of SECRET_KEY, which the backup does not hold. */
  secretKey: string
}

/** Some rows, as PostgreSQL's COPY sends and takes them in its text format. */
export interface Table {
  /** With its schema, and both quoted where they have to be; so are the columns. */
  name: string
  columns: string[]
}

export interface Sequence { name: string, value: string, isCalled: boolean }

/** Takes what a backup holds, in its order. Each takes all that it is given before the next is read. */
export interface Contents {
  header?: ((header: Header) => Promise<void>) | undefined
  /** Returns how many rows it has taken. */
  table: (table: Table, rows: AsyncIterable<Buffer>) => Promise<number>
  sequence?: (sequence: Sequence) => Promise<void>
}

/** What a backup that was read to its end held. */
export interface Summary {
  header: Header
  /** Rows by table. */
  rows: Record<string, number>
}

/** What is read is not a whole backup. */
export class NotABackup extends CommandError {}

/** Longer than any line that is not of a row: a file of something else is not read into memory. */
const longestLine = 1_000_000

const lineBreak = 10
const endOfRows = '\\.\n'

/**
 * Writes an archive: a script for psql, one COPY for each table, whose first and last line are comments for us. The
 * last has the number of rows of each table, and the digest of all before it: an archive without it is not whole.
 */
export async function * writeArchive (
  header: Header, tables: ReadonlyArray<Table & { rows: () => AsyncIterable<Buffer> }>, sequences: readonly Sequence[]
): AsyncGenerator<Buffer, void> {
  const digest = createHash('sha256')
  const rows: Record<string, number> = {}
  const line = (text: string) => {
    const bytes = Buffer.from(`${text}\n`)
    digest.update(bytes)
    return bytes
  }
  yield line(`-- placekeeper backup ${JSON.stringify(header)}`)
  for (const table of tables) {
    let count = 0
    yield line(`COPY ${table.name} (${table.columns.join(', ')}) FROM stdin;`)
    for await (const bytes of table.rows()) {
      digest.update(bytes)
      count += countLines(bytes)
      yield bytes
    }
    yield line('\\.')
    rows[table.name] = count
  }
  for (const { name, value, isCalled } of sequences) yield line(`SELECT setval('${name}', ${value}, ${isCalled});`)
  yield Buffer.from(`-- end ${JSON.stringify({ rows, sha256: digest.digest('hex') })}\n`)
}

/**
 * Reads an archive to its end and hands over what it holds. Throws `NotABackup` where it is not whole, at the latest
 * after everything was handed over: whoever takes it must be able to give it back.
 */
export async function readArchive (source: AsyncIterable<Buffer>, contents: Contents): Promise<Summary> {
  const archive = new Lines(source)
  const header = headerIn(await archive.line())
  await contents.header?.(header)
  const rows: Record<string, number> = {}
  while (true) {
    const digest = archive.digest()
    const line = await archive.line()
    const [, name, columns] = /^COPY (\S+) \((.+)\) FROM stdin;$/.exec(line) ?? []
    const [, sequence, value, called] = /^SELECT setval\('(\S+)', (-?\d+), (true|false)\);$/.exec(line) ?? []
    if (name !== undefined && columns !== undefined) {
      rows[name] = await contents.table({ name, columns: columns.split(', ') }, archive.rows())
    } else if (sequence !== undefined && value !== undefined) {
      await contents.sequence?.({ name: sequence, value, isCalled: called === 'true' })
    } else {
      await assertEnd(line, { rows, sha256: digest })
      await archive.assertOver()
      return { header, rows }
    }
  }
}

/** Counts rows, for whoever only wants to know that they can be read. */
export async function countRows (rows: AsyncIterable<Buffer>): Promise<number> {
  let count = 0
  for await (const bytes of rows) count += countLines(bytes)
  return count
}

function headerIn (line: string): Header {
  const [, json] = /^-- placekeeper backup (\{.*\})$/.exec(line) ?? []
  const header = json === undefined ? undefined : parsed(json) as { format: number } | undefined
  if (header === undefined) throw new NotABackup('This is not a backup of placekeeper.')
  if (header.format !== 1) throw new NotABackup('This backup was made by a newer version: restore it with that one.')
  return header as Header
}

function parsed (json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

async function assertEnd (line: string, found: { rows: Record<string, number>, sha256: string }): Promise<void> {
  if (line !== `-- end ${JSON.stringify(found)}`) throw new NotABackup('This backup does not hold what it says that it holds.')
}

function countLines (bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at + 1)) count++
  return count
}

/** What was read and not yet taken, as lines or as the rows of a table; never more than a few pieces of it. */
class Lines {
  readonly #source: AsyncIterator<Buffer>
  readonly #digest = createHash('sha256')
  #bytes: Buffer = Buffer.alloc(0)

  constructor (source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Of everything that was taken so far. */
  digest (): string {
    return this.#digest.copy().digest('hex')
  }

  async line (): Promise<string> {
    let end: number
    while ((end = this.#bytes.indexOf(lineBreak)) === -1) {
      if (this.#bytes.length > longestLine) throw new NotABackup('This is not a backup of placekeeper.')
      await this.#readOn()
    }
    return this.#take(end + 1).toString('utf8', 0, end)
  }

  /** The rows of a table, in pieces that need not end where a row does. */
  async * rows (): AsyncGenerator<Buffer, void> {
    while (this.#bytes.length < endOfRows.length) await this.#readOn()
    if (this.#bytes.toString('latin1', 0, endOfRows.length) !== endOfRows) {
      let end: number
      while ((end = this.#bytes.indexOf(`\n${endOfRows}`)) === -1) {
        // The end of rows may begin at the end of a piece.
        const whole = this.#bytes.length - endOfRows.length
        if (whole > 0) yield this.#take(whole)
        await this.#readOn()
      }
      yield this.#take(end + 1)
    }
    this.#take(endOfRows.length)
  }

  async assertOver (): Promise<void> {
    if (this.#bytes.length > 0 || (await this.#source.next()).done !== true) {
      throw new NotABackup('This backup does not hold what it says that it holds.')
    }
  }

  #take (length: number): Buffer {
    const taken = this.#bytes.subarray(0, length)
    this.#bytes = this.#bytes.subarray(length)
    this.#digest.update(taken)
    return taken
  }

  async #readOn (): Promise<void> {
    const next = await this.#source.next()
    if (next.done === true) throw new NotABackup('This backup is cut short.')
    this.#bytes = this.#bytes.length === 0 ? next.value : Buffer.concat([this.#bytes, next.value])
  }
}
