import type { DateTime } from 'luxon'
import { isPoliceWork } from '../../programme/activities/activity.ts'
import type { Activity } from '../../programme/activities/activity.ts'

/** How far an activity is on its way to the public that a second person has to agree to. */
export interface Release {
  /** Undefined: nobody has asked yet. */
  askedBy: { id: string, name: string, at: DateTime<true> } | undefined
  agreedBy: { id: string, name: string, at: DateTime<true> } | undefined
}

type Released = Pick<Activity, 'kind' | 'wasPoliceWork' | 'status' | 'visibility' | 'endsAt'>

/** Why an activity cannot be shown to everyone in this way, in a sentence; undefined if it can. */
export function whyNotReleased (activity: Released, now: DateTime<true>): string | undefined {
  if (!isPoliceWork(activity)) return 'Only disruption and compliance visits need a second person. Edit who may see this.'
  if (activity.visibility === 'public') return 'Everyone can see this already.'
  if (now < activity.endsAt) return 'This can be shown to everyone only when it is over.'
  if (activity.status === 'draft') return 'Publish this first. That does not show it to the public.'
  return undefined
}

/** Why someone cannot agree, in a sentence; undefined if they can. */
export function whyNotAgreed (
  activity: Released, { askedBy }: Pick<Release, 'askedBy'>, by: { id: string }, now: DateTime<true>
): string | undefined {
  if (askedBy === undefined) return 'Nobody has asked to show this to everyone, or someone took that back.'
  if (askedBy.id === by.id) return 'You have asked for this yourself. Someone else has to agree.'
  return whyNotReleased(activity, now)
}
