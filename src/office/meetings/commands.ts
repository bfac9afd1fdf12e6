import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { writeJoinLink } from '../../programme/activities/commands.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import type { TeamsTrouble } from '../../programme/teams/errors.ts'
import type { MadeMeeting, MeetingChoices, WantedMeeting } from '../../programme/teams/meeting.ts'
import type { Seal } from '../../programme/teams/seal.ts'
import { LinkChanged, NoMeetingKept } from './errors.ts'
import { isDetached, nextStep, oursOf, statusAfter } from './kept-meeting.ts'
import type { KeptMeeting, MeetingActivity, Step } from './kept-meeting.ts'
import { meetingEffects } from './meeting-effects.ts'
import { columnsOf, findMeeting, listForgottenMeetings, withLink } from './queries.ts'

/** What commands about meetings need. */
export interface MeetingParts {
  db: Db
  outbox: Outbox
  seal: Seal
}

/** A meeting to ask for, and what was read before asking. */
export interface NewMeeting extends MeetingChoices {
  /** The mark of the link that they have seen. */
  seen: string
  /** The token of what they have read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Asks for a Teams meeting to be made for an activity, which then gets its link; or, where we keep one already, for
 * that meeting to be changed. `seen` is the mark of the link that the organiser has seen. Asking twice is asking once.
 * Throws `LinkChanged`, `BookingNotOpen` where no one could come to it, and `ConfirmationRequired`.
 */
export async function askForMeeting (
  { db, outbox, seal }: MeetingParts, activityId: string,
  { lobby, mayUnmute, mayShowCamera, seen, confirmed }: NewMeeting, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { activity, kept } = await lockMeeting(tx, seal, activityId)
    assertToCome(activity, now)
    if (linkMark(activity) !== seen) throw new LinkChanged()
    requireConfirmation(await effectsOfMeeting(tx, activity, oursOf(kept, activity), now), confirmed)

    const asked: KeptMeeting = {
      ...kept ?? {
        activityId,
        generation: 0,
        meetingId: undefined,
        madeGeneration: undefined,
        told: undefined,
        leftovers: [],
        otherWaysIn: undefined,
        linkedAt: undefined,
        madeAt: undefined
      },
      // A meeting that was let go is asked for by its external id again: only that brings its link back.
      ...(kept !== undefined && isDetached(kept, activity) && { meetingId: undefined }),
      status: 'asked',
      lobby,
      mayUnmute,
      mayShowCamera,
      joinUrl: activity.joinUrl,
      problem: undefined,
      askedAt: now
    }
    await write(tx, seal, asked)
    await outbox.announce(tx, 'activity.changed', [{ activityId }])
    await record(tx, {
      staffMemberId: by.id,
      action: 'meeting.asked',
      subject: activity.slug,
      details: { lobby, mayUnmute: String(mayUnmute), mayShowCamera: String(mayShowCamera) }
    }, now)
  })
}

/**
 * Asks for a new meeting in place of the meeting of this `generation`, whose link then leads nowhere. Does nothing if
 * it was replaced already: two presses make one new meeting. Throws `ConfirmationRequired`.
 */
export async function replaceMeeting (
  { db, outbox, seal }: MeetingParts, activityId: string,
  { generation, confirmed }: { generation: number, confirmed: string | undefined }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { activity, kept } = await lockMeeting(tx, seal, activityId)
    assertToCome(activity, now)
    if (kept === undefined || isDetached(kept, activity)) throw new NoMeetingKept()
    if (kept.generation !== generation) return
    const asked: KeptMeeting = {
      ...kept, status: 'asked', generation: generation + 1, problem: undefined, askedAt: now
    }
    requireConfirmation(await effectsOfMeeting(tx, activity, asked, now), confirmed)

    await write(tx, seal, asked)
    await outbox.announce(tx, 'activity.changed', [{ activityId }])
    await record(tx, {
      staffMemberId: by.id, action: 'meeting.replaced', subject: activity.slug, details: { generation: generation + 1 }
    }, now)
  })
}

/**
 * Has what went wrong tried again, at once. Where nothing is to be done nothing changes. Throws
 * `ConfirmationRequired`.
 */
export async function tryAgain (
  { db, outbox, seal }: MeetingParts, activityId: string, confirmed: string | undefined, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { activity, kept } = await lockMeeting(tx, seal, activityId)
    if (kept === undefined || kept.problem === undefined) return
    requireConfirmation(await effectsOfMeeting(tx, activity, oursOf(kept, activity), now), confirmed)
    await write(tx, seal, { ...kept, status: 'asked', problem: undefined, askedAt: now })
    await outbox.announce(tx, 'activity.changed', [{ activityId }])
    await record(tx, {
      staffMemberId: by.id, action: 'meeting.asked', subject: activity.slug, details: { again: 'true' }
    }, now)
  })
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
    if (step === undefined && status !== kept.status) await write(tx, seal, { ...kept, status })
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
    const isWanted = kept.generation === generation && !isDetached(kept, activity) &&
      activity.status !== 'cancelled' && now < activity.endsAt
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
    await write(tx, seal, {
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

/** A mark that distinguishes an activity's links without revealing them; empty where there is none. */
export function linkMark ({ joinUrlSealed }: Pick<Activity, 'joinUrlSealed'>): string {
  return joinUrlSealed?.slice(-16) ?? ''
}

async function effectsOfMeeting (
  db: Reader, activity: MeetingActivity, ours: KeptMeeting | undefined, now: DateTime<true>
): Promise<Effects> {
  return meetingEffects({ activity, ours, recipients: await countRecipients(db, activity) }, now)
}

async function lockMeeting (tx: Tx, seal: Seal, activityId: string) {
  const activity = withLink(await lockActivity(tx, activityId), seal)
  return { activity, kept: await findMeeting(tx, seal, activityId) }
}

function assertToCome ({ status, endsAt }: Activity, now: DateTime<true>): void {
  if (status === 'cancelled') throw new BookingNotOpen('cancelled')
  if (now >= endsAt) throw new BookingNotOpen('over')
}

/** Stores a meeting after a step, with its new status. */
async function settle (
  tx: Tx, seal: Seal, kept: KeptMeeting, activity: MeetingActivity, now: DateTime<true>
): Promise<void> {
  const status = statusAfter(kept, activity, now)
  await write(tx, seal, { ...kept, status, problem: undefined, ...(status === 'made' && { madeAt: now }) })
}

async function write (tx: Tx, seal: Seal, kept: KeptMeeting): Promise<void> {
  const columns = columnsOf(kept, seal)
  const { activityId } = kept
  await tx.teamsMeeting.upsert({ where: { activityId }, create: { activityId, ...columns }, update: columns })
}
