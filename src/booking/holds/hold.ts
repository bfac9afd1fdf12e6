import type { DateTime } from 'luxon'

/** Places kept for an agency until an instant, for people who type its code. Instants in UTC. */
export interface Hold {
  id: string
  activityId: string
  agency: string
  /** In canonical form. */
  code: string
  places: number
  /** Number of its places that confirmed bookings have. */
  claimed: number
  returnsAt: DateTime<true>
  /** When the unclaimed places returned to everyone. */
  returnedAt: DateTime<true> | undefined
}

export type Claim = 'granted' | 'used-up' | 'expired'

/**
 * True if the places of a hold are everyone's at `now`: they are from the instant at which it ends, even if nothing has
 * recorded its return yet.
 */
export function hasReturned ({ returnedAt, returnsAt }: Hold, now: DateTime<true>): boolean {
  return returnedAt !== undefined || now >= returnsAt
}

/** Returns whether a party gets its places from a hold. It gets all or none, and none once the hold has returned. */
export function claim (hold: Hold, places: number, now: DateTime<true>): Claim {
  if (hasReturned(hold, now)) return 'expired'
  return places <= placesLeft(hold) ? 'granted' : 'used-up'
}

/** Number of unclaimed places of a hold; none once it has returned. */
export function placesLeft ({ places, claimed, returnedAt }: Hold): number {
  return returnedAt === undefined ? places - claimed : 0
}

/** The hold after a party has claimed its places. */
export function afterClaim (hold: Hold, places: number): Hold {
  return { ...hold, claimed: hold.claimed + places }
}
