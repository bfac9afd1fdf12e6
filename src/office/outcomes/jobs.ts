import type { EmailContext } from '../../mail/emails/email-context.ts'
import { sendStandalone } from '../../mail/emails/standalone.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { namedId } from '../../platform/named-id.ts'
import type { Facts } from '../../platform/outbox.ts'
import { listSupportContacts } from '../../programme/support/queries.ts'
import { askingModel, thanksModel } from './emails.ts'
import type { OutcomeLinks } from './link.ts'
import { isLinkOpen } from './moments.ts'
import { findAsking, listAskedById } from './queries.ts'
import type { AskedActivity } from './queries.ts'
import { findBadgeUrl } from './thanks.ts'

/** What emails to those who lead activities need. */
export interface OutcomeContext extends EmailContext {
  outcomeLinks: OutcomeLinks
}

/**
 * Emails those who are asked what their activities came to; returns each one's result, in the order given. Who has
 * answered meanwhile is not asked, nor about what was cancelled; where somebody else leads it by now, they are. Runs at
 * least once: another copy is the same email. Fails where there is to be another try.
 */
export async function askLeads (
  context: OutcomeContext, dues: ReadonlyArray<Facts['outcomes.due']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(dues.map(async ({ askIds }) => {
    const { db } = context
    const open = await db.outcomeAsk.findMany({
      where: { id: { in: askIds }, sentAt: null, refusedAt: null }, select: { id: true, activityId: true }
    })
    const askOf = new Map(open.map(({ id, activityId }) => [activityId, id]))
    const asked = (await listAskedById(db, [...askOf.keys()])).filter(({ activity, outcome, lead }) =>
      activity.status !== 'cancelled' && outcome.tookPlace === undefined && lead?.email !== undefined)
    for (const some of Map.groupBy(asked, ({ lead }) => canonicalAddress(lead?.email ?? '')).values()) {
      await askOne(context, askIds, some, some.flatMap(({ activity }) => askOf.get(activity.id) ?? []))
    }
  }))
}

/**
 * The id of the email by which someone hears of what they are asked or thanked for at once: the same for each try,
 * though some of it may have been answered or called off in between.
 */
function emailIdOf (template: string, due: readonly string[], to: string): string {
  return namedId(`${template} ${[...due].sort().join(' ')} ${canonicalAddress(to)}`)
}

async function askOne (
  context: OutcomeContext, due: readonly string[], asked: readonly AskedActivity[], askIds: readonly string[]
): Promise<void> {
  const { db, clock, outcomeLinks, publicUrl } = context
  const [to, campaignId] = [asked[0]?.lead?.email, asked[0]?.activity.campaign.id]
  if (to === undefined || campaignId === undefined) return
  const { dueOn } = await findAsking(db, campaignId)
  const still = asked.filter(({ activity }) => dueOn !== undefined && isLinkOpen(activity, dueOn, clock()))
  if (dueOn === undefined || still.length === 0) return
  const linked = still.map(one =>
    ({ ...one, url: `${publicUrl}/outcomes/${outcomeLinks.tokenFor(one.activity.id, to)}` }))
  const end = await sendStandalone(context, {
    emailId: emailIdOf('outcomes', due, to),
    to,
    template: 'outcomes',
    partnership: still[0]?.activity.campaign.partnership,
    model: askingModel(linked, dueOn, { publicUrl, contacts: await listSupportContacts(db), now: clock() })
  })
  const at = clock().toJSDate()
  await db.outcomeAsk.updateMany({
    where: { id: { in: [...askIds] } }, data: { staffMemberId: asked[0]?.lead?.staffMemberId ?? null, ...end === 'sent' ? { sentAt: at } : { refusedAt: at } }
  })
}

/**
 * Emails those who are thanked, with their badge where there is one for everyone to see. Where somebody else leads it
 * by now, they are, and each only for what they led. What did not take place after all is not among it.
 */
export async function thankLeads (
  context: OutcomeContext, dues: ReadonlyArray<Facts['thanks.due']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(dues.map(async ({ activityIds }) => {
    const { db } = context
    const open = await db.thanks.findMany({ where: { activityId: { in: activityIds }, sentAt: null } })
    const thanked = (await listAskedById(db, open.map(({ activityId }) => activityId)))
      .filter(({ activity, outcome, lead }) =>
        activity.status !== 'cancelled' && outcome.tookPlace !== false && lead?.email !== undefined)
    for (const some of Map.groupBy(thanked, ({ lead }) => canonicalAddress(lead?.email ?? '')).values()) {
      await thankOne(context, activityIds, some)
    }
  }))
}

async function thankOne (
  context: OutcomeContext, due: readonly string[], thanked: readonly AskedActivity[]
): Promise<void> {
  const { db, clock, publicUrl } = context
  const [first] = thanked
  if (first?.lead?.email === undefined) return
  const activityIds = thanked.map(({ activity }) => activity.id)
  const badgeUrl = await findBadgeUrl(db, publicUrl, thanked, clock())
  // Refused for good: nobody is thanked, and nothing else follows from it.
  await sendStandalone(context, {
    emailId: emailIdOf('thanks', due, first.lead.email),
    to: first.lead.email,
    template: 'thanks',
    partnership: first.activity.campaign.partnership,
    model: thanksModel(thanked, badgeUrl, { publicUrl, contacts: await listSupportContacts(db), now: clock() })
  })
  await db.thanks.updateMany({ where: { activityId: { in: activityIds } }, data: { sentAt: clock().toJSDate() } })
}
