import { isOnline } from './draft.ts'
import type { ActivityDraft, CurrentActivity } from './draft.ts'

/** Who would notice that an activity has changed. */
export interface Noticed {
  /** Those who wait, and who follows a public calendar: its time, its title or the place that they are told changes. */
  byWhoWaits: boolean
  /** Those who have a place: one of these changes, or the link to join, or a place that only they are told. */
  byWhoHasAPlace: boolean
}

/**
 * Returns who would notice a change, because their emails and calendars show it. They do not show the title of a
 * discreet campaign's activity, nor a Teams link that people reach by links of their own.
 */
export function noticed (current: CurrentActivity, draft: ActivityDraft): Noticed {
  const isAnother = (tells: typeof venueForAll) => shownTo(tells, current, current) !== shownTo(tells, draft, current)
  const hasOwnLinks = current.joinMode === 'personal'
  return {
    byWhoWaits: isAnother(venueForAll),
    byWhoHasAPlace: isAnother(({ venue }) => venue) || (!hasOwnLinks && current.joinUrl !== draft.joinUrl)
  }
}

/**
 * True if a change that people would notice is only one of wording: the same time, the same place as far as anyone can
 * tell, the same link. An organiser who corrects a typing error may know that it changes no meaning; we cannot.
 */
export function isOnlyWording (current: CurrentActivity, draft: ActivityDraft): boolean {
  const rewritten = { ...current, title: draft.title, venue: draft.venue, district: draft.district }
  const hasPlaceStill = [current, draft].every(({ venue, district }) => (venue ?? district) !== undefined)
  const isSamePlace = current.venue === draft.venue && current.district === draft.district
  return isNoticed(noticed(current, draft)) && !isNoticed(noticed(rewritten, draft)) &&
    isOnline(current) === isOnline(draft) && (isSamePlace || hasPlaceStill)
}

function isNoticed ({ byWhoWaits, byWhoHasAPlace }: Noticed): boolean {
  return byWhoWaits || byWhoHasAPlace
}

/** What of the venue is told to those who do not have a place. */
function venueForAll ({ venue, hasSecretPlace }: ActivityDraft): string | undefined {
  return hasSecretPlace ? undefined : venue
}

function shownTo (
  tells: typeof venueForAll, activity: ActivityDraft, { isDiscreet }: Pick<CurrentActivity, 'isDiscreet'>
): string {
  const { title, campaignId, startsAt, endsAt, allDay, zone, district } = activity
  const online = isOnline(activity)
  const what = isDiscreet ? campaignId : `${campaignId} ${title}`
  const where = online ? '' : tells(activity) ?? district ?? ''
  return JSON.stringify([what, startsAt.toMillis(), endsAt.toMillis(), allDay, zone, online, where])
}
