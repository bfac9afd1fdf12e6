import pg from 'pg'

/**
 * How long the database may take before what was asked of it counts as lost. The server's limits are the
 * shorter ones: it knows what is the matter, and says so while there is somebody to hear it.
 */
export interface Patience {
  /** Whoever waits for a connection of the pool so long is refused. */
  connectMs: number
  /** A transaction may take so long, its waiting for locks included. */
  transactionMs: number
  /** A transaction that asks for nothing more is ended by the server, and its locks with it. */
  idleInTransactionMs: number
  /** A statement is ended by the server, waiting for a lock included. */
  statementMs: number
  /** A connection that has not answered by then carries nothing any more, whatever the network says of it. */
  answerMs: number
}

export const patience: Patience = {
  connectMs: 10_000, transactionMs: 20_000, idleInTransactionMs: 10_000, statementMs: 12_000, answerMs: 15_000
}

/**
 * What every pool of connections of the running service is made with, so that none waits for ever on a server
 * that has gone without a word.
 *
 * The server's limits are set by a statement on each new connection and not on connecting: PgBouncer refuses
 * parameters there that it does not know.
 */
export function poolOf (
  url: string, { connections, patience: { connectMs, idleInTransactionMs, statementMs, answerMs } = patience }:
  { connections: number, patience?: Patience | undefined }
) {
  return {
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectMs,
    ...keptAlive,
    query_timeout: answerMs,
    Client: Connection as new () => pg.ClientBase,
    onConnect: async (client: pg.ClientBase) => {
      await client.query(`SET statement_timeout = ${statementMs}; ` +
        `SET idle_in_transaction_session_timeout = ${idleInTransactionMs}`)
    }
  } satisfies pg.PoolConfig
}

/** The kernel asks an idle connection's other end after ten seconds, and gives it up within twenty. */
export const keptAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 }

/**
 * A connection that harms nobody when it breaks.
 *
 * It is closed once an answer on it was not waited for any longer. pg itself only rejects: the connection would go
 * back to the pool with the answer still to come, and of a transaction the ROLLBACK, given up in its turn before it
 * was sent, so that whoever has the connection next goes on in that transaction.
 *
 * What befalls it while nobody listens ends no process. The pool hands a connection straight from one to the next,
 * and news of its end that came in the same packet as the last answer reaches it between the two. What matters rejects.
 */
class Connection extends pg.Client {
  constructor (config?: pg.ClientConfig) {
    super(config)
    this.on('error', () => {})
  }

  override query: pg.Client['query'] = (...given: unknown[]): never => {
    const query = pg.Client.prototype.query as (...given: unknown[]) => unknown
    const answer = query.apply(this, given)
    if (answer instanceof Promise) {
      answer.catch((error: Error) => {
        if (error.message === 'Query read timeout') this.connection.stream.destroy()
      })
    }
    return answer as never
  }
}
