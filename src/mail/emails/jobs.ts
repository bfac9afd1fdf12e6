import type { Facts } from '../../platform/outbox.ts'
import { onceBack } from '../../platform/database/once-back.ts'
import { noteNamed } from '../../booking/bookings/commands.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { assertNotInHand, putBack, standsAsRead } from './claiming.ts'
import { fewAtOnce } from './few-at-once.ts'
import { outdatedBecause } from './kinds.ts'
import type { LetterFact } from './kinds.ts'
import type { LetterRoom } from './letter-room.ts'
import { messageOf } from './message.ts'
import { failureOf, noteFailure } from './noting.ts'
import type { SentLetter } from './noting.ts'
import { letterOwed, withdrawLetter } from './owing.ts'
import { getBulletinText } from './queries.ts'
import { openRound } from './round.ts'
import type { Round } from './round.ts'
import { compose } from './writing.ts'
import type { Composed, LetterInWork } from './writing.ts'

/**
 * Of emails that someone may want to stop at most this many are in hand at once, in all rounds of this process: as many
 * as a mail server takes at once. The others can still be withdrawn.
 */
const stoppable = fewAtOnce(5)

/**
 * Writes and sends the emails that facts of one kind owe to bookings, each if it is still true; returns each one's
 * result, in the order given. What all need is read and recorded together, but none waits for another or fails because
 * of it.
 *
 * Runs at least once. What was sent is not sent again: where the database goes away after the mail server accepted an
 * email and before that is recorded, recording it waits until the database is back. A crash in between sends a second
 * copy, which mail programs and calendars merge with the first: Message-ID, UID and SEQUENCE are the same. Fails for an
 * email where there is to be another try.
 */
export async function writeLetters<F extends LetterFact> (
  room: LetterRoom, fact: F, dues: ReadonlyArray<Facts[F]>
): Promise<Array<PromiseSettledResult<void>>> {
  const round = openRound(room)
  return await Promise.allSettled(dues.map(async due => { await write(room, round, fact, due) }))
}

/** Writes one email, as `writeLetters` does. Throws where there is to be another try. */
export async function writeLetter<F extends LetterFact> (room: LetterRoom, fact: F, due: Facts[F]): Promise<void> {
  await write(room, openRound(room), fact, due)
}

async function write<F extends LetterFact> (room: LetterRoom, round: Round, fact: F, due: Facts[F]): Promise<void> {
  const handing = async () => await handOver(room, round, fact, due)
  const sent = await ('kind' in due && due.kind === 'bulletin' ? stoppable(handing) : handing())
  if (sent !== undefined) await round.noteSent(sent)
}

/** Takes the letter that a fact owes in hand and sends it, if it is still true; undefined where none is sent. */
async function handOver<F extends LetterFact> (
  room: LetterRoom, round: Round, fact: F, due: Facts[F]
): Promise<SentLetter | undefined> {
  const { db, clock } = room
  const now = clock()
  const booking = await round.booking(due.bookingId)
  if (booking === undefined) throw new BookingNotFound()
  const key = letterOwed(fact, due, booking)
  if (key === undefined) return undefined
  const { kind, sequence } = key
  const bulletin = kind === 'bulletin' ? await getBulletinText(db, booking.activityId, sequence) : undefined
  const outdated = outdatedBecause(kind, sequence, booking, now, bulletin?.isStopped)
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
  return await send(room, round, { key, letter, booking, bulletin })
}

/** Writes a letter that is in hand, has somebody else answer for it, and notes where they do not. */
async function send (room: LetterRoom, round: Round, work: LetterInWork): Promise<SentLetter | undefined> {
  const { db, mailer, clock } = room
  const { letter } = work
  let composed: Composed | string
  let answer: string
  try {
    composed = await compose(room, round, work)
    if (typeof composed === 'string') {
      await putBack(db, letter, composed)
      return undefined
    }
    await round.turn()
    answer = await mailer.send(messageOf(composed.writing, clock()))
  } catch (error) {
    const next = await onceBack(async () => await noteFailure(db, letter, failureOf(error as Error), clock()))
    if (next === 'failed') return undefined
    throw error
  }
  await noteNamed(db, composed.repeated, clock())
  return { id: letter.id, at: clock(), answer, told: composed.told }
}
