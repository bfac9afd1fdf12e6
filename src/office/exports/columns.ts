import { wallClock } from '../../programme/activities/local-time.ts'
import type { AskedColumn, WithEveryAnswer } from '../../booking/bookings/answer-columns.ts'
import type { Booking } from '../../booking/bookings/booking.ts'

/** The text of a booking's cell; times are local times in `zone`. */
type Cell = (booking: Booking, zone: string) => string

interface Column {
  name: string
  cell: Cell
}

/** The cells by the name of their column: a new answer does not compile until it has its own. */
const cells = {
  reference: ({ reference }) => reference,
  name: ({ name }) => name,
  email: ({ email }) => email ?? '',
  phone: ({ phone }) => phone ?? '',
  // A person who refused an offer is distinguished from one who let it lapse.
  status: ({ status, lapseReason }) => status === 'lapsed' && lapseReason === 'refused' ? lapseReason : status,
  places: ({ places }) => String(places),
  role: ({ role }) => role,
  district: ({ district }) => district ?? '',
  access_needs: ({ accessNeeds }) => accessNeeds ?? '',
  question: ({ question }) => question ?? '',
  heard_from: ({ heardFrom }) => heardFrom ?? '',
  booked_at: ({ createdAt }, zone) => wallClock(createdAt, zone),
  attended: ({ attended }) => attended === undefined ? '' : attended ? 'yes' : 'no'
} satisfies WithEveryAnswer<AskedColumn, Cell>

/** The columns of an attendee list, in this order; scripts of others rely on the names. */
export const attendeeColumns: readonly Column[] = Object.entries<Cell>(cells).map(([name, cell]) => ({ name, cell }))
