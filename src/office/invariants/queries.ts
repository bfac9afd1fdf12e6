import { z } from 'zod'
import type { Reader } from '../../platform/database/connect.ts'
import type { Finding } from './check.ts'

/** The queue of the check of each night. */
export const nightlyCheck = 'invariants.checked'

/** As the job keeps it. */
const Kept = z.object({
  checkedAt: z.string(),
  findings: z.array(z.object({ name: z.string(), promise: z.string(), count: z.number(), ids: z.array(z.string()) }))
})

/** What the last check at night found; undefined where there has been none for a week. */
export async function findLastCheck (db: Reader): Promise<{ checkedAt: string, findings: Finding[] } | undefined> {
  const [job] = await db.$queryRaw<Array<{ output: unknown }>>`
    SELECT output FROM pgboss.job WHERE name = ${nightlyCheck} AND state = 'completed' ORDER BY completed_on DESC LIMIT 1`
  return Kept.safeParse(job?.output).data
}
