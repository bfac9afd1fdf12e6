import type { DateTime } from 'luxon'
import { coHostedUntil } from '../../identity/staff/co-hosting.ts'
import type { Tx } from '../../platform/database/connect.ts'
import type { ActivityChange } from './commands.ts'

/**
 * Has who co-hosts activities see them until some days after their new end, as those who run them have changed it.
 * Co-hosting that is over by now stays over. The activities' rows are locked.
 */
export async function agreeToCoHosting (
  tx: Tx, changes: readonly ActivityChange[], now: DateTime<true>
): Promise<void> {
  for (const { current, draft } of changes) {
    if (+current.startsAt === +draft.startsAt && +current.endsAt === +draft.endsAt) continue
    await tx.activityCoHost.updateMany({
      where: { activityId: current.id, until: { gt: now.toJSDate() } }, data: { until: coHostedUntil(draft).toJSDate() }
    })
  }
}
