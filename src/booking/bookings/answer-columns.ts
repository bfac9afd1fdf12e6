import { Prisma } from '../../platform/database/generated/client.ts'

/** What a booking has that its form does not ask: code or the database gives it, at the start or as time goes by. */
type NotAsked =
  'id' | 'activityId' | 'reference' | 'status' | 'priority' | 'arrival' | 'createdAt' | 'changedAt' | 'waitedAt' |
  'confirmedAt' | 'offeredUntil' | 'offers' | 'calledAt' | 'lapseReason' | 'holdId' | 'copiedFromBookingId' | 'submissionId' |
  'icalUid' | 'icalSequence' | 'icalOrganizer' | 'linkVersion' | 'attended' | 'camePlaces' | 'minutesAtLeast' |
  'attendanceSource' | 'joinedAt' | 'cancelledBy' | 'remindersOff' | 'unreachableAt' | 'eraseOn' | 'accessAnswer' | 'accessAnsweredAt' | 'questionOutcome' |
  'questionSettledAt' | 'questionSettledById'

/**
 * The columns for what people answer when they book, which every insert takes from here. A new column of `bookings`
 * does not compile until it stands here or above. One that stands here is copied to another date, and these do not
 * compile without it: the questions of the form, the insert in request-places.ts, the page of a booking, the attendee
 * list, and what someone gets who asks for everything about them.
 */
const columns = {
  name: 'name',
  email: 'email',
  canonicalEmail: 'canonical_email',
  role: 'role',
  district: 'district',
  phone: 'phone',
  phoneMark: 'phone_mark',
  accessNeeds: 'access_needs',
  question: 'question',
  heardFrom: 'heard_from',
  places: 'places'
} as const satisfies Record<Exclude<Prisma.BookingScalarFieldEnum, NotAsked>, string>

export type AnswerColumn = typeof columns[keyof typeof columns]

/** What people are asked, by column: the address as it is compared, and the mark of a number, are worked out. */
export type AskedColumn = Exclude<AnswerColumn, 'canonical_email' | 'phone_mark'>

/** The same by the field of a booking. */
export type Answer = Exclude<keyof typeof columns, 'canonicalEmail' | 'phoneMark'>

/** A list that has every answer, among whatever else. */
export type WithEveryAnswer<Key extends Answer | AskedColumn, Value> = Record<Key, Value> & Record<string, Value>

/** Those that are sealed for their booking, with the mark: copied to another booking, they would not open there. */
const ofOneBooking: readonly AnswerColumn[] = ['phone', 'phone_mark', 'access_needs', 'question']

/** The columns as lists for SQL: all, those that are copied as they are, and those that are not. */
export const answerColumns = Prisma.raw(Object.values(columns).join(', '))
export const copiedColumns = Prisma.raw(Object.values(columns).filter(column => !ofOneBooking.includes(column)).join(', '))
export const sealedAgainColumns = Prisma.raw(ofOneBooking.join(', '))
