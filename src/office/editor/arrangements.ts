import type { DateTime } from 'luxon'
import type { Arrangements } from '../../programme/activities/activity.ts'
import { announceToConfirmed } from '../../programme/activities/commands.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { arrangementEffects } from './arrangement-effects.ts'

/** How people are to get in, and which emails they are to get. */
export interface NewArrangements {
  draft: Arrangements
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
}

/**
 * Changes how people get in and which emails they get. Until the activity ends, those who have a place are told of
 * another way in. Whether people get an email afterwards can be changed after the end too. Throws `BookingNotOpen`
 * where the activity is cancelled, and `ConfirmationRequired`.
 */
export async function changeArrangements (
  db: Db, outbox: Outbox, activityId: string, { draft, confirmed }: NewArrangements, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  const { joinMode, reminders, followUp } = draft
  await db.$transaction(async tx => {
    const current = await lockActivity(tx, activityId)
    if (current.status === 'cancelled') throw new BookingNotOpen('cancelled')
    const recipients = await countRecipients(tx, current)
    requireConfirmation(arrangementEffects({ current, draft, recipients }, now), confirmed)
    await tx.activity.update({ where: { id: activityId }, data: { joinMode, reminders: [...reminders], followUp } })
    if (joinMode !== current.joinMode && current.isOnline && current.status === 'published' && now < current.endsAt) {
      await announceToConfirmed(tx, outbox, activityId, now)
    }
    await record(tx, {
      staffMemberId: by.id,
      action: 'arrangements.changed',
      subject: current.slug,
      details: {
        entry: [current.joinMode, joinMode],
        reminders: [current.reminders.join(' '), reminders.join(' ')],
        followUp: [String(current.followUp), String(followUp)]
      }
    }, now)
  })
}
