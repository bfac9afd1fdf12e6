import { namesOf } from '../../identity/staff/queries.ts'
import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Request as Row } from '../../platform/database/generated/client.ts'
import type { RequestKind } from './due.ts'
import { RequestNotFound } from './errors.ts'
import type { AskedRequest, Closed, Extended, GroundForTime, ToldBy } from './request.ts'

/** A request by its id. Throws `RequestNotFound`. */
export async function getRequest (db: Reader, id: string): Promise<AskedRequest> {
  const row = await db.request.findUnique({ where: { id } })
  if (row === null) throw new RequestNotFound()
  return (await withNames(db, [row]))[0] ?? requestOf(row)
}

/** An address's request that is not answered yet. */
export async function findOpenRequest (
  db: Reader, canonicalEmail: string, kind: RequestKind
): Promise<AskedRequest | undefined> {
  const row = await db.request.findFirst({ where: { canonicalEmail, kind, closedAt: null } })
  return row === null ? undefined : requestOf(row)
}

/** All requests of an address, the latest first. */
export async function listRequestsOf (db: Reader, canonicalEmail: string): Promise<AskedRequest[]> {
  const rows = await db.request.findMany({ where: { canonicalEmail }, orderBy: [{ receivedAt: 'desc' }, { id: 'asc' }] })
  return await withNames(db, rows)
}

/** Requests without an answer, the most urgent first. */
export async function listOpenRequests (db: Reader): Promise<AskedRequest[]> {
  const rows = await db.request.findMany({
    where: { closedAt: null }, orderBy: [{ dueOn: 'asc' }, { receivedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(row => requestOf(row))
}

/** Requests that were answered, the latest first, and how many there are. */
export async function listAnsweredRequests (
  db: Reader, { skip, take }: { skip: number, take: number }
): Promise<{ requests: AskedRequest[], total: number }> {
  const where = { closedAt: { not: null } }
  const [total, rows] = await Promise.all([
    db.request.count({ where }),
    db.request.findMany({ where, orderBy: [{ closedAt: 'desc' }, { id: 'asc' }], skip, take })
  ])
  return { requests: await withNames(db, rows), total }
}

/** Requests whose answer was refused for good as an email and not given in another way yet. */
export async function listUntoldRequests (db: Reader): Promise<AskedRequest[]> {
  const rows = await db.request.findMany({
    where: { closedAt: { not: null }, toldBy: { not: 'otherwise' }, toldAt: null, unreachableAt: { not: null } },
    orderBy: [{ closedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(row => requestOf(row))
}

async function withNames (db: Reader, rows: readonly Row[]): Promise<AskedRequest[]> {
  const names = await namesOf(db, rows.map(({ closedById }) => closedById))
  return rows.map(row => requestOf(row, names.get(row.closedById)))
}

function requestOf (row: Row, by?: string): AskedRequest {
  return {
    id: row.id,
    kind: row.kind as RequestKind,
    name: row.name,
    email: row.email,
    canonicalEmail: row.canonicalEmail,
    text: row.text ?? undefined,
    receivedAt: instant(row.receivedAt),
    dueOn: calendarDay(row.dueOn),
    acknowledgedAt: row.acknowledgedAt === null ? undefined : instant(row.acknowledgedAt),
    extended: extendedOf(row),
    closed: closedOf(row, by),
    unreachableAt: row.unreachableAt === null ? undefined : instant(row.unreachableAt)
  }
}

function extendedOf (
  { extendedAt, extendedBecause, extensionReason, extensionToldBy, extensionToldAt }: Row
): Extended | undefined {
  if (extendedAt === null) return undefined
  return {
    at: instant(extendedAt),
    because: extendedBecause as GroundForTime,
    reason: extensionReason ?? '',
    toldBy: extensionToldBy as Extended['toldBy'],
    toldAt: extensionToldAt === null ? undefined : instant(extensionToldAt)
  }
}

function closedOf ({ closedAt, answer, toldBy, toldAt }: Row, by: string | undefined): Closed | undefined {
  if (closedAt === null) return undefined
  return {
    at: instant(closedAt),
    answer: answer ?? '',
    by,
    toldBy: toldBy as ToldBy,
    toldAt: toldAt === null ? undefined : instant(toldAt)
  }
}
