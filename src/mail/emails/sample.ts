import type { DateTime } from 'luxon'
import type { Activity, JoinMode as WayIn } from '../../programme/activities/activity.ts'
import { localTime } from '../../programme/activities/local-time.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { calendarEntryOf } from '../invitations/calendar-entry.ts'
import type { CalendarEntry, CalendarEntryParts } from '../invitations/calendar-entry.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import type { Templates } from '../../platform/templates.ts'
import { occasionOf } from './asking.ts'
import type { EmailKind } from './kinds.ts'
import { messageOf } from './message.ts'
import type { Message } from './message.ts'
import { sampleBooking } from './preview.ts'
import { sentContentOf } from './told.ts'

/** What emails depend on besides their kind. */
export interface Circumstances {
  isDiscreet: boolean
  isOnline: boolean
  entry: WayIn
  places: number
}

/** A sample email of a kind, and when such an email would be written. */
export interface SampleEmail {
  booking: BookingWithActivity
  at: DateTime<true>
}

/** What writing a sample email, about no real booking, needs. */
export interface SampleContext extends CalendarEntryParts {
  templates: Templates
}

const zone = 'Europe/London'
const nowhere = '00000000-0000-4000-8000-000000000000'
const joinUrl = 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_example%40thread.v2/0'

const bulletin = {
  heading: 'Please bring your questions',
  body: 'We have kept time for them at the end.\n\n* You can ask aloud or in the chat\n* You do not have to say anything'
}

/** The circumstances in which an email of a kind is written. */
interface Occasion {
  booking?: Partial<Booking>
  activity?: Partial<Activity>
  /** When: a week, a day or an hour before the start, at it, or on the day after; left out: long before. */
  at?: 'week' | 'day' | 'hour' | 'start' | 'next-day'
}

/** The occasion for each kind of email; a new kind does not compile without one. */
const occasions: Record<EmailKind, Occasion> = {
  'place-confirmed': {},
  'already-booked': {},
  'booking-link': {},
  'access-arranged': { booking: { accessAnswer: 'We will turn captions on, and a second screen shows the signer.' } },
  'waiting-list-joined': { booking: { status: 'waiting' } },
  'place-found': {},
  'place-offered': { booking: { status: 'offered' }, activity: { waitingList: 'offers' } },
  'place-called': { booking: { status: 'waiting', isCalled: true, offers: 1 }, at: 'hour' },
  'offer-lapsed': { booking: { status: 'lapsed', lapseReason: 'unanswered', offers: 1 } },
  'offer-refused': { booking: { status: 'lapsed', lapseReason: 'refused', offers: 1 } },
  'waiting-list-closed': { booking: { status: 'lapsed', lapseReason: 'closed' }, at: 'start' },
  'booking-changed': { booking: { icalSequence: 1 } },
  cancelled: { booking: { status: 'cancelled' } },
  'cancelled-by-us': { booking: { status: 'cancelled', cancelledBy: 'organiser' } },
  'activity-cancelled': {
    booking: { status: 'cancelled', cancelledBy: 'activity' },
    activity: { status: 'cancelled', cancellationReason: 'The speaker is ill.' }
  },
  'reminder-week': { at: 'week' },
  'reminder-day': { at: 'day' },
  'reminder-hour': { at: 'hour' },
  'thank-you': { booking: { attended: true }, at: 'next-day' },
  'sorry-we-missed-you': { booking: { attended: false }, at: 'next-day' },
  'after-the-day': { at: 'next-day' },
  bulletin: {}
}

/** A made-up booking of a made-up activity, to which an email of a kind would go. */
export function sampleOccasion (
  kind: EmailKind, { isDiscreet, isOnline, entry, places }: Circumstances, seal: CalendarEntryParts['seal'], now: DateTime<true>
): SampleEmail {
  const { booking = {}, activity = {}, at } = occasions[kind]
  const day = now.setZone(zone).plus({ days: 14 }).toFormat('yyyy-MM-dd')
  const startsAt = localTime(`${day} 18:00`, zone)?.at ?? now
  const whole: Activity = {
    id: nowhere,
    slug: 'example',
    title: 'Keeping your child safe online',
    summary: '',
    runBy: undefined,
    kind: isOnline ? 'online-workshop' : 'awareness-session',
    wasPoliceWork: false,
    campaign: {
      id: nowhere,
      slug: 'example',
      title: 'Example campaign',
      partnership: 'Example safeguarding partnership',
      discreet: isDiscreet,
      districts: [],
      daysUntilErasure: 30,
      firstDay: undefined,
      lastDay: undefined
    },
    allDay: false,
    zone,
    isOnline,
    venue: isOnline ? undefined : 'Example Community Centre, 1 High Street',
    secretVenue: undefined,
    untold: undefined,
    district: undefined,
    audiences: ['parents', 'carers'],
    visibility: 'public',
    embargoUntil: undefined,
    status: 'published',
    booking: 'places',
    bookingOpensAt: undefined,
    bookingClosesAt: undefined,
    capacity: 20,
    placesPerBooking: places,
    overBookingPercent: 0,
    waitingList: 'automatic',
    offerHours: 24,
    isAnotherDate: false,
    anotherDateAt: undefined,
    cancellationReason: undefined,
    joinUrlSealed: isOnline ? seal.close(joinUrl) : undefined,
    joinMode: isOnline ? entry : 'invitation',
    reminders: ['week', 'day', 'hour'],
    followUp: true,
    icalUid: nowhere,
    icalSequence: 0,
    createdAt: now.minus({ days: 30 }),
    startsAt,
    endsAt: startsAt.plus({ minutes: 90 }),
    ...activity
  }
  const written = whenOf(at, startsAt, now)
  return { booking: sampleBooking(whole, { places, ...booking }, written), at: written }
}

function whenOf (at: Occasion['at'], startsAt: DateTime<true>, now: DateTime<true>): DateTime<true> {
  switch (at) {
    case undefined: return now
    case 'week': return startsAt.minus({ days: 7 })
    case 'day': return startsAt.minus({ days: 1 })
    case 'hour': return startsAt.minus({ hours: 1 })
    case 'start': return startsAt
    case 'next-day': return startsAt.plus({ hours: 16 })
  }
}

/** A booking as it was before its activity was postponed by an hour. */
function anHourEarlier (entry: CalendarEntry): CalendarEntry {
  const { activity } = entry.booking
  const [startsAt, endsAt] = [activity.startsAt.minus({ hours: 1 }), activity.endsAt.minus({ hours: 1 })]
  return { ...entry, booking: { ...entry.booking, activity: { ...activity, startsAt, endsAt } } }
}

/** An email of a kind as people get it, about a made-up booking. */
export function sampleEmail (
  context: SampleContext, kind: EmailKind, circumstances: Circumstances, contacts: readonly SupportContact[],
  now: DateTime<true>
): Message {
  const { booking, at } = sampleOccasion(kind, circumstances, context.seal, now)
  const entry = calendarEntryOf(booking, contacts, context)
  return messageOf({
    templates: context.templates,
    kind,
    email: { id: nowhere, messageId: `${nowhere}@${new URL(context.publicUrl).hostname}` },
    entry,
    line: kind === 'waiting-list-joined' ? { position: 3, groups: [] } : undefined,
    first: undefined,
    bulletin: kind === 'bulletin' ? bulletin : undefined,
    earlier: kind === 'booking-changed' ? sentContentOf(anHourEarlier(entry)) : undefined,
    answerUrl: occasionOf(kind) && `${context.publicUrl}/evaluations/example`,
    repeated: kind === 'already-booked' ? [{ id: nowhere, name: 'Sam Example', places: 1 }] : undefined,
    publicUrl: context.publicUrl
  }, at)
}
