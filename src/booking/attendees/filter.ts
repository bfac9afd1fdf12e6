import { z } from 'zod'
import { answer, isOneLine, optional, unknownField } from '../../platform/http/form-answers.ts'
import { pageNumber } from '../../platform/http/url-params.ts'
import { sealFor } from '../../platform/seal.ts'
import type { SecretKey, Seal } from '../../platform/seal.ts'
import { attendances } from '../bookings/attendance.ts'
import type { Attendance } from '../bookings/attendance.ts'
import { attendeeRoles, statuses } from '../bookings/booking.ts'
import type { AttendeeRole, BookingStatus } from '../bookings/booking.ts'
import { parseSearch } from './search-query.ts'

/** What a list of attendees can be sorted by; `turn` is the order of the waiting list. */
export const sortings = ['status', 'name', 'places', 'role', 'district', 'attendance', 'booked', 'turn'] as const
export type Sorting = typeof sortings[number]

/** Which attendees, and in which order; an empty list, `undefined` and `false`: any. */
export interface AttendeeFilter {
  statuses: readonly BookingStatus[]
  roles: readonly AttendeeRole[]
  districts: readonly string[]
  /** Only those with an access need; `open`: who have no answer, and said it here and not for another date. */
  need: 'yes' | 'open' | undefined
  /** Only those who asked something; `open`: what nobody has settled yet. */
  question: 'asked' | 'open' | undefined
  attendances: readonly Attendance[]
  /** Only those that emails do not reach, and who know of their booking. */
  isUnreached: boolean
  /** What is searched for, as typed; `parseSearch` reads it. */
  search: string | undefined
  sort: Sorting
  isDescending: boolean
}

/** Everyone, in the order in which lists are sorted unless one asks for another. */
export const everyone: AttendeeFilter = {
  statuses: [],
  roles: [],
  districts: [],
  need: undefined,
  question: undefined,
  attendances: [],
  isUnreached: false,
  search: undefined,
  sort: 'status',
  isDescending: false
}

/** More districts than a campaign has. */
const maxDistricts = 50

/** Some of a few words, in the order in which the page has them, however often an address gives them. */
function some<Word extends string> (words: readonly Word[], sentence: string) {
  return severalOf(z.enum(words, sentence)).transform(given => words.filter(word => given.includes(word)))
}

function severalOf<S extends z.ZodType> (one: S) {
  return z.preprocess(given => [given ?? []].flat().filter(value => value !== ''), z.array(one))
}

const tooManyDistricts = 'Choose fewer districts'

/** What people choose, in an address and in the form; empty counts as not chosen. */
const choices = {
  status: some(statuses, 'Select a status from those on the page'),
  role: some(attendeeRoles, 'Select a role from those on the page'),
  district: severalOf(answer('District').trim().min(1, 'Select a district from those on the page')
    .refine(text => text.length <= 100 && isOneLine(text), 'Select a district from those on the page'))
    .refine(districts => districts.length <= maxDistricts, tooManyDistricts)
    .transform(districts => [...new Set(districts)]),
  need: optional(z.enum(['yes', 'open'], 'Select which access needs from those on the page')),
  question: optional(z.enum(['asked', 'open'], 'Select which questions from those on the page')),
  attendance: some(attendances, 'Select who came from those on the page'),
  reached: optional(z.literal('no', 'Select if you want people that emails do not reach')).transform(reached => reached === 'no'),
  sort: optional(z.enum(sortings, 'This list cannot be sorted by that')).transform(sort => sort ?? everyone.sort),
  order: optional(z.enum(['up', 'down'], 'A list can only be sorted up or down')).transform(order => order === 'down')
}

const nobodySought = 'Enter a name, an email address, a phone number or a reference'

/** What someone types to find people. */
export const searchText = answer('What you look for', nobodySought).trim()
  .min(1, { error: nobodySought, abort: true })
  .refine(text => text.length <= 254, { error: 'What you look for must be 254 characters or fewer', abort: true })
  .refine(isOneLine, { error: 'What you look for must be on one line', abort: true })
  .refine(text => parseSearch(text) !== undefined, nobodySought)

interface Chosen {
  status: BookingStatus[]
  role: AttendeeRole[]
  district: string[]
  need?: AttendeeFilter['need']
  question?: AttendeeFilter['question']
  attendance: Attendance[]
  reached: boolean
  sort: Sorting
  order: boolean
}

function filterOf (
  { status, role, district, need, question, attendance, reached, sort, order }: Chosen, search: string | undefined
): AttendeeFilter {
  return {
    statuses: status,
    roles: role,
    districts: district,
    need,
    question,
    attendances: attendance,
    isUnreached: reached,
    search,
    sort,
    isDescending: order
  }
}

/** The fields of the form, for errors beside them. */
export const filterFields = ['search', 'status', 'role', 'district', 'need', 'question', 'attendance', 'reached'] as const

/** The filter as the form on the page sends it, with what is searched for as it was typed. */
export const attendeeFilterForm = z.strictObject({ ...choices, search: optional(searchText) }, { error: unknownField })
  .transform(({ search, ...chosen }) => filterOf(chosen, search))

/**
 * What of an address says which attendees: `attendeeFilterIn` makes a filter of it. Spread into the object of a route
 * that takes more than this.
 */
export function attendeeAddress (seal: Seal) {
  return { ...choices, q: optional(sealed(seal).pipe(searchText)) }
}

/** A filter without its search, as it can be kept; `keptFilter` reads it. */
export function toKeep ({ search, ...chosen }: AttendeeFilter): string {
  return new URLSearchParams(fieldsOf(chosen)).toString()
}

/** The filter that `toKeep` made a text of. */
export function keptFilter (kept: string): AttendeeFilter {
  const given = new URLSearchParams(kept)
  const fields = Object.fromEntries([...given.keys()].map(name => {
    const values = given.getAll(name)
    return [name, values.length > 1 ? values : values[0]]
  }))
  return filterOf(z.strictObject(choices).parse(fields), undefined)
}

/** The filter of what `attendeeAddress` read. */
export function attendeeFilterIn ({ q, ...chosen }: Chosen & { q?: string | undefined }): AttendeeFilter {
  return filterOf(chosen, q)
}

/** The address of the list: a filter, the page of it, whether all on it are chosen, and what was done. */
export function listAddress (seal: Seal) {
  return z.strictObject({
    ...attendeeAddress(seal), page: z.unknown().optional(), select: z.unknown().optional(), done: z.unknown().optional()
  }, { error: unknownField }).transform(({ page, select, done, ...chosen }) => ({
    filter: attendeeFilterIn(chosen), page: pageNumber(page), areAllChosen: select === 'all'
  }))
}

/** Seals searches in addresses. */
export function searchSeal (secretKey: SecretKey): Seal {
  return sealFor('search', secretKey)
}

const unreadable = 'This link cannot be read any more. Search again'

/**
 * A search in an address is sealed, because browsers, proxies and their logs keep addresses: it is a name, an email
 * address or a phone number.
 */
function sealed (seal: Seal) {
  return answer('The search', unreadable).max(1500, unreadable).transform((text, context) => {
    try {
      return seal.open(text)
    } catch {
      context.addIssue(unreadable)
      return z.NEVER
    }
  })
}

/** A filter as an address gives it, after the question mark; empty for everyone in the usual order. */
export function addressOf (filter: AttendeeFilter, seal: Seal, page = 1): string {
  const { search, ...chosen } = filter
  const given = new URLSearchParams([
    ...fieldsOf(chosen),
    ...(search === undefined ? [] : [['q', seal.close(search)]]),
    ...(page > 1 ? [['page', String(page)]] : [])
  ] as Array<[string, string]>)
  return given.toString()
}

/** What is chosen, as names and values of fields; nothing of what is searched for. */
export function fieldsOf (
  { statuses, roles, districts, need, question, attendances, isUnreached, sort, isDescending }:
  Omit<AttendeeFilter, 'search'>
): Array<[name: string, value: string]> {
  const each = (name: string, values: readonly string[]) => values.map((value): [string, string] => [name, value])
  return [
    ...each('status', statuses), ...each('role', roles), ...each('district', districts),
    ...each('need', need === undefined ? [] : [need]), ...each('question', question === undefined ? [] : [question]),
    ...each('attendance', attendances), ...each('reached', isUnreached ? ['no'] : []),
    ...each('sort', sort === everyone.sort ? [] : [sort]), ...each('order', isDescending ? ['down'] : [])
  ]
}

/**
 * True if being on the list tells something of a person that not everyone may take away in a list: that they have an
 * access need or a question, or their phone number. That emails do not reach someone is no such thing: whoever may see
 * the list reads it there beside each person, and no column withholds it.
 */
export function tellsTooMuch ({ need, question, search }: AttendeeFilter): boolean {
  return need !== undefined || question !== undefined ||
    (search !== undefined && parseSearch(search)?.phone !== undefined)
}

/** True if it lets everyone through, in whatever order. */
export function isEveryone (filter: AttendeeFilter): boolean {
  return filter.search === undefined && fieldsOf({ ...filter, sort: everyone.sort, isDescending: false }).length === 0
}
