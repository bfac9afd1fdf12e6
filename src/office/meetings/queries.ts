import type { DateTime } from 'luxon'
import { z } from 'zod'
import type { Activity } from '../../programme/activities/activity.ts'
import { activityOf, lockActivity } from '../../programme/activities/queries.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { lobbies } from '../../programme/teams/meeting.ts'
import type { Seal } from '../../platform/seal.ts'
import { meetingStatuses, nextStep } from './kept-meeting.ts'
import type { KeptMeeting, MeetingActivity } from './kept-meeting.ts'

/** The content of `made_as`; ids of meetings in it are sealed. */
const MadeAs = z.object({
  generation: z.number().optional(),
  told: z.object({
    subject: z.string(),
    startsAt: z.string(),
    endsAt: z.string(),
    lobby: z.enum(lobbies),
    mayUnmute: z.boolean(),
    mayShowCamera: z.boolean()
  }).optional(),
  leftovers: z.array(z.string()).default([]),
  linkedAt: z.string().optional()
})

const OtherWaysIn = z.object({
  meetingId: z.string().optional(),
  passcode: z.string().optional(),
  phone: z.string().optional(),
  freePhone: z.string().optional(),
  conferenceId: z.string().optional()
})

type Row = Prisma.TeamsMeetingGetPayload<object>

/** The meeting that the service was asked to make for an activity. */
export async function findMeeting (db: Reader, seal: Seal, activityId: string): Promise<KeptMeeting | undefined> {
  const row = await db.teamsMeeting.findUnique({ where: { activityId } })
  return row === null ? undefined : meetingOf(row, seal)
}

/** Which of these activities have a meeting that the service was asked to make. */
export async function activitiesWithMeeting (db: Reader, activityIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.teamsMeeting.findMany({
    where: { activityId: { in: [...activityIds] } }, select: { activityId: true }
  })
  return new Set(rows.map(({ activityId }) => activityId))
}

/**
 * Activities with a meeting about which Teams has yet to be told something, while no job is about to. Failed ones wait
 * for someone to ask again.
 */
export async function listForgottenMeetings (db: Reader, seal: Seal, now: DateTime<true>): Promise<string[]> {
  const rows = await db.teamsMeeting.findMany({
    where: {
      status: { in: ['asked', 'made'] },
      activity: { OR: [{ endsAt: { gt: now.toJSDate() } }, { status: 'cancelled' }] }
    },
    include: { activity: { include: { campaign: true } } }
  })
  const due = rows.flatMap(({ activity, ...row }) =>
    nextStep(meetingOf(row, seal), withLink(activityOf(activity), seal), now) === undefined ? [] : row.activityId)
  const inHand = await db.$queryRaw<Array<{ activityId: string }>>`
    SELECT data->>'activityId' AS "activityId" FROM pgboss.job
    WHERE name = 'activity.changed' AND state < 'completed' AND data->>'activityId' = ANY (${due}::text[])`
  return due.filter(id => !inHand.some(({ activityId }) => activityId === id))
}

/** When someone last pasted a link on an activity's page. */
export async function linkGivenAt (db: Reader, slug: string): Promise<DateTime<true> | undefined> {
  const entry = await db.auditEntry.findFirst({
    where: { subject: slug, action: 'join-link.changed' }, orderBy: { at: 'desc' }, select: { at: true }
  })
  return entry === null ? undefined : instant(entry.at)
}

/** An activity with its Teams link unsealed. */
export function withLink<A extends Activity> (activity: A, seal: Seal): A & MeetingActivity {
  const { joinUrlSealed } = activity
  return { ...activity, joinUrl: joinUrlSealed === undefined ? undefined : seal.open(joinUrlSealed) }
}

function meetingOf (row: Row, seal: Seal): KeptMeeting {
  const { generation, told, leftovers, linkedAt } = MadeAs.parse(row.madeAs ?? {})
  return {
    activityId: row.activityId,
    status: z.enum(meetingStatuses).parse(row.status),
    generation: row.generation,
    lobby: z.enum(lobbies).parse(row.lobby),
    mayUnmute: row.mayUnmute,
    mayShowCamera: row.mayShowCamera,
    meetingId: row.meetingIdSealed === null ? undefined : seal.open(row.meetingIdSealed),
    madeGeneration: generation,
    told: told && { ...told, startsAt: instant(new Date(told.startsAt)), endsAt: instant(new Date(told.endsAt)) },
    leftovers: leftovers.map(sealed => seal.open(sealed)),
    joinUrl: row.joinUrlSealed === null ? undefined : seal.open(row.joinUrlSealed),
    otherWaysIn: row.waysInSealed === null ? undefined : OtherWaysIn.parse(JSON.parse(seal.open(row.waysInSealed))),
    linkedAt: linkedAt === undefined ? undefined : instant(new Date(linkedAt)),
    problem: row.problem ?? undefined,
    askedAt: instant(row.askedAt),
    madeAt: row.madeAt === null ? undefined : instant(row.madeAt)
  }
}

/** A meeting as a row, its secrets sealed. */
export function columnsOf (kept: KeptMeeting, seal: Seal) {
  const sealed = (secret: string | undefined) => secret === undefined ? null : seal.close(secret)
  const { told } = kept
  const madeAs = {
    generation: kept.madeGeneration,
    told: told && { ...told, startsAt: told.startsAt.toISO(), endsAt: told.endsAt.toISO() },
    leftovers: kept.leftovers.map(id => seal.close(id)),
    linkedAt: kept.linkedAt?.toISO()
  }
  return {
    status: kept.status,
    generation: kept.generation,
    lobby: kept.lobby,
    mayUnmute: kept.mayUnmute,
    mayShowCamera: kept.mayShowCamera,
    meetingIdSealed: sealed(kept.meetingId),
    joinUrlSealed: sealed(kept.joinUrl),
    waysInSealed: kept.otherWaysIn === undefined ? null : seal.close(JSON.stringify(kept.otherWaysIn)),
    madeAs: JSON.parse(JSON.stringify(madeAs)) as Prisma.InputJsonObject,
    problem: kept.problem ?? null,
    askedAt: kept.askedAt.toJSDate(),
    madeAt: kept.madeAt?.toJSDate() ?? null
  } satisfies Prisma.TeamsMeetingUncheckedUpdateInput
}

/** Locks an activity, then reads it with its link, and the meeting that we keep for it. */
export async function lockMeeting (tx: Tx, seal: Seal, activityId: string) {
  const activity = withLink(await lockActivity(tx, activityId), seal)
  return { activity, kept: await findMeeting(tx, seal, activityId) }
}
