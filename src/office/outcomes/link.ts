import { createHash } from 'node:crypto'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import type { SignedIds } from '../../platform/signed-id.ts'

/** Signs links by which whoever leads an activity says what it came to. */
export interface OutcomeLinks {
  tokenFor: (activityId: string, email: string) => string
  /** The activity of a link, and whether it is the link of this address; undefined: not one of ours. */
  read: (token: string) => { activityId: string, isOf: (email: string) => boolean } | undefined
}

/**
 * A link belongs to an address without naming it: if somebody else leads the activity, the links of whoever led it
 * before do not work any more, and nothing has to be stored for that.
 */
export function outcomeLinks (signed: SignedIds): OutcomeLinks {
  return {
    tokenFor: (activityId, email) => signed.tokenOf({ id: activityId, version: versionOf(email) }),
    read (token) {
      const found = signed.read(token)
      return found && { activityId: found.id, isOf: email => versionOf(email) === found.version }
    }
  }
}

/** The signature makes a link unguessable; this only tells one address from another. */
function versionOf (email: string): number {
  return createHash('sha256').update(canonicalAddress(email)).digest().readUInt32BE(0)
}
