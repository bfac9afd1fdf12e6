import type { DateTime } from 'luxon'
import { Prisma } from '../database/generated/client.ts'
import type { Db } from '../database/connect.ts'
import { record } from './audit.ts'
import { AgencyUnknown, SignInLinkUsed, StaffMemberDisabled, StaffMemberExists, StaffMemberUnknown } from './errors.ts'
import type { NewStaffMember } from './schema.ts'
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
 * Uses a sign-in link up and gives the cookie of the session it opened; throws `SignInLinkUsed` for any
 * link that is not good. One statement finds the link and marks it, so of two presses at once the second
 * waits for the first and then finds nothing.
 *
 * `earlierCookie` is what the browser had: that session ends, so nobody stays signed in behind another.
 */
export async function signIn (
  db: Db, token: string, earlierCookie: string | undefined, now: DateTime<true>
): Promise<string> {
  const cookie = newToken()
  const at = now.toJSDate()
  await db.$transaction(async tx => {
    const [used] = await tx.$queryRaw<Array<{ staffMemberId: string }>>`
      UPDATE sign_in_tokens t SET used_at = ${at} FROM staff_members m
      WHERE m.id = t.staff_member_id AND m.disabled_at IS NULL
        AND t.token_hash = ${hashOf(token)} AND t.used_at IS NULL AND t.expires_at > ${at}
      RETURNING t.staff_member_id AS "staffMemberId"`
    if (used === undefined) throw new SignInLinkUsed()
    const { staffMemberId } = used

    if (earlierCookie !== undefined) {
      await tx.staffSession.updateMany({
        where: { tokenHash: hashOf(earlierCookie), endedAt: null }, data: { endedAt: at }
      })
    }
    await tx.staffSession.create({ data: { staffMemberId, tokenHash: hashOf(cookie), createdAt: at, lastSeenAt: at } })
    await record(tx, { staffMemberId, action: 'staff.signed-in', subject: staffMemberId }, now)
  })
  return cookie
}

/** Ends the session of a cookie, if it has one; the cookie is worth nothing afterwards, whoever kept it. */
export async function signOut (db: Db, cookie: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const session = await tx.staffSession.findUnique({ where: { tokenHash: hashOf(cookie) } })
    if (session === null || session.endedAt !== null) return
    const { id, staffMemberId } = session
    await tx.staffSession.update({ where: { id }, data: { endedAt: now.toJSDate() } })
    await record(tx, { staffMemberId, action: 'staff.signed-out', subject: staffMemberId }, now)
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
