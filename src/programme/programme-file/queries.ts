import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../activities/known-activities.ts'
import { draftOf } from '../activities/current-activities.ts'
import { inPlainWords } from '../activities/place.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Surroundings } from './lines.ts'
import type { ListedActivity } from './row.ts'
import type { Taken } from './slugs.ts'

/** Everything that rows of a programme file may refer to by slug. */
export async function readSurroundings (db: Reader): Promise<Surroundings> {
  const campaigns = await db.campaign.findMany({ select: { slug: true, id: true, zone: true } })
  const agencies = await db.agency.findMany({ select: { slug: true, id: true } })
  return {
    campaigns: new Map(campaigns.map(({ slug, id, zone }) => [slug, { id, zone }])),
    agencies: new Map(agencies.map(({ slug, id }) => [slug, { id, isNew: false }]))
  }
}

/**
 * Which slugs are taken, of these and of those that would be made from them by adding a number; and how far whoever
 * imports reaches. Someone at a terminal reaches everything.
 */
export async function readTaken (
  db: Reader, slugs: readonly string[], by: StaffMember | undefined
): Promise<Map<string, Taken>> {
  const rows = await db.$queryRaw<Array<{ slug: string, campaignId: string, startsAt: Date }>>`
    SELECT slug, campaign_id AS "campaignId", starts_at AS "startsAt" FROM activities
    WHERE slug = ANY (${slugs}::text[]) OR regexp_replace(slug, '-[0-9]+$', '') = ANY (${slugs}::text[])`
  const of = async (permission: 'run activities' | 'see activities') => by === undefined
    ? undefined
    : new Set((await db.activity.findMany({
      where: { AND: [within(by, permission)], slug: { in: rows.map(({ slug }) => slug) } }, select: { slug: true }
    })).map(({ slug }) => slug))
  const [theirs, known] = [await of('run activities'), await of('see activities')]
  return new Map(rows.map(({ slug, campaignId, startsAt }) => {
    const reach = theirs?.has(slug) !== false ? 'theirs' : known?.has(slug) === true ? 'known' : 'hidden'
    return [slug, { campaignId, startsAt: instant(startsAt), reach }]
  }))
}

/** Venues, in plain words, of the secret places that whoever imports runs. Of others they would learn by asking. */
export async function readSecretVenues (db: Reader, by: StaffMember | undefined): Promise<Set<string>> {
  const rows = await db.activity.findMany({
    where: { AND: [by === undefined ? {} : within(by, 'run activities')], hasSecretPlace: true, venue: { not: null } },
    select: { venue: true },
    distinct: 'venue'
  })
  return new Set(rows.map(({ venue }) => inPlainWords(venue ?? '')))
}

/** A programme, whatever its visibility: of one campaign or of all, in chronological order. */
export async function listProgramme (
  db: Reader, seal: Seal, campaignSlug?: string, only: Prisma.ActivityWhereInput = {}
): Promise<ListedActivity[]> {
  const rows = await db.activity.findMany({
    where: { AND: [only], ...(campaignSlug !== undefined && { campaign: { slug: campaignSlug } }) },
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
