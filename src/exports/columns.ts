import { wallClock } from '../activities/local-time.ts'
import type { Booking } from '../bookings/booking.ts'

interface Column {
  name: string
  /** The cell of a booking; times as clocks in `zone` show them. */
  cell: (booking: Booking, zone: string) => string
}

/** What an attendee list tells of each booking, in this order; scripts of others rely on the names. */
export const attendeeColumns: readonly Column[] = [
  { name: 'reference', cell: ({ reference }) => reference },
  { name: 'name', cell: ({ name }) => name },
  { name: 'email', cell: ({ email }) => email ?? '' },
  { name: 'phone', cell: ({ phone }) => phone ?? '' },
  { name: 'status', cell: ({ status }) => status },
  { name: 'places', cell: ({ places }) => String(places) },
  { name: 'role', cell: ({ role }) => role },
  { name: 'district', cell: ({ district }) => district ?? '' },
  { name: 'access_needs', cell: ({ accessNeeds }) => accessNeeds ?? '' },
  { name: 'question', cell: ({ question }) => question ?? '' },
  { name: 'heard_from', cell: ({ heardFrom }) => heardFrom ?? '' },
  { name: 'booked_at', cell: ({ createdAt }, zone) => wallClock(createdAt, zone) },
  { name: 'attended', cell: ({ attended }) => attended === undefined ? '' : attended ? 'yes' : 'no' }
]
