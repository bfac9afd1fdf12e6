import type { DateTime } from 'luxon'
import { bookability } from '../activities/booking-window.ts'
import { offerOf, whereInWords } from '../activities/page.ts'
import type { OfferedActivity } from '../activities/queries.ts'
import { whenInWords } from '../activities/when.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import type { FormErrors } from '../http/form-errors.ts'
import { liveStatuses } from './booking.ts'
import type { Role } from './booking.ts'
import type { BookingWithActivity } from './queries.ts'
import { questions } from './questions.ts'
import type { Field } from './questions.ts'
import { lineInWords, passedOver, whatComesNext } from './standing.ts'

const roleInWords: Record<Role, string> = {
  parent: 'A parent',
  carer: 'A carer or another relative',
  professional: 'Someone who works with children',
  other: 'Someone else'
}

/** What was typed, by field; only text comes back into a form. */
export type Values = Partial<Record<Field | 'submission', string>>

/** Takes from what came in what the form can show again. */
export function valuesOf (body: unknown): Values {
  const names = [...Object.keys(questions), 'submission']
  const given = Object.entries(body ?? {}).filter(([name, value]) => names.includes(name) && typeof value === 'string')
  return Object.fromEntries(given)
}

/** The fields that an activity's form shows. */
export function fieldsOf ({ campaign, placesPerBooking, hasHolds }: OfferedActivity): Field[] {
  const left = new Set<Field>()
  if (campaign.districts.length === 0) left.add('district')
  if (placesPerBooking === 1) left.add('places')
  if (!hasHolds) left.add('code')
  return (Object.keys(questions) as Field[]).filter(field => !left.has(field))
}

/** The booking form, empty or with what was typed and what is wrong with it. */
export function formPageOf (
  activity: OfferedActivity, now: DateTime<true>, submission: string, values: Values = {}, errors?: FormErrors
) {
  const { campaign, placesPerBooking } = activity
  const offer = offerOf(activity, now)
  const choice = (name: Field) => (value: string, text: string) => ({ value, text, checked: values[name] === value })
  return {
    heading: offer.button ?? 'Book a place',
    offer,
    activity: summaryOf(activity),
    questions,
    roles: Object.entries(roleInWords).map(([value, text]) => choice('role')(value, text)),
    districts: campaign.districts.map(district => choice('district')(district, district)),
    placesPerBooking,
    partnership: campaign.partnership,
    daysUntilErasure: campaign.daysUntilErasure,
    submission,
    values: { places: '1', ...values },
    errors
  }
}

/** What a page says of the activity that a booking is for. */
export function summaryOf (activity: OfferedActivity | BookingWithActivity['activity']) {
  return {
    title: activity.title,
    href: `/activities/${activity.slug}`,
    when: whenInWords(activity),
    where: whereInWords(activity)
  }
}

/** One's own booking. */
export interface OwnBooking {
  booking: BookingWithActivity
  /** Where it stands on the waiting list, and how many places nobody has; undefined where it does not wait. */
  standing: { position: number, free: number } | undefined
  token: string
}

/**
 * One's own booking: a first name and what it is for, so that whoever finds the link learns little; once
 * it is over, nothing of either.
 */
export function ownBookingPageOf ({ booking, standing, token }: OwnBooking, now: DateTime<true>) {
  const { activity } = booking
  const state = bookability(activity, now)
  if (state === 'over') return { heading: 'This has taken place', isOver: true }
  const isLive = liveStatuses.includes(booking.status) && state !== 'cancelled'
  return {
    heading: state === 'cancelled' ? 'This activity has been cancelled' : headingOf(booking),
    firstName: booking.name.split(/\s+/)[0],
    activity: summaryOf(activity),
    cancellationReason: state === 'cancelled' ? activity.cancellationReason : undefined,
    reference: booking.reference,
    places: booking.places,
    placesPerBooking: activity.placesPerBooking,
    mayHaveMore: booking.status === 'confirmed',
    waiting: standing && {
      line: lineInWords(standing.position),
      passedOver: passedOver(activity.waitingList, standing.free, booking.places),
      next: whatComesNext(activity.waitingList, booking.places)
    },
    status: booking.status,
    isConfirmed: isLive && booking.status === 'confirmed',
    isLive,
    isOnline: activity.isOnline,
    href: `/bookings/${token}`
  }
}

function headingOf ({ status, places }: BookingWithActivity): string {
  switch (status) {
    case 'confirmed': return places === 1 ? 'You have a place' : `You have ${places} places`
    case 'waiting': return 'You are on the waiting list'
    case 'offered': return 'A place is being held for you'
    case 'lapsed': return 'The place that was held for you has gone to someone else'
    case 'cancelled': return 'Your booking is cancelled'
  }
}

/** The privacy notice: what is asked and why is said by the form's own questions. */
export function privacyPageOf (campaigns: readonly Campaign[]) {
  return {
    questions: Object.values(questions),
    campaigns: campaigns.map(({ title, partnership, daysUntilErasure, privacyNotice }) => ({
      title, partnership, daysUntilErasure, privacyNotice
    }))
  }
}
