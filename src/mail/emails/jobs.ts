import type { Facts } from '../../platform/outbox.ts'
import { retryWhileDatabaseAway } from '../../platform/database/retry-while-away.ts'
import { limitConcurrency } from '../../platform/limit-concurrency.ts'
import { noteNamed } from '../../booking/bookings/repeated-requests.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { assertNotInHand, releaseClaim, isUnchanged } from './claiming.ts'
import { outdatedReason } from './kinds.ts'
import type { EmailFact } from './kinds.ts'
import type { EmailContext } from './email-context.ts'
import { messageOf } from './message.ts'
import { failureOf, noteFailure } from './noting.ts'
import type { SentEmail } from './noting.ts'
import { emailOwed, withdrawEmail } from './owing.ts'
import { getBulletinText } from './queries.ts'
import { inTurn } from './strangers.ts'
import { openRound } from './round.ts'
import type { Round } from './round.ts'
import { compose } from './writing.ts'
import type { Composed, EmailInWork } from './writing.ts'

/**
 * Of emails that someone may want to stop at most this many are in hand at once, in all rounds of this process: as many
 * as a mail server takes at once. The others can still be withdrawn.
 */
const stoppable = limitConcurrency(5)

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
export async function writeEmails<F extends EmailFact> (
  context: EmailContext, fact: F, dues: ReadonlyArray<Facts[F]>
): Promise<Array<PromiseSettledResult<void>>> {
  const round = openRound(context)
  return await Promise.allSettled(dues.map(async due => { await write(context, round, fact, due) }))
}

async function write<F extends EmailFact> (context: EmailContext, round: Round, fact: F, due: Facts[F]): Promise<void> {
  const handing = async () => await handOver(context, round, fact, due)
  const sent = await ('kind' in due && due.kind === 'bulletin' ? stoppable(handing) : handing())
  if (sent !== undefined) await round.noteSent(sent)
}

/** Claims the email that a fact owes and sends it, if what it says still holds; undefined where none is sent. */
async function handOver<F extends EmailFact> (
  context: EmailContext, round: Round, fact: F, due: Facts[F]
): Promise<SentEmail | undefined> {
  const { db, clock } = context
  const now = clock()
  const booking = await round.booking(due.bookingId)
  if (booking === undefined) throw new BookingNotFound()
  const key = emailOwed(fact, due, booking)
  if (key === undefined) return undefined
  const { kind, sequence } = key
  const bulletin = kind === 'bulletin' ? await getBulletinText(db, booking.activityId, sequence) : undefined
  const outdated = outdatedReason(kind, sequence, booking, now, bulletin)
  if (outdated !== undefined) {
    await withdrawEmail(db, key, outdated)
    return undefined
  }

  return await inTurn(context, await round.askForTurn(booking.email ?? ''), async () => {
    const email = await round.claim(key)
    if (email === undefined) {
      await assertNotInHand(db, key, now)
      return undefined
    }
    if (!isUnchanged(email.state, booking)) {
      await releaseClaim(db, email)
      return await handOver(context, round, fact, due)
    }
    return await send(context, round, { key, email, booking, bulletin })
  })
}

/** Composes an email in hand and gives it to the mail server; notes the failure where that does not take it. */
async function send (context: EmailContext, round: Round, work: EmailInWork): Promise<SentEmail | undefined> {
  const { db, mailer, clock } = context
  const { email } = work
  let composed: Composed | string
  let answer: string
  try {
    composed = await compose(context, round, work)
    if (typeof composed === 'string') {
      await releaseClaim(db, email, composed)
      return undefined
    }
    await round.turn()
    answer = await mailer.send(messageOf(composed.writing, clock()))
  } catch (error) {
    const failure = failureOf(error as Error)
    const next = await retryWhileDatabaseAway(async () => await noteFailure(db, email, failure, clock()))
    if (next === 'failed') return undefined
    throw error
  }
  await noteNamed(db, composed.repeated, clock())
  return { id: email.id, at: clock(), answer, told: composed.told }
}
