import type { DateTime } from 'luxon'
import type { RecipientCounts } from '../../booking/bookings/recipients.ts'
import { people, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { isDetached } from './kept-meeting.ts'
import type { KeptMeeting, MeetingActivity } from './kept-meeting.ts'

/** What is asked of a link that is given or taken away, and what it takes the place of. */
export interface LinkChange {
  activity: MeetingActivity
  /** Undefined: it is taken away. */
  joinUrl: string | undefined
  kept: KeptMeeting | undefined
  recipients: Pick<RecipientCounts, 'confirmed' | 'toCallWithPlace'>
}

/** What another link does to people: nothing where they join by links of their own. Never the link itself. */
export function linkEffects ({ activity, joinUrl, kept, recipients }: LinkChange, now: DateTime<true>): Effects {
  const { joinUrl: current, status, joinMode, endsAt } = activity
  const { confirmed, toCallWithPlace } = recipients
  const concerned = confirmed + toCallWithPlace.count
  const isTold = joinUrl !== current && status === 'published' && joinMode === 'invitation' && now < endsAt && concerned > 0
  if (!isTold) return { sentences: [], changes: [] }
  const isOurs = kept !== undefined && !isDetached(kept, activity) && kept.linkedAt !== undefined
  return {
    sentences: [
      ...confirmed === 0
        ? []
        : [joinUrl === undefined
            ? `${people(confirmed, 'gets', 'get')} an updated invitation without the link.`
            : `${people(confirmed, 'gets', 'get')} the ${current === undefined ? '' : 'new '}link in an updated invitation.`],
      ...current === undefined || joinUrl === undefined
        ? []
        : ['The link that they have now still leads into the old meeting. Tell the people who run this to join the new one.'],
      ...isOurs ? ['The meeting that we made stays in Teams as it is, and we no longer look after it.'] : [],
      ...toCallInWords(toCallWithPlace)
    ],
    changes: [{
      what: 'Teams link',
      from: current === undefined ? 'None' : `A link to ${new URL(current).hostname}`,
      to: joinUrl === undefined
        ? 'None'
        : `${current === undefined ? 'A' : 'Another'} link to ${new URL(joinUrl).hostname}`
    }],
    toCall: toCallWithPlace,
    basis: linkMark(activity)
  }
}

/** A mark that distinguishes an activity's links without revealing them; empty where there is none. */
export function linkMark ({ joinUrlSealed }: Pick<Activity, 'joinUrlSealed'>): string {
  return joinUrlSealed?.slice(-16) ?? ''
}
