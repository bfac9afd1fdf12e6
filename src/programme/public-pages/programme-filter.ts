import type { Campaign } from '../campaigns/campaign.ts'
import { elsewhere, isOn } from './placed.ts'
import type { PlacedActivity } from './placed.ts'
import { lastPageOf } from '../../platform/http/pagination.ts'

/** How people take part. */
export const ways = ['book', 'drop-in', 'online', 'invitation', 'none'] as const
export type Way = typeof ways[number]

/** In which way a programme is shown. */
export const views = ['list', 'timetable', 'overview'] as const
export type View = typeof views[number]

/** Which activities of a campaign are shown; undefined: any. */
export interface ProgrammeFilter {
  /** Such as `2026-12-01`. */
  day: string | undefined
  /** A district, or a key of `elsewhere`. */
  district: string | undefined
  audience: string | undefined
  how: Way | undefined
}
export const filterFields = ['day', 'district', 'audience', 'how'] as const
export type FilterField = typeof filterFields[number]

/** What an address asks for. */
export interface Asked extends ProgrammeFilter {
  view: View
  page: number
}

export const everything: Asked = {
  day: undefined, district: undefined, audience: undefined, how: undefined, view: 'list', page: 1
}

/** What can be chosen: only what some activity has that the reader may know of. */
export interface Choices {
  /** Days on which something begins that does not last for several. */
  day: string[]
  /** In the order of the campaign; others after them, those without a district last. */
  district: string[]
  audience: string[]
  how: Way[]
  view: View[]
  /** How many pages there are of everything. */
  pages: number
}

/** A timetable is worth reading of so many days, an overview of so many columns. */
const [maxSpan, maxColumns] = [21, 14]
const dayMs = 86_400_000

export function choicesOf (
  programme: readonly PlacedActivity[], { districts }: Pick<Campaign, 'districts'>
): Choices {
  const day = [...new Set(programme.filter(({ isLong }) => !isLong).map(({ firstDay }) => firstDay))].sort()
  const given = new Set(programme.map(({ district }) => district))
  const district = [...new Set([
    ...districts.filter(name => given.has(name)),
    ...[...given].filter(name => !Object.hasOwn(elsewhere, name)).sort(),
    ...Object.keys(elsewhere).filter(name => given.has(name))
  ])]
  const [first, last] = [day[0], day.at(-1)].map(day => Date.parse(day ?? ''))
  return {
    day,
    district,
    audience: [...new Set(programme.flatMap(({ activity }) => activity.audiences))].filter(isNarrow).sort(),
    how: ways.filter(way => programme.some(one => isOfWay(one, way))),
    view: views.filter(view => view === 'list' ||
      (view === 'timetable' && (Number(last) - Number(first)) / dayMs < maxSpan) ||
      (view === 'overview' && day.length > 0 && day.length <= maxColumns && district.length > 1)),
    pages: lastPageOf(programme.length)
  }
}

/**
 * Reads what an address asks for. What is not among the choices is left out, and `isUnderstood` tells: an old link
 * still leads somewhere, and however odd addresses are, there are only so many pages.
 */
export function askedIn (
  query: Readonly<Record<string, unknown>>, choices: Choices
): { asked: Asked, isUnderstood: boolean } {
  let isUnderstood = true
  const among = <T extends string>(field: FilterField | 'view', known: readonly T[]): T | undefined => {
    const given = query[field]
    if (given === undefined || given === '') return undefined
    const found = known.find(one => one === given)
    isUnderstood &&= found !== undefined
    return found
  }
  const { page } = query
  const asked = {
    day: among('day', choices.day),
    district: among('district', choices.district),
    audience: among('audience', choices.audience),
    how: among('how', choices.how),
    view: among('view', choices.view) ?? 'list',
    page: typeof page === 'string' && /^[1-9]\d{0,2}$/.test(page) ? Math.min(Number(page), choices.pages) : 1
  }
  return { asked, isUnderstood }
}

/** The part of an address that asks for this: the same for the same, and empty for everything. */
export function searchOf (asked: Partial<Asked>): string {
  const given = new URLSearchParams()
  for (const field of filterFields) {
    const value = asked[field]
    if (value !== undefined) given.set(field, value)
  }
  if (asked.view !== undefined && asked.view !== 'list') given.set('view', asked.view)
  if (asked.page !== undefined && asked.page > 1) given.set('page', String(asked.page))
  return given.size === 0 ? '' : `?${given}`
}

/** True if an activity is one of those asked for. */
export function matches (one: PlacedActivity, { day, district, audience, how }: ProgrammeFilter): boolean {
  return (day === undefined || isOn(one, day)) &&
    (district === undefined || one.district === district) &&
    (audience === undefined || isFor(one.activity, audience)) &&
    (how === undefined || isOfWay(one, how))
}

/** True if it is for this audience: what is for everyone, or does not say for who, is for parents too. */
export function isFor ({ audiences }: { audiences: readonly string[] }, audience: string): boolean {
  return audiences.includes(audience) || audiences.length === 0 || !audiences.every(isNarrow)
}

/** True if an audience is not everyone. */
export function isNarrow (audience: string): boolean {
  return audience !== 'everyone'
}

function isOfWay ({ activity: { booking, isOnline } }: PlacedActivity, way: Way): boolean {
  switch (way) {
    case 'book': return booking === 'places'
    case 'online': return isOnline
    default: return booking === way
  }
}

/** How many there are of each choice, with all else that is asked for; cancelled ones are not offered. */
export function countOf (
  programme: readonly PlacedActivity[], filter: ProgrammeFilter, field: FilterField, choice: string
): number {
  return countMatching(programme, { ...filter, [field]: choice })
}

export function countMatching (programme: readonly PlacedActivity[], filter: ProgrammeFilter): number {
  return programme.filter(one => one.activity.status !== 'cancelled' && matches(one, filter)).length
}

export function isNarrowed (filter: ProgrammeFilter): boolean {
  return filterFields.some(field => filter[field] !== undefined)
}
