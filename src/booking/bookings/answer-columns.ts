import { Prisma } from '../../platform/database/generated/client.ts'

/** What a booking has that its form does not ask: code or the database gives it, at the start or as time goes by. */
type NotAsked =
  'id' | 'activityId' | 'reference' | 'status' | 'priority' | 'arrival' | 'createdAt' | 'changedAt' | 'waitedAt' |
  'confirmedAt' | 'offeredUntil' | 'offers' | 'calledAt' | 'lapseReason' | 'holdId' | 'copiedFromBookingId' | 'submissionId' |
  'icalUid' | 'icalSequence' | 'icalOrganizer' | 'linkVersion' | 'attended' | 'joinedAt' | 'cancelledBy' |
  'remindersOff' | 'unreachableAt' | 'eraseOn' | 'accessAnswer' | 'accessAnsweredAt' | 'questionOutcome' |
  'questionSettledAt' | 'questionSettledById'

/**
 * The columns for what people answer when they book, which every insert takes from here. A new column of `bookings`
 * does not compile until it stands here or above; one that stands here is copied to another date, and the desk does
 * not compile until it says what of a request goes there.
 */
const columns = {
  name: 'name',
  email: 'email',
  canonicalEmail: 'canonical_email',
  role: 'role',
  district: 'district',
  phone: 'phone',
  accessNeeds: 'access_needs',
  question: 'question',
  heardFrom: 'heard_from',
  places: 'places'
} as const satisfies Record<Exclude<Prisma.BookingScalarFieldEnum, NotAsked>, string>

export type AnswerColumn = typeof columns[keyof typeof columns]

/** The same as a list for SQL. */
export const answerColumns = Prisma.raw(Object.values(columns).join(', '))
