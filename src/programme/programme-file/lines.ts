import type { DateTime } from 'luxon'
import { slugOf } from '../../platform/slug.ts'
import { plainDay } from '../../platform/typed.ts'
import type { ActivityDraft } from '../activities/draft.ts'
import { localDay, localTime } from '../activities/local-time.ts'
import type { ProgrammeRecord } from './csv-file.ts'
import { isEdition } from './edition.ts'
import type { ProgrammeProblem } from './errors.ts'
import { programmeColumns, programmeRow } from './schema.ts'
import type { NamedAgency, ProgrammeRow } from './schema.ts'

/** Everything that rows refer to by slug. */
export interface Surroundings {
  campaigns: ReadonlyMap<string, { id: string, zone: string }>
  agencies: ReadonlyMap<string, AgencyOfProgramme>
}

/** An agency that activities name, with its id or, if the file is the first to name it, its future id. */
export interface AgencyOfProgramme {
  id: string
  isNew: boolean
}

/** A row that was understood: the wanted activity, and what the person should know about how it was read. */
export interface ProgrammeLine {
  row: number
  draft: ActivityDraft
  /** Whether the row has a slug; otherwise it was made from the title. */
  hasSlug: boolean
  /** Agencies that the row names and that there are not yet. */
  newAgencies: Array<{ column: 'lead_agency' | 'partner_agencies', name: string }>
  notes: string[]
  /** Fingerprint of the row when it was exported, if it has one. */
  edition: string | undefined
}

/** Each agency that rows name, once, with its name as at the first mention. */
export function agenciesNamed (records: readonly ProgrammeRecord[]): NamedAgency[] {
  const { lead_agency: lead, partner_agencies: partners } = programmeRow.shape
  const named = records.flatMap(({ cells }) => [
    lead.safeParse(cells.lead_agency).data ?? [], partners.safeParse(cells.partner_agencies).data ?? []
  ].flat())
  return [...new Map(named.reverse().map(agency => [agency.slug, agency])).values()]
}

/** Reads each row by itself; `problems` is everything that is wrong with any of them. Slugs may come twice. */
export function readLines (
  records: readonly ProgrammeRecord[], surroundings: Surroundings
): { lines: ProgrammeLine[], problems: ProgrammeProblem[] } {
  const problems: ProgrammeProblem[] = []
  const lines = records.flatMap(({ row, cells, edition, toCheck = [] }) => {
    const found = new Map<string, ProgrammeProblem>()
    const problem: Report = (column, text) => { if (!found.has(column)) found.set(column, { row, column, text }) }
    const line = lineOf(row, readCells(cells, problem), surroundings, problem)
    if (edition !== undefined && !isEdition(edition)) {
      found.set('edition', { row, column: 'edition', text: 'must be as it was exported, or empty' })
    }
    problems.push(...found.values())
    if (found.size > 0 || line === undefined) return []
    return { ...line, notes: [...toCheckInWords(toCheck), ...line.notes], edition }
  })
  return { lines, problems }
}

/** Enough to see whether a whole file was read rightly. */
const wordsToCheck = 5

function toCheckInWords (words: readonly string[]): string[] {
  if (words.length === 0) return []
  const shown = words.slice(0, wordsToCheck).map(word => `“${word}”`).join(', ')
  return [`read as Windows-1252, because it is not in UTF-8: check ${shown}`]
}

/** Records the first problem of each column. */
type Report = (column: keyof ProgrammeRow, text: string) => void

/** The cells that are valid by themselves: an invalid one does not hide the problems of others. */
function readCells (cells: ProgrammeRecord['cells'], problem: Report): Partial<ProgrammeRow> {
  const read = programmeRow.safeParse(cells)
  if (read.success) return read.data
  for (const { path: [column], message } of read.error.issues) problem(column as keyof ProgrammeRow, message)
  const wrong = new Set(read.error.issues.map(({ path: [column] }) => column))
  const good = programmeColumns.filter(column => !wrong.has(column))
  return Object.fromEntries(good.map(column => [column, programmeRow.shape[column].parse(cells[column])]))
}

/** The line that a row makes; undefined, or unusable, if a problem was reported. */
function lineOf (
  row: number, cells: Partial<ProgrammeRow>, { campaigns, agencies }: Surroundings, problem: Report
): Omit<ProgrammeLine, 'edition'> | undefined {
  const notes: string[] = []
  const newAgencies: ProgrammeLine['newAgencies'] = []
  const agencyIds = (column: 'lead_agency' | 'partner_agencies') => [cells[column] ?? []].flat().flatMap(({ slug, name }) => {
    const agency = agencies.get(slug)
    if (agency?.isNew === true) {
      notes.push(`the agency ${name} is new`)
      newAgencies.push({ column, name })
    }
    return agency?.id ?? []
  })
  const [leadAgencyId] = agencyIds('lead_agency')
  const partnerAgencyIds = [...new Set(agencyIds('partner_agencies'))].sort()

  const slug = cells.slug === '' ? slugOf(cells.title ?? '') : cells.slug
  if (slug === '' && cells.title !== undefined) problem('slug', 'must be given: none can be made from the title')
  // Its page for staff would be the form for new activities.
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
    hasSlug: cells.slug !== '',
    newAgencies,
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
      wasPoliceWork: false,
      venue: whole.venue,
      hasSecretPlace: false,
      joinUrl: whole.join_url,
      district: whole.district,
      audiences: whole.audiences,
      visibility: whole.visibility,
      embargoUntil: undefined,
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
  const narrow = 'is only # signs, which Excel writes for a time in a narrow column: make it wider and save the file again'
  const hidden = (['starts', 'ends'] as const).filter(column => /^#+$/.test({ starts, ends }[column]))
  for (const column of hidden) problem(column, narrow)
  if (hidden.length > 0) return undefined
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
    const moment = plainMoment(text)
    if (text !== moment && /^\d{4}-(?:1[3-9]|[2-9]\d)-(?:0[1-9]|1[0-2])\b/.test(moment)) {
      problem(column, `is ${text}, which has no such month: the day goes before the month, like 31/12/2026`)
      return undefined
    }
    if (allDay) {
      const day = localDay(moment, zone)
      if (day === undefined) problem(column, `is ${text}, a day that does not exist`)
      return column === 'starts' ? day?.startsAt : day?.endsAt
    }
    if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/.test(moment)) {
      problem(column, 'must be a time like 2026-12-01 18:00, or a day like 2026-12-01 for all day')
      return undefined
    }
    const time = localTime(moment, zone)
    if (time === undefined) problem(column, `is ${text}, a time that does not exist in ${zone}`)
    if (time?.isFirstOfTwo === true) notes.push(`${column} ${text} comes twice that day; the first was taken`)
    return time?.at
  }
}

/** A moment as `2026-12-01 18:00`, or a day as `2026-12-01`, however a spreadsheet wrote them. */
function plainMoment (text: string): string {
  const [, day, hour, minute] = /^(\S+)[ T]+(\d{1,2}):(\d{2})(?::00)?$/.exec(text) ?? []
  return day === undefined || hour === undefined ? plainDay(text) : `${plainDay(day)} ${hour.padStart(2, '0')}:${minute}`
}

function isDay (text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(plainMoment(text))
}
