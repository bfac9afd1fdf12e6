import { nobodyToCall, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { isReachable } from './booking.ts'
import type { Booking } from './booking.ts'
import { calleeOf } from './callee.ts'
import type { RecipientCounts } from './recipients.ts'

/** What cancelling an activity does: none where nobody has booked it. */
export function activityCancellationEffects (recipients: RecipientCounts): Effects {
  const { confirmed } = recipients
  const [whoComes, theirs] = confirmed === 1 ? ['1 person who has a place gets', 'their calendar'] : [`${confirmed} people who have a place get`, 'their calendars']
  return {
    changes: [],
    sentences: [
      ...confirmed === 0 ? [] : [`${whoComes} an email, and it comes out of ${theirs}.`],
      ...othersToldInWords(recipients)
    ],
    toCall: recipients.toCall
  }
}

/** Sentences that say who else is told of something that is emailed to everyone with a place. */
export function othersToldInWords ({ waiting, toCall }: Pick<RecipientCounts, 'waiting' | 'toCall'>): string[] {
  return [
    ...waiting === 0 ? [] : [`${waiting === 1 ? '1 person who is waiting is' : `${waiting} people who are waiting are`} told by email.`],
    ...toCallInWords(toCall)
  ]
}

/** What cancelling a booking does to its holder; `slug` is of its activity. */
export function bookingCancellationEffects (booking: Booking, { slug }: { slug: string }): Effects {
  const { status, places } = booking
  const hasPlace = status === 'confirmed'
  const theirs = places === 1 ? 'their place, which goes' : `their ${places} places, which go`
  return {
    changes: [],
    sentences: [
      hasPlace ? `They lose ${theirs} to the next in line.` : 'They lose their turn on the waiting list.',
      ...!isReachable(booking)
        ? ['Emails do not reach them: call them.']
        : hasPlace
          ? ['They get an email that says the organisers cancelled it, and it comes out of their calendar.']
          : ['They get an email that says so.']
    ],
    toCall: isReachable(booking) ? nobodyToCall : { count: 1, people: [calleeOf(slug, booking)] }
  }
}
