import type { DateTime } from 'luxon'
import type { Reach } from '../../booking/bookings/queries.ts'
import { people, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { linkMark } from './commands.ts'
import { isLetGo } from './kept-meeting.ts'
import type { KeptMeeting, MeetingActivity } from './kept-meeting.ts'

/** What is asked of a link that is given or taken away, and what it takes the place of. */
export interface LinkChange {
  activity: MeetingActivity
  /** Undefined: it is taken away. */
  joinUrl: string | undefined
  kept: KeptMeeting | undefined
  reach: Pick<Reach, 'confirmed' | 'toCallWithPlace'>
}

/** What another link does to people: nothing where they join by links of their own. Never the link itself. */
export function linkEffects ({ activity, joinUrl, kept, reach }: LinkChange, now: DateTime<true>): Effects {
  const { joinUrl: standing, status, entry, endsAt } = activity
  const { confirmed, toCallWithPlace } = reach
  const concerned = confirmed + toCallWithPlace.count
  const isTold = joinUrl !== standing && status === 'published' && entry === 'invitation' && now < endsAt && concerned > 0
  if (!isTold) return { sentences: [], changes: [] }
  const isOurs = kept !== undefined && !isLetGo(kept, activity) && kept.linkedAt !== undefined
  return {
    sentences: [
      ...confirmed === 0
        ? []
        : [joinUrl === undefined
            ? `${people(confirmed, 'gets', 'get')} an updated invitation without the link.`
            : `${people(confirmed, 'gets', 'get')} the ${standing === undefined ? '' : 'new '}link in an updated invitation.`],
      ...standing === undefined || joinUrl === undefined
        ? []
        : ['The link that they have now still leads into the old meeting. Tell the people who run this to join the new one.'],
      ...isOurs ? ['The meeting that we made stays in Teams as it is, and we no longer look after it.'] : [],
      ...toCallInWords(toCallWithPlace)
    ],
    changes: [{
      what: 'Teams link',
      from: standing === undefined ? 'None' : `A link to ${new URL(standing).hostname}`,
      to: joinUrl === undefined
        ? 'None'
        : `${standing === undefined ? 'A' : 'Another'} link to ${new URL(joinUrl).hostname}`
    }],
    toCall: toCallWithPlace,
    basis: linkMark(activity)
  }
}
