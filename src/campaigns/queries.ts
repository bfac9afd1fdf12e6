import type { Campaign as Row, Prisma } from '../database/generated/client.ts'
import type { Reader } from '../database/connect.ts'
import type { Campaign } from './campaign.ts'

/**
 * Campaigns with at least one activity that a stranger may know of, newest first. `known` says which:
 * it is the same filter that lists activities, so a campaign of patrols alone does not show by its name.
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

/** Turns a row into what the service works with. */
export function campaignOf (row: Row): Campaign {
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    kind: row.kind as Campaign['kind'],
    partnership: row.partnership,
    hashtags: row.hashtags,
    firstDay: row.firstDay?.toISOString().slice(0, 10),
    lastDay: row.lastDay?.toISOString().slice(0, 10),
    districts: row.districts,
    privacyNotice: row.privacyNotice,
    daysUntilErasure: row.daysUntilErasure
  }
}
