import type { DateTime } from 'luxon'
import type { Activity, Occupancy } from '../../programme/activities/activity.ts'
import { closesAt } from '../../programme/activities/booking-window.ts'
import { waitingListModesInWords } from '../../programme/activities/staff-page.ts'
import { bookable, freePlaces, placesTaken } from '../../programme/activities/supply.ts'
import type { SupplyDraft } from '../../programme/activities/supply.ts'
import { toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Change, Effects } from '../../identity/staff/confirmation.ts'
import { whoFits } from './line.ts'
import type { Waiting } from './line.ts'
import { servingOf, whoIsServedNow } from './offer.ts'

/** Someone in line, with what is needed to say what happens to them. */
export interface Lined extends Waiting {
  isCopy: boolean
  isCalled: boolean
  /** Whether emails do not reach them. */
  isUnreachable: boolean
}

/** The people of a line who are told something when the list is served. */
export interface Served<L extends Lined = Lined> {
  confirmed: L[]
  offered: L[]
  /** Newly told that the first person to accept gets a place. */
  called: L[]
}

/**
 * Returns the people that a waiting list serves at `now`, given its whole line in order: what `serveWaitingList` does,
 * except what time alone brings about, which happens whatever an organiser changes.
 */
export function servedBy<L extends Lined> (
  activity: Activity, occupancy: Occupancy, line: readonly L[], now: DateTime<true>
): Served<L> {
  if (activity.status !== 'published' || activity.booking !== 'places' || now >= closesAt(activity)) {
    return { confirmed: [], offered: [], called: [] }
  }
  const free = freePlaces(activity, occupancy)
  const isOf = ({ ordinary, carried }: { ordinary: boolean, carried: boolean }) =>
    ({ isCopy }: Lined) => isCopy ? carried : ordinary
  const given = whoFits(free, line.filter(isOf(whoIsServedNow(activity, ['confirm', 'offer'], now))))
  const served = new Set<Lined>(given)
  const left = given.reduce((left, { places }) => left - places, free)
  const isConfirmed = (one: Lined) => servingOf(activity, one, now) === 'confirm'
  return {
    confirmed: given.filter(isConfirmed),
    offered: given.filter(one => !isConfirmed(one)),
    called: line.filter(isOf(whoIsServedNow(activity, ['call'], now)))
      .filter(one => !served.has(one) && !one.isCalled && one.places <= left)
  }
}

/** A change to the places of an activity, and the state that it changes. */
export interface SupplyChange {
  current: Activity
  draft: SupplyDraft
  occupancy: Occupancy
  line: readonly Lined[]
}

/** Booking ids of people that a change of places serves and that cannot be reached by email. */
export function toCallAfter<L extends Lined & { id: string }> (
  { current, draft, occupancy, line }: SupplyChange & { line: readonly L[] }, now: DateTime<true>
): string[] {
  if (changesOf(current, draft).length === 0) return []
  return unreachedOf(servedBy({ ...current, ...draft }, occupancy, line, now)).map(({ id }) => id)
}

/** Those who are served but not reached by email. */
export function unreachedOf<L extends Lined> ({ confirmed, offered, called }: Served<L>): L[] {
  return [...confirmed, ...offered, ...called].filter(({ isUnreachable }) => isUnreachable)
}

/** What becomes of those who are served, of so many who wait, in sentences. */
export function servedInWords (served: Served, waiting: number): string[] {
  return [
    ...someOf(served.confirmed, waiting, ['gets a place', 'get a place'], 'tell'),
    ...someOf(served.offered, waiting, ['is offered a place', 'are offered a place'], 'ask'),
    ...someOf(served.called, waiting, ['can have a place if they accept first', 'can have a place, the first to accept'], 'tell'),
    ...toCallInWords({ count: unreachedOf(served).length })
  ]
}

/** Returns the effects on people of a change to how many places there are and how the waiting list works. */
export function supplyEffects ({ current, draft, occupancy, line }: SupplyChange, now: DateTime<true>): Effects {
  const changes = changesOf(current, draft)
  if (changes.length === 0) return { sentences: [], changes }
  const { waitingBookings: waiting, offered } = occupancy
  const over = -freePlaces(draft, occupancy)
  const isLess = bookable(draft) < bookable(current)
  const hasNewWay = draft.waitingList !== current.waitingList && waiting > 0
  return {
    changes,
    sentences: [
      ...over > 0 && isLess
        ? [`${over} of the ${placesTaken(occupancy)} places that are taken ${over === 1 ? 'is' : 'are'} over the new number. Nobody loses theirs.`]
        : [],
      ...servedInWords(servedBy({ ...current, ...draft }, occupancy, line, now), waiting),
      ...hasNewWay
        ? [`From now on the waiting list works another way for ${waiting === 1 ? 'the 1 person who is waiting' : `the ${waiting} people who are waiting`}. ${waitingListModesInWords[draft.waitingList].does}`]
        : [],
      ...hasNewWay && offered > 0 ? ['Offers that people already have stay open until they end.'] : []
    ]
  }
}

/**
 * Says what happens to some of those who wait, and how many of them are told:
 * `3 of the 12 people who wait get a place.`
 */
function someOf (
  some: readonly Lined[], waiting: number, [one, many]: readonly [string, string], why: 'tell' | 'ask'
): string[] {
  if (some.length === 0) return []
  const reached = some.filter(({ isUnreachable }) => !isUnreachable).length
  const write = reached === some.length
    ? `, and we email to ${why} them`
    : reached === 0 ? '' : `, and we email ${reached} of them to ${why} them`
  const does = `${some.length === 1 ? one : many}${write}`
  const who = some.length === waiting
    ? waiting === 1 ? 'The only person who is waiting' : `All ${waiting} people who are waiting`
    : `${some.length} of the ${waiting} people who are waiting`
  return [`${who} ${does}.`]
}

function changesOf (current: Activity, draft: SupplyDraft): Change[] {
  const never = (at: number | undefined) => at === undefined ? 'Never' : String(at)
  const changes = [
    { what: 'Places', from: String(current.capacity ?? 0), to: String(draft.capacity) },
    { what: 'Over-booking', from: `${current.overBookingPercent}%`, to: `${draft.overBookingPercent}%` },
    {
      what: 'How the waiting list works',
      from: waitingListModesInWords[current.waitingList].name,
      to: waitingListModesInWords[draft.waitingList].name
    },
    { what: 'Hours to answer an offer', from: String(current.offerHours), to: String(draft.offerHours) },
    { what: 'Tell me when this many are waiting', from: never(current.anotherDateAt), to: never(draft.anotherDateAt) }
  ]
  return changes.filter(({ from, to }) => from !== to)
}
