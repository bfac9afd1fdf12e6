import type { DateTime } from 'luxon'
import type { WaitingListMode } from '../../programme/activities/activity.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import type { BookingStatus } from '../../booking/bookings/booking.ts'

/** The state of a booking after something happened to it. */
export interface Snapshot {
  at: DateTime<true>
  activityId: string
  status: BookingStatus
  places: number
  /** Number of times it had been offered a place. */
  offers: number
  isCalled: boolean
  /** Why it lapsed, or who cancelled it. */
  reason: string | undefined
  /** How the waiting list gave places at that moment; undefined: that was not recorded then. */
  mode: WaitingListMode | undefined
  /** Whether its places were held for a code. */
  isHeld: boolean
  /** The details that its holder changed. */
  details: readonly string[]
}

/** What an event has changed; a history begins with one of the first three. */
export type Change = 'booked' | 'joined' | 'begun' | 'moved' | 'places' | 'placed' | 'offered' | 'called' | 'waiting' |
  'lapsed' | 'cancelled' | 'details'

/** Who does things to a booking, where no member of staff is known to have. */
export const [themselves, service, organiser, unknown] = ['Themselves', 'The service', 'An organiser', 'Not recorded']

interface Told {
  change: Change
  says: string
  /** Who did it, unless the audit trail knows better. */
  by: string
}

/** Names that only the database knows, as the lines show them. */
export interface Names {
  /** An activity by its id; undefined if the reader may not see it. */
  activity: (id: string) => string | undefined
  /** Until when the place is kept that is offered now, if there is one. */
  offeredUntil: string | undefined
}

export function beginningOf (
  { at, status, places, isHeld }: Snapshot, createdAt: DateTime<true>, isCopy: boolean
): Told {
  if (at > createdAt) {
    return { change: 'begun', says: `What came before was not written down. ${stateInWords[status]}`, by: service }
  }
  if (isCopy) return { change: 'joined', says: 'Put on this waiting list from that of another date, to be asked', by: service }
  switch (status) {
    case 'confirmed': return { change: 'booked', says: `Booked ${placesInWords(places)}${isHeld ? ' with a code' : ''}`, by: themselves }
    case 'waiting': return { change: 'joined', says: `Joined the waiting list for ${placesInWords(places)}`, by: themselves }
    default: return { change: 'begun', says: stateInWords[status], by: service }
  }
}

const stateInWords: Record<BookingStatus, string> = {
  confirmed: 'Had a place',
  waiting: 'Was on the waiting list',
  offered: 'Was offered a place',
  lapsed: 'Was off the waiting list',
  cancelled: 'Was cancelled'
}

/** The changes of a booking from one snapshot to the next: there is always at least one. */
export function changesBetween (before: Snapshot, after: Snapshot, isCopy: boolean, names: Names): Told[] {
  const told: Told[] = []
  if (before.activityId !== after.activityId) told.push(moved(before, after, names))
  if (before.status !== after.status) told.push(turned(before, after, isCopy, names))
  else if (after.status === 'offered' && before.offers !== after.offers) told.push(offered(names))
  else if (after.status === 'waiting') told.push(...called(before, after, isCopy))
  if (after.details.length > 0) told.push(detailed(after))
  if (before.places !== after.places) {
    told.push({ change: 'places', says: `Places changed from ${before.places} to ${after.places}`, by: themselves })
  }
  return told.length > 0 ? told : [{ change: 'begun', says: stateInWords[after.status], by: service }]
}

function moved (before: Snapshot, after: Snapshot, { activity }: Names): Told {
  const [from, to] = [activity(before.activityId), activity(after.activityId)]
  const another = 'another activity'
  return { change: 'moved', says: `Moved from ${from ?? another} to ${to ?? another}`, by: organiser }
}

function turned (before: Snapshot, after: Snapshot, isCopy: boolean, names: Names): Told {
  const { status, reason } = after
  switch (status) {
    case 'confirmed': return placed(before, after, isCopy)
    case 'offered': return offered(names)
    case 'waiting': return { change: 'waiting', says: 'Has their turn on the waiting list again', by: organiser }
    case 'lapsed': return lapsed(reason)
    case 'cancelled': return cancelled(before, reason)
  }
}

/**
 * Who got a place, and how. Someone who was called took theirs only if the list still asked people then: in another
 * mode the list gave it to them meanwhile.
 */
function placed (before: Snapshot, after: Snapshot, isCopy: boolean): Told {
  const told = (says: string, by: string): Told => ({ change: 'placed', says, by })
  if (before.status === 'offered') return told('Accepted the place', themselves)
  if (before.status !== 'waiting') return told('Has a place again', organiser)
  if (after.isHeld && !before.isHeld) return told('Got a place that was kept with a code', themselves)
  if (before.isCalled && isAsked(after, isCopy)) return told('Took a place that was open to the first person who accepts', themselves)
  if (before.isCalled && after.mode === undefined) return told('Got a place that was open to those who waited', unknown)
  return told('Got a place from the waiting list', after.mode === 'by-hand' ? organiser : service)
}

/** Whether the list at that moment asked people before they had a place. */
function isAsked ({ mode }: Snapshot, isCopy: boolean): boolean {
  return mode === 'offers' || (isCopy && mode !== undefined)
}

function offered ({ offeredUntil }: Names): Told {
  const until = offeredUntil === undefined ? '' : ` until ${offeredUntil}`
  return { change: 'offered', says: `Was offered a place${until}`, by: service }
}

function lapsed (reason: string | undefined): Told {
  switch (reason) {
    case 'refused': return { change: 'lapsed', says: 'Refused the place that was offered', by: themselves }
    case 'closed': return { change: 'lapsed', says: 'Waited until the waiting list closed', by: service }
    default: return { change: 'lapsed', says: 'Did not answer the offer in time', by: service }
  }
}

function cancelled (before: Snapshot, reason: string | undefined): Told {
  switch (reason) {
    case 'activity': return { change: 'cancelled', says: 'Cancelled, because the activity was', by: organiser }
    case 'organiser': return { change: 'cancelled', says: 'Cancelled by the organisers', by: organiser }
    default: return {
      change: 'cancelled', says: before.status === 'confirmed' ? 'Cancelled the booking' : 'Left the waiting list', by: themselves
    }
  }
}

/** The words in a history for details that people change. */
const detailsInWords: Readonly<Record<string, string>> = {
  name: 'name', phone: 'phone number', accessNeeds: 'what would help them take part', question: 'question'
}

function detailed ({ details }: Snapshot): Told {
  const words = details.map(detail => Object.hasOwn(detailsInWords, detail) ? detailsInWords[detail] ?? detail : detail)
  return { change: 'details', says: `Changed: ${words.join(', ')}`, by: themselves }
}

/** Free places were opened to everyone who waits, or are no longer open. */
function called (before: Snapshot, after: Snapshot, isCopy: boolean): Told[] {
  if (after.isCalled && (!before.isCalled || after.offers !== before.offers)) {
    return [{ change: 'called', says: 'Was told that a place is open to the first person who accepts', by: service }]
  }
  if (!before.isCalled || after.isCalled) return []
  const isCalledStill = after.mode === undefined || isAsked(after, isCopy)
  return [{
    change: 'called',
    says: isCalledStill ? 'The open place was taken, or was not free any more' : 'The waiting list gives places another way from now on',
    by: service
  }]
}
