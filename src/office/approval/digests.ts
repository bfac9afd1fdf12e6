import type { DateTime } from 'luxon'
import type { Db, Reader } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { memberOf, memberSelect } from '../../identity/staff/queries.ts'
import type { Role } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Visibility } from '../../programme/activities/activity.ts'
import { isInOfficeHours, minutesBetween, whoIsTold } from './telling.ts'
import { mattersOf, waits, whatWaits } from './waiting.ts'

/**
 * Announces to everyone for whom something new waits that they are to be told: in office hours, and at most once an
 * hour each, however much it is. Runs every minute, in any number of processes: each row is written under its own
 * condition, so that one of them announces it, and in the order of their ids, so that no two wait for each other.
 */
export async function announceDigests (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  if (!isInOfficeHours(now)) return
  const waiting = await listWaiting(db, now)
  if (waiting.length === 0) return
  const people = await listReaders(db, now)
  const keysOf = new Map<string, string[]>()
  for (const { key, ...matter } of waiting) {
    for (const { id } of whoIsTold(matter, people)) keysOf.set(id, [...keysOf.get(id) ?? [], key])
  }
  const due = people.flatMap(({ id, told }) => {
    const keys = keysOf.get(id) ?? []
    return keys.some(key => !told.includes(key)) ? [{ id, keys }] : []
  })
  if (due.length === 0) return
  await db.$transaction(async tx => {
    const announced = await tx.$queryRaw<Array<{ id: string }>>`
      INSERT INTO approval_digests AS digest (staff_member_id, due_at, told)
      SELECT id::uuid, ${now.toJSDate()}, ARRAY(SELECT jsonb_array_elements_text(keys))
      FROM jsonb_to_recordset(${JSON.stringify(due)}::jsonb) AS due (id text, keys jsonb)
      ORDER BY id
      ON CONFLICT (staff_member_id) DO UPDATE SET due_at = excluded.due_at, told = excluded.told, sent_at = NULL
      WHERE NOT digest.is_off
        AND (digest.due_at IS NULL OR digest.due_at <= ${now.minus({ minutes: minutesBetween }).toJSDate()})
      RETURNING staff_member_id AS id`
    await outbox.announce(tx, 'approval-digest.due', announced.map(({ id }) =>
      ({ staffMemberId: id, dueAt: now.toISO() })))
  })
}

/** Everything that waits, with who decides it. */
async function listWaiting (db: Reader, now: DateTime<true>) {
  const rows = await db.activity.findMany({
    where: waits,
    select: { ...whatWaits, visibility: true, campaign: { select: { coordinators: true } } }
  })
  return rows.flatMap(({ visibility, campaign: { coordinators }, ...row }) =>
    mattersOf(row, now).map(matter => ({ ...matter, visibility: visibility as Visibility, coordinators })))
}

/**
 * Everyone for whom something may wait and who wants to be told, with what they were told of. What was due and never
 * went, as its job was lost or given up, was not told: an hour later it is due again.
 */
async function listReaders (
  db: Reader, now: DateTime<true>
): Promise<Array<StaffMember & { told: string[] }>> {
  const rows = await db.staffMember.findMany({
    where: {
      role: { in: ['admin', 'organiser'] satisfies Role[] },
      disabledAt: null,
      OR: [{ digest: { is: null } }, { digest: { is: { isOff: false } } }]
    },
    select: { ...memberSelect(now), digest: { select: { told: true, sentAt: true } } }
  })
  return rows.map(({ digest, ...person }) => {
    const isNotSent = digest === null || digest.sentAt === null
    return { ...memberOf(person), told: isNotSent ? [] : digest.told }
  })
}

/** Whether someone is told of what waits for them. */
export async function isTold (db: Reader, { id: staffMemberId }: StaffMember): Promise<boolean> {
  return (await db.approvalDigest.findUnique({ where: { staffMemberId } }))?.isOff !== true
}

/** Has someone be told of what waits for them, or not any more: one that is due already is not sent then. */
export async function changeDigests (
  db: Db, { id: staffMemberId }: StaffMember, { isOff }: { isOff: boolean }, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const before = await tx.approvalDigest.findUnique({ where: { staffMemberId } })
    if ((before?.isOff ?? false) === isOff) return
    await tx.approvalDigest.upsert({ where: { staffMemberId }, create: { staffMemberId, isOff }, update: { isOff } })
    await record(tx, {
      staffMemberId, action: 'approval.emails-changed', subject: staffMemberId, details: { emails: isOff ? 'off' : 'on' }
    }, now)
  })
}

/** What is still to be sent to someone; undefined: it was sent, a later one is due, or they want none any more. */
export async function findDigest (
  db: Reader, { staffMemberId, dueAt }: { staffMemberId: string, dueAt: string }, now: DateTime<true>
): Promise<{ staff: StaffMember & { email: string }, told: string[] } | undefined> {
  const row = await db.approvalDigest.findUnique({
    where: { staffMemberId, dueAt: new Date(dueAt), sentAt: null, isOff: false, staffMember: { disabledAt: null } },
    include: { staffMember: { select: { ...memberSelect(now), email: true } } }
  })
  if (row === null) return undefined
  const { email, ...person } = row.staffMember
  return { staff: { ...memberOf(person), email }, told: row.told }
}

/** Notes that what was due went out, or was refused for good, or was about nothing any more. */
export async function noteDigestSent (
  db: Db, { staffMemberId, dueAt }: { staffMemberId: string, dueAt: string }, now: DateTime<true>
): Promise<void> {
  await db.approvalDigest.updateMany({
    where: { staffMemberId, dueAt: new Date(dueAt), sentAt: null }, data: { sentAt: now.toJSDate() }
  })
}
