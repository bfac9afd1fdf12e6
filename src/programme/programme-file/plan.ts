import type { ActivityDraft, CurrentActivity } from '../activities/draft.ts'
import { differences } from '../activities/draft.ts'
import { endedLinkAfter } from '../activities/ended-link.ts'
import { wallClock } from '../activities/local-time.ts'
import { objectionsTo, objectionsToChange } from '../activities/objections.ts'
import { bookable } from '../activities/supply.ts'
import { asRead, changedSince } from './edition.ts'
import type { ProgrammeProblem } from './errors.ts'
import { beyondRights } from './rights.ts'
import type { Rights } from './rights.ts'
import type { ProgrammeLine, Surroundings } from './lines.ts'
import { rowOf } from './row.ts'
import { programmeColumns } from './schema.ts'
import type { ProgrammeCells, ProgrammeColumn, ProgrammeRow } from './schema.ts'

/** A changed cell; `isStale` if its stored value has also changed since the file was exported. */
export interface CellChange {
  column: ProgrammeColumn
  from: string
  to: string
  isStale: boolean
}

/** What importing a row does, or would do. */
export interface Change extends ProgrammeLine {
  current: CurrentActivity | undefined
  outcome: 'created' | 'updated' | 'unchanged'
  /** The activity as the row will stand in the next export. */
  wanted: ProgrammeCells
  /** What differs, if the activity exists already. */
  cells: CellChange[]
  /** What of the row waits for a coordinator, and is in none of the above: the activity with it, and its cells. */
  asked?: { draft: ActivityDraft, cells: CellChange[] }
}

/** Decides what each row does to the stored activities, and what prevents it. */
export function planImport (
  lines: readonly ProgrammeLine[], current: ReadonlyMap<string, CurrentActivity>, surroundings: Surroundings,
  rights: Rights
): { changes: Change[], problems: ProgrammeProblem[] } {
  const cellsOf = cellWriter(surroundings)
  const changes = lines.map((line): Change => {
    const before = current.get(line.draft.slug)
    const draft = withWhatStays(line.draft, before)
    const isAsBefore = before !== undefined && differences(before, draft).length === 0
    const ended = before === undefined ? [] : endedLinkAfter(before, draft)
    const wanted = cellsOf(draft)
    return {
      ...line,
      draft,
      wanted,
      notes: [...line.notes, ...overFull(before, draft), ...served(before, draft), ...ended],
      current: before,
      outcome: before === undefined ? 'created' : isAsBefore ? 'unchanged' : 'updated',
      cells: before === undefined || isAsBefore ? [] : cellChanges(cellsOf(before), wanted, line.edition)
    }
  })
  const problems = changes.flatMap(change => {
    const { row, draft, current } = change
    // What is there already stays as it is until it is changed, whatever the rules were then.
    const objections = change.outcome === 'unchanged' ? [] : [...objectionsTo(draft), ...objectionsToChange(current, draft)]
    return [
      ...beyondRights(change, current?.visibility, rights),
      ...objections.map(({ about, text }) => ({ row, column: columnOf[about], text }))
    ]
  })
  return { changes, problems }
}

/**
 * A draft completed with what its row cannot say: when booking opens; who is told the venue; until when it is under
 * embargo; a join link, which exports leave out, so that an empty cell keeps it; and stored texts that differ only as a
 * file alters them.
 */
function withWhatStays (draft: ActivityDraft, before: CurrentActivity | undefined): ActivityDraft {
  if (before === undefined) return draft
  const { wasPoliceWork, hasSecretPlace, bookingOpensAt, bookingClosesAt } = before
  // An embargo is for what everyone may see.
  const embargoUntil = draft.visibility === 'public' ? before.embargoUntil : undefined
  const joinUrl = draft.joinUrl ?? before.joinUrl
  const kept = { ...draft, wasPoliceWork, hasSecretPlace, joinUrl, bookingOpensAt, bookingClosesAt, embargoUntil }
  for (const part of ['title', 'summary'] as const) if (asRead(before[part]) === draft[part]) kept[part] = before[part]
  for (const part of ['venue', 'district'] as const) {
    if (asRead(before[part] ?? '') === (draft[part] ?? '')) kept[part] = before[part]
  }
  // For a time that occurs twice a file can only mean the first.
  const [was, is] = [before, kept].map(({ startsAt, endsAt, allDay, zone }) =>
    [wallClock(startsAt, zone), wallClock(endsAt, zone), allDay, zone].join())
  return was === is ? { ...kept, startsAt: before.startsAt, endsAt: before.endsAt } : kept
}

/** Returns a function that writes drafts as rows, with the slugs of what they refer to. */
function cellWriter ({ campaigns, agencies }: Surroundings): (draft: ActivityDraft) => ProgrammeCells {
  const slugs = new Map([...campaigns, ...agencies].map(([slug, { id }]) => [id, slug]))
  const nameOf = (id: string) => slugs.get(id) ?? id
  return draft => rowOf({
    ...draft,
    campaign: nameOf(draft.campaignId),
    leadAgency: draft.leadAgencyId === undefined ? undefined : nameOf(draft.leadAgencyId),
    partnerAgencies: draft.partnerAgencyIds.map(nameOf).sort()
  })
}

function cellChanges (from: ProgrammeCells, to: ProgrammeCells, edition: string | undefined): CellChange[] {
  const since = edition === undefined ? [] : changedSince(edition, from)
  return programmeColumns.filter(column => from[column] !== to[column])
    .map(column => ({ column, from: from[column], to: to[column], isStale: since.includes(column) }))
}

/** Says which cells were changed after the file was exported and would be changed again by the file. */
export function staleCells (changes: readonly Change[]): ProgrammeProblem[] {
  return changes.flatMap(change => allCells(change).filter(({ isStale }) => isStale).map(cell => ({
    row: change.row, column: cell.column, text: `was changed after this file was exported. ${inWords(cell)}`
  })))
}

/** The cells in which a row differs from the activity, whether they are changed or wait. */
export function allCells ({ cells, asked }: Pick<Change, 'cells' | 'asked'>): CellChange[] {
  return [...cells, ...asked?.cells ?? []]
}

/** What happens to a cell. The join link lets anyone in, so it is not shown. */
export function inWords ({ column, from, to }: CellChange): string {
  const shown = (text: string) => text === '' ? 'nothing' : column === 'join_url' ? 'a link' : `“${text.replaceAll('\n', ' ⏎ ')}”`
  return column === 'join_url' && from !== '' && to !== ''
    ? 'It would be another link than now'
    : `Now: ${shown(from)}. By this file: ${shown(to)}`
}

/** Fewer places than are taken take no one's away; an organiser who reduces them should know by how many. */
function overFull (current: CurrentActivity | undefined, { capacity }: ActivityDraft): string[] {
  if (current === undefined) return []
  const { placesTaken, overBookingPercent } = current
  const over = placesTaken - bookable({ capacity, overBookingPercent })
  return over > 0 ? [`${placesTaken} places are taken, ${over} more than there are now; nobody loses theirs`] : []
}

/** More places go to those who wait, and they are told, unless organisers pick by hand. */
function served (current: CurrentActivity | undefined, { capacity, waitingList }: ActivityDraft): string[] {
  const isMore = current !== undefined && (capacity ?? 0) > (current.capacity ?? 0)
  return isMore && current.placesWaitedFor > 0 && waitingList !== 'by-hand'
    ? [`free places go to those who wait, who ask for ${current.placesWaitedFor}`]
    : []
}

/** The column that says a part of an activity. */
export const columnOf: Record<keyof ActivityDraft, keyof ProgrammeRow> = {
  slug: 'slug',
  campaignId: 'campaign',
  title: 'title',
  summary: 'summary',
  kind: 'kind',
  wasPoliceWork: 'kind',
  startsAt: 'starts',
  endsAt: 'ends',
  allDay: 'starts',
  zone: 'campaign',
  venue: 'venue',
  hasSecretPlace: 'booking',
  joinUrl: 'join_url',
  district: 'district',
  audiences: 'audiences',
  visibility: 'visibility',
  embargoUntil: 'visibility',
  booking: 'booking',
  capacity: 'capacity',
  placesPerBooking: 'places_per_booking',
  waitingList: 'waiting_list',
  bookingOpensAt: 'booking',
  bookingClosesAt: 'booking',
  leadAgencyId: 'lead_agency',
  partnerAgencyIds: 'partner_agencies',
  status: 'status'
}
