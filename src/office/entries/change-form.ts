import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db } from '../../platform/database/connect.ts'
import { dateOf } from '../../platform/clock.ts'
import { lockCampaign } from '../../programme/campaigns/change-content.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { formDifferences, versionOfForm } from '../../programme/entries/entry-form.ts'
import type { EntryForm } from '../../programme/entries/entry-form.ts'
import { EntryFormChanged } from '../../programme/entries/errors.ts'
import { findEntryForm } from '../../programme/entries/queries.ts'

/**
 * Changes the form by which people enter activities in a campaign. What was entered stays as it is. Throws
 * `EntryFormChanged` if someone else has changed it since it was read.
 */
export async function changeEntryForm (
  db: Db, slug: string, { wanted, versionHash }: { wanted: EntryForm, versionHash: string }, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const campaignId = await lockCampaign(tx, slug)
    const found = await findEntryForm(tx, slug)
    if (found === undefined) throw new CampaignNotFound()
    const changed = formDifferences(found.form, wanted)
    if (Object.keys(changed).length === 0) return
    if (versionOfForm(found.form) !== versionHash) throw new EntryFormChanged()
    const { opensOn, closesOn, firstDay, lastDay, district, kinds, audiences, questions, ...rest } = wanted
    const day = (text: string | undefined) => text === undefined ? null : dateOf(text)
    const data = {
      ...rest,
      opensOn: day(opensOn),
      closesOn: day(closesOn),
      firstDay: day(firstDay),
      lastDay: day(lastDay),
      district: district ?? null,
      kinds: [...kinds],
      audiences: [...audiences],
      questions: questions.map(question => ({ ...question, choices: [...question.choices] }))
    }
    await tx.entryForm.upsert({ where: { campaignId }, create: { campaignId, ...data }, update: data })
    await record(tx, { staffMemberId: by.id, action: 'entry-form.changed', subject: slug, details: changed }, now)
  })
}
