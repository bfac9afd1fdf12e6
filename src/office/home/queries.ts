import type { DateTime } from 'luxon'
import type { Activity, WaitingListMode } from '../../programme/activities/activity.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { instant, officeZone } from '../../platform/clock.ts'
import { live, waitsAsCopy } from '../../programme/booking-rules.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { daysShown } from './bookings-per-day.ts'
import type { DayOfBookings } from './bookings-per-day.ts'
import { daysForAttendance, daysForDraft, hoursForLink, hoursForQuestions } from './needs.ts'
import type { Concern } from './needs.ts'

/** An activity's name, and when it is. */
export type Named = Pick<Activity, 'slug' | 'title' | 'startsAt' | 'endsAt' | 'allDay' | 'zone'>

const naming = {
  slug: true, title: true, startsAt: true, endsAt: true, allDay: true, zone: true
} satisfies Prisma.ActivitySelect

function namedOf (row: Prisma.ActivityGetPayload<{ select: typeof naming }>): Named {
  const { slug, title, allDay, zone } = row
  return { slug, title, allDay, zone, startsAt: instant(row.startsAt), endsAt: instant(row.endsAt) }
}

/**
 * Coming activities that may need attention from a member of staff who runs them, the soonest first: every one for
 * which `needsOf` could return something, without those that certainly need nothing.
 */
export async function listConcerns (
  db: Reader, staff: StaffMember, now: DateTime<true>
): Promise<Array<Concern & Named>> {
  return await listConcernsWithin(db, within(staff, 'run activities'), now)
}

/** The same for the activities that someone co-hosts, by their slugs. */
export async function findConcernsOfCoHost (
  db: Reader, { coHostOf = [] }: StaffMember, now: DateTime<true>
): Promise<Map<string, Concern & Named>> {
  if (coHostOf.length === 0) return new Map()
  const concerns = await listConcernsWithin(db, { id: { in: [...coHostOf] } }, now)
  return new Map(concerns.map(concern => [concern.slug, concern]))
}

async function listConcernsWithin (
  db: Reader, theirs: Prisma.ActivityWhereInput, now: DateTime<true>
): Promise<Array<Concern & Named>> {
  const rows = await db.activity.findMany({
    where: {
      AND: [theirs],
      endsAt: { gt: now.toJSDate() },
      OR: [
        { status: 'draft', startsAt: { lt: now.plus({ days: daysForDraft }).toJSDate() } },
        {
          status: 'published',
          booking: 'places',
          isOnline: true,
          joinUrlSealed: null,
          startsAt: { lt: now.plus({ hours: hoursForLink }).toJSDate() }
        },
        { status: 'published', teamsMeeting: { status: 'failed' } },
        { status: 'published', occupancy: { waitingBookings: { gt: 0 } } }
      ]
    },
    select: concerning,
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }]
  })
  return rows.map(concernOf)
}

/** What decides whether one activity needs attention, whoever runs it. */
export async function getConcern (db: Reader, activityId: string): Promise<Concern & Named> {
  return concernOf(await db.activity.findUniqueOrThrow({ where: { id: activityId }, select: concerning }))
}

const concerning = {
  ...naming,
  status: true,
  booking: true,
  bookingOpensAt: true,
  bookingClosesAt: true,
  capacity: true,
  overBookingPercent: true,
  waitingList: true,
  isOnline: true,
  joinUrlSealed: true,
  anotherDateAt: true,
  anotherDateOfId: true,
  occupancy: true,
  teamsMeeting: { select: { status: true, askedAt: true } },
  otherDates: { where: { status: { not: 'cancelled' } }, select: { id: true }, take: 1 }
} satisfies Prisma.ActivitySelect

function concernOf (row: Prisma.ActivityGetPayload<{ select: typeof concerning }>): Concern & Named {
  if (row.occupancy === null) throw new Error(`The activity ${row.slug} has no occupancy.`)
  return {
    ...namedOf(row),
    status: row.status as BookingWindow['status'],
    booking: row.booking as BookingWindow['booking'],
    bookingOpensAt: row.bookingOpensAt === null ? undefined : instant(row.bookingOpensAt),
    bookingClosesAt: row.bookingClosesAt === null ? undefined : instant(row.bookingClosesAt),
    capacity: row.capacity ?? undefined,
    overBookingPercent: row.overBookingPercent,
    waitingList: row.waitingList as WaitingListMode,
    isOnline: row.isOnline,
    hasLink: row.joinUrlSealed !== null,
    anotherDateAt: row.anotherDateAt ?? undefined,
    isAnotherDate: row.anotherDateOfId !== null,
    hasOtherDate: row.otherDates.length > 0,
    occupancy: row.occupancy,
    meeting: row.teamsMeeting === null
      ? undefined
      : { status: row.teamsMeeting.status, askedAt: instant(row.teamsMeeting.askedAt) }
  }
}

/** Someone who said what would help them take part and has no answer. */
export interface Unanswered {
  bookingId: string
  name: string
  activity: Named
}

/**
 * People with a place or on the list who said what would help them take part and have no answer: how many, and the
 * first of them, by the start of their activity. People who were put on another date's list without asking are counted
 * where they asked.
 */
export async function findUnanswered (
  db: Reader, staff: StaffMember, now: DateTime<true>, take: number
): Promise<{ total: number, first: Unanswered[] }> {
  const where = {
    accessNeeds: { not: null },
    accessAnswer: null,
    ...live.where,
    NOT: waitsAsCopy.where,
    activity: { AND: [within(staff, 'run activities')], status: { not: 'cancelled' }, endsAt: { gt: now.toJSDate() } }
  } satisfies Prisma.BookingWhereInput
  const [total, rows] = await Promise.all([
    db.booking.count({ where }),
    db.booking.findMany({
      where,
      select: { id: true, name: true, activity: { select: naming } },
      orderBy: [{ activity: { startsAt: 'asc' } }, { activityId: 'asc' }, { arrival: 'asc' }],
      take
    })
  ])
  return { total, first: rows.map(({ id, name, activity }) => ({ bookingId: id, name, activity: namedOf(activity) })) }
}

/**
 * Activities that start soon, run now or are over and have open questions, with how many. Questions of people who wait
 * or have cancelled count too, and so do those of an activity that was cancelled, because they may ask for help: each
 * stays until someone has dealt with it.
 */
export async function listWithOpenQuestions (
  db: Reader, staff: StaffMember, now: DateTime<true>
): Promise<Array<Named & { questions: number }>> {
  const soon = { startsAt: { lt: now.plus({ hours: hoursForQuestions }).toJSDate() } }
  const open = Prisma.sql`question IS NOT NULL AND question_outcome IS NULL`
  const rows = await listWithBookings(db, within(staff, 'know attendees'), soon, open)
  return rows.map(({ activity, bookings }) => ({ ...activity, questions: bookings }))
}

/** Activities that ended lately with bookings of which nobody noted whether they came, with how many. */
export async function listWithoutAttendance (
  db: Reader, staff: StaffMember, now: DateTime<true>
): Promise<Array<Named & { unnoted: number }>> {
  const lately = {
    status: 'published', endsAt: { lte: now.toJSDate(), gt: now.minus({ days: daysForAttendance }).toJSDate() }
  }
  // Hosts and co-hosts note it only on the day.
  const rows = await listWithBookings(
    db, { AND: [within(staff, 'record attendance'), within(staff, 'know attendees')] }, lately,
    Prisma.sql`status = 'confirmed' AND attended IS NULL`)
  return rows.map(({ activity, bookings }) => ({ ...activity, unnoted: bookings }))
}

/**
 * The activities with some such bookings, the first one first, and how many each has. Prisma would count the bookings
 * of all activities that there ever were.
 */
async function listWithBookings (
  db: Reader, theirs: Prisma.ActivityWhereInput, which: Prisma.ActivityWhereInput, such: Prisma.Sql
): Promise<Array<{ activity: Named, bookings: number }>> {
  const activities = await db.activity.findMany({
    where: { AND: [theirs, which] },
    select: { id: true, ...naming },
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }]
  })
  const counted = await db.$queryRaw<Array<{ id: string, bookings: number }>>`
    SELECT activity_id AS id, count(*)::int AS bookings FROM bookings
    WHERE activity_id = ANY (${activities.map(({ id }) => id)}::uuid[]) AND ${such} GROUP BY activity_id`
  const byId = new Map(counted.map(({ id, bookings }) => [id, bookings]))
  return activities.flatMap(({ id, ...activity }) => {
    const bookings = byId.get(id)
    return bookings === undefined ? [] : [{ activity: namedOf(activity), bookings }]
  })
}

/**
 * How many bookings were made on each day up to today, for activities whose people the member of staff may see; days
 * without bookings are left out. Days are the partnership's. Copies for another date's list do not count as bookings.
 */
export async function countBookingsPerDay (
  db: Reader, staff: StaffMember, now: DateTime<true>
): Promise<DayOfBookings[]> {
  const from = now.setZone(officeZone).startOf('day').minus({ days: daysShown - 1 }).toJSDate()
  const activities = await db.activity.findMany({ where: within(staff, 'know attendees'), select: { id: true } })
  return await db.$queryRaw`
    SELECT to_char(created_at AT TIME ZONE ${officeZone}, 'YYYY-MM-DD') AS day, count(*)::int AS bookings
    FROM bookings
    WHERE created_at >= ${from} AND created_at <= ${now.toJSDate()} AND carried_from IS NULL
      AND activity_id = ANY (${activities.map(({ id }) => id)}::uuid[])
    GROUP BY 1`
}
