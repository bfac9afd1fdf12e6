import { bookingModes, kinds, visibilities } from '../../programme/activities/activity.ts'
import type { CurrentActivity } from '../../programme/activities/draft.ts'
import { localTime, secondOfTwo } from '../../programme/activities/local-time.ts'
import { factsOf, kindInWords, kindToChoose } from '../../programme/activities/page.ts'
import { placeOf } from '../../programme/activities/place.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { embargoInWords, runningOf } from '../../programme/activities/staff-page.ts'
import { timeInWords } from '../../programme/activities/when.ts'
import { formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { paragraphsOf } from '../../platform/marked-text.ts'
import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { activityFields, answersOf } from './answers.ts'
import type { Answers, Moment, Surroundings, Wrong } from './answers.ts'
import { fixedForCoHosts, units, versionOf } from './both-changed.ts'
import type { EditEffects } from './effects.ts'
import { AnswersRefused } from './errors.ts'
import type { BothChanged } from './errors.ts'
import { bookingInWords, changesInWords, inWords, unitInWords, visibilityInWords } from './in-words.ts'
import type { Missing } from './missing.ts'
import { withChanges } from './proposals.ts'
import type { Proposal } from './proposals.ts'
import { readVersionOf } from './publish.ts'
import type { OpenCampaign } from './queries.ts'

/** The contents of a form: the answers, and what is wrong with them. */
export interface Filled {
  answers: Answers
  errors?: FormErrors | undefined
}

/** Answers that were refused, for the form that shows them again; undefined for any other error. */
export function refusedAnswers (error: unknown): FormErrors | undefined {
  return refusedWithout([], error)
}

/** The same for a form without some fields: what is wrong with one of them is wrong with the form. */
export function refusedWithout (notShown: readonly string[], error: unknown): FormErrors | undefined {
  if (!(error instanceof AnswersRefused)) return undefined
  const wrong = error.wrong.map(one => notShown.includes(one.field) ? { ...one, field: 'form' as const } : one)
  return { ...errorsOf(wrong), status: error.status }
}

function errorsOf (wrong: readonly Wrong[]): FormErrors {
  const issues = wrong.map(({ field, text }) => ({ path: [field], message: text }))
  return formErrors({ issues } as unknown as Parameters<typeof formErrors>[0], [...activityFields, 'days'])
}

/** The questions about an activity, with the answers that they have. */
function questionsOf (
  { answers, errors }: Filled, { districts, agencies, boundTo }: Surroundings, zone: string
) {
  const chosen = answers.partners.split(';')
  const districtsShown = answers.district === '' || districts.includes(answers.district)
    ? districts
    : [...districts, answers.district]
  return {
    values: answers,
    errors,
    kinds: [{ value: '', text: 'Select a kind' }, ...kinds.map(value => ({ value, text: kindToChoose(value) }))]
      .map(item => ({ ...item, selected: item.value === answers.kind })),
    districts: districts.length === 0
      ? undefined
      : ['', ...districtsShown]
          .map(value => ({ value, text: value === '' ? 'None' : value, selected: value === answers.district })),
    visibilities: visibilities.map(value => ({
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
    twice: Object.fromEntries((['starts', 'ends', 'opens', 'closes', 'embargo'] as const)
      .map(moment => [moment, twiceOf(answers, moment, zone)]))
  }
}

/**
 * What everyone would read of a draft, with its version. The words are of that version, not of the page's activity,
 * which was read before it: somebody may have changed it in between.
 */
export function whatIsReadOf (activity: KnownActivity, current: CurrentActivity) {
  const shown = { ...activity, ...current, ...placeOf({ ...current, venue: current.venue ?? null }) }
  return {
    ...factsOf(shown),
    title: shown.title,
    summary: paragraphsOf(shown.summary),
    kind: kindInWords[shown.kind],
    leadAgency: shown.leadAgency,
    embargo: embargoInWords(shown),
    version: readVersionOf(current)
  }
}

/** The question which of two times is meant, where clocks show a time twice. */
function twiceOf (answers: Answers, moment: Moment, zone: string) {
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
  /** The current state of the activity, for detecting changes that others make later. */
  now: Answers
  filled: Filled
  /** The version that a form brought and that it still shows, where it comes back for another reason. */
  saw?: string | undefined
  collision?: BothChanged | undefined
  waiting: ReturnType<typeof waitingOf> | undefined
}

/** The change that waits for a coordinator, above the form: part by part, as it is now and as it is asked to be. */
export function waitingOf (
  { current, proposal, isTheirs }: { current: CurrentActivity, proposal: Proposal, isTheirs: boolean },
  around: Surroundings
) {
  const now = answersOf(current)
  return {
    // Those who approve it find the form as everyone reads the activity.
    isTheirs,
    returned: proposal.returned?.reason,
    changes: changesInWords(now, withChanges(now, proposal.changes), around)
  }
}

/** The form that changes an activity: with its current state, or as it was filled in. */
export function editPageOf ({ activity, around, now, filled, saw, collision, waiting }: EditPage) {
  const { both = [] } = collision ?? {}
  return {
    ...runningOf(activity),
    ...questionsOf(filled, around, activity.zone),
    runBy: activity.runBy,
    fixed: around.asCoHost === true
      ? fixedForCoHosts.map(name => ({ name, value: filled.answers[name] }))
      : undefined,
    saw: saw ?? versionOf(now),
    asksCapacity: activity.booking !== 'places',
    theirs: both.map(unit => ({
      what: unitInWords[unit], theirs: inWords(now, unit, around), yours: inWords(filled.answers, unit, around)
    })),
    collision: collision?.message,
    waiting
  }
}

/** Shows, as errors beside the fields, what someone else made of the same parts. */
export function collisionOf ({ both }: BothChanged): FormErrors {
  return errorsOf(both.map(unit => ({
    field: unit === 'when' ? 'starts_day' : units[unit][0], text: `Someone else changed this too: ${unitInWords[unit]}`
  })))
}

/** What a change to an activity would do to people, before it is done. */
export function effectsPageOf (
  activity: KnownActivity, required: ConfirmationRequired, body: unknown,
  tried?: { reason: string | undefined, errors: FormErrors }
) {
  const { told, mayBeQuiet, waiting = [] } = required.effects as EditEffects
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    button: saveInWords(told),
    mayBeQuiet,
    waiting: waiting.map(({ what }) => what).join(', '),
    reason: tried?.reason,
    errors: tried?.errors,
    fields: hiddenFieldsOf(body).filter(({ name }) => name !== 'quiet' && name !== 'reason')
  }
}

function saveInWords (people: number): string {
  if (people === 0) return 'Save'
  return people === 1 ? 'Save and tell them' : `Save and tell ${people} people`
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

/** What is still missing before an activity is published and what that would do, or what taking it down would need. */
export function publishPageOf (
  activity: KnownActivity, missing: readonly Missing[], required: ConfirmationRequired, errors?: FormErrors
) {
  const { confirmed, offered, held, waiting } = activity.occupancy
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    slug: activity.slug,
    status: activity.status,
    visibility: visibilityInWords[activity.visibility],
    embargo: embargoInWords(activity),
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

/** What a change to how people join and to their emails would do to them, before it is made. */
export function arrangementEffectsPageOf (activity: KnownActivity, required: ConfirmationRequired, body: unknown) {
  const running = runningOf(activity)
  return { ...running, ...effectsOf(required), action: `${running.activity.href}/arrangements`, fields: hiddenFieldsOf(body) }
}
