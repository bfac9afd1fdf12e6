import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { effectsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { Booking } from '../bookings/booking.ts'
import { chosenOf } from './chosen-staff-page.ts'
import { attendeesHref } from './list-left.ts'
import type { ListLeft } from './list-left.ts'
import { stillLive } from '../bookings/effects.ts'

/** What cancelling an activity would do, before it is done, with what was typed and what is wrong with that. */
export function cancellationPageOf (
  activity: KnownActivity, required: ConfirmationRequired,
  { typed, errors }: { typed: Readonly<Record<string, string>>, errors: FormErrors | undefined }
) {
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    takesBookings: activity.booking === 'places',
    values: typed,
    errors
  }
}

/** What cancelling one booking would do, before it is done. */
export function bookingCancellationPageOf (
  activity: KnownActivity, booking: Booking, required: ConfirmationRequired, errors?: FormErrors
) {
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    booking: { name: booking.name, reference: booking.reference },
    href: `/staff/activities/${activity.slug}/bookings/${booking.id}/cancellation`,
    leaveHref: `/staff/activities/${activity.slug}/bookings/${booking.id}`,
    errors
  }
}

/** What cancelling the bookings of the people who were chosen would do, before it is done. */
export function bookingsCancellationPageOf (
  activity: KnownActivity, chosen: readonly Booking[], list: ListLeft, required: ConfirmationRequired
) {
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    chosen: chosenOf(chosen),
    bookings: stillLive(chosen).length,
    list: list.query,
    href: `${attendeesHref(activity)}/cancellation`,
    leaveHref: list.href
  }
}
