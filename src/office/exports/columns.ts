import { wallClock } from '../../programme/activities/local-time.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { canonicalNumber } from '../../programme/support/reachable.ts'
import { plainNumber } from '../../platform/typed.ts'

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
  { name: 'phone', cell: ({ phone }) => phone === undefined ? '' : numberInList(phone) },
  // Whoever said no to an offer is not somebody who let it run out.
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
 * A telephone number as it is dialled within the country, for a spreadsheet to leave alone: a plus would begin
 * something that is run, digits without a space, or with a full stop, are a number that loses its 0, and those in
 * brackets are one below nought.
 */
export function numberInList (phone: string): string {
  const dialled = canonicalNumber(plainNumber(phone)).replace(/^\+(?=\D*$)/, '').replace(/^\+/, '00')
    .replace(/^44(?=\d{10}$)/, '0')
  return withItsZero(dialled.replaceAll('.', ' ').replace(/^[\s(]*(\d+)[)\s]*$/, '$1'))
}

/**
 * A text with a space in it where it is nothing but digits that begin with 0, or more of them than a spreadsheet
 * counts: in quotation marks or not, LibreOffice, Gnumeric and Excel would take it for a number.
 */
export function withItsZero (text: string): string {
  return /^\s*(?:0\d+|\d{12,})\s*$/.test(text) ? text.trim().replace(/^(?:00|.{1,5})(?=.)/, '$& ') : text
}
