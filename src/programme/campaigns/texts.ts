import { draft } from '../../platform/draft.ts'

/** What a campaign says of itself and how, as those who may edit it type it. */
export interface CampaignTexts {
  title: string
  summary: string
  hashtags: string[]
  districts: string[]
  privacyNotice: string
  discreet: boolean
  daysUntilErasure: number
}

export const textsDraft = draft([
  'title', 'summary', 'hashtags', 'districts', 'privacyNotice', 'discreet', 'daysUntilErasure'
])
export const textFields = textsDraft.fields
export type TextField = typeof textFields[number]
