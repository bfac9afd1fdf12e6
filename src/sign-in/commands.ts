import type { DateTime } from 'luxon'
import { instant } from '../clock.ts'
import type { Db } from '../database/connect.ts'
import type { Facts, Outbox } from '../outbox.ts'
import type { Arrival } from '../staff/arrival.ts'
import { record } from '../staff/audit.ts'
import { openSession } from '../staff/commands.ts'
import { StaffMemberUnknown } from '../staff/errors.ts'
import { hashOf, newToken } from '../staff/token.ts'
import { codeHashOf, isRightCode, mostTries, newCode } from './code.ts'
import { SignInCodeWrong, SignInLinkUsed, StaffMemberDisabled } from './errors.ts'
import { isToBeWritten, letterMinutes } from './letter-life.ts'

/** How long a sign-in link that was printed at a terminal is good for. */
const linkMinutes = 60

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
