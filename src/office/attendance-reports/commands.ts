import type { DateTime } from 'luxon'
import { lockActivity } from '../../programme/activities/queries.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { record, recordAll } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { attendanceOf } from '../../booking/bookings/attendance.ts'
import { assertNotable } from '../on-the-day/errors.ts'
import { walkInsOf } from '../on-the-day/queries.ts'
import { assertNotCancelled } from './errors.ts'
import { lockNoted } from './queries.ts'
import { askedFor, attendedIn, takingOf } from './review.ts'
import type { Attended, Decision, Review, Noted, Taking } from './review.ts'

/** What someone decided on the page of a report. */
export interface Decided {
  /** Of the people whom the report does not tell, by their place in the review. */
  decisions: ReadonlyMap<number, Decision>
  /** Bookings of which a host noted that nobody came, and which the report is to change. */
  changed: ReadonlySet<string>
  /** How many people of a booking for several came, where it was said. */
  counted: ReadonlyMap<string, number>
}

/** What a report has changed. */
export interface Taken {
  marked: number
  /** Bookings of which a host had noted that nobody came, and still has. */
  kept: number
  /** People who came without a booking, by what is recorded now; undefined: nobody counted, nor did the report. */
  walkIns: number | undefined
}

/**
 * Records who came by an attendance report. Nobody is marked as not having come, what a person has noted stays unless
 * they ask for the change, and the same report twice changes nothing. Of the report only that is kept, with how long
 * each was there to 10 minutes; the trail has who took it and where it is from.
 *
 * Locks the activity's row and then its bookings', as whoever ticks people does, so that neither undoes the other.
 */
export async function takeReport (
  db: Db, activityId: string, review: Review, { decisions, changed, counted }: Decided, by: StaffMember,
  now: DateTime<true>
): Promise<Taken> {
  return await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    assertNotCancelled(activity)
    assertNotable(activity, now)

    const event = { from: activity.startsAt.toMillis(), to: activity.endsAt.toMillis() }
    const { attended, walkIns, leftOut } = attendedIn(review, decisions, event)
    const notedOf = await lockNoted(tx, activityId, attended.map(({ bookingId }) => bookingId))
    const asked = askedFor(review, decisions, changed)
    const taken = attended.flatMap(one => {
      const noted = notedOf.get(one.bookingId)
      if (noted === undefined) return []
      const taking = takingOf(noted, one, asked.has(one.bookingId))
      return [{ ...one, noted, taking, came: taking === 'marks' ? counted.get(one.bookingId) : undefined }]
    })
    await writeTaken(tx, taken)
    const marked = taken.filter(({ taking }) => taking === 'marks')
    await recordAll(tx, marked.map(({ bookingId, noted, came }) => ({
      staffMemberId: by.id,
      action: 'attendance.changed' as const,
      subject: activity.slug,
      details: {
        booking: bookingId,
        attended: [attendanceOf(noted.attended), 'yes'],
        ...came !== undefined && { came: ['', String(came)] },
        source: 'report'
      }
    })), now)

    const walkInsBefore = await walkInsOf(tx, activityId)
    const walkInsNow = walkIns > (walkInsBefore ?? 0) ? walkIns : walkInsBefore
    if (walkInsNow !== walkInsBefore) {
      await tx.activity.update({ where: { id: activityId }, data: { walkIns: walkInsNow ?? null } })
      await record(tx, {
        staffMemberId: by.id,
        action: 'walk-ins.changed',
        subject: activity.slug,
        details: { walkIns: [String(walkInsBefore ?? ''), String(walkInsNow ?? '')], source: 'report' }
      }, now)
    }
    await record(tx, {
      staffMemberId: by.id,
      action: 'attendance.imported',
      subject: activity.slug,
      details: {
        from: review.from,
        note: review.note,
        people: review.people.length,
        marked: marked.length,
        leftOut
      }
    }, now)
    return {
      marked: marked.length, kept: taken.filter(({ taking }) => taking === 'differs').length, walkIns: walkInsNow
    }
  })
}

type TakenBooking = Attended & { noted: Noted, taking: Taking, came: number | undefined }

/** Writes what a report says of bookings whose rows are locked. */
async function writeTaken (tx: Tx, taken: readonly TakenBooking[]): Promise<void> {
  const written = taken.filter(({ taking }) => taking === 'marks' || taking === 'measures')
  if (written.length === 0) return
  await tx.$executeRaw`
    UPDATE bookings SET
      attended = coalesce(taken.came, attended),
      came_places = CASE WHEN taken.came THEN taken.people ELSE came_places END,
      attendance_source = CASE WHEN taken.came THEN 'report' ELSE attendance_source END,
      minutes_at_least = greatest(minutes_at_least, taken.minutes)
    FROM unnest(
      ${written.map(({ bookingId }) => bookingId)}::uuid[],
      ${written.map(({ taking }) => taking === 'marks' ? true : null)}::boolean[],
      ${written.map(({ came }) => came ?? null)}::integer[],
      ${written.map(({ minutesAtLeast }) => minutesAtLeast)}::integer[]
    ) AS taken (id, came, people, minutes)
    WHERE bookings.id = taken.id`
}
