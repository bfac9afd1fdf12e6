import type { Reader } from '../database/connect.ts'

/** Those of some bookings that a legal hold keeps, on their activity or on the address of their holder. */
export async function listHeld (db: Reader, bookingIds: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM bookings
    WHERE id = ANY (${bookingIds}::uuid[]) AND EXISTS (
      SELECT FROM legal_holds hold WHERE lifted_at IS NULL
        AND (hold.activity_id = bookings.activity_id OR hold.canonical_email = bookings.canonical_email))`
  return rows.map(({ id }) => id)
}

/** The copies of some bookings on other dates' waiting lists of which their holders have not heard. */
export async function listUnheardOf (db: Reader, bookingIds: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM bookings
    WHERE carried_from = ANY (${bookingIds}::uuid[]) AND status = 'waiting' AND offers = 0`
  return rows.map(({ id }) => id)
}
