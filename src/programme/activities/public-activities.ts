import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import { slugOf } from '../../platform/slug.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { listCampaignsWith } from '../campaigns/queries.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Activity, ActivityOutline } from './activity.ts'
import { offered, withCampaign } from './queries.ts'
import type { OfferedActivity } from './queries.ts'
import { readRows } from './many-rows.ts'

/**
 * Filter for the activities that a stranger may know of at `now`. Everything public uses it: a page, a count or a feed
 * with a filter of its own would be where an operational activity, or one before its embargo ends, leaks.
 */
function knownAt (now: DateTime<true>) {
  return {
    visibility: 'public',
    status: { in: ['published', 'cancelled'] },
    OR: [{ embargoUntil: null }, { embargoUntil: { lte: now.toJSDate() } }]
  } satisfies Prisma.ActivityWhereInput
}

/** The same for an activity that was read: whether a stranger may know of it at `now`. */
export function isKnownAt (
  { visibility, status, embargoUntil }: Pick<Activity, 'visibility' | 'status' | 'embargoUntil'>, now: DateTime<true>
): boolean {
  return visibility === 'public' && status !== 'draft' && (embargoUntil === undefined || embargoUntil <= now)
}

/** Finds an activity that is public at `now`, with how full it is. */
export async function findPublicActivity (
  db: Reader, slug: string, now: DateTime<true>
): Promise<OfferedActivity | undefined> {
  const row = await db.activity.findFirst({
    where: { slug, ...knownAt(now) },
    include: { ...withCampaign, occupancy: true, leadAgency: true, ledAs: true, _count: { select: { holds: true } } }
  })
  return row === null ? undefined : offered(row)
}

/**
 * Which public activities are asked for: those that end after `from`, also the ones running at that moment; without it,
 * past ones too. At most `limit`; those farthest from now are left out. With `booking`, those in which people take part
 * in this way.
 */
interface AskedFor { campaignSlug?: string, from?: DateTime<true>, booking?: Activity['booking'], limit?: number }

/** Activities that are public at `now`, soonest first. */
export async function listPublicActivities (
  db: Reader, now: DateTime<true>, askedFor: AskedFor
): Promise<OfferedActivity[]> {
  const found = await db.activity.findMany({ ...soonestFirst(now, askedFor), select: { id: true } })
  return await readPublicActivities(db, now, found.map(({ id }) => id))
}

/** Their outlines: a third of the time of all that is known of them, where hundreds are searched to show a few. */
export async function listPublicOutlines (
  db: Reader, now: DateTime<true>, askedFor: AskedFor
): Promise<ActivityOutline[]> {
  const found = await db.activity.findMany({
    ...soonestFirst(now, askedFor),
    select: {
      id: true,
      startsAt: true,
      endsAt: true,
      allDay: true,
      zone: true,
      isOnline: true,
      district: true,
      audiences: true,
      status: true,
      booking: true
    }
  })
  return found.map(({ startsAt, endsAt, district, status, booking, ...row }) => ({
    ...row,
    startsAt: instant(startsAt),
    endsAt: instant(endsAt),
    district: district ?? undefined,
    status: status as ActivityOutline['status'],
    booking: booking as ActivityOutline['booking']
  }))
}

function soonestFirst (now: DateTime<true>, { campaignSlug, from, booking, limit = 200 }: AskedFor) {
  return {
    where: {
      ...knownAt(now),
      ...(campaignSlug !== undefined && { campaign: { slug: campaignSlug } }),
      ...(from !== undefined && { endsAt: { gt: from.toJSDate() } }),
      ...(booking !== undefined && { booking })
    },
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }],
    take: from === undefined ? -limit : limit
  } satisfies Prisma.ActivityFindManyArgs
}

/** These activities, in this order; one that was hidden since it was found is left out. */
export async function readPublicActivities (
  db: Reader, now: DateTime<true>, ids: readonly string[]
): Promise<OfferedActivity[]> {
  if (ids.length === 0) return []
  // Hundreds of activities share a campaign: read once and not for each, it takes a third off the time.
  const [rows, campaigns] = await Promise.all([
    readRows(db, ids), db.campaign.findMany({ where: { activities: { some: { id: { in: [...ids] } } } } })
  ])
  const byId = new Map(campaigns.map(campaign => [campaign.id, campaign]))
  return rows.flatMap(row => {
    const campaign = byId.get(row.campaignId)
    return campaign === undefined ? [] : [offered({ ...row, campaign })]
  }).filter(activity => isKnownAt(activity, now))
}

/** Campaigns with activities that are public at `now`, newest first. */
export async function listPublicCampaigns (db: Reader, now: DateTime<true>): Promise<Campaign[]> {
  return await listCampaignsWith(db, knownAt(now))
}

/** Finds a campaign with activities that are public at `now`. */
export async function findPublicCampaign (
  db: Reader, slug: string, now: DateTime<true>
): Promise<Campaign | undefined> {
  const [campaign] = await listCampaignsWith(db, knownAt(now), slug)
  return campaign
}

/**
 * Names of the agencies that lead or take part in activities of a campaign that are public at `now` and not cancelled:
 * one that only takes part in what nobody may know of does not show.
 */
export async function listPublicPartners (db: Reader, campaignId: string, now: DateTime<true>): Promise<string[]> {
  const some = { AND: [knownAt(now)], campaignId, status: 'published' }
  const rows = await db.agency.findMany({
    where: {
      OR: [
        { leads: { some: { ...some, ledAsId: null } } }, { led: { some } }, { partners: { some: { activity: some } } }
      ]
    },
    select: { name: true },
    orderBy: { name: 'asc' }
  })
  return rows.map(({ name }) => name)
}

/** An address of the programme, and when what it says was last changed, if that is known. */
export interface PublicAddress {
  slug: string
  campaignSlug: string
  changedAt: DateTime<true> | undefined
  campaignChangedAt: DateTime<true> | undefined
}

/** The addresses of at most `limit` activities that are public at `now`, newest first; what was embargoed is new. */
export async function listPublicAddresses (
  db: Reader, now: DateTime<true>, limit: number
): Promise<PublicAddress[]> {
  const rows = await db.activity.findMany({
    where: knownAt(now),
    select: {
      slug: true, changedAt: true, embargoUntil: true, campaign: { select: { slug: true, changedAt: true } }
    },
    orderBy: [{ startsAt: 'desc' }, { slug: 'asc' }],
    take: limit
  })
  return rows.map(({ slug, changedAt, embargoUntil, campaign }) => ({
    slug,
    campaignSlug: campaign.slug,
    changedAt: changedAt === null ? undefined : instant(later(changedAt, embargoUntil)),
    campaignChangedAt: campaign.changedAt === null ? undefined : instant(campaign.changedAt)
  }))
}

/** Another page for everyone, and when what it says was last changed, if that is known. */
export interface PublicPage { path: string, changedAt: DateTime<true> | undefined }

/** Published advice and scenarios: those of no campaign, and of campaigns of which strangers may know at `now`. */
export async function listPublicPages (db: Reader, now: DateTime<true>): Promise<PublicPage[]> {
  const itsCampaign = { OR: [{ campaignId: null }, { campaign: { activities: { some: knownAt(now) } } }] }
  const [advice, scenarios] = await Promise.all([
    db.advicePage.findMany({
      where: { ...itsCampaign, status: 'published' },
      select: { slug: true, changedAt: true, campaign: { select: { slug: true } } },
      orderBy: [{ slug: 'asc' }, { id: 'asc' }]
    }),
    db.scenario.findMany({
      where: { ...itsCampaign, publishedText: { not: null } },
      select: { slug: true, changedAt: true },
      orderBy: { slug: 'asc' }
    })
  ])
  return [
    ...advice.map(({ slug, campaign, changedAt }) =>
      ({ path: `${campaign === null ? '' : `/campaigns/${campaign.slug}`}/advice/${slug}`, changedAt })),
    ...scenarios.map(({ slug, changedAt }) => ({ path: `/scenarios/${slug}`, changedAt }))
  ].map(({ path, changedAt }) => ({ path, changedAt: changedAt === null ? undefined : instant(changedAt) }))
}

function later (at: Date, other: Date | null): Date {
  return other !== null && other > at ? other : at
}

/**
 * The agencies that led or took part in an activity of a campaign that is over, did take place and is public at `now`,
 * and the organisations that ran one without an account, by name.
 */
export async function listTakingPart (
  db: Reader, campaignSlug: string, now: DateTime<true>
): Promise<Array<{ slug: string, name: string }>> {
  const done = {
    AND: [knownAt(now), { OR: [{ outcomeReport: null }, { outcomeReport: { tookPlace: true } }] }],
    status: 'published',
    endsAt: { lte: now.toJSDate() },
    campaign: { slug: campaignSlug }
  } satisfies Prisma.ActivityWhereInput
  const [agencies, entered] = await Promise.all([
    db.agency.findMany({
      where: { OR: [{ leads: { some: done } }, { partners: { some: { activity: done } } }] },
      select: { slug: true, name: true }
    }),
    db.activity.findMany({ where: { ...done, runBy: { not: null } }, select: { slug: true, runBy: true } })
  ])
  const bySlug = new Map(entered.flatMap(({ slug, runBy }) =>
    runBy === null ? [] : [[badgeSlugOf(runBy, slug), { slug: badgeSlugOf(runBy, slug), name: runBy }] as const]))
  for (const agency of agencies) bySlug.set(agency.slug, agency)
  return [...bySlug.values()].sort((one, other) =>
    one.name.localeCompare(other.name, 'en-GB') || one.slug.localeCompare(other.slug))
}

/** What the badge of an organisation is called that ran an activity: by its name, else by its activity. */
export function badgeSlugOf (runBy: string, activitySlug: string): string {
  return slugOf(runBy) || activitySlug
}
