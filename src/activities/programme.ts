import type { DateTime } from 'luxon'
import type { ActivityDraft, StandingActivity } from './draft.ts'
import { localDay, localTime, wallClock } from './local-time.ts'
import { objectionsTo, objectionsToChange } from './objections.ts'
import type { ProgrammeProblem, ProgrammeRecord } from './programme-file.ts'
import { programmeColumns, programmeRow } from './schema.ts'
import type { NamedAgency, ProgrammeRow } from './schema.ts'
import { slugOf } from '../slug.ts'
import { bookable } from './supply.ts'

/** What rows refer to by slug. */
export interface Surroundings {
  campaigns: ReadonlyMap<string, { id: string, zone: string }>
  agencies: ReadonlyMap<string, AgencyOfProgramme>
}

/** An agency that activities name, with the id that it has or, where a file names it first, will have. */
export interface AgencyOfProgramme {
  id: string
  isNew: boolean
}

/** A row that was understood: what is wanted, and what the person should know about how it was read. */
export interface ProgrammeLine {
  row: number
  draft: ActivityDraft
  notes: string[]
}

/** What importing a row does, or would do. */
export interface Change extends ProgrammeLine {
  standing: StandingActivity | undefined
  outcome: 'created' | 'updated' | 'unchanged'
}

/** The agencies that rows name, each once, by the name that it has where it stands first. */
export function agenciesNamed (records: readonly ProgrammeRecord[]): NamedAgency[] {
  const { lead_agency: lead, partner_agencies: partners } = programmeRow.shape
  const named = records.flatMap(({ cells }) => [
    lead.safeParse(cells.lead_agency).data ?? [], partners.safeParse(cells.partner_agencies).data ?? []
  ].flat())
  return [...new Map(named.reverse().map(agency => [agency.slug, agency])).values()]
}

/** Reads each row on its own; `problems` is everything that is wrong with any of them. */
export function readLines (
  records: readonly ProgrammeRecord[], surroundings: Surroundings
): { lines: ProgrammeLine[], problems: ProgrammeProblem[] } {
  const problems: ProgrammeProblem[] = []
  const lines = records.flatMap(({ row, cells }) => {
    const found = new Map<string, ProgrammeProblem>()
    const problem: Report = (column, text) => { if (!found.has(column)) found.set(column, { row, column, text }) }
    const line = lineOf(row, readCells(cells, problem), surroundings, problem)
    problems.push(...found.values())
    return found.size > 0 || line === undefined ? [] : line
  })
  return { lines, problems: [...problems, ...repeatedSlugs(lines)] }
}

/** Notes the first problem of each column. */
type Report = (column: keyof ProgrammeRow, text: string) => void

/** The cells that are good by themselves: one that is not does not hide what is wrong with others. */
function readCells (cells: ProgrammeRecord['cells'], problem: Report): Partial<ProgrammeRow> {
  const read = programmeRow.safeParse(cells)
  if (read.success) return read.data
  for (const { path: [column], message } of read.error.issues) problem(column as keyof ProgrammeRow, message)
  const wrong = new Set(read.error.issues.map(({ path: [column] }) => column))
  const good = programmeColumns.filter(column => !wrong.has(column))
  return Object.fromEntries(good.map(column => [column, programmeRow.shape[column].parse(cells[column])]))
}

/** The line that a row makes; nothing, or something of no use, where a problem was reported. */
function lineOf (
  row: number, cells: Partial<ProgrammeRow>, { campaigns, agencies }: Surroundings, problem: Report
): ProgrammeLine | undefined {
  const notes: string[] = []
  const agencyIds = (named: readonly NamedAgency[]) => named.flatMap(({ slug, name }) => {
    const agency = agencies.get(slug)
    if (agency?.isNew === true) notes.push(`the agency ${name} is new`)
    return agency?.id ?? []
  })
  const [leadAgencyId] = agencyIds([cells.lead_agency ?? []].flat())
  const partnerAgencyIds = [...new Set(agencyIds(cells.partner_agencies ?? []))].sort()

  const slug = cells.slug === '' ? slugOf(cells.title ?? '') : cells.slug
  if (slug === '' && cells.title !== undefined) problem('slug', 'must be given: none can be made from the title')
  // Its page for staff would be the form on which activities are made.
  if (slug === 'new') problem('slug', 'must not be new, which is the address of a form: give it another')
  const campaign = campaigns.get(cells.campaign ?? '')
  if (campaign === undefined) {
    if (cells.campaign !== undefined) problem('campaign', `names the campaign ${cells.campaign}, which does not exist`)
    return undefined
  }
  const times = timesOf(cells, campaign.zone, problem, notes)
  if (times === undefined) return undefined

  const whole = cells as ProgrammeRow
  return {
    row,
    notes,
    draft: {
      ...times,
      slug: slug ?? '',
      campaignId: campaign.id,
      zone: campaign.zone,
      leadAgencyId,
      partnerAgencyIds,
      title: whole.title,
      summary: whole.summary,
      kind: whole.kind,
      venue: whole.venue,
      joinUrl: whole.join_url,
      district: whole.district,
      audiences: whole.audiences,
      visibility: whole.visibility,
      booking: whole.booking,
      capacity: whole.capacity,
      placesPerBooking: whole.places_per_booking,
      waitingList: whole.waiting_list,
      bookingOpensAt: undefined,
      bookingClosesAt: undefined,
      status: whole.status
    }
  }
}

type Times = Pick<ActivityDraft, 'startsAt' | 'endsAt' | 'allDay'>

function timesOf (
  { starts, ends }: Partial<ProgrammeRow>, zone: string, problem: Report, notes: string[]
): Times | undefined {
  if (starts === undefined || ends === undefined) return undefined
  const allDay = isDay(starts)
  if (ends === '' && !allDay) {
    problem('ends', 'must be given where the start has a time')
    return undefined
  }
  if (ends !== '' && isDay(ends) !== allDay) {
    problem('ends', allDay ? 'must be a day like 2026-12-01, as the start is' : 'must have a time like 2026-12-01 18:30, as the start has')
    return undefined
  }
  const startsAt = read('starts', starts)
  const endsAt = read('ends', ends === '' ? starts : ends)
  return startsAt === undefined || endsAt === undefined ? undefined : { startsAt, endsAt, allDay }

  function read (column: 'starts' | 'ends', text: string): DateTime<true> | undefined {
    if (allDay) {
      const day = localDay(text, zone)
      if (day === undefined) problem(column, `is ${text}, a day that does not exist`)
      return column === 'starts' ? day?.startsAt : day?.endsAt
    }
    if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/.test(text)) {
      problem(column, 'must be a time like 2026-12-01 18:00, or a day like 2026-12-01 for all day')
      return undefined
    }
    const time = localTime(text, zone)
    if (time === undefined) problem(column, `is ${text}, a time that does not exist in ${zone}`)
    if (time?.isFirstOfTwo === true) notes.push(`${column} ${text} comes twice that day; the first was taken`)
    return time?.at
  }
}

function isDay (text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text)
}

/** Two rows about one activity would overwrite each other. */
function repeatedSlugs (lines: readonly ProgrammeLine[]): ProgrammeProblem[] {
  const first = new Map<string, number>()
  return lines.flatMap(({ row, draft: { slug } }) => {
    const earlier = first.get(slug)
    if (earlier === undefined) first.set(slug, row)
    return earlier === undefined
      ? []
      : [{ row, column: 'slug', text: `is ${slug}, as in row ${earlier}: give each row a slug of its own` }]
  })
}

/** Decides what each row does to what stands, and what stands in its way. */
export function planImport (
  lines: readonly ProgrammeLine[], standing: ReadonlyMap<string, StandingActivity>
): { changes: Change[], problems: ProgrammeProblem[] } {
  const changes = lines.map((line): Change => {
    const before = standing.get(line.draft.slug)
    // An empty cell leaves the link alone: an export does not show it. A file does not say when booking opens.
    const draft = {
      ...line.draft,
      joinUrl: line.draft.joinUrl ?? before?.joinUrl,
      bookingOpensAt: before?.bookingOpensAt,
      bookingClosesAt: before?.bookingClosesAt
    }
    const outcome = before === undefined ? 'created' : differences(before, draft).length > 0 ? 'updated' : 'unchanged'
    return { ...line, notes: [...line.notes, ...overFull(before, draft)], draft, standing: before, outcome }
  })
  const problems = changes.flatMap(({ row, draft, standing }) =>
    [...objectionsTo(draft), ...objectionsToChange(standing, draft)]
      .map(({ about, text }) => ({ row, column: columnOf[about], text })))
  return { changes, problems }
}

/** Fewer places than are taken drop nobody; whoever makes them fewer should know by how many. */
function overFull (standing: StandingActivity | undefined, { capacity }: ActivityDraft): string[] {
  if (standing === undefined) return []
  const { placesTaken, overBookingPercent } = standing
  const over = placesTaken - bookable({ capacity, overBookingPercent })
  return over > 0 ? [`${placesTaken} places are taken, ${over} more than there are now; nobody loses theirs`] : []
}

/** Which parts of an activity a draft would change. */
export function differences (standing: ActivityDraft, draft: ActivityDraft): Array<keyof ActivityDraft> {
  return (Object.keys(draft) as Array<keyof ActivityDraft>)
    .filter(part => JSON.stringify(draft[part]) !== JSON.stringify(standing[part]))
}

const columnOf: Record<keyof ActivityDraft, keyof ProgrammeRow> = {
  slug: 'slug',
  campaignId: 'campaign',
  title: 'title',
  summary: 'summary',
  kind: 'kind',
  startsAt: 'starts',
  endsAt: 'ends',
  allDay: 'starts',
  zone: 'campaign',
  venue: 'venue',
  joinUrl: 'join_url',
  district: 'district',
  audiences: 'audiences',
  visibility: 'visibility',
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

/** An activity with the slugs of what it refers to. */
export interface ListedActivity extends ActivityDraft {
  campaign: string
  leadAgency: string | undefined
  partnerAgencies: string[]
}

/** An activity as a row of a programme file; reading it again changes nothing. */
export function rowOf (activity: ListedActivity): Record<keyof ProgrammeRow, string> {
  const { startsAt, endsAt, allDay, zone } = activity
  return {
    campaign: activity.campaign,
    title: activity.title,
    slug: activity.slug,
    kind: activity.kind,
    starts: allDay ? wallClock(startsAt, zone).slice(0, 10) : wallClock(startsAt, zone),
    // A file names the last day, where we keep the midnight at its end.
    ends: allDay ? wallClock(endsAt.minus({ milliseconds: 1 }), zone).slice(0, 10) : wallClock(endsAt, zone),
    venue: activity.venue ?? '',
    join_url: activity.joinUrl ?? '',
    district: activity.district ?? '',
    audiences: activity.audiences.join(';'),
    visibility: activity.visibility,
    booking: activity.booking,
    capacity: activity.capacity?.toString() ?? '',
    places_per_booking: activity.placesPerBooking.toString(),
    waiting_list: activity.waitingList,
    lead_agency: activity.leadAgency ?? '',
    partner_agencies: activity.partnerAgencies.join(';'),
    summary: activity.summary,
    status: activity.status
  }
}
