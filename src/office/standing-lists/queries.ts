import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Prisma, StandingListRun } from '../../platform/database/generated/client.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { keptFilter } from '../../booking/attendees/filter.ts'
import { allColumns } from '../exports/columns.ts'
import type { ListColumn } from '../exports/columns.ts'
import type { FormatName } from '../exports/formats.ts'
import { ScopeGone, StandingListNotFound } from './errors.ts'
import { asKnownTo } from './known-scope.ts'
import type { About, Outcome, Scope, StandingList, Stopping, Timing } from './standing-list.ts'

/** What a row needs to be read as a list. */
export const withScope = {
  activity: { select: { id: true, slug: true, title: true, startsAt: true } },
  campaign: { select: { id: true, slug: true, title: true } }
} satisfies Prisma.StandingListInclude

type Row = Prisma.StandingListGetPayload<{ include: typeof withScope }>

/** A row as a list. */
export function standingListOf (row: Row): StandingList {
  const { id, about, activity, campaign, columns, format, why, nextAt, failures, stoppedAt, stoppedBecause } = row
  return {
    id,
    about: about as About,
    activity: activity === null ? undefined : { ...activity, startsAt: instant(activity.startsAt) },
    campaign: campaign ?? undefined,
    filter: keptFilter(row.who),
    columns: columnsNamed(columns),
    format: format as FormatName,
    why,
    timing: timingOf(row),
    nextAt: nextAt === null ? undefined : instant(nextAt),
    failures,
    stopped: stoppedAt === null ? undefined : { at: instant(stoppedAt), because: stoppedBecause as Stopping }
  }
}

export function columnsNamed (names: readonly string[]): ListColumn[] {
  return allColumns.filter(({ name }) => names.includes(name))
}

function timingOf ({ how, weekday, timeOfDay, zone, days, hours }: Row): Timing {
  return how === 'weekly'
    ? { how, weekday: weekday as number, timeOfDay: timeOfDay as string, zone, days: days ?? undefined }
    : { how: 'before', hours: hours as number }
}

/** What became of a list the last time. */
export interface LastRun { dueAt: DateTime<true>, outcome: Outcome | undefined, people: number | undefined }

/** The standing lists of someone, the first made first, each with its last run; as many queries for many as for one. */
export async function listStandingLists (
  db: Reader, owner: StaffMember
): Promise<Array<StandingList & { last: LastRun | undefined }>> {
  const rows = await db.standingList.findMany({
    where: { staffMemberId: owner.id },
    include: { ...withScope, runs: lastOfRuns },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }]
  })
  return await asKnownTo(db, owner, rows.map(row => ({ ...standingListOf(row), last: lastRunOf(row.runs) })))
}

/** The last run that says something: one that was overtaken, or over from the beginning, does not. */
export const lastOfRuns = {
  where: { OR: [{ outcome: null }, { outcome: { notIn: ['overtaken', 'over'] } }] },
  orderBy: { dueAt: 'desc' },
  take: 1
} satisfies Prisma.StandingList$runsArgs

export function lastRunOf ([last]: readonly StandingListRun[]): LastRun | undefined {
  return last && {
    dueAt: instant(last.dueAt),
    outcome: (last.outcome ?? undefined) as Outcome | undefined,
    people: last.people ?? undefined
  }
}

/** A standing list of someone. Throws `StandingListNotFound`, also for one of somebody else. */
export async function getStandingList (
  db: Reader, owner: StaffMember, id: string
): Promise<StandingList> {
  const row = await db.standingList.findUnique({ where: { id, staffMemberId: owner.id }, include: withScope })
  if (row === null) throw new StandingListNotFound()
  return await knownTo(db, owner, row)
}

export async function knownTo (db: Reader, owner: StaffMember, row: Row): Promise<StandingList> {
  const list = standingListOf(row)
  const [known = list] = await asKnownTo(db, owner, [list])
  return known
}

/** The same, locked until the transaction ends: no run of it begins or ends meanwhile. */
export async function lockStandingList (tx: Tx, staff: StaffMember, id: string): Promise<StandingList> {
  await lockStandingLists(tx, [id])
  return await getStandingList(tx, staff, id)
}

/** Locks lists in one order. */
export async function lockStandingLists (tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$queryRaw`SELECT id FROM standing_lists WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`
}

/**
 * The activity or the campaign of an address, for someone who may know attendees there; of an activity its campaign
 * too. Throws `ScopeGone`.
 */
export async function findScope (
  db: Reader, staff: StaffMember,
  { activity: slug, campaign }: { activity: string | undefined, campaign: string | undefined }
): Promise<Pick<Scope, 'activity' | 'campaign'>> {
  const theirs = { AND: [within(staff, 'know attendees')], booking: 'places' }
  const activity = slug === undefined
    ? null
    : await db.activity.findFirst({
      where: { slug, ...theirs }, select: { ...withScope.activity.select, campaign: withScope.campaign }
    })
  const found = activity?.campaign ?? (campaign === undefined
    ? null
    : await db.campaign.findFirst({ where: { slug: campaign, activities: { some: theirs } }, ...withScope.campaign }))
  if ((slug !== undefined && activity === null) || (campaign !== undefined && found === null)) throw new ScopeGone()
  return {
    activity: activity === null
      ? undefined
      : { id: activity.id, slug: activity.slug, title: activity.title, startsAt: instant(activity.startsAt) },
    campaign: found ?? undefined
  }
}
