import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db } from '../../platform/database/connect.ts'
import { dateOf } from '../../platform/clock.ts'
import { lockCampaign } from '../../programme/campaigns/change-content.ts'
import { CampaignChanged } from '../../programme/campaigns/errors.ts'
import { basicsDraft } from './basics.ts'
import type { Basics } from './basics.ts'
import { basicsEffects } from './effects.ts'
import { findBasics, findDepending } from './queries.ts'

/** Which campaign, the version of it that was read, and the confirmation token of the effects that were read. */
export interface ReadBasics { slug: string, versionHash: string, confirmed?: string | undefined }

/**
 * Changes what a campaign is, when it is and who runs it. No activity moves, and no one is emailed: emails say what is
 * true when they are sent. Throws `CampaignChanged`, `CampaignNotFound`, and `ConfirmationRequired` where something
 * follows from it that was not read.
 *
 * Its activities are locked, so that none moves, and no one books, between what was read and the change.
 */
export async function changeBasics (
  db: Db, { slug, versionHash, confirmed }: ReadBasics, basics: Basics, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const id = await lockCampaign(tx, slug)
    const before = await findBasics(tx, id)
    const changed = basicsDraft.differences(before, basics)
    // Includes a second press on the same button, which finds the change already made.
    if (Object.keys(changed).length === 0) return
    if (basicsDraft.versionHash(before) !== versionHash) throw new CampaignChanged()
    await tx.$queryRaw`SELECT 1 FROM activities WHERE campaign_id = ${id}::uuid ORDER BY id FOR UPDATE`
    requireConfirmation(basicsEffects(before, basics, await findDepending(tx, { id, slug }, by, now)), confirmed)
    const { kind, partnership, firstDay, lastDay } = basics
    await tx.campaign.update({
      where: { id }, data: { kind, partnership, firstDay: dateOf(firstDay), lastDay: dateOf(lastDay) }
    })
    await record(tx, { staffMemberId: by.id, action: 'campaign.basics-changed', subject: slug, details: changed }, now)
  })
}
