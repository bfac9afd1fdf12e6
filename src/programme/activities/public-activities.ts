import type { DateTime } from 'luxon'
import type { Campaign } from '../campaigns/campaign.ts'
import { listCampaignsWith } from '../campaigns/queries.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { offered, withCampaign } from './queries.ts'
import type { OfferedActivity } from './queries.ts'

/**
 * Filter for the activities that a stranger may know of. Everything public uses it: a page, a count or a feed with a
 * filter of its own would be where an operational activity leaks.
 */
const known = { visibility: 'public', status: { in: ['published', 'cancelled'] } } satisfies Prisma.ActivityWhereInput

/** Finds a public activity, with how full it is. */
export async function findPublicActivity (db: Reader, slug: string): Promise<OfferedActivity | undefined> {
  const row = await db.activity.findFirst({
    where: { slug, ...known },
    include: { ...withCampaign, occupancy: true, leadAgency: true, _count: { select: { holds: true } } }
  })
  return row === null ? undefined : offered(row)
}

/**
 * Public activities that end after `from`, soonest first; those running at that moment included. Without `from`, past
 * ones too. At most `limit`; those farthest from now are left out.
 */
export async function listPublicActivities (
  db: Reader, { campaignSlug, from, limit = 200 }: { campaignSlug?: string, from?: DateTime<true>, limit?: number }
): Promise<OfferedActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      ...known,
      ...(campaignSlug !== undefined && { campaign: { slug: campaignSlug } }),
      ...(from !== undefined && { endsAt: { gt: from.toJSDate() } })
    },
    include: { ...withCampaign, occupancy: true, leadAgency: true },
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }],
    take: from === undefined ? -limit : limit
  })
  return rows.map(offered)
}

/** Campaigns with public activities, newest first. */
export async function listPublicCampaigns (db: Reader): Promise<Campaign[]> {
  return await listCampaignsWith(db, known)
}

/** Finds a campaign with public activities. */
export async function findPublicCampaign (db: Reader, slug: string): Promise<Campaign | undefined> {
  const [campaign] = await listCampaignsWith(db, known, slug)
  return campaign
}
