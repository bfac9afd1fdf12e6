import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { reminders } from '../../programme/activities/activity.ts'
import { farthestStartDays, longestAgoDays } from '../../programme/activities/reminder-times.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { EmailKey } from '../emails/email-key.ts'
import { followUps } from '../emails/follow-up.ts'

/** The fields that decide which emails an activity owes at a time. */
export type Timing = Pick<Activity, 'id' | 'startsAt' | 'endsAt' | 'allDay' | 'zone' | 'reminders' | 'followUp'>

/** Activities with people that start so soon or ended so recently that an email can be due. */
export async function listActivitiesDue (db: Reader, now: DateTime<true>): Promise<Timing[]> {
  const rows = await db.activity.findMany({
    where: {
      status: 'published',
      occupancy: { confirmed: { gt: 0 } },
      OR: [
        {
          reminders: { isEmpty: false },
          startsAt: { gt: now.toJSDate(), lte: now.plus({ days: farthestStartDays }).toJSDate() }
        },
        { followUp: true, endsAt: { gt: now.minus({ days: longestAgoDays }).toJSDate(), lte: now.toJSDate() } }
      ]
    },
    select: { id: true, startsAt: true, endsAt: true, allDay: true, zone: true, reminders: true, followUp: true },
    orderBy: { startsAt: 'asc' }
  })
  return rows.map(row => ({
    ...row,
    startsAt: instant(row.startsAt),
    endsAt: instant(row.endsAt),
    reminders: reminders.filter(reminder => row.reminders.includes(reminder))
  }))
}

/** A reminder that is due to the people of one activity. */
export interface DueReminder extends Pick<EmailKey, 'kind' | 'sequence'> {
  activityId: string
  dueAt: DateTime<true>
  placeBy: DateTime<true>
}

/**
 * Ids of the activities for which someone has not had one of these reminders. Each activity is checked separately,
 * until one person is found: the planner cannot tell how few people are in near activities, and would read everyone who
 * ever booked.
 */
export async function listActivitiesToRemind (db: Reader, dues: readonly DueReminder[]): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ activityId: string }>>`
    SELECT due.activity_id AS "activityId"
    FROM ${rowsOf(dues)} CROSS JOIN LATERAL (SELECT FROM bookings b WHERE ${isUnreminded} LIMIT 1) AS someone`
  return rows.map(({ activityId }) => activityId)
}

/** People who have not had a reminder that is due, at most `limit`. */
export async function listUnreminded (db: Reader, due: DueReminder, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT b.id FROM ${rowsOf([due])} JOIN bookings b ON ${isUnreminded} LIMIT ${limit}`
  return rows.map(({ id }) => id)
}

function rowsOf (dues: readonly DueReminder[]): Prisma.Sql {
  return Prisma.sql`unnest(
    ${dues.map(({ activityId }) => activityId)}::uuid[], ${dues.map(({ kind }) => kind)}::text[],
    ${dues.map(({ sequence }) => sequence)}::int[], ${dues.map(({ dueAt }) => dueAt.toJSDate())}::timestamptz[],
    ${dues.map(({ placeBy }) => placeBy.toJSDate())}::timestamptz[]
  ) AS due (activity_id, kind, sequence, due_at, place_by)`
}

/** Someone who has had any email about their booking since the reminder was due has been reminded by it. */
const isUnreminded = Prisma.sql`
  b.activity_id = due.activity_id AND b.status = 'confirmed' AND NOT b.reminders_off
  AND b.confirmed_at <= due.place_by AND b.changed_at <= due.due_at
  AND NOT EXISTS (
    SELECT FROM letters l
    WHERE l.booking_id = b.id AND l.kind = due.kind AND l.sequence = due.sequence AND l.copy = 0)`

/** Someone who had a place, and what is known of whether they came. */
export interface Guest {
  id: string
  attended: boolean | undefined
  joinedAt: DateTime<true> | undefined
}

/** Those of these activities in which someone has not been written to after the end; also checked one by one. */
export async function listActivitiesToFollowUp (db: Reader, ids: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT past.id FROM unnest(${ids}::uuid[]) AS past (id) CROSS JOIN LATERAL (
      SELECT FROM bookings b WHERE b.activity_id = past.id AND ${isNotWrittenTo} LIMIT 1) AS someone`
  return rows.map(({ id }) => id)
}

/** People of an activity who have not been written to after the end, at most `limit`. */
export async function listNotWrittenTo (db: Reader, activityId: string, limit: number): Promise<Guest[]> {
  const rows = await db.$queryRaw<Array<{ id: string, attended: boolean | null, joinedAt: Date | null }>>`
    SELECT b.id, b.attended, b.joined_at AS "joinedAt" FROM bookings b
    WHERE b.activity_id = ${activityId}::uuid AND ${isNotWrittenTo} LIMIT ${limit}`
  return rows.map(({ id, attended, joinedAt }) => ({
    id, attended: attended ?? undefined, joinedAt: joinedAt === null ? undefined : instant(joinedAt)
  }))
}

/** Any of these emails counts: who came may have been corrected since. */
const isNotWrittenTo = Prisma.sql`
  b.status = 'confirmed'
  AND NOT EXISTS (SELECT FROM letters l WHERE l.booking_id = b.id AND l.kind IN (${Prisma.join([...followUps])}))`
