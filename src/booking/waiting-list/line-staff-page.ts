import type { DateTime } from 'luxon'
import { hasNotClosed, isToCome } from '../../programme/activities/booking-window.ts'
import { bookingsWait, placesInWords } from '../../programme/activities/in-words.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { KnownActivity, OtherDate } from '../../programme/activities/known-activities.ts'
import { runningOf, waitingListModesInWords } from '../../programme/activities/staff-page.ts'
import { dayInWords, momentInWords, whenInWords } from '../../programme/activities/when.ts'
import { ordinary } from '../bookings/booking.ts'
import type { PriorityGroup } from '../bookings/effective-status.ts'
import type { Hold } from '../holds/hold.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { paginationOf, perPage } from '../../platform/http/pagination.ts'
import { isOnItsDay, may } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { confirmationToken, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { supplyFields } from '../../programme/activities/schema.ts'
import { servingOf } from './offer.ts'
import { pickEffects } from './pick-effects.ts'
import type { Offered, Waiter } from './queries.ts'
import type { anotherDateFields, newGroupFields } from './schema.ts'

/** What a change to places would do to people, before it is made. */
export function supplyEffectsPageOf (activity: KnownActivity, required: ConfirmationRequired, body: unknown) {
  const running = runningOf(activity)
  return { ...running, ...effectsOf(required), action: `${running.activity.href}/places`, fields: hiddenFieldsOf(body) }
}

/** What a hold with fewer places would do to people, before it is changed. */
export function holdEffectsPageOf (
  activity: KnownActivity, holdId: string, required: ConfirmationRequired, body: unknown
) {
  const running = runningOf(activity)
  const leaveHref = `${running.activity.href}/holds`
  return { ...running, ...effectsOf(required), action: `${leaveHref}/${holdId}`, leaveHref, fields: hiddenFieldsOf(body) }
}

/** The question before a hold is returned: who gets its places then. */
export function holdReturnPageOf (
  activity: KnownActivity, { id, agency }: Hold, required: ConfirmationRequired, errors?: FormErrors
) {
  const running = runningOf(activity)
  return {
    ...running, ...effectsOf(required), agency, action: `${running.activity.href}/holds/${id}/return`, errors
  }
}

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

function bookingsIn (count: number): string {
  if (count === 0) return 'Nobody is waiting in it'
  return count === 1 ? '1 booking is waiting in it' : `${count} bookings are waiting in it`
}

/** The form that adds a group, or renames one. */
export function groupPageOf (
  { activity, groups, rank }: { activity: KnownActivity, groups: readonly PriorityGroup[], rank?: number },
  typed?: Partial<Record<typeof newGroupFields[number], string>>, errors?: FormErrors
) {
  const href = `/staff/activities/${activity.slug}/waiting-list`
  const group = groups.find(group => group.rank === rank)
  const ranks = Array.from({ length: ordinary - 1 }, (_, n) => n + 1)
  const free = ranks.filter(rank => groups.every(group => group.rank !== rank))
  const values = typed ?? { rank: String(free[0]), name: group?.name, reason: group?.reason }
  return {
    ...runningOf(activity),
    group,
    groups,
    ranks: free.map(rank => ({ value: String(rank), text: String(rank), selected: String(rank) === values.rank })),
    lineHref: href,
    values,
    errors
  }
}

/** The question before a group is removed. */
export function groupRemovalPageOf (
  { activity, group, people }: { activity: KnownActivity, group: PriorityGroup, people: number }, errors?: FormErrors
) {
  return {
    ...runningOf(activity),
    group,
    people: bookingsIn(people),
    lineHref: `/staff/activities/${activity.slug}/waiting-list`,
    errors
  }
}

interface AnotherDatePage {
  activity: KnownActivity
  dates: readonly OtherDate[]
  /** What it would do to those who wait. */
  required: ConfirmationRequired
}

/** The form that makes another date: who will be asked, and how. */
export function anotherDatePageOf (
  { activity, dates, required }: AnotherDatePage, now: DateTime<true>,
  typed: Partial<Record<typeof anotherDateFields[number], string>> = {}, errors?: FormErrors
) {
  const { zone } = activity
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    dates: dates.filter(({ isFirst }) => !isFirst).map(date => ({ when: whenInWords(date), href: `/staff/activities/${date.slug}` })),
    asksForTime: !activity.allDay,
    isOnline: activity.isOnline,
    isDraft: activity.status === 'draft',
    today: wallClock(now, zone).slice(0, 10),
    values: { time: wallClock(activity.startsAt, zone).slice(11), ...typed },
    errors
  }
}

type SupplyField = typeof supplyFields[number]

/** The form that changes places, with the stored values, or with what was typed and its errors. */
export function supplyPageOf (
  activity: KnownActivity, typed?: Partial<Record<SupplyField, string>>, errors?: FormErrors
) {
  const current: Record<SupplyField, string> = {
    capacity: String(activity.capacity ?? ''),
    over_booking: String(activity.overBookingPercent),
    waiting_list: activity.waitingList,
    offer_hours: String(activity.offerHours),
    another_date_at: String(activity.anotherDateAt ?? '')
  }
  const values = typed ?? current
  return {
    ...runningOf(activity),
    modes: Object.entries(waitingListModesInWords).map(([value, { name, does }]) =>
      ({ value, text: name, hint: { text: does }, checked: values.waiting_list === value })),
    values,
    errors
  }
}
