import { instant } from '../../platform/clock.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Seal } from '../../platform/seal.ts'
import type { JoinMode, Kind, Visibility, WaitingListMode } from './activity.ts'
import type { BookingWindow } from './booking-window.ts'
import type { ActivityDraft, CurrentActivity } from './draft.ts'
import { placesTaken } from './supply.ts'

/**
 * Takes the row locks of those of these activities that exist until the transaction ends, then reads them, by slug.
 * In the order of their ids, as `lockActivities`.
 */
export async function lockCurrentActivities (
  tx: Tx, seal: Seal, slugs: readonly string[]
): Promise<Map<string, CurrentActivity>> {
  await tx.$queryRaw`SELECT 1 FROM activities WHERE slug = ANY (${slugs}::text[]) ORDER BY id FOR UPDATE`
  return await readCurrentActivities(tx, seal, slugs)
}

/** Activities as they stand, by slug; reliable for a decision only under their row locks. */
export async function readCurrentActivities (
  db: Reader, seal: Seal, slugs: readonly string[]
): Promise<Map<string, CurrentActivity>> {
  const rows = await db.activity.findMany({
    where: { slug: { in: [...slugs] } },
    include: { partners: true, campaign: true }
  })
  // One after the other: Prisma would query three relations at once, which one connection of pg cannot do.
  const ofThese = { activityId: { in: rows.map(({ id }) => id) } }
  const occupancies = await db.occupancy.findMany({ where: ofThese })
  const meetings = await db.teamsMeeting.findMany({ where: ofThese, select: { activityId: true, joinUrlSealed: true } })
  const occupancyOf = new Map(occupancies.map(occupancy => [occupancy.activityId, occupancy]))
  const meetingOf = new Map(meetings.map(meeting => [meeting.activityId, meeting]))
  return new Map(rows.map(row => {
    const occupancy = occupancyOf.get(row.id)
    const taken = occupancy === undefined ? 0 : placesTaken(occupancy)
    const { id, overBookingPercent, joinMode, joinUrlMeetingEndsAt: meetingEndsAt } = row
    const draft = draftOf(row, seal)
    const ours = meetingOf.get(row.id)?.joinUrlSealed
    const movesAlong = ours != null && seal.open(ours) === draft.joinUrl
    return [row.slug, {
      ...draft,
      linkedMeetingEndsAt: meetingEndsAt === null || movesAlong ? undefined : instant(meetingEndsAt),
      id,
      overBookingPercent,
      joinMode: joinMode as JoinMode,
      isDiscreet: row.campaign.discreet,
      placesTaken: taken,
      placesWaitedFor: occupancy?.waiting ?? 0
    }]
  }))
}

/** An activity as a draft that changes nothing. */
export function draftOf (row: Prisma.ActivityGetPayload<{ include: { partners: true } }>, seal: Seal): ActivityDraft {
  return {
    slug: row.slug,
    campaignId: row.campaignId,
    title: row.title,
    summary: row.summary,
    kind: row.kind as Kind,
    wasPoliceWork: row.wasPoliceWork,
    startsAt: instant(row.startsAt),
    endsAt: instant(row.endsAt),
    allDay: row.allDay,
    zone: row.zone,
    venue: row.venue ?? undefined,
    hasSecretPlace: row.hasSecretPlace,
    joinUrl: row.joinUrlSealed === null ? undefined : seal.open(row.joinUrlSealed),
    district: row.district ?? undefined,
    audiences: row.audiences,
    visibility: row.visibility as Visibility,
    embargoUntil: row.embargoUntil === null ? undefined : instant(row.embargoUntil),
    booking: row.booking as BookingWindow['booking'],
    capacity: row.capacity ?? undefined,
    placesPerBooking: row.placesPerBooking,
    waitingList: row.waitingList as WaitingListMode,
    bookingOpensAt: row.bookingOpensAt === null ? undefined : instant(row.bookingOpensAt),
    bookingClosesAt: row.bookingClosesAt === null ? undefined : instant(row.bookingClosesAt),
    leadAgencyId: row.leadAgencyId ?? undefined,
    partnerAgencyIds: row.partners.map(({ agencyId }) => agencyId).sort(),
    status: row.status as BookingWindow['status']
  }
}
