import { outwardTitle } from '../../programme/activities/outward-title.ts'
import ical, {
  foldLines, ICalAttendeeRole, ICalAttendeeStatus, ICalAttendeeType, ICalCalendarMethod, ICalEventClass,
  ICalEventStatus, ICalEventTransparency
} from 'ical-generator'
import type { DateTime } from 'luxon'
import type { CalendarEntry } from './calendar-entry.ts'
import { deliveryAddress } from './mail-address.ts'
import { oneLine } from '../../platform/one-line.ts'
import { cancelledDescription, description, place } from './wording.ts'

/** What a calendar is asked to do (RFC 5546 §1.4). */
export type Method = 'REQUEST' | 'CANCEL' | 'PUBLISH'

/**
 * Writes one booking as iCalendar: REQUEST and CANCEL for emails, PUBLISH for the copy that people download from the
 * page of their booking.
 *
 * UID, ORGANIZER and ATTENDEE are the same in everything sent about one booking, and SEQUENCE is the booking's: by
 * these a calendar knows what replaces what (RFC 5546 §2.1.5). DTSTAMP is `now`. Times are instants in UTC, the one
 * form that every calendar reads alike. The recipient is the only attendee: people do not learn who else comes.
 */
export function invitation (method: Method, entry: CalendarEntry, now: DateTime<true>): string {
  const { booking, organizer } = entry
  const { activity } = booking
  const isCancelled = method === 'CANCEL'

  const calendar = ical({
    prodId: { company: 'placekeeper', product: 'placekeeper', language: 'EN' },
    method: ICalCalendarMethod[method]
  })
  calendar.createEvent({
    id: booking.icalUid,
    sequence: booking.icalSequence,
    stamp: now,
    start: activity.allDay ? activity.startsAt.setZone(activity.zone) : activity.startsAt,
    end: activity.allDay ? activity.endsAt.setZone(activity.zone) : activity.endsAt,
    allDay: activity.allDay,
    summary: outwardTitle(activity),
    description: isCancelled ? cancelledDescription(entry) : description(entry),
    location: place(activity),
    status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    class: ICalEventClass.PRIVATE,
    transparency: ICalEventTransparency.OPAQUE,
    organizer: { name: oneLine(organizer.name) || organizer.address, email: organizer.address },
    attendees: method === 'PUBLISH' || booking.email === undefined
      ? []
      : [{
          name: oneLine(booking.name),
          email: deliveryAddress(booking.email),
          type: ICalAttendeeType.INDIVIDUAL,
          role: ICalAttendeeRole.REQ,
          status: ICalAttendeeStatus.NEEDSACTION,
          rsvp: false
        }]
  })
  return corrected(calendar.toString(), [
    ...method === 'PUBLISH' ? [] : ['X-MICROSOFT-DISALLOW-COUNTER:TRUE'],
    ...isCancelled ? [] : links(entry)
  ])
}

/** URIs are not TEXT: nothing in them is escaped. */
function links ({ joinUrl, isPersonal, ownUrl }: CalendarEntry): string[] {
  if (joinUrl === undefined) return [`URL;VALUE=URI:${ownUrl}`]
  return [
    `URL;VALUE=URI:${joinUrl}`,
    // libical and ical.js turn a list of features into one quoted value when they rewrite it.
    `CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Join the workshop:${joinUrl}`, // RFC 7986 §5.11
    // Outlook uses these for a button that opens Teams directly, which only works with Teams' own link.
    ...isPersonal ? [] : [`X-MICROSOFT-SKYPETEAMSMEETINGURL:${joinUrl}`, `X-MICROSOFT-ONLINEMEETINGEXTERNALLINK:${joinUrl}`]
  ]
}

/**
 * Adds to the event what the generator cannot write, because it escapes URIs, and corrects two mistakes: it writes the
 * scheme of an address in capitals and leaves out the last line end (RFC 5545 §3.1).
 */
function corrected (calendar: string, more: readonly string[]): string {
  const lines = calendar.replaceAll('\r\n ', '').split('\r\n')
    .map(line => line.replace(/^(ATTENDEE;.*):MAILTO:(\S+)$/, '$1:mailto:$2'))
  lines.splice(lines.indexOf('END:VEVENT'), 0, ...more)
  return `${foldLines(lines.join('\r\n'))}\r\n`
}
