import type { Reader } from '../../platform/database/connect.ts'
import { referenceIn } from '../../booking/bookings/reference.ts'
import { marksIn } from '../../booking/bookings/sealed-answers.ts'
import { listLegalHoldsOverActivities } from '../legal-holds/queries.ts'
import { everythingAbout, listHeldBookings } from './queries.ts'
import type { Everything } from './queries.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'

/** Someone who booked by phone and gave no address, known by one of their bookings. */
export interface Caller { reference: string, name: string, phone: string | undefined }

/** Who is looked up: whoever has an address, or a caller. */
export type Person = { email: string } | Caller

/**
 * Who is meant by what was typed, an address or the reference of a booking; undefined where it is neither, or there is
 * no such booking. Who has given an address since is meant by that.
 */
export async function findPerson (db: Reader, typed: string): Promise<Person | undefined> {
  if (typed.includes('@')) return { email: typed }
  const reference = referenceIn(typed)
  if (reference === undefined) return undefined
  const booking = await db.booking.findUnique({
    where: { reference }, select: { email: true, name: true, phone: true }
  })
  if (booking === null) return undefined
  const { email, name, phone } = booking
  return email === null ? { reference, name, phone: phone ?? undefined } : { email }
}

/** Everything that is kept about someone. */
export async function everythingOf (db: Reader, person: Person): Promise<Everything> {
  return 'email' in person
    ? await everythingAbout(db, canonicalAddress(person.email))
    : await everythingOfCaller(db, person.reference)
}

/** Everything about a caller: their bookings, and what stands over these. Nothing else is kept without an address. */
export async function everythingOfCaller (db: Reader, reference: string): Promise<Everything> {
  const bookings = await listHeldBookings(db, { id: { in: await listBookingsOfCaller(db, reference) } })
  return {
    bookings,
    requests: [],
    resourceRequests: [],
    entries: [],
    invitations: [],
    later: [],
    legalHolds: await listLegalHoldsOverActivities(db, bookings.map(({ activityId }) => activityId)),
    erasure: undefined,
    worksHere: false
  }
}

/**
 * Ids of the bookings without an address that have the name and the phone number of one of them, as they are compared
 * in a search: families share a phone, and names are typed as they are heard, so neither alone is enough.
 */
export async function listBookingsOfCaller (db: Reader, reference: string): Promise<string[]> {
  const person = await findPerson(db, reference)
  if (person === undefined || 'email' in person || person.phone === undefined) return []
  const { name, phone } = person
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM bookings
    WHERE canonical_email IS NULL AND name_as_searched(name) = name_as_searched(${name}) AND (
      phone_mark = ANY (${marksIn(db)(phone)}::text[])
      OR (phone_mark IS NULL AND phone_as_searched(phone) = phone_as_searched(${phone})))
    ORDER BY id`
  return rows.map(({ id }) => id)
}
