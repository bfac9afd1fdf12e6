import type { DateTime } from 'luxon'
import { getBooking } from '../../booking/bookings/queries.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { EmailOutdated, EmailPending, SentAgain } from './errors.ts'
import { outdatedReason } from './kinds.ts'
import { listUnsentEmails, listLostEmails } from './lost.ts'
import { recordOwedEmails } from './owing.ts'
import { getBulletinText, lockEmail } from './queries.ts'

/**
 * Announces emails that are owed and were lost on the way: those that a booking's state calls for and that were never
 * begun, and those that were begun but that no job is about to send. Announces emails only: the fact behind them is not
 * announced again to other subscribers. Does nothing where nothing is lost. Running it twice is harmless, because an
 * email goes out once, however often it is announced.
 */
export async function sweepEmails (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    await outbox.announce(tx, 'letter.due', [...await listLostEmails(tx, now), ...await listUnsentEmails(tx, now)])
  })
}

/**
 * Sends an email once more, as a copy that says what is true by now: for a calendar the same entry, with the same
 * SEQUENCE. The address counts as reachable again, until a copy comes back. Refused for an email that is on its way,
 * was sent again already, or would not be true any more; of simultaneous presses one sends.
 *
 * Locks the email and not its activity: no one's place changes, and people can book meanwhile. Should the booking
 * change before the copy goes, the job that writes it checks again.
 */
export async function sendAgain (
  db: Db, outbox: Outbox, { emailId, host }: { emailId: string, host: string }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { bookingId, kind, sequence, copy, status, latest } = await lockEmail(tx, emailId)
    if (status === 'queued' || latest.status === 'queued') throw new EmailPending()
    if (latest.copy > copy) throw new SentAgain()
    const booking = await getBooking(tx, bookingId)
    const bulletin = kind === 'bulletin' ? await getBulletinText(tx, booking.activityId, sequence) : undefined
    const outdated = outdatedReason(kind, sequence, booking, now, bulletin)
    if (outdated !== undefined) throw new EmailOutdated(outdated)

    await recordOwedEmails(tx, outbox, [{ bookingId, kind, sequence, copy: copy + 1 }], host, now)
    await tx.booking.updateMany({
      where: { id: bookingId, unreachableAt: { not: null } }, data: { unreachableAt: null }
    })
    await record(tx, {
      staffMemberId: by.id, action: 'letter.sent-again', subject: bookingId, details: { kind, sequence, copy: copy + 1 }
    }, now)
  })
}
