import { findFirstBooking, listPriorityGroups, positionOf } from '../../booking/bookings/queries.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { listRepeatedRequests } from '../../booking/bookings/repeated-requests.ts'
import type { RepeatedRequest } from '../../booking/bookings/repeated-requests.ts'
import { calendarEntryOf } from '../invitations/calendar-entry.ts'
import type { CalendarEntry } from '../invitations/calendar-entry.ts'
import { organizerOf } from '../invitations/organizer.ts'
import { asksAt } from '../../programme/evaluations/questionnaire.ts'
import { occasionOf } from './asking.ts'
import type { ClaimedEmail } from './claiming.ts'
import { methodOf } from './kinds.ts'
import type { EmailKind } from './kinds.ts'
import type { EmailKey } from './email-key.ts'
import type { EmailContext } from './email-context.ts'
import type { Writing } from './message.ts'
import { readBefore } from './queries.ts'
import type { Before, BulletinText } from './queries.ts'
import type { Round } from './round.ts'
import { storeOrganizer } from './sender.ts'
import { isKnown, tellingKinds, sentContentOf } from './told.ts'
import type { SentContent } from './told.ts'

/** An email in hand, and what it is about. */
export interface EmailInWork {
  key: EmailKey
  email: ClaimedEmail
  booking: BookingWithActivity
  bulletin: BulletinText | undefined
}

/** All that an email says, and what is to be kept of it. */
export interface Composed {
  writing: Writing
  told: SentContent | undefined
  /** Who asked with its reader's address and is named to them. */
  repeated: RepeatedRequest[]
}

/**
 * Reads what an email in hand is to say now. Returns a sentence instead, the reason, where the email would say nothing
 * new and is not to be sent.
 */
export async function compose (
  context: EmailContext, round: Round, { key, email, booking, bulletin }: EmailInWork
): Promise<Composed | string> {
  const { db } = context
  const { kind } = key
  // A copy says once more what was said.
  const isCopy = key.copy > 0
  const entry = await entryFor(context, round, kind, booking)
  const told = tellingKinds.includes(kind) ? sentContentOf(entry) : undefined
  const { earlier, isUnsure } = kind === 'booking-changed' ? await readBefore(db, email.id) : nothingBefore
  if (told !== undefined && !isCopy && !isUnsure && isKnown(earlier, told)) {
    return 'Not sent: it was changed back before anyone was told.'
  }
  const line = kind === 'waiting-list-joined'
    ? { position: await positionOf(db, booking), groups: await listPriorityGroups(db, booking.activityId) }
    : undefined
  const first = await findFirstBooking(db, booking)
  const repeated = kind === 'already-booked' ? await listRepeatedRequests(db, booking.id) : []
  if (repeated === undefined && !isCopy) return 'Not sent: an earlier one has said so already.'
  return {
    writing: {
      ...context,
      kind,
      email,
      entry,
      replyTo: await round.replyTo(booking.activity.campaign.partnership),
      line,
      first,
      bulletin,
      earlier,
      repeated: repeated ?? [],
      answerUrl: await answerUrlOf(context, round, kind, booking)
    },
    told,
    repeated: repeated ?? []
  }
}

/** For emails that do not say what has changed. */
const nothingBefore: Before = { earlier: 'nothing', isUnsure: true }

/** The link to what is asked about a booking's activity, where an email of this kind has one and anything is asked. */
async function answerUrlOf (
  { evaluationLinks, publicUrl }: EmailContext, round: Round, kind: EmailKind, booking: BookingWithActivity
): Promise<string | undefined> {
  const occasion = occasionOf(kind)
  if (occasion === undefined || !asksAt(await round.questionnaire(booking.activity), occasion)) return undefined
  return `${publicUrl}/evaluations/${evaluationLinks.tokenOf(evaluationLinks.linkOf(booking, occasion))}`
}

async function entryFor (
  context: EmailContext, round: Round, kind: EmailKind, booking: BookingWithActivity
): Promise<CalendarEntry> {
  const entry = calendarEntryOf(booking, await round.contacts(), context)
  if (booking.icalOrganizer !== undefined || methodOf(kind, booking) !== 'REQUEST') return entry
  const icalOrganizer = await round.storeOrganizer(booking.id) ??
    await storeOrganizer(context.db, booking.id, entry.organizer)
  const organizer = organizerOf({ icalOrganizer }, context.mailFrom)
  return { ...entry, organizer, booking: { ...booking, icalOrganizer } }
}
