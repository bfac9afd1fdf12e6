import type { DateTime } from 'luxon'

/** First half of the key of the lock under which an activity's meeting is kept; the activity is the other. */
export const keepingKey = 20_260_420

/** Who waits until somebody lets them in. */
export const lobbies = ['everyone-waits', 'nobody-waits'] as const
export type Lobby = typeof lobbies[number]

/** What organisers choose for a Teams meeting. */
export interface MeetingChoices {
  lobby: Lobby
  /** Whether those who come may switch on their microphones and cameras. */
  mayUnmute: boolean
  mayShowCamera: boolean
}

/** A Teams meeting as it should be. Everybody who has the link reads the subject. */
export interface WantedMeeting extends MeetingChoices {
  subject: string
  startsAt: DateTime<true>
  endsAt: DateTime<true>
}

/** How people get in who have no app or no internet; whoever has one of them needs no link. */
export interface OtherWaysIn {
  /** For "Join with a meeting ID". */
  meetingId?: string | undefined
  passcode?: string | undefined
  /** Telephone, with the id that is keyed in after it. */
  phone?: string | undefined
  freePhone?: string | undefined
  conferenceId?: string | undefined
}

/** A Teams meeting as it was made. Everything in it is a secret. */
export interface MadeMeeting {
  /** How Teams calls it. */
  id: string
  /** Has passed `isJoinLink`. */
  joinUrl: string
  otherWaysIn: OtherWaysIn
}

/** Where Teams meetings are made. Each may be asked twice for the same and does it once; throws `TeamsTrouble`. */
export interface Meetings {
  /** The meeting of this name: made if there is none, else the one that there is, as it was made. */
  createOrGet: (externalId: string, wanted: WantedMeeting) => Promise<MadeMeeting>
  /** Makes a meeting be as wanted. Its link stays. Throws `gone` where there is none. */
  change: (id: string, wanted: WantedMeeting) => Promise<void>
  /** Takes a meeting away, and its link with it; fine where there is none. */
  remove: (id: string) => Promise<void>
}
