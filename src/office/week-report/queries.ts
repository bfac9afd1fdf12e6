import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { mayEver } from '../../identity/staff/roles.ts'
import { instant, calendarDay, officeZone } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { quarterOf } from '../reports/quarters.ts'
import type { Span } from '../reports/quarters.ts'

/** A campaign of which there is a report. */
export interface ReportedCampaign {
  id: string
  slug: string
  title: string
  partnership: string
  zone: string
  firstDay: string | undefined
  lastDay: string | undefined
  copiedFromId: string | undefined
}

const reported = {
  id: true, slug: true, title: true, partnership: true, zone: true, firstDay: true, lastDay: true, copiedFromId: true
} as const

/**
 * Finds a campaign of which a member of staff may make a report: one with activities of theirs that are not
 * operational, or any for those who make campaigns.
 */
export async function findReportedCampaign (
  db: Reader, staff: StaffMember, by: { slug: string } | { id: string }
): Promise<ReportedCampaign | undefined> {
  const theirs = { activities: { some: { AND: [within(staff, 'see reports')], visibility: { not: 'operational' } } } }
  const row = await db.campaign.findFirst({
    where: { ...by, ...mayEver(staff, 'edit what everyone reads') ? {} : theirs }, select: reported
  })
  if (row === null) return undefined
  const day = (date: Date | null) => calendarDay(date)
  return { ...row, firstDay: day(row.firstDay), lastDay: day(row.lastDay), copiedFromId: row.copiedFromId ?? undefined }
}

/** How many of each resource were handed over for a campaign, by name: to all, or to one agency. */
export async function listHandedOver (
  db: Reader, campaignId: string, { agencyId }: Pick<StaffMember, 'agencyId'>
): Promise<Array<{ name: string, given: number }>> {
  const groups = await db.resourceTotal.groupBy({
    by: ['resourceId'], where: { campaignId, ...agencyId !== undefined && { agencyId } }, _sum: { given: true }
  })
  const resources = await db.resource.findMany({
    where: { id: { in: groups.map(({ resourceId }) => resourceId) } }, select: { id: true, name: true }, orderBy: { name: 'asc' }
  })
  return resources.flatMap(({ id, name }) => {
    const given = groups.find(({ resourceId }) => resourceId === id)?._sum.given ?? 0
    return given === 0 ? [] : [{ name, given }]
  })
}

/** The quarters in which the activities of a campaign are, wherever they are; undefined without any. */
export async function findSpan (db: Reader, campaignId: string): Promise<Span | undefined> {
  const { _min: { startsAt: first }, _max: { startsAt: last } } = await db.activity.aggregate({
    where: { campaignId, visibility: { not: 'operational' } }, _min: { startsAt: true }, _max: { startsAt: true }
  })
  if (first === null || last === null) return undefined
  // A day to both sides: a quarter begins elsewhere at another time.
  const [before, after] = [instant(first).minus({ days: 1 }), instant(last).plus({ days: 1 })]
  return { from: quarterOf(before, officeZone), to: quarterOf(after, officeZone) }
}
