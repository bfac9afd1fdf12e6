import type { DateTime } from 'luxon'
import type { WaitingListMode } from '../../programme/activities/activity.ts'
import type { BookingStatus } from '../../booking/bookings/booking.ts'
import { isKind } from '../../mail/emails/kinds.ts'
import { kindsInWords } from '../../mail/emails/in-words.ts'

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

/** Something that a member of staff did. */
export interface DeedOn {
  at: DateTime<true>
  who: string
  action: string
  details: unknown
  /** Whether it was done to a whole activity, and is shown only where it changed this booking. */
  isToAll: boolean
}

/** What an event has changed; a history begins with one of the first three. */
export type Change = 'booked' | 'joined' | 'begun' | 'moved' | 'places' | 'placed' | 'offered' | 'called' | 'waiting' |
  'lapsed' | 'cancelled' | 'details'

/** One line of a history; `Extra` are the fields of lines that are neither changes nor staff actions. */
export interface Line<Extra = never> {
  at: DateTime<true>
  says: string
  by: string
  deed?: DeedOn
  extra?: Extra
}

/** Who does things to a booking, where no member of staff is known to have. */
const [themselves, service, organiser, unknown] = ['Themselves', 'The service', 'An organiser', 'Not recorded']

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

interface Material<Extra> {
  events: readonly Snapshot[]
  deeds: readonly DeedOn[]
  /** Lines of another kind, such as emails. */
  others: ReadonlyArray<Line<Extra>>
  /** When it was booked: where the events begin later, its beginning is not shown. */
  createdAt: DateTime<true>
  /** Whether it was made from someone's turn on another date, without their asking. */
  isCopy: boolean
}

/**
 * The history of a booking: each event in order, each staff action, and the other lines. An action and its result are
 * one line, because a transaction writes both with the same time.
 */
export function historyOf<Extra> (
  { events, deeds, others, createdAt, isCopy }: Material<Extra>, names: Names
): Array<Line<Extra>> {
  const causes = new Set<DeedOn>()
  const changes = events.map((after, n): Line<Extra> => {
    const before = events[n - 1]
    const isCurrent = n === events.length - 1
    const told = before === undefined
      ? [beginningOf(after, createdAt, isCopy)]
      : changesBetween(before, after, isCopy, { ...names, offeredUntil: isCurrent ? names.offeredUntil : undefined })
    const cause = deeds.find(deed => !causes.has(deed) && deed.at.toMillis() === after.at.toMillis() &&
      told.some(({ change }) => causedBy(deed.action).includes(change)))
    if (cause !== undefined) causes.add(cause)
    return {
      at: after.at,
      says: told.map(({ says }) => `${says}.`).join(' '),
      by: cause?.who ?? told[0]?.by ?? service,
      ...cause !== undefined && { deed: cause }
    }
  })
  const alone = deeds.filter(deed => !causes.has(deed) && !deed.isToAll)
    .map((deed): Line<Extra> => ({ at: deed.at, says: `${deedInWords(deed)}.`, by: deed.who, deed }))
  return inTurn(inTurn(changes, alone), others)
}

/**
 * Merges two lists by time; at the same instant `first` goes first. Each keeps its own order, also where clocks
 * disagreed.
 */
function inTurn<T extends { at: DateTime<true> }> (first: readonly T[], second: readonly T[]): T[] {
  const merged: T[] = []
  let n = 0
  for (const one of first) {
    for (let next = second[n]; next !== undefined && next.at < one.at; next = second[++n]) merged.push(next)
    merged.push(one)
  }
  return [...merged, ...second.slice(n)]
}

function beginningOf ({ at, status, places, isHeld }: Snapshot, createdAt: DateTime<true>, isCopy: boolean): Told {
  if (at > createdAt) {
    return { change: 'begun', says: `What came before was not written down. ${stateInWords[status]}`, by: service }
  }
  if (isCopy) return { change: 'joined', says: 'Put on this waiting list from that of another date, to be asked', by: service }
  switch (status) {
    case 'confirmed': return { change: 'booked', says: `Booked ${placesIn(places)}${isHeld ? ' with a code' : ''}`, by: themselves }
    case 'waiting': return { change: 'joined', says: `Joined the waiting list for ${placesIn(places)}`, by: themselves }
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
function changesBetween (before: Snapshot, after: Snapshot, isCopy: boolean, names: Names): Told[] {
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

function placesIn (places: number): string {
  return places === 1 ? '1 place' : `${places} places`
}

/** Staff actions that change the state of a booking, and the changes each can cause. */
const causes: Readonly<Record<string, readonly Change[]>> = {
  'booking.cancelled': ['cancelled'],
  'activity.cancelled': ['cancelled'],
  'booking.picked': ['placed', 'offered'],
  'booking.made': ['booked', 'joined', 'placed'],
  'booking.corrected': ['places'],
  'booking.moved': ['moved'],
  'booking.turn-restored': ['waiting', 'placed', 'offered'],
  'another-date.made': ['joined']
}

function causedBy (action: string): readonly Change[] {
  return Object.hasOwn(causes, action) ? causes[action] ?? [] : []
}

/** The words in the history for actions on this booking. */
const deeds: Readonly<Record<string, string>> = {
  'booking.cancelled': 'Cancelled the booking',
  'booking.picked': 'Gave a place from the waiting list',
  'booking.made': 'Booked for them',
  'booking.corrected': 'Changed details',
  'booking.links-ended': 'Made new links, and ended the earlier ones',
  'attendance.changed': 'Noted whether they came',
  'question.answered': 'Marked their question as answered',
  'question.handed-over': 'Handed their question to safeguarding',
  'booking.access-answered': 'Said what is arranged for them',
  'booking.telephoned': 'Told them by phone'
}

/** What was done; an action without words here is shown by its name. */
function deedInWords ({ action, details }: DeedOn): string {
  if (action === 'letter.sent-again') {
    const { kind } = (details ?? {}) as { kind?: unknown }
    return typeof kind === 'string' && isKind(kind) ? `Sent an email again: ${kindsInWords[kind].name}` : 'Sent an email again'
  }
  if (action === 'booking.prioritised') {
    const { group } = (details ?? {}) as { group?: unknown }
    return typeof group === 'string'
      ? `Put them into the group “${group}” of the waiting list`
      : 'Took them out of any group of the waiting list'
  }
  const known = Object.hasOwn(deeds, action) ? deeds[action] : undefined
  const spaced = action.replace(/^booking\./, '').replaceAll(/[.-]/g, ' ')
  return known ?? `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`
}
