import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { StandingListRun } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { memberOf, memberSelect } from '../../identity/staff/queries.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { FormatName } from '../exports/formats.ts'
import { mostHours } from './standing-list.ts'
import type { Outcome, StandingList } from './standing-list.ts'
import { movedHours } from './occasions.ts'
import { withScope, standingListOf, columnsNamed, knownTo } from './queries.ts'

/** Whose list it is, as far as it matters for sending it. */
export interface Owner extends StaffMember { email: string, isDisabled: boolean }

/** A run with all that it depends on, as it is now. */
export interface Run {
  id: string
  dueAt: DateTime<true>
  /** Undefined: it is not decided yet. */
  outcome: Outcome | undefined
  /** The list with what it had when this was due; when it is sent otherwise, and whether, is as it is now. */
  list: StandingList
  /** A weekly one has the activities that begin within so many days; undefined: all to come. */
  days: number | undefined
  owner: Owner
  /** Before which activity; undefined: it is weekly. */
  before: { startedThenAt: DateTime<true>, activity: ActivityBefore | undefined } | undefined
}

/** Undefined where it was deleted. */
interface ActivityBefore { slug: string, startsAt: DateTime<true>, isPublished: boolean }

export async function findRun (db: Reader, id: string, now: DateTime<true>): Promise<Run | undefined> {
  const row = await db.standingListRun.findUnique({
    where: { id }, include: { standingList: { include: { ...withScope, staffMember: ownerAt(now) } } }
  })
  if (row === null) return undefined
  const { standingList, activityId, startsAt } = row
  const activity = activityId === null ? null : await db.activity.findUnique({ where: { id: activityId } })
  const owner = ownerOf(standingList.staffMember)
  return {
    id,
    dueAt: instant(row.dueAt),
    outcome: (row.outcome ?? undefined) as Outcome | undefined,
    ...asItWas(await knownTo(db, owner, standingList), row),
    owner,
    before: startsAt === null
      ? undefined
      : {
          startedThenAt: instant(startsAt),
          activity: activity === null
            ? undefined
            : { slug: activity.slug, startsAt: instant(activity.startsAt), isPublished: activity.status === 'published' }
        }
  }
}

/** A list as it was when a run of it was due; as it is now, where the version before this made the run. */
function asItWas (list: StandingList, { columns, format, why, days }: StandingListRun): Pick<Run, 'list' | 'days'> {
  const { timing } = list
  if (format === null || why === null) return { list, days: timing.how === 'weekly' ? timing.days : undefined }
  return {
    list: { ...list, columns: columnsNamed(columns), format: format as FormatName, why }, days: days ?? undefined
  }
}

/** Whose list was stopped, and why; undefined if it is sent again, or is gone. */
export async function findStopped (
  db: Reader, id: string, now: DateTime<true>
): Promise<{ list: StandingList, owner: Owner } | undefined> {
  const row = await db.standingList.findUnique({ where: { id }, include: { ...withScope, staffMember: ownerAt(now) } })
  if (row?.stoppedAt == null) return undefined
  const owner = ownerOf(row.staffMember)
  return { list: await knownTo(db, owner, row), owner }
}

function ownerAt (now: DateTime<true>) {
  return { select: { ...memberSelect(now), email: true, disabledAt: true } } satisfies Prisma.StaffMemberDefaultArgs
}

function ownerOf (
  { email, disabledAt, ...row }: Prisma.StaffMemberGetPayload<ReturnType<typeof ownerAt>>
): Owner {
  return { ...memberOf(row), email, isDisabled: disabledAt !== null }
}

/** Weekly lists whose moment has come. */
export async function listDueWeekly (
  db: Reader, now: DateTime<true>, ids?: readonly string[]
): Promise<Array<StandingList & { nextAt: DateTime<true> }>> {
  const rows = await db.standingList.findMany({
    where: { how: 'weekly', stoppedAt: null, nextAt: { lte: now.toJSDate() }, ...(ids && { id: { in: [...ids] } }) },
    include: withScope
  })
  return rows.map(standingListOf).flatMap(list => list.nextAt === undefined ? [] : { ...list, nextAt: list.nextAt })
}

/** An activity before which a list is due. */
export interface DueBefore {
  listId: string
  activityId: string
  startsAt: DateTime<true>
  dueAt: DateTime<true>
  /** What its list has, as it is stored. */
  columns: string[]
  format: string
  why: string
}

/**
 * Activities before which lists are due and were not: of those in question, whoever may know them, because rights are
 * asked when it is sent. One that has moved by more than `movedHours` since is another occasion.
 */
export async function listDueBefore (
  db: Reader, now: DateTime<true>, ids?: readonly string[]
): Promise<DueBefore[]> {
  const rows = await db.$queryRaw<Array<Omit<DueBefore, 'startsAt' | 'dueAt'> & { startsAt: Date, dueAt: Date }>>(Prisma.sql`
    SELECT l.id AS "listId", l.columns, l.format, l.why, a.id AS "activityId", a.starts_at AS "startsAt",
      a.starts_at - make_interval(hours => l.hours) AS "dueAt"
    FROM standing_lists l JOIN activities a
      ON a.status = 'published' AND a.booking = 'places'
      AND a.starts_at > ${now.toJSDate()} AND a.starts_at <= ${now.plus({ hours: mostHours }).toJSDate()}
      AND a.starts_at - make_interval(hours => l.hours) <= ${now.toJSDate()}
      AND CASE l.about WHEN 'mine' THEN true WHEN 'campaign' THEN a.campaign_id = l.campaign_id ELSE a.id = l.activity_id END
    WHERE l.how = 'before' AND l.stopped_at IS NULL
      ${ids === undefined ? Prisma.empty : Prisma.sql`AND l.id = ANY (${ids}::uuid[])`}
      AND NOT EXISTS (
        SELECT FROM standing_list_runs r WHERE r.standing_list_id = l.id AND r.activity_id = a.id
          AND r.starts_at BETWEEN a.starts_at - make_interval(hours => ${movedHours})
            AND a.starts_at + make_interval(hours => ${movedHours}))`)
  return rows.map(row => ({ ...row, startsAt: instant(row.startsAt), dueAt: instant(row.dueAt) }))
}
