import { namesApart } from '../../booking/attendees/matching.ts'
import type { AskedColumn, WithEveryAnswer } from '../../booking/bookings/answer-columns.ts'
import type { SealedAnswer } from '../../booking/bookings/sealed-answers.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Permission } from '../../identity/staff/roles.ts'

/**
 * What a column has in its cells: one of our own words, what someone wrote, a phone number, a number, or a moment as a
 * clock showed it. Each format says what it makes of it.
 */
export type CellKind = 'word' | 'text' | 'long text' | 'phone' | 'number' | 'moment'

/** What a column needs besides a booking and its activity. */
type Needs = 'names' | 'turns'

export interface ListColumn {
  /** In a CSV file, in forms and in the audit trail; scripts of others rely on it. */
  name: string
  /** In plain words, where people read it. */
  heading: string
  kind: CellKind
  /** In characters. */
  width: number
  /** The text of its cell, of a row of `rowsOf`. */
  sql: Prisma.Sql
  needs: Needs | undefined
  /** Who may have it in a list besides seeing who comes; undefined: everyone who sees that. */
  permission: Permission | undefined
  /** What it is of the answers that are sealed: its cell comes with the booking's id before it, and is opened. */
  sealed: SealedAnswer | undefined
}

type Column = Omit<ListColumn, 'name' | 'needs' | 'permission' | 'sealed'> &
  Partial<Pick<ListColumn, 'needs' | 'permission' | 'sealed'>>

const clock = (at: Prisma.Sql) => Prisma.sql`to_char(${at} AT TIME ZONE b.activity_zone, 'YYYY-MM-DD HH24:MI')`

/** A sealed answer: for whoever may have it in a list. */
const sensitive = (sealed: SealedAnswer, column: Prisma.Sql) =>
  ({ sql: Prisma.sql`b.id || ' ' || ${column}`, sealed, permission: 'export needs and phones' }) as const

/**
 * The columns of people, by their name and in this order: a new answer does not compile until it has its own. The list
 * that scripts fetch has these and no others.
 */
const ofPeople = {
  reference: { heading: 'Reference', kind: 'word', width: 13, sql: Prisma.sql`b.reference` },
  name: { heading: 'Name', kind: 'text', width: 28, sql: Prisma.sql`b.name` },
  email: { heading: 'Email address', kind: 'text', width: 32, sql: Prisma.sql`b.email` },
  phone: { heading: 'Phone', kind: 'phone', width: 18, ...sensitive('phone', Prisma.sql`b.phone`) },
  // A person who refused an offer is distinguished from one who let it lapse.
  status: {
    heading: 'Status',
    kind: 'word',
    width: 12,
    sql: Prisma.sql`CASE WHEN b.status = 'lapsed' AND b.lapse_reason = 'refused' THEN b.lapse_reason ELSE b.status END`
  },
  places: { heading: 'Places', kind: 'number', width: 8, sql: Prisma.sql`b.places` },
  role: { heading: 'Who they are', kind: 'word', width: 14, sql: Prisma.sql`b.role` },
  district: { heading: 'District', kind: 'text', width: 22, sql: Prisma.sql`b.district` },
  access_needs: { heading: 'Access needs', kind: 'long text', width: 40, ...sensitive('accessNeeds', Prisma.sql`b.access_needs`) },
  question: { heading: 'Question', kind: 'long text', width: 40, ...sensitive('question', Prisma.sql`b.question`) },
  heard_from: { heading: 'Heard about it from', kind: 'text', width: 24, sql: Prisma.sql`b.heard_from` },
  booked_at: { heading: 'Booked', kind: 'moment', width: 17, sql: clock(Prisma.sql`b.created_at`) },
  attended: {
    heading: 'Came', kind: 'word', width: 8, sql: Prisma.sql`CASE WHEN b.attended THEN 'yes' WHEN NOT b.attended THEN 'no' END`
  }
} as const satisfies WithEveryAnswer<AskedColumn, Column>

/** More that can be had of people. */
const more = {
  given_names: { heading: 'Given names', kind: 'text', width: 20, sql: Prisma.sql`apart.names[1]`, needs: 'names' },
  surname: { heading: 'Surname', kind: 'text', width: 20, sql: Prisma.sql`apart.names[2]`, needs: 'names' },
  turn: { heading: 'Turn on the waiting list', kind: 'number', width: 12, sql: Prisma.sql`b.turn`, needs: 'turns' }
} as const satisfies Record<string, Column>

/** What says of each row which activity it is about. */
const ofActivities = {
  activity: { heading: 'Activity', kind: 'text', width: 36, sql: Prisma.sql`b.activity_title` },
  starts: {
    heading: 'Starts',
    kind: 'moment',
    width: 17,
    sql: Prisma.sql`CASE WHEN b.activity_all_day THEN to_char(b.activity_starts_at AT TIME ZONE b.activity_zone, 'YYYY-MM-DD')
      ELSE ${clock(Prisma.sql`b.activity_starts_at`)} END`
  },
  place: {
    heading: 'Place',
    kind: 'text',
    width: 24,
    sql: Prisma.sql`CASE WHEN b.activity_is_online THEN 'Online' ELSE b.activity_place END`
  }
} as const satisfies Record<string, Column>

function columnsOf (columns: Record<string, Column>): ListColumn[] {
  const usual = { needs: undefined, permission: undefined, sealed: undefined }
  return Object.entries(columns).map(([name, column]) => ({ ...usual, ...column, name }))
}

/** The columns that the list for scripts has, in its order. */
export const attendeeColumns: readonly ListColumn[] = columnsOf(ofPeople)

/** All columns, in the order in which a list has those that are chosen. */
export const allColumns: readonly ListColumn[] = [...attendeeColumns, ...columnsOf(more), ...columnsOf(ofActivities)]

/** Columns that describe the activity and not the person. */
export const activityColumns: readonly string[] = Object.keys(ofActivities)

/** What is ticked for someone who has never chosen: nothing that may tell of someone's health. */
export const usualColumns: readonly string[] = [
  'reference', 'name', 'email', 'phone', 'status', 'places', 'role', 'district', 'booked_at', 'attended', ...activityColumns
]

/** A column of a list whose columns are fixed, for someone who may not have what is in it. */
export function withheld (column: ListColumn): ListColumn {
  return { ...column, sql: Prisma.sql`NULL`, needs: undefined, sealed: undefined }
}

/** The turn on the waiting list: of everyone who waits, whoever else is in the list. */
const turns = (activityIds: readonly string[]) => Prisma.sql`
  LEFT JOIN (
    SELECT id, row_number() OVER (PARTITION BY activity_id ORDER BY priority, arrival) AS turn
    FROM bookings WHERE status = 'waiting' AND activity_id = ANY (${activityIds}::uuid[])
  ) AS turns ON turns.id = b.id`

/**
 * The bookings that a condition lets through with what the columns need, in their order; for after FROM. OFFSET 0 keeps
 * the planner from working out the cells of all rows before it sorts them: the first rows come sooner, and the others
 * are made while those are on their way.
 */
export function rowsOf (
  columns: readonly ListColumn[],
  { activityIds, condition, order }: { activityIds: readonly string[], condition: Prisma.Sql, order: Prisma.Sql }
): Prisma.Sql {
  const needs = new Set(columns.flatMap(({ needs }) => needs ?? []))
  const [turn, join] = needs.has('turns') ? [Prisma.sql`turns.turn`, turns(activityIds)] : [Prisma.sql`NULL`, Prisma.empty]
  const names = needs.has('names')
    ? Prisma.sql`CROSS JOIN LATERAL (SELECT ${namesApart} AS names OFFSET 0) AS apart`
    : Prisma.empty
  return Prisma.sql`(
    SELECT b.*, a.title AS activity_title, a.starts_at AS activity_starts_at, a.all_day AS activity_all_day, a.zone AS activity_zone,
      a.is_online AS activity_is_online, coalesce(a.venue, a.district) AS activity_place, ${turn} AS turn
    FROM bookings AS b JOIN activities AS a ON a.id = b.activity_id ${join}
    WHERE ${condition} ORDER BY ${order} OFFSET 0
  ) AS b ${names}`
}
