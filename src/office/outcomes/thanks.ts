import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Reader } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { badgeSlugOf, isKnownAt, listTakingPart } from '../../programme/activities/public-activities.ts'
import { lockCampaign } from '../../programme/campaigns/change-content.ts'
import { thanksEffects } from './effects.ts'
import { NobodyToThank } from './errors.ts'
import { listAskedActivities } from './queries.ts'
import type { AskedActivity } from './queries.ts'
import { toThank } from './thanked.ts'

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

/** The page of the badge of one of their organisations, if it is on it; of hidden work nobody gets one. */
export async function findBadgeUrl (
  db: Reader, publicUrl: string, thanked: readonly AskedActivity[], now: DateTime<true>
): Promise<string | undefined> {
  const shown = thanked.filter(({ activity }) => isKnownAt(activity, now))
  const [first] = shown
  if (first === undefined) return undefined
  const campaign = first.activity.campaign.slug
  const taking = new Set((await listTakingPart(db, campaign, now)).map(({ slug }) => slug))
  const hasOne = shown.some(({ leadAgency, activity: { runBy, slug } }) =>
    (leadAgency !== undefined && taking.has(leadAgency.slug)) ||
    (runBy !== undefined && taking.has(badgeSlugOf(runBy, slug))))
  return hasOne ? `${publicUrl}/campaigns/${campaign}/badge` : undefined
}
