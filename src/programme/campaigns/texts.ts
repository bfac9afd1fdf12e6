import { draft } from '../../platform/draft.ts'

/** The texts of a campaign and how it uses them, as its editors type them. */
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
