import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { effectsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { Booking } from './booking.ts'

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

/** What cancelling a booking would do, before it is done. */
export function bookingCancellationPageOf (
  activity: KnownActivity, booking: Booking, required: ConfirmationRequired, errors?: FormErrors
) {
  const { id, name, reference } = booking
  return {
    ...runningOf(activity),
    booking: { name, reference },
    ...effectsOf(required),
    href: `/staff/activities/${activity.slug}/bookings/${id}/cancellation`,
    errors
  }
}
