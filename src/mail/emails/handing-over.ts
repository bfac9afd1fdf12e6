import type { DateTime } from 'luxon'
import { retryWhileDatabaseAway } from '../../platform/database/retry-while-away.ts'
import type { Db, Reader } from '../../platform/database/connect.ts'
import { claimSeconds } from './claiming.ts'
import type { EmailContext } from './email-context.ts'
import { EmailInHand } from './errors.ts'

/**
 * Has `send` hand over an email that belongs to no booking, unless it was handed over before; returns whether it was
 * now. `emailId` is the same for each try of the email, and of no other.
 *
 * As with emails of bookings, only one worker has it in hand at a time, the claim of one that died ends by itself, and
 * noting it waits for a database that is away. A crash after the mail server took it and before that is noted sends a
 * second copy: its Message-ID has to be the same. Throws `EmailInHand`, and what `send` throws, after which it may be
 * tried again.
 */
export async function handOverOnce (
  { db, clock }: Pick<EmailContext, 'db' | 'clock'>, emailId: string, send: () => Promise<unknown>,
  { aboutId }: { aboutId?: string | undefined } = {}
): Promise<boolean> {
  if (!await claim(db, emailId, aboutId, clock())) {
    await assertSent(db, emailId, clock())
    return false
  }
  try {
    await send()
  } catch (error) {
    await retryWhileDatabaseAway(async () => {
      await db.standaloneEmail.deleteMany({ where: { id: emailId, sentAt: null } })
    })
    throw error
  }
  await retryWhileDatabaseAway(async () => {
    await db.standaloneEmail.updateMany({ where: { id: emailId }, data: { sentAt: clock().toJSDate() } })
  })
  return true
}

/** Claims an email that was not handed over and that no other worker has in hand; returns whether it was free. */
async function claim (db: Db, id: string, aboutId: string | undefined, now: DateTime<true>): Promise<boolean> {
  return await db.$executeRaw`
    INSERT INTO standalone_emails AS email (id, claimed_until, about_id)
    VALUES (${id}::uuid, ${now.plus({ seconds: claimSeconds }).toJSDate()}, ${aboutId ?? null}::uuid)
    ON CONFLICT (id) DO UPDATE SET claimed_until = EXCLUDED.claimed_until
      WHERE email.sent_at IS NULL AND email.claimed_until <= ${now.toJSDate()}` > 0
}

/** For an email that was not free: throws `EmailInHand` unless it was handed over. */
async function assertSent (db: Db, id: string, now: DateTime<true>): Promise<void> {
  const email = await db.standaloneEmail.findUnique({ where: { id } })
  if (email?.sentAt != null) return
  const seconds = Math.ceil(((email?.claimedUntil.getTime() ?? 0) - now.toMillis()) / 1000)
  throw new EmailInHand(Math.min(Math.max(seconds, 1), claimSeconds))
}

/** The ids of the emails about these that were handed over or are in hand, where they are kept as files. */
export async function listEmailsAbout (db: Reader, ids: readonly string[]): Promise<string[]> {
  const rows = await db.standaloneEmail.findMany({ where: { aboutId: { in: [...ids] } }, select: { id: true } })
  return rows.map(({ id }) => id)
}

/** Longer than the queue keeps a job that would send an email again. */
const daysNoted = 30

/** Forgets which emails went long ago, and returns how many. */
export async function dropOldHandovers (db: Db, now: DateTime<true>): Promise<number> {
  const { count } = await db.standaloneEmail.deleteMany({
    where: { claimedUntil: { lt: now.minus({ days: daysNoted }).toJSDate() } }
  })
  return count
}
