import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { ReturnPaths } from '../emails/return-path.ts'
import { noteBounce } from './commands.ts'
import { readReport } from './report.ts'

/** What the handling of mail to the bounce address needs. */
export interface BounceContext {
  db: Db
  clock: Clock
  emailIdIn: ReturnPaths['emailIdIn']
}

/**
 * Reads a mail that came to the bounce address, and records the email that did not arrive, if it is about one. The same
 * mail may come any number of times, by any route and in any number of processes.
 */
export async function processBounce ({ db, clock, emailIdIn }: BounceContext, mail: Buffer): Promise<void> {
  const bounce = await readReport(mail, emailIdIn)
  if (bounce !== undefined) await noteBounce(db, bounce, clock())
}
