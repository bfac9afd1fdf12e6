import type { DateTime } from 'luxon'
import { outwardTitle } from '../../programme/activities/outward-title.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { bookability } from '../../programme/activities/booking-window.ts'
import { dayInWords, deadlineInWords, timeInWords, whenInWords } from '../../programme/activities/when.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import type { RepeatedRequest } from '../../booking/bookings/repeated-requests.ts'
import {
  firstDateOf, lineInWords, modeFor, onAnotherDate, effectiveStatusAt,
  whatComesNext, whatStays, whatWasGivenUp, whoGoesFirst
} from '../../booking/bookings/effective-status.ts'
import type { PriorityGroup } from '../../booking/bookings/effective-status.ts'
import { dateInWords } from '../../programme/campaigns/erasure.ts'
import type { CalendarEntry } from '../invitations/calendar-entry.ts'
import { opensInWords } from '../../booking/joining/page.ts'
import { oneLine } from '../../platform/one-line.ts'
import { isSameName } from '../../platform/typed.ts'
import { place } from '../invitations/wording.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import { quoted } from './body.ts'
import { endingWith } from './ending.ts'
import { greetingName, harmlessName } from './greeting.ts'
import type { EmailKind } from './kinds.ts'
import type { BulletinText } from './queries.ts'
import { methodOf } from './kinds.ts'
import { changeInWords, sentContentOf } from './told.ts'
import type { PreviousContent } from './told.ts'

/** What emails say that is not in their booking. */
export interface EmailExtras {
  /** The holder's position on the waiting list, and who goes first; undefined where the email does not say it. */
  line: { position: number, groups: PriorityGroup[] } | undefined
  /** The booking that its holder asked for, if this one was made from it for another date. */
  first: BookingWithActivity | undefined
  /** What an organiser wrote, where the email is a bulletin. */
  bulletin: Pick<BulletinText, 'heading' | 'body'> | undefined
  /** What its reader was told before, where the email says what has changed. */
  earlier?: PreviousContent | undefined
  /** Requests by the same address that were not booked, where the email mentions them. */
  repeated?: readonly RepeatedRequest[] | undefined
  /** Where its reader answers what is asked about the activity; undefined: nothing is asked in it. */
  answerUrl?: string | undefined
  publicUrl: string
}

/** What the template of an email prints. Every text is one line; what is missing is false or empty. */
export function pageOf (
  kind: EmailKind, entry: CalendarEntry,
  { line, first, bulletin, earlier, repeated, answerUrl, publicUrl }: EmailExtras,
  now: DateTime<true>
) {
  const { booking, joinUrl, isPersonal, ownUrl, contacts } = entry
  const { activity, places, offeredUntil } = booking
  const { status } = effectiveStatusAt(booking, now)
  const goFirst = whoGoesFirst(line?.groups ?? [], booking).map(oneLine)
  const { discreet } = activity.campaign
  return {
    kind,
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
    // The reasons for going first can reveal the topic.
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
    change: kind === 'booking-changed' && changeInWords(earlier ?? 'unknown', sentContentOf(entry)),
    others: othersIn(repeated ?? [], booking),
    mayBookMore: activity.placesPerBooking - places,
    answerUrl: answerUrl ?? false,
    certificateUrl: booking.role === 'professional' && `${ownUrl}/certificate`,
    calendarUrl: `${ownUrl}/invitation.ics`,
    releaseUrl: `${ownUrl}/cancellation`,
    remindersUrl: `${ownUrl}/reminders`,
    programmeUrl: `${publicUrl}/`,
    // The activity's address reveals the topic.
    bookUrl: discreet ? `${publicUrl}/` : `${publicUrl}/activities/${activity.slug}/book`,
    partnership: oneLine(activity.campaign.partnership),
    erasedOn: dateInWords(booking.eraseOn),
    ...endingWith(publicUrl, contacts),
    // What contacts are for, and the addresses of their pages, can reveal the topic.
    resources: discreet ? [] : resources(contacts)
  }
}

/** Requests by an address with a booking that, by their names, come from someone other than its holder. */
function othersIn (repeated: readonly RepeatedRequest[], booking: Pick<Booking, 'name'>) {
  const isHolder = ({ name }: RepeatedRequest) => isSameName(name, booking.name)
  return repeated.filter(request => !isHolder(request))
    .map(({ name, places }) => ({ name: harmlessName(name), places }))
}

/** When an activity starts, as people say it at `now`: `tomorrow at 6pm`. */
function startInWords ({ startsAt, allDay, zone }: Activity, now: DateTime<true>) {
  const near = nearDay(startsAt, now, zone)
  const startTime = timeInWords(startsAt, zone)
  const starts = near?.toLowerCase() ?? `on ${dayInWords(startsAt, zone)}`
  return { startDay: near ?? 'A reminder', startTime, starts: allDay ? starts : `${starts} at ${startTime}` }
}

function nearDay (startsAt: DateTime<true>, now: DateTime<true>, zone: string): 'Today' | 'Tomorrow' | undefined {
  // Most emails are written long before, and looking up the zone takes a while.
  if (startsAt.toMillis() - now.toMillis() > 3 * 86_400_000) return undefined
  const shown = now.setZone(zone)
  const [day, today, tomorrow] = [startsAt.setZone(zone), shown, shown.plus({ days: 1 })].map(at => at.toISODate())
  return day === today ? 'Today' : day === tomorrow ? 'Tomorrow' : undefined
}

/** Contacts that have more to read, on pages of their own. */
function resources (contacts: readonly SupportContact[]) {
  return contacts.flatMap(({ name, purpose, url = '' }) => /^https?:\/\/[^\s<>]+$/.test(url)
    ? [{ name: oneLine(name), purpose: oneLine(purpose), url }]
    : [])
}

/** What emails about another date say of the first, if there is one. */
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
