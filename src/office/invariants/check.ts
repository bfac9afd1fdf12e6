import type { DateTime } from 'luxon'
import type { Db, Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { ofEmails } from './emails.ts'
import type { Broken, Circumstances, Invariant } from './invariant.ts'
import { ofKeeping } from './keeping.ts'
import { ofPlaces } from './places.ts'
import { sealedOpens } from './sealed.ts'

export const invariants: readonly Invariant[] = [...ofPlaces, ...ofEmails, ...ofKeeping, sealedOpens]

/** What was found of one invariant; `count` 0 if it holds. */
export type Finding = Pick<Invariant, 'name' | 'promise'> & Broken

/** What a check found, of every invariant. */
export interface Checked {
  checkedAt: DateTime<true>
  findings: Finding[]
}

/** For all invariants together. */
const longestMs = 600_000

/**
 * Checks every invariant on the database as it is at one moment, and changes nothing: the transaction can only read.
 * What is being booked meanwhile is neither waited for nor kept waiting.
 */
export async function checkInvariants (db: Db, circumstances: Circumstances): Promise<Checked> {
  return await db.$transaction(async tx => {
    await tx.$executeRaw`SET TRANSACTION READ ONLY`
    return { checkedAt: circumstances.now, findings: await findingsOf(tx, circumstances) }
  }, { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead, timeout: longestMs })
}

/** The findings as a transaction sees the database. */
export async function findingsOf (db: Reader, circumstances: Circumstances): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, promise, find } of invariants) findings.push({ name, promise, ...await find(db, circumstances) })
  return findings
}

export function brokenIn ({ findings }: Pick<Checked, 'findings'>): Finding[] {
  return findings.filter(({ count }) => count > 0)
}
