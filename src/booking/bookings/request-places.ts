import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { ActivityNotFound, assertOpen } from '../../programme/activities/errors.ts'
import { isKnownAt } from '../../programme/activities/public-activities.ts'
import { lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import type { Activity, Occupancy } from '../../programme/activities/activity.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { unheard } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { DomainError } from '../../platform/errors.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { holdsByCode } from '../holds/queries.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import { canonicalAddress } from './address.ts'
import { decideInOrder } from './admission.ts'
import type { Candidate, Decision } from './admission.ts'
import { answerColumns } from './answer-columns.ts'
import type { AnswerColumn } from './answer-columns.ts'
import type { PlaceRequest } from './booking.ts'
import { listEarlier } from './queries.ts'
import { newReference } from './reference.ts'
import { answerAgain } from './repeated-requests.ts'
import type { AskedAgain } from './repeated-requests.ts'
import { closedAnswers } from './sealed-answers.ts'

/**
 * Books places on one activity, or puts people on its waiting list, in the order of `requests`: one lock, one
 * transaction and one flush to disk for all of them. Returns the answers in that order; a refused request harms none of
 * its neighbours. Throws `BookingNotOpen` if no one can book now, and `ActivityNotFound` where strangers may not know
 * of the activity. `organizer` is who invites those that have a place; without one their first email says so, at the
 * cost of writing each booking once more.
 */
export async function requestPlaces (
  db: Db, outbox: Outbox, activityId: string, requests: readonly PlaceRequest[], now: DateTime<true>, organizer?: string
): Promise<Array<'received' | DomainError>> {
  const candidates = requests.map(request => candidateOf(activityId, request))

  const decisions = await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    assertOpen(activity, now)
    // The page that the form came from may be a second old.
    if (!isKnownAt(activity, now)) throw new ActivityNotFound()

    const { decided, again } = await placeLocked(tx, outbox, activity, candidates, now, organizer)
    await answerAgain(tx, outbox, again, now)
    return decided
  })
  return decisions.map(decision => decision.answer)
}

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
  tx: Tx, outbox: Outbox, activity: Activity, candidates: readonly Candidate[], now: DateTime<true>, organizer?: string
): Promise<{ decided: Decision[], again: AskedAgain[] }> {
  const activityId = activity.id
  const before = await occupancyOf(tx, activityId)
  // Where no place is offered, as in a rush, none can have lapsed: one step less for each batch.
  const haveLapsed = before.offered > 0 && await lapseOffers(tx, outbox, activityId, now)
  const occupancy = haveLapsed ? await occupancyOf(tx, activityId) : before
  const decided = decideInOrder(
    activity, occupancy, await listEarlier(tx, activityId, candidates), candidates,
    await holdsByCode(tx, activityId, candidates.flatMap(({ code }) => code ?? [])), now)
  await write(tx, activityId, candidates, decided, now, organizer)
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
  'id', 'reference', 'status', 'waited_at', 'confirmed_at', 'submission_id', 'hold_id', 'ical_organizer'
] as const

type NewBooking = Record<AnswerColumn | typeof givenColumns[number], string | number | undefined>

/**
 * Inserts the decided bookings, in order, in one statement that carries them as JSON: Prisma's `createMany` does the
 * same with a parameter per value, at six times the processor time. The day of erasure, which a trigger would compute
 * for each of them, is asked for once.
 */
async function write (
  tx: Tx, activityId: string, candidates: readonly Candidate[], decisions: readonly Decision[], now: DateTime<true>,
  organizer: string | undefined
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
          ...closedAnswers(tx, candidate.id, candidate),
          heard_from: candidate.heardFrom,
          places: candidate.places,
          status: admission,
          waited_at: admission === 'waiting' ? at : undefined,
          confirmed_at: admission === 'confirmed' ? at : undefined,
          submission_id: candidate.submissionId,
          hold_id: decisions[n]?.holdId,
          ical_organizer: admission === 'confirmed' ? organizer : undefined
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
