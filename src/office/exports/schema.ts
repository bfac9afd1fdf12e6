import type { DateTime } from 'luxon'
import { z } from 'zod'
import { localDay } from '../../programme/activities/local-time.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { attendeeAddress, attendeeFilterIn } from '../../booking/attendees/filter.ts'
import { answer, answerAsDay, answerInLine, optional, unknownField, ticked } from '../../platform/http/form-answers.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { isDay, officeZone } from '../../platform/clock.ts'
import type { ListColumn } from './columns.ts'
import { formatNames } from './formats.ts'
import { purposeInWords, purposeNames } from './purposes.ts'
import type { Purpose } from './purposes.ts'
import type { Selection } from './queries.ts'

/**
 * The most activities of one list: their names stand in its address, of which a web server takes 16 KiB with all its
 * other headers, and a name has up to 80 characters.
 */
export const mostActivities = 100

export const listFields = ['columns', 'format', 'why', 'why_other'] as const

const missing = 'Select at least one column'
const noSuchColumn = 'Select columns from those on the page'

/** What is answered about a list, by someone who may have these columns. */
export function listAnswers (columns: readonly ListColumn[]) {
  const names = columns.map(({ name }) => name)
  return {
    columns: ticked(z.enum(names, noSuchColumn), { wrong: noSuchColumn, missing })
      .transform(chosen => columns.filter(({ name }) => chosen.includes(name))),
    format: z.enum(formatNames, 'Select a format'),
    why: z.enum(purposeNames, 'Select why you need this list'),
    why_other: optional(answerInLine('Why you need it', 'Say why you need it', 200))
  }
}

/** Whoever needs a list for something else says what it is. */
export function isPurposeSaid ({ why, why_other: other }: { why: Purpose, why_other?: string | undefined }): boolean {
  return why !== 'other' || other !== undefined
}

export const purposeNotSaid = { path: ['why_other'], error: 'Say why you need this list' }

/** The form of a list, for someone who may have these columns. */
export function listForm (columns: readonly ListColumn[]) {
  return z.strictObject(listAnswers(columns), { error: unknownField }).refine(isPurposeSaid, purposeNotSaid)
    .transform(({ columns, format, why, why_other: other }) => ({ columns, format, why: purposeInWords(why, other) }))
}

/** What was chosen of a list before its person had to show again who they are: sealed, see choices.ts. */
const choices = z.unknown().optional()

/** The address of a list of one activity: which of its attendees. */
export function filterAddress (seal: Seal) {
  return z.strictObject({ ...attendeeAddress(seal), choices }, { error: unknownField })
    .transform(({ choices, ...chosen }) => attendeeFilterIn(chosen))
}

const day = answerAsDay('The day', 'Enter a day')
  .refine(text => isDay(text) && localDay(text, officeZone) !== undefined, 'Enter a day like 2026-12-01')
const noSuchActivity = 'Select activities from those on the page'
const noSuchCampaign = 'Select a campaign from those on the page'

const selected = {
  activity: z.preprocess(given => [given ?? []].flat(), z.array(answer('Activity').refine(isSlug, noSuchActivity)))
    .refine(slugs => slugs.length <= mostActivities, `Select ${mostActivities} activities or fewer`),
  campaign: optional(answer('Campaign').refine(isSlug, noSuchCampaign)),
  from: optional(day),
  to: optional(day)
}

interface Selected extends Partial<Record<'campaign' | 'from' | 'to', string | undefined>> { activity: string[] }

const inOrder = ({ from, to }: Selected) => from === undefined || to === undefined || from <= to
const outOfOrder = { path: ['to'], error: 'The last day must be the first day or later' }

function selectionOf ({ activity, campaign, from, to }: Selected): Selection {
  return {
    slugs: [...new Set(activity)],
    campaign,
    from: from === undefined ? undefined : localDay(from, officeZone)?.startsAt,
    before: to === undefined ? undefined : localDay(to, officeZone)?.endsAt
  }
}

export const selectionFields = ['activity', 'campaign', 'from', 'to', 'status'] as const

/** The address of the page on which activities are chosen. */
export const selectionAddress = z.strictObject(selected, { error: unknownField }).refine(inOrder, outOfOrder)
  .transform(selectionOf)

/** The address of a list of several activities: which, and which of their attendees. */
export function listsAddress (seal: Seal) {
  return z.strictObject({ ...selected, ...attendeeAddress(seal), choices }, { error: unknownField })
    .refine(inOrder, outOfOrder)
    .refine(({ activity, campaign, from, to }) => activity.length > 0 || (campaign ?? from ?? to) !== undefined, {
      path: ['activity'], error: 'Select at least one activity, or show those of a campaign or some days first'
    })
    .transform(({ activity, campaign, from, to, choices: _, ...chosen }) => ({
      selection: selectionOf({ activity, campaign, from, to }), filter: attendeeFilterIn(chosen)
    }))
}

/** True if it says which activities, besides those that are ticked. */
export function isNarrowed ({ campaign, from, before }: Selection): boolean {
  return (campaign ?? from ?? before) !== undefined
}

/** What the page shows that has not been told: activities of the last month, and all to come. */
export function lately (now: DateTime<true>): Selection {
  return { slugs: [], campaign: undefined, from: now.minus({ days: 31 }), before: undefined }
}

/** A selection as an address gives it. */
export function fieldsOfSelection ({ slugs, campaign, from, before }: Selection): Array<[name: string, value: string]> {
  const day = (at: DateTime<true>) => calendarDayOf(at, officeZone)
  return [
    ...slugs.map((slug): [string, string] => ['activity', slug]),
    ...(campaign === undefined ? [] : [['campaign', campaign] as [string, string]]),
    ...(from === undefined ? [] : [['from', day(from)] as [string, string]]),
    ...(before === undefined ? [] : [['to', day(before.minus({ days: 1 }))] as [string, string]])
  ]
}
