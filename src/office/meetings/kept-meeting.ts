import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { outwardTitle } from '../../programme/activities/outward-title.ts'
import type { MeetingChoices, OtherWaysIn, WantedMeeting } from '../../programme/teams/meeting.ts'

export const meetingStatuses = ['asked', 'made', 'failed', 'removed'] as const
/**
 * `asked`: Teams has yet to be told something. `made`: it is as wanted. `failed`: someone must do something first.
 * `removed`: the service does not keep it any more.
 */
export type MeetingStatus = typeof meetingStatuses[number]

/** A Teams meeting that the service was asked to make and keep in step with its activity; secrets unsealed. */
export interface KeptMeeting extends MeetingChoices {
  activityId: string
  status: MeetingStatus
  /** How many times a new meeting replaced the one before. */
  generation: number
  /** Its id at Microsoft; undefined: we know of none. */
  meetingId: string | undefined
  /** The generation of that meeting, and what Teams was last told about it. */
  madeGeneration: number | undefined
  told: WantedMeeting | undefined
  /** Ids of replaced meetings that are still to be deleted. */
  leftovers: string[]
  /** The activity's link, unless someone gives it another. */
  joinUrl: string | undefined
  otherWaysIn: OtherWaysIn | undefined
  /** Since when the activity has the link of a meeting of ours. */
  linkedAt: DateTime<true> | undefined
  problem: string | undefined
  askedAt: DateTime<true>
  madeAt: DateTime<true> | undefined
}

/** The activity of a meeting, with its link unsealed. */
export type MeetingActivity = Activity & { joinUrl: string | undefined }

/** The next thing to be done at Microsoft. Each may be done twice. */
export type Step =
  | { do: 'make', externalId: string, generation: number, wanted: WantedMeeting }
  | { do: 'change', meetingId: string, wanted: WantedMeeting }
  | { do: 'remove', meetingId: string }

/**
 * The next step from a meeting's state to the wanted one; undefined where there is none, or none that we may take.
 * Meetings of a cancelled activity, and replaced ones, are deleted. A meeting whose activity was given another link by
 * someone is let go: it is left in Teams, because that link may be another way into it. A past meeting is left alone.
 */
export function nextStep (kept: KeptMeeting, activity: MeetingActivity, now: DateTime<true>): Step | undefined {
  const { meetingId, leftovers: [leftover], generation } = kept
  if (leftover !== undefined) return { do: 'remove', meetingId: leftover }
  if (activity.status === 'cancelled') return meetingId === undefined ? undefined : { do: 'remove', meetingId }
  if (now >= activity.endsAt || isDetached(kept, activity)) return undefined

  const wanted = wantedOf(kept, activity)
  if (meetingId === undefined || kept.madeGeneration !== generation) {
    // People read what went wrong and decide whether to ask again.
    return kept.status === 'failed' && meetingId === undefined
      ? undefined
      : { do: 'make', externalId: externalIdOf(kept), generation, wanted }
  }
  return kept.told !== undefined && isSame(kept.told, wanted) ? undefined : { do: 'change', meetingId, wanted }
}

/** The status of a meeting once nothing more is to be done. */
export function statusAfter (kept: KeptMeeting, activity: MeetingActivity, now: DateTime<true>): MeetingStatus {
  if (nextStep(kept, activity, now) !== undefined) return 'asked'
  if (activity.status === 'cancelled' || isDetached(kept, activity)) return 'removed'
  return kept.meetingId !== undefined && now < activity.endsAt ? 'made' : kept.status
}

/** The meeting that we look after: not one that was let go. */
export function oursOf (kept: KeptMeeting | undefined, activity: MeetingActivity): KeptMeeting | undefined {
  return kept === undefined || isDetached(kept, activity) ? undefined : kept
}

/** Whether someone gave the activity another link than the meeting's, or removed it. */
export function isDetached (kept: KeptMeeting, activity: MeetingActivity): boolean {
  return activity.joinUrl !== kept.joinUrl
}

/**
 * A meeting as its activity and its organisers want it. Its subject is the title in calendars, which may be discreet.
 */
export function wantedOf ({ lobby, mayUnmute, mayShowCamera }: MeetingChoices, activity: Activity): WantedMeeting {
  const { startsAt, endsAt } = activity
  return { subject: outwardTitle(activity), startsAt, endsAt, lobby, mayUnmute, mayShowCamera }
}

/** For this id Microsoft returns the same meeting however often it is asked to make it. */
function externalIdOf ({ activityId, generation }: KeptMeeting): string {
  return generation === 0 ? activityId : `${activityId}-${generation}`
}

function isSame (told: WantedMeeting, wanted: WantedMeeting): boolean {
  return told.subject === wanted.subject && +told.startsAt === +wanted.startsAt && +told.endsAt === +wanted.endsAt &&
    told.lobby === wanted.lobby && told.mayUnmute === wanted.mayUnmute && told.mayShowCamera === wanted.mayShowCamera
}
