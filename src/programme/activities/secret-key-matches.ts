import type { Db } from '../../platform/database/connect.ts'
import { CommandError } from '../../platform/errors.ts'
import type { Seal } from '../../platform/seal.ts'

/** Number of the newest links tried: a single link that was tampered with must not keep the service from starting. */
const maxTried = 10

/**
 * Throws if none of the newest Teams links opens: SECRET_KEY differs from the one they were sealed with. Found at the
 * start, it is one sentence for the person who starts the service; found later, it is workshops that no one gets into.
 */
export async function assertSecretKeyMatches (db: Db, seal: Seal): Promise<void> {
  const rows = await db.activity.findMany({
    where: { joinUrlSealed: { not: null } }, select: { joinUrlSealed: true }, orderBy: { startsAt: 'desc' }, take: maxTried
  })
  if (rows.length > 0 && !rows.some(({ joinUrlSealed }) => opens(seal, joinUrlSealed ?? ''))) {
    throw new CommandError('SECRET_KEY is not the one with which the Teams links in this database were sealed. ' +
      'Start with that one: with another, no link in emails already sent works. If it is lost, see “Deploy it” in the README.')
  }
}

function opens (seal: Seal, sealed: string): boolean {
  try {
    seal.open(sealed)
    return true
  } catch {
    return false
  }
}
