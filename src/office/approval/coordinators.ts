import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Reader } from '../../platform/database/connect.ts'
import { draft } from '../../platform/draft.ts'
import { areasInLines, areasOf } from './areas.ts'
import type { Area } from './areas.ts'

/** Who approves what becomes public in a campaign, as its form has it. */
export interface Approval {
  isNeeded: boolean
  /** Districts of each coordinator, by their id; none: all. */
  areas: Readonly<Record<string, readonly string[]>>
}

/** An organiser of an agency, who can be a coordinator. */
export interface Candidate { id: string, name: string, agency: string }

export interface CampaignApproval extends Approval {
  id: string
  slug: string
  title: string
  districts: readonly string[]
  /** Its areas, by which coordinators can be chosen. */
  named: readonly Area[]
  candidates: readonly Candidate[]
}

const approvalDraft = draft(['approval'] as const)

/** The version of what a form shows: an area that has other districts by now is another choice. */
export function versionOf ({ isNeeded, areas, named }: Approval & Pick<CampaignApproval, 'named'>): string {
  const sorted = Object.entries(areas).map(([id, districts]) => [id, [...districts].sort()]).sort()
  return approvalDraft.versionHash({ approval: JSON.stringify([isNeeded, sorted, areasInLines(named)]) })
}

/** How a campaign approves what becomes public; undefined if there is no such campaign. */
export async function findCampaignApproval (db: Reader, slug: string): Promise<CampaignApproval | undefined> {
  const row = await db.campaign.findUnique({
    where: { slug },
    select: {
      id: true, slug: true, title: true, districts: true, needsApproval: true, coordinators: true, districtAreas: true
    }
  })
  if (row === null) return undefined
  const { needsApproval: isNeeded, coordinators, districtAreas, ...campaign } = row
  const candidates = await db.staffMember.findMany({
    where: { role: 'organiser', agencyId: { not: null }, disabledAt: null },
    select: { id: true, name: true, agency: { select: { name: true } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }]
  })
  return {
    ...campaign,
    named: areasOf(campaign.districts, districtAreas),
    isNeeded,
    areas: Object.fromEntries(coordinators.map(({ staffMemberId, districts }) => [staffMemberId, districts])),
    candidates: candidates.map(({ agency, ...person }) => ({ ...person, agency: agency?.name ?? '' }))
  }
}

/**
 * Says who approves what becomes public in a campaign. Returns `changed`, `as-it-was`, or `beside` where a colleague
 * has changed it since it was shown: then nothing is saved. Only organisers of agencies can be coordinators; what is
 * public already stays so.
 */
export async function changeApproval (
  db: Db, slug: string, wanted: Approval, versionHash: string, by: StaffMember, now: DateTime<true>
): Promise<'changed' | 'as-it-was' | 'beside'> {
  return await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM campaigns WHERE slug = ${slug} FOR NO KEY UPDATE`
    const current = await findCampaignApproval(tx, slug)
    if (current === undefined || versionOf(current) !== versionHash) return 'beside'
    const known = new Set(current.candidates.map(({ id }) => id))
    // Someone who cannot sign in at present is not shown, and stays.
    const areas = Object.fromEntries([
      ...Object.entries(current.areas).filter(([id]) => !known.has(id)),
      ...Object.entries(wanted.areas).filter(([id]) => known.has(id))
    ])
    const next = { isNeeded: wanted.isNeeded, areas, named: current.named }
    if (versionOf(next) === versionOf(current)) return 'as-it-was'
    const create = Object.entries(areas)
      .map(([staffMemberId, districts]) => ({ staffMemberId, districts: [...districts] }))
    await tx.campaign.update({
      where: { slug }, data: { needsApproval: next.isNeeded, coordinators: { deleteMany: {}, create } }
    })
    await record(tx, {
      staffMemberId: by.id,
      action: 'coordinators.changed',
      subject: slug,
      details: { approval: next.isNeeded ? 'needed' : 'not needed', coordinators: Object.keys(areas) }
    }, now)
    return 'changed'
  })
}
