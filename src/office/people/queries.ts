import type { DateTime } from 'luxon'
import type { Activity, WaitingListMode } from '../../programme/activities/activity.ts'
import { within } from '../../programme/activities/known-activities.ts'
import type { Booking, BookingStatus, LapseReason } from '../../booking/bookings/booking.ts'
import { bookingsSought } from '../../booking/attendees/matching.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import type { Handover } from '../../booking/bookings/handover.ts'
import { bookingOf } from '../../booking/bookings/queries.ts'
import { marksIn } from '../../booking/bookings/sealed-answers.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { namesOf } from '../../identity/staff/queries.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Snapshot } from './changes-in-words.ts'
import type { DeedOn } from './history.ts'
import type { SearchQuery } from '../../booking/attendees/search-query.ts'

/** Maximum number of results; beyond it people type more of the name. */
export const maxFound = 1000

type When = Pick<Activity, 'slug' | 'title' | 'startsAt' | 'endsAt' | 'allDay' | 'zone' | 'status'>

/** Someone who was searched for, and what they booked. */
export interface FoundPerson {
  id: string
  name: string
  reference: string
  status: BookingStatus
  lapseReason: LapseReason | undefined
  places: number
  activity: When
}

/**
 * Bookings that match a search, of activities whose attendees the member of staff may know: coming ones first, by
 * start, then past ones, the latest first. `total` is `maxFound` + 1 where there are more results than `maxFound`.
 *
 * People are found first, and then filtered by what may be seen: in one step the planner would read every booking of
 * every activity.
 */
export async function findPeople (
  db: Reader, staff: StaffMember, sought: SearchQuery, now: DateTime<true>,
  { skip, take }: { skip: number, take: number }
): Promise<{ people: FoundPerson[], total: number }> {
  const reached = await db.activity.findMany({ where: within(staff, 'know attendees'), select: { id: true } })
  const at = now.toJSDate()
  const rows = await db.$queryRaw<Array<
    Omit<FoundPerson, 'activity'> & Omit<When, 'startsAt' | 'endsAt' | 'status'> &
    { startsAt: Date, endsAt: Date, activityStatus: When['status'], total: number }
  >>`
    WITH found AS MATERIALIZED (${bookingsSought(sought, marksIn(db))}),
    known AS (
      SELECT found.* FROM found JOIN unnest(${reached.map(({ id }) => id)}::uuid[]) AS reached (id) ON reached.id = activity_id
      LIMIT ${maxFound + 1})
    SELECT known.id, known.name, known.reference, known.status, known.places, own.lapse_reason AS "lapseReason", a.slug, a.title, a.zone, a.all_day AS "allDay",
      a.starts_at AS "startsAt", a.ends_at AS "endsAt", a.status AS "activityStatus", count(*) OVER ()::int AS total
    FROM known JOIN bookings own ON own.id = known.id JOIN activities a ON a.id = known.activity_id
    ORDER BY a.ends_at <= ${at}, CASE WHEN a.ends_at > ${at} THEN a.starts_at END, a.starts_at DESC, known.name, known.id
    LIMIT ${take} OFFSET ${skip}`
  return {
    people: rows.map(({ slug, title, allDay, zone, startsAt, endsAt, activityStatus, total, ...person }) => ({
      ...person,
      activity: {
        slug, title, allDay, zone, startsAt: instant(startsAt), endsAt: instant(endsAt), status: activityStatus
      }
    })),
    total: rows[0]?.total ?? 0
  }
}

/** A booking with what only its own page shows. */
export interface Person extends Booking {
  accessAnsweredAt: DateTime<true> | undefined
  questionSettledAt: DateTime<true> | undefined
  /** Name of the person who settled the question, while they are known. */
  questionSettledBy: string | undefined
  /** Who received the question when it was handed to safeguarding. */
  handovers: Handover[]
  /** Name of the agency whose hold its places are from. */
  heldFor: string | undefined
}

/** A booking of an activity. Throws `BookingNotFound` where it has no such booking. */
export async function getPerson (db: Reader, activityId: string, id: string): Promise<Person> {
  const row = await db.booking.findFirst({
    where: { id, activityId },
    include: {
      hold: { select: { agency: { select: { name: true } } } },
      handovers: { omit: { bookingId: true, handedById: true }, orderBy: { handedAt: 'asc' } }
    }
  })
  if (row === null) throw new BookingNotFound()
  const names = await namesOf(db, [row.questionSettledById])
  return {
    ...bookingOf(row),
    accessAnsweredAt: row.accessAnsweredAt === null ? undefined : instant(row.accessAnsweredAt),
    questionSettledAt: row.questionSettledAt === null ? undefined : instant(row.questionSettledAt),
    questionSettledBy: names.get(row.questionSettledById),
    handovers: row.handovers.map(({ hub, receivedBy, receivedAt, reference }) =>
      ({ hub, receivedBy, receivedAt: instant(receivedAt), reference })),
    heldFor: row.hold?.agency.name
  }
}

/** What has happened to a booking and what staff did about it, each oldest first. */
export interface Past {
  events: Snapshot[]
  deeds: DeedOn[]
  /** Activities that it has belonged to and that the member of staff may see, by id. */
  activities: Map<string, When>
}

/** Actions on a whole activity that changed its bookings. */
const toAll = ['activity.cancelled', 'another-date.made']

/** Reads the history of a booking; as many queries for a long one as for a short one. */
export async function readPast (db: Reader, staff: StaffMember, { id, activityId }: Booking): Promise<Past> {
  const events = await db.bookingEvent.findMany({ where: { bookingId: id }, orderBy: { id: 'asc' } })
  const activityIds = [...new Set([activityId, ...events.map(event => event.activityId)])]
  const slugs = await db.activity.findMany({ where: { id: { in: activityIds } }, select: { slug: true } })
  const known = await db.activity.findMany({
    where: { AND: [{ id: { in: activityIds } }, within(staff, 'see activities')] },
    select: { id: true, slug: true, title: true, startsAt: true, endsAt: true, allDay: true, zone: true, status: true }
  })
  // The index finds them by subject alone; the other conditions are checked on those few.
  const entries = await db.$queryRaw<Array<{
    at: Date, by: string | null, action: string, details: unknown, who: string | null
  }>>`
    SELECT entry.at, entry.staff_member_id AS "by", entry.action, entry.details, member.name AS who
    FROM audit_entries entry LEFT JOIN staff_members member ON member.id = entry.staff_member_id
    WHERE entry.subject = ANY (${[id, ...slugs.map(({ slug }) => slug)]}::text[])
      AND (entry.subject = ${id} OR entry.details->>'booking' = ${id} OR entry.action = ANY (${toAll}::text[]))
    ORDER BY entry.id`
  return {
    events: events.map(({ at, status, called, reason, mode, held, ...event }) => ({
      ...event,
      at: instant(at),
      status: status as BookingStatus,
      isCalled: called,
      reason: reason ?? undefined,
      mode: mode as WaitingListMode | null ?? undefined,
      isHeld: held
    })),
    deeds: entries.map(({ at, by, action, details, who }) => ({
      at: instant(at),
      who: who ?? (by === null ? 'Someone at a terminal' : 'Someone who has left'),
      action,
      details,
      isToAll: toAll.includes(action)
    })),
    activities: new Map(known.map(({ id, startsAt, endsAt, status, ...activity }) => [id, {
      ...activity, startsAt: instant(startsAt), endsAt: instant(endsAt), status: status as When['status']
    }]))
  }
}
