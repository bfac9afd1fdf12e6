import type { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
import type { Answers } from '../../platform/draft.ts'
import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import type { ListColumn } from '../exports/columns.ts'
import type { FormatName } from '../exports/formats.ts'

/** Of which activities: one, those of a campaign, or all whose attendees the owner may know. */
export const abouts = ['activity', 'campaign', 'mine'] as const
export type About = typeof abouts[number]

/** A weekly list has the activities that begin within one of these numbers of days, or all to come. */
export const spans = [7, 14, 28] as const

/** The most hours before an activity: two weeks. */
export const mostHours = 336

/** So many failures, one after the other, stop a list. */
export const mostFailures = 5

/** When a list is sent. */
export type Timing =
  | { how: 'weekly', weekday: number, timeOfDay: string, zone: string, days: number | undefined }
  | { how: 'before', hours: number }

/** What someone chooses of a standing list, and can change. */
export interface StandingDraft {
  columns: readonly ListColumn[]
  format: FormatName
  why: string
  timing: Timing
}

/** Of which activities and people; another choice of these is another list. */
export interface Scope {
  about: About
  /** Undefined: it is not about one, or that one was deleted. */
  activity: { id: string, slug: string, title: string, startsAt: DateTime<true> } | undefined
  campaign: { id: string, slug: string, title: string } | undefined
  /** Without a search: what someone typed about a person is never kept. */
  filter: AttendeeFilter
}

export interface StandingList extends Scope, StandingDraft {
  id: string
  /** When a weekly list is due next; undefined while it is stopped. */
  nextAt: DateTime<true> | undefined
  failures: number
  stopped: { at: DateTime<true>, because: Stopping } | undefined
}

/** Why a run failed. */
export const failures = ['disabled', 'not-allowed', 'gone', 'tells', 'refused', 'late'] as const
export type Failure = typeof failures[number]

/**
 * What becomes of a run: sent; nothing to send; failed; missed, as nothing ran that day; overtaken, as the activity
 * moved, was cancelled or is not theirs, or the list was stopped; or over, as its moment was past when the list was
 * made.
 */
export type Outcome = 'sent' | 'nothing' | 'missed' | 'overtaken' | 'over' | Failure

/** What stopped a list: its owner, an admin, or the failure that was one too many. */
export type Stopping = 'owner' | 'admin' | Failure

export function isFailure (outcome: string): outcome is Failure {
  return (failures as readonly string[]).includes(outcome)
}

export const standingDraft = draft(['columns', 'format', 'why', 'how', 'weekday', 'time', 'days', 'hours'])
export type StandingField = typeof standingDraft.fields[number]

/** What the fields of the form hold for a list, as the trail keeps it too. */
export function answersOf ({ columns, format, why, timing }: StandingDraft): Answers<StandingField> {
  return {
    columns: columns.map(({ name }) => name),
    format,
    why,
    how: timing.how,
    ...(timing.how === 'weekly'
      ? { weekday: timing.weekday, time: timing.timeOfDay, days: timing.days }
      : { hours: timing.hours })
  }
}

/** The version hash of a list; different for any other choice. */
export function versionOf (list: StandingDraft): string {
  return standingDraft.versionHash(answersOf(list))
}
