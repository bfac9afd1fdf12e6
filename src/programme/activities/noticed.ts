import { isOnline } from './draft.ts'
import type { ActivityDraft, StandingActivity } from './draft.ts'

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
export function noticed (standing: StandingActivity, draft: ActivityDraft): Noticed {
  const byEverybody = shownToAll(standing, standing) !== shownToAll(draft, standing)
  const hasOwnLinks = standing.entry === 'personal'
  return { byEverybody, byWhoHasAPlace: byEverybody || (!hasOwnLinks && standing.joinUrl !== draft.joinUrl) }
}

/**
 * True if a change that people would notice is only one of wording: the same time, the same place as far as anyone can
 * tell, the same link. An organiser who corrects a typing error may know that it changes no meaning; we cannot.
 */
export function isOnlyWording (standing: StandingActivity, draft: ActivityDraft): boolean {
  const rewritten = { ...standing, title: draft.title, venue: draft.venue, district: draft.district }
  const hasPlaceStill = [standing, draft].every(({ venue, district }) => (venue ?? district) !== undefined)
  const isSamePlace = standing.venue === draft.venue && standing.district === draft.district
  return noticed(standing, draft).byEverybody && !noticed(rewritten, draft).byWhoHasAPlace &&
    isOnline(standing) === isOnline(draft) && (isSamePlace || hasPlaceStill)
}

function shownToAll (activity: ActivityDraft, { isDiscreet }: Pick<StandingActivity, 'isDiscreet'>): string {
  const { title, campaignId, startsAt, endsAt, allDay, zone, venue, district } = activity
  const online = isOnline(activity)
  const what = isDiscreet ? campaignId : `${campaignId} ${title}`
  const where = online ? '' : venue ?? district ?? ''
  return JSON.stringify([what, startsAt.toMillis(), endsAt.toMillis(), allDay, zone, online, where])
}
