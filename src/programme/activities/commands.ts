import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { known } from '../booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import { recordAll } from '../../identity/staff/audit.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Activity } from './activity.ts'
import { differences, isOnline } from './draft.ts'
import type { ActivityDraft, CurrentActivity } from './draft.ts'
import { BookingNotOpen, HostUnknown } from './errors.ts'
import { hostChanges, nameableBy } from './hosts.ts'
import type { HostsRequest } from './hosts.ts'
import { keepKnowing } from './named-people.ts'
import { noticed } from './noticed.ts'
import { lockActivity } from './queries.ts'

/** A change waits this long for others, so that several made together are one email. */
const secondsToSettle = 60

/** Key of the advisory lock held while activities are added. */
const adding = 20_150_921

/** Lets only one transaction at a time add activities: a slug that was free stays so until it ends. */
export async function takeTurns (tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${adding})`
}

/**
 * Adds activities whose slugs are free, with the given ids or new ones. Who adds operational work is named for it;
 * without anyone, as from a terminal, only admins know of it.
 */
export async function createActivities (
  tx: Tx, seal: Seal, drafts: ReadonlyArray<{ draft: ActivityDraft, id?: string }>, now: DateTime<true>,
  { by }: { by?: StaffMember } = {}
): Promise<void> {
  const rows = drafts.map(({ draft, id }) => ({ ...draft, id: id ?? randomUUID() }))
  await tx.activity.createMany({
    data: rows.map(draft => ({ ...columnsOf(draft, seal), id: draft.id, createdAt: now.toJSDate() }))
  })
  await tx.activityPartner.createMany({
    data: rows.flatMap(({ id: activityId, partnerAgencyIds }) =>
      partnerAgencyIds.map(agencyId => ({ activityId, agencyId })))
  })
  const hidden = rows.filter(({ visibility }) => visibility === 'operational')
  if (by !== undefined) await keepKnowing(tx, hidden.map(({ id }) => id), by)
}

/**
 * Writes a change to an activity, whose row is locked, and its consequences: more places go to those who wait, and
 * those who would notice the change are told, unless it is `isQuiet`. Fewer places take no one's away.
 */
export async function changeActivity (
  tx: Tx, outbox: Outbox, seal: Seal, current: CurrentActivity, draft: ActivityDraft, now: DateTime<true>,
  { isQuiet = false } = {}
): Promise<void> {
  const changed = differences(current, draft)
  const { byEverybody, byWhoHasAPlace } = noticed(current, draft)
  const { joinUrlSealed, ...columns } = columnsOf(draft, seal)
  await tx.activity.update({
    where: { id: current.id },
    data: {
      ...columns,
      ...(changed.includes('joinUrl') && { joinUrlSealed }),
      ...(byEverybody && { icalSequence: { increment: 1 } }),
      ...(changed.includes('partnerAgencyIds') && {
        partners: { deleteMany: {}, create: draft.partnerAgencyIds.map(agencyId => ({ agencyId })) }
      })
    }
  })
  await outbox.announce(tx, 'activity.changed', [{ activityId: current.id }])
  if (draft.endsAt > now && draft.status === 'published' && !isQuiet) {
    if (byEverybody) await announceToWaiting(tx, outbox, current.id, now)
    if (byWhoHasAPlace) await announceToConfirmed(tx, outbox, current.id, now)
  }
  if ((draft.capacity ?? 0) > (current.capacity ?? 0)) {
    await outbox.announce(tx, 'place.freed', [{ activityId: current.id }])
  }
}

/**
 * Announces a calendar update to everyone who has a place, after a delay: a further change until then replaces it.
 * SEQUENCE goes up each time, so that no two states of a booking share one.
 */
export async function announceToConfirmed (
  tx: Tx, outbox: Outbox, activityId: string, now: DateTime<true>
): Promise<void> {
  const changed = await tx.$queryRaw<EmailDue[]>`
    UPDATE bookings SET ical_sequence = ical_sequence + 1, changed_at = ${now.toJSDate()}
    WHERE activity_id = ${activityId}::uuid AND status = 'confirmed'
    RETURNING id AS "bookingId", ical_sequence AS sequence`
  await outbox.announce(tx, 'booking.changed', changed, { afterSeconds: secondsToSettle })
}

/** The same for everyone who waits, by email; not for those who were carried over and have not heard of it yet. */
async function announceToWaiting (tx: Tx, outbox: Outbox, activityId: string, now: DateTime<true>): Promise<void> {
  const changed = await tx.$queryRaw<EmailDue[]>`
    UPDATE bookings SET ical_sequence = ical_sequence + 1, changed_at = ${now.toJSDate()}
    WHERE activity_id = ${activityId}::uuid AND status IN ('waiting', 'offered')
      AND ${known.sql()}
    RETURNING id AS "bookingId", ical_sequence AS sequence`
  await outbox.announce(tx, 'booking.changed', changed, { afterSeconds: secondsToSettle })
}

/**
 * Writes a Teams link to an activity whose row is locked, or takes it away. Those who have a place are told, unless
 * they get in by links of their own. Says whether it is another. Throws `BookingNotOpen` where nobody could come by it.
 */
export async function writeJoinLink (
  tx: Tx, outbox: Outbox, seal: Seal, activity: Activity, joinUrl: string | undefined, now: DateTime<true>
): Promise<boolean> {
  const { id, joinUrlSealed, joinMode, status, endsAt } = activity
  const current = joinUrlSealed === undefined ? undefined : seal.open(joinUrlSealed)
  if (current === joinUrl) return false
  if (now >= endsAt) throw new BookingNotOpen('over')
  if (status === 'cancelled') throw new BookingNotOpen('cancelled')
  await tx.activity.update({
    where: { id }, data: { joinUrlSealed: joinUrl === undefined ? null : seal.close(joinUrl) }
  })
  await outbox.announce(tx, 'activity.changed', [{ activityId: id }])
  if (joinMode === 'invitation' && status === 'published') await announceToConfirmed(tx, outbox, id, now)
  return true
}

function columnsOf (draft: ActivityDraft, seal: Seal) {
  return {
    campaignId: draft.campaignId,
    slug: draft.slug,
    title: draft.title,
    summary: draft.summary,
    kind: draft.kind,
    startsAt: draft.startsAt.toJSDate(),
    endsAt: draft.endsAt.toJSDate(),
    allDay: draft.allDay,
    zone: draft.zone,
    isOnline: isOnline(draft),
    venue: draft.venue ?? null,
    joinUrlSealed: draft.joinUrl === undefined ? null : seal.close(draft.joinUrl),
    district: draft.district ?? null,
    audiences: draft.audiences,
    visibility: draft.visibility,
    embargoUntil: draft.embargoUntil?.toJSDate() ?? null,
    booking: draft.booking,
    capacity: draft.capacity ?? null,
    placesPerBooking: draft.placesPerBooking,
    waitingList: draft.waitingList,
    bookingOpensAt: draft.bookingOpensAt?.toJSDate() ?? null,
    bookingClosesAt: draft.bookingClosesAt?.toJSDate() ?? null,
    leadAgencyId: draft.leadAgencyId ?? null,
    status: draft.status
  } satisfies Prisma.ActivityUncheckedUpdateInput
}

/** Names who hosts an activity, as `hostChanges` has it. Says whether anything was changed. Throws `HostUnknown`. */
export async function nameHosts (
  db: Db, activityId: string, request: HostsRequest, by: StaffMember, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const { slug } = await lockActivity(tx, activityId)
    const hosts = await tx.activityHost.findMany({ where: { activityId } })
    const { added, removed } = hostChanges(hosts.map(({ staffMemberId }) => staffMemberId), request)
    const known = await tx.staffMember.count({ where: { AND: [nameableBy(by, activityId)], id: { in: added } } })
    if (known < added.length) throw new HostUnknown()

    await tx.activityHost.createMany({ data: added.map(staffMemberId => ({ activityId, staffMemberId })) })
    await tx.activityHost.deleteMany({ where: { activityId, staffMemberId: { in: removed } } })
    const deed = { staffMemberId: by.id, action: 'hosts.changed' as const, subject: slug }
    await recordAll(tx, [
      ...added.map(added => ({ ...deed, details: { added } })),
      ...removed.map(removed => ({ ...deed, details: { removed } }))
    ], now)
    return added.length + removed.length > 0
  })
}
