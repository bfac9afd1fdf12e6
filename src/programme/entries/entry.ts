import { DateTime } from 'luxon'
import type { EntryForm } from './entry-form.ts'
import { officeZone } from '../../platform/clock.ts'
import { calendarDayOf, lastDayOf } from '../activities/when.ts'
import type { EntryAnswer } from './entry-questions.ts'

/** The activity that was made of an entry, as far as it says where the entry stands. */
export interface EntryActivity {
  id: string
  campaignId: string
  slug: string
  title: string
  summary: string
  venue: string | undefined
  kind: string
  status: string
  visibility: string
  startsAt: DateTime<true>
  endsAt: DateTime<true>
  allDay: boolean
  zone: string
  district: string | undefined
  /** Whether a coordinator is asked to approve it; `returned` if it was sent back. */
  approval: 'none' | 'waiting' | 'returned'
  /** The same of a change of what is published. */
  change: 'none' | 'waiting' | 'returned'
  /** Why it was sent back. */
  reason: string
  /** Whether who entered it may know what became of it. */
  isForSubmitter: boolean
}

/**
 * Whether someone without an account may know what organisers made of what they entered, and change it: while it is to
 * be public, or for partners as the form said. What organisers have hidden since is their own.
 */
export function isForSubmitter (visibility: string, form: Pick<EntryForm, 'visibility'> | undefined): boolean {
  return visibility === 'public' || (visibility === 'partners' && form?.visibility === 'partners')
}

/** What someone without an account entered in a campaign. Days as `2026-12-01`. */
export interface Entry {
  id: string
  campaign: { id: string, slug: string, title: string, zone: string }
  activity: EntryActivity | undefined
  /** Whether there is an activity of which the reader may not know. */
  isHidden: boolean
  /** What the activity was called when they last sent it. */
  title: string
  organisation: string
  name: string
  email: string
  canonicalEmail: string
  /** Until the address is confirmed: what was entered, as the editor's answers. */
  entered: Readonly<Record<string, string>> | undefined
  answers: readonly EntryAnswer[]
  endsOn: string
  isKeptForAgain: boolean
  againOfId: string | undefined
  linkVersion: number
  receivedAt: DateTime<true>
  confirmedAt: DateTime<true> | undefined
  outcome: 'withdrawn' | 'refused' | undefined
  /** Why it was refused, or is not cancelled although they asked. */
  reason: string
  endedAt: DateTime<true> | undefined
  cancellingAskedAt: DateTime<true> | undefined
  told: string | undefined
  emails: number
  unreachableAt: DateTime<true> | undefined
}

export type EntryState =
  'unconfirmed' | 'waiting' | 'returned' | 'with-organisers' | 'published' | 'cancelled' | 'withdrawn' | 'refused' | 'removed'

/** Where an entry stands. */
export function stateOf (
  { activity, isHidden, confirmedAt, outcome }: Pick<Entry, 'activity' | 'isHidden' | 'confirmedAt' | 'outcome'>
): EntryState {
  if (confirmedAt === undefined) return 'unconfirmed'
  if (outcome !== undefined) return outcome
  if (activity === undefined) return isHidden ? 'with-organisers' : 'removed'
  if (activity.status !== 'draft') return activity.status === 'published' ? 'published' : 'cancelled'
  return activity.approval === 'none' ? 'with-organisers' : activity.approval
}

/** What the person who entered it can still do. */
export function mayChange (entry: Entry, now: DateTime<true>): boolean {
  const { activity } = entry
  return activity !== undefined && now < activity.startsAt &&
    ['waiting', 'returned', 'with-organisers', 'published'].includes(stateOf(entry))
}

/** Whether it waits for an organiser to cancel it or to say no, because people have booked. */
export function isCancellingAsked (
  entry: Pick<Entry, 'activity' | 'isHidden' | 'confirmedAt' | 'outcome' | 'cancellingAskedAt'>
): boolean {
  return entry.cancellingAskedAt !== undefined && stateOf(entry) === 'published'
}

/** Whether it can be withdrawn: until it is over. */
export function mayWithdraw (entry: Entry, now: DateTime<true>): boolean {
  const { activity } = entry
  if (stateOf(entry) === 'unconfirmed') return true
  return activity !== undefined && now < activity.endsAt && !isCancellingAsked(entry) &&
    ['waiting', 'returned', 'with-organisers', 'published'].includes(stateOf(entry))
}

/** How many days an entry is kept: without a confirmed address, after its end, after the activity. */
export const daysUnconfirmed = 3
export const daysAfterEnd = 30
export const daysAfterActivity = 90
/** For those who want to be offered it again: until well after the same week of the next year. */
export const daysForAgain = 430

/** The day on which who entered it is deleted. It tells nothing of when something hidden is. */
export function erasedOn (entry: Pick<Entry, 'confirmedAt' | 'receivedAt' | 'endedAt' | 'activity' | 'endsOn' | 'isKeptForAgain'>): string {
  const after = (day: string, days: number) => DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd')
  if (entry.confirmedAt === undefined) return after(calendarDayOf(entry.receivedAt, officeZone), daysUnconfirmed)
  if (entry.endedAt !== undefined) return after(calendarDayOf(entry.endedAt, officeZone), daysAfterEnd)
  const last = entry.activity?.isForSubmitter !== true
    ? entry.endsOn
    : lastDayOf(entry.activity)
  return after(last, entry.isKeptForAgain ? daysForAgain : daysAfterActivity)
}
