import pg from 'pg'
import type { Prisma } from './generated/client.ts'
import { poolOf, timeouts as usualPolicy } from './pool.ts'
import type { Timeouts } from './pool.ts'

/** A row as the text of its columns; null where there is nothing. */
export type Row = ReadonlyArray<string | null>

/** The database as it was at one moment, however long it is read. */
export interface Snapshot {
  rows: (query: Prisma.Sql) => Promise<Row[]>
  /** All rows of a long answer, some at a time: the next are read while these are worked on, and no further. */
  portions: (query: Prisma.Sql) => AsyncGenerator<Row[], void>
  /** Ends it; also in the middle of an answer. Safe to call twice. */
  close: () => Promise<void>
}

export interface Snapshots {
  /** Throws `SnapshotsInUse` if as many are open as may be at once. */
  open: () => Promise<Snapshot>
  /** Ends those that are open too. */
  close: () => Promise<void>
}

/** As many are being read as may be at once. */
export class SnapshotsInUse extends Error {}

/** Enough to be formatted in a few milliseconds, during which nothing else is done; few enough to be little memory. */
const rowsAtOnce = 200

/** The first portion of a long answer is sorted out of all of it. */
const statementMs = 30_000

/** Longer than the service keeps a connection on which its reader takes nothing. */
const idleMs = 90_000

/** A snapshot keeps the server from cleaning up what has changed since. */
const longestMs = 600_000

const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/**
 * Opens connections for long lists, few and of their own: whoever reads one slowly keeps no one waiting who books.
 *
 * Rows are read by a cursor of SQL, each portion by a statement of its own. A portal of the protocol (pg-cursor) is one
 * statement to the server, and its time limit counts for as long as the reader takes. The limits are set for the
 * transaction alone: behind PgBouncer the connection is someone else's before and after.
 */
export function openSnapshots (
  url: string, { atOnce = 4, timeouts = usualPolicy }: { atOnce?: number, timeouts?: Timeouts } = {}
): Snapshots {
  const answerMs = Math.max(timeouts.answerMs, statementMs + 5_000)
  const pool = new pg.Pool(poolOf(url, { connections: atOnce, timeouts: { ...timeouts, answerMs } }))
  pool.on('error', () => {})
  const inUse = new Set<Promise<Snapshot>>()

  return { open, close }

  async function open (): Promise<Snapshot> {
    if (inUse.size >= atOnce) throw new SnapshotsInUse()
    const opening = begin(() => { inUse.delete(opening) })
    inUse.add(opening)
    return await opening
  }

  async function begin (ended: () => void): Promise<Snapshot> {
    const client = await pool.connect().catch(error => {
      ended()
      throw error
    })
    const snapshot = snapshotOn(client, ended)
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ' +
        `SET LOCAL statement_timeout = ${statementMs}; SET LOCAL idle_in_transaction_session_timeout = ${idleMs}`)
      return snapshot
    } catch (error) {
      await snapshot.close()
      throw error
    }
  }

  async function close (): Promise<void> {
    await Promise.all([...inUse].map(async opening => {
      await opening.then(async snapshot => { await snapshot.close() }, () => {})
    }))
    await pool.end()
  }
}

function snapshotOn (client: pg.PoolClient, ended: () => void): Snapshot {
  const begunAt = performance.now()
  let isOpen = true

  return { rows, portions, close }

  async function ask (text: string, values: readonly unknown[] = []): Promise<Row[]> {
    if (!isOpen) throw new Error('The snapshot is closed.')
    const { rows } = await client.query({ text, values: [...values], rowMode: 'array', types: asText })
    return rows
  }

  async function rows ({ text, values }: Prisma.Sql): Promise<Row[]> {
    return await ask(text, values)
  }

  async function * portions ({ text, values }: Prisma.Sql): AsyncGenerator<Row[], void> {
    await ask(`DECLARE portions NO SCROLL CURSOR FOR ${text}`, values)
    const read = () => {
      const portion = ask(`FETCH ${rowsAtOnce} FROM portions`)
      // Whoever stops reading never asks what became of it.
      portion.catch(() => {})
      return portion
    }
    for (let next = read(), isLast = false; !isLast;) {
      const portion = await next
      isLast = portion.length < rowsAtOnce
      if (performance.now() - begunAt > longestMs) throw new Error('The snapshot was read for too long.')
      if (!isLast) next = read()
      if (portion.length > 0) yield portion
    }
    await ask('CLOSE portions')
  }

  async function close (): Promise<void> {
    if (!isOpen) return
    isOpen = false
    try {
      await client.query('ROLLBACK')
      client.release()
    } catch (error) {
      client.release(error as Error)
    } finally {
      ended()
    }
  }
}
