import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import { writeJoinLink } from '../../programme/activities/commands.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { TeamsTrouble } from '../../programme/teams/errors.ts'
import type { MadeMeeting, WantedMeeting } from '../../programme/teams/meeting.ts'
import type { Seal } from '../../platform/seal.ts'
import { isDetached, nextStep, statusAfter } from './kept-meeting.ts'
import type { KeptMeeting, MeetingActivity, Step } from './kept-meeting.ts'
import { columnsOf, listForgottenMeetings, lockMeeting } from './queries.ts'

/** What commands about meetings need. */
export interface MeetingParts {
  db: Db
  outbox: Outbox
  seal: Seal
}

/** The next step for an activity's meeting; where there is none, brings its status up to date. */
export async function planMeeting (
  { db, seal }: MeetingParts, activityId: string, now: DateTime<true>
): Promise<Step | undefined> {
  return await db.$transaction(async tx => {
    const { activity, kept } = await lockMeeting(tx, seal, activityId)
    if (kept === undefined) return undefined
    const step = nextStep(kept, activity, now)
    const status = statusAfter(kept, activity, now)
    if (step === undefined && status !== kept.status) await writeMeeting(tx, seal, { ...kept, status })
    return step
  })
}

/**
 * Records a meeting that was made, and gives the activity its link: everyone who has a place is told, once. Not where
 * it is not wanted any more, because there is another link by now, a newer meeting was asked for, or no one can come:
 * then the meeting that was made is to be deleted.
 */
export async function noteMade (
  { db, outbox, seal }: MeetingParts, activityId: string, made: MadeMeeting,
  { generation, wanted }: Extract<Step, { do: 'make' }>, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { activity, kept } = await lockMeeting(tx, seal, activityId)
    if (kept === undefined) return
    const isWanted = kept.generation === generation && !isDetached(kept, activity) && isToCome(activity, now)
    if (!isWanted) {
      const isKnown = kept.meetingId === made.id || kept.leftovers.includes(made.id)
      await settle(tx, seal, isKnown ? kept : { ...kept, leftovers: [...kept.leftovers, made.id] }, activity, now)
      return
    }
    const isNew = kept.joinUrl !== made.joinUrl
    const before = kept.meetingId !== undefined && kept.meetingId !== made.id ? [kept.meetingId] : []
    await writeJoinLink(tx, outbox, seal, activity, made.joinUrl, now)
    await settle(tx, seal, {
      ...kept,
      meetingId: made.id,
      madeGeneration: generation,
      told: wanted,
      leftovers: [...kept.leftovers, ...before],
      joinUrl: made.joinUrl,
      otherWaysIn: made.otherWaysIn,
      linkedAt: isNew ? now : kept.linkedAt ?? now
    }, { ...activity, joinUrl: made.joinUrl }, now)
  })
}

/** Records what Teams was told about a meeting. */
export async function noteTold (
  { db, seal }: MeetingParts, activityId: string, meetingId: string, told: WantedMeeting, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { activity, kept } = await lockMeeting(tx, seal, activityId)
    if (kept?.meetingId === meetingId) await settle(tx, seal, { ...kept, told }, activity, now)
  })
}

/** Records that a meeting was deleted. */
export async function noteRemoved (
  { db, seal }: MeetingParts, activityId: string, meetingId: string, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { activity, kept } = await lockMeeting(tx, seal, activityId)
    if (kept === undefined) return
    await settle(tx, seal, {
      ...kept,
      meetingId: kept.meetingId === meetingId ? undefined : kept.meetingId,
      leftovers: kept.leftovers.filter(id => id !== meetingId)
    }, activity, now)
  })
}

/**
 * Records why Teams refused, for staff to read. A meeting that does not exist any more is dropped: asked for again, a
 * new one is made. People decide that, since it writes to everyone.
 */
export async function noteTrouble (
  { db, seal }: MeetingParts, activityId: string, { trouble, isFinal, message }: TeamsTrouble, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { activity, kept } = await lockMeeting(tx, seal, activityId)
    if (kept === undefined || nextStep(kept, activity, now) === undefined) return
    await writeMeeting(tx, seal, {
      ...kept,
      ...(trouble === 'gone' && { meetingId: undefined, generation: kept.generation + 1 }),
      status: isFinal ? 'failed' : 'asked',
      problem: message
    })
  })
}

/** Announces every meeting about which Teams has yet to be told something, if no job is about to do it. */
export async function sweepMeetings ({ db, outbox, seal }: MeetingParts, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const forgotten = await listForgottenMeetings(tx, seal, now)
    await outbox.announce(tx, 'activity.changed', forgotten.map(activityId => ({ activityId })))
  })
}

/** Stores a meeting after a step, with its new status. */
async function settle (
  tx: Tx, seal: Seal, kept: KeptMeeting, activity: MeetingActivity, now: DateTime<true>
): Promise<void> {
  const status = statusAfter(kept, activity, now)
  await writeMeeting(tx, seal, { ...kept, status, problem: undefined, ...(status === 'made' && { madeAt: now }) })
}

export async function writeMeeting (tx: Tx, seal: Seal, kept: KeptMeeting): Promise<void> {
  const columns = columnsOf(kept, seal)
  const { activityId } = kept
  await tx.teamsMeeting.upsert({ where: { activityId }, create: { activityId, ...columns }, update: columns })
}
