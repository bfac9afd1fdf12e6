import { z } from 'zod'
import { answer, answerInNumbers, isOneLine, optional, unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { isJoinLink, withoutSafeLinks } from '../teams/join-link.ts'
import { bookingModes, entries, kinds, reminders, visibilities, waitingListModes } from './activity.ts'
import type { Activity, Arrangements } from './activity.ts'
import type { SupplyDraft } from './supply.ts'
import { slugOf } from '../../platform/slug.ts'
import { asSeen } from '../../platform/typed.ts'

const cell = z.string().overwrite(asSeen).trim()

function line (most: number) {
  return cell.max(most, { error: `must have at most ${most} characters`, abort: true })
    .refine(isOneLine, 'must be one line')
}

function lineOrNothing (most: number) {
  return line(most).transform(text => text === '' ? undefined : text)
}

/** A name from a list, as people write it who do not think of it as one: `Online workshop`. */
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
 * One row of a programme file, cell by cell: what it names is looked up, and its times are read, once its
 * campaign is known. An empty cell takes its column's default; `joinUrl` undefined leaves the link alone.
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
  // Also what an export says of an activity that was cancelled: read back, it stays so.
  status: cell.overwrite(asNamed).transform(text => text === '' ? 'draft' : text)
    .pipe(z.enum(['draft', 'published', 'cancelled'], 'must be draft or published'))
})

export type ProgrammeRow = z.output<typeof programmeRow>

/** The columns of a programme file, in the order in which they are written. */
export const programmeColumns = Object.keys(programmeRow.shape) as ReadonlyArray<keyof ProgrammeRow>

const howTheListWorks = 'Select how the waiting list works'

/** The form on which organisers say how many places there are and how the waiting list works. */
export const supplyForm = z.strictObject({
  capacity: answerInNumbers('Places', 1, 100_000),
  over_booking: answerInNumbers('Over-booking', 0, 100),
  waiting_list: answer('Waiting list', howTheListWorks).pipe(z.enum(waitingListModes, howTheListWorks)),
  offer_hours: answerInNumbers('Hours to answer an offer', 1, 168),
  another_date_at: optional(answerInNumbers('How many bookings wait', 1, 100_000)),
  confirmed
}, { error: unknownField }).transform((form): { draft: SupplyDraft, confirmed: string | undefined } => ({
  draft: {
    capacity: form.capacity,
    overBookingPercent: form.over_booking,
    waitingList: form.waiting_list,
    offerHours: form.offer_hours,
    anotherDateAt: form.another_date_at
  },
  confirmed: form.confirmed
}))

export const supplyFields = ['capacity', 'over_booking', 'waiting_list', 'offer_hours', 'another_date_at'] as const

const howPeopleGetIn = 'Select how people get in'
const reminderUnknown = 'Select reminders from those on the page'
const followUpUnknown = 'Writing after the end is ticked or not'

/** Boxes of one name: nothing where none is ticked, and a text where one is. */
function boxes <const Values extends readonly [string, ...string[]]> (values: Values, wrong: string) {
  return z.preprocess(given => given === undefined ? [] : [given].flat(), z.array(z.enum(values, wrong), wrong))
    .transform(ticked => values.filter(value => ticked.includes(value)) as Array<Values[number]>)
}

/**
 * The form on which organisers say how people get in and which letters they get. Where nobody joins on a
 * screen it does not ask how.
 */
export function arrangementsForm ({ isOnline, entry }: Pick<Activity, 'isOnline' | 'entry'>) {
  const choice = answer('How people get in', howPeopleGetIn).pipe(z.enum(entries, howPeopleGetIn))
  return z.strictObject({
    entry: isOnline ? choice : choice.default(entry),
    reminders: boxes(reminders, reminderUnknown),
    follow_up: boxes(['yes'], followUpUnknown),
    confirmed
  }, { error: unknownField }).transform((form): { draft: Arrangements, confirmed: string | undefined } => ({
    draft: { entry: form.entry, reminders: form.reminders, followUp: form.follow_up.length > 0 },
    confirmed: form.confirmed
  }))
}

export const arrangementsFields = ['entry', 'reminders', 'follow_up'] as const
