import type { DateTime } from 'luxon'

/** First half of the key of the lock under which an activity's meeting is updated; the activity is the other half. */
export const keepingKey = 20_260_420

/** Who waits until someone lets them in. */
export const lobbies = ['everyone-waits', 'nobody-waits'] as const
export type Lobby = typeof lobbies[number]

/** What organisers choose for a Teams meeting. */
export interface MeetingChoices {
  lobby: Lobby
  /** Whether attendees may switch on their microphones and cameras. */
  mayUnmute: boolean
  mayShowCamera: boolean
}

/** A Teams meeting as it should be. Everyone who has the link can read the subject. */
export interface WantedMeeting extends MeetingChoices {
  subject: string
  startsAt: DateTime<true>
  endsAt: DateTime<true>
}

/** How people without the app or without internet get in; with these details no one needs the link. */
export interface OtherWaysIn {
  /** For "Join with a meeting ID". */
  meetingId?: string | undefined
  passcode?: string | undefined
  /** Phone number, with the id that is keyed in after it. */
  phone?: string | undefined
  freePhone?: string | undefined
  conferenceId?: string | undefined
}

/** A Teams meeting as it was made. All of it is secret. */
export interface MadeMeeting {
  /** Microsoft's id of the meeting. */
  id: string
  /** Has passed `isJoinLink`. */
  joinUrl: string
  otherWaysIn: OtherWaysIn
}

/** Where Teams meetings are made. Every call can be repeated and takes effect once; throws `TeamsTrouble`. */
export interface Meetings {
  /** Returns the meeting of this name, as it was made; makes it if there is none. */
  createOrGet: (externalId: string, wanted: WantedMeeting) => Promise<MadeMeeting>
  /** Changes a meeting to what is wanted. Its link stays. Throws `gone` if there is none. */
  change: (id: string, wanted: WantedMeeting) => Promise<void>
  /** Removes a meeting, and its link with it; succeeds if there is none. */
  remove: (id: string) => Promise<void>
}
