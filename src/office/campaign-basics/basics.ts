import type { DateTime } from 'luxon'
import type { Campaign } from '../../programme/campaigns/campaign.ts'
import { draft } from '../../platform/draft.ts'

/** What a campaign is, when it is, and who runs it. Days as `2026-12-01`. */
export type Basics = Pick<Campaign, 'kind' | 'partnership' | 'firstDay' | 'lastDay'>

export const basicsDraft = draft(['kind', 'partnership', 'firstDay', 'lastDay'])

/** When an activity begins and ends, with its zone. */
interface Timed { startsAt: DateTime<true>, endsAt: DateTime<true>, zone: string }

/** Whether an activity begins before the first day of a campaign or ends after its last, by the clocks where it is. */
export function isOutside ({ startsAt, endsAt, zone }: Timed, { firstDay, lastDay }: Pick<Basics, 'firstDay' | 'lastDay'>): boolean {
  const dayOf = (at: DateTime<true>) => at.setZone(zone).toFormat('yyyy-MM-dd')
  // Ends are exclusive: what ends at a midnight is of the day before.
  return (firstDay !== undefined && dayOf(startsAt) < firstDay) ||
    (lastDay !== undefined && dayOf(endsAt.minus({ milliseconds: 1 })) > lastDay)
}
