import type { DateTime } from 'luxon'
import { hasNotClosed, isToCome } from '../../programme/activities/booking-window.ts'
import { bookingsWait, placesInWords } from '../../programme/activities/in-words.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf, waitingListModesInWords } from '../../programme/activities/staff-page.ts'
import { dayInWords, momentInWords } from '../../programme/activities/when.ts'
import { ordinary } from '../bookings/booking.ts'
import type { PriorityGroup } from '../bookings/effective-status.ts'
import { formError } from '../../platform/http/form-errors.ts'
import { paginationOf, perPage } from '../../platform/http/pagination.ts'
import { isOnItsDay, may } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { confirmationToken, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { servingOf } from './offer.ts'
import { pickEffects } from './pick-effects.ts'
import type { Offered, Waiter } from './queries.ts'

/** What giving someone a place by hand would do, where that differs from what the list said. */
export function pickEffectsPageOf (
  activity: KnownActivity, bookingId: string, required: ConfirmationRequired, body: unknown
) {
  const running = runningOf(activity)
  const leaveHref = `${running.activity.href}/waiting-list`
  return {
    ...running, ...effectsOf(required), action: `${leaveHref}/${bookingId}/place`, leaveHref, fields: hiddenFieldsOf(body)
  }
}

interface LinePage {
  staff: StaffMember
  activity: KnownActivity
  line: readonly Waiter[]
  /** Those who have an offer at the moment. */
  offered: readonly Offered[]
  groups: readonly PriorityGroup[]
  /** Number of waiting bookings by rank. */
  counts: ReadonlyMap<number, number>
  page: number
}

/** A button that was pressed about someone, and why it did nothing. */
export interface Refused { bookingId: string, sentence: string }

/** Whether someone reads who waits. Co-hosts do so as hosts do: only on the day. */
export function seesNames (staff: StaffMember, activity: KnownActivity, now: DateTime<true>): boolean {
  return may(staff, 'know attendees', activity) || isOnItsDay(activity, now)
}

/** The waiting list in its order, and the groups that go first. */
export function linePageOf (
  { staff, activity, line, offered, groups, counts, page }: LinePage, now: DateTime<true>, refused?: Refused
) {
  const running = runningOf(activity)
  const free = running.fullness?.free ?? 0
  const { waitingList, occupancy: { waiting, waitingBookings } } = activity
  const href = `/staff/activities/${activity.slug}/waiting-list`
  const isOpen = hasNotClosed(activity, now)
  const [runs, knows, isNamed] = [
    may(staff, 'run activities', activity), may(staff, 'know attendees', activity), seesNames(staff, activity, now)
  ]
  const bookingHref = (id: string) => knows ? `/staff/activities/${activity.slug}/bookings/${id}` : undefined
  const isShown = line.some(({ id }) => id === refused?.bookingId)
  return {
    ...running,
    mode: waitingListModesInWords[waitingList],
    runs,
    isNamed,
    placesHref: runs && isToCome(activity, now) ? `${running.activity.href}/places` : undefined,
    total: waitingBookings === 0 ? undefined : `${bookingsWait(waitingBookings)} for ${placesInWords(waiting)}.`,
    hasCopies: line.some(({ isCopy }) => isCopy),
    page,
    begin: (page - 1) * perPage + 1,
    offered: offered.map(({ id, reference, name, places, until }) => ({
      name: isNamed ? name : undefined,
      reference,
      places: placesInWords(places),
      until: now < until ? `until ${momentInWords(until, activity.zone)}` : 'The time to answer has just ended',
      href: bookingHref(id)
    })),
    moreOffered: offered.length === perPage,
    line: line.map(waiter => ({
      id: `booking-${waiter.id}`,
      href: bookingHref(waiter.id),
      name: isNamed ? waiter.name : undefined,
      reference: waiter.reference,
      places: placesInWords(waiter.places),
      since: waiter.waitedAt === undefined ? undefined : momentInWords(waiter.waitedAt, activity.zone),
      group: groups.find(({ rank }) => rank === waiter.priority)?.name,
      copiedFrom: copiedFromInWords(waiter, knows),
      isCalled: waiter.isCalled,
      turns: groups.length === 0 || !runs ? [] : turnsOf(groups, waiter),
      turnHref: `${href}/${waiter.id}/group`,
      ...(isOpen && servingOf(activity, waiter, now) === 'by-hand' && giving(activity, waiter, free)),
      error: refused?.bookingId === waiter.id ? refused.sentence : undefined
    })),
    groups: groups.map(group => ({
      ...group, people: bookingsIn(counts.get(group.rank) ?? 0), href: `${href}/groups/${group.rank}`
    })),
    mayAddGroup: runs && groups.length < ordinary - 1,
    href,
    pagination: paginationOf(waitingBookings, page, number => `${href}?page=${number}`),
    errors: refused && formError(isShown ? `booking-${refused.bookingId}` : 'form', refused.sentence)
  }
}

function turnsOf (groups: readonly PriorityGroup[], { priority }: Waiter) {
  return [...groups.map(({ rank, name }) => ({ rank, name })), { rank: ordinary, name: 'No group' }]
    .map(({ rank, name }) => ({ value: String(rank), text: name, selected: rank === priority }))
}

/** The button that gives someone their places, or why there is none. */
function giving ({ slug }: KnownActivity, waiter: Waiter, free: number) {
  const { id, places } = waiter
  return places <= free
    ? {
        give: {
          text: places === 1 ? 'Give a place' : `Give ${places} places`,
          href: `/staff/activities/${slug}/waiting-list/${id}/place`,
          confirmed: confirmationToken(pickEffects(waiter, { slug }))
        }
      }
    : { tooFew: free === 0 ? 'No places are free' : `Needs ${places}, and ${free === 1 ? '1 is' : `${free} are`} free` }
}

function copiedFromInWords ({ isCopy, copiedFrom }: Waiter, isLinked: boolean) {
  if (!isCopy) return undefined
  return copiedFrom === undefined
    ? { text: 'another date' }
    : {
        text: dayInWords(copiedFrom.startsAt, copiedFrom.zone),
        href: isLinked ? `/staff/activities/${copiedFrom.slug}` : undefined
      }
}

export function bookingsIn (count: number): string {
  if (count === 0) return 'Nobody is waiting in it'
  return count === 1 ? '1 booking is waiting in it' : `${count} bookings are waiting in it`
}
