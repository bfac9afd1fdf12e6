import type { DateTime } from 'luxon'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { isToCome } from '../../programme/activities/booking-window.ts'
import { live, unheard } from '../../programme/booking-rules.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { activityInWords } from './queries.ts'
import type { Everything } from './queries.ts'

/**
 * Number of hours after which everything about a person is deleted, even if they could not be told: longer than an
 * email is tried (mail/emails/commands.ts).
 */
export const hoursToTell = 48

/** Whether someone has, or waits for, a coming activity, and knows of it: then it is cancelled before it is deleted. */
export function isToCancel (
  booking: Pick<BookingWithActivity, 'status' | 'copiedFromBookingId' | 'offers' | 'confirmedAt' | 'activity'>, now: DateTime<true>
): boolean {
  const { activity } = booking
  return live.holds(booking) && !unheard.holds(booking) && isToCome(activity, now)
}

/** When everything about a person is deleted at the latest. */
export function doneBy (now: DateTime<true>): DateTime<true> {
  return now.plus({ hours: hoursToTell })
}

/** What erasing everything about a person does, in sentences. */
export function erasingEffects (
  { bookings, requests, resourceRequests, entries, later, worksHere }: Everything, now: DateTime<true>
): Effects {
  const toCancel = bookings.filter(booking => isToCancel(booking, now))
  const emails = bookings.reduce((sum, booking) => sum + booking.emails.length, 0)
  const open = requests.filter(({ closed }) => closed === undefined)
  const others = open.filter(({ kind }) => kind !== 'deletion').length
  const unreached = bookings.length > 0 && bookings.every(({ unreachableAt }) => unreachableAt !== undefined)
  return {
    sentences: [
      ...toCancel.map(cancellationInWords),
      ...unreached
        ? ['Our emails do not reach them, so they may not learn of it. Call them first if you can.']
        : ['They get one last email, that everything we hold about them is being deleted.'],
      `This is deleted for good, and nobody can bring it back: ${amountsInWords([
        [bookings.length, 'booking', 'bookings'], [emails, 'email about them', 'emails about them'],
        [requests.length, 'request or complaint', 'requests and complaints'],
        [resourceRequests.length, 'request for resources', 'requests for resources'],
        [entries.length, 'name on what they entered', 'names on what they entered'],
        [later.length, 'address for a last question', 'addresses for a last question']
      ])}.`,
      `It is deleted once they were told, and within ${hoursToTell} hours whether or not they could be.`,
      ...open.length > others ? ['This answers their request to delete what we hold.'] : [],
      ...others === 0 ? [] : [`${others === 1 ? '1 open request or complaint of theirs is' : `${others} open requests or complaints of theirs are`} deleted without an answer.`],
      ...worksHere ? ['Someone with this address works here. Their account stays as it is.'] : []
    ],
    changes: [],
    basis: [...bookings, ...requests, ...resourceRequests, ...entries].map(({ id }) => id).sort().join(' ')
  }
}

function cancellationInWords (booking: BookingWithActivity): string {
  const { status, places } = booking
  const what = activityInWords(booking)
  if (status === 'waiting') return `They leave the waiting list for ${what}, and get an email that says so.`
  const [place, goes] = places === 1 ? ['place', 'goes'] : [`${places} places`, 'go']
  return status === 'confirmed'
    ? `Their booking is cancelled: ${what}. Their ${place} ${goes} to the next in line. They get an email, and it comes out of their calendar.`
    : `The ${place} kept for them ${goes} to the next in line: ${what}. They get an email that says so.`
}

/** Counts above zero, as a list in words. */
function amountsInWords (amounts: Array<[count: number, one: string, many: string]>): string {
  const words = amounts.filter(([count]) => count > 0).map(([count, one, many]) => `${count} ${count === 1 ? one : many}`)
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
