import { known, live } from '../../programme/booking-rules.ts'
import { people, toCallInWords, whoOf } from '../../identity/staff/confirmation.ts'
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

/** Of bookings that were chosen, those that have not ended meanwhile. */
export function stillLive (chosen: readonly Booking[]): Booking[] {
  return chosen.filter(live.holds)
}

/**
 * What cancelling bookings does to their holders; `slug` is of their activity. Those that have ended stay so, and who
 * was carried onto this list and has never heard of it hears nothing now.
 */
export function bookingCancellationEffects (chosen: readonly Booking[], { slug }: { slug: string }): Effects {
  const isOne = chosen.length === 1
  const who = whoOf(isOne)
  const bookings = stillLive(chosen)
  const [confirmed, inLine] = parted(bookings, ({ status }) => status === 'confirmed')
  const [aware, unasked] = parted(bookings, known.holds)
  const [reached, unreached] = parted(aware, isReachable)
  const [told, toldInLine] = parted(reached, ({ status }) => status === 'confirmed')
  const ended = chosen.length - bookings.length
  return {
    changes: [],
    sentences: [
      ...confirmed.length === 0 ? [] : [`${who(confirmed.length, 'loses', 'lose')} ${theirPlaces(confirmed)} to the next in line.`],
      ...inLine.length === 0 ? [] : [`${who(inLine.length, 'loses', 'lose')} their turn on the waiting list.`],
      ...told.length === 0
        ? []
        : [`${who(told.length, 'gets', 'get')} an email that says the organisers cancelled ${isOne ? 'it' : 'their booking'}, and it comes out of their calendar.`],
      ...toldInLine.length === 0
        ? []
        : [isOne ? 'They get an email that says so.' : `${people(toldInLine.length, 'who loses their turn gets', 'who lose their turn get')} an email that says so.`],
      ...isOne && unreached.length > 0 ? ['Emails do not reach them: call them.'] : toCallInWords({ count: unreached.length }),
      ...unasked.length === 0
        ? []
        : [who(unasked.length,
            'waits from another date and has not been asked yet, so hears nothing.',
            'wait from another date and have not been asked yet, so hear nothing.')],
      ...endedInWords(ended)
    ],
    toCall: { count: unreached.length, people: unreached.map(booking => calleeOf(slug, booking)) },
    basis: JSON.stringify(bookings.map(({ id, status, places }) => [id, status, places]))
  }
}

/** A sentence about those who were chosen and whose bookings have ended meanwhile. */
export function endedInWords (ended: number): string[] {
  return ended === 0 ? [] : [`${people(ended, 'has', 'have')} cancelled or left the list already. Nothing changes for them.`]
}

/** What people lose who lose all their places. */
function theirPlaces (bookings: readonly Booking[]): string {
  const places = bookings.reduce((sum, booking) => sum + booking.places, 0)
  if (places === 1) return 'their place, which goes'
  return `their ${places === bookings.length ? '' : `${places} `}places, which go`
}

/** Those for which something holds, and the others. */
function parted (bookings: readonly Booking[], holds: (booking: Booking) => boolean): [Booking[], Booking[]] {
  return [bookings.filter(holds), bookings.filter(booking => !holds(booking))]
}
