import type { DateTime } from 'luxon'
import { lockActivities } from '../../programme/activities/queries.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { cancelLocked } from '../../booking/bookings/cancel.ts'
import { eraseLaterContacts } from '../../booking/evaluations/commands.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { forgetBookings } from '../forgetting/commands.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { LegallyHeld } from '../legal-holds/errors.ts'
import type { LegalHold } from '../legal-holds/legal-hold.ts'
import { listLegalHoldsOver } from '../legal-holds/queries.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { eraseCoHostInvitations } from '../co-hosts/commands.ts'
import { coHostInvitationEmailId } from '../co-hosts/jobs.ts'
import { eraseRequests } from '../requests/commands.ts'
import { eraseResourceRequests } from '../resource-requests/commands.ts'
import { eraseEntries } from '../entries/keeping.ts'
import { emailOf } from '../resource-requests/email-id.ts'
import { statuses } from '../resource-requests/request.ts'
import { emailIdOf, requestEmails } from '../requests/email-id.ts'
import { record } from '../../identity/staff/audit.ts'
import { ConfirmationRequired, confirmationToken, requireConfirmation } from '../../identity/staff/confirmation.ts'
import { everythingOf } from './callers.ts'
import type { Person } from './callers.ts'
import { doneBy, erasingEffects, isToCancel } from './erasing.ts'
import { everythingAbout, isNothing } from './queries.ts'
import type { Everything } from './queries.ts'

/** Who views or exports everything about someone; undefined at a terminal. */
interface Seen { staffMemberId: string | undefined, action: 'person.shown' | 'person.exported' }

/**
 * Reads everything about someone, and records that a person did: how much it was, but not whose. Nothing may be shown
 * before this has committed.
 */
export async function seeEverything (
  db: Db, person: Person, { staffMemberId, action }: Seen, now: DateTime<true>
): Promise<Everything> {
  return await db.$transaction(async tx => {
    const everything = await everythingOf(tx, person)
    await record(tx, { staffMemberId, action, subject: undefined, details: countsOf(everything) }, now)
    return everything
  })
}

export function countsOf ({ bookings, requests, resourceRequests, entries, invitations, later }: Everything) {
  return {
    bookings: bookings.length,
    requests: requests.length,
    resources: resourceRequests.length,
    entries: entries.length,
    invitations: invitations.length,
    later: later.length
  }
}

/** That everything about an address is to go; `confirmed` is the token of what was read, at a terminal nothing is. */
export interface Erasing {
  address: string
  confirmed: string | undefined
}

/**
 * Sees to it that everything about an address is erased. What they have booked and is still to come is cancelled at
 * once, and the next in line is served; they are told by email. Then everything goes: see `finishErasures`. Gives
 * whether there was anything, and whether it had been asked already. Throws `LegallyHeld` and `ConfirmationRequired`.
 *
 * Locks the activities of all their bookings by their ids, before it reads any of these.
 */
export async function eraseEverything (
  db: Db, outbox: Outbox, { address, confirmed }: Erasing, by: StaffMember | undefined, now: DateTime<true>
): Promise<'asked' | 'asked-already' | 'nothing-held'> {
  const canonicalEmail = canonicalAddress(address)
  return await db.$transaction(async tx => {
    const locked = await lockPerson(tx, canonicalEmail)
    const everything = await everythingAbout(tx, canonicalEmail)
    if (everything.erasure !== undefined) return 'asked-already'
    await assertNotHeld(tx, canonicalEmail)
    if (isNothing(everything)) return 'nothing-held'
    const effects = erasingEffects(everything, now)
    if (!locked.locksAll(everything)) throw new ConfirmationRequired(effects, confirmed)
    requireConfirmation(effects, by === undefined ? confirmationToken(effects) : confirmed)

    const { bookings, requests, resourceRequests, entries: entered, invitations, later } = everything
    const [known] = [...bookings, ...requests, ...resourceRequests, ...entered, ...invitations]
    const toCancel = bookings.filter(booking => isToCancel(booking, now))
    const asksForIt = requests.some(({ kind, closed }) => kind === 'deletion' && closed === undefined)
    // Their email says that they asked for it only where they did.
    await cancelLocked(tx, outbox, toCancel, now, asksForIt ? undefined : 'organiser')
    const open = await tx.$queryRaw<Array<{ id: string, isToClose: boolean }>>`
      SELECT id, kind = 'deletion' AND closed_at IS NULL AS "isToClose" FROM requests
      WHERE canonical_email = ${canonicalEmail} ORDER BY id FOR UPDATE`
    // One by one: an answer is sealed for its request.
    for (const { id } of open.filter(({ isToClose }) => isToClose)) {
      await tx.request.update({
        where: { id },
        data: { answer: 'Deleted.', toldBy: 'otherwise', closedAt: now.toJSDate(), closedById: by?.id ?? null }
      })
    }
    const { id } = await tx.erasure.create({
      data: {
        email: known?.email ?? later[0]?.email ?? canonicalEmail,
        canonicalEmail,
        name: known?.name ?? '',
        askedAt: now.toJSDate(),
        askedById: by?.id ?? null,
        doneBy: doneBy(now).toJSDate()
      }
    })
    await outbox.announce(tx, 'erasure.asked', [{ erasureId: id }])
    await record(tx, {
      staffMemberId: by?.id,
      action: 'person.erased',
      subject: id,
      details: { ...countsOf(everything), cancelled: toCancel.length }
    }, now)
    return 'asked'
  })
}

/** What was deleted, by random ids: there may be traces of it outside the database. */
export interface Gone { bookingIds: string[], emailIds: string[] }

/**
 * Finishes the erasures whose people were told, or whose time to be told is over; `follow` deletes their traces outside
 * the database. Runs at least once, each erasure in a transaction of its own, in any number of processes: what is done
 * is gone, and what another process has in hand is left to it. A legal hold that was set meanwhile delays it until it
 * is lifted.
 */
export async function finishErasures (
  db: Db, outbox: Outbox, follow: (gone: Gone) => Promise<void>, now: DateTime<true>
): Promise<void> {
  const waiting = await db.erasure.findMany({ select: { id: true }, orderBy: { askedAt: 'asc' } })
  for (const { id } of waiting) {
    const gone = await db.$transaction(async tx => await finish(tx, outbox, id, now))
    if (gone !== undefined) await follow(gone)
  }
}

async function finish (tx: Tx, outbox: Outbox, id: string, now: DateTime<true>): Promise<Gone | undefined> {
  const found = await tx.erasure.findUnique({ where: { id } })
  if (found === null) return undefined
  const { canonicalEmail, askedAt } = found
  const locked = await lockPerson(tx, canonicalEmail)
  await keepLegalHoldsFromBeingSet(tx)
  const [erasure] = await tx.$queryRaw<Array<{ doneBy: Date, toldAt: Date | null, askedById: string | null }>>`
    SELECT done_by AS "doneBy", told_at AS "toldAt", asked_by_id AS "askedById"
    FROM erasures WHERE id = ${id}::uuid FOR UPDATE SKIP LOCKED`
  if (erasure === undefined) return undefined
  if ((await listLegalHoldsOver(tx, canonicalEmail)).length > 0) return undefined
  const everything = await everythingAbout(tx, canonicalEmail)
  if (!locked.locksAll(everything)) return undefined
  // What they book afterwards does not belong to the erasure.
  const theirs = everything.bookings.filter(({ createdAt }) => createdAt.toMillis() <= askedAt.getTime())
  const toCancel = theirs.filter(booking => isToCancel(booking, now))
  await cancelLocked(tx, outbox, toCancel, now, 'organiser')
  const isTold = toCancel.length === 0 && erasure.toldAt !== null &&
    await areCancellationsTold(tx, canonicalEmail, askedAt)
  if (!isTold && now.toJSDate() < erasure.doneBy) return undefined

  const { bookingIds, emailIds } = await forgetBookings(tx, theirs.map(({ id }) => id), now)
  const requestIds = await eraseRequests(tx, canonicalEmail, askedAt, now)
  const resourceIds = await eraseResourceRequests(tx, canonicalEmail, askedAt, now)
  const invitationIds = await eraseCoHostInvitations(tx, canonicalEmail, now)
  const entries = await eraseEntries(tx, canonicalEmail, askedAt, now)
  const contactIds = await eraseLaterContacts(tx, canonicalEmail, now)
  await tx.erasure.delete({ where: { id } })
  await record(tx, {
    staffMemberId: erasure.askedById ?? undefined,
    action: 'erasure.done',
    subject: id,
    details: {
      bookings: bookingIds.length,
      requests: requestIds.length,
      resources: resourceIds.length,
      invitations: invitationIds.length,
      entries: entries.ids.length,
      later: contactIds.length
    }
  }, now)
  return {
    bookingIds: [
      ...bookingIds, ...requestIds, ...resourceIds, ...entries.ids, ...invitationIds, ...contactIds
    ],
    emailIds: [
      ...emailIds, emailIdOf(id, lastEmail),
      ...invitationIds.map(coHostInvitationEmailId),
      ...requestIds.flatMap(requestId => requestEmails.map(template => emailIdOf(requestId, template))),
      ...resourceIds.flatMap(requestId => statuses.map(status => emailOf(requestId, status))),
      ...entries.emailIds
    ]
  }
}

/** The last email that a person gets. */
export const lastEmail = 'details-deleted'

/** Whether people were told of the bookings cancelled for an erasure, or cannot be. */
async function areCancellationsTold (tx: Tx, canonicalEmail: string, askedAt: Date): Promise<boolean> {
  const [{ untold } = { untold: 0 }] = await tx.$queryRaw<Array<{ untold: number }>>`
    SELECT count(*)::int AS untold FROM bookings b
    WHERE canonical_email = ${canonicalEmail} AND status = 'cancelled' AND changed_at >= ${askedAt}
      AND NOT EXISTS (
        SELECT FROM letters l WHERE l.booking_id = b.id AND l.status <> 'queued'
          AND l.kind IN ('cancelled', 'cancelled-by-us', 'activity-cancelled'))`
  return untold === 0
}

/** Records that the last email of an erasure was sent, or was refused for good. */
export async function noteLastEmail (db: Db, id: string, now: DateTime<true>): Promise<void> {
  await db.erasure.updateMany({ where: { id, toldAt: null }, data: { toldAt: now.toJSDate() } })
}

/**
 * Locks the activities of all bookings of an address. `locksAll` says whether those are still all: another activity may
 * have been booked before they were locked.
 */
async function lockPerson (tx: Tx, canonicalEmail: string) {
  const booked = await tx.booking.findMany({ where: { canonicalEmail }, select: { activityId: true } })
  const ids = new Set(booked.map(({ activityId }) => activityId))
  await lockActivities(tx, [...ids])
  return { locksAll: ({ bookings }: Everything) => bookings.every(({ activityId }) => ids.has(activityId)) }
}

/** A hold that is being set either waits until this transaction has committed, or is committed already and seen. */
export async function keepLegalHoldsFromBeingSet (tx: Tx): Promise<void> {
  await tx.$executeRaw`LOCK TABLE legal_holds IN SHARE MODE`
}

/** Throws `LegallyHeld` where a legal hold is on a person or on an activity that they have booked. */
async function assertNotHeld (tx: Tx, canonicalEmail: string): Promise<void> {
  await keepLegalHoldsFromBeingSet(tx)
  refuseForHold(await listLegalHoldsOver(tx, canonicalEmail))
}

/** Throws `LegallyHeld` where there is a hold. */
export function refuseForHold ([hold]: readonly LegalHold[]): void {
  if (hold?.of === undefined) return
  throw new LegallyHeld('activity' in hold.of ? hold.of.activity.title : undefined)
}
