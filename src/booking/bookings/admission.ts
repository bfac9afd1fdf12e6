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
  /** Of the form, the activity and the answers: the same is one request, and anything else is another. */
  submissionId: string
  /** Undefined where there is no address: such a request is known by its submission alone. */
  canonicalEmail: string | undefined
}

/** A booking that was there before: it holds the address if it is live, and the submission in any case. */
export interface EarlierBooking {
  id: string
  submissionId: string
  canonicalEmail: string | undefined
  /** Whether it has a place here or waits for one; not where it was moved to another date. */
  isLive: boolean
  isWaiting: boolean
  places: number
}

export interface Decision {
  /** What the person who asked is shown. The same for a stranger and for someone booked already. */
  answer: 'received' | DomainError
  /** Set where the same form with the same answers has made this booking, which is live. */
  sentBefore?: string
  /** Set where a booking is to be made. */
  admission?: Exclude<Admission, 'full'>
  /** Set where its places are those of a hold. */
  holdId?: string
  /** Set where the address has a live booking: it gets a letter that says so, and who asked. */
  alreadyBooked?: string
  /** Set where the address waited: its booking has the places of the hold instead. */
  noLongerWaits?: string
}

/**
 * Decides requests for one activity in arrival order, each as if it had come alone after the one
 * before it.
 *
 * An address that has a live booking gets the answer that a stranger would get at that moment, so that
 * nobody learns from the page who is booked; only its inbox learns the truth. Whoever brings the code of
 * a hold has a place of that hold, whoever waits and though they wait themselves, or reads why there is none.
 *
 * What was asked before by the same form with the same answers is done already. Where that booking has ended since,
 * nobody is told that all is well: it is refused, and a form of its own asks anew.
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

/** Why a code gets a party no places; undefined where it does. */
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
