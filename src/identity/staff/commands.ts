import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { RoleHolder } from './roles.ts'
import type { StaffMember } from './staff-member.ts'
import type { BrowserDetails } from './browser-details.ts'
import { record } from './audit.ts'
import { SessionNotFound } from './errors.ts'
import { mayEver } from './roles.ts'
import { openAt } from './session-life.ts'
import type { OpenedBy } from './session-life.ts'
import { hashOf, newToken } from './token.ts'

/** How someone has proved who they are. */
interface Proof {
  openedBy: OpenedBy
  /** Whether two factors were asked for where they did; an email is one. */
  hasTwoFactors?: boolean
  /** When they did; just now by default. */
  signedInAt?: DateTime<true>
}

/**
 * Opens a session for someone who has proved who they are, and returns its cookie: always a new one. If they have an
 * authenticator and proved it by one factor, it opens nothing before a code is typed (second-factor/).
 */
export async function openSession (
  tx: Tx, staffMemberId: string, { openedBy, hasTwoFactors = false, signedInAt }: Proof,
  { earlierCookie, device = '' }: BrowserDetails, now: DateTime<true>
): Promise<string> {
  const cookie = newToken()
  const at = now.toJSDate()
  const { factorSince } = await tx.staffMember.findUniqueOrThrow({ where: { id: staffMemberId } })
  const awaitsCode = !hasTwoFactors && factorSince !== null
  if (earlierCookie !== undefined) {
    await tx.staffSession.updateMany({
      where: { tokenHash: hashOf(earlierCookie), endedAt: null }, data: { endedAt: at }
    })
  }
  await tx.staffSession.create({
    data: {
      staffMemberId,
      tokenHash: hashOf(cookie),
      createdAt: at,
      lastSeenAt: at,
      signedInAt: (signedInAt ?? now).toJSDate(),
      openedBy,
      hasTwoFactors,
      device,
      awaitsCode
    }
  })
  if (!awaitsCode) {
    await record(tx, { staffMemberId, action: 'staff.signed-in', subject: staffMemberId, details: { by: openedBy } }, now)
  }
  return cookie
}

/** Gives a session another cookie; returns false if another request replaced the old one first. */
export async function renewSession (
  tx: Tx, { id, cookie, fresh }: { id: string, cookie: string, fresh: string },
  signedInAt: DateTime<true>, now: DateTime<true>
): Promise<boolean> {
  const { count } = await tx.staffSession.updateMany({
    where: { id, tokenHash: hashOf(cookie), endedAt: null },
    data: {
      tokenHash: hashOf(fresh),
      awaitsCode: false,
      tries: 0,
      signedInAt: signedInAt.toJSDate(),
      lastSeenAt: now.toJSDate()
    }
  })
  return count === 1
}

/** Ends someone's sessions that wait for a code. */
export async function endAwaiting (tx: Tx, staffMemberId: string, now: DateTime<true>): Promise<void> {
  await tx.staffSession.updateMany({
    where: { staffMemberId, awaitsCode: true, endedAt: null }, data: { endedAt: now.toJSDate() }
  })
}

/**
 * Ends one session: a member's own, or anyone's if an admin asks. Returns whose it was; throws `SessionNotFound` also
 * for a session that is not theirs to end. Ending it again changes nothing.
 */
export async function endSession (
  db: Db, staff: RoleHolder, sessionId: string, now: DateTime<true>
): Promise<string> {
  return await db.$transaction(async tx => {
    const session = await tx.staffSession.findUnique({ where: { id: sessionId } })
    const isTheirs = session !== null && (session.staffMemberId === staff.id || mayEver(staff, 'manage staff'))
    if (!isTheirs) throw new SessionNotFound()
    const { staffMemberId } = session
    const { count } = await tx.staffSession.updateMany({
      where: { id: sessionId, endedAt: null }, data: { endedAt: now.toJSDate() }
    })
    if (count === 1) {
      const deed = { staffMemberId: staff.id, action: 'session.ended', subject: staffMemberId } as const
      await record(tx, { ...deed, details: { sessions: 1 } }, now)
    }
    return staffMemberId
  })
}

/** Ends all sessions of a member except the one of this cookie. */
export async function endOtherSessions (
  db: Db, { id: staffMemberId }: Pick<StaffMember, 'id'>, cookie: string, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { count: sessions } = await tx.staffSession.updateMany({
      where: { staffMemberId, endedAt: null, tokenHash: { not: hashOf(cookie) }, ...openAt(now) },
      data: { endedAt: now.toJSDate() }
    })
    if (sessions === 0) return
    await record(tx, { staffMemberId, action: 'session.ended', subject: staffMemberId, details: { sessions } }, now)
  })
}

/**
 * Ends the session of a cookie, if there is one, and returns how it was opened; the cookie is worthless afterwards,
 * even in a copy.
 */
export async function signOut (db: Db, cookie: string, now: DateTime<true>): Promise<OpenedBy | undefined> {
  return await db.$transaction(async tx => {
    const session = await tx.staffSession.findUnique({ where: { tokenHash: hashOf(cookie) } })
    if (session === null || session.endedAt !== null) return undefined
    const { id, staffMemberId, awaitsCode, openedBy } = session
    await tx.staffSession.update({ where: { id }, data: { endedAt: now.toJSDate() } })
    if (!awaitsCode) await record(tx, { staffMemberId, action: 'staff.signed-out', subject: staffMemberId }, now)
    return openedBy as OpenedBy
  })
}

/**
 * Records that a session is in use. This is the session's own clock and not personal data, which is why a GET may move
 * it: without it, reading for half an hour would count as being away.
 */
export async function noteSession (db: Db, id: string, now: DateTime<true>): Promise<void> {
  const at = now.toJSDate()
  await db.staffSession.updateMany({ where: { id, lastSeenAt: { lt: at } }, data: { lastSeenAt: at } })
}

/** Days for which an ended session is kept, so that people can notice a session that was not theirs. */
export const daysOfEnded = 90

/**
 * Deletes sessions that ended long ago, and returns how many. Each person's latest stays: it says when they were last
 * seen.
 */
export async function dropEndedSessions (db: Db, now: DateTime<true>): Promise<number> {
  return await db.$executeRaw`
    DELETE FROM staff_sessions AS ended
    WHERE created_at < ${now.minus({ days: daysOfEnded }).toJSDate()} AND EXISTS (
      SELECT FROM staff_sessions later
      WHERE later.staff_member_id = ended.staff_member_id
        AND (later.last_seen_at, later.id) > (ended.last_seen_at, ended.id))`
}
