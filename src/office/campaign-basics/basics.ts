import type { DateTime } from 'luxon'
import type { Campaign } from '../../programme/campaigns/campaign.ts'
import { calendarDayOf, lastDayOf } from '../../programme/activities/when.ts'
import { draft } from '../../platform/draft.ts'

/** What a campaign is, when it is, and who runs it. Days as `2026-12-01`. */
export type Basics = Pick<Campaign, 'kind' | 'partnership' | 'firstDay' | 'lastDay'>

export const basicsDraft = draft(['kind', 'partnership', 'firstDay', 'lastDay'])

/** When an activity begins and ends, with its zone. */
interface Timed { startsAt: DateTime<true>, endsAt: DateTime<true>, zone: string }

/** Whether an activity begins before the first day of a campaign or ends after its last, by the clocks where it is. */
export function isOutside ({ startsAt, endsAt, zone }: Timed, { firstDay, lastDay }: Pick<Basics, 'firstDay' | 'lastDay'>): boolean {
  return (firstDay !== undefined && calendarDayOf(startsAt, zone) < firstDay) ||
    (lastDay !== undefined && lastDayOf({ endsAt, zone }) > lastDay)
}
