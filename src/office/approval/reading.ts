import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { lastPageOf } from '../../platform/http/pagination.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { draftToApprove } from '../../programme/activities/approval.ts'
import { placeOf } from '../../programme/activities/place.ts'
import type { Place } from '../../programme/activities/place.ts'
import type { Kind } from '../../programme/activities/activity.ts'

/** Which of the drafts that wait are read. */
export interface ReadingFilter {
  campaign?: string | undefined
  /** Empty: of no district. */
  district?: string | undefined
  kind?: string | undefined
  /** On which day they are, such as `2026-12-01`, in the partnership's zone. */
  day?: string | undefined
}

/** A draft that waits, whole: it is approved by who has read it. */
export interface ToRead extends Place {
  id: string
  slug: string
  title: string
  summary: string
  kind: Kind
  campaign: string
  leadAgency: string | undefined
  district: string | undefined
  isOnline: boolean
  booking: string
  audiences: string[]
  visibility: string
  embargoUntil: DateTime<true> | undefined
  startsAt: DateTime<true>
  endsAt: DateTime<true>
  allDay: boolean
  zone: string
  /** Who entered it without an account, with the answers to the campaign's own questions. */
  entry: { organisation: string, name: string, email: string, answers: unknown } | undefined
  isEntered: boolean
}

/** So many are on a page: as many as someone reads at a time. */
export const perReading = 25

/**
 * The drafts that wait for a member of staff, by the rule of `approves`: for the partnership's own organisers all, for
 * a coordinator those of their districts. As many queries for a thousand as for one.
 */
async function waitingFor (db: Reader, staff: StaffMember): Promise<Prisma.ActivityWhereInput> {
  const waits: Prisma.ActivityWhereInput = {
    AND: [within(staff, 'approve activities'), draftToApprove]
  }
  if (staff.role === 'admin' || (staff.role === 'organiser' && staff.agencyId === undefined)) return waits
  const areas = await db.coordinator.findMany({ where: { staffMemberId: staff.id } })
  return {
    ...waits,
    OR: areas.map(({ campaignId, districts }) =>
      ({ campaignId, ...districts.length > 0 && { district: { in: districts } } }))
  }
}

function matching (
  { campaign, district, kind }: ReadingFilter, between: Between | undefined
): Prisma.ActivityWhereInput {
  return {
    ...campaign !== undefined && { campaign: { slug: campaign } },
    ...district !== undefined && { district: district === '' ? null : district },
    ...kind !== undefined && { kind },
    ...between !== undefined && { startsAt: { lt: between.until.toJSDate() }, endsAt: { gt: between.from.toJSDate() } }
  }
}

interface Between { from: DateTime<true>, until: DateTime<true> }

/** A page of what waits for someone to read and approve, the soonest first, with what it can be filtered by. */
export async function listToRead (
  db: Reader, staff: StaffMember, filter: ReadingFilter, between: Between | undefined, page: number
) {
  const all = await waitingFor(db, staff)
  const where = { AND: [all, matching(filter, between)] }
  const total = await db.activity.count({ where })
  const shown = Math.min(page, lastPageOf(total, perReading))
  const [rows, districts, kinds, campaigns] = await Promise.all([
    db.activity.findMany({
      where,
      include: {
        campaign: { select: { title: true } },
        leadAgency: { select: { name: true } },
        entry: { select: { organisation: true, name: true, email: true, answers: true } },
        approvalRequest: { select: { askedById: true } }
      },
      orderBy: [{ startsAt: 'asc' }, { title: 'asc' }, { id: 'asc' }],
      skip: (shown - 1) * perReading,
      take: perReading
    }),
    db.activity.groupBy({ by: ['district'], where: all, _count: true, orderBy: { district: 'asc' } }),
    db.activity.groupBy({ by: ['kind'], where: all, _count: true, orderBy: { kind: 'asc' } }),
    db.campaign.findMany({ where: { activities: { some: all } }, select: { slug: true, title: true }, orderBy: { title: 'asc' } })
  ])
  return {
    total,
    page: shown,
    toRead: rows.map(({ campaign, leadAgency, entry, approvalRequest, ...row }): ToRead => ({
      ...row,
      kind: row.kind as Kind,
      campaign: campaign.title,
      leadAgency: leadAgency?.name,
      district: row.district ?? undefined,
      ...placeOf(row),
      embargoUntil: row.embargoUntil === null ? undefined : instant(row.embargoUntil),
      startsAt: instant(row.startsAt),
      endsAt: instant(row.endsAt),
      entry: entry ?? undefined,
      isEntered: approvalRequest?.askedById === row.id
    })),
    districts: districts.map(({ district, _count }) => ({ district: district ?? undefined, count: _count })),
    kinds: kinds.map(({ kind, _count }) => ({ kind: kind as Kind, count: _count })),
    campaigns
  }
}

/** How many there are of them. */
export async function countToRead (db: Reader, staff: StaffMember): Promise<number> {
  return await db.activity.count({ where: await waitingFor(db, staff) })
}
