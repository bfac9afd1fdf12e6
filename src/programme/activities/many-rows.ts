import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Occupancy } from './activity.ts'
import { readColumns } from './queries.ts'
import type { ReadColumns } from './queries.ts'

/** A row of many: an activity without its campaign, with how full it is and who leads it. */
export interface ManyRow extends ReadColumns {
  campaignId: string
  occupancy: (Occupancy & { activityId: string }) | null
  leadAgency: { name: string } | null
}

/** Names that a column of the database has by another rule than the others. */
const otherwise: Partial<Record<(typeof readColumns)[number], string>> = { joinMode: 'entry' }

const columns = Prisma.raw([...readColumns, 'campaignId' as const].map(name =>
  `a.${otherwise[name as keyof typeof otherwise] ?? name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)} AS "${name}"`
).join(', '))

const dates = [
  'embargoUntil', 'joinUrlMeetingEndsAt', 'createdAt', 'startsAt', 'endsAt', 'bookingOpensAt', 'bookingClosesAt'
] as const

/**
 * Reads these activities, in this order, as one text of JSON: Prisma takes most of the time of a page to put together
 * hundreds of rows with what belongs to them. Says nothing about who may know of them.
 */
export async function readRows (db: Reader, ids: readonly string[]): Promise<ManyRow[]> {
  const [found] = await db.$queryRaw<Array<{ rows: string | null }>>`
    SELECT json_agg(listed ORDER BY listed.place)::text AS rows FROM (
      SELECT wanted.place, ${columns},
        CASE WHEN o.activity_id IS NOT NULL THEN json_build_object('activityId', o.activity_id, 'confirmed', o.confirmed,
          'offered', o.offered, 'held', o.held, 'waiting', o.waiting, 'waitingBookings', o.waiting_bookings) END AS occupancy,
        CASE WHEN l.id IS NOT NULL THEN json_build_object('name', l.name) END AS "leadAgency"
      FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS wanted (id, place)
      JOIN activities AS a ON a.id = wanted.id
      LEFT JOIN occupancies AS o ON o.activity_id = a.id
      LEFT JOIN agencies AS l ON l.id = a.lead_agency_id
    ) AS listed`
  const rows = JSON.parse(found?.rows ?? '[]') as Array<Record<string, unknown>>
  for (const row of rows) {
    for (const name of dates) if (row[name] !== null) row[name] = new Date(row[name] as string)
  }
  return rows as unknown as ManyRow[]
}
