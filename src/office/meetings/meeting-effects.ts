import type { DateTime } from 'luxon'
import type { RecipientCounts } from '../../booking/bookings/recipients.ts'
import { people, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import type { KeptMeeting, MeetingActivity } from './kept-meeting.ts'

/** A meeting as someone asks for it. */
export interface AskedMeeting {
  activity: MeetingActivity
  /** The one that we look after, as it is asked for; undefined: there is none yet. */
  ours: Pick<KeptMeeting, 'meetingId' | 'madeGeneration' | 'generation'> | undefined
  recipients: Pick<RecipientCounts, 'confirmed' | 'toCallWithPlace'>
}

/** What asking for a meeting does to people: once it is made they get its link. Nothing where there is one already. */
export function meetingEffects ({ activity, ours, recipients }: AskedMeeting, now: DateTime<true>): Effects {
  const { status, joinMode, endsAt } = activity
  const { confirmed, toCallWithPlace } = recipients
  const isThere = ours?.meetingId !== undefined && ours.madeGeneration === ours.generation
  if (isThere || status !== 'published' || joinMode !== 'invitation' || now >= endsAt) return { sentences: [], changes: [] }
  return {
    changes: [],
    sentences: [
      ...confirmed === 0 ? [] : [`${people(confirmed, 'gets', 'get')} an updated invitation.`],
      ...toCallInWords(toCallWithPlace)
    ],
    toCall: toCallWithPlace
  }
}
