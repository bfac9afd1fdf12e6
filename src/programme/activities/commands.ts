import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { Prisma } from '../../platform/database/generated/client.ts'
import { known } from '../booking-rules.ts'
import type { Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Activity } from './activity.ts'
import { differences, isOnline } from './draft.ts'
import type { ActivityDraft, CurrentActivity } from './draft.ts'
import { BookingNotOpen } from './errors.ts'
import { keepKnowing } from './named-people.ts'
import { noticed } from './noticed.ts'
import type { Noticed } from './noticed.ts'

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
  for (const some of inPortions(rows)) {
    const added = some.map(draft => ({ id: draft.id, created_at: now.toJSDate(), ...namedColumnsOf(draft, seal) }))
    const names = Prisma.join(Object.keys(added[0] ?? {}).map(name => Prisma.raw(name)))
    await tx.$executeRaw`
      INSERT INTO activities (${names})
      SELECT ${names} FROM jsonb_populate_recordset(NULL::activities, ${JSON.stringify(added)}::jsonb)`
    await tx.activityPartner.createMany({
      data: some.flatMap(({ id: activityId, partnerAgencyIds }) =>
        partnerAgencyIds.map(agencyId => ({ activityId, agencyId })))
    })
  }
  const hidden = rows.filter(({ visibility }) => visibility === 'operational')
  if (by !== undefined) await keepKnowing(tx, hidden.map(({ id }) => id), by)
}

/**
 * Rows as many as go into one statement. Prisma splits longer lists itself, but sends all parts at once on the one
 * connection of the transaction: the last ones have to be answered while the first ones are at work.
 */
function inPortions<T> (rows: readonly T[]): T[][] {
  const most = 500
  return Array.from({ length: Math.ceil(rows.length / most) }, (_, n) => rows.slice(n * most, (n + 1) * most))
}

/** A change of an activity whose row is locked. */
export interface ActivityChange { current: CurrentActivity, draft: ActivityDraft }

/**
 * Writes a change to an activity, whose row is locked, and its consequences: more places go to those who wait, and
 * those who would notice the change are told, unless it is `isQuiet`. Fewer places take no one's away.
 */
export async function changeActivity (
  tx: Tx, outbox: Outbox, seal: Seal, current: CurrentActivity, draft: ActivityDraft, now: DateTime<true>,
  { isQuiet = false } = {}
): Promise<void> {
  await changeActivities(tx, outbox, seal, [{ current, draft }], now, { isQuiet })
}

/** The same for many activities, in as few statements as for a few. */
export async function changeActivities (
  tx: Tx, outbox: Outbox, seal: Seal, changes: readonly ActivityChange[], now: DateTime<true>, { isQuiet = false } = {}
): Promise<void> {
  for (const some of inPortions(changes)) await writeChanges(tx, seal, some)
  const idsOf = (some: readonly ActivityChange[]) => some.map(({ current: { id } }) => id)
  await outbox.announce(tx, 'activity.changed', idsOf(changes).map(activityId => ({ activityId })))
  const told = isQuiet ? [] : changes.filter(({ draft }) => draft.endsAt > now && draft.status === 'published')
  const noticedBy = (who: keyof Noticed) => idsOf(told.filter(({ current, draft }) => noticed(current, draft)[who]))
  await announceToAllWaiting(tx, outbox, noticedBy('byWhoWaits'), now)
  await announceToAllConfirmed(tx, outbox, noticedBy('byWhoHasAPlace'), now)
  const larger = changes.filter(({ current, draft }) => (draft.capacity ?? 0) > (current.capacity ?? 0))
  await outbox.announce(tx, 'place.freed', idsOf(larger).map(activityId => ({ activityId })))
}

async function writeChanges (tx: Tx, seal: Seal, changes: readonly ActivityChange[]): Promise<void> {
  const rows = changes.map(({ current: { id }, draft }) => ({ id, ...namedColumnsOf(draft, seal) }))
  // A link is sealed otherwise each time.
  const names = Object.values(columnNames).filter(name => name !== columnNames.joinUrlSealed)
  const noticedByAll = changes.filter(({ current, draft }) => noticed(current, draft).byWhoWaits)
  const set = Prisma.join(names.map(name => Prisma.raw(`${name} = changed.${name}`)))
  await tx.$executeRaw`
    UPDATE activities SET ${set}, ical_sequence = activities.ical_sequence
      + CASE WHEN activities.id = ANY (${noticedByAll.map(({ current: { id } }) => id)}::uuid[]) THEN 1 ELSE 0 END
    FROM jsonb_populate_recordset(NULL::activities, ${JSON.stringify(rows)}::jsonb) AS changed
    WHERE activities.id = changed.id`

  const changing = (part: keyof ActivityDraft) =>
    changes.filter(({ current, draft }) => differences(current, draft).includes(part))
  const relinked = changing('joinUrl')
  if (relinked.length > 0) {
    await tx.$executeRaw`
      UPDATE activities SET join_url_sealed = linked.sealed
      FROM unnest(
        ${relinked.map(({ current: { id } }) => id)}::uuid[],
        ${relinked.map(({ draft: { joinUrl } }) => joinUrl === undefined ? null : seal.close(joinUrl))}::text[]
      ) AS linked (id, sealed)
      WHERE activities.id = linked.id`
  }
  const partnered = changing('partnerAgencyIds')
  if (partnered.length === 0) return
  await tx.activityPartner.deleteMany({ where: { activityId: { in: partnered.map(({ current: { id } }) => id) } } })
  await tx.activityPartner.createMany({
    data: partnered.flatMap(({ current: { id: activityId }, draft: { partnerAgencyIds } }) =>
      partnerAgencyIds.map(agencyId => ({ activityId, agencyId })))
  })
}

/**
 * Announces a calendar update to everyone who has a place, after a delay: a further change until then replaces it.
 * SEQUENCE goes up each time, so that no two states of a booking share one.
 */
export async function announceToConfirmed (
  tx: Tx, outbox: Outbox, activityId: string, now: DateTime<true>
): Promise<void> {
  await announceToAllConfirmed(tx, outbox, [activityId], now)
}

async function announceToAllConfirmed (
  tx: Tx, outbox: Outbox, activityIds: readonly string[], now: DateTime<true>
): Promise<void> {
  if (activityIds.length === 0) return
  const changed = await tx.$queryRaw<EmailDue[]>`
    UPDATE bookings SET ical_sequence = ical_sequence + 1, changed_at = ${now.toJSDate()}
    WHERE activity_id = ANY (${activityIds}::uuid[]) AND status = 'confirmed'
    RETURNING id AS "bookingId", ical_sequence AS sequence`
  await outbox.announce(tx, 'booking.changed', changed, { afterSeconds: secondsToSettle })
}

/** The same for everyone who waits, by email; not for those who were carried over and have not heard of it yet. */
async function announceToAllWaiting (
  tx: Tx, outbox: Outbox, activityIds: readonly string[], now: DateTime<true>
): Promise<void> {
  if (activityIds.length === 0) return
  const changed = await tx.$queryRaw<EmailDue[]>`
    UPDATE bookings SET ical_sequence = ical_sequence + 1, changed_at = ${now.toJSDate()}
    WHERE activity_id = ANY (${activityIds}::uuid[]) AND status IN ('waiting', 'offered')
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
    wasPoliceWork: draft.wasPoliceWork,
    startsAt: draft.startsAt.toJSDate(),
    endsAt: draft.endsAt.toJSDate(),
    allDay: draft.allDay,
    zone: draft.zone,
    isOnline: isOnline(draft),
    venue: draft.venue ?? null,
    hasSecretPlace: draft.hasSecretPlace,
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

/** The same by their names in the database. */
function namedColumnsOf (draft: ActivityDraft, seal: Seal) {
  const columns = columnsOf(draft, seal)
  const parts = Object.keys(columnNames) as Array<keyof typeof columnNames>
  return Object.fromEntries(parts.map(part => [columnNames[part], columns[part]]))
}

const columnNames = {
  campaignId: 'campaign_id',
  slug: 'slug',
  title: 'title',
  summary: 'summary',
  kind: 'kind',
  wasPoliceWork: 'was_police_work',
  startsAt: 'starts_at',
  endsAt: 'ends_at',
  allDay: 'all_day',
  zone: 'zone',
  isOnline: 'is_online',
  venue: 'venue',
  hasSecretPlace: 'has_secret_place',
  joinUrlSealed: 'join_url_sealed',
  district: 'district',
  audiences: 'audiences',
  visibility: 'visibility',
  embargoUntil: 'embargo_until',
  booking: 'booking',
  capacity: 'capacity',
  placesPerBooking: 'places_per_booking',
  waitingList: 'waiting_list',
  bookingOpensAt: 'booking_opens_at',
  bookingClosesAt: 'booking_closes_at',
  leadAgencyId: 'lead_agency_id',
  status: 'status'
} as const satisfies Record<keyof ReturnType<typeof columnsOf>, string>
