import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Draft } from '../../platform/draft.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { CampaignChanged, CampaignNotFound } from './errors.ts'
import { messagesDraft } from './key-messages.ts'
import type { KeyMessages } from './key-messages.ts'
import { pressDraft } from './press.ts'
import type { Press } from './press.ts'
import { findPress, listKeyMessages } from './queries.ts'

/** Which campaign, and the version of what it says that was read. */
export interface ReadContent { slug: string, versionHash: string }

/** Changes what a campaign wants its audiences to remember. Throws `CampaignChanged` and `CampaignNotFound`. */
export async function changeKeyMessages (
  db: Db, { slug, versionHash }: ReadContent, messages: KeyMessages, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const campaignId = await lockCampaign(tx, slug)
    const changed = differencesOf(messagesDraft, await listKeyMessages(tx, campaignId), messages, versionHash)
    if (changed === undefined) return
    await tx.keyMessage.deleteMany({ where: { campaignId } })
    await tx.keyMessage.createMany({
      data: messagesDraft.fields.flatMap(audience =>
        messages[audience].map((text, position) => ({ campaignId, audience, position, text })))
    })
    await record(tx, { staffMemberId: by.id, action: 'campaign.messages-changed', subject: slug, details: changed }, now)
  })
}

/** Changes who journalists turn to. Throws `CampaignChanged` and `CampaignNotFound`. */
export async function changePress (
  db: Db, { slug, versionHash }: ReadContent, press: Press, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const id = await lockCampaign(tx, slug)
    const changed = differencesOf(pressDraft, await findPress(tx, id), press, versionHash)
    if (changed === undefined) return
    const { pressContact, pressEmail, pressPhone, pressNote } = press
    await tx.campaign.update({ where: { id }, data: { pressContact, pressEmail, pressPhone, pressNote } })
    await record(tx, { staffMemberId: by.id, action: 'campaign.press-changed', subject: slug, details: changed }, now)
  })
}

/** Takes the row lock of a campaign until the transaction ends, and returns its id. */
export async function lockCampaign (tx: Tx, slug: string): Promise<string> {
  const [row] = await tx.$queryRaw<Array<{ id: string }>>`SELECT id FROM campaigns WHERE slug = ${slug} FOR NO KEY UPDATE`
  if (row === undefined) throw new CampaignNotFound()
  return row.id
}

/**
 * What is about to change; undefined if nothing is, as after a second press on the same button. Throws
 * `CampaignChanged` if someone has changed it since it was read.
 */
function differencesOf<Field extends string> (
  draft: Draft<Field>, before: Record<Field, string | string[]>, after: Record<Field, string | string[]>,
  versionHash: string
): Partial<Record<Field, [from: string, to: string]>> | undefined {
  const changed = draft.differences(before, after)
  if (Object.keys(changed).length === 0) return undefined
  if (draft.versionHash(before) !== versionHash) throw new CampaignChanged()
  return changed
}
