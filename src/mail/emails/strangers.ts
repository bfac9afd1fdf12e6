import type { DateTime } from 'luxon'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { instant } from '../../platform/clock.ts'
import type { Db, Reader } from '../../platform/database/connect.ts'
import { EmailPutOff } from './errors.ts'

/** Too many addresses that never had an email from us get their first one in this hour. */
export class StrangersWait extends EmailPutOff {
  constructor (seconds: number) {
    super('Too many first emails in this hour: this one waits.', seconds)
  }
}

/** The email counts towards `hour`; or it is to wait; or neither, because its address is known. */
export type Turn = { hour: Date } | { seconds: number } | 'known'

/** What is held goes at the beginning of an hour, spread over this time. */
const spreadSeconds = 60

/**
 * Decides of emails, by their addresses, which may go now: all to addresses that had one before, and in an hour so many
 * others, over all processes. The others come back when it should be their turn, in the order in which they asked.
 */
export async function takeTurns (
  db: Db, addresses: readonly string[], anHour: number, now: DateTime<true>
): Promise<Turn[]> {
  const canonical = addresses.map(canonicalAddress)
  const known = await listKnown(db, [...new Set(canonical)])
  const strangers = canonical.filter(address => !known.has(address)).length
  if (strangers === 0) return canonical.map(() => 'known')
  const hour = now.startOf('hour')
  const { granted, held } = await askFor(db, strangers, anHour, hour.toJSDate())
  const untilNext = Math.ceil(hour.plus({ hours: 1 }).diff(now).as('seconds'))
  let n = 0
  return canonical.map(address => {
    if (known.has(address)) return 'known'
    if (++n <= granted) return { hour: hour.toJSDate() }
    const before = held - (strangers - n) - 1
    const spread = Math.floor(before % anHour / anHour * spreadSeconds)
    return { seconds: untilNext + Math.floor(before / anHour) * 3600 + spread }
  })
}

/** One statement: processes that ask at once get no more than the hour has, between them. */
async function askFor (db: Db, emails: number, anHour: number, hour: Date): Promise<{ granted: number, held: number }> {
  const [row] = await db.$queryRaw<Array<{ granted: number, held: number }>>`
    INSERT INTO stranger_hours AS so (hour, emails, granted, held)
    SELECT ${hour}::timestamptz, going, going, ${emails}::int - going
    FROM (SELECT least(${emails}::int, ${anHour}::int) AS going) AS first
    ON CONFLICT (hour) DO UPDATE SET
      granted = least(EXCLUDED.granted + EXCLUDED.held, greatest(${anHour}::int - so.emails, 0)),
      emails = so.emails + least(EXCLUDED.granted + EXCLUDED.held, greatest(${anHour}::int - so.emails, 0)),
      held = so.held + EXCLUDED.granted + EXCLUDED.held
        - least(EXCLUDED.granted + EXCLUDED.held, greatest(${anHour}::int - so.emails, 0))
    RETURNING granted, held`
  return row as { granted: number, held: number }
}

/** Sends an email if it is its turn; throws where it is not. If it does not go after all, another may in its place. */
export async function inTurn<Sent> (
  { db }: { db: Db }, turn: Turn, send: () => Promise<Sent | undefined>
): Promise<Sent | undefined> {
  if (turn === 'known') return await send()
  if ('seconds' in turn) throw new StrangersWait(turn.seconds)
  let sent: Sent | undefined
  try {
    sent = await send()
    return sent
  } finally {
    if (sent === undefined) {
      await db.strangerHour.updateMany({ where: { hour: turn.hour }, data: { emails: { decrement: 1 } } })
    }
  }
}

/**
 * Those of some addresses, in canonical form, that had an email from us before or work here, as far as we still know:
 * someone whose details are deleted is a stranger again.
 */
async function listKnown (db: Reader, addresses: readonly string[]): Promise<Set<string>> {
  const rows = await db.$queryRaw<Array<{ address: string }>>`
    SELECT address FROM unnest(${addresses}::text[]) AS asked (address)
    WHERE EXISTS (
        SELECT FROM bookings b JOIN letters l ON l.booking_id = b.id
        WHERE b.canonical_email = address AND l.sent_at IS NOT NULL)
      OR EXISTS (SELECT FROM entries WHERE canonical_email = address AND confirmed_at IS NOT NULL)
      OR EXISTS (SELECT FROM requests WHERE canonical_email = address AND acknowledged_at IS NOT NULL)
      OR EXISTS (SELECT FROM resource_requests WHERE canonical_email = address AND told IS NOT NULL)
      OR EXISTS (SELECT FROM staff_members WHERE email = address)`
  return new Set(rows.map(({ address }) => address))
}

/**
 * Raises the alarm while first emails wait, and ends it when the last of them should have gone; returns what it did, if
 * anything: of all processes that look at once, one.
 */
export async function watchStrangers (
  db: Db, anHour: number, now: DateTime<true>
): Promise<'raised' | 'ended' | undefined> {
  const waiting = (await db.strangerHour.findMany({ where: { held: { gt: 0 } } }))
    .some(({ hour, held }) => now.toMillis() < hour.getTime() + (1 + Math.ceil(held / anHour)) * 3_600_000)
  const at = now.toJSDate()
  if (waiting) {
    const raised = await db.$executeRaw`
      INSERT INTO stranger_alarms (raised_at) VALUES (${at}) ON CONFLICT DO NOTHING`
    return raised > 0 ? 'raised' : undefined
  }
  const { count } = await db.strangerAlarm.updateMany({ where: { endedAt: null }, data: { endedAt: at } })
  await db.strangerHour.deleteMany({ where: { hour: { lt: now.minus({ days: 2 }).toJSDate() } } })
  return count > 0 ? 'ended' : undefined
}

/** Since when first emails wait; undefined: they do not. */
export async function findStrangerAlarm (db: Reader): Promise<DateTime<true> | undefined> {
  const alarm = await db.strangerAlarm.findFirst({ where: { endedAt: null } })
  return alarm === null ? undefined : instant(alarm.raisedAt)
}
