import { DateTime } from 'luxon'
import { officeZone } from '../../platform/clock.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'

export const statuses = ['asked', 'approved', 'packed', 'handed-over', 'refused', 'cancelled'] as const
export type RequestStatus = typeof statuses[number]

/** Statuses in which something is still to be done, in their order. */
export const openStatuses = ['asked', 'approved', 'packed'] as const satisfies readonly RequestStatus[]

export const waysOfGetting = ['collect', 'deliver'] as const
export type Getting = typeof waysOfGetting[number]

/** What kinds of organisation ask, for the totals; a constraint of the database names them too. */
export const organisationKinds = [
  'school', 'early-years', 'health', 'council', 'police', 'charity', 'youth', 'faith', 'business', 'other'
] as const
export type OrganisationKind = typeof organisationKinds[number]

/** How many requests of one address can be open at a time. */
export const mostOpen = 5

/** What someone asks for, already checked by schema.ts. Days as `2026-12-01`. */
export interface AskingForResources {
  /** The id of the form and its answers: the same again is the same request. */
  id: string
  name: string
  organisation: string
  organisationKind: OrganisationKind | undefined
  email: string
  phone: string | undefined
  getting: Getting
  /** Where it is sent, if it is. */
  address: string | undefined
  neededBy: string
  campaignId: string | undefined
  purpose: string
  items: Array<{ resourceId: string, quantity: number }>
}

export interface RequestedItem {
  resourceId: string
  name: string
  asked: number
  /** How many they get; undefined: not decided. */
  granted: number | undefined
}

export interface ResourceRequest extends Omit<AskingForResources, 'items' | 'campaignId'> {
  canonicalEmail: string
  campaign: { id: string, title: string, partnership: string } | undefined
  status: RequestStatus
  /** What we last wrote to them. */
  message: string | undefined
  askedAt: DateTime<true>
  changedAt: DateTime<true>
  /** The last status that they were emailed about. */
  told: string | undefined
  unreachableAt: DateTime<true> | undefined
  items: RequestedItem[]
}

/** Number of days that a request is kept after the day by which it was needed. */
export const daysKept = 90

/** The day on which a request is deleted: it is known when it is made, and people are told it. */
export function erasedOn ({ neededBy }: Pick<ResourceRequest, 'neededBy'>): string {
  return DateTime.fromISO(neededBy, { zone: 'utc' }).plus({ days: daysKept }).toISODate() ?? ''
}

/** The day of `now`, such as `2026-12-01`. */
export function dayOf (now: DateTime<true>): string {
  return calendarDayOf(now, officeZone)
}

export function isOpen ({ status }: Pick<ResourceRequest, 'status'>): boolean {
  return (openStatuses as readonly RequestStatus[]).includes(status)
}

/** Whether people are emailed when their request comes to a status: not of what they do or see themselves. */
export function isTold (status: RequestStatus, getting: Getting): boolean {
  switch (status) {
    case 'asked':
    case 'approved':
    case 'refused': return true
    case 'packed': return getting === 'collect'
    case 'handed-over': return getting === 'deliver'
    case 'cancelled': return false
  }
}

/** The statuses from which staff bring a request to another one. */
const before: Partial<Record<RequestStatus, readonly RequestStatus[]>> = {
  approved: ['asked'],
  packed: ['approved'],
  'handed-over': ['approved', 'packed'],
  refused: openStatuses
}

export function mayBecome (from: RequestStatus, to: RequestStatus): boolean {
  return before[to]?.includes(from) ?? false
}
