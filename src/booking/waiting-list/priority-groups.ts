import type { DateTime } from 'luxon'
import { lockActivity } from '../../programme/activities/queries.ts'
import { ordinary } from '../bookings/booking.ts'
import type { PriorityGroup } from '../bookings/effective-status.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { PriorityGroupUnknown } from './errors.ts'
import { lockWaiting } from './queries.ts'

/** Adds a priority group to an activity, or changes its name and reason. */
export async function namePriorityGroup (
  db: Db, activityId: string, { rank, name, reason }: PriorityGroup, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    await tx.priorityGroup.upsert({
      where: { activityId_rank: { activityId, rank } },
      create: { activityId, rank, name, reason },
      update: { name, reason }
    })
    await record(tx, {
      staffMemberId: by.id, action: 'priority-group.named', subject: activity.slug, details: { rank, name, reason }
    }, now)
  })
}

/** Removes a priority group; its people wait with everyone else, each in the order of their arrival. */
export async function removePriorityGroup (
  db: Db, activityId: string, rank: number, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    const { count } = await tx.priorityGroup.deleteMany({ where: { activityId, rank } })
    if (count === 0) throw new PriorityGroupUnknown()
    await tx.booking.updateMany({ where: { activityId, priority: rank }, data: { priority: ordinary } })
    await record(tx, {
      staffMemberId: by.id, action: 'priority-group.removed', subject: activity.slug, details: { rank }
    }, now)
  })
}

/** Puts someone who waits into a priority group, or with rank `ordinary` out of any. */
export async function prioritise (
  db: Db, bookingId: string, rank: number, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking } = await lockWaiting(tx, bookingId)
    const group = await tx.priorityGroup.findUnique({
      where: { activityId_rank: { activityId: booking.activityId, rank } }
    })
    if (rank !== ordinary && group === null) throw new PriorityGroupUnknown()
    await tx.booking.update({ where: { id: bookingId }, data: { priority: rank } })
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.prioritised',
      subject: bookingId,
      details: group === null ? { rank } : { rank, group: group.name, reason: group.reason }
    }, now)
  })
}
