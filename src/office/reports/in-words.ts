import { daysInWords, kindInWords, whereInWords } from '../../programme/activities/page.ts'
import type { AttendeeRole } from '../../booking/bookings/booking.ts'
import { attendeeRoleInWords } from '../../booking/bookings/page.ts'
import { leadTimes } from '../forgetting/lead-time.ts'
import type { Division } from './published.ts'
import { quarterInWords } from './quarters.ts'
import type { NamedCampaign, ReportedActivity } from './queries.ts'
import type { Grouping, NamedLine } from './report.ts'
import { toldApart } from './told-apart.ts'

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
    case 'activity': return [{ key: slug, name: title, hints: [whereInWords(activity), leadAgency?.name ?? ourselves, slug] }]
    case 'campaign': return [{ key: campaign.slug, name: campaign.title, hints: hintsOf(campaign) }]
    case 'agency': return [{ key: leadAgency?.slug ?? '', name: leadAgency?.name ?? ourselves, hints: [leadAgency?.slug ?? ''] }]
    case 'quarter': return [{ key: quarter, name: quarterInWords(quarter), hints: [] }]
    case 'kind': return [{ key: kind, name: kindInWords[kind], hints: [] }]
    case 'audience': return audiences.length === 0
      ? [{ key: '', name: 'No audience given', hints: [] }]
      : audiences.map(audience => ({ key: audience, name: capitalised(audience), hints: [] }))
  }
}

/** What tells campaigns of one title apart. */
function hintsOf ({ slug, firstDay, lastDay }: NamedCampaign): string[] {
  return [daysInWords({ firstDay, lastDay }) ?? '', slug]
}

/** Campaigns to choose from, no two of them alike. */
export function campaignsToldApart (campaigns: readonly NamedCampaign[]) {
  return inOneLine(campaigns.map(campaign =>
    ({ slug: campaign.slug, name: campaign.title, more: '', hints: hintsOf(campaign) })))
}

/** The same of organisations. */
export function agenciesToldApart (agencies: ReadonlyArray<{ slug: string, name: string }>) {
  return inOneLine(agencies.map(({ slug, name }) => ({ slug, name, more: '', hints: [slug] })))
}

function inOneLine (named: ReadonlyArray<{ slug: string, name: string, more: string, hints: string[] }>) {
  return toldApart(named).map(({ slug, name, more }) => ({ slug, name: more === '' ? name : `${name} (${more})` }))
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
