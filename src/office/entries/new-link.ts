import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { EntryNotFound } from '../../programme/entries/errors.ts'

/**
 * Ends the link to an entry, which someone may have passed on, and emails a new one to its address: the same to whom the
 * old one went, as the button says.
 */
export async function renewEntryLink (
  db: Db, outbox: Outbox, { campaignId, entryId }: { campaignId: string, entryId: string }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { count } = await tx.entry.updateMany({
      where: { id: entryId, campaignId, confirmedAt: { not: null } }, data: { linkVersion: { increment: 1 } }
    })
    if (count === 0) throw new EntryNotFound()
    await outbox.announce(tx, 'entry-links.due', [{ entryId, campaignId, isInvitation: false, askedAt: now.toISO() }])
    const { activity } = await tx.entry.findUniqueOrThrow({ where: { id: entryId }, select: { activity: { select: { slug: true } } } })
    await record(tx, { staffMemberId: by.id, action: 'entry.link-renewed', subject: activity?.slug }, now)
  })
}

/** Records that the entries of a campaign were downloaded, with who entered them. */
export async function noteEntriesExported (
  db: Db, { slug, rows }: { slug: string, rows: number }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await record(tx, { staffMemberId: by.id, action: 'entries.exported', subject: slug, details: { rows } }, now)
  })
}
