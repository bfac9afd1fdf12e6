import type { Activity } from '../../programme/activities/activity.ts'
import { outwardTitle } from '../../programme/activities/outward-title.ts'
import { whereInWords } from '../../programme/activities/page.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { opensInWords } from '../../booking/joining/page.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import type { CalendarEntry } from './calendar-entry.ts'
import { oneLine } from '../../platform/one-line.ts'

/** LOCATION: words for people; the join link is in the description (RFC 5545 §3.8.1.7 has no links). */
export function place (activity: Activity): string {
  return oneLine(whereInWords(activity))
}

export interface Helpline {
  name: string
  purpose: string
  number: string
  /** Opening hours; undefined: not known. */
  hours: string | undefined
}

/** Contacts that have a phone number, except the two numbers that every email and calendar names first. */
export function helplines (contacts: readonly SupportContact[]): Helpline[] {
  return contacts.flatMap(({ name, purpose, number, hours }) =>
    number === undefined || number === '999' || number === '101'
      ? []
      : [{ name: oneLine(name), purpose: oneLine(purpose), number: oneLine(number), hours: hours && oneLine(hours) }])
}

const emergency =
  'If a child is in immediate danger, call 999. To report a concern that is not an emergency, call 101.'

/** The same with its numbers marked, so that they can be called from an email: see mail/emails/body.ts. */
export const emergencyMarked = emergency.replaceAll(/\b(?:999|101)\b/g, '{$&}')

/** DESCRIPTION of a place: everything needed just before the start, with each link on a line of its own. */
export function description (entry: CalendarEntry): string {
  const { booking, joinUrl, ownUrl } = entry
  return paragraphs(
    details(entry),
    joinUrl === undefined ? [] : [howToJoin(entry), joinUrl],
    [booking.activity.placesPerBooking > 1 ? 'Change the number of places, or cancel:' : 'Cancel your place:', ownUrl],
    ['Pressing No in your calendar does not cancel your place: please use the link above.'],
    whoToCall(entry)
  )
}

function howToJoin ({ isPersonal, booking: { activity } }: CalendarEntry): string {
  if (!isPersonal) return 'Join the workshop on Microsoft Teams:'
  return `This link is only for you. It opens ${opensInWords(activity, activity.startsAt)}. Please do not pass it on:`
}

/** DESCRIPTION of a place that was given back: its links lead nowhere any more. */
export function cancelledDescription (entry: CalendarEntry): string {
  return paragraphs(['This booking is cancelled.'], details(entry), whoToCall(entry))
}

function details ({ booking: { activity, places, reference } }: CalendarEntry): string[] {
  return [
    outwardTitle(activity),
    `When: ${whenInWords(activity)}`,
    `Where: ${place(activity)}`,
    ...places > 1 ? [`Places: ${places}`] : [],
    `Booking reference: ${reference}`
  ]
}

/** Contacts to call, one a line. */
export function whoToCall ({ contacts }: Pick<CalendarEntry, 'contacts'>): string[] {
  return [emergency, ...helplines(contacts).map(({ name, number }) => `${name}: ${number}`)]
}

/** Joins groups of lines, with an empty line between groups. */
export function paragraphs (...groups: string[][]): string {
  return groups.filter(lines => lines.length > 0).map(lines => lines.join('\n')).join('\n\n')
}
