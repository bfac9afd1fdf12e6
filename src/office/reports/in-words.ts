import { kindInWords } from '../../programme/activities/page.ts'
import type { AttendeeRole } from '../../booking/bookings/booking.ts'
import { attendeeRoleInWords } from '../../booking/bookings/page.ts'
import { leadTimes } from '../forgetting/lead-time.ts'
import type { Division } from './published.ts'
import { quarterInWords } from './quarters.ts'
import type { ReportedActivity } from './queries.ts'
import type { Grouping, NamedLine } from './report.ts'

/** Who leads an activity of no partner organisation. */
const ourselves = 'The partnership itself'

export const groupingInWords: Record<Grouping, { choice: string, heading: string }> = {
  activity: { choice: 'Each activity', heading: 'Activity' },
  campaign: { choice: 'Each campaign', heading: 'Campaign' },
  agency: { choice: 'Each organisation that leads', heading: 'Led by' },
  quarter: { choice: 'Each quarter', heading: 'Quarter' },
  kind: { choice: 'Each kind of activity', heading: 'Kind' },
  audience: { choice: 'Each audience', heading: 'Audience' }
}

/** The lines in which an activity is counted. */
export function linesOf (by: Grouping, activity: ReportedActivity, quarter: string): NamedLine[] {
  const { slug, title, campaign, leadAgency, kind, audiences } = activity
  switch (by) {
    case 'activity': return [{ key: slug, name: title }]
    case 'campaign': return [{ key: campaign.slug, name: campaign.title }]
    case 'agency': return [{ key: leadAgency?.slug ?? '', name: leadAgency?.name ?? ourselves }]
    case 'quarter': return [{ key: quarter, name: quarterInWords(quarter) }]
    case 'kind': return [{ key: kind, name: kindInWords[kind] }]
    case 'audience': return audiences.length === 0
      ? [{ key: '', name: 'No audience given' }]
      : audiences.map(audience => ({ key: audience, name: capitalised(audience) }))
  }
}

export const divisionInWords: Record<Division, { heading: string, column: string }> = {
  district: { heading: 'Where people live', column: 'District' },
  role: { heading: 'Who people are', column: 'Who they are' },
  'heard-from': { heading: 'How people heard of it', column: 'How they heard' },
  'lead-time': { heading: 'How long before the day people booked', column: 'Before the day' }
}

/** What each kind of people is called. */
export function kindOfPeople (by: Division, value: string): string {
  if (value === '' || value === 'not said') return by === 'lead-time' ? 'Not known' : 'Not said'
  if (by === 'role') return attendeeRoleInWords[value as AttendeeRole]
  return by === 'lead-time' ? leadTimeInWords(Number(value)) : capitalised(value)
}

/** A span of days before the start, by its first day. */
export function leadTimeInWords (from: number): string {
  const next = leadTimes.find(other => other > from)
  if (from === 0) return 'On the day itself'
  if (next === undefined) return `${from / 7} weeks or more`
  return `${from} to ${next - 1} days`
}

export function capitalised (text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
