import { Prisma } from '../../platform/database/generated/client.ts'
import { kinds } from './kinds.ts'
import type { LetterKind } from './kinds.ts'

/** Identifies an email: for each key one goes out, once. */
export interface LetterKey {
  bookingId: string
  kind: LetterKind
  sequence: number
  /** How many times staff had sent it again before. */
  copy: number
}

/** The key of an email to one booking: announced twice, it is the same email. */
export function letterKey (
  kind: LetterKind, { bookingId, sequence, copy = 0 }: { bookingId: string, sequence: number, copy?: number }
): LetterKey {
  return { bookingId, kind, sequence: kinds[kind].isOnce ? 0 : sequence, copy }
}

/** Emails as rows of a statement: one parameter for each column, however many there are. */
export function letterRows (letters: ReadonlyArray<LetterKey & { id: string }>): Prisma.Sql {
  return Prisma.sql`unnest(${letters.map(({ id }) => id)}::uuid[], ${letters.map(({ bookingId }) => bookingId)}::uuid[],
    ${letters.map(({ kind }) => kind)}::text[], ${letters.map(({ sequence }) => sequence)}::int[],
    ${letters.map(({ copy }) => copy)}::int[]) AS wanted (id, booking_id, kind, sequence, copy)`
}
