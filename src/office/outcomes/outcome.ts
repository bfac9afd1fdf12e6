import { draft } from '../../platform/draft.ts'
import { countsByBookings, outcomeNumbers } from '../../programme/activities/outcome-numbers.ts'
import type { OutcomeNumber, OutcomeNumbers } from '../../programme/activities/outcome-numbers.ts'

/** What an activity came to, as whoever led it says. */
export interface Outcome extends OutcomeNumbers {
  /** Undefined: nobody has said anything yet. */
  tookPlace: boolean | undefined
  /** What they learnt: for staff, never public. */
  learnt: string
}

export const outcomeDraft = draft(['tookPlace', ...outcomeNumbers, 'learnt'])
export type OutcomeField = typeof outcomeDraft.fields[number]

/** The numbers that are asked for of an activity. */
export function numbersAskedOf (activity: { booking: string }): readonly OutcomeNumber[] {
  return countsByBookings(activity) ? ['leafletsGiven'] : outcomeNumbers
}

/** Above these a number is most likely a slip of the finger: it is asked whether it is right, and taken if it is. */
const unusualAbove: Record<OutcomeNumber, number> = {
  peopleReached: 2000, premisesVisited: 200, leafletsGiven: 5000, conversations: 1000
}

/** The numbers that somebody has to say are right. */
export function unusualIn (outcome: OutcomeNumbers): Array<{ number: OutcomeNumber, count: number }> {
  return outcomeNumbers.flatMap(number => {
    const count = outcome[number] ?? 0
    return count > unusualAbove[number] ? [{ number, count }] : []
  })
}

/** What is confirmed by saying that unusual numbers are right: exactly these. */
export function unusualToken (outcome: OutcomeNumbers): string {
  return unusualIn(outcome).map(({ number, count }) => `${number}-${count}`).join('.')
}

/** Of an activity that did not take place nothing was counted; numbers that are not asked for stay as they are. */
export function outcomeToKeep (
  activity: { booking: string }, given: Outcome & { tookPlace: boolean }, before: OutcomeNumbers
): Outcome & { tookPlace: boolean } {
  const asked = numbersAskedOf(activity)
  const numbers = Object.fromEntries(outcomeNumbers.map(number => [
    number, !given.tookPlace ? undefined : asked.includes(number) ? given[number] : before[number]
  ])) as unknown as OutcomeNumbers
  return { tookPlace: given.tookPlace, learnt: given.learnt, ...numbers }
}
