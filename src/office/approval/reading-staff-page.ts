import { paragraphsOf } from '../../platform/marked-text.ts'
import { paginationOf } from '../../platform/http/pagination.ts'
import { mailtoOf } from '../../platform/typed.ts'
import type { CurrentActivity } from '../../programme/activities/draft.ts'
import { kindInWords, audiencesInWords, whereInWords } from '../../programme/activities/page.ts'
import { deadlineInWords, whenInWords } from '../../programme/activities/when.ts'
import { readEntryAnswers } from '../../programme/entries/entry-questions.ts'
import { readVersionOf } from '../editor/publish.ts'
import { perReading } from './reading.ts'
import type { listToRead, ToRead } from './reading.ts'
import type { ReadingQuery } from './schema.ts'

export const everythingToRead: ReadingQuery = {
  campaign: undefined, district: undefined, kind: undefined, day: undefined, page: 1
}

/** The address of a page of what waits. */
export function readingAddress (filter: ReadingQuery, more: Readonly<Record<string, string>> = {}): string {
  return withFilter('/staff/approvals/reading', filter, more)
}

/** Where entries of such a page are refused, which leads back to it. */
export function refusalAddress (filter: ReadingQuery): string {
  return withFilter('/staff/entries/refusal', filter)
}

function withFilter (address: string, filter: ReadingQuery, more: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams({
    ...filter.campaign !== undefined && { campaign: filter.campaign },
    ...filter.district !== undefined && { district: filter.district === '' ? '-' : filter.district },
    ...filter.kind !== undefined && { kind: filter.kind },
    ...filter.day !== undefined && { day: filter.day },
    ...filter.page > 1 && { page: String(filter.page) },
    ...more
  }).toString()
  return `${address}${search === '' ? '' : `?${search}`}`
}

/** Who entered an activity without an account, for coordinators. */
export function entryOf (
  { organisation, name, email, answers }: { organisation: string, name: string, email: string, answers: unknown }
) {
  return {
    organisation, name, email, mailto: mailtoOf(email), answers: readEntryAnswers(answers)
  }
}

interface Shown {
  versions: ReadonlyMap<string, CurrentActivity>
  filter: ReadingQuery
  chosen: readonly string[]
}

const bookingInWords: Readonly<Record<string, string>> = {
  none: 'Nobody books or drops in', 'drop-in': 'Anyone can drop in', places: 'People book places', invitation: 'By invitation'
}

/** What waits, whole, with what it can be filtered by. */
export function readingPageOf (
  { total, page, toRead, districts, kinds, campaigns }: Awaited<ReturnType<typeof listToRead>>,
  { versions, filter, chosen }: Shown
) {
  const shown = { ...filter, page }
  return {
    total,
    drafts: toRead.flatMap(draft => {
      const current = versions.get(draft.slug)
      return current === undefined ? [] : [draftOf(draft, `${draft.id}.${readVersionOf(current)}`, chosen)]
    }),
    hasEntries: toRead.some(({ entry }) => entry !== undefined),
    action: readingAddress(shown),
    refusalHref: refusalAddress(shown),
    isFiltered: [filter.campaign, filter.district, filter.kind, filter.day].some(one => one !== undefined),
    campaigns: campaigns.length < 2 && filter.campaign === undefined
      ? undefined
      : [{ value: '', text: 'Any campaign' }, ...campaigns.map(({ slug, title }) => ({ value: slug, text: title, selected: slug === filter.campaign }))],
    districts: [
      { value: '', text: 'Any district' },
      ...districts.map(({ district, count }) => ({
        value: district ?? '-', text: `${district ?? 'No district'} (${count})`, selected: (district ?? '') === filter.district
      }))
    ],
    kinds: [
      { value: '', text: 'Any kind' },
      ...kinds.map(({ kind, count }) => ({ value: kind, text: `${kindInWords[kind]} (${count})`, selected: kind === filter.kind }))
    ],
    day: filter.day,
    pagination: paginationOf(total, page, number => readingAddress({ ...filter, page: number }), perReading)
  }
}

function draftOf (draft: ToRead, value: string, chosen: readonly string[]) {
  return {
    value,
    isChosen: chosen.includes(value),
    href: `/staff/activities/${draft.slug}/approval`,
    title: draft.title,
    kind: kindInWords[draft.kind],
    when: whenInWords(draft),
    where: (draft.venue ?? draft.untold) === undefined ? draft.district ?? '' : whereInWords(draft),
    audiences: audiencesInWords(draft.audiences),
    how: bookingInWords[draft.booking] ?? '',
    isPublic: draft.visibility === 'public',
    embargo: draft.embargoUntil && deadlineInWords(draft.embargoUntil, draft.zone),
    leadAgency: draft.leadAgency,
    campaign: draft.campaign,
    summary: paragraphsOf(draft.summary),
    entry: draft.entry && entryOf(draft.entry),
    id: draft.id
  }
}

/** The sentence about what was just done with so many. */
export function doneReadingInWords (done: unknown, n: unknown): string | undefined {
  const count = typeof n === 'string' && /^\d{1,3}$/.test(n) ? Number(n) : undefined
  if (count === undefined) return undefined
  if (done === 'approved') return `${count === 1 ? '1 activity is' : `${count} activities are`} published. Who asked is emailed.`
  return done === 'refused' ? `${count === 1 ? '1 entry is' : `${count} entries are`} refused. Who entered them is emailed why.` : undefined
}
