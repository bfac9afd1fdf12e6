import { createHash } from 'node:crypto'
import { asSeen } from '../../platform/typed.ts'
import { activityFields } from './answers.ts'
import type { ActivityField, Answers } from './answers.ts'

/** Answers that make sense only together: a day from one person and a time from another is what neither meant. */
export const units = {
  title: ['title'],
  summary: ['summary'],
  kind: ['kind'],
  when: ['all_day', 'starts_day', 'starts_time', 'starts_which', 'ends_day', 'ends_time', 'ends_which'],
  venue: ['venue'],
  district: ['district'],
  audiences: ['audiences'],
  visibility: ['visibility'],
  lead_agency: ['lead_agency'],
  partners: ['partners'],
  booking: ['booking', 'capacity'],
  places_per_booking: ['places_per_booking'],
  opens: ['opens_day', 'opens_time', 'opens_which'],
  closes: ['closes_day', 'closes_time', 'closes_which']
} as const satisfies Record<string, readonly ActivityField[]>
export type Unit = keyof typeof units

export const unitNames = Object.keys(units) as Unit[]

/** What an activity was like when somebody opened its form, in a few characters for each part. */
export function marksOf (answers: Answers): string {
  return unitNames.map(unit => markOf(answers, unit)).join('.')
}

function markOf (answers: Answers, unit: Unit): string {
  const text = JSON.stringify(units[unit].map(field => asSeen(answers[field])))
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

/**
 * Brings together what somebody typed and what an activity is like by now, each as answers in the form's own
 * way, by the marks of what they `saw`. What they did not touch is as it is now; what both changed, to
 * different ends, is named and stays as typed. Marks that are none make everything typed count as touched.
 */
export function together (typed: Answers, saw: string, now: Answers): { answers: Answers, both: Unit[] } {
  const marks = saw.split('.')
  const answers = { ...typed }
  const both = unitNames.filter((unit, n) => {
    const [mine, theirs] = [markOf(typed, unit), markOf(now, unit)]
    if (mine === marks[n]) for (const field of units[unit]) answers[field] = now[field]
    return mine !== marks[n] && theirs !== marks[n] && mine !== theirs
  })
  return { answers, both }
}

/** The parts in which two activities differ. */
export function unitsChanged (one: Answers, other: Answers): Unit[] {
  return unitNames.filter(unit => markOf(one, unit) !== markOf(other, unit))
}

/** No answers at all. */
export const noAnswers = Object.fromEntries(activityFields.map(field => [field, ''])) as Answers
