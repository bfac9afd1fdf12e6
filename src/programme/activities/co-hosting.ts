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
  const moved = changes.filter(({ current, draft }) =>
    +current.startsAt !== +draft.startsAt || +current.endsAt !== +draft.endsAt)
  if (moved.length === 0) return
  await tx.$executeRaw`
    UPDATE activity_co_hosts SET until = moved.until
    FROM unnest(${moved.map(({ current }) => current.id)}::uuid[],
      ${moved.map(({ draft }) => coHostedUntil(draft).toJSDate())}::timestamptz[]) AS moved (activity_id, until)
    WHERE activity_co_hosts.activity_id = moved.activity_id AND activity_co_hosts.until > ${now.toJSDate()}`
}
