import type { DateTime } from 'luxon'
import { lockLiveBooking } from '../../booking/bookings/queries.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { newLinkEffects } from './new-links.ts'

/** New links for a booking, with the marks of what was read. */
export interface NewLinks {
  /** The version of the links that are to end. */
  linkVersion: number
  /** The token of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Ends every existing link to a booking, and emails new ones to its holder. Their calendar entry is updated too: it
 * contains the links. Returns whether it did so: a second press finds that those links have ended. Throws
 * `ConfirmationRequired` for effects that were not read.
 */
export async function makeNewLinks (
  db: Db, outbox: Outbox, bookingId: string, { linkVersion, confirmed }: NewLinks, by: StaffMember, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    if (booking.linkVersion !== linkVersion) return false
    requireConfirmation({ sentences: newLinkEffects(booking, activity), changes: [] }, confirmed)
    const sequence = booking.icalSequence + 1
    await tx.booking.update({
      where: { id: bookingId },
      data: { linkVersion: linkVersion + 1, icalSequence: sequence, changedAt: now.toJSDate() }
    })
    await outbox.announce(tx, 'booking.changed', [{ bookingId, sequence }])
    await record(tx, {
      staffMemberId: by.id, action: 'booking.links-ended', subject: activity.slug, details: { booking: bookingId }
    }, now)
    return true
  })
}
