import { Secret, TOTP } from 'otpauth'
import type { FastifyInstance } from 'fastify'
import type { DateTime } from 'luxon'
import type { Db } from '../../src/platform/database/connect.ts'
import type { StaffMember } from '../../src/platform/database/generated/client.ts'
import { keptBy, secondFactorSeal } from '../../src/identity/second-factor/authenticator.ts'
import { post } from './service.ts'
import { aLink, aStaffMember, cookieOf } from './staff.ts'
import { noon, secretKey } from './world.ts'

export const seal = secondFactorSeal(secretKey)

/** The code that a phone shows at an instant. */
export function codeAt (secret: string, at: DateTime<true>): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.toMillis() })
}

/** A code that a phone does not show around an instant. */
export function wrongCodeAt (secret: string, at: DateTime<true>): string {
  const near = [-60, -30, 0, 30, 60].map(seconds => codeAt(secret, at.plus({ seconds })))
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find(code => !near.includes(code)) ?? '666666'
}

/** Gives a member of staff an authenticator, set up a day ago, and returns its secret. */
export async function withAuthenticator (
  db: Db, { id }: StaffMember, secret = new Secret({ size: 20 }).base32
): Promise<string> {
  const factorSince = noon.minus({ days: 1 }).toJSDate()
  await db.staffMember.update({ where: { id }, data: { factorSealed: seal.close(secret, keptBy(id)), factorSince } })
  return secret
}

/** Someone with an authenticator who has used a link, and has still to type their code. */
export async function half (
  app: FastifyInstance, db: Db, given: Partial<StaffMember> = {}
): Promise<{ headers: { cookie: string }, member: StaffMember, secret: string }> {
  const member = await aStaffMember(db, given)
  const secret = await withAuthenticator(db, member)
  return { headers: await halfAgain(app, db, member), member, secret }
}

/** The same in another browser. */
export async function halfAgain (app: FastifyInstance, db: Db, member: StaffMember): Promise<{ cookie: string }> {
  return { cookie: cookieOf(await post(app, await aLink(db, member, app.clock()), {})) }
}
