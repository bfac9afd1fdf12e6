import { instant, calendarDay, dateOf } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { ResourceRequestNotFound } from './errors.ts'
import { openStatuses } from './request.ts'
import type { Getting, RequestStatus, ResourceRequest } from './request.ts'
import type { RequestFilter } from './schema.ts'

const whole = {
  campaign: { select: { id: true, title: true, partnership: true } },
  items: { include: { resource: { select: { name: true } } }, orderBy: { resource: { name: 'asc' } } }
} satisfies Prisma.ResourceRequestInclude

type Row = Prisma.ResourceRequestGetPayload<{ include: typeof whole }>

export async function findResourceRequest (db: Reader, id: string): Promise<ResourceRequest | undefined> {
  const row = await db.resourceRequest.findUnique({ where: { id }, include: whole })
  return row === null ? undefined : requestOf(row)
}

/** Throws `ResourceRequestNotFound`. */
export async function getResourceRequest (db: Reader, id: string): Promise<ResourceRequest> {
  const request = await findResourceRequest(db, id)
  if (request === undefined) throw new ResourceRequestNotFound()
  return request
}

/**
 * Requests that match a filter, by the day by which they are needed: the soonest first, of ended ones the latest. All
 * of them, unless only so many are wanted.
 */
export async function listResourceRequests (
  db: Reader, { status, by }: RequestFilter, take?: number
): Promise<ResourceRequest[]> {
  const isOpen = status === 'open' || (openStatuses as readonly string[]).includes(status)
  const rows = await db.resourceRequest.findMany({
    where: {
      status: status === 'open' ? { in: [...openStatuses] } : status,
      ...by !== undefined && { neededBy: { lte: dateOf(by) } }
    },
    include: whole,
    orderBy: [{ neededBy: isOpen ? 'asc' : 'desc' }, { askedAt: 'asc' }, { id: 'asc' }],
    ...take !== undefined && { take }
  })
  return rows.map(requestOf)
}

/** What is approved and still to be packed for a day. */
export async function listToPack (db: Reader, day: string): Promise<ResourceRequest[]> {
  const rows = await db.resourceRequest.findMany({
    where: { status: 'approved', neededBy: dateOf(day) },
    include: whole,
    orderBy: [{ organisation: 'asc' }, { askedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(requestOf)
}

/** The days for which something is to be packed, with how many requests. */
export async function listPackingDays (db: Reader): Promise<Array<{ day: string, requests: number }>> {
  const groups = await db.resourceRequest.groupBy({
    by: ['neededBy'], where: { status: 'approved' }, _count: true, orderBy: { neededBy: 'asc' }
  })
  return groups.map(({ neededBy, _count }) => ({ day: calendarDay(neededBy), requests: _count }))
}

/** How many requests stand where something is to be done, and by which day the first of them is needed. */
export async function countOpenRequests (
  db: Reader
): Promise<Array<{ status: typeof openStatuses[number], requests: number, first: string }>> {
  const groups = await db.resourceRequest.groupBy({
    by: ['status'], where: { status: { in: [...openStatuses] } }, _count: true, _min: { neededBy: true }
  })
  return openStatuses.flatMap(status => {
    const group = groups.find(group => group.status === status)
    const first = calendarDay(group?._min.neededBy)
    return group === undefined || first === undefined ? [] : [{ status, requests: group._count, first }]
  })
}

/** All requests of an address, the latest first. */
export async function listResourceRequestsOf (db: Reader, canonicalEmail: string): Promise<ResourceRequest[]> {
  const rows = await db.resourceRequest.findMany({
    where: { canonicalEmail }, include: whole, orderBy: [{ askedAt: 'desc' }, { id: 'asc' }]
  })
  return rows.map(requestOf)
}

function requestOf (row: Row): ResourceRequest {
  return {
    id: row.id,
    name: row.name,
    organisation: row.organisation,
    organisationKind: (row.organisationKind ?? undefined) as ResourceRequest['organisationKind'],
    email: row.email,
    canonicalEmail: row.canonicalEmail,
    phone: row.phone ?? undefined,
    getting: row.getting as Getting,
    address: row.address ?? undefined,
    neededBy: calendarDay(row.neededBy),
    campaign: row.campaign ?? undefined,
    purpose: row.purpose,
    status: row.status as RequestStatus,
    message: row.message ?? undefined,
    askedAt: instant(row.askedAt),
    changedAt: instant(row.changedAt),
    told: row.told ?? undefined,
    unreachableAt: row.unreachableAt === null ? undefined : instant(row.unreachableAt),
    items: row.items.map(({ resourceId, resource, asked, granted }) =>
      ({ resourceId, name: resource.name, asked, granted: granted ?? undefined }))
  }
}
