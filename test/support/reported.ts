import type { Db } from '../../src/platform/database/connect.ts'
import type { Activity } from '../../src/platform/database/generated/client.ts'
import { newReference } from '../../src/booking/bookings/reference.ts'
import { randomUUID } from 'node:crypto'
import { anActivity, noon } from './world.ts'

/** People who booked one place each, alike: how many came, did not, and of how many nobody noted it. */
export interface People {
  came?: number
  away?: number
  unknown?: number
  district?: string
  role?: string
  heardFrom?: string
  daysBefore?: number
}

/** An activity that is over: so many days before noon, in the evening. */
export async function aPastActivity (
  db: Db, daysAgo: number, people: readonly People[], given: Partial<Activity> = {}
): Promise<Activity> {
  const startsAt = noon.minus({ days: daysAgo }).plus({ hours: 6 })
  const activity = await anActivity(db, {
    startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate(), ...given
  })
  await db.booking.createMany({
    data: people.flatMap(({ came = 0, away = 0, unknown = 0, daysBefore = 10, ...said }) =>
      [...repeated(came, true), ...repeated(away, false), ...repeated(unknown, null)].map(attended => {
        const at = startsAt.minus({ days: daysBefore }).toJSDate()
        const email = `${randomUUID()}@example.org`
        return {
          activityId: activity.id,
          reference: newReference(),
          name: 'Anne Kirkbride',
          email,
          canonicalEmail: email,
          role: 'parent',
          status: 'confirmed',
          createdAt: at,
          changedAt: at,
          confirmedAt: at,
          submissionId: randomUUID(),
          attended,
          ...said
        }
      }))
  })
  return activity
}

function repeated (times: number, attended: boolean | null): Array<boolean | null> {
  return Array.from({ length: times }, () => attended)
}
