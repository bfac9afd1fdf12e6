import { shortMoment, whenInWords } from '../../programme/activities/when.ts'
import { statusTagOf } from '../../booking/bookings/status-tag.ts'
import { callOf } from '../../programme/support/contact.ts'
import { shownAnswer } from './staff-page.ts'
import type { Unreachable } from './unreachable.ts'
import { paginationOf } from '../../platform/http/pagination.ts'

/** People who cannot be reached by email, by activity. */
export function unreachablePageOf (
  { people, total, page }: { people: readonly Unreachable[], total: number, page: number }
) {
  const activities = Map.groupBy(people, ({ booking }) => booking.activityId)
  return {
    total,
    activities: [...activities.values()].flatMap(those => {
      const [first] = those
      if (first === undefined) return []
      const { activity } = first.booking
      return [{
        title: activity.title,
        when: whenInWords(activity),
        href: `/staff/activities/${activity.slug}`,
        isCancelled: activity.status === 'cancelled',
        people: those.map(({ booking: { id, name, reference, email, phone, status, lapseReason }, since, answer }) => ({
          name,
          reference,
          email,
          phone: callOf(phone),
          status: statusTagOf({ status, lapseReason }),
          since: shortMoment(since, activity.zone),
          answer: shownAnswer(answer),
          href: `/staff/activities/${activity.slug}/bookings/${id}`
        }))
      }]
    }),
    pagination: paginationOf(total, page, number => `/staff/letters?page=${number}`)
  }
}
