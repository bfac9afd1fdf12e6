import type { DateTime } from 'luxon'
import { instant } from '../clock.ts'
import { Prisma } from '../database/generated/client.ts'
import type { Db, Tx } from '../database/connect.ts'
import type { Facts, Outbox } from '../outbox.ts'
import type { StaffMember } from '../http/session.ts'
import type { Seal } from '../seal.ts'
import { record } from './audit.ts'
import { keptBy, mostWrongCodes, openSetup, stepOf, wrongCodesHours } from './authenticator.ts'
import { codeHashOf, isRightCode, mostTries, newCode } from './code.ts'
import {
  AgencyUnknown, FactorUnknown, FactorCodeWrong, FactorIsOwn, FactorLocked, FactorSetupOver, FactorUnreadable,
  NoFactor, OtherWorkAccount, SessionNotFound, SessionOver, SignInCodeWrong, SignInLinkUsed, StaffMemberDisabled,
  StaffMemberExists, StaffMemberUnknown, WorkAccountTaken, WorkAccountUnknown
} from './errors.ts'
import { isToBeWritten, letterMinutes } from './letter-life.ts'
import type { WorkAccount } from './openid.ts'
import { mayEver } from './roles.ts'
import type { NewStaffMember } from './schema.ts'
import { awaitingAt, openAt } from './session-life.ts'
import type { OpenedBy } from './session-life.ts'
import { hashOf, newToken } from './token.ts'

/** How long a sign-in link that was printed at a terminal is good for. */
const linkMinutes = 60

/** Adds someone who signs in. There is no password: `createSignInLink` lets them in. */
export async function addStaffMember (
  db: Db, { email, name, role, agency: slug }: NewStaffMember, now: DateTime<true>
): Promise<void> {
  try {
    await db.$transaction(async tx => {
      const agency = slug === undefined ? null : await tx.agency.findUnique({ where: { slug } })
      if (slug !== undefined && agency === null) throw new AgencyUnknown(slug)
      const { id } = await tx.staffMember.create({
        data: { email, name, role, agencyId: agency?.id ?? null, createdAt: now.toJSDate() }
      })
      await record(tx, { staffMemberId: undefined, action: 'staff.added', subject: id, details: { role } }, now)
    })
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') throw new StaffMemberExists(email)
    throw error
  }
}

/**
 * Makes the one sign-in link that works for someone from now on; earlier ones stop working. Two made at
 * once take turns on the member's row, so that still only one is left.
 */
export async function createSignInLink (
  db: Db, { email, publicUrl }: { email: string, publicUrl: string }, now: DateTime<true>
): Promise<string> {
  const token = newToken()
  await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM staff_members WHERE email = ${email} FOR UPDATE`
    const member = await tx.staffMember.findUnique({ where: { email } })
    if (member === null) throw new StaffMemberUnknown(email)
    if (member.disabledAt !== null) throw new StaffMemberDisabled(email)

    await tx.signInToken.deleteMany({ where: { staffMemberId: member.id, usedAt: null } })
    await tx.signInToken.create({
      data: {
        staffMemberId: member.id,
        tokenHash: hashOf(token),
        createdAt: now.toJSDate(),
        expiresAt: now.plus({ minutes: linkMinutes }).toJSDate()
      }
    })
    await record(tx, { staffMemberId: undefined, action: 'staff.link-made', subject: member.id }, now)
  })
  return `${publicUrl}/staff/sign-in/${token}`
}

/**
 * Asks for a letter to sign in with, in one browser, if the address is that of somebody who works here; nobody
 * is told which. No link lies in the queue, only for whom and for which browser one is to be made.
 */
export async function requestSignInLetter (
  db: Db, outbox: Outbox, { email, browser }: { email: string, browser: string }, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const member = await tx.staffMember.findUnique({ where: { email, disabledAt: null }, select: { id: true } })
    await outbox.announce(tx, 'sign-in.requested', member === null
      ? []
      : [{ staffMemberId: member.id, browserHash: hashOf(browser), askedAt: now.toISO() }])
  })
}

/** What a letter to sign in with says, and to whom. */
export interface SignInLetter { to: string, name: string, token: string, code: string }

/**
 * Makes the link and the code of a letter that was asked for, if it is still to be written; those of earlier
 * letters stop working, and a link that was printed at a terminal does not. The wrong codes that were typed
 * for an earlier try of the same letter count for this one.
 */
export async function writeSignInLetter (
  db: Db, { staffMemberId, browserHash, askedAt }: Facts['sign-in.requested'], now: DateTime<true>
): Promise<SignInLetter | undefined> {
  const asked = { browserHash, askedAt: instant(new Date(askedAt)) }
  const [token, code] = [newToken(), newCode()]
  return await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM staff_members WHERE id = ${staffMemberId}::uuid FOR UPDATE`
    const member = await tx.staffMember.findUnique({ where: { id: staffMemberId, disabledAt: null } })
    if (member === null) return undefined
    const rows = await tx.signInToken.findMany({ where: { staffMemberId, browserHash: { not: null } } })
    const written = rows.map(row => ({
      browserHash: row.browserHash ?? '',
      askedAt: instant(row.createdAt),
      isUsed: row.usedAt !== null,
      tries: row.tries
    }))
    if (!isToBeWritten(asked, written, now)) return undefined

    const tries = written.find(letter => letter.browserHash === browserHash)?.tries ?? 0
    const ofLetters = { staffMemberId, browserHash: { not: null }, usedAt: null }
    await tx.signInToken.deleteMany({ where: { staffMemberId, browserHash } })
    await tx.signInToken.deleteMany({ where: { ...ofLetters, createdAt: { lt: now.minus({ days: 1 }).toJSDate() } } })
    await tx.signInToken.updateMany({
      where: { ...ofLetters, expiresAt: { gt: now.toJSDate() } }, data: { expiresAt: now.toJSDate() }
    })
    const tokenHash = hashOf(token)
    await tx.signInToken.create({
      data: {
        staffMemberId,
        tokenHash,
        browserHash,
        codeHash: codeHashOf(code, tokenHash),
        tries,
        createdAt: asked.askedAt.toJSDate(),
        expiresAt: now.plus({ minutes: letterMinutes }).toJSDate()
      }
    })
    return { to: member.email, name: member.name, token, code }
  })
}

/** What a browser comes with that signs in. */
export interface Arrival {
  /** What it was given when it asked for a letter. */
  browser?: string | undefined
  /** What it had as its session: that ends, so nobody stays signed in behind another. */
  earlierCookie?: string | undefined
  /** In a few words; see `deviceOf`. */
  device?: string
}

/**
 * Uses a sign-in link up and gives the cookie of the session it opened; throws `SignInLinkUsed` for any
 * link that is not good, and for one from a letter in any browser but the one that asked for it. One statement
 * finds the link and marks it, so of two presses at once the second waits for the first and then finds nothing.
 */
export async function signIn (db: Db, token: string, arrival: Arrival, now: DateTime<true>): Promise<string> {
  const at = now.toJSDate()
  return await db.$transaction(async tx => {
    const [used] = await tx.$queryRaw<Array<{ staffMemberId: string }>>`
      UPDATE sign_in_tokens t SET used_at = ${at} FROM staff_members m
      WHERE m.id = t.staff_member_id AND m.disabled_at IS NULL
        AND t.token_hash = ${hashOf(token)} AND t.used_at IS NULL AND t.expires_at > ${at} AND t.tries < ${mostTries}
        AND (t.browser_hash IS NULL OR t.browser_hash = ${hashOf(arrival.browser ?? '')})
      RETURNING t.staff_member_id AS "staffMemberId"`
    if (used === undefined) throw new SignInLinkUsed()
    return await openSession(tx, used.staffMemberId, 'link', arrival, now)
  })
}

/**
 * Uses a letter up by its six digits, in the browser that asked for it, and gives the cookie of the session it
 * opened. Throws `SignInCodeWrong` for whatever is wrong, and counts it: the row is locked before the digits
 * are compared, so that a thousand tries at once are a thousand tries.
 */
export async function signInByCode (db: Db, code: string, arrival: Arrival, now: DateTime<true>): Promise<string> {
  const cookie = await db.$transaction(async tx => {
    const at = now.toJSDate()
    const [letter] = await tx.$queryRaw<Array<{ id: string, staffMemberId: string, tokenHash: string, codeHash: string }>>`
      SELECT t.id, t.staff_member_id AS "staffMemberId", t.token_hash AS "tokenHash", t.code_hash AS "codeHash"
      FROM sign_in_tokens t JOIN staff_members m ON m.id = t.staff_member_id
      WHERE t.browser_hash = ${hashOf(arrival.browser ?? '')} AND t.code_hash IS NOT NULL AND t.used_at IS NULL
        AND t.expires_at > ${at} AND t.tries < ${mostTries} AND m.disabled_at IS NULL
      FOR UPDATE OF t`
    if (letter === undefined) return undefined
    const { id, staffMemberId } = letter
    if (!isRightCode(code, letter)) {
      await tx.signInToken.update({ where: { id }, data: { tries: { increment: 1 } } })
      return undefined
    }
    await tx.signInToken.update({ where: { id }, data: { usedAt: at } })
    return await openSession(tx, staffMemberId, 'code', arrival, now)
  })
  if (cookie === undefined) throw new SignInCodeWrong()
  return cookie
}

/**
 * Gives the cookie of a session for whoever has connected this work account. By what the provider calls them
 * and never by an address, and only whom our own database knows: throws `WorkAccountUnknown` for anybody else.
 */
export async function signInByWorkAccount (
  db: Db, { issuer, subject, shownAt }: WorkAccount, arrival: Arrival, now: DateTime<true>
): Promise<string> {
  return await db.$transaction(async tx => {
    const where = { issuer_subject: { issuer, subject }, disabledAt: null }
    const member = await tx.staffMember.findUnique({ where, select: { id: true } })
    if (member === null) throw new WorkAccountUnknown()
    return await openSession(tx, member.id, 'openid', arrival, now, notAfter(now, shownAt))
  })
}

/** Connects a member's work account, in the place of another; nobody else can have the same. */
export async function connectWorkAccount (
  db: Db, staffMemberId: string, { issuer, subject }: WorkAccount, now: DateTime<true>
): Promise<void> {
  try {
    await db.$transaction(async tx => {
      await tx.staffMember.update({ where: { id: staffMemberId }, data: { issuer, subject } })
      await record(tx, { staffMemberId, action: 'work-account.connected', subject: staffMemberId, details: { issuer } }, now)
    })
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') throw new WorkAccountTaken()
    throw error
  }
}

/** Takes a member's work account away; sessions that it opened go on. */
export async function disconnectWorkAccount (db: Db, staffMemberId: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const { count } = await tx.staffMember.updateMany({
      where: { id: staffMemberId, issuer: { not: null } }, data: { issuer: null, subject: null }
    })
    if (count === 0) return
    await record(tx, { staffMemberId, action: 'work-account.disconnected', subject: staffMemberId }, now)
  })
}

/**
 * Opens a session for someone who has shown who they are, and gives its cookie: always a new one. Where somebody
 * who came by letter has an authenticator, it opens nothing before `passByCode`.
 */
async function openSession (
  tx: Tx, staffMemberId: string, openedBy: OpenedBy, { earlierCookie, device = '' }: Arrival, now: DateTime<true>,
  shownAt = now
): Promise<string> {
  const cookie = newToken()
  const at = now.toJSDate()
  const { factorSince } = await tx.staffMember.findUniqueOrThrow({ where: { id: staffMemberId } })
  const awaitsCode = openedBy !== 'openid' && factorSince !== null
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
      shownAt: shownAt.toJSDate(),
      openedBy,
      device,
      awaitsCode
    }
  })
  if (!awaitsCode) {
    await record(tx, { staffMemberId, action: 'staff.signed-in', subject: staffMemberId, details: { by: openedBy } }, now)
  }
  return cookie
}

/**
 * Ends the session of a cookie, if it has one, and says how it was opened; the cookie is worth nothing afterwards,
 * whoever kept it.
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

/** What became of a code; only in a transaction that keeps it may it be answered. */
type Taken = 'right' | 'wrong' | 'ended' | 'locked' | 'none'

const untaken = { wrong: FactorCodeWrong, ended: SessionOver, locked: FactorLocked, none: NoFactor }

/**
 * Takes a code of the authenticator of whoever a session belongs to: each is good once, for whichever of their
 * sessions. The member's row is locked before anything is compared, so that a thousand tries at once are a
 * thousand tries; five wrong ones end the session, and so many in a day end all trying.
 */
async function takeCode (
  tx: Tx, seal: Seal, { id, staffMemberId }: { id: string, staffMemberId: string }, code: string, now: DateTime<true>
): Promise<Taken> {
  await tx.$queryRaw`SELECT 1 FROM staff_members WHERE id = ${staffMemberId}::uuid FOR UPDATE`
  const session = await tx.staffSession.findUnique({ where: { id, endedAt: null }, include: { staffMember: true } })
  if (session === null || session.staffMember.disabledAt !== null) return 'ended'
  const { tries, staffMember: { factorSealed, factorSince } } = session
  if (factorSealed === null || factorSince === null) return 'none'
  const { _sum: wrong } = await tx.staffSession.aggregate({
    where: { staffMemberId, createdAt: { gt: now.minus({ hours: wrongCodesHours }).toJSDate() } }, _sum: { tries: true }
  })
  if ((wrong.tries ?? 0) >= mostWrongCodes) return 'locked'

  const step = stepOf(unsealed(seal, factorSealed, staffMemberId), code, now)
  const used = step === undefined
    ? 0
    : await tx.$executeRaw`
        UPDATE staff_members SET factor_step = ${step}
        WHERE id = ${staffMemberId}::uuid AND (factor_step IS NULL OR factor_step < ${step})`
  if (used === 1) return 'right'

  const isLast = tries + 1 >= mostTries
  await tx.staffSession.update({
    where: { id }, data: { tries: { increment: 1 }, ...(isLast && { endedAt: now.toJSDate() }) }
  })
  if (!isLast) return 'wrong'
  const deed = { staffMemberId: undefined, action: 'factor.refused', subject: staffMemberId } as const
  await record(tx, { ...deed, details: { tries: mostTries } }, now)
  return 'ended'
}

function unsealed (seal: Seal, sealed: string, staffMemberId: string): string {
  try {
    return seal.open(sealed, keptBy(staffMemberId))
  } catch (cause) {
    throw new FactorUnreadable({ cause })
  }
}

/** The session of a cookie in which a code can be typed: one that waits for it, or an open one. */
async function sessionToShow (tx: Tx, cookie: string, now: DateTime<true>) {
  const session = await tx.staffSession.findUnique({
    where: {
      tokenHash: hashOf(cookie),
      endedAt: null,
      OR: [{ awaitsCode: true, ...awaitingAt(now) }, { awaitsCode: false, ...openAt(now) }]
    },
    select: { id: true, staffMemberId: true, awaitsCode: true, openedBy: true }
  })
  return session ?? undefined
}

/**
 * Lets somebody who came by letter in by a code of their authenticator, or has somebody who is in show again who
 * they are; gives the cookie that is good from then on instead of theirs. Throws for a code that is wrong or was
 * used, and `SessionOver` where there is nothing, or nothing any more, to type a code for.
 */
export async function passByCode (
  db: Db, seal: Seal, cookie: string, code: string, now: DateTime<true>
): Promise<string> {
  const fresh = newToken()
  const taken = await db.$transaction(async tx => {
    const session = await sessionToShow(tx, cookie, now)
    if (session === undefined) return 'ended'
    const taken = await takeCode(tx, seal, session, code, now)
    if (taken !== 'right') return taken
    const { id, staffMemberId, awaitsCode, openedBy } = session
    const isRenewed = await renew(tx, { id, cookie, fresh }, now, now)
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
 * Has somebody who is in show again who they are, by their own work account and by no other; gives the cookie that
 * is good from then on. `shownAt` is when they showed it to their provider, which may have been long ago.
 */
export async function passByWorkAccount (
  db: Db, cookie: string, { issuer, subject, shownAt }: WorkAccount & { shownAt: DateTime<true> }, now: DateTime<true>
): Promise<string> {
  const fresh = newToken()
  await db.$transaction(async tx => {
    const session = await sessionToShow(tx, cookie, now)
    if (session === undefined || session.awaitsCode) throw new SessionOver()
    const { id, staffMemberId } = session
    const own = await tx.staffMember.count({ where: { id: staffMemberId, issuer, subject, disabledAt: null } })
    if (own === 0) throw new OtherWorkAccount()
    if (!await renew(tx, { id, cookie, fresh }, notAfter(now, shownAt), now)) throw new SessionOver()
    const deed = { staffMemberId, action: 'staff.shown-again', subject: staffMemberId } as const
    await record(tx, { ...deed, details: { by: 'openid' } }, now)
  })
  return fresh
}

/** Gives a session another cookie; not where somebody else was quicker with the one that it had. */
async function renew (
  tx: Tx, { id, cookie, fresh }: { id: string, cookie: string, fresh: string },
  shownAt: DateTime<true>, now: DateTime<true>
): Promise<boolean> {
  const { count } = await tx.staffSession.updateMany({
    where: { id, tokenHash: hashOf(cookie), endedAt: null },
    data: {
      tokenHash: hashOf(fresh), awaitsCode: false, tries: 0, shownAt: shownAt.toJSDate(), lastSeenAt: now.toJSDate()
    }
  })
  return count === 1
}

/** A provider's clock may be ahead of ours. */
function notAfter (now: DateTime<true>, at: DateTime<true> = now): DateTime<true> {
  return at < now ? at : now
}

/**
 * Keeps the authenticator that somebody set up, in the place of any other, once a code of it has shown that they
 * have it; sessions that wait for a code of the earlier one end. Pressed twice it is done once.
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

/** Says whether this is the secret that is kept; one that cannot be read any more is another. */
function holds (seal: Seal, sealed: string, staffMemberId: string, secret: string): boolean {
  try {
    return seal.open(sealed, keptBy(staffMemberId)) === secret
  } catch {
    return false
  }
}

/** Takes somebody's own authenticator away, which takes a code of it. */
export async function removeOwnFactor (
  db: Db, seal: Seal, cookie: string, code: string, now: DateTime<true>
): Promise<void> {
  const taken = await db.$transaction(async tx => {
    const session = await sessionToShow(tx, cookie, now)
    if (session === undefined || session.awaitsCode) return 'ended'
    const taken = await takeCode(tx, seal, session, code, now)
    if (taken === 'right') await forget(tx, session.staffMemberId, session.staffMemberId, now)
    return taken
  })
  // Taken away already: by a second press, or by an admin.
  if (taken !== 'right' && taken !== 'none') throw new untaken[taken]()
}

/**
 * Takes the authenticator of somebody who has lost it away, and ends all their sessions: what is lost may be
 * signed in. `by` is the admin, or undefined at a terminal; nobody takes their own away like this.
 */
export async function removeFactor (
  db: Db, staffMemberId: string, by: Pick<StaffMember, 'id'> | undefined, now: DateTime<true>
): Promise<void> {
  if (by?.id === staffMemberId) throw new FactorIsOwn()
  await db.$transaction(async tx => {
    if (!await forget(tx, staffMemberId, by?.id, now)) return
    await tx.staffSession.updateMany({ where: { staffMemberId, endedAt: null }, data: { endedAt: now.toJSDate() } })
  })
}

/** For somebody at a terminal, who has the database in any case. */
export async function forgetFactor (db: Db, email: string, now: DateTime<true>): Promise<void> {
  const member = await db.staffMember.findUnique({ where: { email } })
  if (member === null) throw new StaffMemberUnknown(email)
  if (member.factorSince === null) throw new FactorUnknown(email)
  await removeFactor(db, member.id, undefined, now)
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

async function endAwaiting (tx: Tx, staffMemberId: string, now: DateTime<true>): Promise<void> {
  await tx.staffSession.updateMany({
    where: { staffMemberId, awaitsCode: true, endedAt: null }, data: { endedAt: now.toJSDate() }
  })
}

/**
 * Ends one session: a member's own, or anybody's where an admin asks. Says whose it was; throws
 * `SessionNotFound` also where there is one that is none of theirs. Ended twice is ended.
 */
export async function endSession (
  db: Db, staff: Pick<StaffMember, 'id' | 'role' | 'agencyId'>, sessionId: string, now: DateTime<true>
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

/** Ends all sessions of a member but the one with a cookie. */
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
 * Writes down that a session is in use. This is the session's own clock and nobody's data, which is why
 * a GET may move it: without it, reading for half an hour would count as being away.
 */
export async function noteSession (db: Db, id: string, now: DateTime<true>): Promise<void> {
  const at = now.toJSDate()
  await db.staffSession.updateMany({ where: { id, lastSeenAt: { lt: at } }, data: { lastSeenAt: at } })
}
