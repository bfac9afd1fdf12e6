import type { DateTime } from 'luxon'
import { live, reached } from '../../programme/booking-rules.ts'

export const attendeeRoles = ['parent', 'carer', 'professional', 'other'] as const
export type AttendeeRole = typeof attendeeRoles[number]

export const statuses = ['confirmed', 'waiting', 'offered', 'lapsed', 'cancelled'] as const
export type BookingStatus = typeof statuses[number]

/** Why a booking has lapsed: its offer was not answered, it was refused, or the list closed before its turn came. */
export type LapseReason = 'unanswered' | 'refused' | 'closed'

/** Who cancels bookings besides their holders: an organiser cancels one; an activity's cancellation, all of them. */
export type CancelledBy = 'organiser' | 'activity'

/** The priority of people in no priority group. */
export const ordinary = 9

/** The answer of someone who lives in none of the listed districts. */
export const elsewhere = 'Somewhere else'

/** Statuses of bookings that hold a place or wait for one: at most one per activity and address. */
export const liveStatuses: BookingStatus[] = [...live.statuses]

/** What someone asks for on the booking form, already checked by schema.ts. */
export interface PlaceRequest {
  /** Taken from the form shown: sent twice with the same answers, it is one request. */
  submissionId: string
  name: string
  /** Undefined: asked for by phone, without an address. */
  email: string | undefined
  role: AttendeeRole
  places: number
  district: string | undefined
  phone: string | undefined
  accessNeeds: string | undefined
  question: string | undefined
  heardFrom: string | undefined
  /** Code of a hold, in canonical form, if one was typed. */
  code: string | undefined
}

/** What became of a question that came with a booking; the text of a question handed over is not kept here. */
export type QuestionOutcome = 'answered' | 'handed-over'

/** How it is known whether someone came: noted by staff, by their own join link, by a code, by a report of Teams. */
export const attendanceSources = ['ticked', 'joined', 'checked-in', 'report'] as const
export type AttendanceSource = typeof attendanceSources[number]

/** What one person has or waits for. Instants in UTC. */
export interface Booking {
  id: string
  activityId: string
  reference: string
  name: string
  /** Undefined: booked by phone, without an address. */
  email: string | undefined
  role: AttendeeRole
  places: number
  status: BookingStatus
  district: string | undefined
  phone: string | undefined
  accessNeeds: string | undefined
  /** What is arranged for their access needs, in the words that they are told. */
  accessAnswer: string | undefined
  question: string | undefined
  questionOutcome: QuestionOutcome | undefined
  heardFrom: string | undefined
  createdAt: DateTime<true>
  /** When its status, or what emails and calendars say of it, last changed; at first when it was made. */
  changedAt: DateTime<true>
  /** When it joined the waiting list, if it ever did. */
  waitedAt: DateTime<true> | undefined
  /** Until when it has the place that it was offered; undefined unless it has an offer. */
  offeredUntil: DateTime<true> | undefined
  /** How often it was offered a place. */
  offers: number
  /** Whether it waits and free places are open to the first who accepts. */
  isCalled: boolean
  lapseReason: LapseReason | undefined
  /** The booking on another date's waiting list from which this one was made; it is only ever offered a place. */
  copiedFromBookingId: string | undefined
  /** The hold that its places come from. */
  holdId: string | undefined
  /** Rank of its priority group, 1 first; `ordinary` for everyone else. */
  priority: number
  /** When it first got its place, if it ever did: from then on it may be in a calendar. */
  confirmedAt: DateTime<true> | undefined
  icalUid: string
  icalSequence: number
  /** Sender of its first invitation, once that has gone out. */
  icalOrganizer: string | undefined
  /** Current version of its links: only links of this version open it. */
  linkVersion: number
  attended: boolean | undefined
  /** How many of its people came; undefined: not known, or nobody counted them. */
  camePlaces: number | undefined
  /** For how long they were there, rounded down to 10 minutes; undefined: not measured. */
  minutesAtLeast: number | undefined
  /** How it is known whether they came; undefined: it is not, or from before this was recorded. */
  attendanceSource: AttendanceSource | undefined
  /** When its holder first went in by the personal link. */
  joinedAt: DateTime<true> | undefined
  /** Who cancelled it; undefined: its holder, or it is not cancelled. */
  cancelledBy: CancelledBy | undefined
  /** Whether its holder wants no reminders. */
  remindersOff: boolean
  /** Since when emails to its address come back or are refused for good. */
  unreachableAt: DateTime<true> | undefined
  /** The day, in its activity's zone, on which all of this is erased, as its holder was told: `2027-01-14`. */
  eraseOn: string
}

/** True if emails reach the holder of a booking, as far as is known. */
export const isReachable = reached.holds
