import type { Activity, Occupancy } from '../activities/activity.ts'
import type { PlaceRequest } from './booking.ts'
import { admit, afterAdmission } from './capacity.ts'
import type { Admission } from './capacity.ts'
import type { DomainError } from '../errors.ts'
import { DistrictUnknown, FullyBooked, TooManyPlaces } from './errors.ts'

/** A request with the id that its booking will have and its address in canonical form. */
export interface Candidate extends PlaceRequest {
  id: string
  canonicalEmail: string
}

/** A booking that was there before: it holds the address if it is live, and the submission in any case. */
export interface EarlierBooking {
  id: string
  submissionId: string
  canonicalEmail: string
  isLive: boolean
}

export interface Decision {
  /** What the person who asked is shown. The same for a stranger and for someone booked already. */
  answer: 'received' | DomainError
  /** Set where a booking is to be made. */
  admission?: Exclude<Admission, 'full'>
  /** Set where the address has a live booking: it gets a letter that says so. */
  alreadyBooked?: string
}

/**
 * Decides requests for one activity in arrival order, each as if it had come alone after the one
 * before it.
 *
 * An address that has a live booking gets the answer that a stranger would get at that moment, so that
 * nobody learns from the page who is booked; only its inbox learns the truth.
 */
export function decideInOrder (
  activity: Activity, occupancy: Occupancy, earlier: readonly EarlierBooking[], candidates: readonly Candidate[]
): Decision[] {
  const supply = { ...activity, hasWaitingList: activity.waitingList !== 'off' }
  const submissions = new Set(earlier.map(booking => booking.submissionId))
  const holders = new Map(earlier.filter(booking => booking.isLive)
    .map(booking => [booking.canonicalEmail, booking.id]))

  return candidates.map(candidate => {
    if (submissions.has(candidate.submissionId)) return { answer: 'received' }
    const refusal = unfit(activity, candidate)
    if (refusal !== undefined) return { answer: refusal }

    const admission = admit(supply, occupancy, candidate.places)
    const answer = admission === 'full' ? new FullyBooked() : 'received'
    const alreadyBooked = holders.get(candidate.canonicalEmail)
    if (alreadyBooked !== undefined) return { answer, alreadyBooked }
    if (admission === 'full') return { answer }

    occupancy = afterAdmission(occupancy, admission, candidate.places)
    submissions.add(candidate.submissionId)
    holders.set(candidate.canonicalEmail, candidate.id)
    return { answer, admission }
  })
}

function unfit ({ placesPerBooking, campaign }: Activity, { places, district }: Candidate): DomainError | undefined {
  if (places > placesPerBooking) return new TooManyPlaces(placesPerBooking)
  if (campaign.districts.length > 0 && !campaign.districts.includes(district ?? '')) return new DistrictUnknown()
  return undefined
}
