import { DateTime } from 'luxon'
import type { JoinMode, Kind, Visibility, WaitingListMode } from './activity.ts'
import type { BookingWindow } from './booking-window.ts'

/** An activity as someone wants it to be. Instants in UTC; `endsAt` is exclusive. */
export interface ActivityDraft {
  slug: string
  campaignId: string
  title: string
  summary: string
  kind: Kind
  /** Whether it, or what it is copied from, ever was police work that is shown only by two people. */
  wasPoliceWork: boolean
  startsAt: DateTime<true>
  endsAt: DateTime<true>
  allDay: boolean
  zone: string
  venue: string | undefined
  /** Whether only people who have a place are told the venue. */
  hasSecretPlace: boolean
  /** The Teams link, unsealed. */
  joinUrl: string | undefined
  district: string | undefined
  audiences: string[]
  visibility: Visibility
  /** Until then strangers do not see it, however public it is; undefined: no embargo. */
  embargoUntil: DateTime<true> | undefined
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

/** An activity as it stands, with what decides how a change would affect its people. */
export interface CurrentActivity extends ActivityDraft {
  id: string
  /** Places that are not free for others: confirmed, offered or held. */
  placesTaken: number
  /** Places that people on the waiting list ask for. */
  placesWaitedFor: number
  overBookingPercent: number
  joinMode: JoinMode
  /**
   * End of the meeting for which its link was pasted; undefined if there is no link, or if we move the meeting along.
   */
  linkedMeetingEndsAt?: DateTime<true> | undefined
  /** Whether emails and calendars leave its campaign's name out. */
  isDiscreet: boolean
}

/**
 * True if an activity takes place online: a workshop does, and so does anything with a link and no venue. With both a
 * link and a venue people meet at the venue, and some may join from elsewhere.
 */
export function isOnline ({ kind, joinUrl, venue }: Pick<ActivityDraft, 'kind' | 'joinUrl' | 'venue'>): boolean {
  return kind === 'online-workshop' || (joinUrl !== undefined && venue === undefined)
}

/** Names of the parts of an activity that a draft would change. */
export function differences (current: ActivityDraft, draft: ActivityDraft): Array<keyof ActivityDraft> {
  return (Object.keys(draft) as Array<keyof ActivityDraft>)
    .filter(part => !isSame(draft[part], current[part]))
}

/** Compares instants by themselves: as texts they take most of the time of an import. */
function isSame (one: ActivityDraft[keyof ActivityDraft], other: ActivityDraft[keyof ActivityDraft]): boolean {
  if (one === other) return true
  if (DateTime.isDateTime(one) && DateTime.isDateTime(other)) return one.toMillis() === other.toMillis()
  return typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other)
}
