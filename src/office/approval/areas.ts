import type { DateTime } from 'luxon'
import type { Db, Reader } from '../../platform/database/connect.ts'
import { draft } from '../../platform/draft.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'

/** A part of a campaign with a name, such as “North”: some of its districts, each of them in one area at most. */
export interface Area {
  name: string
  districts: readonly string[]
}

/** The areas of a campaign, and the districts that they can have. */
export interface CampaignAreas {
  id: string
  slug: string
  title: string
  districts: readonly string[]
  areas: readonly Area[]
}

const areasDraft = draft(['areas'] as const)

/** The areas as the form has them: one a line, with its districts. */
export function areasInLines (areas: readonly Area[]): string {
  return areas.map(({ name, districts }) => `${name}: ${districts.join(', ')}`).join('\n')
}

/** The version of what the form shows. */
export function versionOfAreas ({ areas }: Pick<CampaignAreas, 'areas'>): string {
  return areasDraft.versionHash({ areas: areasInLines(areas) })
}

/** The areas of a campaign; undefined if there is no such campaign. */
export async function findAreas (db: Reader, slug: string): Promise<CampaignAreas | undefined> {
  const row = await db.campaign.findUnique({
    where: { slug }, select: { id: true, slug: true, title: true, districts: true, districtAreas: true }
  })
  if (row === null) return undefined
  const { districtAreas, ...campaign } = row
  return { ...campaign, areas: areasOf(campaign.districts, districtAreas) }
}

/** The areas by their names, each with its districts in the campaign's order; a district that is gone is in none. */
export function areasOf (
  districts: readonly string[], rows: ReadonlyArray<{ district: string, area: string }>
): Area[] {
  const areaOf = new Map(rows.map(({ district, area }) => [district, area]))
  const named = districts.flatMap(district => {
    const name = areaOf.get(district)
    return name === undefined ? [] : [{ name, district }]
  })
  return [...Map.groupBy(named, ({ name }) => name)]
    .map(([name, of]) => ({ name, districts: of.map(({ district }) => district) }))
    .sort((one, other) => one.name.localeCompare(other.name, 'en-GB'))
}

/** Whether a coordinator with these districts has all of an area. */
export function has (districts: readonly string[], area: Area): boolean {
  return area.districts.every(district => districts.includes(district))
}

/**
 * The districts of a coordinator after areas have changed: who had all of an area has it as it is now. Of one that is
 * gone they keep the districts, so nobody is ever left without any, which would mean all.
 */
export function followAreas (
  districts: readonly string[], before: readonly Area[], after: readonly Area[]
): string[] {
  const following = districts.length === 0
    ? []
    : before.flatMap(area => {
      const next = after.find(({ name }) => name === area.name)
      return next !== undefined && has(districts, area) ? [{ was: area.districts, is: next.districts }] : []
    })
  const left = districts.filter(district => !following.some(({ was }) => was.includes(district)))
  return [...new Set([...left, ...following.flatMap(({ is }) => is)])].sort()
}

/**
 * Names the areas of a campaign; its coordinators follow them. Returns `changed`, `as-it-was`, or `beside` where a
 * colleague has changed them since they were shown: then nothing is saved.
 */
export async function changeAreas (
  db: Db, slug: string, { areas, versionHash }: { areas: readonly Area[], versionHash: string }, by: StaffMember,
  now: DateTime<true>
): Promise<'changed' | 'as-it-was' | 'beside'> {
  return await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM campaigns WHERE slug = ${slug} FOR NO KEY UPDATE`
    const current = await findAreas(tx, slug)
    if (current === undefined || versionOfAreas(current) !== versionHash) return 'beside'
    const rows = areas.flatMap(({ name, districts }) => districts.map(district => ({ district, area: name })))
    const next = areasOf(current.districts, rows)
    if (areasInLines(next) === areasInLines(current.areas)) return 'as-it-was'
    const campaignId = current.id
    await tx.districtArea.deleteMany({ where: { campaignId } })
    await tx.districtArea.createMany({ data: rows.map(row => ({ campaignId, ...row })) })
    for (const { staffMemberId, districts } of await tx.coordinator.findMany({ where: { campaignId } })) {
      await tx.coordinator.update({
        where: { campaignId_staffMemberId: { campaignId, staffMemberId } },
        data: { districts: followAreas(districts, current.areas, next) }
      })
    }
    await record(tx, {
      staffMemberId: by.id,
      action: 'areas.changed',
      subject: slug,
      details: { areas: [areasInLines(current.areas), areasInLines(next)] }
    }, now)
    return 'changed'
  })
}
