import { draft } from '../../platform/draft.ts'
import { visibleText } from '../../platform/typed.ts'
import { activityFields } from './answers.ts'
import type { ActivityField, Answers } from './answers.ts'

/** Answers that only make sense together: a day from one person and a time from another is what neither meant. */
export const units = {
  title: ['title'],
  summary: ['summary'],
  kind: ['kind'],
  when: ['all_day', 'starts_day', 'starts_time', 'starts_which', 'ends_day', 'ends_time', 'ends_which'],
  // One part: whoever shows a place, and whoever moves it, must not miss each other.
  venue: ['venue', 'secret_place'],
  district: ['district'],
  audiences: ['audiences'],
  visibility: ['visibility'],
  embargo: ['embargo_day', 'embargo_time', 'embargo_which'],
  lead_agency: ['lead_agency'],
  partners: ['partners'],
  booking: ['booking', 'capacity'],
  places_per_booking: ['places_per_booking'],
  opens: ['opens_day', 'opens_time', 'opens_which'],
  closes: ['closes_day', 'closes_time', 'closes_which']
} as const satisfies Record<string, readonly ActivityField[]>
export type Unit = keyof typeof units

/**
 * The parts that a co-host changes: its texts, when and where it is, and for whom. Who may know of it, who leads it and
 * how many may come stays with those who run it, and so does who is told the place.
 */
export const coHostUnits: readonly Unit[] = ['title', 'summary', 'when', 'venue', 'district', 'audiences']

/** The fields that the form of a co-host only brings along. */
export const fixedForCoHosts: readonly ActivityField[] = activityFields.filter(field =>
  field === 'secret_place' || !coHostUnits.some(unit => (units[unit] as readonly ActivityField[]).includes(field)))

export const unitNames = Object.keys(units) as Unit[]

/** The version of an activity that a form shows: a hash for each part, so that untouched parts can be told apart. */
export function versionOf (answers: Answers): string {
  return unitNames.map(unit => versionOfUnit(answers, unit)).join('.')
}

function versionOfUnit (answers: Answers, unit: Unit): string {
  const fields: readonly ActivityField[] = units[unit]
  return draft(fields).versionHash(Object.fromEntries(fields.map(field => [field, visibleText(answers[field])])))
}

/**
 * Merges what someone typed with what an activity is like now, both as answers of the form, by the version that they
 * `saw`. Parts that they did not touch are as they are now. Parts that they and others changed differently are listed
 * in `both` and stay as typed. If `saw` is not a version, everything typed counts as touched.
 */
export function together (typed: Answers, saw: string, now: Answers): { answers: Answers, both: Unit[] } {
  const seen = saw.split('.')
  const answers = { ...typed }
  const both = unitNames.filter((unit, n) => {
    const [mine, theirs] = [versionOfUnit(typed, unit), versionOfUnit(now, unit)]
    if (mine === seen[n]) for (const field of units[unit]) answers[field] = now[field]
    return mine !== seen[n] && theirs !== seen[n] && mine !== theirs
  })
  return { answers, both }
}

/** The parts in which two activities differ. */
export function unitsChanged (one: Answers, other: Answers): Unit[] {
  return unitNames.filter(unit => versionOfUnit(one, unit) !== versionOfUnit(other, unit))
}

/** Empty answers. */
export const noAnswers = Object.fromEntries(activityFields.map(field => [field, ''])) as Answers
