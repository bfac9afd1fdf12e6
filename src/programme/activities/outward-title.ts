import { oneLine } from '../../platform/one-line.ts'
import type { Activity } from './activity.ts'

/**
 * The title of an activity in calendars, subjects, emails and the previews of shared links. Families share calendars,
 * and a phone shows subjects and messages while it lies on the table: none shows the topic of a discreet campaign.
 */
export function outwardTitle (
  { title, isOnline, campaign }: Pick<Activity, 'title' | 'isOnline' | 'campaign'>
): string {
  if (!campaign.discreet) return oneLine(title)
  return oneLine(`${isOnline ? 'Online workshop' : 'Activity'} – ${campaign.partnership}`)
}
