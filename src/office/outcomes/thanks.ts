import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { lockCampaign } from '../../programme/campaigns/change-content.ts'
import { thanksEffects } from './effects.ts'
import { NobodyToThank } from './errors.ts'
import { listAskedActivities } from './queries.ts'
import type { AskedActivity } from './queries.ts'

/** Someone to thank, with everything they did. */
export interface Thanked { name: string, email: string, activities: AskedActivity[] }

/**
 * Those who led something that is over and was not cancelled, each once however much they led; nobody who was thanked
 * in this campaign before.
 */
export function toThank (activities: readonly AskedActivity[], now: DateTime<true>): Thanked[] {
  const over = activities.filter(({ activity, outcome }) =>
    activity.status !== 'cancelled' && activity.endsAt <= now && outcome.tookPlace !== false)
  const byAddress = Map.groupBy(over.filter(({ lead }) => lead?.email !== undefined), ({ lead }) =>
    canonicalAddress(lead?.email ?? ''))
  return [...byAddress.values()].flatMap(some => {
    const [first] = some
    const isThanked = some.some(({ thankedAt }) => thankedAt !== undefined)
    if (isThanked || first?.lead?.email === undefined) return []
    return [{ name: first.lead.name, email: first.lead.email, activities: some }]
  })
}

/**
 * Thanks everyone who led something, with their badge and their numbers: each once in a campaign. Throws
 * `NobodyToThank`, and `ConfirmationRequired` for who would be thanked. Returns how many are.
 */
export async function sendThanks (
  db: Db, outbox: Outbox, { slug, confirmed }: { slug: string, confirmed?: string | undefined }, by: StaffMember,
  now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    const campaignId = await lockCampaign(tx, slug)
    const thanked = toThank(await listAskedActivities(tx, campaignId, by), now)
    if (thanked.length === 0) throw new NobodyToThank()
    requireConfirmation(thanksEffects(thanked), confirmed)
    await tx.thanks.createMany({
      data: thanked.flatMap(({ activities }) =>
        activities.map(({ activity: { id: activityId } }) => ({ activityId, thankedAt: now.toJSDate() })))
    })
    await outbox.announce(tx, 'thanks.due', thanked.map(({ activities }) =>
      ({ activityIds: activities.map(({ activity }) => activity.id) })))
    await record(tx, { staffMemberId: by.id, action: 'thanks.sent', subject: slug, details: { people: thanked.length } }, now)
    return thanked.length
  })
}
