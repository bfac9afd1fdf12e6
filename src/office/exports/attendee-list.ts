import { listAttendees } from '../../booking/bookings/queries.ts'
import { byteOrderMark, csvOf } from '../../platform/csv.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { attendeeColumns } from './columns.ts'
import { csvCell } from './csv-cells.ts'

/** Read and written together: few enough to be forgotten again soon, many enough not to ask too often. */
const rowsAtOnce = 500

/**
 * The attendee list of these bookings as CSV for Excel, chunk by chunk: the next is read when the last has gone, so
 * that a long list on a slow line does not fill the memory.
 */
export async function * attendeeList (db: Reader, ids: readonly string[], zone: string): AsyncGenerator<string> {
  yield byteOrderMark + csvOf([attendeeColumns.map(({ name }) => name)], '\r\n')
  for (let from = 0; from < ids.length; from += rowsAtOnce) {
    const bookings = await listAttendees(db, ids.slice(from, from + rowsAtOnce))
    yield csvOf(bookings.map(booking =>
      attendeeColumns.map(({ name, cell }) => csvCell(name, cell(booking, zone)))), '\r\n')
  }
}
