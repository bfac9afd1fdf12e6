/** A theme, dates and a programme of activities. Days as `2026-12-01`. */
export interface Campaign {
  id: string
  slug: string
  title: string
  summary: string
  kind: 'programme' | 'week-of-action'
  partnership: string
  hashtags: string[]
  firstDay: string | undefined
  lastDay: string | undefined
  districts: string[]
  privacyNotice: string
  daysUntilErasure: number
}
