import type { DateTime } from 'luxon'
import { bookability } from '../../programme/activities/booking-window.ts'
import { deadlineInWords } from '../../programme/activities/when.ts'
import { dateInWords } from '../../programme/campaigns/erasure.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { liveStatuses } from './booking.ts'
import type { Booking, LapseReason } from './booking.ts'
import { maxPlaces } from './capacity.ts'
import { asksForCheckIn, isNotedAsHere } from './check-in-times.ts'
import { mayAnswer } from './may-answer.ts'
import { summaryOf } from './page.ts'
import type { BookingWithActivity } from './queries.ts'
import { questions } from './questions.ts'
import { ownDetailsFields, removable } from './schema.ts'
import {
  firstDateOf, lineInWords, modeFor, onAnotherDate, passedOver, effectiveStatusAt,
  whatComesNext, whatStays, whoGoesFirst
} from './effective-status.ts'
import type { FirstDate, PriorityGroup } from './effective-status.ts'

/** How someone gets into what they booked: a link, or a sentence that says when. */
export interface WayIn { href?: string | undefined, sentence?: string }

/** How the holder of a booking gets in at a given instant; undefined if there is nothing to get into. */
export type WayInto = (booking: BookingWithActivity, now: DateTime<true>) => WayIn | undefined

/** What the page of one's own booking shows. */
export interface OwnBooking {
  booking: BookingWithActivity
  /** Its position on the waiting list, how many places are free, and who goes first; undefined unless it waits. */
  line: { position: number, free: number, groups: PriorityGroup[] } | undefined
  /** The booking that its holder asked for, if this one was made from it for another date. */
  first: BookingWithActivity | undefined
  wayIn?: WayIn | undefined
  /** Whether anything is asked about the activity now. */
  isAsked?: boolean
  token: string
}

/**
 * The page of one's own booking: a first name and what it is for, so that a stranger who finds the link learns little;
 * once it is over, neither of the two.
 */
export function ownBookingPageOf (
  { booking, line, first, wayIn, isAsked = false, token }: OwnBooking, now: DateTime<true>
) {
  const { activity, places } = booking
  const state = bookability(activity, now)
  const erasedOn = dateInWords(booking.eraseOn)
  const href = `/bookings/${token}`
  if (state === 'over') {
    // A workshop that runs over must not lose people who drop out.
    const hadPlace = booking.status === 'confirmed'
    return {
      heading: 'This has taken place',
      isOver: true,
      wayIn: wayIn?.href === undefined ? undefined : wayIn,
      checksIn: asksForCheckIn(booking, now),
      isHere: isNotedAsHere(booking, now),
      mayAnswer: isAsked && mayAnswer(booking, now),
      mayHaveCertificate: hadPlace && booking.role === 'professional',
      erasedOn,
      href
    } as const
  }
  const { status } = effectiveStatusAt(booking, now)
  const isLive = liveStatuses.includes(status) && state !== 'cancelled'
  const told: Told = state === 'cancelled'
    ? { ...nothingToSay, heading: 'This activity has been cancelled' }
    : toldOf(booking, line, first && firstDateOf(first, now), now)
  return {
    ...told,
    isOver: false as const,
    erasedOn,
    name: booking.name,
    activity: summaryOf(activity),
    cancellationReason: state === 'cancelled' ? activity.cancellationReason : undefined,
    reference: booking.reference,
    places,
    maxPlaces: maxPlaces(activity, booking),
    mayHaveMore: status === 'confirmed' && places < activity.placesPerBooking,
    // People who wait may only ask for fewer, and fewer than one is none.
    mayChangePlaces: isLive && maxPlaces(activity, booking) > 1 && (status === 'confirmed' || places > 1),
    leaves: status === 'waiting' ? 'waiting list' : 'booking',
    mayBookAgain: status === 'lapsed' || (status === 'cancelled' && booking.cancelledBy === undefined),
    status,
    isConfirmed: isLive && status === 'confirmed',
    isLive,
    hasLapsed: status === 'lapsed' && state !== 'cancelled',
    wayIn: isLive && status === 'confirmed' ? wayIn : undefined,
    checksIn: asksForCheckIn(booking, now),
    isHere: isNotedAsHere(booking, now),
    remindersOff: booking.remindersOff,
    mayBeReminded: isLive && status === 'confirmed' && activity.reminders.length > 0 && now < activity.startsAt,
    mayAnswer: isAsked && mayAnswer(booking, now) && now < activity.startsAt,
    followUp: activity.followUp,
    href
  }
}

/** The form for one's own details: it says which details we have, never what they are. */
export function ownDetailsPageOf (
  { booking, token }: Pick<OwnBooking, 'booking' | 'token'>, body?: unknown, errors?: FormErrors
) {
  const ticked: unknown[] = [(Object(body) as { remove?: unknown }).remove].flat()
  const { activity, phone, accessNeeds, question } = booking
  return {
    activity: summaryOf(activity),
    questions,
    has: { phone: phone !== undefined, access_needs: accessNeeds !== undefined, question: question !== undefined },
    removes: Object.fromEntries(removable.map(field => [field, ticked.includes(field)])),
    values: typedOf(body, ownDetailsFields),
    errors,
    href: `/bookings/${token}`
  }
}

/** The sentences on the page of one's own booking. */
interface Told {
  heading: string
  /** The most important sentence. */
  lead?: string | undefined
  /** Shown before what the booking is for. */
  before: string[]
  /** Who goes first, and why. */
  goFirst: string[]
  /** Label of the button that accepts, if there is something to accept. */
  accept?: string
  /** Whether the offer is for this one person, who can refuse it. */
  mayRefuse?: boolean
  /** Shown after the buttons: what happens without them. */
  after: string[]
}

const nothingToSay = { before: [], goFirst: [], after: [] }

function toldOf (
  booking: BookingWithActivity, line: OwnBooking['line'], firstDate: FirstDate | undefined, now: DateTime<true>
): Told {
  const { places, isCalled } = booking
  const { status, lapseReason } = effectiveStatusAt(booking, now)
  switch (status) {
    case 'confirmed': return { ...nothingToSay, heading: places === 1 ? 'You have a place' : `You have ${places} places` }
    case 'waiting': return isCalled && line !== undefined && places <= line.free
      ? called(booking, firstDate)
      : waiting(booking, line, firstDate)
    case 'offered': return offered(booking, firstDate)
    case 'lapsed': return lapsed(booking, lapseReason ?? 'unanswered', firstDate)
    case 'cancelled': return { ...nothingToSay, heading: cancelledInWords(booking) }
  }
}

/** Someone who never had a place would not call it a booking. */
function cancelledInWords ({ confirmedAt, cancelledBy }: Booking): string {
  if (confirmedAt !== undefined) return 'Your booking is cancelled'
  return cancelledBy === undefined ? 'You have left the waiting list' : 'You are off the waiting list'
}

function waiting (booking: BookingWithActivity, line: OwnBooking['line'], firstDate: FirstDate | undefined): Told {
  const { places, activity } = booking
  const mode = modeFor(booking)
  return {
    heading: 'You are on the waiting list',
    lead: line && lineInWords(line.position),
    before: [
      ...firstDate === undefined
        ? []
        : [`You asked for this on ${firstDate.day}. This is another date. Nothing is booked here until you accept it.`],
      passedOver(mode, line?.free ?? 0, places) ?? [],
      ...whatComesNext(mode, places, activity.offerHours)
    ].flat(),
    goFirst: whoGoesFirst(line?.groups ?? [], booking),
    after: []
  }
}

function offered ({ places, offeredUntil, activity }: BookingWithActivity, firstDate: FirstDate | undefined): Told {
  const [it, goes] = places === 1 ? ['it', 'it goes'] : ['them', 'they go']
  return {
    heading: freeForYou(places),
    lead: offeredUntil && `We are keeping ${it} for you until ${deadlineInWords(offeredUntil, activity.zone)}.`,
    before: firstDate === undefined ? [] : onAnotherDate(firstDate),
    goFirst: [],
    accept: acceptIn(places),
    mayRefuse: true,
    after: [
      firstDate === undefined
        ? `If you do not answer by then, ${goes} to the next in line and you are off the waiting list. You can join it again.`
        : `If you do not answer by then, ${goes} to the next in line.`
    ]
  }
}

function called ({ places }: BookingWithActivity, firstDate: FirstDate | undefined): Told {
  const [are, it] = places === 1 ? ['A place is free', 'it'] : [`${places} places are free`, 'them']
  return {
    heading: are,
    lead: `The first person to accept gets ${it}. We have told everyone who is waiting.`,
    before: firstDate === undefined ? [] : onAnotherDate(firstDate),
    goFirst: [],
    accept: acceptIn(places),
    after: ['If someone is quicker, you keep your turn on the waiting list.']
  }
}

function lapsed ({ places, offers }: BookingWithActivity, reason: LapseReason, firstDate: FirstDate | undefined): Told {
  const [it, goes] = places === 1 ? ['a place', 'it goes'] : ['places', 'they go']
  const off = firstDate === undefined ? 'You are off the waiting list.' : 'You are off the waiting list for this date.'
  const stays = firstDate === undefined ? '' : whatStays(firstDate)
  const told = {
    unanswered: {
      heading: 'Your offer has ended',
      before: [`We kept ${it} for you and had no answer in time, so ${goes} to the next in line. ${off}`]
    },
    refused: {
      heading: 'You said that you cannot come',
      before: [`Thank you for telling us: ${goes} to the next in line. ${off}`]
    },
    closed: {
      heading: 'The waiting list has closed',
      before: [offers === 0
        ? 'No place became free for you before booking closed. We are sorry.'
        : 'Booking closed before you had a place. We are sorry.']
    }
  }[reason]
  return { ...nothingToSay, heading: told.heading, before: [...told.before, ...stays === '' ? [] : [stays]] }
}

function freeForYou (places: number): string {
  return places === 1 ? 'A place is free for you' : `${places} places are free for you`
}

function acceptIn (places: number): string {
  return places === 1 ? 'Accept the place' : `Accept the ${places} places`
}
