import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { isCancellingAsked } from '../../programme/entries/entry.ts'
import { EntryMoved } from '../../programme/entries/errors.ts'
import { lockEntered } from './amend.ts'
import type { EntryParts } from './amend.ts'

/**
 * Leaves in the programme what someone entered and asks to have cancelled, with a reason that they read by email and on
 * their page; they can ask once more. Throws `EntryMoved` where nobody asks for it any more, or it is over.
 */
export async function notCancel (
  { db, outbox, seal }: EntryParts, { id, reason }: { id: string, reason: string }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { entry, current } = await lockEntered(tx, seal, id)
    if (!isCancellingAsked(entry) || now >= current.endsAt) throw new EntryMoved()
    await tx.entry.update({ where: { id }, data: { cancellingAskedAt: null, reason } })
    // Where they ask twice, the second answer is another email, unless the first has not gone out yet.
    await outbox.announce(tx, 'entry.moved', [{ entryId: id, what: `not-cancelled ${entry.emails}` }])
    await record(tx, { staffMemberId: by.id, action: 'entry.not-cancelled', subject: current.slug, details: { reason } }, now)
  })
}
