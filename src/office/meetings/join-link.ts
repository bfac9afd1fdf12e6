import type { DateTime } from 'luxon'
import { writeJoinLink } from '../../programme/activities/commands.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Seal } from '../../platform/seal.ts'
import { linkEffects } from './link-effects.ts'
import { findMeeting, withLink } from './queries.ts'

/** The Teams link that an activity is to have; undefined: none. */
export interface NewLink {
  joinUrl: string | undefined
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
}

/**
 * Puts a Teams link on an activity, another in its place, or takes it away. Those who have a place are told,
 * unless they get in by links of their own; the same link again changes nothing. Throws `ConfirmationRequired`.
 */
export async function setJoinLink (
  db: Db, outbox: Outbox, seal: Seal, activityId: string, { joinUrl, confirmed }: NewLink, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = withLink(await lockActivity(tx, activityId), seal)
    const [kept, recipients] = [await findMeeting(tx, seal, activityId), await countRecipients(tx, activity)]
    requireConfirmation(linkEffects({ activity, joinUrl, kept, recipients }, now), confirmed)
    if (!await writeJoinLink(tx, outbox, seal, activity, joinUrl, now)) return
    await record(tx, {
      staffMemberId: by.id,
      action: joinUrl === undefined ? 'join-link.removed' : 'join-link.changed',
      subject: activity.slug,
      details: {}
    }, now)
  })
}
