import type { DateTime } from 'luxon'
import type { Entry, Kind, Visibility, WaitingListMode } from './activity.ts'
import type { BookingWindow } from './booking-window.ts'

/** An activity as somebody wants it to be. Instants in UTC; `endsAt` is exclusive. */
export interface ActivityDraft {
  slug: string
  campaignId: string
  title: string
  summary: string
  kind: Kind
  startsAt: DateTime<true>
  endsAt: DateTime<true>
  allDay: boolean
  zone: string
  venue: string | undefined
  /** The Teams link, unsealed. */
  joinUrl: string | undefined
  district: string | undefined
  audiences: string[]
  visibility: Visibility
  booking: BookingWindow['booking']
  capacity: number | undefined
  placesPerBooking: number
  waitingList: WaitingListMode
  /** Undefined: booking opens when this is published, and closes when it starts. */
  bookingOpensAt: DateTime<true> | undefined
  bookingClosesAt: DateTime<true> | undefined
  leadAgencyId: string | undefined
  partnerAgencyIds: string[]
  status: BookingWindow['status']
}

/** An activity as it stands, and what its people would feel if it changed. */
export interface StandingActivity extends ActivityDraft {
  id: string
  /** Places that are not free for others: had, offered or held. */
  placesTaken: number
  /** Places that people on the waiting list ask for. */
  placesWaitedFor: number
  overBookingPercent: number
  entry: Entry
  /** When the meeting ends for which its link was pasted; undefined where there is none, or we move it along. */
  linkedMeetingEndsAt?: DateTime<true> | undefined
  /** Whether its campaign is not named in letters and calendars. */
  isDiscreet: boolean
}

/**
 * Says whether an activity takes place online: a workshop does, and so does whatever has a link and no
 * venue. With both a link and a venue people meet at the venue, and some may join from elsewhere.
 */
export function isOnline ({ kind, joinUrl, venue }: Pick<ActivityDraft, 'kind' | 'joinUrl' | 'venue'>): boolean {
  return kind === 'online-workshop' || (joinUrl !== undefined && venue === undefined)
}

/** Which parts of an activity a draft would change. */
export function differences (standing: ActivityDraft, draft: ActivityDraft): Array<keyof ActivityDraft> {
  return (Object.keys(draft) as Array<keyof ActivityDraft>)
    .filter(part => JSON.stringify(draft[part]) !== JSON.stringify(standing[part]))
}
