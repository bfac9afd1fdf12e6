import { pino } from 'pino'
import type { Logger } from 'pino'
import type { Config } from './config.ts'

/**
 * Logs to standard output: for people at a terminal, as one JSON object a line elsewhere. What is logged
 * carries ids; never a name, an address, a token or a join link.
 */
export function openLog ({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  return pino({
    level: logLevel,
    ...(process.stdout.isTTY && { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
  })
}
