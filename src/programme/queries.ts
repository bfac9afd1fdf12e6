import type { StandingActivity } from '../activities/draft.ts'
import { ActivityNotFound } from '../activities/errors.ts'
import { readStandingActivities } from '../activities/queries.ts'
import { listAgencies } from '../campaigns/queries.ts'
import type { Reader } from '../database/connect.ts'
import type { StaffMember } from '../http/session.ts'
import type { Seal } from '../teams/seal.ts'
import type { Surroundings } from './answers.ts'

/** An activity as it stands, whoever may know of it. Throws `ActivityNotFound`. */
export async function getStanding (db: Reader, seal: Seal, slug: string): Promise<StandingActivity> {
  const standing = (await readStandingActivities(db, seal, [slug])).get(slug)
  if (standing === undefined) throw new ActivityNotFound()
  return standing
}

/** What an activity of a campaign with these districts may refer to, where a member of staff says so. */
export async function surroundingsFor (
  db: Reader, { role, agencyId }: StaffMember, districts: readonly string[]
): Promise<Surroundings> {
  return {
    districts,
    agencies: await listAgencies(db),
    boundTo: role === 'admin' ? undefined : agencyId,
    mayHide: role === 'admin' || agencyId !== undefined
  }
}

/** A campaign in which activities can be made. */
export interface OpenCampaign {
  id: string
  slug: string
  title: string
  zone: string
  districts: string[]
}

/** Every campaign, the latest first. */
export async function listCampaigns (db: Reader): Promise<OpenCampaign[]> {
  return await db.campaign.findMany({
    select: { id: true, slug: true, title: true, zone: true, districts: true },
    orderBy: [{ firstDay: { sort: 'desc', nulls: 'last' } }, { title: 'asc' }]
  })
}

/** Names of support contacts that nobody has checked since `day`, which is like `2026-12-01`. */
export async function listContactsUnchecked (db: Reader, day: string): Promise<string[]> {
  const rows = await db.supportContact.findMany({
    where: { lastCheckedOn: { lt: new Date(day) } }, select: { name: true }, orderBy: { name: 'asc' }
  })
  return rows.map(({ name }) => name)
}
