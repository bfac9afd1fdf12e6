import type { DateTime } from 'luxon'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { endedLinkAfter } from '../../programme/activities/ended-link.ts'
import { hasVenueInAddress } from '../../programme/activities/objections.ts'
import { isOnlyWording, noticed } from '../../programme/activities/noticed.ts'
import { deadlineInWords } from '../../programme/activities/when.ts'
import type { RecipientCounts } from '../../booking/bookings/recipients.ts'
import { othersToldInWords } from '../../booking/bookings/effects.ts'
import { nobodyToCall, people } from '../../identity/staff/confirmation.ts'
import type { Change, Effects, ToCall } from '../../identity/staff/confirmation.ts'

/** People who are written to about a change, counted in bookings, and people who have to be called about it. */
export type Reached = Pick<RecipientCounts, 'confirmed' | 'waiting' | 'toCall'>

/**
 * How many are written to about a change to an activity, of those that emails would reach: none for a draft, nor after
 * the end.
 */
export function reachedOf (
  current: CurrentActivity, draft: ActivityDraft, recipients: RecipientCounts, now: DateTime<true>
): Reached {
  const { byWhoWaits, byWhoHasAPlace } = noticed(current, draft)
  if (draft.status !== 'published' || draft.endsAt <= now || !(byWhoWaits || byWhoHasAPlace)) {
    return { confirmed: 0, waiting: 0, toCall: nobodyToCall }
  }
  const { confirmed, waiting, toCall, toCallWithPlace } = recipients
  if (!byWhoWaits) return { confirmed, waiting: 0, toCall: toCallWithPlace }
  return byWhoHasAPlace ? { confirmed, waiting, toCall } : { confirmed: 0, waiting, toCall: withoutPlace(recipients) }
}

/** Those to call who wait: who has a place is named first. */
function withoutPlace ({ toCall, toCallWithPlace }: RecipientCounts): ToCall {
  return { count: toCall.count - toCallWithPlace.count, people: toCall.people.slice(toCallWithPlace.people.length) }
}

/** What telling a published place to more people, or to fewer, comes to. */
function whoIsToldWhere (current: CurrentActivity, draft: ActivityDraft): string[] {
  if (current.status !== 'published' || current.hasSecretPlace === draft.hasSecretPlace) return []
  return draft.hasSecretPlace
    ? [
        'Only people who have a place are told where it is from now on. Anyone who has read it may still know.',
        ...hasVenueInAddress(draft)
          ? ['The address of its page still names the venue. If nobody may read that, cancel it and make a copy under another title.']
          : []
      ]
    : ['Everyone who can see this activity can read where it is from now on.']
}

/** What a change does to people, in sentences; none where no one is written to. */
export function effectsInWords (told: Reached): string[] {
  const { confirmed } = told
  return [
    ...confirmed === 0 ? [] : [`${people(confirmed, 'gets', 'get')} an updated invitation.`],
    ...othersToldInWords(told)
  ]
}

/** What a change to an activity does to people, and whether it may be made without telling them. */
export interface EditEffects extends Effects {
  toCall: ToCall
  /** How many are written to. */
  told: number
  /** Whether only wording changes, so that people need not be told. */
  mayBeQuiet: boolean
  /** What of the same form waits for a coordinator, and is not saved with it. */
  waiting?: readonly Change[]
}

/** What a change to an activity does; `changes` is what of it is another thing, in words. */
export function editEffects (
  { current, draft, recipients, changes }: {
    current: CurrentActivity, draft: ActivityDraft, recipients: RecipientCounts, changes: readonly Change[]
  },
  now: DateTime<true>
): EditEffects {
  const told = reachedOf(current, draft, recipients, now)
  const endsBefore = endsAnotherTime(current, draft) ? endedLinkAfter(current, draft) : []
  const written = told.confirmed + told.waiting
  const where = whoIsToldWhere(current, draft)
  const isToBeRead = written + told.toCall.count + endsBefore.length + where.length > 0
  return {
    sentences: isToBeRead
      ? [...where, ...effectsInWords(told), ...staleClosingTime(current, draft), ...endsBefore]
      : [],
    changes,
    toCall: told.toCall,
    told: written,
    mayBeQuiet: isOnlyWording(current, draft)
  }
}

/** Whether a change moves the end, and with it how long a Teams link must last. */
function endsAnotherTime (current: ActivityDraft, draft: ActivityDraft): boolean {
  return draft.endsAt.toMillis() !== current.endsAt.toMillis()
}

/**
 * Says when booking closes, where that was typed and was not changed as the activity was moved to a later date: it may
 * now be long before the start.
 */
function staleClosingTime (current: ActivityDraft, draft: ActivityDraft): string[] {
  const { bookingClosesAt: closes, startsAt, zone } = draft
  const isLeft = closes !== undefined && closes.toMillis() === current.bookingClosesAt?.toMillis()
  if (!isLeft || draft.booking !== 'places' || startsAt <= current.startsAt) return []
  const days = Math.round(startsAt.setZone(zone).startOf('day').diff(closes.setZone(zone).startOf('day'), 'days').days)
  const before = days < 1 ? 'on the day on which it begins now' : `${days === 1 ? '1 day' : `${days} days`} before it begins now`
  return [`Booking closes on ${deadlineInWords(closes, zone)}, ${before}. If it should close later, edit that too.`]
}
