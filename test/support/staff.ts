import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Agency, CoHostInvitation, Hold, StaffMember } from '../../src/platform/database/generated/client.ts'
import type { StaffMember as SignedIn } from '../../src/identity/staff/staff-member.ts'
import { createSignInLink } from '../../src/identity/sign-in/commands.ts'
import { post } from './service.ts'
import { noon } from './world.ts'

/** A member of staff for commands that need any: their name is in no table. */
export const organiser: SignedIn = {
  id: '6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11', name: 'Olu Organiser', role: 'organiser', agencyId: undefined
}

/** An admin of the partnership, by default. */
export async function aStaffMember (db: Db, given: Partial<StaffMember> = {}): Promise<StaffMember> {
  return await db.staffMember.create({
    data: { email: `${randomUUID()}@council.example`, name: 'Olu Organiser', role: 'admin', ...given }
  })
}

export async function anAgency (db: Db, given: Partial<Agency> = {}): Promise<Agency> {
  return await db.agency.create({ data: { slug: `agency-${randomUUID()}`, name: 'Cumberland Council', ...given } })
}

/** Places kept for an agency until the end of tomorrow; the code is K7PMW3QD by default. */
export async function aHold (db: Db, activityId: string, given: Partial<Hold> = {}): Promise<Hold> {
  const { id: agencyId } = await anAgency(db)
  return await db.hold.create({
    data: {
      activityId,
      agencyId,
      code: 'K7PMW3QD',
      places: 1,
      returnsAt: noon.plus({ days: 1, hours: 12 }).toJSDate(),
      createdAt: noon.toJSDate(),
      ...given
    }
  })
}

/** An invitation to co-host, made at noon, for a new organisation by default. */
export async function anInvitation (
  db: Db, activityId: string, given: Partial<CoHostInvitation> = {}
): Promise<CoHostInvitation> {
  return await db.coHostInvitation.create({
    data: {
      id: randomUUID(),
      activityId,
      name: 'Sal School',
      email: `${randomUUID()}@school.example`,
      agencyName: given.agencyId == null ? 'Kendal School' : '',
      invitedById: organiser.id,
      invitedAt: noon.toJSDate(),
      expiresAt: noon.plus({ days: 7 }).toJSDate(),
      ...given
    }
  })
}

/** The path of a new sign-in link. */
export async function aLink (db: Db, { email }: StaffMember, now = noon): Promise<string> {
  return await createSignInLink(db, { email, publicUrl: '' }, now)
}

/** Signs in as the browser of a new member of staff does, and returns the headers that it sends from then on. */
export async function signedIn (
  app: FastifyInstance, db: Db, given: Partial<StaffMember> = {}
): Promise<{ headers: { cookie: string }, member: StaffMember }> {
  const member = await aStaffMember(db, given)
  const answer = await post(app, await aLink(db, member, app.clock()), {})
  return { headers: { cookie: cookieOf(answer) }, member }
}

/** The session cookie that an answer sets, as a browser sends it back. */
export function cookieOf (answer: { headers: Record<string, unknown> }): string {
  return setCookies(answer).map(cookie => cookie.split(';')[0] ?? '').find(cookie => /session=/.test(cookie)) ?? ''
}

/** Every cookie that an answer sets, with its attributes. */
export function setCookies ({ headers }: { headers: Record<string, unknown> }): string[] {
  return [headers['set-cookie']].flat().filter(cookie => typeof cookie === 'string')
}
