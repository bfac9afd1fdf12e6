import { noon } from './world.ts'

/*
 * One activity of each level, with a word that stands nowhere else: whatever shows the word of a level to someone who
 * may not know of it tells too much.
 */

export const levels = ['open', 'partners', 'embargoed', 'agency', 'draft', 'operational'] as const
export type Level = typeof levels[number]

export const ofLevel = {
  open: { visibility: 'public' },
  partners: { visibility: 'partners' },
  embargoed: { visibility: 'public', embargoUntil: noon.plus({ hours: 1 }).toJSDate() },
  agency: { visibility: 'agency' },
  draft: { visibility: 'public', status: 'draft' },
  operational: { visibility: 'operational', kind: 'disruption' }
} as const satisfies Record<Level, object>

export const wordOf = (level: Level) => `zq${level}`

/** Who asks, and of which levels they may know. */
export const people = {
  stranger: ['open'],
  'host of another activity': ['open'],
  'another agency': ['open', 'partners', 'embargoed'],
  'a co-host of another agency': ['open', 'operational'],
  'an organiser of another agency who co-hosts': ['open', 'partners', 'embargoed', 'draft'],
  'an agency that takes part': ['open', 'partners', 'embargoed', 'agency', 'draft'],
  'someone of the leading agency': ['open', 'partners', 'embargoed', 'agency', 'draft'],
  'the partnership': ['open', 'partners', 'embargoed', 'agency', 'draft'],
  'someone who is named': levels,
  admin: levels
} as const satisfies Record<string, readonly Level[]>
export type Person = keyof typeof people
