import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { isTaken } from '../../platform/database/errors.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { BelowPromised, ResourceChanged, ResourceNameTaken, ResourceNotFound, StockChanged } from './errors.ts'
import { findResource, lockResources } from './queries.ts'
import { noteStock } from './stock-history.ts'
import { resourceDraft, stockDraft } from './resource.ts'
import type { Resource, ResourceTexts } from './resource.ts'

/** Adds something that professionals can ask for. The same form again adds nothing. Throws `ResourceNameTaken`. */
export async function addResource (
  db: Db, { id, most, stock, warnBelow, ...texts }: ResourceTexts & { id: string, stock: number }, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  const isThere = async () => await findResource(db, id) !== undefined
  if (await isThere()) return
  try {
    await db.$transaction(async tx => {
      await tx.resource.create({
        data: { id, ...texts, mostPerRequest: most, warnBelow: warnBelow ?? null, stock, createdAt: now.toJSDate() }
      })
      await noteStock(tx, { resourceId: id, cause: 'added', change: stock, stock }, by, now)
      await record(tx, {
        staffMemberId: by.id, action: 'resource.added', subject: texts.name, details: { stock, most }
      }, now)
    })
  } catch (error) {
    if (!isTaken(error)) throw error
    if (!await isThere()) throw new ResourceNameTaken(texts.name)
  }
}

/** The resource in the state that was read. */
export interface ReadResource { id: string, versionHash: string }

/** Changes what everyone reads of a resource. Throws `ResourceChanged`, `ResourceNameTaken`, `ResourceNotFound`. */
export async function changeResource (
  db: Db, { id, versionHash }: ReadResource, texts: ResourceTexts, by: StaffMember, now: DateTime<true>
): Promise<void> {
  try {
    await db.$transaction(async tx => {
      const before = await lockResource(tx, id)
      const changed = resourceDraft.differences(before, texts)
      if (Object.keys(changed).length === 0) return
      if (resourceDraft.versionHash(before) !== versionHash) throw new ResourceChanged()
      const { most: mostPerRequest, name, description, warnBelow = null } = texts
      await tx.resource.update({ where: { id }, data: { name, description, mostPerRequest, warnBelow } })
      await record(tx, { staffMemberId: by.id, action: 'resource.changed', subject: before.name, details: changed }, now)
    })
  } catch (error) {
    throw isTaken(error) ? new ResourceNameTaken(texts.name) : error
  }
}

/**
 * Adds what has come in, or takes off what is gone, with the reason. Throws `BelowPromised`, and `StockChanged` where
 * the stock is not what was read: a second press would add it twice.
 */
export async function changeStock (
  db: Db, { id, versionHash }: ReadResource, { change, reason }: { change: number, reason: string }, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const resource = await lockResource(tx, id)
    if (stockDraft.versionHash(resource) !== versionHash) throw new StockChanged(resource.stock)
    const stock = resource.stock + change
    if (stock < resource.promised) throw new BelowPromised(resource.promised)
    await tx.resource.update({ where: { id }, data: { stock } })
    await noteStock(tx, { resourceId: id, cause: 'counted', change, stock, reason }, by, now)
    await record(tx, {
      staffMemberId: by.id,
      action: 'resource.stock-changed',
      subject: resource.name,
      details: { stock: [String(resource.stock), String(stock)], reason }
    }, now)
  })
}

/** Lets nobody ask for a resource any more, or lets them again. What is promised stays promised. */
export async function retireResource (
  db: Db, id: string, isRetired: boolean, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const resource = await lockResource(tx, id)
    if (resource.isRetired === isRetired) return
    await tx.resource.update({ where: { id }, data: { retiredAt: isRetired ? now.toJSDate() : null } })
    const action = isRetired ? 'resource.retired' : 'resource.restored'
    await record(tx, { staffMemberId: by.id, action, subject: resource.name }, now)
  })
}

async function lockResource (tx: Tx, id: string): Promise<Resource> {
  const [resource] = await lockResources(tx, [id])
  if (resource === undefined) throw new ResourceNotFound()
  return resource
}
