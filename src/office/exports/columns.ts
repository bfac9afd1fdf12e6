import { wallClock } from '../../programme/activities/local-time.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { canonicalNumber } from '../../programme/support/reachable.ts'
import { plainNumber } from '../../platform/typed.ts'

interface Column {
  name: string
  /** The text of a booking's cell; times are local times in `zone`. */
  cell: (booking: Booking, zone: string) => string
}

/** The columns of an attendee list, in this order; scripts of others rely on the names. */
export const attendeeColumns: readonly Column[] = [
  { name: 'reference', cell: ({ reference }) => reference },
  { name: 'name', cell: ({ name }) => name },
  { name: 'email', cell: ({ email }) => email ?? '' },
  { name: 'phone', cell: ({ phone }) => phone === undefined ? '' : numberInList(phone) },
  // A person who refused an offer is distinguished from one who let it lapse.
  { name: 'status', cell: ({ status, lapseReason }) => status === 'lapsed' && lapseReason === 'refused' ? lapseReason : status },
  { name: 'places', cell: ({ places }) => String(places) },
  { name: 'role', cell: ({ role }) => role },
  { name: 'district', cell: ({ district }) => district ?? '' },
  { name: 'access_needs', cell: ({ accessNeeds }) => withItsZero(accessNeeds ?? '') },
  { name: 'question', cell: ({ question }) => withItsZero(question ?? '') },
  { name: 'heard_from', cell: ({ heardFrom }) => withItsZero(heardFrom ?? '') },
  { name: 'booked_at', cell: ({ createdAt }, zone) => wallClock(createdAt, zone) },
  { name: 'attended', cell: ({ attended }) => attended === undefined ? '' : attended ? 'yes' : 'no' }
]

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
