import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { countEntries, latestEntryId } from './queries.ts'
import type { TrailFilter } from './schema.ts'

/**
 * Begins an export of the audit trail: records who exports how much of it, and returns the newest entry in it. Nothing
 * may be sent before this has committed.
 */
export async function beginTrailExport (
  db: Db, filter: TrailFilter, by: StaffMember, now: DateTime<true>
): Promise<bigint> {
  return await db.$transaction(async tx => {
    const latest = await latestEntryId(tx)
    const given = Object.entries(filter).filter(([, value]) => value !== undefined) as Array<[string, string]>
    await record(tx, {
      staffMemberId: by.id,
      action: 'audit.exported',
      subject: undefined,
      details: { rows: await countEntries(tx, filter), ...Object.fromEntries(given) }
    }, now)
    return latest
  })
}
