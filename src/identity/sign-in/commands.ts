import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Facts, Outbox } from '../../platform/outbox.ts'
import type { BrowserDetails } from '../staff/browser-details.ts'
import { record } from '../staff/audit.ts'
import { openSession } from '../staff/commands.ts'
import { StaffMemberUnknown } from '../staff/errors.ts'
import { hashOf, newToken } from '../staff/token.ts'
import { codeHashOf, isRightCode, maxTries } from './code.ts'
import { SignInCodeWrong, SignInLinkUsed, StaffMemberDisabled } from './errors.ts'
import { isToBeWritten, emailMinutes, maxWrongCodes, placeOf, wrongCodesHours } from './email-limits.ts'
import type { SignInSecrets } from './secrets.ts'

/** Lifetime of a sign-in link that was printed at a terminal. */
const linkMinutes = 60

/**
 * Makes a sign-in link and ends all earlier ones of the same person. Two made at once take turns on the member's row,
 * so that still only one is left.
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

/** Who asks for an email, as far as is known. */
export interface Requester {
  /** The token that the asking browser keeps, and sends again with the code. */
  browser: string
  /** The person whose own browser it is, by the mark from their earlier sign-in. */
  knownAs: string | undefined
  /** Identifies one sender: see platform/http/network.ts. */
  sender: string
}

/**
 * Requests an email to sign in with, for one browser, if the address belongs to someone who works here; the answer does
 * not tell. The queue holds no link, only who and which browser one is to be made for.
 */
export async function requestSignInEmail (
  db: Db, outbox: Outbox, email: string, { browser, knownAs, sender }: Requester, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const member = await tx.staffMember.findUnique({ where: { email, disabledAt: null }, select: { id: true } })
    await outbox.announce(tx, 'sign-in.requested', member === null
      ? []
      : [{
          staffMemberId: member.id,
          browserHash: hashOf(browser),
          askedAt: now.toISO(),
          ...(knownAs !== member.id && { askedFrom: placeOf(sender, member.id) })
        }])
  })
}

/**
 * Makes the link and the code of an email that was asked for work, if it is still to be written; returns to whom. Those
 * of other emails keep working, each in the browser that asked for it: asking in someone else's name takes nothing from
 * them. Wrong codes typed for an earlier try of the same email count for this one.
 */
export async function writeSignInEmail (
  db: Db, { staffMemberId, browserHash, askedAt, askedFrom }: Facts['sign-in.requested'],
  { token, code }: ReturnType<SignInSecrets>, now: DateTime<true>
): Promise<{ to: string, name: string } | undefined> {
  const asked = { browserHash, askedAt: instant(new Date(askedAt)), askedFrom }
  return await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM staff_members WHERE id = ${staffMemberId}::uuid FOR UPDATE`
    const member = await tx.staffMember.findUnique({ where: { id: staffMemberId, disabledAt: null } })
    if (member === null) return undefined
    const rows = await tx.signInToken.findMany({ where: { staffMemberId, browserHash: { not: null } } })
    const written = rows.map(row => ({
      browserHash: row.browserHash ?? '',
      askedAt: instant(row.createdAt),
      askedFrom: row.askedFrom ?? undefined,
      isUsed: row.usedAt !== null,
      tries: row.tries
    }))
    if (!isToBeWritten(asked, written, now)) return undefined

    const tries = written.find(email => email.browserHash === browserHash)?.tries ?? 0
    const past = now.minus({ hours: wrongCodesHours }).toJSDate()
    await tx.signInToken.deleteMany({ where: { staffMemberId, browserHash } })
    await tx.signInToken.deleteMany({
      where: { staffMemberId, browserHash: { not: null }, usedAt: null, createdAt: { lt: past } }
    })
    const tokenHash = hashOf(token)
    await tx.signInToken.create({
      data: {
        staffMemberId,
        tokenHash,
        browserHash,
        codeHash: codeHashOf(code, tokenHash),
        tries,
        askedFrom: askedFrom ?? null,
        createdAt: asked.askedAt.toJSDate(),
        expiresAt: now.plus({ minutes: emailMinutes }).toJSDate()
      }
    })
    return { to: member.email, name: member.name }
  })
}

/** A new session: its owner, and its cookie. */
export interface Opened { staffMemberId: string, cookie: string }

/**
 * Uses up a sign-in link and opens a session; throws `SignInLinkUsed` for any invalid link, and for a link from an
 * email in any browser but the asking one. One statement finds and marks the link, so of two presses at once the second
 * waits for the first and then finds nothing.
 */
export async function signIn (db: Db, token: string, arrival: BrowserDetails, now: DateTime<true>): Promise<Opened> {
  const at = now.toJSDate()
  return await db.$transaction(async tx => {
    const [used] = await tx.$queryRaw<Array<{ staffMemberId: string }>>`
      UPDATE sign_in_tokens t SET used_at = ${at} FROM staff_members m
      WHERE m.id = t.staff_member_id AND m.disabled_at IS NULL
        AND t.token_hash = ${hashOf(token)} AND t.used_at IS NULL AND t.expires_at > ${at} AND t.tries < ${maxTries}
        AND (t.browser_hash IS NULL OR t.browser_hash = ${hashOf(arrival.browser ?? '')})
      RETURNING t.staff_member_id AS "staffMemberId"`
    if (used === undefined) throw new SignInLinkUsed()
    const { staffMemberId } = used
    return { staffMemberId, cookie: await openSession(tx, staffMemberId, { openedBy: 'link' }, arrival, now) }
  })
}

/**
 * Uses up an email by its six digits, in the browser that asked for it, and opens a session. Throws `SignInCodeWrong`
 * for anything wrong, counts it and records the person it was aimed at and where it came from: the person's row is
 * locked before the digits are compared, so that a thousand tries at once are a thousand tries.
 */
export async function signInByCode (
  db: Db, code: string, arrival: BrowserDetails, now: DateTime<true>
): Promise<Opened> {
  const opened = await db.$transaction(async tx => {
    const email = await lockEmail(tx, arrival, now)
    if (email === undefined) return undefined
    const { id, staffMemberId, tries } = email
    if (!isRightCode(code, email) || await isGuessedAt(tx, email, now)) {
      await tx.signInToken.update({ where: { id }, data: { tries: { increment: 1 } } })
      const { device = '', network = '' } = arrival
      const details = { try: tries + 1, device, network }
      await record(tx, { staffMemberId: undefined, action: 'sign-in.refused', subject: staffMemberId, details }, now)
      return undefined
    }
    await tx.signInToken.update({ where: { id }, data: { usedAt: now.toJSDate() } })
    return { staffMemberId, cookie: await openSession(tx, staffMemberId, { openedBy: 'code' }, arrival, now) }
  })
  if (opened === undefined) throw new SignInCodeWrong()
  return opened
}

interface LockedEmail {
  id: string
  staffMemberId: string
  tokenHash: string
  codeHash: string
  tries: number
  askedFrom: number | null
}

/**
 * Returns the email of a browser whose code is still valid; its recipient's row is locked, so that codes are tried in
 * turn.
 */
async function lockEmail (tx: Tx, { browser = '' }: BrowserDetails, now: DateTime<true>): Promise<LockedEmail | undefined> {
  const browserHash = hashOf(browser)
  await tx.$queryRaw`
    SELECT FROM staff_members WHERE id = (SELECT staff_member_id FROM sign_in_tokens WHERE browser_hash = ${browserHash} LIMIT 1)
    FOR UPDATE`
  const [email] = await tx.$queryRaw<LockedEmail[]>`
    SELECT t.id, t.staff_member_id AS "staffMemberId", t.token_hash AS "tokenHash", t.code_hash AS "codeHash", t.tries,
      t.asked_from AS "askedFrom"
    FROM sign_in_tokens t JOIN staff_members m ON m.id = t.staff_member_id
    WHERE t.browser_hash = ${browserHash} AND t.code_hash IS NOT NULL AND t.used_at IS NULL
      AND t.expires_at > ${now.toJSDate()} AND t.tries < ${maxTries} AND m.disabled_at IS NULL
    FOR UPDATE OF t`
  return email
}

/** True if strangers have typed so many wrong codes that a right one may be a guess too. Links cannot be guessed. */
async function isGuessedAt (
  tx: Tx, { staffMemberId, askedFrom }: LockedEmail, now: DateTime<true>
): Promise<boolean> {
  if (askedFrom === null) return false
  const { _sum: { tries } } = await tx.signInToken.aggregate({
    where: {
      staffMemberId, askedFrom: { not: null }, createdAt: { gt: now.minus({ hours: wrongCodesHours }).toJSDate() }
    },
    _sum: { tries: true }
  })
  return (tries ?? 0) >= maxWrongCodes
}

/**
 * Deletes sign-in links that ended a day ago or earlier, and returns how many: until then they count who asks too
 * often.
 */
export async function dropEndedLinks (db: Db, now: DateTime<true>): Promise<number> {
  const { count } = await db.signInToken.deleteMany({
    where: { expiresAt: { lte: now.minus({ days: 1 }).toJSDate() } }
  })
  return count
}
