import { bookingModes, kinds, visibilities } from '../../programme/activities/activity.ts'
import type { Visibility } from '../../programme/activities/activity.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { localTime, secondOfTwo } from '../../programme/activities/local-time.ts'
import { kindInWords } from '../../programme/activities/page.ts'
import type { KnownActivity } from '../../programme/activities/queries.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { timeInWords } from '../../programme/activities/when.ts'
import { formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { effectsOf, fieldsAgain } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { activityFields } from './answers.ts'
import type { Answers, Surroundings, Wrong } from './answers.ts'
import { marksOf, units, unitsChanged } from './both-changed.ts'
import type { Unit } from './both-changed.ts'
import { effectsInWords } from './effects.ts'
import type { BothChanged, ToldChange } from './errors.ts'
import type { Missing } from './missing.ts'
import type { OpenCampaign } from './queries.ts'

const visibilityInWords: Record<Visibility, { name: string, who: string }> = {
  public: { name: 'Everybody', who: 'It is on the programme for parents, and in the public calendar.' },
  partners: { name: 'Partners only', who: 'Staff of the partnership, and of the agencies that lead it or take part.' },
  agency: { name: 'Agency only', who: 'The same, and marked as work of one agency.' },
  operational: { name: 'Operational', who: 'Only admins, and staff of the agencies that lead it or take part.' }
}

const bookingInWords: Record<BookingWindow['booking'], string> = {
  none: 'Nobody books: it is news, a poster or work of our own',
  'drop-in': 'People drop in, without booking',
  places: 'People book places',
  invitation: 'By invitation only'
}

/** What each part of an activity is called, where it was changed. */
const unitInWords: Record<Unit, string> = {
  title: 'Title',
  summary: 'Summary',
  kind: 'Kind',
  when: 'When',
  venue: 'Venue',
  district: 'District',
  audiences: 'Who it is for',
  visibility: 'Who may see it',
  lead_agency: 'Led by',
  partners: 'Taking part',
  booking: 'How people come',
  places_per_booking: 'Places in one booking',
  opens: 'Booking opens',
  closes: 'Booking closes'
}

/** What stands in a form: the answers, and what is wrong with them. */
export interface Filled {
  answers: Answers
  errors?: FormErrors | undefined
}

/** What is wrong with answers, for the form that shows them again. */
export function errorsOf (wrong: readonly Wrong[]): FormErrors {
  const issues = wrong.map(({ field, text }) => ({ path: [field], message: text }))
  return formErrors({ issues } as unknown as Parameters<typeof formErrors>[0], [...activityFields, 'days'])
}

/** The questions about an activity, with the answers that they have. */
export function questionsOf (
  { answers, errors }: Filled, { districts, agencies, boundTo, mayHide }: Surroundings, zone: string
) {
  const chosen = answers.partners.split(';')
  const districtsShown = answers.district === '' || districts.includes(answers.district)
    ? districts
    : [...districts, answers.district]
  return {
    values: answers,
    errors,
    kinds: [{ value: '', text: 'Select a kind' }, ...kinds.map(value => ({ value, text: kindInWords[value] }))]
      .map(item => ({ ...item, selected: item.value === answers.kind })),
    districts: districts.length === 0
      ? undefined
      : ['', ...districtsShown]
          .map(value => ({ value, text: value === '' ? 'None' : value, selected: value === answers.district })),
    visibilities: visibilities.filter(value => mayHide || value !== 'operational' || value === answers.visibility)
      .map(value => ({
        value,
        text: visibilityInWords[value].name,
        hint: { text: visibilityInWords[value].who },
        checked: value === answers.visibility
      })),
    bookings: bookingModes.map(value => ({ value, text: bookingInWords[value], checked: value === answers.booking })),
    agencies: boundTo === undefined
      ? [{ value: '', text: 'The partnership' }, ...agencies.map(({ id, name }) => ({ value: id, text: name }))]
          .map(item => ({ ...item, selected: item.value === answers.lead_agency }))
      : undefined,
    partners: agencies.map(({ id, name }) => ({ value: id, text: name, checked: chosen.includes(id) })),
    twice: Object.fromEntries((['starts', 'ends', 'opens', 'closes'] as const)
      .map(moment => [moment, twiceOf(answers, moment, zone)]))
  }
}

/** The question which of two times is meant, where clocks show one twice. */
function twiceOf (answers: Answers, moment: 'starts' | 'ends' | 'opens' | 'closes', zone: string) {
  const day = answers[`${moment}_day`] === '' && moment === 'ends' ? answers.starts_day : answers[`${moment}_day`]
  const text = `${day} ${answers[`${moment}_time`].slice(0, 5).padStart(5, '0')}`
  const first = localTime(text, zone)?.at
  if (first === undefined || secondOfTwo(text, zone) === undefined) return undefined
  const shown = timeInWords(first, zone)
  const items = [
    { value: 'first', text: `The first ${shown}, before the clocks go back` },
    { value: 'second', text: `The second ${shown}, an hour later` }
  ]
  return {
    legend: `Which ${shown}? The clocks go back that night`,
    items: items.map(item => ({ ...item, checked: item.value === answers[`${moment}_which`] }))
  }
}

interface EditPage {
  activity: KnownActivity
  around: Surroundings
  /** How the activity is now, by which what changes later is told. */
  now: Answers
  filled: Filled
  /** Marks that a form brought and that still hold, where it comes back for another reason. */
  saw?: string | undefined
  collision?: BothChanged | undefined
}

/** The form that changes an activity: as it stands, or as somebody has filled it in. */
export function editPageOf ({ activity, around, now, filled, saw, collision }: EditPage) {
  const { both = [] } = collision ?? {}
  return {
    ...runningOf(activity),
    ...questionsOf(filled, around, activity.zone),
    saw: saw ?? marksOf(now),
    asksCapacity: activity.booking !== 'places',
    theirs: both.map(unit => ({
      what: unitInWords[unit], theirs: inWords(now, unit, around), yours: inWords(filled.answers, unit, around)
    })),
    collision: collision?.message
  }
}

/** Where the form shows what somebody else made of the same, as what is wrong with it. */
export function collisionOf ({ both }: BothChanged): FormErrors {
  return errorsOf(both.map(unit => ({
    field: unit === 'when' ? 'starts_day' : units[unit][0], text: `Somebody else changed this too: ${unitInWords[unit]}`
  })))
}

/** What a change to an activity would do to people, before it is done. */
export function effectsPageOf (
  activity: KnownActivity, around: Surroundings, { answers, now, told, besides, mayBeQuiet }: ToldChange,
  tried?: { reason: string | undefined, errors: FormErrors }
) {
  return {
    ...runningOf(activity),
    effects: [...effectsInWords(told), ...besides],
    toCall: told.toCall,
    button: saveInWords(told.confirmed + told.waiting),
    mayBeQuiet,
    reason: tried?.reason,
    errors: tried?.errors,
    changes: unitsChanged(now, answers).map(unit => ({
      what: unitInWords[unit], from: inWords(now, unit, around), to: inWords(answers, unit, around)
    })),
    fields: activityFields.filter(field => answers[field] !== '').map(name => ({ name, value: answers[name] })),
    saw: marksOf(now)
  }
}

function saveInWords (people: number): string {
  if (people === 0) return 'Save'
  return people === 1 ? 'Save and tell them' : `Save and tell ${people} people`
}

/** A part of an activity as people say it. */
function inWords (answers: Answers, unit: Unit, { agencies }: Surroundings): string {
  const nameOf = (id: string) => agencies.find(agency => agency.id === id)?.name ?? 'an agency'
  const words = wordsOf()
  return words === '' ? 'Nothing' : words

  function wordsOf (): string {
    switch (unit) {
      case 'when': return whenTyped(answers)
      case 'kind': return kindInWords[answers.kind as keyof typeof kindInWords]
      case 'visibility': return visibilityInWords[answers.visibility as Visibility].name
      case 'booking': return bookingInWords[answers.booking as BookingWindow['booking']]
      case 'lead_agency': return answers.lead_agency === '' ? 'The partnership' : nameOf(answers.lead_agency)
      case 'partners': return answers.partners.split(';').filter(id => id !== '').map(nameOf).join(', ')
      case 'opens':
      case 'closes': return momentTyped(answers, unit)
      default: return units[unit].map(field => answers[field]).join(' ')
    }
  }
}

function whenTyped (answers: Answers): string {
  const starts = momentTyped(answers, 'starts')
  const ends = momentTyped(answers, 'ends')
  if (answers.all_day === 'yes') return ends === '' ? `${starts}, all day` : `${starts} to ${ends}`
  return `${starts} to ${ends}`
}

function momentTyped (answers: Answers, moment: 'starts' | 'ends' | 'opens' | 'closes'): string {
  const [day, time, which] = [answers[`${moment}_day`], answers[`${moment}_time`], answers[`${moment}_which`]]
  const at = localTime(`${day} 12:00`, 'utc')?.at
  const dayShown = at?.setLocale('en-GB').toFormat('cccc d LLLL yyyy') ?? ''
  const clock = localTime(`2026-12-01 ${time}`, 'utc')?.at
  const timeShown = clock === undefined ? '' : timeInWords(clock, 'utc')
  const twice = which === '' ? '' : which === 'first' ? ' (the first)' : ' (the second)'
  return [dayShown, timeShown === '' ? [] : `${timeShown}${twice}`].flat().filter(text => text !== '').join(', ')
}

/** The form that makes an activity. */
export function newPageOf ({ chosen, answers, errors, around, submission, copied }: {
  chosen: OpenCampaign,
  answers: Answers,
  errors?: FormErrors | undefined,
  around: Surroundings,
  submission: string
  copied: KnownActivity | undefined
}) {
  return {
    ...questionsOf({ answers, errors }, around, chosen.zone),
    campaign: chosen,
    copied: copied && { title: copied.title, slug: copied.slug, href: `/staff/activities/${copied.slug}` },
    submission,
    asksCapacity: true
  }
}

/** What is still missing before an activity is published, or what taking it down would need. */
export function publishPageOf (
  activity: KnownActivity, missing: readonly Missing[], errors?: FormErrors
) {
  const { confirmed, offered, held, waiting } = activity.occupancy
  return {
    ...runningOf(activity),
    slug: activity.slug,
    status: activity.status,
    visibility: visibilityInWords[activity.visibility],
    missing: missing.filter(({ mustBe }) => mustBe),
    warnings: missing.filter(({ mustBe }) => !mustBe),
    isReliedOn: confirmed + offered + held + waiting > 0,
    errors
  }
}

/** The question before a draft is deleted, or why it cannot be. */
export function deletionPageOf (activity: KnownActivity, because: string | undefined, hasMeeting: boolean) {
  const running = runningOf(activity)
  const mayBeCancelled = because !== undefined && activity.status !== 'cancelled'
  return {
    ...running, because, hasMeeting, cancelHref: mayBeCancelled ? `${running.activity.href}/cancellation` : undefined
  }
}

/** What a change to how people get in and to their letters would do to them, before it is made. */
export function arrangementEffectsPageOf (activity: KnownActivity, required: ConfirmationRequired, body: unknown) {
  const running = runningOf(activity)
  return { ...running, ...effectsOf(required), action: `${running.activity.href}/arrangements`, fields: fieldsAgain(body) }
}
