import { Prisma } from '../../platform/database/generated/client.ts'
import { kinds } from './kinds.ts'
import type { LetterKind } from './kinds.ts'

/** What makes a letter the same letter: it goes out once. */
export interface LetterKey {
  bookingId: string
  kind: LetterKind
  sequence: number
  /** How often staff had sent it again before. */
  copy: number
}

/** Which of its kind to one booking a letter is: announced twice, it is the same one. */
export function letterKey (
  kind: LetterKind, { bookingId, sequence, copy = 0 }: { bookingId: string, sequence: number, copy?: number }
): LetterKey {
  return { bookingId, kind, sequence: kinds[kind].isOnce ? 0 : sequence, copy }
}

/** Letters as rows of a statement: one parameter for each column, however many there are. */
export function letterRows (letters: ReadonlyArray<LetterKey & { id: string }>): Prisma.Sql {
  return Prisma.sql`unnest(${letters.map(({ id }) => id)}::uuid[], ${letters.map(({ bookingId }) => bookingId)}::uuid[],
    ${letters.map(({ kind }) => kind)}::text[], ${letters.map(({ sequence }) => sequence)}::int[],
    ${letters.map(({ copy }) => copy)}::int[]) AS wanted (id, booking_id, kind, sequence, copy)`
}
