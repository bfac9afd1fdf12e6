import { csvFile } from '../../platform/csv.ts'
import type { Clash } from './clash.ts'
import type { Gaps } from './gaps.ts'
import { whenBothInWords, whyInWords } from './in-words.ts'
import type { PlannedActivity } from './planned-activity.ts'
import { gapsInWords } from './staff-page.ts'

const columns = [
  'what', 'when', 'text', 'activity', 'activity_slug', 'other_activity', 'other_activity_slug', 'campaign', 'other_campaign'
]

/** The clashes and gaps of a campaign as CSV, a row for each. */
export function reportFileOf (clashes: ReadonlyArray<Clash<PlannedActivity>>, gaps: Gaps): string {
  const rows = [
    ...clashes.map(clash => {
      const { one, other } = clash
      return [
        'clash', whenBothInWords(clash), whyInWords(clash), one.title, one.slug, other.title, other.slug, one.campaign.title, other.campaign.title
      ]
    }),
    ...gapsInWords(gaps).map(({ text }) => ['gap', '', text, '', '', '', '', '', ''])
  ]
  return csvFile(columns, rows)
}
