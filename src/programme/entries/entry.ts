import { DateTime } from 'luxon'
import type { EntryAnswer } from './entry-questions.ts'

/** The activity that was made of an entry, as far as it says where the entry stands. */
export interface EntryActivity {
  id: string
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
}

/** What someone without an account entered in a campaign. Days as `2026-12-01`. */
export interface Entry {
  id: string
  campaign: { id: string, slug: string, title: string, zone: string }
  activity: EntryActivity | undefined
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

/**
 * What an activity is called to who entered it: as it is, unless organisers have hidden it since. Then as they called
 * it themselves: what those have made of it is not theirs.
 */
export function titleOutside ({ activity, title }: Pick<Entry, 'activity' | 'title'>): string {
  return activity !== undefined && ['public', 'partners'].includes(activity.visibility) ? activity.title : title
}

export type EntryState =
  'unconfirmed' | 'waiting' | 'returned' | 'with-organisers' | 'published' | 'cancelled' | 'withdrawn' | 'refused' | 'removed'

/** Where an entry stands. */
export function stateOf ({ activity, confirmedAt, outcome }: Pick<Entry, 'activity' | 'confirmedAt' | 'outcome'>): EntryState {
  if (confirmedAt === undefined) return 'unconfirmed'
  if (outcome !== undefined) return outcome
  if (activity === undefined) return 'removed'
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
export function isCancellingAsked (entry: Pick<Entry, 'activity' | 'confirmedAt' | 'outcome' | 'cancellingAskedAt'>): boolean {
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

/** The partnership's zone, by whose days entries are deleted. */
export const zone = 'Europe/London'

/** The day on which who entered it is deleted. */
export function erasedOn (entry: Pick<Entry, 'confirmedAt' | 'receivedAt' | 'endedAt' | 'activity' | 'endsOn' | 'isKeptForAgain'>): string {
  const dayOf = (at: DateTime<true>) => at.setZone(zone).toFormat('yyyy-MM-dd')
  const after = (day: string, days: number) => DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd')
  if (entry.confirmedAt === undefined) return after(dayOf(entry.receivedAt), daysUnconfirmed)
  if (entry.endedAt !== undefined) return after(dayOf(entry.endedAt), daysAfterEnd)
  const last = entry.activity === undefined
    ? entry.endsOn
    : entry.activity.endsAt.setZone(entry.activity.zone).minus({ milliseconds: 1 }).toFormat('yyyy-MM-dd')
  return after(last, entry.isKeptForAgain ? daysForAgain : daysAfterActivity)
}
