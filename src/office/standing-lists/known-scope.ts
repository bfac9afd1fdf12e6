import type { Reader } from '../../platform/database/connect.ts'
import { mayEver } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../../programme/activities/known-activities.ts'
import type { Scope } from './standing-list.ts'

/**
 * Lists as their owner may read of them. What a list is about may be hidden from its owner since, and have another name
 * by now: then it has none, on pages and in emails.
 */
export async function asKnownTo<L extends Pick<Scope, 'activity' | 'campaign'>> (
  db: Reader, owner: StaffMember, lists: readonly L[]
): Promise<L[]> {
  const idsOf = (of: 'activity' | 'campaign') => lists.flatMap(list => list[of]?.id ?? [])
  const known = within(owner, 'see activities')
  const [activities, campaigns] = await Promise.all([
    findIds(idsOf('activity'), async ids =>
      await db.activity.findMany({ where: { AND: [known], id: { in: ids } }, select: { id: true } })),
    findIds(idsOf('campaign'), async ids => await db.campaign.findMany({
      where: { id: { in: ids }, ...!mayEver(owner, 'edit what everyone reads') && { activities: { some: known } } },
      select: { id: true }
    }))
  ])
  return lists.map(list => ({
    ...list,
    activity: list.activity && (activities.has(list.activity.id)
      ? list.activity
      : { ...list.activity, title: 'An activity that you cannot see any more' }),
    campaign: list.campaign && (campaigns.has(list.campaign.id)
      ? list.campaign
      : { ...list.campaign, title: 'a campaign that you cannot see any more' })
  }))
}

async function findIds (
  ids: string[], find: (ids: string[]) => Promise<Array<{ id: string }>>
): Promise<ReadonlySet<string>> {
  return new Set(ids.length === 0 ? [] : (await find(ids)).map(({ id }) => id))
}
