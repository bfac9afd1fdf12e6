import type { DateTime } from 'luxon'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { assertMayHave } from '../../booking/bookings/change-own-booking.ts'
import { updateCopies, lockWithCopies } from '../../booking/bookings/copies.ts'
import { lockLiveBooking } from '../../booking/bookings/queries.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { assertFree } from './address-in-use.ts'
import { detailEffects, detailInWords, detailsDraft, detailsInWords, isTold } from './details.ts'
import type { Details } from './details.ts'
import { DetailsChanged } from './errors.ts'

/** A change of a booking's details, with the marks of what was read. */
export interface DetailsEdit {
  details: Details
  /** Mark of the details that were read. */
  versionHash: string
  /** The token of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Changes what is known of someone who has booked, and how many places they have. Returns whether anything changed.
 * A change of what emails say is emailed to them and updates any entry in their calendar; if the address changes,
 * both go to the new one. Copies of the booking on lists of other dates that they have not heard of are updated too.
 * Throws `DetailsChanged` where someone else was quicker, `BookedThere` where another booking has the address, and
 * `ConfirmationRequired` for effects on them that were not read.
 */
export async function changeDetails (
  db: Db, outbox: Outbox, bookingId: string, { details, versionHash, confirmed }: DetailsEdit, by: StaffMember,
  now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    await lockWithCopies(tx, bookingId)
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    const changed = detailsDraft.changed(booking, details)
    // Includes a second press on the same button, which finds the change already made.
    if (changed.length === 0) return false
    if (detailsDraft.versionHash(booking) !== versionHash) throw new DetailsChanged()
    const canonicalEmail = details.email === undefined ? null : canonicalAddress(details.email)
    if (canonicalEmail !== null) {
      await assertFree(tx, activity.id, canonicalEmail, booking.id, 'Another booking of this activity has this address')
    }
    if (changed.includes('places')) await assertMayHave(tx, booking, activity, details.places, now)
    requireConfirmation({
      sentences: detailEffects(booking, details, activity),
      changes: changed.map(name => ({
        what: detailsInWords[name], from: detailInWords(booking, name), to: detailInWords(details, name)
      }))
    }, confirmed)

    const sequence = isTold(changed) ? booking.icalSequence + 1 : booking.icalSequence
    const { name, email, phone, district, places, accessNeeds } = details
    await tx.booking.update({
      where: { id: bookingId },
      data: {
        name,
        email: email ?? null,
        canonicalEmail,
        phone: phone ?? null,
        district: district ?? null,
        places,
        accessNeeds: accessNeeds ?? null,
        icalSequence: sequence,
        // Whether emails arrive at another address is not known yet.
        ...(changed.includes('email') && { unreachableAt: null }),
        ...(changed.includes('accessNeeds') && { accessAnswer: null, accessAnsweredAt: null }),
        ...(isTold(changed) && { changedAt: now.toJSDate() })
      }
    })
    await updateCopies(tx, bookingId, { name, email: email ?? null, canonicalEmail, phone: phone ?? null })
    if (isTold(changed)) await outbox.announce(tx, 'booking.changed', [{ bookingId, sequence }])
    if (places < booking.places) await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.corrected',
      subject: activity.slug,
      details: { booking: bookingId, fields: changed }
    }, now)
    return true
  })
}
