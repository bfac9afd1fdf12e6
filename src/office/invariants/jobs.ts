import type { Logger } from 'pino'
import type { Db } from '../../platform/database/connect.ts'
import { brokenIn, checkInvariants } from './check.ts'
import type { Circumstances } from './invariant.ts'
import { asJson } from './as-json.ts'

/** The check of each night: what is broken is logged, and the result stays with the job: see `findLastCheck`. */
export async function checkNightly (
  db: Db, circumstances: Circumstances, log: Pick<Logger, 'info' | 'error'>
): Promise<ReturnType<typeof asJson>> {
  const checked = await checkInvariants(db, circumstances)
  const broken = brokenIn(checked)
  for (const { name, promise, count, ids } of broken) {
    log.error({ invariant: name, count, ids }, `This does not hold: ${promise}`)
  }
  if (broken.length === 0) log.info('Everything that must hold of the data does.')
  return asJson(checked)
}
