import type { Booking, BookingStatus, LapseReason } from './booking.ts'

/** Status of a booking, as a tag. */
export const statusTags: Record<BookingStatus, { text: string, classes: string }> = {
  confirmed: { text: 'Confirmed', classes: 'govuk-tag--green' },
  offered: { text: 'Place offered', classes: 'govuk-tag--yellow' },
  waiting: { text: 'Waiting', classes: 'govuk-tag--blue' },
  lapsed: { text: 'Left without a place', classes: 'govuk-tag--grey' },
  cancelled: { text: 'Cancelled', classes: 'govuk-tag--grey' }
}

/** How someone left the waiting list without a place. */
const lapseTags: Record<LapseReason, string> = {
  unanswered: 'Offer lapsed', refused: 'Offer refused', closed: 'List closed'
}

/** Status of one booking, as a tag; for a lapsed one, how it lapsed. */
export function statusTagOf ({ status, lapseReason }: Pick<Booking, 'status' | 'lapseReason'>) {
  const tag = statusTags[status]
  return status === 'lapsed' ? { ...tag, text: lapseTags[lapseReason ?? 'unanswered'] } : tag
}
