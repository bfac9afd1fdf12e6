import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Mailbox } from '../../platform/config.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { getBooking } from '../../booking/bookings/queries.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Letter } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { organizerText } from '../invitations/organizer.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { GoesNoMore, LetterInHand, OnItsWay, SentAgain } from './errors.ts'
import { kinds, outdatedBecause } from './kinds.ts'
import type { LetterKind } from './kinds.ts'
import { getBulletinText, listLeftLetters, listLostFacts, lockLetter } from './queries.ts'
import type { Told } from './told.ts'

/** What makes a letter the same letter: it goes out once. */
export interface LetterKey {
  bookingId: string
  kind: LetterKind
  sequence: number
  /** How often staff had sent it again before. */
  copy: number
}

/** A letter that this worker alone may try to send now, and no other of the same booking beside it. */
export interface ClaimedLetter {
  id: string
  messageId: string
  createdAt: Date
  /** How its booking stands now that nothing else can be told of it. */
  standing: Standing
}

/** What of a booking decides what its letters say; any change of these calls for another letter. */
export type Standing = Pick<Booking, 'status' | 'icalSequence' | 'offers' | 'linkVersion'>

/** Why a letter did not go out; final where another try would end alike. */
export interface Failure {
  reason: string
  isFinal: boolean
}

/** Longer than a mailer tries, with room for clocks that differ; short enough to wait for a dead worker. */
const claimSeconds = 60

/** A letter before it is soon taken by a mail server, as a rule. */
const secondsInTurn = 2

/** After this long without success a letter has failed: whoever booked has given up waiting for it. */
const hoursToTry = 24

/** Of what a mail server says, so much is kept. */
const longestAnswer = 1000

/** Which of its kind to one booking a letter is: announced twice, it is the same one. */
export function letterKey (
  kind: LetterKind, { bookingId, sequence, copy = 0 }: { bookingId: string, sequence: number, copy?: number }
): LetterKey {
  return { bookingId, kind, sequence: kinds[kind].isOnce ? 0 : sequence, copy }
}

/**
 * Writes down letters that are owed and announces them, each once, however often it is owed; gives how many
 * of them are new. `host` is the service's own: Message-IDs carry it.
 */
export async function oweLetters (
  tx: Tx, outbox: Outbox, keys: readonly LetterKey[], host: string, now: DateTime<true>
): Promise<number> {
  const letters = keys.map(key => ({ ...key, id: randomUUID() }))
  const owed = await tx.$queryRaw<LetterKey[]>`
    INSERT INTO letters (id, booking_id, kind, sequence, copy, message_id, created_at)
    SELECT id, booking_id, kind, sequence, copy, id || ${`@${host}`}, ${now.toJSDate()}
    FROM ${rowsOf(letters)}
    ORDER BY booking_id, kind, sequence, copy
    ON CONFLICT (booking_id, kind, sequence, copy) DO NOTHING
    RETURNING booking_id AS "bookingId", kind, sequence, copy`
  // A message to thousands must not keep somebody's reminder of the next hour waiting.
  const [many, few] = [owed.filter(({ kind }) => kind === 'bulletin'), owed.filter(({ kind }) => kind !== 'bulletin')]
  await outbox.announce(tx, 'letter.due', few)
  await outbox.announce(tx, 'letter.due', many, { patient: true })
  return owed.length
}

/** Letters as rows of a statement: one parameter for each column, however many there are. */
function rowsOf (letters: ReadonlyArray<LetterKey & { id: string }>): Prisma.Sql {
  return Prisma.sql`unnest(${letters.map(({ id }) => id)}::uuid[], ${letters.map(({ bookingId }) => bookingId)}::uuid[],
    ${letters.map(({ kind }) => kind)}::text[], ${letters.map(({ sequence }) => sequence)}::int[],
    ${letters.map(({ copy }) => copy)}::int[]) AS wanted (id, booking_id, kind, sequence, copy)`
}

/**
 * Takes letters in hand, making those of which this is the first try; undefined for one that is not free.
 * One statement: two workers cannot both find a letter free, and a claim of a worker that died ends by
 * itself. `claim` is the try's own: made again because nobody heard its answer, it finds what it took. Named
 * twice, a letter is claimed once, for the first. Rows are locked in the order of the key, as in noteSent:
 * workers with the same letters wait for each other in turn.
 *
 * Of the letters of a booking that speak to a calendar one is in hand at a time: what was told last is then what
 * that keeps, also one that heeds no SEQUENCE (RFC 5546 §2.1.5 leaves it that). The index `letters_one_in_hand` holds
 * to it where two workers look at once. How a booking stands is read once its letter is in hand: what changes it
 * later is told by a letter that waits for this one.
 */
export async function claimLetters (
  db: Db, keys: readonly LetterKey[], host: string, now: DateTime<true>, claim: string = randomUUID()
): Promise<Array<ClaimedLetter | undefined>> {
  try {
    return await claimFree(db, keys, host, now, claim)
  } catch (error) {
    // Among several it is for `together` to find out whose turn it was not.
    if (keys.length === 1 && isOutOfTurn(error)) return [undefined]
    throw error
  }
}

/** Whether two workers looked at once, and the other has a letter of the same booking. */
function isOutOfTurn (error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.message.includes('letters_one_in_hand')
}

/** Kinds of email that may speak to a calendar. */
const inTurn = (Object.keys(kinds) as LetterKind[]).filter(kind => kinds[kind].method !== undefined)

async function claimFree (
  db: Db, keys: readonly LetterKey[], host: string, now: DateTime<true>, claim: string
): Promise<Array<ClaimedLetter | undefined>> {
  const wanted = new Map(keys.toReversed().map(key => [nameOf(key), { ...key, id: randomUUID() }]))
  const letters = [...new Map([...wanted].map(([name, letter]) =>
    [inTurn.includes(letter.kind) ? letter.bookingId : name, letter])).values()]
  const at = now.toJSDate()
  const claimed = await db.$queryRaw<Array<Omit<ClaimedLetter, 'standing'> & LetterKey>>`
    WITH wanted AS (SELECT * FROM ${rowsOf(letters)}),
    others AS (
      SELECT letter.id, letter.booking_id, letter.claimed_until
      FROM letters letter JOIN wanted ON wanted.booking_id = letter.booking_id
      WHERE letter.claimed_until IS NOT NULL
        AND letter.kind = ANY (${inTurn}::text[]) AND wanted.kind = ANY (${inTurn}::text[])
        AND (letter.kind, letter.sequence, letter.copy) <> (wanted.kind, wanted.sequence, wanted.copy)),
    ended AS (
      UPDATE letters SET claimed_until = NULL FROM others
      WHERE letters.id = others.id AND letters.claimed_until <= ${at} RETURNING letters.id)
    INSERT INTO letters AS letter
      (id, booking_id, kind, sequence, copy, message_id, status, attempts, claimed_until, claim, in_turn_of, created_at)
    SELECT id, booking_id, kind, sequence, copy, id || ${`@${host}`}, 'queued', 1,
      ${now.plus({ seconds: claimSeconds }).toJSDate()}, ${claim}::uuid,
      CASE WHEN kind = ANY (${inTurn}::text[]) THEN booking_id END, ${at}
    FROM wanted
    WHERE (SELECT count(*) FROM ended) >= 0
      AND NOT EXISTS (SELECT FROM others WHERE others.booking_id = wanted.booking_id AND others.claimed_until > ${at})
    ORDER BY booking_id, kind, sequence, copy
    ON CONFLICT (booking_id, kind, sequence, copy) DO UPDATE
      SET claimed_until = EXCLUDED.claimed_until, claim = EXCLUDED.claim, attempts = letter.attempts + 1,
        in_turn_of = EXCLUDED.in_turn_of
      WHERE letter.status = 'queued'
        AND (letter.claimed_until IS NULL OR letter.claimed_until <= ${at} OR letter.claim = EXCLUDED.claim)
    RETURNING id, message_id AS "messageId", created_at AS "createdAt", booking_id AS "bookingId", kind, sequence, copy`
  const standings = await readStandings(db, claimed.map(({ bookingId }) => bookingId))
  const free = new Map(claimed.map(letter => [nameOf(letter), letter]))
  return keys.map(key => {
    const letter = free.get(nameOf(key))
    free.delete(nameOf(key))
    const standing = standings.get(key.bookingId)
    return letter && standing && { ...letter, standing }
  })
}

/** How bookings stand. */
async function readStandings (db: Db, ids: readonly string[]): Promise<Map<string, Standing>> {
  const rows = await db.$queryRaw<Array<Standing & { id: string }>>`
    SELECT id, status, ical_sequence AS "icalSequence", offers, link_version AS "linkVersion"
    FROM bookings WHERE id = ANY (${ids}::uuid[])`
  return new Map(rows.map(row => [row.id, row]))
}

/** Whether a booking that was read before its letter was in hand still stands so. */
export function standsAsRead (standing: Standing, read: Standing): boolean {
  return (['status', 'icalSequence', 'offers', 'linkVersion'] as const).every(name => standing[name] === read[name])
}

/** Lets a letter go that was not tried; with `untrue` for good, because that is why nobody needs it. */
export async function putBack (db: Db, { id }: Pick<ClaimedLetter, 'id'>, untrue?: string): Promise<void> {
  await db.letter.update({
    where: { id },
    data: {
      claimedUntil: null,
      attempts: { decrement: 1 },
      ...(untrue !== undefined && { status: 'withdrawn', answer: untrue })
    }
  })
}

function nameOf ({ bookingId, kind, sequence, copy }: LetterKey): string {
  return `${bookingId} ${kind} ${sequence} ${copy}`
}

/**
 * Throws `LetterInHand` where a letter was not free because another worker has it, or another of its booking; else it
 * was sent or has failed.
 */
export async function assertNotInHand (
  db: Db, { bookingId, kind, sequence, copy }: LetterKey, now: DateTime<true>
): Promise<void> {
  const letter = await db.letter.findUnique({
    where: { bookingId_kind_sequence_copy: { bookingId, kind, sequence, copy } },
    select: { status: true, claimedUntil: true }
  })
  if (letter !== null && letter.status !== 'queued') return
  if (letter?.claimedUntil == null) throw new LetterInHand(secondsInTurn)
  const seconds = Math.ceil((letter.claimedUntil.getTime() - now.toMillis()) / 1000)
  throw new LetterInHand(Math.min(Math.max(seconds, 1), claimSeconds))
}

/**
 * Notes that somebody else answers for these letters now, since `at` each, and what they said. Not of one
 * that came back already, which can be sooner.
 */
export async function noteSent (
  db: Db, letters: ReadonlyArray<{ id: string, at: DateTime<true>, answer: string, told?: Told | undefined }>
): Promise<void> {
  await db.$executeRaw`
    WITH sent AS (
      SELECT letter.id, taken.at, taken.answer, taken.told
      FROM letters letter JOIN unnest(${letters.map(({ id }) => id)}::uuid[],
        ${letters.map(({ at }) => at.toJSDate())}::timestamptz[],
        ${letters.map(({ answer }) => answer.slice(0, longestAnswer))}::text[],
        ${letters.map(({ told }) => told === undefined ? null : JSON.stringify(told))}::text[]) AS taken (id, at, answer, told)
        ON taken.id = letter.id
      WHERE letter.status <> 'bounced'
      ORDER BY booking_id, kind, sequence, copy
      FOR UPDATE OF letter)
    UPDATE letters SET status = 'sent', sent_at = sent.at, claimed_until = NULL, answer = sent.answer,
      told = sent.told::jsonb
    FROM sent WHERE letters.id = sent.id`
}

/**
 * Notes why a letter did not go out, and lets it go for the next try; says whether there is to be one.
 * There is none after a refusal for good, which marks the booking as one that letters do not reach, nor after
 * a day of trying.
 */
export async function noteFailure (
  db: Db, { id, createdAt }: Pick<ClaimedLetter, 'id' | 'createdAt'>, { reason, isFinal }: Failure, now: DateTime<true>
): Promise<'to be tried again' | 'failed'> {
  const hasFailed = isFinal || createdAt <= now.minus({ hours: hoursToTry }).toJSDate()
  await db.$transaction(async tx => {
    const { bookingId, linkVersion } = await tx.letter.update({
      where: { id },
      data: { status: hasFailed ? 'failed' : 'queued', claimedUntil: null, answer: reason.slice(0, longestAnswer) }
    })
    if (isFinal) await markUnreachable(tx, { bookingId, linkVersion }, now)
  })
  return hasFailed ? 'failed' : 'to be tried again'
}

/**
 * Notes since when letters do not arrive at the address of a booking, which stays as it is. Not by a letter with
 * links that have ended: it can have gone to an address that is not the booking's any more.
 */
export async function markUnreachable (
  tx: Tx, { bookingId, linkVersion }: Pick<Letter, 'bookingId' | 'linkVersion'>, now: DateTime<true>
): Promise<void> {
  await tx.booking.updateMany({
    where: { id: bookingId, unreachableAt: null, ...(linkVersion !== null && { linkVersion }) },
    data: { unreachableAt: now.toJSDate() }
  })
}

/** Gives up a letter that no longer says what is true. One that was never tried leaves no trace. */
export async function withdrawLetter (db: Db, key: LetterKey, reason: string): Promise<void> {
  await db.letter.updateMany({
    where: { ...key, status: 'queued' }, data: { status: 'withdrawn', claimedUntil: null, answer: reason }
  })
}

/** Gives up letters that wait for a mail server; those that a worker has in hand at `now` go out. */
export async function withdrawWaiting (
  tx: Tx, which: Prisma.LetterWhereInput, reason: string, now: DateTime<true>
): Promise<void> {
  await tx.letter.updateMany({
    where: { ...which, status: 'queued', OR: [{ claimedUntil: null }, { claimedUntil: { lte: now.toJSDate() } }] },
    data: { status: 'withdrawn', claimedUntil: null, answer: reason }
  })
}

/**
 * Puts letters of some kinds behind a booking, so that others by the same numbers can go out from now on:
 * withdraws what still waits, with `reason`, and numbers the rest below nought. What a booking gets once has the
 * number 0; bulletins have those of their activity.
 */
export async function setLettersAside (
  tx: Tx, bookingId: string, kinds: readonly LetterKind[], reason: string, now: DateTime<true>
): Promise<void> {
  await withdrawWaiting(tx, { bookingId, kind: { in: [...kinds] } }, reason, now)
  await tx.$executeRaw`
    UPDATE letters SET sequence = lowest.sequence - 1 - letters.sequence
    FROM (
      SELECT kind, least(0, min(sequence)) AS sequence FROM letters
      WHERE booking_id = ${bookingId}::uuid AND kind = ANY (${kinds}::text[]) GROUP BY kind
    ) AS lowest
    WHERE booking_id = ${bookingId}::uuid AND letters.kind = lowest.kind AND letters.sequence >= 0`
}

/**
 * Keeps the sender of each booking's first invitation for all later ones, and says who it is; undefined
 * for a booking that somebody else is changing: to wait for one with others locked is half a deadlock.
 */
export async function keepOrganizers (
  db: Db, ids: readonly string[], organizer: Mailbox
): Promise<Array<string | undefined>> {
  const rows = await db.$queryRaw<Array<{ id: string, organizer: string }>>`
    WITH free AS MATERIALIZED (SELECT id FROM bookings WHERE id = ANY (${ids}::uuid[]) FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE bookings SET ical_organizer = coalesce(ical_organizer, ${organizerText(organizer)})
    FROM free WHERE bookings.id = free.id RETURNING bookings.id, ical_organizer AS organizer`
  const kept = new Map(rows.map(({ id, organizer }) => [id, organizer]))
  return ids.map(id => kept.get(id))
}

/** As keepOrganizers, for one booking, and waits for whoever is changing it. */
export async function keepOrganizer (db: Db, bookingId: string, organizer: Mailbox): Promise<string> {
  const [kept] = await db.$queryRaw<Array<{ organizer: string }>>`
    UPDATE bookings SET ical_organizer = coalesce(ical_organizer, ${organizerText(organizer)})
    WHERE id = ${bookingId}::uuid RETURNING ical_organizer AS organizer`
  return kept?.organizer ?? organizerText(organizer)
}

/**
 * Announces again whatever is owed and was lost on the way: letters that a booking's state calls for and
 * nobody began, and letters that were begun and that no job is about to send. Where nothing is lost it
 * does nothing; running twice is harmless, because a letter goes out once whoever announces it.
 */
export async function sweepLetters (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const lost = Map.groupBy(await listLostFacts(tx, now), ({ fact }) => fact)
    for (const [fact, dues] of lost) {
      await outbox.announce(tx, fact, dues.map(({ bookingId, sequence }) => ({ bookingId, sequence })))
    }
    await outbox.announce(tx, 'letter.due', await listLeftLetters(tx, now))
  })
}

/**
 * Sends a letter once more, as a copy that says what is true by now: for a calendar the same entry, with
 * the SEQUENCE that it has. Letters count as arriving there again, until one comes back. Refused for a letter
 * that is on its way, went again already, or would not be true any more; of presses at once one sends.
 *
 * Locks the letter and not its activity: nobody's place changes, and people book meanwhile. Should the
 * booking change before the copy goes, its writer looks again.
 */
export async function sendAgain (
  db: Db, outbox: Outbox, { letterId, host }: { letterId: string, host: string }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { bookingId, kind, sequence, copy, status, latest } = await lockLetter(tx, letterId)
    if (status === 'queued' || latest.status === 'queued') throw new OnItsWay()
    if (latest.copy > copy) throw new SentAgain()
    const booking = await getBooking(tx, bookingId)
    const bulletin = kind === 'bulletin' ? await getBulletinText(tx, booking.activityId, sequence) : undefined
    const outdated = outdatedBecause(kind, sequence, booking, now, bulletin?.isStopped)
    if (outdated !== undefined) throw new GoesNoMore(outdated)

    await oweLetters(tx, outbox, [{ bookingId, kind, sequence, copy: copy + 1 }], host, now)
    await tx.booking.updateMany({
      where: { id: bookingId, unreachableAt: { not: null } }, data: { unreachableAt: null }
    })
    await record(tx, {
      staffMemberId: by.id, action: 'letter.sent-again', subject: bookingId, details: { kind, sequence, copy: copy + 1 }
    }, now)
  })
}
