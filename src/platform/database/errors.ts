import { CommandError } from '../errors.ts'
import { Prisma } from './generated/client.ts'

/** There is no usable database, and the person at the terminal can do something about it. */
export class DatabaseUnusable extends CommandError {}

/** The database did not come back within the time allowed. */
export class DatabaseAway extends Error {}

/**
 * True if the database was away, or could not do what it can at other times: it is restarting, full, read-only, out of
 * connections, or silent; or it gave up a transaction that and another waited for each other. The same may well succeed
 * later, whether or not it was done already.
 */
export function isDatabaseAway (error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof DatabaseAway || saysTheDriver.test(error.message)) return true
  const { code = '', kind = '' } = causeOf(error)
  return says.test(code) || saysTheAdapter.test(kind)
}

/** True if the database can be read but not written. */
export function refusesWrites (error: unknown): boolean {
  return error instanceof Error && /^(25006|53100|58030)$/.test(causeOf(error).code ?? '')
}

/** True if something must be unique and another has it already: Prisma's P2002, of any unique constraint. */
export function isTaken (error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}

/**
 * Prisma's codes for a server that cannot be reached, hung up, or has no connection to give in time; PostgreSQL's for a
 * connection that broke, was ended or is one too many, for a server that starts or stops, for an operation that took
 * too long, for disks that are full, broken or read-only, and for a transaction that was given up because it and
 * another waited for each other; the system's for a network that is away.
 */
const says = new RegExp('^(' + [
  'P(1001|1002|1008|1017|2024|2028|2034|2037)',
  '(08|53)...', '57P0[1-5]', '25P0[34]', '57014', '25006', '58030', '40(001|P01)',
  'E(CONNREFUSED|CONNRESET|TIMEDOUT|PIPE|HOSTUNREACH|NETUNREACH|AI_AGAIN)'
].join('|') + ')$')

/** Prisma's adapter names some faults itself and drops their code. */
const saysTheAdapter = /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|TransactionWriteConflict)$/

/** pg has no code for connection failures, and Prisma passes those errors on unchanged. */
const saysTheDriver = new RegExp('^(' + [
  'Connection terminated( unexpectedly| due to connection timeout)?', 'timeout exceeded when trying to connect',
  'timeout expired', 'Query read timeout',
  'Client (has encountered a connection error and is|was closed and is) not queryable'
].join('|') + ')$')

interface Cause { code?: string | undefined, kind?: string | undefined }

/** Prisma's errors contain the adapter's error, which has PostgreSQL's code only for raw queries. */
function causeOf (error: Error): Cause {
  const { code, meta, cause } = error as Error & { code?: string, meta?: { driverAdapterError?: Error } }
  const adapters = (meta?.driverAdapterError?.cause ?? cause ?? {}) as { originalCode?: string, kind?: string }
  return { code: adapters.originalCode ?? code, kind: adapters.kind }
}
