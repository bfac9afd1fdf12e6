import type { DateTime } from 'luxon'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { isTaken } from '../../platform/database/errors.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { openAt } from '../../identity/staff/session-life.ts'
import { forgetWorkAccount } from '../../identity/work-account/commands.ts'
import { AddressTaken, AgencyUnknown, MemberChanged, MemberNotFound, StaffMemberExists } from './errors.ts'
import { assertAnAdminRemains, assertNotTheirOwn } from './last-admin.ts'
import { answersOf, memberDraft, versionOf } from './member.ts'
import type { Member, MemberDraft } from './member.ts'
import { findHolder, findMember } from './queries.ts'
import type { NewStaffMember } from './schema.ts'

/** A member of staff, with the mark of the state that was read. */
export interface ReadMember { id: string, versionHash: string }

/** Who asks; undefined: someone at a terminal. */
type By = { id: string } | undefined

/**
 * Adds someone who can sign in from now on, and announces that they are to be told how. A double press adds nothing.
 * Throws `AddressTaken`, also where someone goes back to the form and changes it.
 */
export async function addMember (
  db: Db, outbox: Outbox, { id, ...draft }: MemberDraft & { id: string }, by: By, now: DateTime<true>
): Promise<void> {
  const isThere = async () => {
    const member = await findMember(db, id)
    if (member === undefined || member.disabledAt !== undefined) return false
    return memberDraft.changed(answersOf(member), answersOf(draft)).length === 0
  }
  if (await isThere()) return
  await orAddressTaken(db, draft, db.$transaction(async tx => {
    await tx.staffMember.create({ data: { id, ...columnsOf(draft), createdAt: now.toJSDate() } })
    const { role, agency } = draft
    await record(tx, {
      staffMemberId: by?.id,
      action: 'staff.added',
      subject: id,
      details: { role, ...(agency !== undefined && { agency: agency.slug }) }
    }, now)
    await outbox.announce(tx, 'sign-in.granted', [{ staffMemberId: id, at: now.toISO() }])
  }), isThere)
}

/** The same at a terminal, where the person who runs the command tells them: nothing is announced. */
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
    if (isTaken(error)) throw new StaffMemberExists(email)
    throw error
  }
}

/**
 * Changes a member of staff. Unless only the name changes, they are signed out everywhere: from now on they have other
 * rights, or another person reads their emails. After a change of address, links sent to the old one stop working.
 * Throws `MemberNotFound`, `MemberChanged`, `AddressTaken`, `OwnAccount`, `LastAdmin`.
 */
export async function changeMember (
  db: Db, outbox: Outbox, { id, versionHash }: ReadMember, draft: MemberDraft, by: { id: string }, now: DateTime<true>
): Promise<void> {
  await orAddressTaken(db, draft, db.$transaction(async tx => {
    const { member, admins } = await lockMember(tx, id)
    const changed = memberDraft.differences(answersOf(member), answersOf(draft))
    const { name, ...more } = changed
    // Includes a second press on the same button, which finds the change already made.
    if (name === undefined && Object.keys(more).length === 0) return
    if (versionOf(member) !== versionHash) throw new MemberChanged()
    if (changed.role !== undefined) {
      assertNotTheirOwn({ id, by }, 'change role')
      assertAnAdminRemains(admins, id)
    }
    await tx.staffMember.update({ where: { id }, data: columnsOf(draft) })
    const sessions = Object.keys(more).length === 0 ? 0 : await signOutEverywhere(tx, id, now)
    if (changed.email !== undefined) {
      await deleteWaysIn(tx, id)
      // Another address may mean another person.
      await forgetWorkAccount(tx, id, by.id, now)
    }
    await record(tx, {
      staffMemberId: by.id, action: 'staff.changed', subject: id, details: { ...changed, ...(sessions > 0 && { sessions }) }
    }, now)
    if (changed.email !== undefined && member.disabledAt === undefined) {
      await outbox.announce(tx, 'sign-in.granted', [{ staffMemberId: id, at: now.toISO() }])
    }
  }))
}

/**
 * Stops someone from signing in, from their next request on: their sessions end, and their unused links and codes are
 * deleted. Disabling twice is disabling once. Throws `MemberNotFound`, `OwnAccount`, `LastAdmin`.
 */
export async function disableMember (db: Db, id: string, by: By, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const { member, admins } = await lockMember(tx, id)
    if (member.disabledAt !== undefined) return
    assertNotTheirOwn({ id, by }, 'disable')
    assertAnAdminRemains(admins, id)
    await tx.staffMember.update({ where: { id }, data: { disabledAt: now.toJSDate() } })
    const sessions = await signOutEverywhere(tx, id, now)
    await deleteWaysIn(tx, id)
    await record(tx, { staffMemberId: by?.id, action: 'staff.disabled', subject: id, details: { sessions } }, now)
  })
}

/**
 * Lets someone sign in again, with a new link: a session or a link that was made while they were being disabled stays
 * invalid. Announces that they are to be told. Throws `MemberNotFound`.
 */
export async function enableMember (
  db: Db, outbox: Outbox, id: string, by: By, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { member } = await lockMember(tx, id)
    if (member.disabledAt === undefined) return
    await tx.staffMember.update({ where: { id }, data: { disabledAt: null } })
    await signOutEverywhere(tx, id, now)
    await deleteWaysIn(tx, id)
    await record(tx, { staffMemberId: by?.id, action: 'staff.enabled', subject: id }, now)
    await outbox.announce(tx, 'sign-in.granted', [{ staffMemberId: id, at: now.toISO() }])
  })
}

/**
 * Locks a member of staff and every admin who can sign in, in one order, until the transaction ends: of two admins who
 * disable each other at once, the second finds only one. Throws `MemberNotFound`.
 */
async function lockMember (tx: Tx, id: string): Promise<{ member: Member, admins: string[] }> {
  const rows = await tx.$queryRaw<Array<{ id: string, isAdmin: boolean }>>`
    SELECT id, role = 'admin' AND disabled_at IS NULL AS "isAdmin" FROM staff_members
    WHERE id = ${id}::uuid OR (role = 'admin' AND disabled_at IS NULL) ORDER BY id FOR UPDATE`
  const member = await findMember(tx, id)
  if (member === undefined) throw new MemberNotFound()
  return { member, admins: rows.filter(({ isAdmin }) => isAdmin).map(({ id }) => id) }
}

/** Ends someone's open sessions, and returns how many there were. */
async function signOutEverywhere (tx: Tx, staffMemberId: string, now: DateTime<true>): Promise<number> {
  const { count } = await tx.staffSession.updateMany({
    where: { staffMemberId, endedAt: null, ...openAt(now) }, data: { endedAt: now.toJSDate() }
  })
  return count
}

/** Deletes someone's unused links and codes. */
async function deleteWaysIn (tx: Tx, staffMemberId: string): Promise<void> {
  await tx.signInToken.deleteMany({ where: { staffMemberId, usedAt: null } })
}

function columnsOf ({ name, email, role, agency }: MemberDraft) {
  return { name, email, role, agencyId: agency?.id ?? null } satisfies Prisma.StaffMemberUncheckedUpdateInput
}

/** Turns a violation of the unique address into `AddressTaken`; succeeds where this very member `isThere` already. */
async function orAddressTaken (
  db: Db, { email }: Pick<MemberDraft, 'email'>, work: Promise<void>, isThere = async () => false
): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isTaken(error)) throw error
    if (!await isThere()) throw new AddressTaken(await findHolder(db, email))
  }
}
