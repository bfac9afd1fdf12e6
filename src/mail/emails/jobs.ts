import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DateTime } from 'luxon'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database/connect.ts'
import { onceBack } from '../../platform/database/once-back.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { noteNamed } from '../../booking/bookings/commands.ts'
import { findBookings, findFirstBooking, listPriorityGroups, listRepeatedRequests, positionOf } from '../../booking/bookings/queries.ts'
import type { BookingWithActivity, RepeatedRequest } from '../../booking/bookings/queries.ts'
import { entryOf } from '../invitations/entry.ts'
import type { Entry, EntryParts } from '../invitations/entry.ts'
import { organizerOf } from '../invitations/organizer.ts'
import type { Facts } from '../../platform/outbox.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import { listSupportContacts } from '../../programme/support/queries.ts'
import type { Templates } from '../../platform/templates.ts'
import {
  assertNotInHand, claimLetters, keepOrganizer, keepOrganizers, letterKey, noteFailure, noteSent, putBack, standsAsRead,
  withdrawLetter
} from './commands.ts'
import type { Failure, LetterKey } from './commands.ts'
import { NoAddress, NotTaken } from './errors.ts'
import { fewAtOnce } from './few-at-once.ts'
import { kindOf, methodOf, outdatedBecause } from './kinds.ts'
import type { LetterFact, LetterKind } from './kinds.ts'
import { getBulletinText, readBefore } from './queries.ts'
import type { Before } from './queries.ts'
import type { Mailer } from './mailer.ts'
import { messageOf } from './message.ts'
import { isKnown, tellingKinds, toldBy } from './told.ts'
import type { Told } from './told.ts'
import { together } from './together.ts'

/**
 * Notes of letters that went out within this time of each other are one round trip. Short beside the time
 * that a mail server takes: it is time in which a crash sends a second copy.
 */
const gatherMs = 20

/**
 * Of letters that somebody may want to stop so many are in hand at once, in all rounds of this process: as
 * many as a mail server takes at once. The others can still be withdrawn.
 */
const stoppable = fewAtOnce(5)

/** What writing a letter takes. */
export interface LetterRoom extends EntryParts {
  db: Db
  mailer: Mailer
  clock: Clock
  templates: Templates
  /** As in `Writing`. */
  returnPathOf?: ((letterId: string) => string) | undefined
}

/**
 * Writes and sends the letters that facts of one kind owe to bookings, each if it is still true; gives
 * the end of each, in their order. What all need is read and noted together, and none waits for or fails
 * by another.
 *
 * Runs at least once. What was sent is not sent again: where the database goes away between the mail server's
 * yes and our note of it, the note waits until it is back. A crash in between sends a second copy, which mail
 * programs and calendars fold into the first: Message-ID, UID and SEQUENCE are the same. Fails for a letter
 * where there is to be another try.
 */
export async function writeLetters<F extends LetterFact> (
  room: LetterRoom, fact: F, dues: ReadonlyArray<Facts[F]>
): Promise<Array<PromiseSettledResult<void>>> {
  const round = openRound(room)
  return await Promise.allSettled(dues.map(async due => { await write(room, round, fact, due) }))
}

/** One letter, as `writeLetters`. Throws where there is to be another try. */
export async function writeLetter<F extends LetterFact> (room: LetterRoom, fact: F, due: Facts[F]): Promise<void> {
  await write(room, openRound(room), fact, due)
}

/** A letter that somebody else answers for now, since when, what they said, and what it said. */
interface SentLetter { id: string, at: DateTime<true>, answer: string, told: Told | undefined }

/** What letters that are written together ask of the database, in as few round trips as there can be. */
function openRound ({ db, clock, publicUrl, mailFrom }: LetterRoom) {
  const host = new URL(publicUrl).hostname
  let contacts: Promise<SupportContact[]> | undefined
  let turn = Promise.resolve()
  return {
    booking: together(async (ids: readonly string[]) => await findBookings(db, ids)),
    claim: together(async (keys: readonly LetterKey[]) => {
      const claim = randomUUID()
      return await onceBack(async () => await claimLetters(db, keys, host, clock(), claim))
    }),
    keepOrganizer: together(async (ids: readonly string[]) =>
      await keepOrganizers(db, ids, organizerOf({ icalOrganizer: undefined }, mailFrom))),
    noteSent: together(async (letters: readonly SentLetter[]) => {
      await onceBack(async () => { await noteSent(db, letters) })
      return letters
    }, { gatherMs }),
    /**
     * One letter is written in each turn of the event loop: in between, the mail server's answers are read and
     * its connections kept busy, and pages that this process serves are not kept waiting.
     */
    turn: async () => {
      turn = turn.then(async () => { await nextTurn() })
      await turn
    },
    contacts: async () => await (contacts ??= listSupportContacts(db))
  }
}

type Round = ReturnType<typeof openRound>

async function write<F extends LetterFact> (room: LetterRoom, round: Round, fact: F, due: Facts[F]): Promise<void> {
  const handing = async () => await handOver(room, round, fact, due)
  const sent = await ('kind' in due && due.kind === 'bulletin' ? stoppable(handing) : handing())
  if (sent !== undefined) await round.noteSent(sent)
}

/** Writes a letter that is still true and has somebody else answer for it; undefined where that is not to be. */
async function handOver<F extends LetterFact> (
  room: LetterRoom, round: Round, fact: F, due: Facts[F]
): Promise<SentLetter | undefined> {
  const { db, mailer, clock } = room
  const now = clock()
  const booking = await round.booking(due.bookingId)
  if (booking === undefined) throw new BookingNotFound()
  const kind = kindOf(fact, booking, 'kind' in due ? due.kind : undefined)
  const key = letterKey(kind, due)
  const bulletin = kind === 'bulletin' ? await getBulletinText(db, booking.activityId, due.sequence) : undefined
  const outdated = outdatedBecause(kind, due.sequence, booking, now, bulletin?.isStopped)
  if (outdated !== undefined) {
    await withdrawLetter(db, key, outdated)
    return undefined
  }

  const letter = await round.claim(key)
  if (letter === undefined) {
    await assertNotInHand(db, key, now)
    return undefined
  }
  if (!standsAsRead(letter.standing, booking)) {
    await putBack(db, letter)
    return await handOver(room, round, fact, due)
  }
  let answer: string
  let told: Told | undefined
  let repeated: RepeatedRequest[] = []
  try {
    const entry = await entryFor(room, round, kind, booking)
    told = tellingKinds.includes(kind) ? toldBy(entry) : undefined
    const { earlier, isUnsure } = kind === 'booking-changed' ? await readBefore(db, letter.id) : nothingBefore
    if (told !== undefined && key.copy === 0 && !isUnsure && isKnown(earlier, told)) {
      await putBack(db, letter, 'Not sent: it was changed back before anyone was told.')
      return undefined
    }
    const line = kind === 'waiting-list-joined'
      ? { position: await positionOf(db, booking), groups: await listPriorityGroups(db, booking.activityId) }
      : undefined
    const first = await findFirstBooking(db, booking)
    const asked = kind === 'already-booked' ? await listRepeatedRequests(db, booking.id) : []
    if (asked === undefined && key.copy === 0) {
      await putBack(db, letter, 'Not sent: an earlier one has said so already.')
      return undefined
    }
    repeated = asked ?? []
    await round.turn()
    const writing = { ...room, kind, letter, entry, line, first, bulletin, earlier, repeated }
    answer = await mailer.send(messageOf(writing, now))
  } catch (error) {
    const next = await onceBack(async () => await noteFailure(db, letter, failureOf(error as Error), clock()))
    if (next === 'failed') return undefined
    throw error
  }
  await noteNamed(db, repeated, clock())
  return { id: letter.id, at: clock(), answer, told }
}

/** Of letters that do not say what is different. */
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

function failureOf (error: Error): Failure {
  if (error instanceof NoAddress) return { reason: error.message, isFinal: true }
  return error instanceof NotTaken
    ? { reason: error.answer, isFinal: error.isFinal }
    : { reason: error.message, isFinal: false }
}
