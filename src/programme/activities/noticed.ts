import { isOnline } from './draft.ts'
import type { ActivityDraft, StandingActivity } from './draft.ts'

/** Who would notice that an activity is not as it was. */
export interface Noticed {
  /** Everybody: when or where it is, or what it is called. */
  byEverybody: boolean
  /** Those who have a place: that, or the link to join. */
  byWhoHasAPlace: boolean
}

/**
 * What people would notice of a change, because their letters and calendars show it. The title of a discreet
 * campaign's activity is in none of them; a Teams link that people reach by links of their own neither.
 */
export function noticed (standing: StandingActivity, draft: ActivityDraft): Noticed {
  const byEverybody = shownToAll(standing, standing) !== shownToAll(draft, standing)
  const hasOwnLinks = standing.entry === 'personal'
  return { byEverybody, byWhoHasAPlace: byEverybody || (!hasOwnLinks && standing.joinUrl !== draft.joinUrl) }
}

/**
 * Whether all that people would notice of a change is how something is written: the same time, the same place as far as
 * anybody can tell, the same link. Whoever mends a slip of the pen may know that it changes no meaning; we cannot.
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
