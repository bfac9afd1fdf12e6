import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { outwardTitle } from '../../mail/invitations/wording.ts'
import type { MeetingChoices, OtherWaysIn, WantedMeeting } from '../../programme/teams/meeting.ts'

export const meetingStatuses = ['asked', 'made', 'failed', 'removed'] as const
/**
 * `asked`: Teams has yet to be told something. `made`: it is as wanted. `failed`: somebody must do something
 * first. `removed`: it is the service's business no more.
 */
export type MeetingStatus = typeof meetingStatuses[number]

/** A Teams meeting that the service was asked to make and keep in step with its activity; secrets unsealed. */
export interface KeptMeeting extends MeetingChoices {
  activityId: string
  status: MeetingStatus
  /** How often a new meeting took the place of the one before. */
  generation: number
  /** Its id at Microsoft; undefined: there is none that we know of. */
  meetingId: string | undefined
  /** Of which generation that is, and what Teams was last told of it. */
  madeGeneration: number | undefined
  told: WantedMeeting | undefined
  /** Meetings whose place it took and that are still to be taken away. */
  leftovers: string[]
  /** The link that the activity has for as long as nobody gives it another. */
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

/** What is to be done at Microsoft next. Each may be done twice. */
export type Step =
  | { do: 'make', externalId: string, generation: number, wanted: WantedMeeting }
  | { do: 'change', meetingId: string, wanted: WantedMeeting }
  | { do: 'remove', meetingId: string }

/**
 * What stands between a meeting and what is wanted of it; undefined where nothing does, or nothing that we
 * may do. Meetings of a cancelled activity, and those that another took the place of, are taken away. A
 * meeting whose activity somebody gave another link is let go: it is left in Teams, because that link may
 * be another way into it. What is over is left alone.
 */
export function nextStep (kept: KeptMeeting, activity: MeetingActivity, now: DateTime<true>): Step | undefined {
  const { meetingId, leftovers: [leftover], generation } = kept
  if (leftover !== undefined) return { do: 'remove', meetingId: leftover }
  if (activity.status === 'cancelled') return meetingId === undefined ? undefined : { do: 'remove', meetingId }
  if (now >= activity.endsAt || isLetGo(kept, activity)) return undefined

  const wanted = wantedOf(kept, activity)
  if (meetingId === undefined || kept.madeGeneration !== generation) {
    // Whoever reads what went wrong decides whether to ask again.
    return kept.status === 'failed' && meetingId === undefined
      ? undefined
      : { do: 'make', externalId: externalIdOf(kept), generation, wanted }
  }
  return kept.told !== undefined && isSame(kept.told, wanted) ? undefined : { do: 'change', meetingId, wanted }
}

/** Where a meeting stands once nothing more is to be done. */
export function statusAfter (kept: KeptMeeting, activity: MeetingActivity, now: DateTime<true>): MeetingStatus {
  if (nextStep(kept, activity, now) !== undefined) return 'asked'
  if (activity.status === 'cancelled' || isLetGo(kept, activity)) return 'removed'
  return kept.meetingId !== undefined && now < activity.endsAt ? 'made' : kept.status
}

/** The meeting that we look after: not one that was let go. */
export function oursOf (kept: KeptMeeting | undefined, activity: MeetingActivity): KeptMeeting | undefined {
  return kept === undefined || isLetGo(kept, activity) ? undefined : kept
}

/** Whether somebody gave the activity another link than the meeting's, or took it away. */
export function isLetGo (kept: KeptMeeting, activity: MeetingActivity): boolean {
  return activity.joinUrl !== kept.joinUrl
}

/** A meeting as its activity and its organisers want it. Its subject is what calendars say, discreet where they are. */
export function wantedOf ({ lobby, mayUnmute, mayShowCamera }: MeetingChoices, activity: Activity): WantedMeeting {
  const { startsAt, endsAt } = activity
  return { subject: outwardTitle(activity), startsAt, endsAt, lobby, mayUnmute, mayShowCamera }
}

/** By this name Microsoft gives the same meeting however often it is asked to make it. */
function externalIdOf ({ activityId, generation }: KeptMeeting): string {
  return generation === 0 ? activityId : `${activityId}-${generation}`
}

function isSame (told: WantedMeeting, wanted: WantedMeeting): boolean {
  return told.subject === wanted.subject && +told.startsAt === +wanted.startsAt && +told.endsAt === +wanted.endsAt &&
    told.lobby === wanted.lobby && told.mayUnmute === wanted.mayUnmute && told.mayShowCamera === wanted.mayShowCamera
}
