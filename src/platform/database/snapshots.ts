import pg from 'pg'
import { CopyOut } from './copy-out.ts'
import { Prisma } from './generated/client.ts'
import { poolOf, timeouts as usualPolicy } from './pool.ts'
import type { Timeouts } from './pool.ts'

/** A row as the text of its columns; null where there is nothing. */
export type Row = ReadonlyArray<string | null>

/** The database as it was at one moment, however long it is read. */
export interface Snapshot {
  rows: (query: Prisma.Sql) => Promise<Row[]>
  /**
   * All rows of a long answer, some at a time, empty texts where there is nothing: the next are read while these are
   * worked on, and no further.
   */
  portions: (query: Prisma.Sql) => AsyncGenerator<string[][], void>
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

/** Snapshots that one process has open at once. */
export const mostAtOnce = 4

/** Before the first rows of a long answer all of it is sorted. */
const statementMs = 30_000

/** Longer than the service keeps a connection on which its reader takes nothing. */
const idleMs = 90_000

/** A snapshot keeps the server from cleaning up what has changed since. */
const longestMs = 600_000

/** A list of 100,000 is sorted in memory: from files it takes a third longer. */
const sortMemory = '32MB'

const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/**
 * Opens connections for long lists, few and of their own: whoever reads one slowly keeps no one waiting who books.
 *
 * To the server a long answer is one statement, whose time limit counts for as long as its reader takes: it may last as
 * long as a snapshot, and the service itself gives up an answer of which nothing comes. The limits are set for the
 * transaction alone: behind PgBouncer the connection is someone else's before and after.
 */
export function openSnapshots (
  url: string, { atOnce = mostAtOnce, timeouts = usualPolicy }: { atOnce?: number, timeouts?: Timeouts } = {}
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
    const snapshot = snapshotOn(client, answerMs, ended)
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ' +
        `SET LOCAL statement_timeout = ${statementMs}; SET LOCAL idle_in_transaction_session_timeout = ${idleMs}; ` +
        `SET LOCAL work_mem = '${sortMemory}'`)
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

function snapshotOn (client: pg.PoolClient, answerMs: number, ended: () => void): Snapshot {
  let isOpen = true
  let isAnswering = false

  return { rows, portions, close }

  async function rows ({ text, values }: Prisma.Sql): Promise<Row[]> {
    if (!isOpen) throw new Error('The snapshot is closed.')
    const { rows } = await client.query({ text, values: [...values], rowMode: 'array', types: asText })
    return rows
  }

  async function * portions (query: Prisma.Sql): AsyncGenerator<string[][], void> {
    await rows(Prisma.sql`SELECT set_config('statement_timeout', ${String(longestMs)}, true)`)
    isAnswering = true
    const answer = client.query(new CopyOut(query, { longestMs }))
    for (;;) {
      const portion = await answer.next(answerMs)
      if (portion === undefined) break
      yield portion
    }
    isAnswering = false
  }

  async function close (): Promise<void> {
    if (!isOpen) return
    isOpen = false
    try {
      // The rest of a long answer would have to be read before anything else is answered.
      if (isAnswering) throw new Error('The answer was given up.')
      await client.query('ROLLBACK')
      client.release()
    } catch (error) {
      client.release(error as Error)
    } finally {
      ended()
    }
  }
}
