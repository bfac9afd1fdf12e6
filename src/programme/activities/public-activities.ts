import type { DateTime } from 'luxon'
import type { Campaign } from '../campaigns/campaign.ts'
import { listCampaignsWith } from '../campaigns/queries.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Activity } from './activity.ts'
import { offered, withCampaign } from './queries.ts'
import type { OfferedActivity } from './queries.ts'

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
    include: { ...withCampaign, occupancy: true, leadAgency: true, _count: { select: { holds: true } } }
  })
  return row === null ? undefined : offered(row)
}

/**
 * Activities that are public at `now` and end after `from`, soonest first; those running at that moment included.
 * Without `from`, past ones too. At most `limit`; those farthest from now are left out.
 */
export async function listPublicActivities (
  db: Reader, now: DateTime<true>,
  { campaignSlug, from, limit = 200 }: { campaignSlug?: string, from?: DateTime<true>, limit?: number }
): Promise<OfferedActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      ...knownAt(now),
      ...(campaignSlug !== undefined && { campaign: { slug: campaignSlug } }),
      ...(from !== undefined && { endsAt: { gt: from.toJSDate() } })
    },
    include: { ...withCampaign, occupancy: true, leadAgency: true },
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }],
    take: from === undefined ? -limit : limit
  })
  return rows.map(offered)
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
