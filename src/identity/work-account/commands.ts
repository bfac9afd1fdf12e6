import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { isTaken } from '../../platform/database/errors.ts'
import type { BrowserDetails } from '../staff/browser-details.ts'
import { record } from '../staff/audit.ts'
import { openSession, renewSession } from '../staff/commands.ts'
import { SessionOver } from '../staff/errors.ts'
import { findSessionToShow } from '../staff/queries.ts'
import { newToken } from '../staff/token.ts'
import { OneFactorAlone, OtherWorkAccount, WorkAccountTaken, WorkAccountUnknown } from './errors.ts'
import type { WorkAccount } from './openid.ts'

/**
 * Returns the cookie of a session for the person who has connected this work account. They are found by the provider's
 * identifier and never by an address, and only in our own database: throws `WorkAccountUnknown` for anyone else.
 */
export async function signInByWorkAccount (
  db: Db, { issuer, subject, signedInAt, hasTwoFactors }: WorkAccount, arrival: BrowserDetails, now: DateTime<true>
): Promise<string> {
  return await db.$transaction(async tx => {
    const where = { issuer_subject: { issuer, subject }, disabledAt: null }
    const member = await tx.staffMember.findUnique({ where, select: { id: true } })
    if (member === null) throw new WorkAccountUnknown()
    const how = { openedBy: 'openid', hasTwoFactors, signedInAt: notAfter(now, signedInAt) } as const
    return await openSession(tx, member.id, how, arrival, now)
  })
}

/**
 * Lets someone who is signed in prove again who they are, by their own work account and no other; returns the cookie
 * that is valid from then on. `signedInAt` is when they proved it to their provider, which may be long ago. Throws
 * `OneFactorAlone` for someone with an authenticator whose provider did not say that it asked for two factors.
 */
export async function passByWorkAccount (
  db: Db, cookie: string, { issuer, subject, signedInAt, hasTwoFactors }: WorkAccount & { signedInAt: DateTime<true> },
  now: DateTime<true>
): Promise<string> {
  const fresh = newToken()
  await db.$transaction(async tx => {
    const session = await findSessionToShow(tx, cookie, now)
    if (session === undefined || session.awaitsCode) throw new SessionOver()
    const { id, staffMemberId } = session
    const where = { id: staffMemberId, issuer, subject, disabledAt: null }
    const own = await tx.staffMember.findUnique({ where, select: { factorSince: true } })
    if (own === null) throw new OtherWorkAccount()
    if (own.factorSince !== null && !hasTwoFactors) throw new OneFactorAlone()
    if (!await renewSession(tx, { id, cookie, fresh }, notAfter(now, signedInAt), now)) throw new SessionOver()
    const deed = { staffMemberId, action: 'staff.shown-again', subject: staffMemberId } as const
    await record(tx, { ...deed, details: { by: 'openid' } }, now)
  })
  return fresh
}

/** Connects a member's work account, replacing any other; no one else can have the same. */
export async function connectWorkAccount (
  db: Db, staffMemberId: string, { issuer, subject }: WorkAccount, now: DateTime<true>
): Promise<void> {
  try {
    await db.$transaction(async tx => {
      await tx.staffMember.update({ where: { id: staffMemberId }, data: { issuer, subject } })
      await record(tx, { staffMemberId, action: 'work-account.connected', subject: staffMemberId, details: { issuer } }, now)
    })
  } catch (error) {
    if (isTaken(error)) throw new WorkAccountTaken()
    throw error
  }
}

/** Disconnects a member's work account; sessions that it opened continue. */
export async function disconnectWorkAccount (db: Db, staffMemberId: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => { await forgetWorkAccount(tx, staffMemberId, staffMemberId, now) })
}

/** Disconnects a member's work account, if they have one; `by` is the id of the person who does so. */
export async function forgetWorkAccount (
  tx: Tx, staffMemberId: string, by: string, now: DateTime<true>
): Promise<void> {
  const { count } = await tx.staffMember.updateMany({
    where: { id: staffMemberId, issuer: { not: null } }, data: { issuer: null, subject: null }
  })
  if (count === 0) return
  await record(tx, { staffMemberId: by, action: 'work-account.disconnected', subject: staffMemberId }, now)
}

/** A provider's clock may be ahead of ours. */
function notAfter (now: DateTime<true>, at: DateTime<true> = now): DateTime<true> {
  return at < now ? at : now
}
