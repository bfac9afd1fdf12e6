import { dayInWords, whenInWords } from '../activities/when.ts'
import { lineInWords, whatComesNext } from '../bookings/standing.ts'
import type { Entry } from '../invitations/entry.ts'
import { oneLine } from '../one-line.ts'
import { emergency, helplines, outwardTitle, place } from '../invitations/wording.ts'
import { greetingName } from './greeting.ts'
import type { LetterKind } from './kinds.ts'
import { methodOf } from './kinds.ts'

/** What the template of a letter prints. Every text is one line; what is not there is false. */
export function pageOf (
  kind: LetterKind, { booking, joinUrl, ownUrl, contacts }: Entry, position: number | undefined, publicUrl: string
) {
  const { activity } = booking
  return {
    name: greetingName(booking.name),
    what: outwardTitle(activity),
    when: whenInWords(activity),
    day: dayInWords(activity.startsAt, activity.zone),
    where: place(activity),
    isOnline: activity.isOnline,
    places: booking.places,
    reference: booking.reference,
    hasPlace: booking.status === 'confirmed',
    isWaiting: booking.status === 'waiting' || booking.status === 'offered',
    line: position === undefined ? '' : lineInWords(position),
    whatComesNext: whatComesNext(activity.waitingList, booking.places),
    hadPlace: booking.confirmedAt !== undefined,
    hasInvitation: methodOf(kind, booking) === 'REQUEST',
    mayChangePlaces: activity.placesPerBooking > 1,
    joinUrl: joinUrl ?? false,
    ownUrl,
    calendarUrl: `${ownUrl}/invitation.ics`,
    programmeUrl: `${publicUrl}/`,
    helpUrl: `${publicUrl}/help`,
    partnership: oneLine(activity.campaign.partnership),
    daysUntilErasure: activity.campaign.daysUntilErasure,
    emergency,
    helplines: helplines(contacts)
  }
}
