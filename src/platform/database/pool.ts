import pg from 'pg'
import { statementNames } from './statement-names.ts'

/**
 * How long the database may take before a request to it counts as lost. The server's limits are the shorter ones: it
 * knows the cause, and reports it while someone is there to read it.
 */
export interface Timeouts {
  /** Maximum wait for a connection of the pool; then the request is refused. */
  connectMs: number
  /** Maximum duration of a transaction, including its waits for locks. */
  transactionMs: number
  /** The server ends a transaction that sends nothing for this long, and with it its locks. */
  idleInTransactionMs: number
  /** The server ends a statement that runs for this long, including waits for locks. */
  statementMs: number
  /** A connection that has not answered within this time counts as dead, whatever the network says of it. */
  answerMs: number
}

export const timeouts: Timeouts = {
  connectMs: 10_000, transactionMs: 20_000, idleInTransactionMs: 10_000, statementMs: 12_000, answerMs: 15_000
}

/**
 * Settings of every connection pool of the running service, so that none waits for ever on a server that vanished
 * silently.
 *
 * The server's limits are set by a statement on each new connection and not on connecting: PgBouncer refuses parameters
 * there that it does not know. What we ask takes milliseconds; compiling a plan whose costs were guessed too high takes
 * hundreds.
 */
export function poolOf (
  url: string, { connections, timeouts: { connectMs, idleInTransactionMs, statementMs, answerMs } = timeouts }:
  { connections: number, timeouts?: Timeouts | undefined }
) {
  const nameOf = statementNames()
  return {
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectMs,
    ...keptAlive,
    query_timeout: answerMs,
    Client: Connection as new () => pg.ClientBase,
    onConnect: async (client: pg.ClientBase) => {
      await client.query(`SET statement_timeout = ${statementMs}; ` +
        `SET idle_in_transaction_session_timeout = ${idleInTransactionMs}; SET jit = off`)
      if (client instanceof Connection) await client.nameStatements(nameOf)
    }
  } satisfies pg.PoolConfig
}

/** The kernel probes an idle connection after ten seconds, and gives it up within twenty. */
const keptAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 }

/**
 * A connection that harms no other query when it breaks.
 *
 * It is closed once a query on it has timed out. pg itself only rejects: the connection would go back to the pool with
 * the answer still to come. In a transaction the ROLLBACK would be given up before it was sent, too, and the next user
 * of the connection would continue that transaction.
 *
 * An error event without a listener must not end the process. The pool hands a connection straight from one user to the
 * next, and if news of its end came in the same packet as the last answer, it arrives between the two. Failures that
 * matter reject.
 */
class Connection extends pg.Client {
  #nameOf: NameOf | undefined

  constructor (config?: pg.ClientConfig) {
    super(config)
    this.on('error', () => {})
  }

  /**
   * From now on has the server plan once what is often asked, if this connection is to one server. A pooler such as
   * PgBouncer in transaction mode gives each transaction another one, which does not know the name: it is told apart by
   * the number that it gives to the connection, which is not that of the server's process.
   */
  async nameStatements (nameOf: NameOf): Promise<void> {
    const { rows: [row] } = await this.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const isDirect = row?.pid === (this as unknown as { processID: number | null }).processID
    this.#nameOf = isDirect ? nameOf : undefined
  }

  /** The last question whose answer is still to come. */
  #asked: Promise<unknown> | undefined

  /**
   * Asks once everything before is answered: Prisma reads several relations of a row at once, in a transaction too,
   * and pg wants one question at a time. Its limit on the time of an answer begins when it is asked.
   */
  override query: pg.Client['query'] = (first: unknown, ...others: unknown[]): never => {
    const query = pg.Client.prototype.query as (...given: unknown[]) => unknown
    const ask = () => query.call(this, this.#nameOf === undefined ? first : named(first, this.#nameOf), ...others)
    const answer = this.#asked === undefined ? ask() : this.#asked.then(ask, ask)
    if (answer instanceof Promise) {
      this.#asked = answer
      const isOver = () => { if (this.#asked === answer) this.#asked = undefined }
      answer.then(isOver, (error: Error) => {
        isOver()
        if (error.message === 'Query read timeout') this.connection.stream.destroy()
        // A table has changed: what this connection has planned would fail again.
        if (error.message === 'cached plan must not change result type') this.#nameOf = undefined
      })
    }
    return answer as never
  }
}

type NameOf = ReturnType<typeof statementNames>

/** A statement with parameters, by its name if it is sent often; what sends itself, such as a copy, is left alone. */
function named (query: unknown, nameOf: NameOf): unknown {
  const { text, values = [], submit } = query as Partial<pg.QueryConfig & pg.Submittable>
  const name = text === undefined || values.length === 0 || submit !== undefined ? undefined : nameOf(text)
  return name === undefined ? query : { ...query as pg.QueryConfig, name }
}
