import type { Mailbox } from '../../platform/config.ts'
import type { Db } from '../../platform/database/connect.ts'
import { organizerText } from '../invitations/organizer.ts'

/**
 * Stores the sender of each booking's first invitation for all later ones, and returns it; undefined for a booking that
 * someone else is changing: waiting for it while others are locked could end in a deadlock.
 */
export async function storeOrganizers (
  db: Db, ids: readonly string[], organizer: Mailbox
): Promise<Array<string | undefined>> {
  const rows = await db.$queryRaw<Array<{ id: string, organizer: string }>>`
    WITH free AS MATERIALIZED (SELECT id FROM bookings WHERE id = ANY (${ids}::uuid[]) FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE bookings SET ical_organizer = coalesce(ical_organizer, ${organizerText(organizer)})
    FROM free WHERE bookings.id = free.id RETURNING bookings.id, ical_organizer AS organizer`
  const kept = new Map(rows.map(({ id, organizer }) => [id, organizer]))
  return ids.map(id => kept.get(id))
}

/** As keepOrganizers, for one booking, but waits for a change under way. */
export async function storeOrganizer (db: Db, bookingId: string, organizer: Mailbox): Promise<string> {
  const [kept] = await db.$queryRaw<Array<{ organizer: string }>>`
    UPDATE bookings SET ical_organizer = coalesce(ical_organizer, ${organizerText(organizer)})
    WHERE id = ${bookingId}::uuid RETURNING ical_organizer AS organizer`
  return kept?.organizer ?? organizerText(organizer)
}
