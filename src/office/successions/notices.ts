import type { DateTime } from 'luxon'
import type { Role } from '../../identity/staff/roles.ts'
import { calendarDay, dateOf } from '../../platform/clock.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import type { Facts, Outbox } from '../../platform/outbox.ts'
import { dayOf } from '../../programme/support/kept-contact.ts'
import { isInOfficeHours } from '../approval/telling.ts'

/** So many days before, admins are told what will pass: enough to plan it anew, and to say it to others. */
export const daysBefore = 7

/**
 * Announces to admins, in office hours and once for each succession, that its day is near. Runs every minute, in any
 * number of processes: each row is written under its own condition, so that one of them announces it.
 */
export async function announceNear (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  if (!isInOfficeHours(now)) return
  const near = {
    doneAt: null, toldAt: null, day: { gt: dateOf(dayOf(now)), lte: dateOf(dayOf(now.plus({ days: daysBefore }))) }
  }
  // Each minute asks this: nearly always there is nothing.
  if (await db.succession.count({ where: near }) === 0) return
  await db.$transaction(async tx => {
    const ids = (await tx.$queryRaw<Array<{ id: string }>>`
      SELECT id FROM successions WHERE done_at IS NULL AND told_at IS NULL
        AND day > ${near.day.gt}::date AND day <= ${near.day.lte}::date
      ORDER BY id FOR UPDATE`).map(({ id }) => id)
    await tx.succession.updateMany({ where: { id: { in: ids } }, data: { toldAt: now.toJSDate() } })
    const rows = await tx.succession.findMany({
      where: { id: { in: ids } }, select: { day: true }, distinct: ['day'], orderBy: { day: 'asc' }
    })
    for (const { day } of rows) await announceToAdmins(tx, outbox, { day: calendarDay(day), about: 'near' }, now)
  })
}

/** Announces to everyone who can plan successions that a day of them is near, or done. */
export async function announceToAdmins (
  tx: Tx, outbox: Outbox, { day, about }: Pick<Facts['succession.told'], 'day' | 'about'>, now: DateTime<true>
): Promise<void> {
  const admins = await tx.staffMember.findMany({ where: told, select: { id: true }, orderBy: { id: 'asc' } })
  await outbox.announce(tx, 'succession.told', admins.map(({ id }) =>
    ({ staffMemberId: id, day, about, announcedAt: now.toISO() })))
}

/** Whoever may still be told; undefined: they are no admin any more. */
export async function findTold (db: Reader, id: string): Promise<{ name: string, email: string } | undefined> {
  return await db.staffMember.findFirst({ where: { ...told, id }, select: { name: true, email: true } }) ?? undefined
}

const told = { role: 'admin' satisfies Role, disabledAt: null }
