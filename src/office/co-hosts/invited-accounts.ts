import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'

const none = { none: {} }

/** Named for nothing: whoever is keeps their account. */
export const namedForNothing = {
  hosting: none, coHosting: none, namedFor: none, coordinates: none, plans: none
} satisfies Prisma.StaffMemberWhereInput

/** What is only an account's own and goes with it. What leads to accounts next does not compile before it is in one. */
export const goesWithIt = {
  tokens: true, sessions: true, digest: true, lastList: true, standing: true, uploads: true
} as const satisfies Record<Exclude<keyof Prisma.$StaffMemberPayload['objects'], 'agency' | keyof typeof namedForNothing>, true>

/**
 * Deletes the accounts that were made for co-hosting before `before` and are used for nothing, once the audit trail has
 * nothing of them any more; returns how many. Whom an admin gave another role stays, and so does who is named for
 * anything: it is looked up again under their lock, which who names them meanwhile waits for.
 */
export async function dropInvitedAccounts (db: Db, before: DateTime<true>): Promise<number> {
  return await db.$transaction(async tx => {
    const idle: Prisma.StaffMemberWhereInput = {
      isInvited: true, role: 'host', createdAt: { lt: before.toJSDate() }, ...namedForNothing
    }
    const found = await tx.staffMember.findMany({ where: idle, select: { id: true } })
    const ids = found.map(({ id }) => id)
    await tx.$queryRaw`SELECT 1 FROM staff_members WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`
    const still = await tx.staffMember.findMany({ where: { ...idle, id: { in: ids } }, select: { id: true } })
    return await tx.$executeRaw`
      DELETE FROM staff_members m WHERE id = ANY (${still.map(({ id }) => id)}::uuid[])
        AND NOT EXISTS (SELECT FROM audit_entries WHERE staff_member_id = m.id OR subject = m.id::text)`
  })
}
