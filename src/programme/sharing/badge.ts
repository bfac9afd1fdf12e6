import type { Coverage } from '../../platform/pdf/coverage.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { setIn } from './set-in.ts'

/** What stands on the badge of an agency that took part (templates/programme/sharing/badge.typ). */
export interface Badge {
  title: string
  /** Undefined where the title names it, or nobody knows it. */
  year: string | undefined
  agency: string
}

export function badgeOf (campaign: Campaign, agency: string, coverage: Coverage): Badge {
  const set = setIn(coverage)
  const year = (campaign.lastDay ?? campaign.firstDay)?.slice(0, 4)
  return {
    title: set(campaign.title) || 'What’s on',
    year: year === undefined || campaign.title.includes(year) ? undefined : year,
    agency: set(agency)
  }
}
