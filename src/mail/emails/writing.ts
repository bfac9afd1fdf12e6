import { findFirstBooking, listPriorityGroups, listRepeatedRequests, positionOf } from '../../booking/bookings/queries.ts'
import type { BookingWithActivity, RepeatedRequest } from '../../booking/bookings/queries.ts'
import { entryOf } from '../invitations/entry.ts'
import type { Entry } from '../invitations/entry.ts'
import { organizerOf } from '../invitations/organizer.ts'
import type { ClaimedLetter } from './claiming.ts'
import { methodOf } from './kinds.ts'
import type { LetterKind } from './kinds.ts'
import type { LetterKey } from './letter-key.ts'
import type { LetterRoom } from './letter-room.ts'
import type { Writing } from './message.ts'
import { readBefore } from './queries.ts'
import type { Before, BulletinText } from './queries.ts'
import type { Round } from './round.ts'
import { keepOrganizer } from './sender.ts'
import { isKnown, tellingKinds, toldBy } from './told.ts'
import type { Told } from './told.ts'

/** A letter that is in hand, and what it is about. */
export interface LetterInWork {
  key: LetterKey
  letter: ClaimedLetter
  booking: BookingWithActivity
  bulletin: BulletinText | undefined
}

/** All that a letter says, and what is to be kept of it. */
export interface Composed {
  writing: Writing
  told: Told | undefined
  /** Who asked with its reader's address and is named to them. */
  repeated: RepeatedRequest[]
}

/** Reads what a letter in hand is to say now; a sentence where it would say nothing new, and is not to be sent. */
export async function compose (
  room: LetterRoom, round: Round, { key, letter, booking, bulletin }: LetterInWork
): Promise<Composed | string> {
  const { db } = room
  const { kind } = key
  // A copy says once more what was said.
  const isCopy = key.copy > 0
  const entry = await entryFor(room, round, kind, booking)
  const told = tellingKinds.includes(kind) ? toldBy(entry) : undefined
  const { earlier, isUnsure } = kind === 'booking-changed' ? await readBefore(db, letter.id) : nothingBefore
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
    writing: { ...room, kind, letter, entry, line, first, bulletin, earlier, repeated: repeated ?? [] },
    told,
    repeated: repeated ?? []
  }
}

/** For emails that do not say what has changed. */
const nothingBefore: Before = { earlier: 'nothing', isUnsure: true }

async function entryFor (
  room: LetterRoom, round: Round, kind: LetterKind, booking: BookingWithActivity
): Promise<Entry> {
  const entry = entryOf(booking, await round.contacts(), room)
  if (booking.icalOrganizer !== undefined || methodOf(kind, booking) !== 'REQUEST') return entry
  const icalOrganizer = await round.keepOrganizer(booking.id) ??
    await keepOrganizer(room.db, booking.id, entry.organizer)
  return { ...entry, organizer: organizerOf({ icalOrganizer }, room.mailFrom), booking: { ...booking, icalOrganizer } }
}
