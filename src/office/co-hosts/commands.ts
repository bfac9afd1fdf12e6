import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { coHostedUntil, coHostingAt } from '../../identity/staff/co-hosting.ts'
import { memberOf, memberSelect } from '../../identity/staff/queries.ts'
import { may } from '../../identity/staff/roles.ts'
import type { Role } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { assertToCome } from '../../programme/activities/errors.ts'
import { lockActivities, lockActivity } from '../../programme/activities/queries.ts'
import { takeTurns } from '../../programme/campaigns/commands.ts'
import { agencyOf, knownEmployer, mayBeOf } from './employer.ts'
import { CoHostInvitationEnded, CoHostNotFound, EmployerNotTheirs, NeedsNoInvitation, TooManyCoHosts } from './errors.ts'
import { invitingEffects, toldOf } from './effects.ts'
import { daysOfLink, isOpen, mostCoHosts } from './invitation.ts'
import type { CoHostInvitation, Invited } from './invitation.ts'
import { findCoHostInvitation, leaderOf } from './queries.ts'

/** Whom someone invites; `id` is of the form and its answers, `confirmed` the token of what they have read. */
interface Inviting extends Invited {
  id: string
  confirmed: string | undefined
}

/**
 * Invites someone to co-host an activity, by an email with a link. Who was invited before and has not accepted gets
 * another link, and the first one stops working. The same form sent twice invites once. Nothing is made of who never
 * accepts. Throws `BookingNotOpen`, `NeedsNoInvitation`, `TooManyCoHosts`, `EmployerUnknown`, `EmployerNotTheirs`,
 * `ConfirmationRequired`.
 */
export async function inviteCoHost (
  db: Db, outbox: Outbox, activityId: string, { id, confirmed, ...asked }: Inviting, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    const { email } = asked
    const earlier = await tx.coHostInvitation.findUnique({ where: { activityId_email: { activityId, email } } })
    if (earlier?.id === id) return
    assertToCome(activity, now)
    await assertNeedsInvitation(tx, activity, email, now)
    const isAgain = earlier !== null && earlier.expiresAt > now.toJSDate()
    if (!isAgain) await assertNotTooMany(tx, activityId, now)
    const invited = { ...asked, employer: await knownEmployer(tx, asked.employer) }
    if (!await mayBeOf(tx, invited, by)) throw new EmployerNotTheirs(invited.employer.name)
    const expiresAt = now.plus({ days: daysOfLink })
    const told = toldOf({ activity, inviter: by.name, leader: await leaderOf(tx, activity), expiresAt }, now)
    requireConfirmation(invitingEffects(invited, told, isAgain), confirmed)

    await tx.coHostInvitation.deleteMany({ where: { activityId, email } })
    await tx.coHostInvitation.create({
      data: {
        id,
        activityId,
        name: invited.name,
        email,
        agencyId: invited.employer.id ?? null,
        agencyName: invited.employer.id === undefined ? invited.employer.name : '',
        invitedById: by.id,
        invitedAt: now.toJSDate(),
        expiresAt: expiresAt.toJSDate()
      }
    })
    // Without their name and address: those go if they never accept, and the trail stays.
    await record(tx, { staffMemberId: by.id, action: 'co-host.invited', subject: activity.slug, details: { invitation: id } }, now)
    await outbox.announce(tx, 'co-host.invited', [{ invitationId: id }])
  })
}

/** Someone who co-hosts, or who runs the activity anyway, has no use for an invitation. */
async function assertNeedsInvitation (
  tx: Tx, { id }: Activity, email: string, now: DateTime<true>
): Promise<void> {
  const row = await tx.staffMember.findUnique({ where: { email, disabledAt: null }, select: memberSelect(now) })
  if (row === null) return
  const member = memberOf(row)
  if (member.coHostOf?.includes(id) === true) throw new NeedsNoInvitation(member.name, 'co-hosts')
  const { leadAgencyId } = await tx.activity.findUniqueOrThrow({ where: { id }, select: { leadAgencyId: true } })
  if (may(member, 'run activities', { id, leadAgencyId: leadAgencyId ?? undefined, hostIds: [] })) {
    throw new NeedsNoInvitation(member.name, 'runs')
  }
}

async function assertNotTooMany (tx: Tx, activityId: string, now: DateTime<true>): Promise<void> {
  const coHosts = await tx.activityCoHost.count({ where: { activityId, ...coHostingAt(now) } })
  const invitations = await tx.coHostInvitation.count({ where: { activityId, expiresAt: { gt: now.toJSDate() } } })
  if (coHosts + invitations >= mostCoHosts) throw new TooManyCoHosts()
}

/**
 * Accepts an invitation for whoever has the mailbox that it went to: an account with its address becomes a co-host, or,
 * where there is none, a new one of the smallest role. Opens no session; they sign in like everyone else. Deletes the
 * invitation under the activity's lock, so that of two presses at once the second finds none. Throws
 * `CoHostInvitationEnded`.
 */
export async function acceptCoHostInvitation (db: Db, id: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const before = await findCoHostInvitation(tx, id)
    if (before === undefined) throw new CoHostInvitationEnded()
    // Before the activity, as everywhere: see the order of locks in ARCHITECTURE.md.
    if (before.employer.id === undefined) await takeTurns(tx)
    const activity = await lockActivity(tx, before.activityId)
    const invitation = await findCoHostInvitation(tx, id)
    if (invitation === undefined || !isOpen(invitation, activity, now)) throw new CoHostInvitationEnded()

    const { id: staffMemberId, isDisabled } = await accountFor(tx, invitation, now)
    if (isDisabled) throw new CoHostInvitationEnded()
    const line = { activityId: activity.id, staffMemberId }
    const lasting = { since: now.toJSDate(), until: coHostedUntil(activity).toJSDate() }
    await tx.activityCoHost.upsert({
      where: { activityId_staffMemberId: line }, create: { ...line, ...lasting }, update: lasting
    })
    await tx.coHostInvitation.delete({ where: { id } })
    await record(tx, { staffMemberId, action: 'co-host.accepted', subject: activity.slug, details: { invitation: id } }, now)
  })
}

/** The account with the address of an invitation. One that there is keeps its name, its role and its agency. */
async function accountFor (
  tx: Tx, { email, name, employer, invitedById }: CoHostInvitation, now: DateTime<true>
): Promise<{ id: string, isDisabled: boolean }> {
  const there = await findAccount(tx, email)
  if (there !== undefined) return there
  const { id: agencyId, slug: agency } = employer.id === undefined
    ? await agencyOf(tx, { employer, email, invitedById }, now)
    : await tx.agency.findUniqueOrThrow({ where: { id: employer.id }, select: { id: true, slug: true } })
  const role = 'host' satisfies Role
  // Someone may accept two invitations at once: the second waits here for the first, and finds its account.
  const { count } = await tx.staffMember.createMany({
    data: [{ email, name, role, agencyId, isInvited: true, createdAt: now.toJSDate() }], skipDuplicates: true
  })
  const account = await findAccount(tx, email)
  if (account === undefined) throw new Error('An account that was just made is not there.')
  if (count === 1) {
    const details = { role, agency, because: 'co-host' }
    await record(tx, { staffMemberId: invitedById, action: 'staff.added', subject: account.id, details }, now)
  }
  return account
}

async function findAccount (tx: Tx, email: string): Promise<{ id: string, isDisabled: boolean } | undefined> {
  const row = await tx.staffMember.findUnique({ where: { email }, select: { id: true, disabledAt: true } })
  return row === null ? undefined : { id: row.id, isDisabled: row.disabledAt !== null }
}

/** Takes back an invitation: its link does nothing any more. Throws `CoHostNotFound`. */
export async function takeBackCoHostInvitation (
  db: Db, activityId: string, id: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { slug } = await lockActivity(tx, activityId)
    const { count } = await tx.coHostInvitation.deleteMany({ where: { id, activityId } })
    if (count === 0) throw new CoHostNotFound()
    await record(tx, { staffMemberId: by.id, action: 'co-host.taken-back', subject: slug, details: { invitation: id } }, now)
  })
}

/**
 * Ends someone's co-hosting: from their next request on they see only what is left to them. Throws `CoHostNotFound`.
 */
export async function endCoHosting (
  db: Db, activityId: string, staffMemberId: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { slug } = await lockActivity(tx, activityId)
    const { count } = await tx.activityCoHost.deleteMany({ where: { activityId, staffMemberId } })
    if (count === 0) throw new CoHostNotFound()
    await record(tx, { staffMemberId: by.id, action: 'co-host.ended', subject: slug, details: { removed: staffMemberId } }, now)
  })
}

/** Records that a mail server refused an invitation for good, so that organisers can correct its address. */
export async function noteRefused (db: Db, id: string, now: DateTime<true>): Promise<void> {
  await db.coHostInvitation.updateMany({ where: { id, refusedAt: null }, data: { refusedAt: now.toJSDate() } })
}

/**
 * Deletes invitations that nobody can accept any more, and returns how many; and co-hosting that is over, which has
 * opened nothing since.
 */
export async function forgetCoHostInvitations (db: Db, now: DateTime<true>): Promise<number> {
  const at = now.toJSDate()
  const count = await db.$executeRaw`
    DELETE FROM co_host_invitations WHERE id = ANY (ARRAY(
      SELECT invitation.id FROM co_host_invitations invitation JOIN activities a ON a.id = activity_id
      WHERE expires_at <= ${at} OR a.ends_at <= ${at} OR a.status = 'cancelled'
      ORDER BY invitation.id FOR UPDATE OF invitation))`
  await dropCoHostingThatIsOver(db, now)
  return count
}

/** Under the locks of the activities, as everything that writes these lines of several. */
async function dropCoHostingThatIsOver (db: Db, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const where = { NOT: coHostingAt(now) }
    const rows = await tx.activityCoHost.findMany({ where, select: { activityId: true }, distinct: 'activityId' })
    const ids = rows.map(({ activityId }) => activityId)
    await lockActivities(tx, ids)
    await tx.activityCoHost.deleteMany({ where: { activityId: { in: ids }, ...where } })
  })
}

/** Erases the invitations to an address, in canonical form; returns their ids. No backup brings them back. */
export async function eraseCoHostInvitations (tx: Tx, email: string, now: DateTime<true>): Promise<string[]> {
  const gone = await tx.$queryRaw<Array<{ id: string }>>`
    DELETE FROM co_host_invitations WHERE id = ANY (ARRAY(
      SELECT id FROM co_host_invitations WHERE email = ${email} ORDER BY id FOR UPDATE))
    RETURNING id`
  await tx.forgottenBooking.createMany({
    data: gone.map(({ id }) => ({ bookingId: id, forgottenAt: now.toJSDate() })), skipDuplicates: true
  })
  return gone.map(({ id }) => id)
}

/** Erases again the invitations that a restored backup has brought back; returns how many. */
export async function eraseCoHostInvitationsAgain (db: Db): Promise<number> {
  return await db.$executeRaw`
    DELETE FROM co_host_invitations WHERE id = ANY (ARRAY(
      SELECT id FROM co_host_invitations JOIN forgotten_bookings gone ON gone.booking_id = id
      ORDER BY id FOR UPDATE OF co_host_invitations))`
}
