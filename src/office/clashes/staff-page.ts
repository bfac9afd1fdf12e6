import { mayEver } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { KnownCampaign } from '../../programme/activities/known-campaign.ts'
import { calendarDayInWords, whenInWords } from '../../programme/activities/when.ts'
import { districtInWords, elsewhere } from '../../programme/public-pages/placed.ts'
import type { Clash } from './clash.ts'
import { isWeekend } from './gaps.ts'
import type { Gaps } from './gaps.ts'
import { audienceInWords, freeTimesInWords, whenBothInWords, whyInWords } from './in-words.ts'
import type { PlannedActivity } from './planned-activity.ts'

interface Report {
  staff: StaffMember
  campaign: KnownCampaign
  clashes: ReadonlyArray<Clash<PlannedActivity>>
  gaps: Gaps
}

/** What an empty form about a new activity begins with. */
type Beginning = Partial<Record<'district' | 'audiences' | 'starts_day' | 'starts_time', string>>

/** The clashes and gaps of a campaign. */
export function reportPageOf ({ staff, campaign, clashes, gaps }: Report) {
  const mayAdd = mayEver(staff, 'create activities')
  const adding = (beginning: Beginning) =>
    mayAdd ? `/staff/activities/new?${new URLSearchParams({ campaign: campaign.slug, ...beginning })}` : undefined
  const { audiences, rows } = gaps.table
  return {
    campaign: campaign.title,
    boardHref: `/staff/campaigns/${campaign.slug}/board`,
    csvHref: `/staff/campaigns/${campaign.slug}/clashes.csv`,
    clashes: clashes.map(clash => ({
      when: whenBothInWords(clash),
      why: whyInWords(clash),
      activities: [clash.one, clash.other].map(one => ({
        title: one.title,
        when: whenInWords(one),
        href: `/staff/activities/${one.slug}`,
        of: one.campaign.id === campaign.id ? undefined : one.campaign.title
      }))
    })),
    gaps: gapsInWords(gaps).map(({ text, beginning }) => ({ text, href: adding(beginning) })),
    table: {
      heads: [...audiences.map(audienceInWords), 'Parents, evening or weekend'],
      rows: rows.map(({ district, counts, whenParentsAreFree }) => {
        const here = Object.hasOwn(elsewhere, district) ? {} : { district }
        const cells = [
          ...counts.map((count, n) => ({
            count, for: audienceInWords(audiences[n] ?? ''), href: adding({ ...here, audiences: audiences[n] ?? '' })
          })),
          {
            count: whenParentsAreFree,
            for: 'Parents, evening or weekend',
            href: adding({ ...here, audiences: 'parents', starts_time: '18:00' })
          }
        ]
        return { district: districtInWords(district), cells }
      })
    }
  }
}

/** A sentence for each gap, and what an activity that fills it begins with. */
export function gapsInWords (
  { districts, audiences, days, freeTimes }: Gaps
): Array<{ text: string, beginning: Beginning }> {
  return [
    ...districts.map(district => ({ text: `Nothing in ${district}`, beginning: { district } })),
    ...audiences.map(audience => ({ text: `Nothing for: ${audienceInWords(audience)}`, beginning: { audiences: audience } })),
    ...days.map(day => ({ text: `Nothing begins on ${calendarDayInWords(day)}`, beginning: { starts_day: day } })),
    ...freeTimes.map(time => {
      const free = days.find(isWeekend)
      return {
        text: `Nothing that parents can come to ${freeTimesInWords[time]}`,
        beginning: {
          audiences: 'parents',
          ...time === 'evening' && { starts_time: '18:00' },
          ...time === 'weekend' && free !== undefined && { starts_day: free }
        }
      }
    })
  ]
}
