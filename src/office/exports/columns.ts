import { wallClock } from '../../programme/activities/local-time.ts'
import type { Booking } from '../../booking/bookings/booking.ts'

interface Column {
  name: string
  /** A booking's value as it is, whatever the format; times are local times in `zone`. */
  cell: (booking: Booking, zone: string) => string
}

/** The columns of an attendee list, in this order; scripts of others rely on the names. */
export const attendeeColumns: readonly Column[] = [
  { name: 'reference', cell: ({ reference }) => reference },
  { name: 'name', cell: ({ name }) => name },
  { name: 'email', cell: ({ email }) => email ?? '' },
  { name: 'phone', cell: ({ phone }) => phone ?? '' },
  // A person who refused an offer is distinguished from one who let it lapse.
  { name: 'status', cell: ({ status, lapseReason }) => status === 'lapsed' && lapseReason === 'refused' ? lapseReason : status },
  { name: 'places', cell: ({ places }) => String(places) },
  { name: 'role', cell: ({ role }) => role },
  { name: 'district', cell: ({ district }) => district ?? '' },
  { name: 'access_needs', cell: ({ accessNeeds }) => accessNeeds ?? '' },
  { name: 'question', cell: ({ question }) => question ?? '' },
  { name: 'heard_from', cell: ({ heardFrom }) => heardFrom ?? '' },
  { name: 'booked_at', cell: ({ createdAt }, zone) => wallClock(createdAt, zone) },
  { name: 'attended', cell: ({ attended }) => attended === undefined ? '' : attended ? 'yes' : 'no' }
]
