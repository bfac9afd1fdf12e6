import type { Activity, Occupancy } from '../../programme/activities/activity.ts'
import { elsewhere } from './booking.ts'
import type { PlaceRequest } from './booking.ts'
import { admit, afterAdmission, afterWaiting } from './capacity.ts'
import type { Admission } from './capacity.ts'
import type { DateTime } from 'luxon'
import type { DomainError } from '../../platform/errors.ts'
import { CodeExpired, CodeUnknown, CodeUsedUp } from '../holds/errors.ts'
import { afterClaim, claim, placesLeft } from '../holds/hold.ts'
import type { Hold } from '../holds/hold.ts'
import { BookingEnded, DistrictUnknown, FullyBooked, TooManyPlaces } from './errors.ts'

/** A request with the id that its booking will have and its address in canonical form. */
export interface Candidate extends PlaceRequest {
  id: string
  /**
   * Computed from the form, the activity and the answers: the same three are one request, any difference makes another.
   */
  submissionId: string
  /** Undefined if there is no address: such a request is identified by its submission alone. */
  canonicalEmail: string | undefined
}

/** A booking that exists already: it occupies its address while it is live, and its submission in any case. */
export interface EarlierBooking {
  id: string
  submissionId: string
  canonicalEmail: string | undefined
  /** Whether it has a place here or waits for one; false if it was moved to another date. */
  isLive: boolean
  isWaiting: boolean
  places: number
}

export interface Decision {
  /** What the person who asked is shown: the same for a stranger and for someone booked already. */
  answer: 'received' | DomainError
  /** Id of the live booking that the same form with the same answers has already made. */
  sentBefore?: string
  /** Set if a booking is to be made. */
  admission?: Exclude<Admission, 'full'>
  /** Set if its places come from a hold. */
  holdId?: string
  /** Id of the live booking that the address already has: an email tells its holder so, and who asked. */
  alreadyBooked?: string
  /** Id of the waiting booking that the address already has: it gets the hold's places instead of waiting. */
  noLongerWaits?: string
}

/**
 * Decides requests for one activity in arrival order, each as if it had come alone after the one before it.
 *
 * An address that has a live booking gets the answer that a stranger would get at that moment, so that the page tells
 * no one who is booked; only its inbox learns the truth. A request with the code of a hold gets places of that hold,
 * even if others wait and even if its sender waits too, or is told why there are none.
 *
 * A repeat of the same form with the same answers is done already. If that booking has ended since, the repeat is
 * refused, because no one must be told that all is well; a new form asks anew.
 */
export function decideInOrder (
  activity: Activity, occupancy: Occupancy, earlier: readonly EarlierBooking[], candidates: readonly Candidate[],
  holdsByCode: ReadonlyMap<string, Hold>, now: DateTime<true>
): Decision[] {
  const holds = new Map(holdsByCode)
  const supply = { ...activity, hasWaitingList: activity.waitingList !== 'off' }
  const sent = new Map(earlier.map(({ submissionId, id, isLive }) => [submissionId, { id, isLive }]))
  const holders = new Map(earlier.filter(booking => booking.isLive)
    .map(booking => [booking.canonicalEmail, booking.id]))
  const waiting = new Map(earlier.filter(booking => booking.isWaiting).map(booking => [booking.id, booking.places]))

  return candidates.map(candidate => {
    const before = sent.get(candidate.submissionId)
    if (before?.isLive === true) return { answer: 'received', sentBefore: before.id }
    if (before !== undefined) return { answer: new BookingEnded() }
    const refusal = unfit(activity, candidate)
    if (refusal !== undefined) return { answer: refusal }

    const hold = candidate.code === undefined ? undefined : holds.get(candidate.code)
    const noHold = candidate.code === undefined ? undefined : unclaimable(hold, activity.zone, candidate.places, now)
    if (noHold !== undefined) return { answer: noHold }

    const admission = hold === undefined ? admit(supply, occupancy, candidate.places) : 'confirmed'
    const answer = admission === 'full' ? new FullyBooked() : 'received'
    const alreadyBooked = candidate.canonicalEmail && holders.get(candidate.canonicalEmail)
    const waitedFor = alreadyBooked === undefined ? undefined : waiting.get(alreadyBooked)
    if (alreadyBooked !== undefined && hold !== undefined && waitedFor !== undefined) {
      sent.set(candidate.submissionId, { id: alreadyBooked, isLive: true })
      waiting.delete(alreadyBooked)
      occupancy = afterWaiting(occupancy, waitedFor)
      holds.set(hold.code, afterClaim(hold, candidate.places))
      return { answer, noLongerWaits: alreadyBooked, holdId: hold.id }
    }
    if (alreadyBooked !== undefined) return { answer, alreadyBooked }
    if (admission === 'full') return { answer }

    sent.set(candidate.submissionId, { id: candidate.id, isLive: true })
    if (candidate.canonicalEmail !== undefined) holders.set(candidate.canonicalEmail, candidate.id)
    if (hold !== undefined) {
      holds.set(hold.code, afterClaim(hold, candidate.places))
      return { answer, admission, holdId: hold.id }
    }
    occupancy = afterAdmission(occupancy, admission, candidate.places)
    return { answer, admission }
  })
}

/** Returns why a code gives a party no places; undefined if it does. */
function unclaimable (
  hold: Hold | undefined, zone: string, places: number, now: DateTime<true>
): DomainError | undefined {
  if (hold === undefined) return new CodeUnknown()
  switch (claim(hold, places, now)) {
    case 'granted': return undefined
    case 'used-up': return new CodeUsedUp(placesLeft(hold))
    case 'expired': return new CodeExpired(hold.returnedAt ?? hold.returnsAt, zone)
  }
}

function unfit ({ placesPerBooking, campaign }: Activity, { places, district }: Candidate): DomainError | undefined {
  if (places > placesPerBooking) return new TooManyPlaces(placesPerBooking)
  if (campaign.districts.length > 0 && ![...campaign.districts, elsewhere].includes(district ?? '')) return new DistrictUnknown()
  return undefined
}
