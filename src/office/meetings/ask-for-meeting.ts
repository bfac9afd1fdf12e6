import type { DateTime } from 'luxon'
import { assertToCome } from '../../programme/activities/errors.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import type { MeetingChoices } from '../../programme/teams/meeting.ts'
import { LinkChanged, NoMeetingKept } from './errors.ts'
import { writeMeeting } from './keeping.ts'
import type { MeetingParts } from './keeping.ts'
import { isDetached, oursOf } from './kept-meeting.ts'
import type { KeptMeeting, MeetingActivity } from './kept-meeting.ts'
import { linkMark } from './link-effects.ts'
import { meetingEffects } from './meeting-effects.ts'
import { lockMeeting } from './queries.ts'

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
    await writeMeeting(tx, seal, asked)
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

    await writeMeeting(tx, seal, asked)
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
    await writeMeeting(tx, seal, { ...kept, status: 'asked', problem: undefined, askedAt: now })
    await outbox.announce(tx, 'activity.changed', [{ activityId }])
    await record(tx, {
      staffMemberId: by.id, action: 'meeting.asked', subject: activity.slug, details: { again: 'true' }
    }, now)
  })
}

async function effectsOfMeeting (
  db: Reader, activity: MeetingActivity, ours: KeptMeeting | undefined, now: DateTime<true>
): Promise<Effects> {
  return meetingEffects({ activity, ours, recipients: await countRecipients(db, activity) }, now)
}
