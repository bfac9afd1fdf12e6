import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { lockCampaign } from '../../programme/campaigns/change-content.ts'
import { endOfDay } from '../cycle/queries.ts'
import { askingEffects, askingAgainEffects } from './effects.ts'
import { NobodyToAsk, NoDayForNumbers } from './errors.ts'
import { hoursBetween, occasionAt } from './moments.ts'
import type { AskingChoice } from './moments.ts'
import { askedOfLead, findAsking, listAskedActivities, listAskingCampaigns } from './queries.ts'
import type { AskedActivity } from './queries.ts'

interface ReadCampaign { slug: string, confirmed?: string | undefined }

/**
 * Has those who lead activities asked, or not any more. The emails themselves go when they are due, within a minute of
 * it. Throws `NoDayForNumbers`, and `ConfirmationRequired` for who would be asked.
 */
export async function changeAsking (
  db: Db, { slug, confirmed }: ReadCampaign, choice: AskingChoice, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const campaignId = await lockCampaign(tx, slug)
    const { since, reminds, dueOn } = await findAsking(tx, campaignId)
    const before: AskingChoice = since === undefined ? 'off' : reminds ? 'with-reminders' : 'once'
    if (before === choice) return
    if (choice === 'off') await tx.outcomeAsking.delete({ where: { campaignId } })
    else {
      const { zone } = await tx.campaign.findUniqueOrThrow({ where: { id: campaignId }, select: { zone: true } })
      if (dueOn === undefined || endOfDay(dueOn, zone) <= now) throw new NoDayForNumbers()
      const asking = { since: now, reminds: choice === 'with-reminders', dueOn }
      const activities = await listAskedActivities(tx, campaignId)
      requireConfirmation(askingEffects(activities, asking, before, now), confirmed)
      const data = { since: (since ?? now).toJSDate(), reminds: asking.reminds }
      await tx.outcomeAsking.upsert({ where: { campaignId }, create: { campaignId, ...data }, update: data })
    }
    await record(tx, {
      staffMemberId: by.id, action: 'outcome-asking.changed', subject: slug, details: { from: before, to: choice }
    }, now)
  })
}

/** Whether somebody can be asked about an activity at `now`: it is over, there is an address, and nothing was said. */
export function isOpenToAsk ({ activity, outcome, lead }: AskedActivity, now: DateTime<true>): boolean {
  return activity.status !== 'cancelled' && activity.endsAt <= now && outcome.tookPlace === undefined &&
    lead?.email !== undefined
}

/** Whether whoever leads it now was asked about it within a day; whoever led it before is somebody else. */
export function wasJustAsked (one: AskedActivity, now: DateTime<true>): boolean {
  return askedOfLead(one).some(({ askedAt }) => now < askedAt.plus({ hours: hoursBetween }))
}

/**
 * Asks again about chosen activities, now. What has been answered, or was asked about within a day, is passed over; a
 * second press finds that. Throws `NobodyToAsk` where nothing is left, `NoDayForNumbers`, and `ConfirmationRequired`.
 */
export async function askAgain (
  db: Db, outbox: Outbox, { slug, ids, confirmed }: ReadCampaign & { ids: readonly string[] }, by: StaffMember,
  now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    const campaignId = await lockCampaign(tx, slug)
    const { zone } = await tx.campaign.findUniqueOrThrow({ where: { id: campaignId }, select: { zone: true } })
    const { dueOn } = await findAsking(tx, campaignId)
    if (dueOn === undefined || endOfDay(dueOn, zone) <= now) throw new NoDayForNumbers()
    const chosen = (await listAskedActivities(tx, campaignId, by)).filter(one =>
      ids.includes(one.activity.id) && isOpenToAsk(one, now) && !wasJustAsked(one, now))
    if (chosen.length === 0) throw new NobodyToAsk()
    requireConfirmation(askingAgainEffects(chosen), confirmed)
    await ask(tx, outbox, chosen.map(one => ({ one, occasion: `again-${againsOf(one) + 1}` })), by.id, now)
    await record(tx, {
      staffMemberId: by.id, action: 'outcomes.asked-again', subject: slug, details: { activities: chosen.length }
    }, now)
    return chosen.length
  })
}

function againsOf ({ asked }: AskedActivity): number {
  return asked.filter(({ occasion }) => occasion.startsWith('again-')).length
}

/**
 * Asks everyone who is due to be asked. Runs every minute, in any number of processes: the campaign is locked, who was
 * asked is read again under its lock, and each time is a row that is unique besides. So nobody is asked twice, whatever
 * is started again.
 */
export async function askDueLeads (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  for (const campaignId of await listAskingCampaigns(db, now)) {
    if ((await dueIn(db, campaignId, now)).length === 0) continue
    await db.$transaction(async tx => {
      await tx.$queryRaw`SELECT 1 FROM campaigns WHERE id = ${campaignId}::uuid FOR NO KEY UPDATE`
      await ask(tx, outbox, await dueIn(tx, campaignId, now), undefined, now)
    })
  }
}

interface Due { one: AskedActivity, occasion: string }

async function dueIn (db: Db | Tx, campaignId: string, now: DateTime<true>): Promise<Due[]> {
  const { since, reminds, dueOn } = await findAsking(db, campaignId)
  if (since === undefined || dueOn === undefined) return []
  return (await listAskedActivities(db, campaignId)).filter(one => isOpenToAsk(one, now)).flatMap(one => {
    const occasion = occasionAt(one.activity, { since, reminds, dueOn }, one.asked, now)
    return occasion === undefined ? [] : [{ one, occasion }]
  })
}

/** Writes down who is asked, and announces one email for each address: whoever leads five activities gets one. */
async function ask (
  tx: Tx, outbox: Outbox, dues: readonly Due[], askedById: string | undefined, now: DateTime<true>
): Promise<void> {
  const made = await tx.outcomeAsk.createManyAndReturn({
    data: dues.map(({ one: { activity, lead }, occasion }) => ({
      activityId: activity.id,
      occasion,
      askedAt: now.toJSDate(),
      askedById: askedById ?? null,
      staffMemberId: lead?.staffMemberId ?? null
    })),
    select: { id: true, activityId: true }
  })
  const emailOf = new Map(dues.map(({ one: { activity, lead } }) => [activity.id, canonicalAddress(lead?.email ?? '')]))
  const byAddress = Map.groupBy(made, ({ activityId }) => emailOf.get(activityId))
  await outbox.announce(tx, 'outcomes.due', [...byAddress.values()].map(asks => ({ askIds: asks.map(({ id }) => id) })))
}
