import { DateTime } from 'luxon'
import { isPoliceWork } from '../../programme/activities/activity.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { problemsWith } from '../editor/problems.ts'
import { firstDayOf, onDay } from '../editor/repeats.ts'

/** An activity of a week, as it would be in the copy of that week, or why it cannot be in it. */
export type Copy = { current: CurrentActivity } & ({ draft: ActivityDraft } | { leftOut: string })

/** First day of a week, and of its copy, as `2026-12-01`. */
export interface Shift { from: string, to: string }

/**
 * The activities of a week on other dates: each as many days after the first day as before, at the same local times,
 * as a draft without its Teams link. Operational work is left out: a copy would be known to others than those named.
 */
export function copiesOf (activities: readonly CurrentActivity[], shift: Shift, now: DateTime<true>): Copy[] {
  return activities.map(current => {
    if (current.status === 'cancelled') return { current, leftOut: 'It was cancelled.' }
    if (current.visibility === 'operational' || isPoliceWork(current)) {
      return { current, leftOut: 'It is operational work. People who are named for it make it again.' }
    }
    const moved = onDay({ ...current, joinUrl: undefined, embargoUntil: undefined, status: 'draft' }, shifted(firstDayOf(current), shift))
    if ('wrong' in moved) return { current, leftOut: `${moved.wrong}.` }
    const [problem] = problemsWith(undefined, moved.draft, now)
    return problem === undefined ? { current, draft: moved.draft } : { current, leftOut: `${problem.text}.` }
  })
}

/** A day of the week in its copy. */
export function shifted (day: string, { from, to }: Shift): string {
  const at = (text: string) => DateTime.fromISO(text, { zone: 'utc' })
  return at(to).plus({ days: Math.round(at(day).diff(at(from), 'days').days) }).toFormat('yyyy-MM-dd')
}

/** A title for the copy: another year in it, if the old one is. */
export function titleFor (title: string, { from, to }: Shift): string {
  return title.replaceAll(from.slice(0, 4), to.slice(0, 4))
}

/** The same weekday a year later: 52 weeks. */
export function yearLater (day: string): string {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ weeks: 52 }).toFormat('yyyy-MM-dd')
}
