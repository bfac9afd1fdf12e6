import { DateTime } from 'luxon'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { countPending } from '../../mail/emails/pending.ts'
import { askingHour } from '../../mail/later-questions/commands.ts'
import { calendarDay, instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { knownActivityOf, within, withWhatStaffSee } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { inOrder, linesOf, remindersIn } from './line.ts'
import type { Causing, Line } from './line.ts'

/** How far ahead the page looks: what people book later changes what is beyond. */
export const daysAhead = 30

/** What begins later has no email due within `daysAhead`: the first reminder goes a week before. */
const farthestDays = daysAhead + 8

/** What ended longer ago has no email to come. */
const longestAgoDays = 5

/**
 * All emails to come about activities whose attendees the member of staff may know, as they are as of now, the next
 * first. Those with a number of people that only bookings tell are counted by `countLines`, for the lines of a page.
 */
export async function listLines (db: Reader, staff: StaffMember, now: DateTime<true>): Promise<Line[]> {
  const until = now.plus({ days: daysAhead })
  const [pending, offers, later] = await Promise.all([
    countPending(db), listOffers(db, now), listLaterQuestions(db, until)
  ])
  const others = [...pending, ...offers, ...later].map(({ activityId }) => activityId)
  const activities = await listCausing(db, staff, others, now)
  const known = new Map(activities.map(activity => [activity.id, activity]))
  const about = <Row extends { activityId: string }>(rows: Row[], lineOf: (row: Row, activity: Causing) => Line) =>
    rows.flatMap(row => {
      const activity = known.get(row.activityId)
      return activity === undefined ? [] : [lineOf(row, activity)]
    })
  return inOrder([
    ...about(pending, ({ kind, waits, from, emails }, activity) => ({ activity, at: from, kind, emails, waits })),
    ...about(offers, ({ endsAt, emails }, activity) => ({ activity, at: instant(endsAt), kind: 'offer-lapsed', emails })),
    ...about(later, ({ sendOn, emails }, activity) => ({
      activity, at: askedAt(calendarDay(sendOn), activity.zone), kind: 'later-question', emails
    })),
    ...activities.flatMap(activity => linesOf(activity, now, until))
  ])
}

/** Activities that can cause emails by their times, and those of these ids. */
async function listCausing (
  db: Reader, staff: StaffMember, ids: readonly string[], now: DateTime<true>
): Promise<Causing[]> {
  const isNear = {
    status: 'published',
    startsAt: { lte: now.plus({ days: farthestDays }).toJSDate() },
    endsAt: { gt: now.minus({ days: longestAgoDays }).toJSDate() },
    occupancy: { OR: [{ confirmed: { gt: 0 } }, { waiting: { gt: 0 } }] }
  }
  const rows = await db.activity.findMany({
    where: { AND: [within(staff, 'know attendees'), { OR: [isNear, { id: { in: [...new Set(ids)] } }] }] },
    select: {
      id: true,
      slug: true,
      title: true,
      startsAt: true,
      endsAt: true,
      allDay: true,
      zone: true,
      reminders: true,
      followUp: true,
      status: true,
      bookingClosesAt: true,
      occupancy: { select: { confirmed: true, waitingBookings: true } }
    }
  })
  return rows.map(({ startsAt, endsAt, bookingClosesAt, reminders, status, occupancy, ...row }) => ({
    ...row,
    startsAt: instant(startsAt),
    endsAt: instant(endsAt),
    bookingClosesAt: bookingClosesAt === null ? undefined : instant(bookingClosesAt),
    reminders: remindersIn(reminders),
    status: status as Causing['status'],
    confirmed: occupancy?.confirmed ?? 0,
    waiting: occupancy?.waitingBookings ?? 0
  }))
}

/** Offers that end in time, by activity and end: whoever does not answer is told. */
async function listOffers (
  db: Reader, now: DateTime<true>
): Promise<Array<{ activityId: string, endsAt: Date, emails: number }>> {
  return await db.$queryRaw`
    SELECT activity_id AS "activityId", offered_until AS "endsAt", count(*)::int AS emails FROM bookings
    WHERE status = 'offered' AND offered_until > ${now.toJSDate()} GROUP BY activity_id, offered_until`
}

async function listLaterQuestions (
  db: Reader, until: DateTime<true>
): Promise<Array<{ activityId: string, sendOn: Date, emails: number }>> {
  return await db.$queryRaw`
    SELECT activity_id AS "activityId", send_on AS "sendOn", count(*)::int AS emails FROM later_contacts
    WHERE announced_at IS NULL AND send_on <= ${until.toISODate()}::date GROUP BY activity_id, send_on`
}

function askedAt (day: string, zone: string): DateTime<true> {
  return (DateTime.fromISO(day, { zone }).set({ hour: askingHour }) as DateTime<true>).toUTC()
}

/** A line with to how many its emails go, and how many of these have no address and are to be called. */
export interface CountedLine extends Line {
  emails: number
  withoutAddress: number
}

/**
 * Counts to how many the emails of each line go, as far as bookings tell as of now; by one query. Those to nobody are
 * left out.
 */
export async function countLines (db: Reader, lines: readonly Line[]): Promise<CountedLine[]> {
  const rows = await db.$queryRaw<Array<{ emails: number, withoutAddress: number }>>`
    SELECT counted.emails, counted."withoutAddress"
    FROM unnest(
      ${lines.map(({ activity }) => activity.id)}::uuid[],
      ${lines.map(({ placeBy }) => placeBy?.toJSDate() ?? null)}::timestamptz[],
      ${lines.map(({ emails }) => emails === undefined)}::boolean[]
    ) WITH ORDINALITY AS line (activity_id, place_by, is_asked, n)
    LEFT JOIN LATERAL (
      SELECT count(*)::int AS emails, (count(*) FILTER (WHERE b.email IS NULL))::int AS "withoutAddress"
      FROM bookings b
      WHERE line.is_asked AND b.activity_id = line.activity_id AND b.status = 'confirmed'
        AND (line.place_by IS NULL OR (b.confirmed_at <= line.place_by AND NOT b.reminders_off))
    ) AS counted ON true
    ORDER BY line.n`
  return lines
    .map((line, n) => {
      const { emails = 0, withoutAddress = 0 } = rows[n] ?? {}
      return { ...line, emails: line.emails ?? emails, withoutAddress }
    })
    .filter(({ emails }) => emails > 0)
}

/** Activities as a member of staff may read them, by id: only those whose attendees they may know. */
export async function listKnown (
  db: Reader, staff: StaffMember, ids: readonly string[]
): Promise<Map<string, KnownActivity>> {
  const rows = await db.activity.findMany({
    where: { AND: [{ id: { in: [...new Set(ids)] } }, within(staff, 'know attendees')] }, include: withWhatStaffSee
  })
  return new Map(rows.map(row => [row.id, knownActivityOf(row, staff)]))
}
