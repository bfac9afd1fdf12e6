import { isOnline } from './draft.ts'
import type { ActivityDraft, CurrentActivity } from './draft.ts'

/** Who would notice that an activity has changed. */
export interface Noticed {
  /** Everyone: its time, its place or its title changes. */
  byEverybody: boolean
  /** Those who have a place: one of these changes, or the link to join. */
  byWhoHasAPlace: boolean
}

/**
 * Returns who would notice a change, because their emails and calendars show it. They do not show the title of a
 * discreet campaign's activity, nor a Teams link that people reach by links of their own.
 */
export function noticed (current: CurrentActivity, draft: ActivityDraft): Noticed {
  const byEverybody = shownToAll(current, current) !== shownToAll(draft, current)
  const hasOwnLinks = current.joinMode === 'personal'
  return { byEverybody, byWhoHasAPlace: byEverybody || (!hasOwnLinks && current.joinUrl !== draft.joinUrl) }
}

/**
 * True if a change that people would notice is only one of wording: the same time, the same place as far as anyone can
 * tell, the same link. An organiser who corrects a typing error may know that it changes no meaning; we cannot.
 */
export function isOnlyWording (current: CurrentActivity, draft: ActivityDraft): boolean {
  const rewritten = { ...current, title: draft.title, venue: draft.venue, district: draft.district }
  const hasPlaceStill = [current, draft].every(({ venue, district }) => (venue ?? district) !== undefined)
  const isSamePlace = current.venue === draft.venue && current.district === draft.district
  return noticed(current, draft).byEverybody && !noticed(rewritten, draft).byWhoHasAPlace &&
    isOnline(current) === isOnline(draft) && (isSamePlace || hasPlaceStill)
}

function shownToAll (activity: ActivityDraft, { isDiscreet }: Pick<CurrentActivity, 'isDiscreet'>): string {
  const { title, campaignId, startsAt, endsAt, allDay, zone, venue, district } = activity
  const online = isOnline(activity)
  const what = isDiscreet ? campaignId : `${campaignId} ${title}`
  const where = online ? '' : venue ?? district ?? ''
  return JSON.stringify([what, startsAt.toMillis(), endsAt.toMillis(), allDay, zone, online, where])
}
