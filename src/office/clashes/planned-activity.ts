import type { Activity } from '../../programme/activities/activity.ts'
import type { Engagement } from './clash.ts'

/** An activity that is not cancelled, as far as clashes and gaps are concerned. */
export interface PlannedActivity extends Engagement, Pick<Activity,
  'slug' | 'title' | 'allDay' | 'zone' | 'isOnline' | 'venue' | 'untold' | 'district' | 'audiences' | 'visibility' |
  'booking'> {
  campaign: { id: string, title: string }
}
