import type { DateTime } from 'luxon'

/** Places kept for an agency until an instant, for whoever types its code. Instants in UTC. */
export interface Hold {
  id: string
  activityId: string
  agency: string
  /** In canonical form. */
  code: string
  places: number
  /** How many of them confirmed bookings have. */
  claimed: number
  returnsAt: DateTime<true>
  /** When what was left went back to everybody. */
  returnedAt: DateTime<true> | undefined
}

export type Claim = 'granted' | 'used-up' | 'expired'

/**
 * Whether the places of a hold are everybody's at `now`: from the instant at which it ends they are,
 * whether or not anything has returned it yet.
 */
export function hasReturned ({ returnedAt, returnsAt }: Hold, now: DateTime<true>): boolean {
  return returnedAt !== undefined || now >= returnsAt
}

/** Says whether a party gets its places from a hold. It gets all or none, and none once that has returned. */
export function claim (hold: Hold, places: number, now: DateTime<true>): Claim {
  if (hasReturned(hold, now)) return 'expired'
  return places <= placesLeft(hold) ? 'granted' : 'used-up'
}

/** How many places of a hold nobody has claimed; none that anybody can, once it has returned. */
export function placesLeft ({ places, claimed, returnedAt }: Hold): number {
  return returnedAt === undefined ? places - claimed : 0
}

/** The hold after a party has claimed its places. */
export function afterClaim (hold: Hold, places: number): Hold {
  return { ...hold, claimed: hold.claimed + places }
}
