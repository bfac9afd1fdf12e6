import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { bookability } from '../../programme/activities/booking-window.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import type { Activity, Occupancy } from '../../programme/activities/activity.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { known, live, reached, unheard } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { DomainError } from '../../platform/errors.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { returnDueHolds } from '../holds/commands.ts'
import { hasReturned } from '../holds/hold.ts'
import { getHold, holdsByCode } from '../holds/queries.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { canonicalAddress } from './address.ts'
import { decideInOrder } from './admission.ts'
import type { Candidate, Decision } from './admission.ts'
import { answerColumns } from './answer-columns.ts'
import type { AnswerColumn } from './answer-columns.ts'
import { liveStatuses } from './booking.ts'
import type { Booking, CancelledBy, PlaceRequest } from './booking.ts'
import { mayChangePlaces, maxPlaces } from './capacity.ts'
import { updateCopies, lockWithCopies } from './copies.ts'
import { activityCancellationEffects, bookingCancellationEffects } from './effects.ts'
import {
  AlreadyCancelled, BookingMoved, BookingNotFound, NoPlacesLeft, PhoneNeeded, TooManyPlaces
} from './errors.ts'
import { assertHeld } from './link.ts'
import type { HeldLink } from './link.ts'
import { changedBy } from './own-details.ts'
import type { OwnChange } from './own-details.ts'
import { bookingOf, countRecipients, listEarlier } from './queries.ts'
import type { RepeatedRequest } from './queries.ts'
import { newReference } from './reference.ts'

/** Minimum time between two emails that answer repeated requests for one booking, in seconds. */
const secondsBetweenAnswers = 60

/**
 * Books places on one activity, or puts people on its waiting list, in the order of `requests`: one lock, one
 * transaction and one flush to disk for all of them. Returns the answers in that order; a refused request harms none of
 * its neighbours. Throws `BookingNotOpen` if no one can book now.
 */
export async function requestPlaces (
  db: Db, outbox: Outbox, activityId: string, requests: readonly PlaceRequest[], now: DateTime<true>
): Promise<Array<'received' | DomainError>> {
  const candidates = requests.map(request => candidateOf(activityId, request))

  const decisions = await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    assertOpen(activity, now)

    const { decided, again } = await placeLocked(tx, outbox, activity, candidates, now)
    await answerAgain(tx, outbox, again, now)
    return decided
  })
  return decisions.map(decision => decision.answer)
}

/**
 * Tells addresses that have a booking who has asked with them: at once, and then together at the end of the minute for
 * everything asked within it, so that no one can fill a stranger's inbox.
 */
async function answerAgain (tx: Tx, outbox: Outbox, again: readonly AskedAgain[], now: DateTime<true>): Promise<void> {
  if (again.length === 0) return
  const minute = answerSequence(now)
  const bookingIds = [...new Set(again.map(({ bookingId }) => bookingId))]
  const asked = await tx.repeatedRequest.findMany({
    where: { bookingId: { in: bookingIds }, askedAt: { gte: new Date(minute * secondsBetweenAnswers * 1000) } },
    select: { bookingId: true }
  })
  await tx.repeatedRequest.createMany({
    data: again.map(({ bookingId, submissionId, name, places }) =>
      ({ bookingId, submissionId, name, places, askedAt: now.toJSDate() })),
    skipDuplicates: true
  })
  const before = new Set(asked.map(({ bookingId }) => bookingId))
  const [first, later] = [bookingIds.filter(id => !before.has(id)), bookingIds.filter(id => before.has(id))]
  // Each minute has two numbers: one for what is answered at once, one for what is answered at its end.
  await outbox.announce(tx, 'booking.requested-again', first.map(bookingId => ({ bookingId, sequence: 2 * minute })))
  await outbox.announce(tx, 'booking.requested-again', later.map(bookingId => ({ bookingId, sequence: 2 * minute + 1 })), {
    afterSeconds: secondsBetweenAnswers
  })
}

/** Records that an email to the holder of a booking has named those who asked with its address. */
export async function noteNamed (db: Db, named: readonly RepeatedRequest[], now: DateTime<true>): Promise<void> {
  if (named.length === 0) return
  await db.repeatedRequest.updateMany({
    where: { id: { in: named.map(({ id }) => id) } }, data: { toldAt: now.toJSDate() }
  })
}

/** Who asked with the address of a booking, and which booking. */
interface AskedAgain extends Pick<Candidate, 'submissionId' | 'name' | 'places'> { bookingId: string }

/** A request for places on an activity, with the id that its booking will have. */
export function candidateOf (activityId: string, { submissionId, ...answers }: PlaceRequest): Candidate {
  return {
    ...answers,
    id: randomUUID(),
    submissionId: idFromForm(submissionId, { activityId, ...answers }),
    canonicalEmail: answers.email === undefined ? undefined : canonicalAddress(answers.email)
  }
}

/**
 * Decides requests on an activity whose row is locked, writes the results and announces them. Answering people who
 * asked although they are booked, `again`, is left to the caller.
 */
export async function placeLocked (
  tx: Tx, outbox: Outbox, activity: Activity, candidates: readonly Candidate[], now: DateTime<true>
): Promise<{ decided: Decision[], again: AskedAgain[] }> {
  const activityId = activity.id
  const haveLapsed = await lapseOffers(tx, outbox, activityId, now)
  const occupancy = await occupancyOf(tx, activityId)
  const decided = decideInOrder(
    activity, occupancy, await listEarlier(tx, activityId, candidates), candidates,
    await holdsByCode(tx, activityId, candidates.flatMap(({ code }) => code ?? [])), now)
  await write(tx, activityId, candidates, decided, now)
  await promote(tx, outbox, candidates, decided, now)
  const joined = await joinLine(tx, decided.flatMap(({ alreadyBooked }) => alreadyBooked ?? []), now)
  await announce(tx, outbox, candidates, decided, joined)
  if (haveLapsed || mayBeServed(activity, occupancy, candidates, decided)) {
    await outbox.announce(tx, 'place.freed', [{ activityId }])
  }
  const again = candidates.flatMap(({ submissionId, name, places }, n) => {
    const bookingId = decided[n]?.alreadyBooked
    return bookingId === undefined || joined.has(bookingId) ? [] : { bookingId, submissionId, name, places }
  })
  return { decided, again }
}

/** True if free places too few for those ahead fit someone who has just joined the list: they are next. */
function mayBeServed (
  activity: Activity, occupancy: Occupancy, candidates: readonly Candidate[], decisions: readonly Decision[]
): boolean {
  const taken = candidates.filter((_, n) => decisions[n]?.admission === 'confirmed' && decisions[n]?.holdId === undefined)
  const free = freePlaces(activity, occupancy) - taken.reduce((sum, { places }) => sum + places, 0)
  return candidates.some(({ places }, n) => decisions[n]?.admission === 'waiting' && places <= free)
}

/** What a new booking is given besides the answers. */
const givenColumns = [
  'id', 'reference', 'status', 'waited_at', 'confirmed_at', 'submission_id', 'hold_id'
] as const

type NewBooking = Record<AnswerColumn | typeof givenColumns[number], string | number | undefined>

/**
 * Inserts the decided bookings, in order, in one statement that carries them as JSON: Prisma's `createMany` does the
 * same with a parameter per value, at six times the processor time. The day of erasure, which a trigger would compute
 * for each of them, is asked for once.
 */
async function write (
  tx: Tx, activityId: string, candidates: readonly Candidate[], decisions: readonly Decision[], now: DateTime<true>
): Promise<void> {
  const at = now.toISO()
  const rows = candidates.flatMap((candidate, n): NewBooking[] => {
    const admission = decisions[n]?.admission
    return admission === undefined
      ? []
      : [{
          id: candidate.id,
          reference: newReference(),
          name: candidate.name,
          email: candidate.email,
          canonical_email: candidate.canonicalEmail,
          role: candidate.role,
          district: candidate.district,
          phone: candidate.phone,
          access_needs: candidate.accessNeeds,
          question: candidate.question,
          heard_from: candidate.heardFrom,
          places: candidate.places,
          status: admission,
          waited_at: admission === 'waiting' ? at : undefined,
          confirmed_at: admission === 'confirmed' ? at : undefined,
          submission_id: candidate.submissionId,
          hold_id: decisions[n]?.holdId
        }]
  })
  if (rows.length === 0) return
  const given = Prisma.raw(givenColumns.join(', '))
  await tx.$executeRaw`
    INSERT INTO bookings (activity_id, created_at, changed_at, erase_on, ${given}, ${answerColumns})
    SELECT
      ${activityId}::uuid, ${at}::timestamptz, ${at}::timestamptz, (SELECT promised_erasure(${activityId}::uuid)),
      ${given}, ${answerColumns}
    FROM jsonb_populate_recordset(NULL::bookings, ${JSON.stringify(rows)}::text::jsonb)`
}

/** Gives those who waited and brought a code places of its hold, as many as they ask for now. */
async function promote (
  tx: Tx, outbox: Outbox, candidates: readonly Candidate[], decisions: readonly Decision[], now: DateTime<true>
): Promise<void> {
  const at = now.toJSDate()
  for (const [n, { noLongerWaits, holdId = null }] of decisions.entries()) {
    if (noLongerWaits === undefined) continue
    const { icalSequence } = await tx.booking.update({
      where: { id: noLongerWaits },
      data: {
        status: 'confirmed', holdId, places: candidates[n]?.places ?? 1, copiedFromBookingId: null, calledAt: null, confirmedAt: at, changedAt: at
      }
    })
    await outbox.announce(tx, 'booking.confirmed', [{ bookingId: noLongerWaits, sequence: icalSequence }])
  }
}

/**
 * Marks bookings as asked for that were carried over from another date without their holders' knowledge: they now wait
 * like any other, whatever becomes of the first date. Returns the ids of those that it marked.
 */
async function joinLine (tx: Tx, bookingIds: readonly string[], now: DateTime<true>): Promise<Set<string>> {
  if (bookingIds.length === 0) return new Set()
  const joined = await tx.$queryRaw<Array<{ id: string }>>`
    UPDATE bookings SET carried_from = NULL, changed_at = ${now.toJSDate()}
    WHERE id = ANY (${bookingIds}::uuid[]) AND ${unheard.sql()}
    RETURNING id`
  return new Set(joined.map(({ id }) => id))
}

/** Announces what became of requests. */
async function announce (
  tx: Tx, outbox: Outbox, candidates: readonly Candidate[], decisions: readonly Decision[], joined: ReadonlySet<string>
): Promise<void> {
  const admitted = (admission: Decision['admission']) => candidates
    .filter((_, n) => decisions[n]?.admission === admission)
    .map(({ id }) => ({ bookingId: id, sequence: 0 }))

  await outbox.announce(tx, 'booking.confirmed', admitted('confirmed'))
  await outbox.announce(tx, 'waiting-list.joined', [
    ...admitted('waiting'), ...[...joined].map(bookingId => ({ bookingId, sequence: 0 }))
  ])
}

/**
 * Lapses the offers that have run out on an activity whose row is locked; returns whether there were any. Requests do
 * so first too: someone who asks anew after their offer ended counts as new, even if the sweep has not run yet.
 */
export async function lapseOffers (
  tx: Tx, outbox: Outbox, activityId: string, now: DateTime<true>
): Promise<boolean> {
  const at = now.toJSDate()
  const lapsed = await tx.$queryRaw<EmailDue[]>`
    UPDATE bookings SET status = 'lapsed', lapse_reason = 'unanswered', changed_at = ${at}
    WHERE activity_id = ${activityId}::uuid AND status = 'offered' AND offered_until <= ${at}
    RETURNING id AS "bookingId", offers AS sequence`
  await outbox.announce(tx, 'booking.lapsed', lapsed)
  return lapsed.length > 0
}

/**
 * Cancels a booking and frees its places. A calendar that has it is told by a CANCEL. For everything that people do by
 * a link, `by` is the link that they hold: it is checked again under the lock, and `LinkEnded` is thrown if it has
 * ended since.
 */
export async function cancelBooking (
  db: Db, outbox: Outbox, bookingId: string, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking } = await lockLiveBooking(tx, bookingId, now)
    assertHeld(booking, by)
    await cancelLocked(tx, outbox, booking, now)
  })
}

/**
 * Cancels someone's booking for them, or against their will: the email to them does not say that they asked for it.
 * Throws `ConfirmationRequired`.
 */
export async function cancelBookingByStaff (
  db: Db, outbox: Outbox, bookingId: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    requireConfirmation(bookingCancellationEffects(booking, activity), confirmed)
    await cancelLocked(tx, outbox, booking, now, 'organiser')
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.cancelled',
      subject: activity.slug,
      details: { booking: booking.id, was: booking.status }
    }, now)
  })
}

/** Cancels a live booking whose activity's row is locked. */
export async function cancelLocked (
  tx: Tx, outbox: Outbox, booking: Booking, now: DateTime<true>, by?: CancelledBy
): Promise<void> {
  const sequence = booking.confirmedAt === undefined ? booking.icalSequence : booking.icalSequence + 1
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      status: 'cancelled', cancelledBy: by ?? null, icalSequence: sequence, calledAt: null, changedAt: now.toJSDate()
    }
  })
  await outbox.announce(tx, 'booking.cancelled', [{ bookingId: booking.id, sequence }])
  await outbox.announce(tx, 'place.freed', [{ activityId: booking.activityId }])
}

/** Why an activity is cancelled, as people will read it. */
export interface Cancelling {
  reason: string
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
}

/**
 * Cancels an activity, for good, and with it all its bookings: another date is another activity. Everyone who has a
 * place or waits is emailed, and calendars that carry the activity remove it. People who were carried over from another
 * date and have not heard of this one hear nothing. Returns how many are told by email. Throws `BookingNotOpen` where
 * it is cancelled already or over, and `ConfirmationRequired`.
 */
export async function cancelActivity (
  db: Db, outbox: Outbox, activityId: string, { reason, confirmed }: Cancelling, by: StaffMember, now: DateTime<true>
): Promise<{ told: number }> {
  return await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    if (activity.status === 'cancelled') throw new BookingNotOpen('cancelled')
    if (now >= activity.endsAt) throw new BookingNotOpen('over')
    requireConfirmation(activityCancellationEffects(await countRecipients(tx, activity)), confirmed)
    await tx.activity.update({
      where: { id: activityId },
      data: { status: 'cancelled', cancellationReason: reason, icalSequence: { increment: 1 } }
    })
    const ended = await tx.$queryRaw<Array<EmailDue & { knows: boolean, isReachable: boolean }>>`
      UPDATE bookings SET status = 'cancelled', cancelled_by = 'activity', called_at = NULL,
        ical_sequence = ical_sequence + (confirmed_at IS NOT NULL)::int, changed_at = ${now.toJSDate()}
      WHERE activity_id = ${activityId}::uuid AND ${live.sql()}
      RETURNING id AS "bookingId", ical_sequence AS sequence, ${known.sql()} AS knows, ${reached.sql()} AS "isReachable"`
    const toTell = ended.filter(({ knows }) => knows)
    const told = toTell.filter(({ isReachable }) => isReachable).length
    await outbox.announce(tx, 'booking.cancelled', ended.map(({ bookingId, sequence }) => ({ bookingId, sequence })))
    await outbox.announce(tx, 'activity.changed', [{ activityId }])
    await record(tx, {
      staffMemberId: by.id,
      action: 'activity.cancelled',
      subject: activity.slug,
      details: { bookings: ended.length, told, toCall: toTell.length - told }
    }, now)
    return { told }
  })
}

/**
 * Changes how many places a booking has. The invitation states the number, so a confirmed booking's SEQUENCE goes up by
 * one. Asking for the current number changes nothing.
 */
export async function changePlaces (
  db: Db, outbox: Outbox, bookingId: string, places: number, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    assertHeld(booking, by)
    if (places === booking.places) return
    await assertMayHave(tx, booking, activity, places, now)

    const sequence = booking.icalSequence + 1
    await tx.booking.update({
      where: { id: bookingId }, data: { places, icalSequence: sequence, changedAt: now.toJSDate() }
    })

    await outbox.announce(tx, 'booking.changed', [{ bookingId, sequence }])
    if (places < booking.places) await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
  })
}

/**
 * Changes what we know of the holder of a booking, at their own request. Access needs or a question that they change
 * are open again: no one has arranged or answered them. Emails and invitations contain the name, so a new name raises
 * SEQUENCE and is announced. Their bookings on other dates, if they have not heard of those, are updated too. Returns
 * whether anything changed. Throws `PhoneNeeded` if that would leave no way to reach them.
 */
export async function changeOwnDetails (
  db: Db, outbox: Outbox, bookingId: string, change: OwnChange, now: DateTime<true>, by?: HeldLink
): Promise<boolean> {
  return await db.$transaction(async tx => {
    await lockWithCopies(tx, bookingId)
    const { booking } = await lockLiveBooking(tx, bookingId, now)
    assertHeld(booking, by)
    const changed = changedBy(change, booking)
    if (changed.length === 0) return false
    if (booking.email === undefined && change.phone === null) throw new PhoneNeeded()

    const told = changed.includes('name')
    const sequence = booking.icalSequence + Number(told)
    const known = {
      ...Object.fromEntries(changed.map(name => [name, change[name]])),
      ...(changed.includes('accessNeeds') && { accessAnswer: null, accessAnsweredAt: null }),
      ...(changed.includes('question') && { questionOutcome: null, questionSettledAt: null, questionSettledById: null })
    }
    await tx.booking.update({
      where: { id: bookingId }, data: { ...known, icalSequence: sequence, ...(told && { changedAt: now.toJSDate() }) }
    })
    await updateCopies(tx, bookingId, known)
    await writeHistory(tx, bookingId, changed, now)
    if (told) await outbox.announce(tx, 'booking.changed', [{ bookingId, sequence }])
    return true
  })
}

/** Records which details someone changed, without changing the state of their booking. */
async function writeHistory (
  tx: Tx, bookingId: string, details: readonly string[], now: DateTime<true>
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO booking_events (booking_id, at, activity_id, status, places, offers, called, reason, mode, held, details)
    SELECT b.id, ${now.toJSDate()}, b.activity_id, b.status, b.places, b.offers, b.called_at IS NOT NULL,
      coalesce(b.lapse_reason, b.cancelled_by), a.waiting_list, b.hold_id IS NOT NULL, ${[...details]}::text[]
    FROM bookings b JOIN activities a ON a.id = b.activity_id WHERE b.id = ${bookingId}::uuid`
}

/** Throws unless a booking whose activity's row is locked may change to so many places. */
export async function assertMayHave (
  tx: Tx, booking: Booking, activity: Activity, places: number, now: DateTime<true>
): Promise<void> {
  const most = maxPlaces(activity, booking)
  if (places > most) throw new TooManyPlaces(most)
  const hold = booking.holdId === undefined ? undefined : await getHold(tx, booking.holdId)
  const isOver = hold !== undefined && hasReturned(hold, now)
  if (isOver) await returnDueHolds(tx, activity.id, now)
  const occupancy = await occupancyOf(tx, activity.id)
  if (!mayChangePlaces(activity, occupancy, booking, places, isOver ? undefined : hold)) throw new NoPlacesLeft()
}

/** Records whether the holder of a live booking wants reminders. Repeating it changes nothing. */
export async function changeReminders (
  db: Db, bookingId: string, areWanted: boolean, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking } = await lockLiveBooking(tx, bookingId, now)
    assertHeld(booking, by)
    await tx.booking.update({ where: { id: bookingId }, data: { remindersOff: !areWanted } })
  })
}

/**
 * Sends the links of an address's live bookings that are still to come to that address, no matter who asks. The caller
 * learns nothing: the answer is the same for an address that has none.
 */
export async function requestLinks (db: Db, outbox: Outbox, email: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const bookings = await tx.booking.findMany({
      where: {
        canonicalEmail: canonicalAddress(email),
        ...live.where,
        ...known.where,
        activity: { endsAt: { gt: now.toJSDate() } }
      },
      select: { id: true },
      orderBy: { activity: { startsAt: 'asc' } },
      take: 20
    })
    await outbox.announce(tx, 'booking-link.requested', bookings.map(({ id }) => ({
      bookingId: id, sequence: answerSequence(now)
    })))
  })
}

/** Throws `BookingNotOpen` unless a place can be asked for at `now`. */
function assertOpen (activity: Activity, now: DateTime<true>): void {
  const state = bookability(activity, now)
  if (state !== 'open') throw new BookingNotOpen(state)
}

/** Locks the activity of a booking, then reads the booking, which must be live and not over. */
export async function lockLiveBooking (
  tx: Tx, bookingId: string, now: DateTime<true>
): Promise<{ booking: Booking, activity: Activity }> {
  const found = await tx.booking.findUnique({ where: { id: bookingId }, select: { activityId: true } })
  if (found === null) throw new BookingNotFound()
  const activity = await lockActivity(tx, found.activityId)
  const booking = bookingOf(await tx.booking.findUniqueOrThrow({ where: { id: bookingId } }))
  if (booking.activityId !== activity.id) throw new BookingMoved()
  if (!liveStatuses.includes(booking.status)) throw new AlreadyCancelled()
  if (now >= activity.endsAt) throw new BookingNotOpen('over')
  return { booking, activity }
}

/** The same for all requests of one minute, so that no one can fill a stranger's inbox. */
function answerSequence (now: DateTime<true>): number {
  return Math.floor(now.toSeconds() / secondsBetweenAnswers)
}
