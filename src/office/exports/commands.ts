import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { listAttendeeIds } from '../../booking/bookings/queries.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { attendeeColumns } from './columns.ts'

/**
 * Begins an export of an activity's attendees: writes down who takes how many rows of which columns, and
 * gives the bookings in their order. Nothing may be handed out before this has committed.
 *
 * The order is settled here, once: of a list that is paged by status, somebody who moves up while it is
 * written would be missing, or on it twice.
 */
export async function beginExport (
  db: Db, staff: StaffMember, { id, slug }: Activity, now: DateTime<true>
): Promise<string[]> {
  return await db.$transaction(async tx => {
    const ids = await listAttendeeIds(tx, id)
    await record(tx, {
      staffMemberId: staff.id,
      action: 'attendees.exported',
      subject: slug,
      details: { rows: ids.length, columns: attendeeColumns.map(({ name }) => name) }
    }, now)
    return ids
  })
}
