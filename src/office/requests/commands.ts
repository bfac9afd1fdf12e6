import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { sealedOf } from '../../platform/database/sealed-columns.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { officeZone } from '../../platform/clock.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { answerBy } from './due.ts'
import { AnsweredBefore, RequestAnswered, RequestNotFound } from './errors.ts'
import { getRequest } from './queries.ts'
import { answerEffects } from './answering.ts'
import { isUntoldAnswer, isUntoldExtension, keptSince } from './request.ts'
import type { Asking, ToldBy } from './request.ts'

/** The result of receiving a request. */
export interface Received {
  id: string
  /** Whether it was recorded now, and not before. */
  isNew: boolean
  /** Whether the recorded request has these words; they may have asked for the same in other words before. */
  isAsAsked: boolean
}

/**
 * Records a request, with the last day for our answer, and confirms it by email. Sent twice with the same answers, or
 * asked again while it is open, it is one request; but a complaint with other answers is another one. `by` is the
 * member of staff who enters a request that came another way; undefined: people asked themselves. Throws
 * `AnsweredBefore` where the same form with the same answers was answered.
 */
export async function receiveRequest (
  db: Db, outbox: Outbox, asking: Asking, now: DateTime<true>, by?: StaffMember
): Promise<Received> {
  const { kind, name, email, text, receivedAt } = asking
  const canonicalEmail = canonicalAddress(email)
  // Where a member of staff enters the day on which it came, that is one of the answers.
  const day = by === undefined ? undefined : calendarDayOf(receivedAt, officeZone)
  const submissionId = idFromForm(asking.submissionId, { kind, name, email, text, day })
  const id = randomUUID()
  const { text: sealedText } = sealedOf(db).close('request', id, { text: text ?? null })
  return await db.$transaction(async tx => {
    const [made] = await tx.$queryRaw<Array<{ id: string }>>`
      INSERT INTO requests (id, kind, name, email, canonical_email, text, received_at, due_on, submission_id)
      VALUES (${id}::uuid, ${kind}, ${name}, ${email}, ${canonicalEmail}, ${sealedText}, ${receivedAt.toJSDate()},
        ${answerBy(kind, receivedAt, officeZone)}::date, ${submissionId}::uuid)
      ON CONFLICT DO NOTHING RETURNING id`
    if (made === undefined) return await earlierRequest(tx, submissionId, { canonicalEmail, kind, text })
    await outbox.announce(tx, 'request.received', [{ requestId: made.id }])
    if (by !== undefined) {
      await record(tx, { staffMemberId: by.id, action: 'request.recorded', subject: made.id, details: { kind } }, now)
    }
    return { id: made.id, isNew: true, isAsAsked: true }
  })
}

async function earlierRequest (
  tx: Tx, submissionId: string, { canonicalEmail, kind, text }: Pick<Asking, 'kind' | 'text'> & { canonicalEmail: string }
): Promise<Received> {
  const select = { id: true, text: true, closedAt: true }
  const open = { canonicalEmail, kind, closedAt: null }
  const earlier = await tx.request.findUnique({ where: { submissionId }, select }) ??
    await tx.request.findFirst({ where: open, select })
  // Answered, or answered between the two statements: they may ask anew.
  if (earlier === null || earlier.closedAt !== null) throw new AnsweredBefore()
  return { id: earlier.id, isNew: false, isAsAsked: earlier.text === (text ?? null) }
}

/** The answer to a request. */
export interface Answer {
  requestId: string
  answer: string
  toldBy: ToldBy
  /** The token of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Answers a request, which closes it, and has the answer sent unless someone has given it in another way. The same
 * answer given the same way again changes nothing. Throws `RequestAnswered` where someone else was quicker, and
 * `ConfirmationRequired`.
 */
export async function answerRequest (
  db: Db, outbox: Outbox, { requestId, answer, toldBy, confirmed }: Answer, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await lockRequest(tx, requestId)
    const request = await getRequest(tx, requestId)
    if (request.closed?.answer === answer && request.closed.toldBy === toldBy) return
    if (request.closed !== undefined) throw new RequestAnswered()
    requireConfirmation({ sentences: answerEffects(request, toldBy), changes: [] }, confirmed)
    await tx.request.update({
      where: { id: requestId }, data: { answer, toldBy, closedAt: now.toJSDate(), closedById: by.id }
    })
    if (toldBy !== 'otherwise') await outbox.announce(tx, 'request.answered', [{ requestId }])
    await record(tx, {
      staffMemberId: by.id, action: 'request.answered', subject: requestId, details: { kind: request.kind, toldBy }
    }, now)
  })
}

/**
 * Records that someone who cannot be reached by email was told our answer in another way, or before it that we take
 * more time. Doing it twice is doing it once.
 */
export async function noteToldOtherwise (
  db: Db, requestId: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await lockRequest(tx, requestId)
    const request = await getRequest(tx, requestId)
    const told = isUntoldAnswer(request)
      ? { toldBy: 'otherwise', toldAt: now.toJSDate() }
      : isUntoldExtension(request) && { extensionToldBy: 'otherwise', extensionToldAt: now.toJSDate() }
    if (told === false) return
    await tx.request.update({ where: { id: requestId }, data: told })
    await record(tx, { staffMemberId: by.id, action: 'request.told', subject: requestId }, now)
  })
}

/** Locks a request until the transaction ends. Throws `RequestNotFound`. */
export async function lockRequest (tx: Tx, id: string): Promise<void> {
  const [row] = await tx.$queryRaw<unknown[]>`SELECT 1 FROM requests WHERE id = ${id}::uuid FOR UPDATE`
  if (row === undefined) throw new RequestNotFound()
}

/**
 * Deletes requests that were answered long ago, except for people under a legal hold; returns the ids of what was
 * deleted. Does nothing where nothing is due.
 */
export async function forgetRequests (tx: Tx, now: DateTime<true>): Promise<string[]> {
  const gone = await tx.$queryRaw<Array<{ id: string }>>`
    DELETE FROM requests WHERE id = ANY (ARRAY(
      SELECT id FROM requests WHERE closed_at < ${keptSince(now).toJSDate()} ORDER BY id FOR UPDATE))
      AND NOT EXISTS (
        SELECT FROM legal_holds hold WHERE hold.canonical_email = requests.canonical_email AND hold.lifted_at IS NULL)
    RETURNING id`
  return gone.map(({ id }) => id)
}

/**
 * Erases what an address had asked up to an instant; returns the ids, and records them so that no backup brings the
 * requests back.
 */
export async function eraseRequests (
  tx: Tx, canonicalEmail: string, askedBy: Date, now: DateTime<true>
): Promise<string[]> {
  const gone = await tx.$queryRaw<Array<{ id: string }>>`
    DELETE FROM requests WHERE id = ANY (ARRAY(
      SELECT id FROM requests WHERE canonical_email = ${canonicalEmail} AND received_at <= ${askedBy}
      ORDER BY id FOR UPDATE))
    RETURNING id`
  const ids = gone.map(({ id }) => id)
  await tx.forgottenBooking.createMany({
    data: ids.map(bookingId => ({ bookingId, forgottenAt: now.toJSDate() })), skipDuplicates: true
  })
  return ids
}

/** Erases again the erased requests that a restored backup has brought back; returns how many. */
export async function eraseRequestsAgain (db: Db): Promise<number> {
  return await db.$executeRaw`
    DELETE FROM requests WHERE id = ANY (ARRAY(
      SELECT id FROM requests JOIN forgotten_bookings gone ON gone.booking_id = id ORDER BY id FOR UPDATE OF requests))`
}

/** Which email about a request was sent, or was refused for good. */
export type ToldAt = 'acknowledgedAt' | 'extensionToldAt' | 'toldAt'

/** Records that an email about a request was sent. */
export async function noteTold (db: Db, id: string, which: ToldAt, now: DateTime<true>): Promise<void> {
  await db.request.updateMany({ where: { id }, data: { [which]: now.toJSDate() } })
}

/** Records that emails to the address of a request are refused for good, so that staff phone with the answer. */
export async function noteUnreachable (db: Db, id: string, now: DateTime<true>): Promise<void> {
  await db.request.updateMany({ where: { id, unreachableAt: null }, data: { unreachableAt: now.toJSDate() } })
}
