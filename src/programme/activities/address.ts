import { randomBytes } from 'node:crypto'
import { slugOf } from '../../platform/slug.ts'
import type { ActivityDraft } from './draft.ts'

/** True where other agencies may never know that there is such an activity. */
export function isUnheardOf ({ visibility }: Pick<ActivityDraft, 'visibility'>): boolean {
  return visibility === 'agency' || visibility === 'operational'
}

/**
 * The address that a new activity has, if it is free. What other agencies may never know of has one that nothing else
 * can get: whoever gives another activity the same title would see by a number in its address that there is one. That
 * of operational work has nothing of its title either. `mark` is what nobody guesses, in hexadecimal digits.
 */
export function addressFor (
  { title, visibility }: Pick<ActivityDraft, 'title' | 'visibility'>, mark = randomBytes(6).toString('hex')
): string {
  if (visibility === 'operational') return `activity-${mark.slice(0, 12)}`
  if (visibility === 'agency') return `${slugOf(title).slice(0, 60)}-${mark.slice(0, 6)}`.replace(/^-/, 'activity-')
  return slugOf(title)
}
