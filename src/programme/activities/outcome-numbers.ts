import type { Reader } from '../../platform/database/connect.ts'

/** What an activity came to, in numbers. Undefined: nobody has said, which is never 0. */
export interface OutcomeNumbers {
  peopleReached: number | undefined
  premisesVisited: number | undefined
  leafletsGiven: number | undefined
  conversations: number | undefined
}

export const outcomeNumbers = ['peopleReached', 'premisesVisited', 'leafletsGiven', 'conversations'] as const
export type OutcomeNumber = typeof outcomeNumbers[number]

type Row = Record<OutcomeNumber, number | null>

const withOutcomeNumbers = {
  peopleReached: true, premisesVisited: true, leafletsGiven: true, conversations: true
} as const

export function outcomeNumbersOf (row: Row): OutcomeNumbers {
  const numbers = Object.fromEntries(outcomeNumbers.map(number => [number, row[number] ?? undefined]))
  return numbers as unknown as OutcomeNumbers
}

/** What is stored of numbers. */
export function outcomeColumnsOf (numbers: OutcomeNumbers): Row {
  return Object.fromEntries(outcomeNumbers.map(number => [number, numbers[number] ?? null])) as Row
}

/** The numbers of activities, by their ids. */
export async function listOutcomeNumbers (db: Reader, ids: readonly string[]): Promise<Map<string, OutcomeNumbers>> {
  const rows = await db.activity.findMany({
    where: { id: { in: [...ids] } }, select: { id: true, ...withOutcomeNumbers }
  })
  return new Map(rows.map(row => [row.id, outcomeNumbersOf(row)]))
}

/**
 * Whether the people who come are counted by their bookings. Whoever leads the activity is not asked for them then:
 * counted twice they would be too many, and beside what is published of the bookings they would tell of single people.
 */
export function countsByBookings ({ booking }: { booking: string }): boolean {
  return booking === 'places' || booking === 'invitation'
}
