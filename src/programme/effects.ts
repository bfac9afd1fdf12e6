import type { DateTime } from 'luxon'
import type { ActivityDraft, StandingActivity } from '../activities/draft.ts'
import { noticed } from '../activities/noticed.ts'
import type { Reach } from '../bookings/queries.ts'

/** Whom a change writes to, in bookings. */
export type Told = Reach

/**
 * Whom a change to an activity writes to, of those whom letters about it would reach: nobody of a draft, nor
 * after the end.
 */
export function toldOf (
  standing: StandingActivity, draft: ActivityDraft, reach: Reach, now: DateTime<true>
): Told {
  const { byEverybody, byWhoHasAPlace } = noticed(standing, draft)
  if (draft.status !== 'published' || draft.endsAt <= now || !byWhoHasAPlace) {
    return { confirmed: 0, waiting: 0, unreachable: 0 }
  }
  return byEverybody ? reach : { ...reach, waiting: 0 }
}

/** What a change does to people, in sentences; none where it writes to nobody. */
export function effectsInWords ({ confirmed, waiting, unreachable }: Told): string[] {
  return [
    ...confirmed === 0 ? [] : [`${confirmed === 1 ? '1 person gets' : `${confirmed} people get`} an updated invitation.`],
    ...waiting === 0 ? [] : [`${waiting === 1 ? '1 person who is waiting is' : `${waiting} people who are waiting are`} told.`],
    ...unreachable === 0 ? [] : [`${unreachable === 1 ? '1 address does' : `${unreachable} addresses do`} not receive letters: telephone them.`]
  ]
}
