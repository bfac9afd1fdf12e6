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

/** As the database gives it: without joins inside, which Prisma would put together row by row. */
interface FlatRow extends ReadColumns, Occupancy {
  campaignId: string
  counted: boolean
  leadName: string | null
}

/**
 * Reads these activities, in this order, as plain rows: Prisma takes most of the time of a page to put together
 * hundreds of rows with what belongs to them, and PostgreSQL as long to write them as JSON. Says nothing about who may
 * know of them.
 */
export async function readRows (db: Reader, ids: readonly string[]): Promise<ManyRow[]> {
  const rows = await db.$queryRaw<FlatRow[]>`
    SELECT ${columns}, o.activity_id IS NOT NULL AS counted, o.confirmed, o.offered, o.held, o.waiting,
      o.waiting_bookings AS "waitingBookings", o.asked_again AS "askedAgain", l.name AS "leadName"
    FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS wanted (id, place)
    JOIN activities AS a ON a.id = wanted.id
    LEFT JOIN occupancies AS o ON o.activity_id = a.id
    LEFT JOIN agencies AS l ON l.id = coalesce(a.led_as_id, a.lead_agency_id)
    ORDER BY wanted.place`
  return rows.map(({ counted, confirmed, offered, held, waiting, waitingBookings, askedAgain, leadName, ...row }) => ({
    ...row,
    occupancy: counted ? { activityId: row.id, confirmed, offered, held, waiting, waitingBookings, askedAgain } : null,
    leadAgency: leadName === null ? null : { name: leadName }
  }))
}
