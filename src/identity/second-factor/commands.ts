import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { Seal } from '../../platform/seal.ts'
import { record } from '../staff/audit.ts'
import { endAwaiting, renewSession } from '../staff/commands.ts'
import { SessionOver, StaffMemberUnknown } from '../staff/errors.ts'
import { findSessionToShow } from '../staff/queries.ts'
import { newToken } from '../staff/token.ts'
import { keptBy, maxTries, maxWrongCodes, openSetup, stepOf, wrongCodesHours } from './authenticator.ts'
import {
  FactorCodeWrong, FactorIsOwn, FactorLocked, FactorSetupOver, FactorUnknown, FactorUnreadable, NoFactor
} from './errors.ts'

/** What became of a code; answer it only from a transaction that commits it. */
type Taken = 'right' | 'wrong' | 'ended' | 'locked' | 'none'

const untaken = { wrong: FactorCodeWrong, ended: SessionOver, locked: FactorLocked, none: NoFactor }

/**
 * Checks a code of the authenticator of a session's owner: each is good once, across all their sessions. The member's
 * row is locked before anything is compared, so that a thousand tries at once are a thousand tries; five wrong ones end
 * the session, and so many in a day end all trying.
 */
async function takeCode (
  tx: Tx, seal: Seal, { id, staffMemberId }: { id: string, staffMemberId: string }, code: string, now: DateTime<true>,
  network?: string
): Promise<Taken> {
  await tx.$queryRaw`SELECT 1 FROM staff_members WHERE id = ${staffMemberId}::uuid FOR UPDATE`
  const session = await tx.staffSession.findUnique({ where: { id, endedAt: null }, include: { staffMember: true } })
  if (session === null || session.staffMember.disabledAt !== null) return 'ended'
  const { tries, staffMember: { factorSealed, factorSince } } = session
  if (factorSealed === null || factorSince === null) return 'none'
  const { _sum: wrong } = await tx.staffSession.aggregate({
    where: { staffMemberId, createdAt: { gt: now.minus({ hours: wrongCodesHours }).toJSDate() } }, _sum: { tries: true }
  })
  if ((wrong.tries ?? 0) >= maxWrongCodes) return 'locked'

  const step = stepOf(unsealed(seal, factorSealed, staffMemberId), code, now)
  const used = step === undefined
    ? 0
    : await tx.$executeRaw`
        UPDATE staff_members SET factor_step = ${step}
        WHERE id = ${staffMemberId}::uuid AND (factor_step IS NULL OR factor_step < ${step})`
  if (used === 1) return 'right'

  const isLast = tries + 1 >= maxTries
  await tx.staffSession.update({
    where: { id }, data: { tries: { increment: 1 }, ...(isLast && { endedAt: now.toJSDate() }) }
  })
  if (!isLast) return 'wrong'
  const deed = { staffMemberId: undefined, action: 'factor.refused', subject: staffMemberId } as const
  const { device } = session
  await record(tx, { ...deed, details: { tries: maxTries, device, ...(network !== undefined && { network }) } }, now)
  return 'ended'
}

function unsealed (seal: Seal, sealed: string, staffMemberId: string): string {
  try {
    return seal.open(sealed, keptBy(staffMemberId))
  } catch (cause) {
    throw new FactorUnreadable({ cause })
  }
}

/**
 * Completes a sign-in by email with a code of the person's authenticator, or lets someone who is signed in prove again
 * who they are; returns the cookie that is valid from then on instead of theirs. `network` is what the audit trail
 * records about where wrong codes came from. Throws for a code that is wrong or was used, and `SessionOver` if there is
 * no session, or no longer one, that takes a code.
 */
export async function passByCode (
  db: Db, seal: Seal, cookie: string, code: string, now: DateTime<true>, network?: string
): Promise<string> {
  const fresh = newToken()
  const taken = await db.$transaction(async tx => {
    const session = await findSessionToShow(tx, cookie, now)
    if (session === undefined) return 'ended'
    const taken = await takeCode(tx, seal, session, code, now, network)
    if (taken !== 'right') return taken
    const { id, staffMemberId, awaitsCode, openedBy } = session
    const isRenewed = await renewSession(tx, { id, cookie, fresh }, now, now)
    if (!isRenewed) return 'ended'
    const details = { by: openedBy, code: 'authenticator' }
    await record(tx, awaitsCode
      ? { staffMemberId, action: 'staff.signed-in', subject: staffMemberId, details }
      : { staffMemberId, action: 'staff.shown-again', subject: staffMemberId, details: { by: 'authenticator' } }, now)
    return taken
  })
  if (taken !== 'right') throw new untaken[taken]()
  return fresh
}

/**
 * Saves the authenticator that someone set up, replacing any other, once a code has shown that they have it; sessions
 * that wait for a code of the earlier one end. Pressing the button twice does it once.
 */
export async function keepFactor (
  db: Db, seal: Seal, staffMemberId: string, { setup, code }: { setup: string, code: string }, now: DateTime<true>
): Promise<void> {
  const secret = openSetup(seal, setup, staffMemberId, now)
  if (secret === undefined) throw new FactorSetupOver()
  const step = stepOf(secret, code, now)
  if (step === undefined) throw new FactorCodeWrong()
  await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM staff_members WHERE id = ${staffMemberId}::uuid FOR UPDATE`
    const { factorSince, factorSealed } = await tx.staffMember.findUniqueOrThrow({ where: { id: staffMemberId } })
    if (factorSince !== null && factorSealed !== null && holds(seal, factorSealed, staffMemberId, secret)) return
    await tx.staffMember.update({
      where: { id: staffMemberId },
      data: { factorSealed: seal.close(secret, keptBy(staffMemberId)), factorSince: now.toJSDate(), factorStep: step }
    })
    await endAwaiting(tx, staffMemberId, now)
    const action = factorSince === null ? 'factor.set-up' : 'factor.replaced'
    await record(tx, { staffMemberId, action, subject: staffMemberId }, now)
  })
}

/** Returns whether this is the stored secret; a stored secret that can no longer be read counts as another. */
function holds (seal: Seal, sealed: string, staffMemberId: string, secret: string): boolean {
  try {
    return seal.open(sealed, keptBy(staffMemberId)) === secret
  } catch {
    return false
  }
}

/** Removes someone's own authenticator, which requires a code of it. */
export async function removeOwnFactor (
  db: Db, seal: Seal, cookie: string, code: string, now: DateTime<true>
): Promise<void> {
  const taken = await db.$transaction(async tx => {
    const session = await findSessionToShow(tx, cookie, now)
    if (session === undefined || session.awaitsCode) return 'ended'
    const taken = await takeCode(tx, seal, session, code, now)
    if (taken === 'right') await forget(tx, session.staffMemberId, session.staffMemberId, now)
    return taken
  })
  // Removed already: by a second press, or by an admin.
  if (taken !== 'right' && taken !== 'none') throw new untaken[taken]()
}

/**
 * Removes the authenticator of someone who has lost it, and ends all their sessions: the lost device may be signed in.
 * Announces it to them, in case someone else asked. `by` is the admin, or undefined at a terminal; people cannot remove
 * their own this way.
 */
export async function removeFactor (
  db: Db, outbox: Outbox, staffMemberId: string, by: Pick<StaffMember, 'id'> | undefined, now: DateTime<true>
): Promise<void> {
  if (by?.id === staffMemberId) throw new FactorIsOwn()
  await db.$transaction(async tx => {
    if (!await forget(tx, staffMemberId, by?.id, now)) return
    await tx.staffSession.updateMany({ where: { staffMemberId, endedAt: null }, data: { endedAt: now.toJSDate() } })
    await outbox.announce(tx, 'factor.removed', [{ staffMemberId, at: now.toISO() }])
  })
}

/** For someone at a terminal, who has the database anyway. */
export async function forgetFactor (db: Db, outbox: Outbox, email: string, now: DateTime<true>): Promise<void> {
  const member = await db.staffMember.findUnique({ where: { email } })
  if (member === null) throw new StaffMemberUnknown(email)
  if (member.factorSince === null) throw new FactorUnknown(email)
  await removeFactor(db, outbox, member.id, undefined, now)
}

async function forget (tx: Tx, staffMemberId: string, by: string | undefined, now: DateTime<true>): Promise<boolean> {
  const { count } = await tx.staffMember.updateMany({
    where: { id: staffMemberId, factorSince: { not: null } },
    data: { factorSealed: null, factorSince: null, factorStep: null }
  })
  if (count === 0) return false
  await endAwaiting(tx, staffMemberId, now)
  await record(tx, { staffMemberId: by, action: 'factor.removed', subject: staffMemberId }, now)
  return true
}
