import type { DateTime } from 'luxon'

export const roles = ['parent', 'carer', 'professional', 'other'] as const
export type Role = typeof roles[number]

export const statuses = ['confirmed', 'waiting', 'offered', 'lapsed', 'cancelled'] as const
export type BookingStatus = typeof statuses[number]

/** Statuses of bookings that hold a place or wait for one: one per activity and address. */
export const liveStatuses: BookingStatus[] = ['confirmed', 'waiting', 'offered']

/** What someone asks for on the booking form, already checked by schema.ts. */
export interface PlaceRequest {
  /** One per form shown: sent twice, it is one request. */
  submissionId: string
  name: string
  email: string
  role: Role
  places: number
  district: string | undefined
  phone: string | undefined
  accessNeeds: string | undefined
  question: string | undefined
  heardFrom: string | undefined
}

/** One person's hold on, or wait for, a place. Instants in UTC. */
export interface Booking {
  id: string
  activityId: string
  reference: string
  name: string
  email: string
  role: Role
  places: number
  status: BookingStatus
  district: string | undefined
  phone: string | undefined
  accessNeeds: string | undefined
  question: string | undefined
  heardFrom: string | undefined
  createdAt: DateTime<true>
  /** When it joined the waiting list, if it ever did. */
  waitedAt: DateTime<true> | undefined
  /** When it first got its place, if it ever did: from then on a calendar somewhere carries it. */
  confirmedAt: DateTime<true> | undefined
  icalUid: string
  icalSequence: number
  /** Sender of its first invitation, once that has gone out. */
  icalOrganizer: string | undefined
  attended: boolean | undefined
}
