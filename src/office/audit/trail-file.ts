import { byteOrderMark, csvOf } from '../../platform/csv.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { officeZone } from '../../platform/clock.ts'
import { actionsOfUnknownPeople, actionInWords } from './in-words.ts'
import { factsOf } from './details-in-words.ts'
import { listEntries, namesIn } from './queries.ts'
import type { AuditRecord, Names } from './queries.ts'
import type { TrailFilter } from './schema.ts'

/** Rows read and written together: few enough to be freed soon, many enough not to query too often. */
const rowsAtOnce = 1000

const trailColumns = ['at', 'who', 'did', 'facts', 'action', 'subject', 'details', 'who_id', 'entry'] as const

/** Entries that match a filter, up to the entry `latest`, newest first, as CSV for Excel, chunk by chunk. */
export async function * trailFile (db: Reader, filter: TrailFilter, latest: bigint): AsyncGenerator<string> {
  yield byteOrderMark + csvOf([trailColumns], '\r\n')
  let [before, more] = [latest + 1n, true]
  while (more) {
    const page = await listEntries(db, filter, { before }, rowsAtOnce)
    const names = await namesIn(db, page.entries)
    yield csvOf(page.entries.map(entry => cellsOf(entry, names)), '\r\n')
    before = page.entries.at(-1)?.id ?? 0n
    more = page.more
  }
}

function cellsOf (entry: AuditRecord, names: Names): string[] {
  const { before, subject, after } = actionInWords(entry.action, subjectOf(entry, names))
  return [
    entry.at.setZone(officeZone).toFormat('yyyy-MM-dd HH:mm:ss'),
    whoOf(entry, names),
    `${before}${subject}${after}`,
    factsOf(entry.action, entry.details, names.people).join('; '),
    entry.action,
    entry.subject ?? '',
    JSON.stringify(entry.details ?? {}),
    entry.staffMemberId ?? '',
    String(entry.id)
  ]
}

/** May be the person themselves. */
export const stranger = 'Someone who was not signed in'

/** Current name of the person who did it. */
export function whoOf ({ staffMemberId, action }: AuditRecord, { people }: Names): string {
  if (staffMemberId === undefined) return actionsOfUnknownPeople.includes(action) ? stranger : 'Someone at a terminal'
  return people.get(staffMemberId) ?? 'Someone who has left'
}

/** What it was done to, by its current name or its last one. */
export function subjectOf ({ subject }: AuditRecord, { people, activities, bookings }: Names): string | undefined {
  if (subject === undefined) return undefined
  const reference = bookings.get(subject)
  return reference === undefined ? activities.get(subject) ?? people.get(subject) ?? subject : `the booking ${reference}`
}
