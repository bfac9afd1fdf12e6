import { DateTime } from 'luxon'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { dateKinds, noDate } from './dates.ts'
import type { Cycle, DateKind } from './dates.ts'

/** A campaign with its year. */
export interface PlannedCampaign {
  id: string
  slug: string
  title: string
  zone: string
  firstDay: string | undefined
  lastDay: string | undefined
  cycle: Cycle
}

const planned = {
  id: true, slug: true, title: true, zone: true, firstDay: true, lastDay: true, dates: true
} as const

interface Row {
  id: string
  slug: string
  title: string
  zone: string
  firstDay: Date | null
  lastDay: Date | null
  dates: Array<{ kind: string, day: Date, time: string, label: string, isDone: boolean }>
}

export async function getPlannedCampaign (db: Reader, id: string): Promise<PlannedCampaign> {
  return plannedOf(await db.campaign.findUniqueOrThrow({ where: { id }, select: planned }))
}

/** Every campaign of which somebody has planned a date that is not done, and which is not long over. */
export async function listPlannedCampaigns (db: Reader, now: DateTime<true>): Promise<PlannedCampaign[]> {
  const rows = await db.campaign.findMany({
    where: { dates: { some: { isDone: false, day: { gte: now.minus({ months: 6 }).toJSDate() } } } },
    select: planned,
    orderBy: [{ firstDay: { sort: 'asc', nulls: 'last' } }, { slug: 'asc' }]
  })
  return rows.map(plannedOf)
}

function plannedOf ({ dates, firstDay, lastDay, ...row }: Row): PlannedCampaign {
  const cycle = Object.fromEntries(dateKinds.map(kind => {
    const found = dates.find(date => date.kind === kind)
    return [kind, found === undefined
      ? noDate
      : { day: calendarDay(found.day) ?? '', time: found.time, label: found.label, isDone: found.isDone }]
  })) as Record<DateKind, Cycle[DateKind]>
  return { ...row, firstDay: calendarDay(firstDay), lastDay: calendarDay(lastDay), cycle }
}

/** The embargoes that activities have, as far as a member of staff may know: when they end, and of how many. */
export async function listEmbargoes (
  db: Reader, staff: StaffMember, campaignId: string
): Promise<Array<{ endsAt: DateTime<true>, count: number }>> {
  const groups = await db.activity.groupBy({
    by: ['embargoUntil'],
    where: {
      AND: [within(staff, 'see activities')], campaignId, status: { not: 'cancelled' }, embargoUntil: { not: null }
    },
    _count: true,
    orderBy: { embargoUntil: 'asc' }
  })
  return groups.flatMap(({ embargoUntil, _count }) =>
    embargoUntil === null ? [] : [{ endsAt: instant(embargoUntil), count: _count }])
}

/** The days on which others can enter activities, as the form for them has them; undefined without such a form. */
export async function findEntryDays (
  db: Reader, campaignId: string
): Promise<{ opensOn: string | undefined, closesOn: string | undefined } | undefined> {
  const form = await db.entryForm.findFirst({
    where: { campaignId, isOn: true }, select: { opensOn: true, closesOn: true }
  })
  return form === null ? undefined : { opensOn: calendarDay(form.opensOn), closesOn: calendarDay(form.closesOn) }
}

/** Of how many activities of a campaign somebody was asked what they came to, and has not said so. */
export async function countAsked (db: Reader, campaignId: string): Promise<number> {
  return await db.activity.count({
    where: { campaignId, outcomeAsks: { some: {} }, outcomeReport: null, visibility: { not: 'operational' } }
  })
}

/** Whether those who lead its activities are asked what these came to. */
export async function isAsking (db: Reader, campaignId: string): Promise<boolean> {
  return await db.outcomeAsking.count({ where: { campaignId } }) > 0
}

/** The last instant of a day of a campaign, as the first of the next. */
export function endOfDay (day: string, zone: string): DateTime<true> {
  return DateTime.fromISO(day, { zone }).plus({ days: 1 }).toUTC() as DateTime<true>
}
