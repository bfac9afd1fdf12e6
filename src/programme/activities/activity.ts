import type { DateTime } from 'luxon'
import type { BookingWindow } from './booking-window.ts'
import type { Place } from './place.ts'

export const kinds = [
  'awareness-session', 'street-surgery', 'school-session', 'business-engagement', 'training', 'compliance-visit',
  'disruption', 'advertising', 'press', 'social-media', 'online-workshop', 'stall', 'launch', 'other'
] as const
export type Kind = typeof kinds[number]

export const visibilities = ['public', 'partners', 'agency', 'operational'] as const
export type Visibility = typeof visibilities[number]

export const bookingModes = ['none', 'drop-in', 'places', 'invitation'] as const
export const waitingListModes = ['off', 'automatic', 'offers', 'by-hand'] as const
export type WaitingListMode = typeof waitingListModes[number]

export const joinModes = ['invitation', 'personal'] as const
export type JoinMode = typeof joinModes[number]

/** How long before the start people are reminded. */
export const reminders = ['week', 'day', 'hour'] as const
export type Reminder = typeof reminders[number]

/** How people get in, and which emails they get before and after. */
export interface Arrangements {
  joinMode: JoinMode
  reminders: readonly Reminder[]
  followUp: boolean
}

/** Kinds of police work that a public programme would give away before it is over. */
export const operationalKinds: readonly Kind[] = ['compliance-visit', 'disruption']

/**
 * True for work of which only people who are named may know, until it is over and two people agree to show it. It stays
 * so by another kind: else whoever changes the kind would decide alone.
 */
export function isPoliceWork ({ kind, wasPoliceWork }: Pick<Activity, 'kind' | 'wasPoliceWork'>): boolean {
  return wasPoliceWork || operationalKinds.includes(kind)
}

/** How full an activity is, in places; `waitingBookings` counts bookings. */
export interface Occupancy {
  confirmed: number
  offered: number
  /** Held for agencies and not claimed yet. */
  held: number
  waiting: number
  waitingBookings: number
  /** Asked for with addresses that have a booking already: see `availability`. */
  askedAgain: number
}

/** One dated thing in a campaign, as read from the database. Instants in UTC; the zone is for showing them. */
export interface Activity extends BookingWindow, Place {
  id: string
  slug: string
  title: string
  summary: string
  kind: Kind
  /** Whether it ever was police work that is shown only by two people, whatever its kind is now. */
  wasPoliceWork: boolean
  campaign: CampaignOfActivity
  allDay: boolean
  zone: string
  isOnline: boolean
  district: string | undefined
  audiences: string[]
  visibility: Visibility
  /** Until then strangers do not see it, however public it is; undefined: no embargo. */
  embargoUntil: DateTime<true> | undefined
  /** The organisation that entered it without an account, and runs it; undefined: the agency that leads it does. */
  runBy: string | undefined
  capacity: number | undefined
  placesPerBooking: number
  overBookingPercent: number
  waitingList: WaitingListMode
  /** How many hours an offered place is kept; see booking/waiting-list/offer.ts. */
  offerHours: number
  /** Whether it is another date, with people who waited for the first date put on its waiting list. */
  isAnotherDate: boolean
  /** Number of waiting bookings from which another date is worth making. */
  anotherDateAt: number | undefined
  cancellationReason: string | undefined
  /** The Teams link as stored, sealed; see teams/. */
  joinUrlSealed: string | undefined
  /** End of the meeting for which that link was given; undefined if there is none. */
  joinUrlMeetingEndsAt?: DateTime<true> | undefined
  /** How people get in: by the Teams link in emails and calendars, or each by a link of their own. */
  joinMode: JoinMode
  /** When reminders are sent, and whether an email follows after the end. */
  reminders: Reminder[]
  followUp: boolean
  /** UID of its entry in public feeds; invitations carry the booking's own. */
  icalUid: string
  icalSequence: number
  /** When it was created. */
  createdAt: DateTime<true>
  startsAt: DateTime<true>
  endsAt: DateTime<true>
}

/** Of an activity what finds it among hundreds: when and where it is, for whom, and how people take part. */
export type ActivityOutline = Pick<Activity,
  'id' | 'startsAt' | 'endsAt' | 'allDay' | 'zone' | 'isOnline' | 'district' | 'audiences' | 'status' | 'booking'>

export interface CampaignOfActivity {
  id: string
  slug: string
  title: string
  partnership: string
  discreet: boolean
  districts: string[]
  daysUntilErasure: number
  firstDay: string | undefined
  lastDay: string | undefined
}
