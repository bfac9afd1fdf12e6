import type { DateTime } from 'luxon'
import { getActivity, lockActivities, lockActivity } from '../../programme/activities/queries.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import type { QuestionOutcome } from '../../booking/bookings/booking.ts'
import type { Handover } from '../../booking/bookings/handover.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record, recordAll } from '../../identity/staff/audit.ts'
import { attendanceOf } from '../../booking/bookings/attendance.ts'
import type { Attendance } from '../../booking/bookings/attendance.ts'
import { attendanceWanted, notingOf, walkInsDraft } from './attendance.ts'
import type { Note, Noting, Party } from './attendance.ts'
import { assertNotable, QuestionSettled, WalkInsChanged } from './errors.ts'
import { listLinkedBookings, lockGuests, walkInsOf } from './queries.ts'
import type { AttendanceState } from './queries.ts'

/** The notes that could not be recorded, and why. */
export interface NotNoted {
  reference: string
  because: Exclude<Noting, 'write' | 'as-it-was'>
}

/**
 * Records who came to an activity and who did not, and returns what could not be recorded. Each note is independent: a
 * conflict with someone else's note does not prevent the others from being saved.
 *
 * Locks the bookings' rows, and the activity's only in shared mode: no place is taken or freed, and hosts record people
 * in the same minutes in which they join.
 */
export async function noteAttendance (
  db: Db, activityId: string, notes: readonly Note[], by: StaffMember, now: DateTime<true>
): Promise<NotNoted[]> {
  return await db.$transaction(async tx => {
    const activity = await getActivity(tx, activityId)
    assertNotable(activity, now)

    const guests = await lockGuests(tx, activityId, notes.map(({ reference }) => reference))
    const decided = notes.map(note => {
      const guest = guests.get(note.reference)
      return { ...note, wanted: attendanceWanted(note), guest, noting: notingOf(note, guest) }
    })
    const written = decided.flatMap(({ guest, wanted, party, noting }) =>
      guest !== undefined && noting === 'write' ? [{ guest, wanted, came: cameOf(guest, wanted, party?.wanted) }] : [])
    await tx.$executeRaw`
      UPDATE bookings SET attended = noted.attended, came_places = noted.came,
        attendance_source = CASE
          WHEN bookings.attended IS DISTINCT FROM noted.attended THEN 'ticked' ELSE attendance_source END
      FROM unnest(
        ${written.map(({ guest }) => guest.id)}::uuid[],
        ${written.map(({ wanted }) => wanted === 'unknown' ? null : wanted === 'yes')}::boolean[],
        ${written.map(({ came }) => came ?? null)}::integer[]
      ) AS noted (id, attended, came)
      WHERE bookings.id = noted.id`
    await recordAll(tx, written.map(({ guest, wanted, came }) => ({
      staffMemberId: by.id,
      action: 'attendance.changed' as const,
      subject: activity.slug,
      details: {
        booking: guest.id,
        attended: [attendanceOf(guest.attended), wanted],
        ...came !== guest.camePlaces && wanted === 'yes' && { came: [String(guest.camePlaces ?? ''), String(came ?? '')] }
      }
    })), now)
    return decided.flatMap(({ reference, noting }) =>
      noting === 'write' || noting === 'as-it-was' ? [] : [{ reference, because: noting }])
  })
}

/** How many of a party came, as it is kept: none of those who did not come; undefined where nobody counted. */
function cameOf (guest: AttendanceState, wanted: Attendance, counted: Party | undefined): number | undefined {
  if (wanted !== 'yes') return wanted === 'no' ? 0 : undefined
  if (counted === undefined) return guest.camePlaces
  return counted === 'unknown' ? undefined : counted === 'all' ? guest.places : Math.min(counted, guest.places)
}

/**
 * Records how many people came without a booking; undefined: nobody counted. Refuses to replace a number that its
 * writer has not seen.
 */
export async function noteWalkIns (
  db: Db, activityId: string, { walkIns, readHash }: { walkIns: number | undefined, readHash: string | undefined },
  by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    assertNotable(activity, now)
    const stands = await walkInsOf(tx, activityId)
    if (stands === walkIns) return
    if (readHash !== walkInsDraft.versionHash({ walkIns: stands })) throw new WalkInsChanged(stands)
    await tx.activity.update({ where: { id: activityId }, data: { walkIns: walkIns ?? null } })
    await record(tx, {
      staffMemberId: by.id,
      action: 'walk-ins.changed',
      subject: activity.slug,
      details: { walkIns: [String(stands ?? ''), String(walkIns ?? '')] }
    }, now)
  })
}

/** Marks a question as answered, once. Its text stays, to help with the next one like it. */
export async function answerQuestion (
  db: Db, activityId: string, bookingId: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { outcome } = await lockQuestion(tx, activityId, bookingId)
    if (outcome !== undefined) throw new QuestionSettled(outcome)

    await tx.booking.update({
      where: { id: bookingId },
      data: { questionOutcome: 'answered', questionSettledAt: now.toJSDate(), questionSettledById: by.id }
    })
    await recordQuestion(tx, 'question.answered', activityId, bookingId, by, now)
  })
}

/**
 * Removes a question from the service once the people who look into it have received it: its text is deleted; who
 * received it, where and when, their reference and who handed it over stay, in the audit trail too. A question that was
 * marked as answered can still be handed over. Copies on other dates are removed with it, under the locks of all of
 * them: another date that is being made copies people's questions.
 */
export async function handToSafeguarding (
  db: Db, activityId: string, bookingId: string, receipt: Handover, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const known = await listLinkedBookings(tx, bookingId)
    await lockActivities(tx, known.map(({ activityId }) => activityId))
    const family = await listLinkedBookings(tx, bookingId)
    await tx.$queryRaw`
      SELECT 1 FROM bookings WHERE id = ANY (${family.map(({ id }) => id)}::uuid[]) ORDER BY id FOR UPDATE`
    const { outcome, question } = await lockQuestion(tx, activityId, bookingId)
    if (outcome === 'handed-over' || question === undefined) throw new QuestionSettled(outcome)

    const asked = await tx.booking.findMany({
      where: { id: { in: family.map(({ id }) => id) } }, select: { id: true, question: true }
    })
    const handed = await tx.booking.updateManyAndReturn({
      where: { id: { in: asked.filter(one => one.question === question).map(({ id }) => id) } },
      data: {
        question: null,
        questionOutcome: 'handed-over',
        questionSettledAt: now.toJSDate(),
        questionSettledById: by.id
      },
      select: { id: true }
    })
    const { hub, receivedBy, receivedAt, reference } = receipt
    await tx.handover.createMany({
      data: handed.map(({ id }) => ({
        ...receipt, bookingId: id, receivedAt: receivedAt.toJSDate(), handedById: by.id, handedAt: now.toJSDate()
      }))
    })
    await recordQuestion(tx, 'question.handed-over', activityId, bookingId, by, now, {
      hub, receivedBy, receivedAt: receivedAt.toISO(), reference
    })
  })
}

/** Takes a booking's row lock until the transaction ends, then reads its question. Throws where there is none. */
async function lockQuestion (
  tx: Tx, activityId: string, bookingId: string
): Promise<{ question: string | undefined, outcome: QuestionOutcome | undefined }> {
  await tx.$queryRaw`SELECT 1 FROM bookings WHERE id = ${bookingId}::uuid FOR UPDATE`
  const row = await tx.booking.findFirst({
    where: { id: bookingId, activityId }, select: { question: true, questionOutcome: true }
  })
  if (row === null) throw new BookingNotFound()
  if (row.question === null && row.questionOutcome === null) throw new QuestionSettled(undefined)
  return {
    question: row.question ?? undefined, outcome: row.questionOutcome as QuestionOutcome | null ?? undefined
  }
}

async function recordQuestion (
  tx: Tx, action: 'question.answered' | 'question.handed-over', activityId: string, bookingId: string,
  by: StaffMember, now: DateTime<true>, more: Record<string, string> = {}
): Promise<void> {
  const { slug } = await getActivity(tx, activityId)
  await record(tx, { staffMemberId: by.id, action, subject: slug, details: { booking: bookingId, ...more } }, now)
}
