import { DateTime } from 'luxon'
import { audiencesInWords } from '../../programme/campaigns/audiences.ts'
import type { Audience } from '../../programme/campaigns/audiences.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import type { Clash } from './clash.ts'
import type { FreeTime } from './gaps.ts'
import type { PlannedActivity } from './planned-activity.ts'

const listed = new Intl.ListFormat('en-GB')

/** Why two activities clash: `Both are at Market Place. Both need Sam Rigg`. */
export function whyInWords ({ one, isSameVenue, people }: Clash<PlannedActivity>): string {
  return [
    ...isSameVenue ? [`Both are at ${one.venue ?? ''}`] : [],
    ...people.length > 0 ? [`Both need ${listed.format(people)}`] : []
  ].join('. ')
}

/** When both are on. */
export function whenBothInWords ({ one, other }: Clash<PlannedActivity>): string {
  const endsAt = DateTime.min(one.endsAt, other.endsAt)
  return whenInWords({ startsAt: other.startsAt, endsAt, allDay: one.allDay && other.allDay, zone: other.zone })
}

export const freeTimesInWords: Record<FreeTime, string> = {
  evening: 'on an evening from Monday to Friday', weekend: 'at the weekend'
}

/** An audience as the head of a column; organisers can name others than campaigns have. */
export function audienceInWords (audience: string): string {
  if (Object.hasOwn(audiencesInWords, audience)) return audiencesInWords[audience as Audience]
  const words = audience.replaceAll('-', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
