import type { DateTime } from 'luxon'
import { activityOf, within } from '../../programme/activities/queries.ts'
import { bookingOf } from '../../booking/bookings/queries.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { instant } from '../../platform/clock.ts'
import { live } from '../../programme/booking-rules.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Letter, Prisma } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'

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

/**
 * Bookings of activities to come whose holders letters do not reach and should, of which the member of staff
 * may know: an agency that only takes part in an activity does not learn who comes. Who cancelled, or waits no
 * more, needs no letter; whom we cancelled does.
 */
function unreachableKnownTo (member: StaffMember, now: DateTime<true>): Prisma.BookingWhereInput {
  return {
    unreachableAt: { not: null },
    OR: [live.where, { cancelledBy: { not: null } }],
    activity: { AND: [within(member, 'know attendees'), { endsAt: { gt: now.toJSDate() } }] }
  }
}

/** How many bookings there are that letters do not reach and should, of which the member of staff may know. */
export async function countUnreachable (db: Reader, member: StaffMember, now: DateTime<true>): Promise<number> {
  return await db.booking.count({ where: unreachableKnownTo(member, now) })
}

/** Somebody whom letters do not reach, and what a mail server said last. */
export interface Unreachable {
  booking: BookingWithActivity
  since: DateTime<true>
  answer: string | undefined
}

/**
 * People of activities to come whom letters do not reach, the soonest activity first, of whom the member of
 * staff may know. Who cancelled, or waits no more, needs no letter; whom we cancelled does.
 */
export async function listUnreachable (
  db: Reader, member: StaffMember, now: DateTime<true>, { skip, take }: { skip: number, take: number }
): Promise<Unreachable[]> {
  const rows = await db.booking.findMany({
    where: unreachableKnownTo(member, now),
    include: {
      activity: { include: { campaign: true } },
      letters: {
        where: { status: { in: ['failed', 'bounced'] } },
        select: { answer: true },
        orderBy: { createdAt: 'desc' },
        take: 1
      }
    },
    orderBy: [{ activity: { startsAt: 'asc' } }, { unreachableAt: 'desc' }, { id: 'asc' }],
    skip,
    take
  })
  return rows.map(({ activity, letters: [letter], ...row }) => ({
    booking: { ...bookingOf(row), activity: activityOf(activity) },
    since: instant(row.unreachableAt ?? row.changedAt),
    answer: letter?.answer ?? undefined
  }))
}
