import { live } from '../../programme/booking-rules.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { BookedThere } from './errors.ts'

/** Throws where a live booking other than `except` has an address, in an activity whose row is locked. */
export async function assertFree (
  db: Reader, activityId: string, canonicalEmail: string, except: string, sentence: string
): Promise<void> {
  const other = await db.booking.findFirst({
    where: { activityId, canonicalEmail, ...live.where, id: { not: except } },
    select: { id: true, reference: true }
  })
  if (other !== null) throw new BookedThere(other.id, `${sentence}: ${other.reference}.`)
}
