import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { calendarDay, dateOf } from '../../platform/clock.ts'
import { lockCampaign } from '../../programme/campaigns/change-content.ts'
import { cycleAnswers, cycleDraft, dateKinds, wronglyOrdered } from './dates.ts'
import type { Cycle, DateKind } from './dates.ts'
import { cycleEffects } from './effects.ts'
import { CycleChanged, DatesInWrongOrder, NumbersAreAskedFor } from './errors.ts'
import { countAsked, getPlannedCampaign, isAsking } from './queries.ts'

/** Which campaign, the version of its year that was read, and the token of the effects that were read. */
export interface ReadCycle { slug: string, versionHash: string, confirmed?: string | undefined }

/**
 * Changes the dates of a campaign's year. Throws `CycleChanged` for another version than was read, `DatesInWrongOrder`,
 * `NumbersAreAskedFor` where the day is taken away until which people are asked, and `ConfirmationRequired` where it is
 * moved: links that people have work until then.
 */
export async function changeCycle (
  db: Db, { slug, versionHash, confirmed }: ReadCycle, cycle: Cycle, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const campaignId = await lockCampaign(tx, slug)
    const campaign = await getPlannedCampaign(tx, campaignId)
    const [before, after] = [cycleAnswers(campaign.cycle), cycleAnswers(cycle)]
    const changed = cycleDraft.differences(before, after)
    if (Object.keys(changed).length === 0) return
    if (cycleDraft.versionHash(before) !== versionHash) throw new CycleChanged()
    const [wrong] = wronglyOrdered(cycle, campaign)
    if (wrong !== undefined) throw new DatesInWrongOrder(wrong.kind, wrong.text)
    const asking = await isAsking(tx, campaignId)
    if (asking && cycle['numbers-due'].day === '') throw new NumbersAreAskedFor()
    const asked = await countAsked(tx, campaignId)
    requireConfirmation(cycleEffects(campaign.cycle, cycle, { isAsking: asking, asked }), confirmed)
    await writeCycle(tx, campaignId, cycle)
    await record(tx, { staffMemberId: by.id, action: 'cycle.changed', subject: slug, details: changed }, now)
  })
}

async function writeCycle (tx: Tx, campaignId: string, cycle: Cycle): Promise<void> {
  await tx.campaignDate.deleteMany({ where: { campaignId } })
  await tx.campaignDate.createMany({
    data: dateKinds.filter(kind => cycle[kind].day !== '')
      .map(kind => ({ campaignId, kind, ...cycle[kind], day: dateOf(cycle[kind].day) }))
  })
}

/** Gives a copy of a campaign its year, by `moved`; what was done then is to do again. */
export async function copyCycle (
  tx: Tx, { from, to }: { from: string, to: string }, moved: (day: string) => string
): Promise<void> {
  const rows = await tx.campaignDate.findMany({ where: { campaignId: from } })
  await tx.campaignDate.createMany({
    data: rows.map(({ kind, day, time, label }) => ({
      campaignId: to,
      kind: kind as DateKind,
      day: dateOf(moved(calendarDay(day))),
      time,
      label
    }))
  })
}
