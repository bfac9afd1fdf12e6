import type { DateTime } from 'luxon'
import { activityOf } from '../../programme/activities/queries.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { bookingWith } from '../../booking/bookings/queries.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { instant } from '../../platform/clock.ts'
import { live } from '../../programme/booking-rules.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Email, Prisma } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'

/**
 * Records since when emails do not arrive at the address of a booking, which stays as it is. Not for an email whose
 * links have ended: it may have gone to an address that is no longer the booking's.
 */
export async function markUnreachable (
  tx: Tx, { bookingId, linkVersion }: Pick<Email, 'bookingId' | 'linkVersion'>, now: DateTime<true>
): Promise<void> {
  await tx.booking.updateMany({
    where: { id: bookingId, unreachableAt: null, ...(linkVersion !== null && { linkVersion }) },
    data: { unreachableAt: now.toJSDate() }
  })
}

/**
 * Filter for bookings of activities to come whose holders should be reached by email but are not, as far as the member
 * of staff may know: an agency that only takes part in an activity does not learn who comes. A holder who cancelled, or
 * waits no more, needs no email; a holder whose booking we cancelled does.
 */
function unreachableKnownTo (member: StaffMember, now: DateTime<true>): Prisma.BookingWhereInput {
  return {
    unreachableAt: { not: null },
    OR: [live.where, { cancelledBy: { not: null } }],
    activity: { AND: [within(member, 'know attendees'), { endsAt: { gt: now.toJSDate() } }] }
  }
}

/** Number of bookings whose holders should be reached by email but are not, as far as the member of staff may know. */
export async function countUnreachable (db: Reader, member: StaffMember, now: DateTime<true>): Promise<number> {
  return await db.booking.count({ where: unreachableKnownTo(member, now) })
}

/** Someone who cannot be reached by email, and the mail server's last answer. */
export interface Unreachable {
  booking: BookingWithActivity
  since: DateTime<true>
  answer: string | undefined
}

/**
 * People of coming activities who cannot be reached by email, the soonest activity first, limited to what the member of
 * staff may see. People who cancelled, or wait no more, need no email; those whose booking we cancelled do.
 */
export async function listUnreachable (
  db: Reader, member: StaffMember, now: DateTime<true>, { skip, take }: { skip: number, take: number }
): Promise<Unreachable[]> {
  const rows = await db.booking.findMany({
    where: unreachableKnownTo(member, now),
    include: {
      activity: { include: { campaign: true } },
      emails: {
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
  return rows.map(({ activity, emails: [email], ...row }) => ({
    booking: bookingWith(row, activityOf(activity)),
    since: instant(row.unreachableAt ?? row.changedAt),
    answer: email?.answer ?? undefined
  }))
}
