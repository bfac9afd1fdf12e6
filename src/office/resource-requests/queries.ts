import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { ResourceRequestNotFound } from './errors.ts'
import { openStatuses } from './request.ts'
import type { Getting, RequestStatus, ResourceRequest } from './request.ts'
import type { RequestFilter } from './schema.ts'

const whole = {
  campaign: { select: { id: true, title: true } },
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

/** More than are shown on a page are more than anyone reads. */
const mostListed = 500

/** Requests that match a filter, by the day by which they are needed: the soonest first, of ended ones the latest. */
export async function listResourceRequests (db: Reader, { status, by }: RequestFilter): Promise<ResourceRequest[]> {
  const isOpen = status === 'open' || (openStatuses as readonly string[]).includes(status)
  const rows = await db.resourceRequest.findMany({
    where: {
      status: status === 'open' ? { in: [...openStatuses] } : status,
      ...by !== undefined && { neededBy: { lte: new Date(`${by}T00:00:00Z`) } }
    },
    include: whole,
    orderBy: [{ neededBy: isOpen ? 'asc' : 'desc' }, { askedAt: 'asc' }, { id: 'asc' }],
    take: mostListed
  })
  return rows.map(requestOf)
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
    email: row.email,
    canonicalEmail: row.canonicalEmail,
    phone: row.phone ?? undefined,
    getting: row.getting as Getting,
    address: row.address ?? undefined,
    neededBy: row.neededBy.toISOString().slice(0, 10),
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
