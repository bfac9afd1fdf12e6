import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { listAttendeeIds } from '../../booking/bookings/queries.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { attendeeColumns } from './columns.ts'

/**
 * Begins an export of an activity's attendees: records who exports how many rows of which columns, and returns the
 * bookings in their order. Nothing may be sent before this has committed.
 *
 * The order is fixed here, once: in a list that was read page by page and sorted by status, someone who moves up
 * meanwhile would be missing, or on it twice.
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
