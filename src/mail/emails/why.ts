import type { Activity } from '../../programme/activities/activity.ts'
import { shortMoment } from '../../programme/activities/when.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { noAddress } from './errors.ts'
import { kindsInWords } from './in-words.ts'
import type { EmailKind } from './kinds.ts'
import type { PendingEmail } from './pending.ts'
import type { LoggedEmail } from './queries.ts'

type Zoned = Pick<Activity, 'zone'>

/** Why an email that a job is to send has not gone yet, and when it does. */
export function waitsInWords ({ waits, from }: Pick<PendingEmail, 'waits' | 'from'>, { zone }: Zoned): string {
  const at = shortMoment(from, zone)
  switch (waits) {
    case 'next': return 'It is in line and goes as soon as those before it have gone.'
    case 'a-moment': return 'It waits up to a minute, so that what happens in between is one email.'
    case 'held': return 'It would be the first email to its address, and too many of those were asked for in this hour. ' +
      `It goes by itself from ${at}.`
    case 'again': return `The mail server did not take it. We try again from ${at}, and for a day.`
  }
}

/** What became of an email and why, and what staff can do, in sentences. */
export function outcomeInWords (
  { status, answer }: Pick<LoggedEmail, 'status' | 'answer'>, pending: PendingEmail | undefined, activity: Zoned
): string {
  switch (status) {
    case 'queued': return pending === undefined
      ? 'It is in hand, or goes within two minutes.'
      : waitsInWords(pending, activity)
    case 'sent': return 'A mail server took it. If they cannot find it, ask them to look in their spam folder.'
    case 'failed': return answer === noAddress
      ? 'They gave no email address. Tell them by phone, or add an address under “Change details”.'
      : 'The mail server refused it, or did not take it for a day. Check the address with them, correct it under ' +
        '“Change details”, and send it again.'
    case 'bounced': return 'It was sent and came back. Check the address with them, correct it under “Change details”, ' +
      'and send it again.'
    case 'withdrawn': return 'It was not true any more, or not needed, by the time it could go. You do not need to do anything.'
  }
}

/** Why someone has had no email at all about a booking; undefined where there is one, or will be in a moment. */
export function whySilent (
  { status, email, createdAt, changedAt, copiedFromBookingId }:
  Pick<Booking, 'status' | 'email' | 'createdAt' | 'changedAt' | 'copiedFromBookingId'>
): string | undefined {
  if (copiedFromBookingId !== undefined && status === 'waiting') {
    return 'They were put on this list from another date. They are not emailed about it before a place is free for them.'
  }
  if (email === undefined && changedAt <= createdAt) {
    return 'They booked by phone and gave no email address: they heard then whether they have a place.'
  }
  return undefined
}

/** Why an email goes to people: when it is sent and to whom. */
export function whySent (kind: EmailKind): string {
  return kindsInWords[kind].isSent
}
