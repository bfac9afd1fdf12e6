import type { DateTime } from 'luxon'
import { canonicalAddress } from '../../booking/bookings/address.ts'
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
