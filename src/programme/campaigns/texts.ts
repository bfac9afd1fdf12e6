import { draft } from '../../platform/draft.ts'

/** The texts of a campaign and how it uses them, as its editors type them. */
export interface CampaignTexts {
  title: string
  strapline: string
  summary: string
  area: string
  hashtags: string[]
  accounts: string[]
  districts: string[]
  privacyNotice: string
  discreet: boolean
  daysUntilErasure: number
}

export const textsDraft = draft([
  'title', 'strapline', 'summary', 'area', 'districts', 'hashtags', 'accounts', 'privacyNotice', 'discreet',
  'daysUntilErasure'
])
export const textFields = textsDraft.fields
export type TextField = typeof textFields[number]

/** The texts alone, of what has more. */
export function textsOf (
  {
    title, strapline, summary, area, districts, hashtags, accounts, privacyNotice, discreet, daysUntilErasure
  }: CampaignTexts
): CampaignTexts {
  return { title, strapline, summary, area, districts, hashtags, accounts, privacyNotice, discreet, daysUntilErasure }
}
