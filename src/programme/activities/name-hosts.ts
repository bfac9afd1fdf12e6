import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { recordAll } from '../../identity/staff/audit.ts'
import { HostUnknown } from './errors.ts'
import { hostChanges, nameableBy } from './hosts.ts'
import type { HostsRequest } from './hosts.ts'
import { lockActivity } from './queries.ts'

/** Names who hosts an activity, as `hostChanges` has it. Says whether anything was changed. Throws `HostUnknown`. */
export async function nameHosts (
  db: Db, activityId: string, request: HostsRequest, by: StaffMember, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const { slug } = await lockActivity(tx, activityId)
    const hosts = await tx.activityHost.findMany({ where: { activityId } })
    const { added, removed } = hostChanges(hosts.map(({ staffMemberId }) => staffMemberId), request)
    const known = await tx.staffMember.count({ where: { AND: [nameableBy(by, activityId)], id: { in: added } } })
    if (known < added.length) throw new HostUnknown()

    await tx.activityHost.createMany({ data: added.map(staffMemberId => ({ activityId, staffMemberId })) })
    await tx.activityHost.deleteMany({ where: { activityId, staffMemberId: { in: removed } } })
    const deed = { staffMemberId: by.id, action: 'hosts.changed' as const, subject: slug }
    await recordAll(tx, [
      ...added.map(added => ({ ...deed, details: { added } })),
      ...removed.map(removed => ({ ...deed, details: { removed } }))
    ], now)
    return added.length + removed.length > 0
  })
}
