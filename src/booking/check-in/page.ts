import type { DateTime } from 'luxon'
import { momentInWords, timeInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { checkInClosesAt, checkInOpensAt, checkInStateOf } from '../bookings/check-in-times.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'

/**
 * The page on which someone says that they were here. It names neither them nor what it was: it is open on the phone of
 * a person in a room with others. What is noted of them it says only on that day.
 */
export function checkInPageOf (
  booking: BookingWithActivity, href: string, now: DateTime<true>,
  given?: { typed: string | undefined, errors: FormErrors }
) {
  const { activity, attended } = booking
  const state = checkInStateOf(booking, now)
  return {
    ...toldOf(booking, now),
    isOpen: state === 'open' && attended === undefined,
    mayWrite: state === 'open' && attended === false,
    until: momentInWords(checkInClosesAt(activity), activity.zone),
    href: `${href}/check-in`,
    backHref: href,
    value: given?.typed,
    errors: given?.errors
  }
}

function toldOf (
  booking: BookingWithActivity, now: DateTime<true>
): { heading: string, sentences: string[] } {
  const { activity, attended } = booking
  const state = checkInStateOf(booking, now)
  if (state === 'no-place') return { heading: 'You do not have a place', sentences: ['There is nothing to do here.'] }
  if (state === 'open' && attended === true) return { heading: 'Thank you for coming', sentences: ['We have noted that you were here.'] }
  if (state === 'open' && attended === false) {
    return { heading: 'It is noted that you did not come', sentences: ['If you were here, write to us and we put it right.'] }
  }
  switch (state) {
    case 'open': return { heading: 'Were you here?', sentences: ['The last slide shows a code. Type it here, and we note that you came.'] }
    case 'not-yet': return {
      heading: `You can do this from ${timeInWords(checkInOpensAt(activity), activity.zone)}`,
      sentences: ['It opens when it is about to end. Come back to this page then.']
    }
    case 'over': return { heading: 'It is too late to do this here', sentences: ['If you came, there is nothing that you need to do.'] }
  }
}
