import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { Booking } from '../bookings/booking.ts'
import type { ListLeft } from './list-left.ts'
import { statusTagOf } from '../bookings/status-tag.ts'

/** The people for whom something is done, as every page on the way to it says and carries them on. */
export function chosenOf (chosen: ReadonlyArray<Pick<Booking, 'id' | 'name' | 'reference' | 'status' | 'lapseReason'>>) {
  return chosen.map(({ id, name, reference, status, lapseReason }) =>
    ({ id, name, reference, status: statusTagOf({ status, lapseReason }) }))
}

/** The page for a choice that cannot be used. */
export function chooseAgainPageOf (activity: KnownActivity, list: ListLeft, errors: FormErrors) {
  return { ...runningOf(activity), backHref: list.href, errors }
}
