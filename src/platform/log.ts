import { pino } from 'pino'
import type { Logger } from 'pino'
import type { Config } from './config.ts'

/**
 * Logs to standard output: for people at a terminal, as one JSON object a line elsewhere. What is logged
 * carries ids; never a name, an address, a token or a secret link.
 */
export function openLog ({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  return pino({
    level: logLevel,
    serializers: { err: faultInLog },
    ...(process.stdout.isTTY && { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
  })
}

/**
 * Logs what the queue reports, each kind at most once in half a minute: while the database is away, every worker meets
 * the same fault twice a second. The queue passes copies that are no longer an `Error`.
 */
export function queueFaultLog (log: Pick<Logger, 'error'>, now: () => number = () => performance.now()) {
  const loggedAt = new Map<string, number>()

  return (fault: { message?: string, code?: string, stack?: string }): void => {
    const { message = '', code, stack } = fault
    const kind = code ?? message
    if (now() - (loggedAt.get(kind) ?? -Infinity) < 30_000) return
    loggedAt.set(kind, now())
    log.error({ err: Object.assign(new Error(message), { code, stack }) }, 'The queue had a problem.')
  }
}

/**
 * Where a fault happened and its kind. Prisma's messages quote the query with what people typed, so only their code is
 * kept; of a stack only the frames, because it begins with the message.
 */
export function faultInLog (fault: unknown): object {
  if (!(fault instanceof Error)) return { type: typeof fault }
  const { code } = fault as { code?: unknown }
  return {
    type: fault.name,
    ...(typeof code === 'string' && { code }),
    ...(!fault.name.startsWith('Prisma') && { message: fault.message }),
    ...(fault instanceof AggregateError && { faults: fault.errors.map(faultInLog) }),
    at: fault.stack?.split('\n').filter(line => line.startsWith('    at ')).map(line => line.trim())
  }
}
