import type { DateTime } from 'luxon'
import { isReachable, liveStatuses } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { calleeOf } from '../../booking/bookings/callee.ts'
import { nobodyToCall } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'

/** What someone needs to take part, and the answer they got. */
export type Access = Pick<Booking, 'accessNeeds' | 'accessAnswer'>

/** Whether there is someone to tell what is arranged for them. */
export function isAnswerable (
  { accessNeeds, status }: Access & Pick<Booking, 'status'>,
  { status: activityStatus, endsAt }: { status: string, endsAt: DateTime<true> }, now: DateTime<true>
): boolean {
  return accessNeeds !== undefined && liveStatuses.includes(status) && activityStatus !== 'cancelled' && now < endsAt
}

/** The effects on someone of noting what is arranged for them; `slug` is of their activity. */
export function answerEffects (booking: Booking, answer: string, { slug }: { slug: string }): Effects {
  const { name, accessNeeds, accessAnswer } = booking
  return {
    changes: [],
    sentences: isReachable(booking)
      ? [`${name} is told by email.`]
      : [
          `Emails do not reach ${name}: call them.`,
          'They stay on the list of people our emails do not reach until you say that you have told them.'
        ],
    toCall: isReachable(booking) ? nobodyToCall : { count: 1, people: [calleeOf(slug, booking)] },
    basis: JSON.stringify([accessNeeds, accessAnswer, answer])
  }
}
