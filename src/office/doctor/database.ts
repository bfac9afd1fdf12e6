import type { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import { good, mend } from './finding.ts'
import type { Finding } from './finding.ts'

const oldestVersion = 150_000

/** Times are written by both clocks. */
const mostSecondsApart = 2

/** A worker sweeps each minute. */
const minutesUntilMissed = 3

/** What a worker does once when it starts: see worker.ts. */
const atStart = 'details.forgotten'

interface Found {
  version: number
  at: Date
  swept: Date | null
  started: Date | null
  applied: string[]
  mayChangeTrail: boolean
}

/**
 * The database, its clock beside ours, whether a worker has been at work, which of our `migrations` are not applied,
 * and whether the role that serves could change the audit trail.
 */
export async function checkDatabase (
  db: Reader, now: () => DateTime<true>, migrations: readonly string[]
): Promise<Finding[]> {
  const before = now()
  const [found] = await db.$queryRaw<Found[]>`
    SELECT current_setting('server_version_num')::int AS version, clock_timestamp() AS at,
      (SELECT max(completed_on) FROM pgboss.job WHERE name = 'letters.swept' AND state = 'completed') AS swept,
      (SELECT max(created_on) FROM pgboss.job WHERE name = ${atStart}) AS started,
      ARRAY(SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS applied,
      has_table_privilege('audit_entries', 'UPDATE, DELETE, TRUNCATE') AS "mayChangeTrail"`
  if (found === undefined) return [mend('database', 'The database gave no answer.')]
  const { version, at, applied, mayChangeTrail } = found
  const [major, apart] = [Math.floor(version / 10_000), secondsApart(before, at, now())]
  const pending = migrations.filter(name => !applied.includes(name))
  return [
    version >= oldestVersion
      ? good('database', `PostgreSQL ${major} answers.`)
      : mend('database', `PostgreSQL ${major} is too old: it takes 15 or later.`),
    apart <= mostSecondsApart
      ? good('clock', 'The clocks of this machine and of the database agree.')
      : mend('clock', `The clocks of this machine and of the database are ${Math.round(apart)} seconds apart: let both follow one (NTP).`),
    ofWorker(found),
    pending.length === 0
      ? good('migrations', 'The tables are as this version wants them.')
      : mend('migrations', `The tables are not as this version wants them, ${pending[0]} is the first of ${pending.length} missing: run placekeeper migrate.`),
    mayChangeTrail
      ? mend('roles', 'The role that serves could change the audit trail: let another role own the tables, as docs/run/upgrade.md says.')
      : good('roles', 'The role that serves changes neither the tables nor the audit trail.')
  ]
}

/** A worker that has just started has not swept yet. */
function ofWorker ({ at, swept, started }: Found): Finding {
  const isLately = (then: Date | null) => then !== null && at.getTime() - then.getTime() <= minutesUntilMissed * 60_000
  if (isLately(swept)) return good('worker', 'A worker is at work.')
  return isLately(started)
    ? good('worker', `A worker has just started: whether it is at work shows within ${minutesUntilMissed} minutes.`)
    : mend('worker', 'No worker has been at work for some minutes: start one, or no email goes out.')
}

/** How far the database's clock was from ours while it was asked, at least. */
function secondsApart (before: DateTime<true>, at: Date, after: DateTime<true>): number {
  return Math.max(before.toMillis() - at.getTime(), at.getTime() - after.toMillis(), 0) / 1000
}
