import { Prisma } from '../../platform/database/generated/client.ts'
import { kinds } from './kinds.ts'
import type { EmailKind } from './kinds.ts'

/** Identifies an email: for each key one goes out, once. */
export interface EmailKey {
  bookingId: string
  kind: EmailKind
  sequence: number
  /** How many times staff had sent it again before. */
  copy: number
}

/** The key of an email to one booking: announced twice, it is the same email. */
export function emailKey (
  kind: EmailKind, { bookingId, sequence, copy = 0 }: { bookingId: string, sequence: number, copy?: number }
): EmailKey {
  return { bookingId, kind, sequence: kinds[kind].isOnce ? 0 : sequence, copy }
}

/** Emails as rows of a statement: one parameter for each column, however many there are. */
export function emailRows (emails: ReadonlyArray<EmailKey & { id: string }>): Prisma.Sql {
  return Prisma.sql`unnest(${emails.map(({ id }) => id)}::uuid[], ${emails.map(({ bookingId }) => bookingId)}::uuid[],
    ${emails.map(({ kind }) => kind)}::text[], ${emails.map(({ sequence }) => sequence)}::int[],
    ${emails.map(({ copy }) => copy)}::int[]) AS wanted (id, booking_id, kind, sequence, copy)`
}
