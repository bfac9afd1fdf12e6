import { z } from 'zod'
import { answer, isOneLine, optional } from '../../platform/http/form-answers.ts'

/** A month as `2026-12`. */
export type Month = `${number}-${number}`

export const listStates = ['draft', 'published', 'cancelled', 'full'] as const
/** What an activity is asked to be; `full`: published, and no place is free. */
export type ListState = typeof listStates[number]

/** Which activities staff are shown, and how; `undefined`: any. */
export interface ListFilter {
  /** Those to come, those that are past, or those of a month. */
  when: 'to-come' | 'past' | Month
  asCalendar: boolean
  /** Slug of the campaign. */
  campaign: string | undefined
  /** Slug of an agency that leads or takes part. */
  agency: string | undefined
  state: ListState | undefined
  /** What is looked for in titles. */
  search: string | undefined
}

/** Everything that is to come. */
export const toCome: ListFilter = {
  when: 'to-come', asCalendar: false, campaign: undefined, agency: undefined, state: undefined, search: undefined
}

/** The fields of the filter, in an address and in the form. */
export const listFields = ['view', 'as', 'campaign', 'agency', 'state', 'q'] as const

/** What can be chosen, as slugs. */
interface Choices { campaigns: ReadonlyArray<{ slug: string }>, agencies: ReadonlyArray<{ slug: string }> }

const [whenUnknown, asUnknown, campaignUnknown, agencyUnknown, stateUnknown] =
  [
    'Select a time from the list',
    ...['a list or a calendar', 'a campaign', 'an agency', 'a state'].map(what => `Select ${what} from those on the page`)
  ] as [string, string, string, string, string]

/** Longer than any title. */
const maxSearch = 200

/** Reads the filter of an address. */
export function listFilter ({ campaigns, agencies }: Choices) {
  const among = (slugs: ReadonlyArray<{ slug: string }>, noun: string, unknown: string) =>
    optional(answer(noun, unknown).refine(given => slugs.some(({ slug }) => slug === given), unknown))
  return z.object({
    view: optional(answer('When', whenUnknown).refine(view => view === 'past' || isMonth(view), whenUnknown)),
    as: optional(answer('List or calendar', asUnknown).refine(as => as === 'calendar', asUnknown)),
    campaign: among(campaigns, 'Campaign', campaignUnknown),
    agency: among(agencies, 'Agency', agencyUnknown),
    state: optional(answer('State', stateUnknown).pipe(z.enum(listStates, stateUnknown))),
    q: optional(answer('What you look for').trim()
      .refine(text => text.length <= maxSearch, { error: `What you look for must be ${maxSearch} characters or fewer`, abort: true })
      .refine(isOneLine, 'What you look for must be on one line'))
  }).transform(({ view, as, campaign, agency, state, q }): ListFilter => ({
    when: view === undefined ? 'to-come' : view as 'past' | Month,
    asCalendar: as === 'calendar',
    campaign,
    agency,
    state,
    search: q
  }))
}

/** True for a month of this century: no others are worth a calendar. */
export function isMonth (text: string): text is Month {
  return /^20\d{2}-(?:0[1-9]|1[0-2])$/.test(text)
}

/** The address at which this is shown, on a page of it. */
export function listAddress ({ when, asCalendar, campaign, agency, state, search }: ListFilter, page = 1): string {
  const given: Array<[typeof listFields[number] | 'page', string | undefined]> = [
    ['view', when === 'to-come' ? undefined : when],
    ['as', asCalendar ? 'calendar' : undefined],
    ['campaign', campaign],
    ['agency', agency],
    ['state', state],
    ['q', search],
    ['page', page === 1 ? undefined : String(page)]
  ]
  const asked = new URLSearchParams()
  for (const [name, value] of given) if (value !== undefined) asked.set(name, value)
  return asked.size === 0 ? '/staff/activities' : `/staff/activities?${asked}`
}

/** Whether more is asked for than when. */
export function isNarrowed ({ campaign, agency, state, search }: ListFilter): boolean {
  return [campaign, agency, state, search].some(asked => asked !== undefined)
}
