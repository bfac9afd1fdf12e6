import type { Reader } from '../../platform/database/connect.ts'
import { draftOf } from '../activities/current-activities.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Surroundings } from './lines.ts'
import type { ListedActivity } from './row.ts'

/** Everything that rows of a programme file may refer to by slug. */
export async function readSurroundings (db: Reader): Promise<Surroundings> {
  const campaigns = await db.campaign.findMany({ select: { slug: true, id: true, zone: true } })
  const agencies = await db.agency.findMany({ select: { slug: true, id: true } })
  return {
    campaigns: new Map(campaigns.map(({ slug, id, zone }) => [slug, { id, zone }])),
    agencies: new Map(agencies.map(({ slug, id }) => [slug, { id, isNew: false }]))
  }
}

/** A programme, whatever its visibility: of one campaign or of all, in chronological order. */
export async function listProgramme (db: Reader, seal: Seal, campaignSlug?: string): Promise<ListedActivity[]> {
  const rows = await db.activity.findMany({
    where: campaignSlug === undefined ? {} : { campaign: { slug: campaignSlug } },
    include: { partners: { include: { agency: true } }, campaign: true, leadAgency: true },
    orderBy: [{ campaign: { slug: 'asc' } }, { startsAt: 'asc' }, { slug: 'asc' }]
  })
  return rows.map(row => ({
    ...draftOf(row, seal),
    campaign: row.campaign.slug,
    leadAgency: row.leadAgency?.slug,
    partnerAgencies: row.partners.map(({ agency }) => agency.slug).sort()
  }))
}
