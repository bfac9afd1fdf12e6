import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import * as bookings from '../../src/booking/bookings/schema.ts'
import * as evaluations from '../../src/booking/evaluations/schema.ts'
import * as holds from '../../src/booking/holds/schema.ts'
import * as waiting from '../../src/booking/waiting-list/schema.ts'
import { searchSeal } from '../../src/booking/attendees/filter.ts'
import * as feeds from '../../src/mail/agency-feeds/schema.ts'
import * as approval from '../../src/office/approval/schema.ts'
import * as reported from '../../src/office/attendance-reports/schema.ts'
import * as board from '../../src/office/board/schema.ts'
import * as coHosts from '../../src/office/co-hosts/schema.ts'
import { baseOf } from '../../src/office/entries/entered.ts'
import * as entryForms from '../../src/office/entries/form-schema.ts'
import * as entries from '../../src/office/entries/schema.ts'
import { allColumns } from '../../src/office/exports/columns.ts'
import * as exportsOf from '../../src/office/exports/schema.ts'
import * as sheets from '../../src/office/exports/sign-in-sheet-schema.ts'
import * as legalHolds from '../../src/office/legal-holds/schema.ts'
import * as onBehalf from '../../src/office/on-behalf/schema.ts'
import * as onTheDay from '../../src/office/on-the-day/schema.ts'
import * as outcomes from '../../src/office/outcomes/schema.ts'
import * as programmeImport from '../../src/office/programme-import/schema.ts'
import * as reports from '../../src/office/reports/schema.ts'
import * as requests from '../../src/office/requests/schema.ts'
import * as resourceRequests from '../../src/office/resource-requests/schema.ts'
import * as members from '../../src/office/staff-accounts/schema.ts'
import { abouts } from '../../src/office/standing-lists/standing-list.ts'
import * as standing from '../../src/office/standing-lists/schema.ts'
import * as successions from '../../src/office/successions/schema.ts'
import * as activities from '../../src/programme/activities/schema.ts'
import { questionsAt, suggested } from '../../src/programme/evaluations/questionnaire.ts'
import * as questionnaires from '../../src/programme/evaluations/schema.ts'
import * as downloads from '../../src/programme/resources/download-schema.ts'
import * as support from '../../src/programme/support/schema.ts'
import { noon, secretKey } from '../support/world.ts'
import { districts, id } from './usual.ts'

const today = '2026-11-23'
const seal = searchSeal(secretKey)
const one = [{ id, slug: 'agency', name: 'Cumbria Police' }]
const questions = questionsAt(suggested, 'after')
const resource = {
  id, name: 'Leaflet', description: '', most: 50, warnBelow: 5, stock: 100, promised: 0, isRetired: false
}
const asked = { getting: 'collect' as const, items: [{ resourceId: id, name: 'Leaflet', asked: 20, granted: undefined, isRetired: false }] }
const presences: Array<[number, number, number]> = [[noon.toMillis(), noon.toMillis() + 1_800_000, 1800]]
const review = {
  at: noon.toMillis(),
  from: 'file' as const,
  note: '',
  people: [{ name: 'Anne', isPresenter: false, isTwice: false, presences, near: [id] }],
  shownAbsent: []
}
const booked = {
  id, reference: 'K7PMW-3QD4R', name: 'Anne', canonicalEmail: undefined, attended: undefined, minutesAtLeast: undefined, places: 3, attendanceSource: undefined
}
const entryForm = {
  isOn: true,
  isListed: true,
  opensOn: undefined,
  closesOn: undefined,
  introduction: '',
  kinds: ['stall' as const, 'other' as const],
  firstDay: '2026-12-07',
  lastDay: '2026-12-13',
  audiences: [],
  district: undefined,
  visibility: 'public' as const,
  hashtags: '',
  questions: [{ text: 'How many come?', choices: [], isRequired: true }, { text: 'Which age?', choices: ['Under 10', 'Older'], isRequired: false }]
}
const campaign = {
  id, slug: 'week', title: 'Week', zone: 'Europe/London', partnership: 'Ours', districts, hashtags: [], firstDay: '2026-12-07', lastDay: '2026-12-13'
}
const around = { form: entryForm, campaign, base: baseOf(campaign, entryForm) }

const ofEntry: Record<string, string[]> = {
  title: [],
  kind: ['stall', 'other'],
  starts_day: ['2026-12-09'],
  ends_day: [''],
  all_day: ['', 'yes'],
  starts_time: ['10:00'],
  ends_time: ['11:30'],
  venue: [],
  district: districts,
  audiences: ['parents'],
  booking: ['drop-in', 'none'],
  summary: [],
  answer_1: [],
  answer_2: ['Under 10', 'Older', '']
}

/** The schemas that depend on what is there, by their part's folder and the function that makes them. */
const made: Readonly<Record<string, z.ZodType | readonly z.ZodType[]>> = {
  'booking/bookings bookingForm': [
    bookings.bookingForm({ districts, placesPerBooking: 4 }),
    bookings.bookingForm({ districts: [], placesPerBooking: 1 })
  ],
  'booking/bookings placesForm': bookings.placesForm(4),
  'booking/bookings cancellationForm': bookings.cancellationForm({ secretVenue: 'The Brewery, Kendal', district: 'Bury' }),
  'booking/evaluations answersForm': evaluations.answersForm(questions),
  'booking/holds holdForm': holds.holdForm(one),
  'booking/waiting-list anotherDateForm': [false, true].map(allDay =>
    waiting.anotherDateForm({ allDay, zone: 'Europe/London' } as Parameters<typeof waiting.anotherDateForm>[0], noon)),
  'mail/agency-feeds feedForm': [feeds.feedForm(undefined), feeds.feedForm(id)],
  'office/approval areasForm': approval.areasForm(districts),
  'office/approval approvalForm': approval.approvalForm({ districts, named: [{ name: 'North', districts: ['Bury'] }] }),
  'office/attendance-reports decisionForm': reported.decisionForm(review, [booked]),
  'office/board copyQuestion': board.copyQuestion(today),
  'office/board copyForm': board.copyForm(today),
  'office/co-hosts coHostInvitationForm': coHosts.coHostInvitationForm(one),
  'office/entries settingsForm': entryForms.settingsForm(districts),
  'office/entries enterForm': entries.enterForm(around),
  'office/entries amendForm': entries.amendForm(around, [{ question: 'Before?', answer: 'Yes' }]),
  'office/exports listForm': exportsOf.listForm(allColumns),
  'office/exports filterAddress': exportsOf.filterAddress(seal),
  'office/exports listsAddress': exportsOf.listsAddress(seal),
  'office/exports sheetOptions': [true, false].map(mayHaveNeeds => sheets.sheetOptions({ mayHaveNeeds })),
  'office/legal-holds activityLegalHoldForm': legalHolds.activityLegalHoldForm(today),
  'office/legal-holds personLegalHoldForm': legalHolds.personLegalHoldForm(today),
  'office/legal-holds legalHoldChangeForm': legalHolds.legalHoldChangeForm(today),
  'office/on-behalf phoneBookingForm': onBehalf.phoneBookingForm({ districts, placesPerBooking: 4 }),
  'office/on-behalf detailsForm': onBehalf.detailsForm({ districts, placesPerBooking: 4 }),
  'office/on-the-day receiptForm': onTheDay.receiptForm('Europe/London', noon),
  'office/outcomes outcomeForm': outcomes.outcomeForm({ booking: 'drop-in' }),
  'office/programme-import downloadForm': programmeImport.downloadForm([{ slug: 'week' }]),
  'office/reports reportChoice': reports.reportChoice({
    campaigns: [{ slug: 'week' }], agencies: one, usual: { from: '2026-Q1', to: '2026-Q4' }
  }),
  'office/requests recordForm': requests.recordForm(today),
  'office/resource-requests askForm': resourceRequests.askForm([resource], [{ id }], noon),
  'office/resource-requests approvalForm': resourceRequests.approvalForm(asked),
  'office/resource-requests packingForm': resourceRequests.packingForm(asked),
  'office/staff-accounts newMemberForm': members.newMemberForm(one),
  'office/staff-accounts memberForm': members.memberForm(one),
  'office/standing-lists newAddress': standing.newAddress(seal),
  'office/standing-lists newForm': standing.newForm(allColumns, abouts),
  'office/standing-lists changeForm': standing.changeForm(allColumns),
  'office/successions successionForm': successions.successionForm(today, districts),
  'programme/activities arrangementsForm': [true, false].map(isOnline => activities.arrangementsForm({ isOnline, joinMode: 'invitation' })),
  'programme/evaluations questionsForm': questionnaires.questionsForm(suggested),
  'programme/resources downloadForm': downloads.downloadForm([{ id }], [{ id }]),
  'programme/support newContactForm': support.newContactForm(districts),
  'programme/support contactForm': support.contactForm(districts)
}

/** The fields of forms that a schema does not tell, with what is chosen or typed there; none: the usual. */
export const beneath: Readonly<Record<string, Record<string, string[]>>> = {
  'office/entries enterForm': { ...ofEntry, keep: ['yes'], organisation: [], name: [], email: [], submission: [] },
  'office/entries amendForm': { ...ofEntry, saw: [] },
  'office/resource-requests askForm': {
    [`quantity_${id}`]: ['5', '0', '50'],
    name: [],
    organisation: [],
    organisation_kind: [''],
    email: [],
    phone: [],
    getting: ['collect', 'collect', 'deliver'],
    address: ['', '', '1 Market Street, Kendal LA9 4TT'],
    needed_by: ['2026-12-08', '8/12/2026'],
    campaign: [id, ''],
    purpose: [],
    for_work: ['yes'],
    submission: []
  },
  'office/outcomes outcomeForm': {
    took_place: ['yes', 'no'], peopleReached: ['', '12', '1,200'], premisesVisited: ['', '3'], leafletsGiven: [''], conversations: ['0'], learnt: [], sure: [''], edition: []
  },
  'office/successions successionForm': {
    from: ['partnership:Barrow', `agency:${id}`], district: ['', 'Bury'], successor: ['Furness partnership'], day: ['2027-04-01'], replyTo: ['', 'hello@furness.example'], pressContact: ['', 'Press office'], pressEmail: ['', 'press@furness.example'], pressPhone: ['', '01229 876543'], submission: [], confirmed: ['']
  },
  'office/exports listsAddress': { activity: ['workshop'], campaign: ['week', ''], from: ['2026-12-01'], to: ['2026-12-31'], q: [''] },
  'office/on-the-day attendanceForm': { 'K7PMW-3QD4R': ['unknown-yes', 'yes-no'], 'K7PMW-3QD4R-came': ['all-2', 'unknown-all'] },
  'office/attendance-reports decisionForm': {
    'who-0': ['walk-in', 'left-out', 'booking-K7PMW-3QD4R', 'other'], 'other-0': ['', 'K7PMW-3QD4R'], 'came-K7PMW-3QD4R': ['', '2'], 'differs-K7PMW-3QD4R': ['keep', 'came']
  }
}

/** Schemas of what someone types at a terminal, where `cli/command.ts` says itself what is missing. */
export const atTerminal = new Set([
  'office/rights personAddress', 'office/staff-accounts newStaffMember', 'office/staff-accounts staffEmail',
  'programme/campaigns newAgency', 'programme/campaigns newCampaign'
])

/** Where the bytes of files stand beside what is typed. */
export const withFiles: Readonly<Record<string, string>> = {
  'office/attendance-reports uploadForm': 'report', 'office/programme-import uploadForm': 'file', 'programme/resources downloadForm': 'file'
}

/** Read with a file's rows, which have each column: test/fuzz/files.test.ts. */
const ofFiles = ['programme/programme-file programmeRow']

const src = join(import.meta.dirname, '../../src')

/** Names that a function has which makes a schema; of those that only sound so, what they make instead. */
const makesSchema = /(?:Form|Address|Choice|Question|Options)$/
const makesNone = ['office/approval areaChoice', 'booking/bookings isEmailAddress']

/** A schema by which something is read that comes in, with its name. */
export interface Read { name: string, schema: z.ZodType }

/**
 * Every schema in the `schema.ts` of a part, so that a new form is among them by itself; and the functions that make
 * one which nobody has called above.
 */
export async function allForms (): Promise<{ forms: Read[], missing: string[] }> {
  const files = (await readdir(src, { recursive: true })).filter(file => /\/(?:[\w-]+-)?schema\.ts$/.test(file)).sort()
  const found = (await Promise.all(files.map(async file => {
    const part = file.slice(0, file.lastIndexOf('/'))
    return Object.entries(await import(join(src, file)) as Record<string, unknown>)
      .map(([name, value]) => ({ name: `${part} ${name}`, value }))
  }))).flat()
  const fixed = found.flatMap(({ name, value }) =>
    value instanceof z.ZodType && !ofFiles.includes(name) ? [{ name, schema: value }] : [])
  const missing = found.filter(({ name, value }) => typeof value === 'function' && makesSchema.test(name))
    .map(({ name }) => name).filter(name => made[name] === undefined && !makesNone.includes(name))
  const others = Object.entries(made).flatMap(([name, schemas]) => [schemas].flat().map(schema => ({ name, schema })))
  return { forms: [...fixed, ...others] as Read[], missing }
}
