import { instant, calendarDay } from '../../platform/clock.ts'
import type { Activity as ActivityRow, Prisma } from '../../platform/database/generated/client.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import { reminders } from './activity.ts'
import type { Activity, JoinMode, Kind, Occupancy, Visibility, WaitingListMode } from './activity.ts'
import type { BookingWindow } from './booking-window.ts'
import { ActivityNotFound } from './errors.ts'
import { placeOf } from './place.ts'

export const withCampaign = { campaign: true } satisfies Prisma.ActivityInclude

/** The columns of which an activity is made. */
export type ReadColumns = Pick<ActivityRow, (typeof readColumns)[number]>
type Row = ReadColumns & Pick<Prisma.ActivityGetPayload<{ include: typeof withCampaign }>, 'campaign'>

/** What `activityOf` reads of a row; whoever reads many rows reads no more than these. */
export const readColumns = [
  'id', 'slug', 'title', 'summary', 'kind', 'wasPoliceWork', 'allDay', 'zone', 'isOnline', 'venue',
  'hasSecretPlace', 'district', 'audiences', 'visibility', 'embargoUntil', 'status', 'booking', 'partnership', 'runBy', 'capacity',
  'placesPerBooking',
  'overBookingPercent', 'waitingList', 'offerHours', 'anotherDateOfId', 'anotherDateAt', 'cancellationReason',
  'joinUrlSealed', 'joinUrlMeetingEndsAt', 'joinMode', 'reminders', 'followUp', 'icalUid', 'icalSequence', 'createdAt',
  'startsAt', 'endsAt', 'bookingOpensAt', 'bookingClosesAt'
] as const satisfies ReadonlyArray<keyof ActivityRow>

/** An activity with how full it is. */
export interface OfferedActivity extends Activity {
  occupancy: Occupancy
  /** Name of the agency that leads it, or led it on its day, as far as the query asked for them. */
  leadAgency: string | undefined
  /** Whether it has or had holds, if the query asked for it. */
  hasHolds: boolean
}

/** Reads an activity by its id, whatever its visibility. */
export async function getActivity (db: Reader, id: string): Promise<Activity> {
  const row = await db.activity.findUnique({ where: { id }, include: withCampaign })
  if (row === null) throw new ActivityNotFound()
  return activityOf(row)
}

/**
 * Takes the activity's row lock until the transaction ends, then reads it.
 *
 * Everything that takes or frees a place calls this first, so places are counted by one transaction at a time. If a
 * change concerns two activities, `lockActivities` comes first.
 */
export async function lockActivity (tx: Tx, id: string): Promise<Activity> {
  await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ${id}::uuid FOR UPDATE`
  return await getActivity(tx, id)
}

/**
 * Takes the row locks of activities, each once and in the order of their ids: whatever locks several does so, and so
 * two transactions that lock the same ones cannot deadlock.
 */
export async function lockActivities (tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`
}

/** How full an activity is. Reliable for a decision only under the activity's row lock. */
export async function occupancyOf (db: Reader, activityId: string): Promise<Occupancy> {
  return await db.occupancy.findUniqueOrThrow({ where: { activityId }, omit: { activityId: true } })
}

type OfferedRow = Row & {
  occupancy: (Occupancy & { activityId: string }) | null
  leadAgency?: { name: string } | null
  ledAs?: { name: string } | null
  _count?: { holds?: number }
}

/** Converts a row with its campaign and occupancy. */
export function offered (row: OfferedRow): OfferedActivity {
  if (row.occupancy === null) throw new Error(`The activity ${row.id} has no occupancy.`)
  const hasHolds = (row._count?.holds ?? 0) > 0
  return { ...activityOf(row), occupancy: row.occupancy, leadAgency: (row.ledAs ?? row.leadAgency)?.name, hasHolds }
}

/** Converts a row with its campaign, as everyone reads it: a secret place is told by `placeShownTo`. */
export function activityOf (row: Row): Activity {
  const { campaign } = row
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    kind: row.kind as Kind,
    wasPoliceWork: row.wasPoliceWork,
    campaign: {
      id: campaign.id,
      slug: campaign.slug,
      title: campaign.title,
      partnership: row.partnership ?? campaign.partnership,
      discreet: campaign.discreet,
      districts: campaign.districts,
      daysUntilErasure: campaign.daysUntilErasure,
      firstDay: calendarDay(campaign.firstDay),
      lastDay: calendarDay(campaign.lastDay)
    },
    allDay: row.allDay,
    zone: row.zone,
    isOnline: row.isOnline,
    ...placeOf(row),
    district: row.district ?? undefined,
    audiences: row.audiences,
    visibility: row.visibility as Visibility,
    embargoUntil: row.embargoUntil === null ? undefined : instant(row.embargoUntil),
    status: row.status as BookingWindow['status'],
    booking: row.booking as BookingWindow['booking'],
    runBy: row.runBy ?? undefined,
    capacity: row.capacity ?? undefined,
    placesPerBooking: row.placesPerBooking,
    overBookingPercent: row.overBookingPercent,
    waitingList: row.waitingList as WaitingListMode,
    offerHours: row.offerHours,
    isAnotherDate: row.anotherDateOfId !== null,
    anotherDateAt: row.anotherDateAt ?? undefined,
    cancellationReason: row.cancellationReason ?? undefined,
    joinUrlSealed: row.joinUrlSealed ?? undefined,
    joinUrlMeetingEndsAt: row.joinUrlMeetingEndsAt === null ? undefined : instant(row.joinUrlMeetingEndsAt),
    joinMode: row.joinMode as JoinMode,
    reminders: reminders.filter(reminder => row.reminders.includes(reminder)),
    followUp: row.followUp,
    icalUid: row.icalUid,
    icalSequence: row.icalSequence,
    createdAt: instant(row.createdAt),
    startsAt: instant(row.startsAt),
    endsAt: instant(row.endsAt),
    bookingOpensAt: row.bookingOpensAt === null ? undefined : instant(row.bookingOpensAt),
    bookingClosesAt: row.bookingClosesAt === null ? undefined : instant(row.bookingClosesAt)
  }
}
