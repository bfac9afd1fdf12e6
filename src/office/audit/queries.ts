import { DateTime } from 'luxon'
import { instant, officeZone } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { isId } from '../../platform/http/url-params.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { actionsOfUnknownPeople, subjectKindOf } from './in-words.ts'
import type { TrailFilter } from './schema.ts'

export interface AuditRecord {
  id: bigint
  at: DateTime<true>
  staffMemberId: string | undefined
  action: string
  subject: string | undefined
  details: unknown
}

/** Where in the audit trail a page begins. */
export type Cursor = { before: bigint } | { after: bigint } | undefined

/**
 * Entries that match a filter, newest first: `take` of them beyond the cursor, and whether there are more. Pages begin
 * at an entry and not at a number: skipping 200,000 of them takes longer than reading one page, and new entries would
 * shift the pages.
 */
export async function listEntries (
  db: Reader, filter: TrailFilter, cursor: Cursor, take: number
): Promise<{ entries: AuditRecord[], more: boolean }> {
  const backwards = cursor !== undefined && 'after' in cursor
  const rows = await db.auditEntry.findMany({
    where: {
      AND: [
        await whereOf(db, filter),
        cursor === undefined ? {} : { id: 'after' in cursor ? { gt: cursor.after } : { lt: cursor.before } }
      ]
    },
    orderBy: { id: backwards ? 'asc' : 'desc' },
    take: take + 1
  })
  const found = rows.slice(0, take).map(({ at, staffMemberId, subject, ...row }) =>
    ({ ...row, at: instant(at), staffMemberId: staffMemberId ?? undefined, subject: subject ?? undefined }))
  return { entries: backwards ? found.reverse() : found, more: rows.length > take }
}

export async function countEntries (db: Reader, filter: TrailFilter): Promise<number> {
  return await db.auditEntry.count({ where: await whereOf(db, filter) })
}

/** The newest entry there is; 0 where there is none. */
export async function latestEntryId (db: Reader): Promise<bigint> {
  const { _max: { id } } = await db.auditEntry.aggregate({ _max: { id: true } })
  return id ?? 0n
}

/** A subject is matched as the audit trail has it, a slug in upper or lower case; a booking also by its reference. */
async function whereOf (db: Reader, { who, what, day, subject }: TrailFilter): Promise<Prisma.AuditEntryWhereInput> {
  const booking = subject === undefined
    ? null
    : await db.booking.findUnique({ where: { reference: subject.toUpperCase() }, select: { id: true } })
  return {
    AND: [whoseOf(who), what === undefined ? {} : { action: what }],
    ...(day !== undefined && { at: { gte: startOf(day).toJSDate(), lt: startOf(day).plus({ days: 1 }).toJSDate() } }),
    ...(subject !== undefined && {
      subject: { in: [...new Set([subject, subject.toLowerCase(), ...booking === null ? [] : [booking.id]])] }
    })
  }
}

function whoseOf (who: string | undefined): Prisma.AuditEntryWhereInput {
  switch (who) {
    case undefined: return {}
    case 'terminal': return { staffMemberId: null, action: { notIn: actionsOfUnknownPeople } }
    case 'stranger': return { staffMemberId: null, action: { in: actionsOfUnknownPeople } }
    default: return { staffMemberId: who }
  }
}

function startOf (day: string): DateTime {
  return DateTime.fromISO(day, { zone: officeZone })
}

/** Everyone who works here or did, by name. */
export async function listStaffNames (db: Reader): Promise<Array<{ id: string, name: string, email: string }>> {
  return await db.staffMember.findMany({
    select: { id: true, name: true, email: true }, orderBy: [{ name: 'asc' }, { email: 'asc' }]
  })
}

/** Current names of what entries are about. */
export interface Names {
  /** Members of staff and agencies, by id. */
  people: Map<string, string>
  /** Titles of activities, by slug. */
  activities: Map<string, string>
  /** References of bookings, by id. */
  bookings: Map<string, string>
}

/** Looks up what the entries of a page are about; as many queries for many entries as for one. */
export async function namesIn (db: Reader, entries: readonly AuditRecord[]): Promise<Names> {
  const subjectsOf = (kind: string) => [...new Set(entries.flatMap(({ action, subject }) =>
    subject !== undefined && subjectKindOf(action) === kind ? [subject] : []))]
  const [staff, agencies, activities, bookings] = await Promise.all([
    db.staffMember.findMany({ select: { id: true, name: true } }),
    db.agency.findMany({ select: { id: true, name: true } }),
    db.activity.findMany({ where: { slug: { in: subjectsOf('activity') } }, select: { slug: true, title: true } }),
    db.booking.findMany({
      where: { id: { in: subjectsOf('booking').filter(isId) } }, select: { id: true, reference: true }
    })
  ])
  return {
    people: new Map([...staff, ...agencies].map(({ id, name }) => [id, name])),
    activities: new Map(activities.map(({ slug, title }) => [slug, title])),
    bookings: new Map(bookings.map(({ id, reference }) => [id, reference]))
  }
}
