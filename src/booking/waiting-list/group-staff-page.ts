import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { ordinary } from '../bookings/booking.ts'
import type { PriorityGroup } from '../bookings/effective-status.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { newGroupFields } from './schema.ts'
import { bookingsIn } from './line-staff-page.ts'

/** The form that adds a group, or renames one. */
export function groupPageOf (
  { activity, groups, rank }: { activity: KnownActivity, groups: readonly PriorityGroup[], rank?: number },
  typed?: Partial<Record<typeof newGroupFields[number], string>>, errors?: FormErrors
) {
  const href = `/staff/activities/${activity.slug}/waiting-list`
  const group = groups.find(group => group.rank === rank)
  const ranks = Array.from({ length: ordinary - 1 }, (_, n) => n + 1)
  const free = ranks.filter(rank => groups.every(group => group.rank !== rank))
  const values = typed ?? { rank: String(free[0]), name: group?.name, reason: group?.reason }
  return {
    ...runningOf(activity),
    group,
    groups,
    ranks: free.map(rank => ({ value: String(rank), text: String(rank), selected: String(rank) === values.rank })),
    lineHref: href,
    values,
    errors
  }
}

/** The question before a group is removed. */
export function groupRemovalPageOf (
  { activity, group, people }: { activity: KnownActivity, group: PriorityGroup, people: number }, errors?: FormErrors
) {
  return {
    ...runningOf(activity),
    group,
    people: bookingsIn(people),
    lineHref: `/staff/activities/${activity.slug}/waiting-list`,
    errors
  }
}
