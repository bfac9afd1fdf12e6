import type { Press } from './press.ts'

/** A theme, dates and a programme of activities. Days as `2026-12-01`. */
export interface Campaign {
  id: string
  slug: string
  title: string
  /** A few words under the title; empty if there are none. */
  strapline: string
  summary: string
  kind: 'programme' | 'week-of-action'
  partnership: string
  /** Whether nothing that others may read, such as a shared calendar, tells what it is about. */
  discreet: boolean
  hashtags: string[]
  /** Addresses of its accounts on social networks. */
  accounts: string[]
  /** Where it is, in words; empty where the districts say it. */
  area: string
  firstDay: string | undefined
  lastDay: string | undefined
  districts: string[]
  privacyNotice: string
  daysUntilErasure: number
  press: Press
}
