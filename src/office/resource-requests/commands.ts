import type { DateTime } from 'luxon'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { dateOf } from '../../platform/clock.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { lockResources } from '../../programme/resources/queries.ts'
import { freeOf } from '../../programme/resources/resource.ts'
import { noteStock } from '../../programme/resources/stock-history.ts'
import { movingEffects } from './effects.ts'
import { AskedBefore, NotEnoughLeft, RequestMoved, ResourceRequestNotFound, TooManyOpen } from './errors.ts'
import { findResourceRequest, getResourceRequest, listResourceRequests } from './queries.ts'
import { daysKept, dayOf, isOpen, isTold, mayBecome, mostOpen, openStatuses } from './request.ts'
import type { AskingForResources, RequestStatus, ResourceRequest } from './request.ts'
import type { RequestFilter } from './schema.ts'

/**
 * Asks for resources, which are promised from then on, and confirms it by email. The same form again is one request.
 * Throws `NotEnoughLeft`, `TooManyOpen`, and `AskedBefore` where the same form was sent and has come to an end.
 *
 * Locks the resources before it reads how many are free: however many ask at once, nobody is promised what is not
 * there.
 */
export async function askForResources (
  db: Db, outbox: Outbox,
  { items, neededBy, email, organisationKind, phone, address, campaignId, ...asking }: AskingForResources,
  now: DateTime<true>
): Promise<void> {
  const canonicalEmail = canonicalAddress(email)
  await db.$transaction(async tx => {
    // Requests of one address one after the other, so that each counts the ones before.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`resources for ${canonicalEmail}`}, 0))`
    const resources = await lockResources(tx, items.map(({ resourceId }) => resourceId))
    const earlier = await findResourceRequest(tx, asking.id)
    if (earlier !== undefined) {
      if (earlier.status === 'cancelled' || earlier.status === 'refused') throw new AskedBefore()
      return
    }
    const short = items.flatMap(({ resourceId, quantity }) => {
      const resource = resources.find(({ id }) => id === resourceId)
      const left = resource === undefined || resource.isRetired ? 0 : freeOf(resource)
      return quantity <= left ? [] : [{ resourceId, name: resource?.name ?? '', left }]
    })
    if (short.length > 0) throw new NotEnoughLeft(short)
    const open = await tx.resourceRequest.count({ where: { canonicalEmail, status: { in: [...openStatuses] } } })
    if (open >= mostOpen) throw new TooManyOpen(mostOpen)
    await tx.resourceRequest.create({
      data: {
        ...asking,
        organisationKind: organisationKind ?? null,
        phone: phone ?? null,
        address: address ?? null,
        campaignId: campaignId ?? null,
        email,
        canonicalEmail,
        neededBy: dateOf(neededBy),
        status: 'asked',
        askedAt: now.toJSDate(),
        changedAt: now.toJSDate()
      }
    })
    await tx.requestedResource.createMany({
      data: items.map(({ resourceId, quantity }) =>
        ({ requestId: asking.id, resourceId, asked: quantity, promised: quantity }))
    })
    await outbox.announce(tx, 'resources.moved', [{ requestId: asking.id, status: 'asked' }])
  })
}

/** Cancels one's own request: what was promised is free again. Gives whether it could still be cancelled. */
export async function cancelOwnRequest (db: Db, id: string, now: DateTime<true>): Promise<boolean> {
  return await db.$transaction(async tx => {
    const request = await lockRequest(tx, id)
    if (request.status === 'cancelled') return true
    if (!isOpen(request)) return false
    await release(tx, id)
    await tx.resourceRequest.update({ where: { id }, data: { status: 'cancelled', changedAt: now.toJSDate() } })
    return true
  })
}

/** What staff do about a request; `confirmed` is the token of what they read that it does. */
export interface Moving {
  requestId: string
  to: 'approved' | 'packed' | 'handed-over' | 'refused'
  /** For an approval: how many they get of each. */
  granted?: ReadonlyMap<string, number>
  /** What they read with it. */
  message?: string | undefined
  confirmed: string | undefined
}

/**
 * Approves all or a part of a request, refuses it, or notes that it is packed, or handed over or sent. What they do not
 * get is free again, and what they got is off the stock and counted. The same again does nothing. Throws
 * `RequestMoved` and `ConfirmationRequired`.
 */
export async function moveRequest (
  db: Db, outbox: Outbox, { requestId, to, granted, message, confirmed }: Moving, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const request = await lockRequest(tx, requestId)
    if (request.status === to) return
    if (!mayBecome(request.status, to)) throw new RequestMoved()
    requireConfirmation(movingEffects(request, to, { granted, message }), confirmed)
    if (to === 'approved') await grant(tx, request, granted ?? new Map())
    if (to === 'refused') await release(tx, requestId)
    if (to === 'handed-over') await giveOut(tx, request, by, now)
    await tx.resourceRequest.update({
      where: { id: requestId },
      data: { status: to, changedAt: now.toJSDate(), ...message !== undefined && { message } }
    })
    if (isTold(to, request.getting)) await outbox.announce(tx, 'resources.moved', [{ requestId, status: to }])
    await record(tx, { staffMemberId: by.id, action: `resources.${to}`, subject: requestId }, now)
  })
}

async function grant (
  tx: Tx, { id: requestId, items }: ResourceRequest, granted: ReadonlyMap<string, number>
): Promise<void> {
  for (const { resourceId } of items) {
    const quantity = granted.get(resourceId) ?? 0
    await tx.requestedResource.update({
      where: { requestId_resourceId: { requestId, resourceId } }, data: { granted: quantity, promised: quantity }
    })
  }
}

async function release (tx: Tx, requestId: string): Promise<void> {
  await tx.requestedResource.updateMany({ where: { requestId }, data: { promised: 0 } })
}

/** Takes what they get off the stock, and adds it to the totals, which outlive the request. */
async function giveOut (
  tx: Tx, { id, items, organisation, campaign }: ResourceRequest, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await release(tx, id)
  const [agency] = await tx.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM agencies WHERE lower(name) = lower(${organisation}) ORDER BY id LIMIT 1`
  for (const { resourceId, granted = 0 } of items) {
    if (granted === 0) continue
    const { stock } = await tx.resource.update({ where: { id: resourceId }, data: { stock: { decrement: granted } } })
    await noteStock(tx, { resourceId, cause: 'given-out', change: -granted, stock }, by, now)
    await tx.$executeRaw`
      INSERT INTO resource_totals (resource_id, campaign_id, agency_id, given)
      VALUES (${resourceId}::uuid, ${campaign?.id ?? null}::uuid, ${agency?.id ?? null}::uuid, ${granted})
      ON CONFLICT (resource_id, coalesce(campaign_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(agency_id, '00000000-0000-0000-0000-000000000000'))
      DO UPDATE SET given = resource_totals.given + ${granted}`
  }
}

/** Locks the resources of a request, in the order that all keep to, and then the request. */
async function lockRequest (tx: Tx, id: string): Promise<ResourceRequest> {
  const items = await tx.requestedResource.findMany({ where: { requestId: id }, select: { resourceId: true } })
  await lockResources(tx, items.map(({ resourceId }) => resourceId))
  const [row] = await tx.$queryRaw<unknown[]>`SELECT 1 FROM resource_requests WHERE id = ${id}::uuid FOR UPDATE`
  if (row === undefined) throw new ResourceRequestNotFound()
  return await getResourceRequest(tx, id)
}

/**
 * All requests that match a filter, to be taken out of the service: who takes how many is recorded with them, and
 * nothing may be sent before that has committed.
 */
export async function takeOutRequests (
  db: Db, filter: RequestFilter, by: StaffMember, now: DateTime<true>
): Promise<ResourceRequest[]> {
  return await db.$transaction(async tx => {
    const requests = await listResourceRequests(tx, filter)
    await record(tx, {
      staffMemberId: by.id,
      action: 'resources.exported',
      subject: undefined,
      details: {
        requests: requests.length, status: filter.status, ...filter.by !== undefined && { neededBy: filter.by }
      }
    }, now)
    return requests
  })
}

/** Records that someone was emailed about a status. */
export async function noteMoveTold (db: Db, id: string, status: RequestStatus): Promise<void> {
  await db.resourceRequest.updateMany({ where: { id }, data: { told: status } })
}

/** Records that emails to the address of a request are refused for good, so that staff phone. */
export async function noteAskerUnreachable (db: Db, id: string, now: DateTime<true>): Promise<void> {
  await db.resourceRequest.updateMany({ where: { id, unreachableAt: null }, data: { unreachableAt: now.toJSDate() } })
}

/**
 * Deletes requests whose day has come, except those of people under a legal hold; returns their ids. What was still
 * promised to them is free again.
 */
export async function forgetResourceRequests (db: Db, now: DateTime<true>): Promise<string[]> {
  return await db.$transaction(async tx => {
    await tx.$executeRaw`SELECT 1 FROM resources ORDER BY id FOR UPDATE`
    const gone = await tx.$queryRaw<Array<{ id: string }>>`
      DELETE FROM resource_requests WHERE needed_by + ${daysKept}::int <= ${dayOf(now)}::date
        AND NOT EXISTS (
          SELECT FROM legal_holds hold
          WHERE hold.canonical_email = resource_requests.canonical_email AND hold.lifted_at IS NULL)
      RETURNING id`
    await noteGone(tx, gone.map(({ id }) => id), now)
    return gone.map(({ id }) => id)
  })
}

/** Erases what an address had asked for up to an instant; returns the ids. */
export async function eraseResourceRequests (
  tx: Tx, canonicalEmail: string, askedBy: Date, now: DateTime<true>
): Promise<string[]> {
  await tx.$executeRaw`SELECT 1 FROM resources ORDER BY id FOR UPDATE`
  const gone = await tx.$queryRaw<Array<{ id: string }>>`
    DELETE FROM resource_requests WHERE canonical_email = ${canonicalEmail} AND asked_at <= ${askedBy} RETURNING id`
  const ids = gone.map(({ id }) => id)
  await noteGone(tx, ids, now)
  return ids
}

/** No backup brings them back. */
async function noteGone (tx: Tx, ids: readonly string[], now: DateTime<true>): Promise<void> {
  await tx.forgottenBooking.createMany({
    data: ids.map(bookingId => ({ bookingId, forgottenAt: now.toJSDate() })), skipDuplicates: true
  })
}

/** Erases again the requests that a restored backup has brought back; returns how many. */
export async function eraseResourceRequestsAgain (db: Db): Promise<number> {
  return await db.$transaction(async tx => {
    await tx.$executeRaw`SELECT 1 FROM resources ORDER BY id FOR UPDATE`
    return await tx.$executeRaw`
      DELETE FROM resource_requests USING forgotten_bookings gone WHERE gone.booking_id = resource_requests.id`
  })
}
