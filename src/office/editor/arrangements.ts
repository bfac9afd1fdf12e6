import type { DateTime } from 'luxon'
import type { Arrangements } from '../../programme/activities/activity.ts'
import { tellWhoHasAPlace } from '../../programme/activities/commands.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import { countReach } from '../../booking/bookings/queries.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { arrangementEffects } from './arrangement-effects.ts'

/** How people are to get in, and which letters they are to get. */
export interface NewArrangements {
  draft: Arrangements
  /** The token of what whoever says so has read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Changes how people get in and which letters they get. Another way in is told to those who have a place, until
 * the end; whether people are written to after it can be changed then too. Throws `BookingNotOpen` where it is
 * cancelled, and `ConfirmationRequired`.
 */
export async function changeArrangements (
  db: Db, outbox: Outbox, activityId: string, { draft, confirmed }: NewArrangements, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  const { entry, reminders, followUp } = draft
  await db.$transaction(async tx => {
    const standing = await lockActivity(tx, activityId)
    if (standing.status === 'cancelled') throw new BookingNotOpen('cancelled')
    const reach = await countReach(tx, standing)
    requireConfirmation(arrangementEffects({ standing, draft, reach }, now), confirmed)
    await tx.activity.update({ where: { id: activityId }, data: { entry, reminders: [...reminders], followUp } })
    if (entry !== standing.entry && standing.isOnline && standing.status === 'published' && now < standing.endsAt) {
      await tellWhoHasAPlace(tx, outbox, activityId, now)
    }
    await record(tx, {
      staffMemberId: by.id,
      action: 'arrangements.changed',
      subject: standing.slug,
      details: {
        entry: [standing.entry, entry],
        reminders: [standing.reminders.join(' '), reminders.join(' ')],
        followUp: [String(standing.followUp), String(followUp)]
      }
    }, now)
  })
}
