import type { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import { good, mend } from './finding.ts'
import type { Finding } from './finding.ts'

const oldestVersion = 150_000

/** Times are written by both clocks. */
const mostSecondsApart = 2

/** A worker sweeps each minute. */
const minutesUntilMissed = 3

/** The database, its clock beside ours, and whether a worker has been at work. */
export async function checkDatabase (db: Reader, now: () => DateTime<true>): Promise<Finding[]> {
  const before = now()
  const [found] = await db.$queryRaw<Array<{ version: number, at: Date, swept: Date | null }>>`
    SELECT current_setting('server_version_num')::int AS version, clock_timestamp() AS at,
      (SELECT max(completed_on) FROM pgboss.job WHERE name = 'letters.swept' AND state = 'completed') AS swept`
  if (found === undefined) return [mend('database', 'The database gave no answer.')]
  const { version, at, swept } = found
  const [major, apart] = [Math.floor(version / 10_000), secondsApart(before, at, now())]
  const minutes = swept === null ? Infinity : (at.getTime() - swept.getTime()) / 60_000
  return [
    version >= oldestVersion
      ? good('database', `PostgreSQL ${major} answers.`)
      : mend('database', `PostgreSQL ${major} is too old: it takes 15 or later.`),
    apart <= mostSecondsApart
      ? good('clock', 'The clocks of this machine and of the database agree.')
      : mend('clock', `The clocks of this machine and of the database are ${Math.round(apart)} seconds apart: let both follow one (NTP).`),
    minutes <= minutesUntilMissed
      ? good('worker', 'A worker is at work.')
      : mend('worker', 'No worker has been at work for some minutes: start one, or no email goes out.')
  ]
}

/** How far the database's clock was from ours while it was asked, at least. */
function secondsApart (before: DateTime<true>, at: Date, after: DateTime<true>): number {
  return Math.max(before.toMillis() - at.getTime(), at.getTime() - after.toMillis(), 0) / 1000
}
