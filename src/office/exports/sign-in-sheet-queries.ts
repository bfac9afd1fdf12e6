import { everyone } from '../../booking/attendees/filter.ts'
import { attendeesOf, inOrderOf } from '../../booking/attendees/matching.ts'
import { marksIn, openedAnswer } from '../../booking/bookings/sealed-answers.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'

/** Someone who has a place, with no more than stands on paper at a door. */
export interface Signer {
  id: string
  name: string
  reference: string
  places: number
  /** Undefined also where they were not asked for. */
  accessNeeds: string | undefined
}

/** Everyone who has a place in an activity, by surname. */
export async function listSigners (
  db: Reader, activityId: string, { withNeeds }: { withNeeds: boolean }
): Promise<Signer[]> {
  const rows = await db.$queryRaw<Array<Omit<Signer, 'accessNeeds'> & { accessNeeds: string | null }>>`
    SELECT b.id, b.name, b.reference, b.places,
      ${withNeeds ? Prisma.sql`b.access_needs` : Prisma.sql`NULL`} AS "accessNeeds"
    FROM bookings b WHERE ${attendeesOf([activityId], { ...everyone, statuses: ['confirmed'] }, marksIn(db))}
    ORDER BY ${inOrderOf({ sort: 'name', isDescending: false })}`
  return rows.map(row => ({ ...row, accessNeeds: openedAnswer(db, row.id, 'accessNeeds', row.accessNeeds) }))
}
