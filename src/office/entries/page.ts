import type { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { paragraphsOf } from '../../platform/marked-text.ts'
import { submissionIn } from '../../platform/http/form-answers.ts'
import { kindInWords, kindToChoose } from '../../programme/activities/page.ts'
import type { Kind } from '../../programme/activities/activity.ts'
import { calendarDayInWords, momentInWords, timeOfDayInWords, whenInWords } from '../../programme/activities/when.ts'
import { erasedOn, isCancellingAsked, mayChange, mayWithdraw, stateOf } from '../../programme/entries/entry.ts'
import { daysAfterActivity, daysAfterEnd, daysUnconfirmed } from '../../programme/entries/entry.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { daysOf, entryAudiences, phaseOf } from '../../programme/entries/entry-form.ts'
import type { EntryCampaign, EntryForm } from '../../programme/entries/entry-form.ts'
import { audienceInWords, changeInWords, stateInWords } from './in-words.ts'
import { answerField } from './schema.ts'

/** The form of a campaign, with the campaign. */
export interface FormShape { campaign: EntryCampaign, form: EntryForm }

/** What was typed, and what is wrong with it. */
export interface TypedEntry {
  values: Readonly<Record<string, string | undefined>>
  errors?: FormErrors | undefined
}

/** The questions about the activity, as far as the campaign asks them. */
export function activityQuestionsOf (
  { campaign, form }: FormShape, values: Readonly<Record<string, string | undefined>>,
  { asksHow, isDistrictFree }: { asksHow: boolean, isDistrictFree: boolean } = { asksHow: true, isDistrictFree: true }
) {
  const { first, last } = daysOf(form, campaign)
  const chosen = (values.audiences ?? '').split(',')
  const kinds = form.kinds.includes(values.kind as Kind) || (values.kind ?? '') === '' ? form.kinds : [...form.kinds, values.kind as Kind]
  return {
    values,
    days: first === undefined
      ? undefined
      : last === undefined || first === last ? calendarDayInWords(first) : `${calendarDayInWords(first)} to ${calendarDayInWords(last)}`,
    first,
    last,
    isOneDay: first !== undefined && first === last,
    kinds: [
      ...form.kinds.length === 1 ? [] : [{ value: '', text: 'Select a kind' }],
      ...kinds.map(value => ({ value, text: kindToChoose(value), selected: values.kind === value }))
    ],
    districts: campaign.districts.length === 0
      ? undefined
      : [{ value: '', text: 'Select a district' }, ...campaign.districts.map(value => ({ value, text: value, selected: values.district === value }))],
    audiences: entryAudiences.map(value => ({ value, text: audienceInWords[value], checked: chosen.includes(value) })),
    asksHow,
    isDistrictFree
  }
}

/** The form for entering an activity, empty or as it was filled in. */
export function enterPageOf (shape: FormShape, { values, errors }: TypedEntry, isAgain: boolean) {
  const { campaign, form } = shape
  return {
    campaign: campaign.title,
    partnership: campaign.partnership,
    introduction: paragraphsOf(form.introduction),
    closes: form.closesOn && calendarDayInWords(form.closesOn),
    href: hrefOf(campaign),
    ...activityQuestionsOf(shape, values),
    ...ownQuestionsOf(form, values),
    isAgain,
    submission: submissionIn(values),
    daysAfterActivity,
    errors
  }
}

/** What the organisers ask on top of that. */
export function ownQuestionsOf ({ questions }: Pick<EntryForm, 'questions'>, values: TypedEntry['values']) {
  return {
    questions: questions.map(({ text, choices, isRequired }, n) => ({
      field: answerField(n),
      text: isRequired ? text : `${text} (optional)`,
      value: values[answerField(n)],
      choices: choices.map(choice => ({ value: choice, text: choice, checked: values[answerField(n)] === choice }))
    }))
  }
}

/** The answers that were given to these questions, by field. */
export function answersGiven ({ questions }: Pick<EntryForm, 'questions'>, answers: Entry['answers']): Record<string, string> {
  return Object.fromEntries(questions.map(({ text }, n) =>
    [answerField(n), answers.find(({ question }) => question === text)?.answer ?? '']))
}

/** What an empty form begins with. */
export function firstValues ({ campaign, form }: FormShape): Record<string, string> {
  const { first, last } = daysOf(form, campaign)
  return {
    kind: form.kinds.length === 1 ? form.kinds[0] ?? '' : '',
    district: form.district ?? '',
    audiences: form.audiences.join(','),
    starts_day: first !== undefined && first === last ? first : ''
  }
}

export function hrefOf ({ slug }: { slug: string }): string {
  return `/campaigns/${slug}/take-part`
}

/** Why the form takes nothing now, said kindly. */
export function closedPageOf ({ campaign, form }: FormShape, now: DateTime<true>) {
  const isBefore = phaseOf(form, campaign.zone, now) === 'before'
  return {
    campaign: campaign.title,
    partnership: campaign.partnership,
    isBefore,
    day: calendarDayInWords((isBefore ? form.opensOn : form.closesOn) ?? ''),
    href: hrefOf(campaign)
  }
}

/** What was entered, for who entered it: before it is sent, as it was typed. */
function factsOf ({ activity, entered = {} }: Pick<Entry, 'activity' | 'entered'>) {
  const kind = activity?.kind ?? entered.kind ?? ''
  const place = activity === undefined ? [entered.venue, entered.district] : [activity.venue, activity.district]
  const day = calendarDayInWords(entered.starts_day ?? '')
  const times = entered.all_day === 'yes' ? 'all day' : [entered.starts_time, entered.ends_time].map(time => timeOfDayInWords(time ?? '')).join(' to ')
  return {
    when: activity === undefined ? (entered.starts_day === undefined ? undefined : `${day}, ${times}`) : whenInWords(activity),
    kind: kind === '' ? undefined : kindInWords[kind as Kind] ?? kind,
    where: place.filter(one => one !== undefined && one !== '').join(', '),
    summary: activity?.summary ?? entered.summary
  }
}

const tooLateInWords = 'Nobody decided on this before its day, so it was not in the programme. We are sorry.'

/** Whether its day has passed while it waited: then nobody decides any more, and nothing is promised. */
function isTooLate (entry: Entry, now: DateTime<true>): boolean {
  return entry.activity !== undefined && entry.activity.endsAt <= now &&
    ['waiting', 'returned', 'with-organisers'].includes(stateOf(entry))
}

/** Withdrawing one's own entry, before it is done. */
export function withdrawalPageOf ({ activity, campaign, title, isKeptForAgain }: Entry, token: string) {
  return {
    title: activity?.title ?? title,
    campaign: campaign.title,
    when: activity && whenInWords(activity),
    isKeptForAgain,
    href: `/entries/${token}`
  }
}

/** One's own entry: where it stands, and what can be done. */
export function ownEntryPageOf (entry: Entry, token: string, now: DateTime<true>, isPublic: boolean) {
  const { activity, campaign, organisation, reason } = entry
  const state = stateOf(entry)
  return {
    title: activity?.title ?? entry.title,
    campaign: campaign.title,
    state,
    says: isTooLate(entry, now) ? tooLateInWords : stateInWords(state, isPublic),
    change: changeInWords(entry),
    reason: state === 'refused' ? reason : state === 'returned' || activity?.change === 'returned' ? activity?.reason ?? '' : '',
    ...factsOf(entry),
    organisation,
    answers: entry.answers,
    received: momentInWords(entry.receivedAt, campaign.zone),
    publicHref: activity !== undefined && isPublic && (state === 'published' || state === 'cancelled') ? `/activities/${activity.slug}` : undefined,
    isCancellingAsked: isCancellingAsked(entry),
    notCancelledBecause: state === 'published' ? reason : '',
    mayChange: mayChange(entry, now),
    mayWithdraw: mayWithdraw(entry, now),
    isPublished: state === 'published',
    isKeptForAgain: entry.isKeptForAgain,
    erasedOn: calendarDayInWords(erasedOn(entry)),
    daysUnconfirmed,
    daysAfterEnd,
    formHref: hrefOf(campaign),
    href: `/entries/${token}`
  }
}
