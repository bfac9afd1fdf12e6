import type { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
import { calendarDayOf } from '../activities/when.ts'
import { kinds, operationalKinds } from '../activities/activity.ts'
import type { Kind } from '../activities/activity.ts'
import type { EntryQuestion } from './entry-questions.ts'

/** The form by which anyone with its link enters an activity in a campaign. Days as `2026-12-01`. */
export interface EntryForm {
  isOn: boolean
  /** Whether the page of the campaign links to it. */
  isListed: boolean
  /** The first and the last day on which it is open; undefined: no limit. */
  opensOn: string | undefined
  closesOn: string | undefined
  introduction: string
  kinds: readonly Kind[]
  /** Days on which activities can be; undefined: those of the campaign. */
  firstDay: string | undefined
  lastDay: string | undefined
  /** What the form begins with. */
  audiences: readonly string[]
  district: string | undefined
  visibility: 'public' | 'partners'
  /** What people are asked to write with their posts. */
  hashtags: string
  questions: readonly EntryQuestion[]
}

/** The campaign of such a form. */
export interface EntryCampaign {
  id: string
  slug: string
  title: string
  zone: string
  partnership: string
  districts: readonly string[]
  hashtags: readonly string[]
  firstDay: string | undefined
  lastDay: string | undefined
}

/** What a stranger may enter: never police work, and nothing that needs a Teams meeting of ours. */
export const enterableKinds: readonly Kind[] = kinds.filter(kind => !operationalKinds.includes(kind) && kind !== 'online-workshop')

/** Who an entry can be for; none of them: everyone. */
export const entryAudiences = ['parents', 'carers', 'young-people', 'professionals', 'businesses'] as const

/** The form that organisers find before they have set one up. */
export function newEntryForm ({ hashtags }: Pick<EntryCampaign, 'hashtags'>): EntryForm {
  return {
    isOn: false,
    isListed: false,
    opensOn: undefined,
    closesOn: undefined,
    introduction: '',
    kinds: enterableKinds.filter(kind => !['press', 'advertising', 'social-media'].includes(kind)),
    firstDay: undefined,
    lastDay: undefined,
    audiences: [],
    district: undefined,
    visibility: 'public',
    hashtags: hashtags.join(' '),
    questions: []
  }
}

const formDraft = draft([
  'isOn', 'isListed', 'opensOn', 'closesOn', 'introduction', 'kinds', 'firstDay', 'lastDay', 'audiences', 'district',
  'visibility', 'hashtags', 'questions'
])

function flat ({ questions, ...form }: EntryForm) {
  return { ...form, questions: questions.map(({ text, choices, isRequired }) => [text, ...choices, isRequired].join(' | ')) }
}

/** The version of what organisers see. */
export function versionOfForm (form: EntryForm): string {
  return formDraft.versionHash(flat(form))
}

/** What is otherwise, for the audit trail. */
export function formDifferences (from: EntryForm, to: EntryForm) {
  return formDraft.differences(flat(from), flat(to))
}

/** Whether the form takes entries: it opens and closes at midnight in the campaign's zone. */
export function phaseOf (
  { isOn, opensOn, closesOn }: Pick<EntryForm, 'isOn' | 'opensOn' | 'closesOn'>, zone: string, now: DateTime<true>
): 'off' | 'before' | 'open' | 'closed' {
  if (!isOn) return 'off'
  const today = calendarDayOf(now, zone)
  if (opensOn !== undefined && today < opensOn) return 'before'
  return closesOn !== undefined && today > closesOn ? 'closed' : 'open'
}

/** The first and the last day on which an activity can be entered; undefined: any. */
export function daysOf (
  form: Pick<EntryForm, 'firstDay' | 'lastDay'>, campaign: Pick<EntryCampaign, 'firstDay' | 'lastDay'>
): { first: string | undefined, last: string | undefined } {
  return { first: form.firstDay ?? campaign.firstDay, last: form.lastDay ?? campaign.lastDay }
}
