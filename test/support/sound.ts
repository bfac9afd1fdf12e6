import type { DateTime } from 'luxon'
import { brokenIn, checkInvariants } from '../../src/office/invariants/check.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import { allThatIsSealed } from '../../src/sealed-tables.ts'
import { noon, secretKey } from './world.ts'

/**
 * Throws unless every invariant holds: for tests that take something away, once it is back and what was due is done.
 * `but` names those that a test breaks on purpose.
 */
export async function expectSound (
  db: Db, { now = noon, but = [] }: { now?: DateTime<true>, but?: readonly string[] } = {}
): Promise<void> {
  const broken = brokenIn(await checkInvariants(db, { now, sealed: allThatIsSealed(secretKey) }))
  const others = broken.filter(({ name }) => !but.includes(name))
  if (others.length === 0) return
  throw new Error(others.map(({ promise, count, ids }) => `${promise} Broken by ${count}: ${ids.join(', ')}`).join('\n'))
}
