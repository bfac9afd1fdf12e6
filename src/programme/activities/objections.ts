import { notForEveryone } from '../support/public-text.ts'
import { isPoliceWork } from './activity.ts'
import { isOnline } from './draft.ts'
import type { ActivityDraft, CurrentActivity } from './draft.ts'
import { namesVenue } from './place.ts'

/** An obstacle to an activity's being as a draft says, and the part of the draft that it is about. */
export interface Objection {
  about: keyof ActivityDraft
  /** Continues after the name of that part: `must be given …`. */
  text: string
}

/** Rules for every activity, whatever it was before. */
export function objectionsTo (draft: ActivityDraft): Objection[] {
  const { booking, capacity, visibility, embargoUntil, audiences } = draft
  const isKnownToMany = visibility === 'agency' || visibility === 'partners'
  const lastMoment = draft.bookingClosesAt ?? draft.startsAt
  const objections: Objection[] = []
  const object = (about: Objection['about'], text: string) => { objections.push({ about, text }) }

  if (draft.endsAt <= draft.startsAt) object('endsAt', 'must be after the start')
  if (booking === 'places' && capacity === undefined) object('capacity', 'must be given where places are booked')
  if (embargoUntil !== undefined && visibility !== 'public') {
    object('embargoUntil', 'must be empty unless everyone may see this: others see it at once')
  }
  if (embargoUntil !== undefined && embargoUntil >= (booking === 'places' ? lastMoment : draft.endsAt)) {
    object('embargoUntil', booking === 'places' ? 'must be before booking closes' : 'must be before this is over')
  }
  if (isKnownToMany && isPoliceWork(draft)) {
    object('visibility', 'must be operational for a disruption or compliance visit: only people who are named may know of it')
  }
  if (booking === 'places' && audiences.includes('young-people')) {
    object('booking', 'must not be places for young people: they come through their school or youth centre')
  }
  // The district of a secret place is what everyone reads: without a venue, people with a place would learn no more.
  if (draft.status === 'published' && booking === 'places' && draft.venue === undefined && !isOnline(draft) &&
    (draft.district === undefined || draft.hasSecretPlace)) {
    object('venue', 'must be given before this is published, or nobody who books knows where to go')
  }
  if (visibility === 'public') {
    for (const part of ['title', 'summary', 'venue'] as const) {
      const because = notForEveryone(draft[part] ?? '')
      if (because !== undefined) object(part, because)
    }
  }
  if (draft.hasSecretPlace && (booking !== 'places' || isOnline(draft))) {
    object('hasSecretPlace', 'can be kept for people who have a place only where they book places and meet in person: nobody books a drop-in')
  }
  if (draft.hasSecretPlace) {
    for (const part of ['title', 'summary'] as const) {
      if (namesItsVenue(draft, draft[part])) object(part, 'must not name the venue: only people who have a place are told it')
    }
  }
  return objections
}

function namesItsVenue ({ venue, district }: ActivityDraft, text: string): boolean {
  return venue !== undefined && namesVenue({ venue, district }, text)
}

/** Whether the address of an activity, which was made of its first title and stays, tells a secret place. */
export function hasVenueInAddress (draft: ActivityDraft): boolean {
  return draft.hasSecretPlace && namesItsVenue(draft, draft.slug)
}

/** Limits on changing an activity, because people rely on it as it stands. */
export function objectionsToChange (current: CurrentActivity | undefined, draft: ActivityDraft): Objection[] {
  const objections: Objection[] = []
  const object = (about: Objection['about'], text: string) => { objections.push({ about, text }) }

  if (draft.visibility === 'public' && (isPoliceWork(draft) || current?.wasPoliceWork === true)) {
    if (current?.visibility !== 'public' || !isPoliceWork(current)) {
      object('visibility', 'must not be public for a disruption or compliance visit, or for what was one: it would give police work away')
    } else if (seenAtIt(current) !== seenAtIt(draft)) {
      object('visibility', 'must not stay public: two people agreed to it as it is now')
    }
  }
  if (current?.status !== 'cancelled' && draft.status === 'cancelled') {
    object('status', 'must be draft or published: people have to be told of a cancellation, which this does not do')
  }
  if (draft.status === 'published' && current?.status !== 'published' && hasVenueInAddress(draft)) {
    object('slug', 'must not name the venue: only people who have a place are told it. Copy this under another title')
  }
  if (current === undefined) return objections

  if (draft.campaignId !== current.campaignId) object('slug', 'belongs to an activity of another campaign')
  if (current.status === 'cancelled' && draft.status !== 'cancelled') {
    object('status', 'must stay cancelled: people were told that it is off')
  }
  const isBooked = current.placesTaken + current.placesWaitedFor > 0
  if (isBooked && current.status === 'published' && draft.status === 'draft') {
    object('status', 'must not go back to draft while people have booked')
  }
  const isLater = (draft.embargoUntil?.toMillis() ?? 0) > (current.embargoUntil?.toMillis() ?? 0)
  if (isBooked && isLater) object('embargoUntil', 'must not be later while people have booked: they know of it')
  if (isBooked && draft.booking !== 'places') object('booking', 'must stay places while people have booked')
  if (current.placesWaitedFor > 0 && draft.waitingList === 'off') {
    object('waitingList', 'must not be off while people wait: they would never get a place')
  }
  return objections
}

/** What people see at an activity: where two have agreed that they may, they have agreed to this. */
function seenAtIt (draft: ActivityDraft): string {
  const { title, summary, kind, startsAt, endsAt, venue, hasSecretPlace, district } = draft
  return JSON.stringify([title, summary, kind, startsAt.toMillis(), endsAt.toMillis(), venue, hasSecretPlace, district])
}
