import { createHash } from 'node:crypto'

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

export const textFields = [
  'title', 'summary', 'hashtags', 'districts', 'privacyNotice', 'discreet', 'daysUntilErasure'
] as const satisfies ReadonlyArray<keyof CampaignTexts>

/** What a field says, as text. */
export function textOf (texts: CampaignTexts, field: keyof CampaignTexts): string {
  const value = texts[field]
  return Array.isArray(value) ? value.join('; ') : String(value)
}

/** Tells one state of the texts from any other: who saves means a change of what they have read. */
export function editionOf (texts: CampaignTexts): string {
  return createHash('sha256').update(JSON.stringify(textFields.map(field => texts[field]))).digest('hex').slice(0, 16)
}

/** The fields in which two states differ, with what they say in the one and in the other. */
export function differences (
  from: CampaignTexts, to: CampaignTexts
): Partial<Record<keyof CampaignTexts, [from: string, to: string]>> {
  return Object.fromEntries(textFields
    .map(field => [field, [textOf(from, field), textOf(to, field)]] as [string, [string, string]])
    .filter(([, [before, after]]) => before !== after))
}
