import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { placeShownTo } from '../../programme/activities/place.ts'
import { ordinary } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { erasureDayOf } from '../../programme/campaigns/erasure.ts'
import { headers } from '../../platform/http/security.ts'

/** The id of no booking: links in a sample email lead to nothing. */
const nobody = '00000000-0000-4000-8000-000000000000'

export const sampleAddress = 'alex@example.org'

/**
 * A made-up booking in a real activity, for reading an email before people get it: confirmed, unless `given` says
 * otherwise.
 */
export function sampleBooking (
  activity: Activity, given: Partial<Booking>, now: DateTime<true>
): BookingWithActivity {
  const { status = 'confirmed' } = given
  const hasWaited = status === 'waiting' || status === 'offered' || status === 'lapsed'
  return {
    id: nobody,
    activityId: activity.id,
    reference: '7F3KQ-92QDM',
    name: 'Alex Example',
    email: sampleAddress,
    role: 'parent',
    places: 1,
    status,
    district: undefined,
    phone: undefined,
    accessNeeds: undefined,
    accessAnswer: undefined,
    question: undefined,
    questionOutcome: undefined,
    heardFrom: undefined,
    createdAt: now,
    changedAt: now,
    waitedAt: hasWaited ? now : undefined,
    offeredUntil: status === 'offered' ? now.plus({ hours: activity.offerHours }) : undefined,
    offers: status === 'offered' ? 1 : 0,
    isCalled: false,
    lapseReason: undefined,
    copiedFromBookingId: undefined,
    holdId: undefined,
    priority: ordinary,
    confirmedAt: status === 'confirmed' || status === 'cancelled' ? now : undefined,
    icalUid: nobody,
    icalSequence: 0,
    icalOrganizer: undefined,
    linkVersion: 0,
    attended: undefined,
    camePlaces: undefined,
    minutesAtLeast: undefined,
    attendanceSource: undefined,
    joinedAt: undefined,
    cancelledBy: undefined,
    remindersOff: false,
    unreachableAt: undefined,
    eraseOn: erasureDayOf(activity),
    activity: placeShownTo({ booking: { status } }, activity),
    ...given
  }
}

/**
 * Answers with an email's HTML as mail programs get it, for a page of ours to show in a frame. Nothing in it runs,
 * loads or sends; its links open in a new tab, because the frame shows nothing else.
 */
export function showEmail (reply: FastifyReply, html: string): FastifyReply {
  return reply
    .headers({
      'content-security-policy': previewCsp(html),
      'x-frame-options': 'SAMEORIGIN',
      // By the HTML standard a sandboxed page that also isolates itself from its openers does not open in a tab.
      'cross-origin-opener-policy': 'unsafe-none'
    })
    .type('text/html; charset=utf-8')
    .send(html.replace('<head>', '<head>\n  <base target="_blank">'))
}

/**
 * The policy of an email that is shown. Only the styles that came with the email apply, by their hashes: text in it
 * that someone wrote is escaped, and should it ever not be, it still has no effect.
 */
function previewCsp (html: string): string {
  const styles = [...html.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style = '']) =>
    `'sha256-${createHash('sha256').update(style).digest('base64')}'`)
  return [
    "default-src 'none'", `style-src ${styles.join(' ') || "'none'"}`, "form-action 'none'", "base-uri 'none'",
    "object-src 'none'", "frame-ancestors 'self'", 'sandbox allow-popups allow-popups-to-escape-sandbox'
  ].join('; ')
}

/** Lets the page that is about to be answered frame pages of ours, which no other page may. */
export function allowOwnFrames (reply: FastifyReply): FastifyReply {
  return reply.header('content-security-policy', `${headers['content-security-policy']}; frame-src 'self'`)
}
