import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { bookability } from '../../programme/activities/booking-window.ts'
import { dayInWords, deadlineInWords, timeInWords, whenInWords } from '../../programme/activities/when.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { BookingWithActivity, RepeatedRequest } from '../../booking/bookings/queries.ts'
import {
  firstDateOf, lineInWords, modeFor, onAnotherDate, standingAt, whatComesNext, whatStays, whatWasGivenUp, whoGoesFirst
} from '../../booking/bookings/standing.ts'
import type { PriorityGroup } from '../../booking/bookings/standing.ts'
import { dateInWords } from '../../programme/campaigns/erasure.ts'
import type { Entry } from '../invitations/entry.ts'
import { opensInWords } from '../../booking/joining/page.ts'
import { oneLine } from '../../platform/one-line.ts'
import { emergencyMarked, helplines, outwardTitle, place } from '../invitations/wording.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import { quoted } from './body.ts'
import { greetingName } from './greeting.ts'
import type { LetterKind } from './kinds.ts'
import type { BulletinText } from './queries.ts'
import { methodOf } from './kinds.ts'
import { changeInWords, toldBy } from './told.ts'
import type { Earlier } from './told.ts'

/** What letters say that is not in the booking they are about. */
export interface Beside {
  /** Where its holder stands on the waiting list, and who goes first; undefined where the letter does not tell. */
  line: { position: number, groups: PriorityGroup[] } | undefined
  /** The booking that its holder asked for, where this one was made of it for another date. */
  first: BookingWithActivity | undefined
  /** What an organiser wrote, where the letter is theirs. */
  bulletin: BulletinText | undefined
  /** What its reader was told before, where the letter says what is different. */
  earlier?: Earlier | undefined
  /** Who asked by the same address and was not booked, where the letter says so. */
  repeated?: readonly RepeatedRequest[] | undefined
  publicUrl: string
}

/** What the template of a letter prints. Every text is one line; what is not there is false or empty. */
export function pageOf (
  kind: LetterKind, entry: Entry, { line, first, bulletin, earlier, repeated, publicUrl }: Beside, now: DateTime<true>
) {
  const { booking, joinUrl, isPersonal, ownUrl, contacts } = entry
  const { activity, places, offeredUntil } = booking
  const { status } = standingAt(booking, now)
  const goFirst = whoGoesFirst(line?.groups ?? [], booking).map(oneLine)
  const { discreet } = activity.campaign
  return {
    name: greetingName(booking.name),
    what: outwardTitle(activity),
    when: whenInWords(activity),
    day: dayInWords(activity.startsAt, activity.zone),
    ...startInWords(activity, now),
    where: place(activity),
    isOnline: activity.isOnline,
    places,
    reference: booking.reference,
    hasPlace: status === 'confirmed',
    isWaiting: status === 'waiting' && !booking.isCalled,
    isCalled: status === 'waiting' && booking.isCalled,
    isOffered: status === 'offered',
    hasLapsed: status === 'lapsed',
    wasOffered: booking.offers > 0,
    offeredUntil: offeredUntil === undefined ? '' : deadlineInWords(offeredUntil, activity.zone),
    line: line === undefined ? '' : lineInWords(line.position),
    whatComesNext: whatComesNext(modeFor(booking), places, activity.offerHours),
    // Why people go first can name the topic.
    goFirst: discreet ? [] : goFirst,
    someGoFirst: discreet && goFirst.length > 0,
    mayAskAgain: bookability(activity, now) === 'open',
    otherDate: otherDateOf(first, now),
    hadPlace: booking.confirmedAt !== undefined,
    hasInvitation: methodOf(kind, booking) === 'REQUEST',
    mayChangePlaces: activity.placesPerBooking > 1,
    joinUrl: joinUrl ?? false,
    isPersonal,
    opens: isPersonal ? opensInWords(activity, activity.startsAt) : '',
    cancellationReason: oneLine(activity.cancellationReason ?? ''),
    arranged: quoted(booking.accessAnswer ?? ''),
    bulletin: bulletin && { heading: oneLine(bulletin.heading), body: quoted(bulletin.body) },
    ownUrl,
    change: kind === 'booking-changed' && changeInWords(earlier ?? 'unknown', toldBy(entry)),
    others: othersIn(repeated ?? [], booking),
    mayBookMore: activity.placesPerBooking - places,
    calendarUrl: `${ownUrl}/invitation.ics`,
    releaseUrl: `${ownUrl}/cancellation`,
    remindersUrl: `${ownUrl}/reminders`,
    programmeUrl: `${publicUrl}/`,
    // Its address names the topic.
    bookUrl: discreet ? `${publicUrl}/` : `${publicUrl}/activities/${activity.slug}/book`,
    helpUrl: `${publicUrl}/help`,
    partnership: oneLine(activity.campaign.partnership),
    erasedOn: dateInWords(booking.eraseOn),
    emergency: emergencyMarked,
    helplines: helplines(contacts),
    // What people are for, and the addresses of their pages, can name the topic.
    resources: discreet ? [] : resources(contacts)
  }
}

/** Who asked by an address that has a booking and is somebody else than its holder, as far as names tell. */
function othersIn (repeated: readonly RepeatedRequest[], booking: Pick<Booking, 'name'>) {
  const isHolder = ({ name }: RepeatedRequest) => name.localeCompare(booking.name, 'en', { sensitivity: 'base' }) === 0
  return repeated.filter(request => !isHolder(request))
    .map(({ name, places }) => ({ name: greetingName(name), places }))
}

/** When an activity starts, as somebody says it at `now`: `tomorrow at 6pm`. */
function startInWords ({ startsAt, allDay, zone }: Activity, now: DateTime<true>) {
  const near = nearDay(startsAt, now, zone)
  const startTime = timeInWords(startsAt, zone)
  const starts = near?.toLowerCase() ?? `on ${dayInWords(startsAt, zone)}`
  return { startDay: near ?? 'A reminder', startTime, starts: allDay ? starts : `${starts} at ${startTime}` }
}

function nearDay (startsAt: DateTime<true>, now: DateTime<true>, zone: string): 'Today' | 'Tomorrow' | undefined {
  // Most letters are written long before, and to look the zone up takes a while.
  if (startsAt.toMillis() - now.toMillis() > 3 * 86_400_000) return undefined
  const shown = now.setZone(zone)
  const [day, today, tomorrow] = [startsAt.setZone(zone), shown, shown.plus({ days: 1 })].map(at => at.toISODate())
  return day === today ? 'Today' : day === tomorrow ? 'Tomorrow' : undefined
}

/** Those who have more to read, on pages of their own. */
function resources (contacts: readonly SupportContact[]) {
  return contacts.flatMap(({ name, purpose, url = '' }) => /^https?:\/\/[^\s<>]+$/.test(url)
    ? [{ name: oneLine(name), purpose: oneLine(purpose), url }]
    : [])
}

/** What letters about another date say of the first, where there is one. */
function otherDateOf (first: BookingWithActivity | undefined, now: DateTime<true>) {
  if (first === undefined) return false
  const firstDate = firstDateOf(first, now)
  return {
    day: firstDate.day,
    ifAccepted: onAnotherDate(firstDate),
    stays: whatStays(firstDate),
    wasGivenUp: whatWasGivenUp(firstDate)
  }
}
