import { wallClock } from '../../programme/activities/local-time.ts'
import type { AskedColumn, WithEveryAnswer } from '../../booking/bookings/answer-columns.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { canonicalNumber } from '../../programme/support/reachable.ts'
import { plainNumber } from '../../platform/typed.ts'

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
  phone: ({ phone }) => phone === undefined ? '' : numberInList(phone),
  // A person who refused an offer is distinguished from one who let it lapse.
  status: ({ status, lapseReason }) => status === 'lapsed' && lapseReason === 'refused' ? lapseReason : status,
  places: ({ places }) => String(places),
  role: ({ role }) => role,
  district: ({ district }) => district ?? '',
  access_needs: ({ accessNeeds }) => withItsZero(accessNeeds ?? ''),
  question: ({ question }) => withItsZero(question ?? ''),
  heard_from: ({ heardFrom }) => withItsZero(heardFrom ?? ''),
  booked_at: ({ createdAt }, zone) => wallClock(createdAt, zone),
  attended: ({ attended }) => attended === undefined ? '' : attended ? 'yes' : 'no'
} satisfies WithEveryAnswer<AskedColumn, Cell>

/** The columns of an attendee list, in this order; scripts of others rely on the names. */
export const attendeeColumns: readonly Column[] = Object.entries<Cell>(cells).map(([name, cell]) => ({ name, cell }))

/**
 * A phone number as it is dialled within the country, written so that spreadsheets leave it alone: they run what begins
 * with a plus, drop the first 0 of digits without a space or with a full stop, and read digits in brackets as a number
 * below zero.
 */
export function numberInList (phone: string): string {
  const dialled = canonicalNumber(plainNumber(phone)).replace(/^\+(?=\D*$)/, '').replace(/^\+/, '00')
    .replace(/^44(?=\d{10}$)/, '0')
  return withItsZero(dialled.replaceAll('.', ' ').replace(/^[\s(]*(\d+)[)\s]*$/, '$1'))
}

/**
 * Adds a space to a text of digits only that begins with 0, or has more of them than a spreadsheet keeps: LibreOffice,
 * Gnumeric and Excel would take it for a number, with quotation marks or without.
 */
export function withItsZero (text: string): string {
  return /^\s*(?:0\d+|\d{12,})\s*$/.test(text) ? text.trim().replace(/^(?:00|.{1,5})(?=.)/, '$& ') : text
}
