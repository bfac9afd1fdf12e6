import type { Clock } from '../clock.ts'
import type { Db } from '../database/connect.ts'
import { findFirstBooking, getBooking, listPriorityGroups, positionOf } from '../bookings/queries.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import { entryOf } from '../invitations/entry.ts'
import type { Entry, EntryParts } from '../invitations/entry.ts'
import type { Facts } from '../outbox.ts'
import { listSupportContacts } from '../support/queries.ts'
import type { Templates } from '../templates.ts'
import { claimLetter, keepOrganizer, letterKey, noteFailure, noteSent, withdrawLetter } from './commands.ts'
import type { Failure } from './commands.ts'
import { NotTaken } from './errors.ts'
import { kindOf, methodOf, outdatedBecause } from './kinds.ts'
import type { LetterFact, LetterKind } from './kinds.ts'
import type { Mailer } from './mailer.ts'
import { messageOf } from './message.ts'

/** What writing a letter takes. */
export interface LetterRoom extends EntryParts {
  db: Db
  mailer: Mailer
  clock: Clock
  templates: Templates
}

/**
 * Writes and sends the letter that a fact owes to a booking, if it is still true.
 *
 * Runs at least once. What was sent is not sent again. A crash between the mail server's yes and our
 * note of it sends a second copy, which mail programs and calendars fold into the first: Message-ID, UID
 * and SEQUENCE are the same. Throws where there is to be another try.
 */
export async function writeLetter<F extends LetterFact> (room: LetterRoom, fact: F, due: Facts[F]): Promise<void> {
  const { db, mailer, clock } = room
  const now = clock()
  const booking = await getBooking(db, due.bookingId)
  const kind = kindOf(fact, booking)
  const outdated = outdatedBecause(kind, due.sequence, booking, now)
  if (outdated !== undefined) {
    await withdrawLetter(db, letterKey(kind, due), outdated)
    return
  }

  const letter = await claimLetter(db, letterKey(kind, due), new URL(room.publicUrl).hostname, now)
  if (letter === undefined) return
  try {
    const entry = await entryFor(room, kind, booking)
    const line = kind === 'waiting-list-joined'
      ? { position: await positionOf(db, booking), groups: await listPriorityGroups(db, booking.activityId) }
      : undefined
    const first = await findFirstBooking(db, booking)
    await mailer.send(messageOf({ ...room, kind, letter, entry, line, first }, now))
  } catch (error) {
    const next = await noteFailure(db, letter, failureOf(error as Error), clock())
    if (next === 'failed') return
    throw error
  }
  await noteSent(db, letter, clock())
}

async function entryFor (room: LetterRoom, kind: LetterKind, booking: BookingWithActivity): Promise<Entry> {
  const entry = entryOf(booking, await listSupportContacts(room.db), room)
  if (booking.icalOrganizer !== undefined || methodOf(kind, booking) !== 'REQUEST') return entry
  const icalOrganizer = await keepOrganizer(room.db, booking.id, entry.organizer)
  return entryOf({ ...booking, icalOrganizer }, entry.contacts, room)
}

function failureOf (error: Error): Failure {
  return error instanceof NotTaken
    ? { reason: error.answer, isFinal: error.isFinal }
    : { reason: error.message, isFinal: false }
}
