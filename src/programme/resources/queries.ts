import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Resource as Row } from '../../platform/database/generated/client.ts'
import type { Resource } from './resource.ts'

/** Every resource by name, retired ones last. */
export async function listResources (db: Reader): Promise<Resource[]> {
  const rows = await db.resource.findMany({ orderBy: [{ retiredAt: { sort: 'asc', nulls: 'first' } }, { name: 'asc' }] })
  return rows.map(resourceOf)
}

export async function findResource (db: Reader, id: string): Promise<Resource | undefined> {
  const row = await db.resource.findUnique({ where: { id } })
  return row === null ? undefined : resourceOf(row)
}

/**
 * Locks resources by their ids, in one order for all, and then reads how many are free: whoever promises, gives out or
 * counts some does so first, before it locks a request.
 */
export async function lockResources (tx: Tx, ids: readonly string[]): Promise<Resource[]> {
  await tx.$queryRaw`SELECT 1 FROM resources WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`
  const rows = await tx.resource.findMany({ where: { id: { in: [...ids] } }, orderBy: { name: 'asc' } })
  return rows.map(resourceOf)
}

function resourceOf ({ mostPerRequest: most, warnBelow, retiredAt, createdAt: _, ...row }: Row): Resource {
  return { ...row, most, warnBelow: warnBelow ?? undefined, isRetired: retiredAt !== null }
}
