import { momentInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import { monthsOfTrail } from '../forgetting/audit-trail.ts'
import { actions, nameOf, actionInWords } from './in-words.ts'
import { factsOf } from './details-in-words.ts'
import type { Cursor, AuditRecord, Names } from './queries.ts'
import type { trailFields, TrailFilter } from './schema.ts'
import { stranger, subjectOf, whoOf } from './trail-file.ts'

/** How many entries one page shows. */
export const entriesPerPage = 50

type Typed = Partial<Record<typeof trailFields[number], string>>

interface TrailPage {
  entries: readonly AuditRecord[]
  /** Whether there are more beyond, in the direction of reading. */
  more: boolean
  cursor: Cursor
  names: Names
  staff: ReadonlyArray<{ id: string, name: string, email: string }>
}

/** A page of the audit trail, and its filter. */
export function trailPageOf (
  { entries, more, cursor, names, staff }: TrailPage, filter: TrailFilter | Typed, errors?: FormErrors
) {
  const backwards = cursor !== undefined && 'after' in cursor
  const [first, last] = [entries.at(0), entries.at(-1)]
  const hasOlder = backwards || more
  const hasNewer = backwards ? more : cursor !== undefined
  return {
    monthsOfTrail,
    entries: entries.map(entry => entryOf(entry, names)),
    older: hasOlder && last !== undefined ? hrefOf(filter, `before=${last.id}`) : undefined,
    newer: hasNewer ? (first === undefined ? hrefOf(filter) : hrefOf(filter, `after=${first.id}`)) : undefined,
    isNarrowed: Object.values(filter).some(value => value !== undefined && value !== ''),
    values: filter,
    who: [
      { value: '', text: 'Anyone' },
      ...staff.map(({ id, name, email }) => ({
        value: id,
        text: staff.some(other => other.id !== id && other.name === name) ? `${name}, ${email}` : name,
        selected: id === filter.who
      })),
      { value: 'terminal', text: 'Someone at a terminal', selected: filter.who === 'terminal' },
      { value: 'stranger', text: stranger, selected: filter.who === 'stranger' }
    ],
    what: [{ value: '', text: 'Anything' }, ...whatOf(filter.what)],
    errors
  }
}

function whatOf (chosen: string | undefined) {
  const all = chosen === undefined || chosen === '' || actions.includes(chosen) ? actions : [...actions, chosen]
  return all.map(action => ({ value: action, text: nameOf(action), selected: action === chosen }))
    .sort((a, b) => a.text.localeCompare(b.text, 'en-GB'))
}

function entryOf (entry: AuditRecord, names: Names) {
  const isActivity = entry.subject !== undefined && names.activities.has(entry.subject)
  return {
    when: momentInWords(entry.at, officeZone),
    who: whoOf(entry, names),
    ...actionInWords(entry.action, subjectOf(entry, names)),
    href: isActivity ? `/staff/activities/${entry.subject ?? ''}` : undefined,
    facts: factsOf(entry.action, entry.details, names.people)
  }
}

function hrefOf (filter: TrailFilter | Typed, cursor?: string): string {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '') as Array<[string, string]>
  const query = [new URLSearchParams(given).toString(), cursor].filter(Boolean).join('&')
  return query === '' ? '/staff/audit' : `/staff/audit?${query}`
}
