import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import { attendeesOf, inOrderOf } from '../../booking/attendees/matching.ts'
import { marksIn, openedAnswer } from '../../booking/bookings/sealed-answers.ts'
import type { MarksOf } from '../../booking/bookings/sealed-answers.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Snapshot } from '../../platform/database/snapshots.ts'
import { rowsOf } from './columns.ts'
import type { ListColumn } from './columns.ts'

/** Which attendees a list has, and what of them. */
export interface AttendeeList {
  activityIds: readonly string[]
  filter: AttendeeFilter
  columns: readonly ListColumn[]
}

/** The cells of some rows, as text: empty where there is nothing. */
export type Cells = ReadonlyArray<readonly string[]>

/** A list whose first rows are read already: whatever can go wrong with it most likely has. */
export interface OpenList {
  /** How many rows it has of each activity, by id; one without any is left out. */
  rows: Map<string, number>
  portions: AsyncGenerator<Cells, void>
}

/**
 * Opens a list; `db` knows how its sealed cells are opened. Its rows come in their order: those of an activity
 * together, the first to take place first.
 */
export async function openList (snapshot: Snapshot, db: Reader, list: AttendeeList): Promise<OpenList> {
  const marksOf = marksIn(db)
  const rows = await countRows(snapshot, list, marksOf)
  const portions = opened(snapshot.portions(queryOf(list, marksOf)), db, list.columns)
  const first = await portions.next()
  return { rows, portions: beginningWith(first, portions) }
}

async function * beginningWith<T> (
  first: IteratorResult<T, void>, rest: AsyncGenerator<T, void>
): AsyncGenerator<T, void> {
  if (first.done === true) return
  yield first.value
  yield * rest
}

/** The length of a booking's id and of the space after it, which stand before what is sealed in a cell. */
const beforeSealed = 37

/** The same rows with their sealed cells opened. */
async function * opened (
  portions: AsyncGenerator<string[][], void>, db: Reader, columns: readonly ListColumn[]
): AsyncGenerator<Cells, void> {
  const sealed = columns.flatMap(({ sealed }, n) => sealed === undefined ? [] : [[n, sealed] as const])
  for await (const rows of portions) {
    for (const row of rows) {
      for (const [n, answer] of sealed) {
        const cell = row[n] ?? ''
        if (cell === '') continue
        row[n] = openedAnswer(db, cell.slice(0, beforeSealed - 1), answer, cell.slice(beforeSealed)) ?? ''
      }
    }
    yield rows
  }
}

async function countRows (
  snapshot: Snapshot, { activityIds, filter }: Omit<AttendeeList, 'columns'>, marksOf: MarksOf
): Promise<Map<string, number>> {
  const counts = await snapshot.rows(Prisma.sql`
    SELECT b.activity_id, count(*) FROM bookings AS b WHERE ${attendeesOf(activityIds, filter, marksOf)} GROUP BY b.activity_id`)
  return new Map(counts.map(([id, count]) => [id ?? '', Number(count)]))
}

function queryOf ({ activityIds, filter, columns }: AttendeeList, marksOf: MarksOf): Prisma.Sql {
  const several = activityIds.length > 1 ? Prisma.sql`a.starts_at, a.slug,` : Prisma.empty
  const order = Prisma.sql`${several} ${inOrderOf(filter)}`
  return Prisma.sql`
    SELECT ${Prisma.join(columns.map(({ sql }) => sql))}
    FROM ${rowsOf(columns, { activityIds, condition: attendeesOf(activityIds, filter, marksOf), order })}`
}
