import { z } from 'zod'
import { isOneLine } from '../../platform/http/form-answers.ts'
import { slugOf } from '../../platform/slug.ts'
import { visibleText } from '../../platform/typed.ts'
import { bookingModes, kinds, visibilities, waitingListModes } from '../activities/activity.ts'
import { isJoinLink, withoutSafeLinks } from '../teams/join-link.ts'

const cell = z.string().overwrite(visibleText).trim()

function line (most: number) {
  return cell.max(most, { error: `must have at most ${most} characters`, abort: true })
    .refine(isOneLine, 'must be one line')
}

function lineOrNothing (most: number) {
  return line(most).transform(text => text === '' ? undefined : text)
}

/** A name from a list, as people may write it without knowing the list: `Online workshop`. */
function asNamed (text: string): string {
  return text.toLowerCase().replaceAll(/[\s_\p{Pd}]+/gu, '-')
}

function choice <const Values extends readonly [string, ...string[]]> (values: Values, whenEmpty?: Values[number]) {
  return cell.overwrite(asNamed).transform(text => text === '' ? whenEmpty ?? text : text)
    .pipe(z.enum(values, `must be ${whenEmpty === undefined ? '' : 'empty or '}one of ${values.join(', ')}`))
}

function wholeNumber (low: number, high: number) {
  return cell.refine(text => text === '' || (/^\d{1,9}$/.test(text) && Number(text) >= low && Number(text) <= high),
    `must be a whole number from ${low} to ${high}`)
    .transform(text => text === '' ? undefined : Number(text))
}

function listOf (what: string, item: RegExp, normal: (text: string) => string = text => text) {
  const sentence = `must be ${what}, separated by ;`
  return cell.transform(text => [...new Set(text.split(';').map(normal).filter(name => name !== ''))])
    .pipe(z.array(z.string().max(80, sentence).regex(item, sentence)).max(50, 'must not be more than 50'))
}

const slug = line(80).regex(/^([a-z0-9]+(-[a-z0-9]+)*)?$/,
  { error: 'must be made of small letters, digits and single hyphens, like workshop-in-december' })

/** An agency as a file names it: by its slug, or by its name, from which the slug is made. */
export interface NamedAgency {
  slug: string
  name: string
}

const agency = z.object({
  slug: z.string().min(1, 'must be the slug or the name of an agency'),
  name: line(100)
})

function agencyOf (text: string): NamedAgency {
  const slug = slugOf(text)
  const words = text.replaceAll('-', ' ')
  return { slug, name: text === slug ? words.charAt(0).toUpperCase() + words.slice(1) : text }
}

const given = { error: 'must be given', abort: true }

/**
 * One row of a programme file, cell by cell: what it names is looked up, and its times are read, once its campaign is
 * known. An empty cell takes its column's default; with `joinUrl` undefined the link stays.
 */
export const programmeRow = z.strictObject({
  campaign: cell.min(1, given).pipe(slug),
  title: cell.min(1, given).pipe(line(200)),
  slug,
  kind: choice(kinds),
  starts: cell.min(1, given),
  ends: cell,
  venue: lineOrNothing(200),
  join_url: cell.transform(withoutSafeLinks).refine(text => text === '' || isJoinLink(text),
    'must be the link of a Teams meeting, as Teams gives it: https://teams.microsoft.com/…')
    .transform(text => text === '' ? undefined : text),
  district: lineOrNothing(100),
  audiences: listOf('audiences in letters, digits and hyphens', /^[\p{L}\p{N}]+(-[\p{L}\p{N}]+)*$/u,
    text => text.trim().toLowerCase().replace(/\s+/g, '-')),
  visibility: choice(visibilities, 'agency'),
  booking: choice(bookingModes, 'none'),
  capacity: wholeNumber(1, 100_000),
  places_per_booking: wholeNumber(1, 100).transform(places => places ?? 1),
  waiting_list: choice(waitingListModes, 'automatic'),
  lead_agency: cell.transform(text => text === '' ? undefined : agencyOf(text)).pipe(agency.optional()),
  partner_agencies: cell.transform(text => text.split(';').map(name => name.trim()).filter(name => name !== '').map(agencyOf))
    .pipe(z.array(agency).max(50, 'must not be more than 50')),
  summary: cell.refine(text => text.length <= 5000, 'must have at most 5000 characters'),
  // Includes the export's value for a cancelled activity: read back, it stays cancelled.
  status: cell.overwrite(asNamed).transform(text => text === '' ? 'draft' : text)
    .pipe(z.enum(['draft', 'published', 'cancelled'], 'must be draft or published'))
})

export type ProgrammeRow = z.output<typeof programmeRow>

/** The columns of a programme file, in the order in which they are written. */
export const programmeColumns = Object.keys(programmeRow.shape) as ReadonlyArray<keyof ProgrammeRow>

export type ProgrammeColumn = keyof ProgrammeRow
export type ProgrammeCells = Record<ProgrammeColumn, string>
