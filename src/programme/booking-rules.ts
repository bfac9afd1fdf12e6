import { Prisma } from '../platform/database/generated/client.ts'

/**
 * Rules over rows of `bookings` that statements of several groups follow, each written down here alone: for a raw
 * statement, in which `row` is what it calls the table, for a `where` of Prisma, and for what was read already.
 */
interface Rule<Row> {
  sql: (row?: 'b' | 'bookings') => Prisma.Sql
  where: Prisma.BookingWhereInput
  holds: (booking: Row) => boolean
}

/** Statuses of bookings that hold a place or wait for one: one per activity and address. */
const liveStatuses = ['confirmed', 'waiting', 'offered'] as const

/** Spelt out, in the words of the index `bookings_one_live_per_address`, which a parameter would not match. */
export const live: Rule<{ status: string }> & { statuses: typeof liveStatuses } = {
  statuses: liveStatuses,
  sql: (row = 'bookings') => Prisma.raw(`${row}.status IN ('confirmed', 'waiting', 'offered')`),
  where: { status: { in: [...liveStatuses] } },
  holds: ({ status }) => liveStatuses.some(live => live === status)
}

interface Heard {
  copiedFromBookingId: string | undefined
  offers: number
  confirmedAt: object | undefined
}

/** True if its holder knows of it. Someone put on another date's list unasked does not, until they are asked. */
export const known: Rule<Heard> = {
  sql: (row = 'bookings') =>
    Prisma.raw(`(${row}.carried_from IS NULL OR ${row}.offers > 0 OR ${row}.confirmed_at IS NOT NULL)`),
  where: { OR: [{ copiedFromBookingId: null }, { offers: { gt: 0 } }, { confirmedAt: { not: null } }] },
  holds: ({ copiedFromBookingId, offers, confirmedAt }) =>
    copiedFromBookingId === undefined || offers > 0 || confirmedAt !== undefined
}

/** True if it waits on another date's list and its holder does not know of it: they have not been asked yet. */
export const unheard: Rule<Heard & { status: string }> = {
  sql: (row = 'bookings') => Prisma.sql`(${Prisma.raw(row)}.status = 'waiting' AND NOT ${known.sql(row)})`,
  where: { status: 'waiting', NOT: known.where },
  holds: booking => booking.status === 'waiting' && !known.holds(booking)
}

/**
 * True if it waits on another date's list, whether or not its holder was asked: what they need is answered where they
 * said it.
 */
export const waitsAsCopy: Rule<Pick<Heard, 'copiedFromBookingId'> & { status: string }> = {
  sql: (row = 'bookings') => Prisma.raw(`(${row}.status = 'waiting' AND ${row}.carried_from IS NOT NULL)`),
  where: { status: 'waiting', copiedFromBookingId: { not: null } },
  holds: ({ status, copiedFromBookingId }) => status === 'waiting' && copiedFromBookingId !== undefined
}

interface Reached {
  email: string | undefined
  unreachableAt: object | undefined
}

/** Whether emails reach its holder, as far as is known. */
export const reached: Rule<Reached> = {
  sql: (row = 'bookings') => Prisma.raw(`(${row}.email IS NOT NULL AND ${row}.unreachable_at IS NULL)`),
  where: { email: { not: null }, unreachableAt: null },
  holds: ({ email, unreachableAt }) => email !== undefined && unreachableAt === undefined
}
