import type { DateTime } from 'luxon'
import type { Campaign as Row, Prisma } from '../../platform/database/generated/client.ts'
import { calendarDay } from '../../platform/clock.ts'
import { live } from '../booking-rules.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { audiences } from './audiences.ts'
import type { Campaign } from './campaign.ts'
import type { Promised } from './erasure.ts'
import type { DistrictInUse } from './errors.ts'
import type { KeyMessages } from './key-messages.ts'
import type { Press } from './press.ts'
import { textsOf } from './texts.ts'
import type { CampaignTexts } from './texts.ts'

/**
 * Campaigns with at least one public activity, newest first. `known` is the filter that lists activities, so that a
 * campaign of patrols alone does not reveal its name.
 */
export async function listCampaignsWith (
  db: Reader, known: Prisma.ActivityWhereInput, slug?: string
): Promise<Campaign[]> {
  const rows = await db.campaign.findMany({
    where: { activities: { some: known }, ...(slug !== undefined && { slug }) },
    orderBy: [{ firstDay: { sort: 'desc', nulls: 'last' } }, { title: 'asc' }],
    take: 100
  })
  return rows.map(campaignOf)
}

/** Every partner agency, by name. */
export async function listAgencies (db: Reader): Promise<Array<{ id: string, slug: string, name: string }>> {
  return await db.agency.findMany({ select: { id: true, slug: true, name: true }, orderBy: [{ name: 'asc' }, { slug: 'asc' }] })
}

/** Every partner agency, with the amount of work that depends on it. */
export async function listAgenciesWithWork (
  db: Reader
): Promise<Array<{ slug: string, name: string, staff: number, activities: number }>> {
  const rows = await db.agency.findMany({
    select: { slug: true, name: true, _count: { select: { staff: { where: { disabledAt: null } }, leads: true } } },
    orderBy: [{ name: 'asc' }, { slug: 'asc' }]
  })
  return rows.map(({ _count: { staff, leads }, ...row }) => ({ ...row, staff, activities: leads }))
}

/** A campaign with its texts, for editing. */
export interface EditedCampaign extends CampaignTexts { id: string, slug: string }

/** Operational work is counted nowhere: a number would tell of it. */
const counted = { visibility: { not: 'operational' } } satisfies Prisma.ActivityWhereInput

/** Every campaign, newest first, whatever the visibility of its activities. */
export async function listAllCampaigns (
  db: Reader
): Promise<Array<{ slug: string, title: string, partnership: string, from: string | undefined, activities: number }>> {
  const rows = await db.campaign.findMany({
    select: {
      slug: true,
      title: true,
      partnership: true,
      firstDay: true,
      _count: { select: { activities: { where: counted } } }
    },
    orderBy: [{ firstDay: { sort: 'desc', nulls: 'last' } }, { title: 'asc' }, { slug: 'asc' }]
  })
  return rows.map(({ _count: { activities }, firstDay, ...row }) =>
    ({ ...row, from: calendarDay(firstDay), activities }))
}

export async function findEditedCampaign (db: Reader, slug: string): Promise<EditedCampaign | undefined> {
  const row = await db.campaign.findUnique({ where: { slug } })
  if (row === null) return undefined
  return { id: row.id, slug, ...textsOf(row) }
}

/** What a campaign wants its audiences to remember. */
export async function listKeyMessages (db: Reader, campaignId: string): Promise<KeyMessages> {
  const rows = await db.keyMessage.findMany({ where: { campaignId }, orderBy: { position: 'asc' } })
  return Object.fromEntries(audiences.map(audience =>
    [audience, rows.filter(row => row.audience === audience).map(({ text }) => text)])) as KeyMessages
}

/** Who journalists turn to about a campaign. */
export async function findPress (db: Reader, id: string): Promise<Press> {
  return await db.campaign.findUniqueOrThrow({
    where: { id }, select: { pressContact: true, pressEmail: true, pressPhone: true, pressNote: true }
  })
}

/** Names of those who run campaigns at present, and districts of them, each once. */
export async function listRunners (
  db: Reader, campaigns: ReadonlyArray<Pick<Campaign, 'id' | 'partnership'>>
): Promise<string[]> {
  const rows = await db.campaignPartnership.findMany({
    where: { campaignId: { in: campaigns.map(({ id }) => id) }, district: { not: '' } },
    distinct: ['campaignId', 'district'],
    orderBy: [{ campaignId: 'asc' }, { district: 'asc' }, { since: 'desc' }],
    select: { partnership: true }
  })
  return [...new Set([...campaigns, ...rows].flatMap(({ partnership }) => partnership ?? []))]
}

/** Where replies to emails of partnerships go, by their names; of all others, to the address that sends them. */
export async function listReplyAddresses (db: Reader): Promise<Map<string, string>> {
  const rows = await db.replyAddress.findMany({ orderBy: { partnership: 'asc' } })
  return new Map(rows.map(({ partnership, address }) => [partnership, address]))
}

/**
 * Where replies go to what belongs to no campaign: to whoever runs campaigns and districts at present, if they all have
 * one address. Undefined otherwise: what someone writes to one partnership does not reach another.
 */
export async function findCommonReplyAddress (db: Reader): Promise<string | undefined> {
  const runners = await listRunners(db, await db.campaign.findMany({ select: { id: true, partnership: true } }))
  const known = await listReplyAddresses(db)
  const addresses = new Set(runners.map(name => known.get(name)))
  return addresses.size === 1 ? addresses.values().next().value : undefined
}

/** The scenarios of a campaign that everyone can read. */
export async function listPublishedScenarios (
  db: Reader, campaignSlug: string
): Promise<Array<{ slug: string, title: string }>> {
  const rows = await db.scenario.findMany({
    where: { campaign: { slug: campaignSlug }, publishedTitle: { not: null } },
    select: { slug: true, publishedTitle: true },
    orderBy: [{ publishedTitle: 'asc' }, { slug: 'asc' }],
    take: 20
  })
  return rows.map(({ slug, publishedTitle }) => ({ slug, title: publishedTitle ?? '' }))
}

/** Those of some districts of a campaign that have activities to come, or people who are booked on one. */
export async function listDistrictsInUse (
  db: Reader, campaignId: string, districts: readonly string[], now: DateTime<true>
): Promise<DistrictInUse[]> {
  if (districts.length === 0) return []
  const district = { in: [...districts] }
  const toCome = { ...counted, campaignId, status: { not: 'cancelled' }, endsAt: { gt: now.toJSDate() } }
  const [activities, bookings] = await Promise.all([
    db.activity.groupBy({ by: ['district'], where: { ...toCome, district }, _count: true }),
    db.booking.groupBy({
      by: ['district'], where: { district, ...live.where, activity: toCome }, _count: true
    })
  ])
  const countOf = (groups: Array<{ district: string | null, _count: number }>, of: string) =>
    groups.find(({ district }) => district === of)?._count ?? 0
  return districts
    .map(district => ({ district, activities: countOf(activities, district), bookings: countOf(bookings, district) }))
    .filter(({ activities, bookings }) => activities + bookings > 0)
}

/**
 * What so many days until erasure would do to those who have booked, who were told another number: `night` is when
 * details are erased next. With more days no booking is erased sooner.
 */
export async function countPromised (
  db: Reader, campaignId: string, days: number, night: DateTime<true>
): Promise<Promised> {
  const [promised = { sooner: 0, first: null, tonight: 0, all: 0 }] = await db.$queryRaw<Promised[]>`
    SELECT count(*) FILTER (WHERE erase_on > day)::int AS sooner,
      (min(day) FILTER (WHERE erase_on > day))::text AS first,
      count(*) FILTER (
        WHERE erase_on > day AND day <= (${night.toJSDate()}::timestamptz AT TIME ZONE zone)::date)::int AS tonight,
      count(*)::int AS all
    FROM (
      SELECT erase_on, zone, erasure_day(last_day_of(ends_at, zone), ${days}::int) AS day
      FROM bookings JOIN activities ON activities.id = activity_id
      WHERE campaign_id = ${campaignId}::uuid
    ) AS booked`
  return promised
}

/** Converts a row. */
function campaignOf (row: Row): Campaign {
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    strapline: row.strapline,
    summary: row.summary,
    kind: row.kind as Campaign['kind'],
    partnership: row.partnership,
    discreet: row.discreet,
    hashtags: row.hashtags,
    accounts: row.accounts,
    area: row.area,
    firstDay: calendarDay(row.firstDay),
    lastDay: calendarDay(row.lastDay),
    districts: row.districts,
    privacyNotice: row.privacyNotice,
    daysUntilErasure: row.daysUntilErasure,
    press: {
      pressContact: row.pressContact,
      pressEmail: row.pressEmail,
      pressPhone: row.pressPhone,
      pressNote: row.pressNote
    }
  }
}
