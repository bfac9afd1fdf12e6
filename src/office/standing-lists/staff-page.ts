import type { DateTime } from 'luxon'
import { peopleInWords } from '../../programme/activities/in-words.ts'
import { momentInWords, whenInWords } from '../../programme/activities/when.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import type { ListColumn } from '../exports/columns.ts'
import { listFormats } from '../exports/formats.ts'
import { whoInWords } from '../exports/in-words.ts'
import { onListInWords } from '../exports/choosing.ts'
import type { Counts } from '../exports/choosing.ts'
import { purposeOf } from '../exports/purposes.ts'
import type { ListedActivity } from '../exports/queries.ts'
import { mostActivities } from '../exports/schema.ts'
import { listFieldsOf } from '../exports/staff-page.ts'
import type { ListChoice } from '../exports/staff-page.ts'
import { monthsOfRuns } from './drop-old-runs.ts'
import { aboutInWords, lastInWords, spanInWords, stoppedInWords, timingInWords, weekdays } from './in-words.ts'
import type { LastRun } from './queries.ts'
import type { Run } from './run-queries.ts'
import { changeForm, standingFields } from './schema.ts'
import { answersOf, mostHours, spans, standingDraft, versionOf } from './standing-list.ts'
import type { About, Scope, StandingList } from './standing-list.ts'

/** What pages say of a list. */
function factsOf (list: StandingList) {
  const { id, filter, columns, format, why, timing, stopped } = list
  return {
    about: aboutInWords(list),
    who: whoInWords(filter),
    columns: columns.map(({ heading }) => heading),
    format: listFormats[format].text,
    why,
    timing: timingInWords(timing, list),
    span: spanInWords(timing, list),
    stopped: stopped && stoppedInWords(stopped),
    href: `/staff/lists/standing/${id}`
  }
}

/** Someone’s standing lists; `activities` are those to come whose attendees they may know, the first first. */
export function standingListsOf (
  lists: ReadonlyArray<StandingList & { last: LastRun | undefined }>, activities: readonly ListedActivity[],
  now: DateTime<true>
) {
  return {
    monthsOfRuns,
    lists: lists.map(list => ({
      ...factsOf(list), id: list.id, last: lastInWords(list.last), next: nextInWords(list, activities, now)
    }))
  }
}

function nextInWords (list: StandingList, activities: readonly ListedActivity[], now: DateTime<true>): string {
  const { timing, nextAt, about, activity, campaign } = list
  if (timing.how === 'weekly') return nextAt === undefined ? 'None' : momentInWords(nextAt, timing.zone)
  const next = activities
    .filter(one => about === 'mine' || one.slug === activity?.slug || (about === 'campaign' && one.campaign.slug === campaign?.slug))
    .map(one => ({ ...one, dueAt: one.startsAt.minus({ hours: timing.hours }) }))
    .find(({ dueAt }) => dueAt > now)
  if (next === undefined) return 'None: no activity to come is that far away'
  const on = momentInWords(next.dueAt, next.zone)
  return about === 'activity' ? on : `${on}, for ${next.title}`
}

/** What the form of a list shows. */
interface StandingForm {
  scope: Scope
  /** What it can be about; one for a list that exists. */
  abouts: readonly About[]
  /** Undefined: it is new. */
  list: StandingList | undefined
  columns: readonly ListColumn[]
  choice: ListChoice
  submission: string
  action: string
}

/** What was filled in wrongly, where the form is shown again because of it. */
interface Tried { body: unknown, errors: FormErrors }

/** The form that makes a standing list, or changes one. */
export function standingFormOf (
  { scope, abouts, list, columns, choice, submission, action }: StandingForm, tried?: Tried
) {
  const values: Partial<Record<string, string>> = tried === undefined
    ? list === undefined ? {} : valuesOf(list)
    : typedOf(tried.body, standingFields)
  const [most] = abouts
  return {
    action,
    who: whoInWords(scope.filter),
    list: list && factsOf(list),
    versionHash: list && versionOf(list),
    submission,
    abouts: abouts.length > 1 && abouts.map(about => ({
      value: about,
      text: aboutInWords({ ...scope, about }),
      checked: (values.about ?? (tried === undefined ? most : undefined)) === about
    })),
    about: most,
    aboutText: aboutInWords({ ...scope, about: most ?? 'mine' }),
    isOfOne: most === 'activity' && abouts.length === 1,
    ...listFieldsOf(columns, choice, tried),
    how: values.how,
    weekdays: [
      { value: '', text: 'Select' },
      ...weekdays.map((text, n) => ({ value: String(n + 1), text, selected: values.weekday === String(n + 1) }))
    ],
    time: values.time,
    spans: [
      ...spans.map(span => ({ value: String(span), text: `Of the next ${span} days`, selected: values.days === String(span) })),
      { value: 'all', text: 'All to come', selected: values.days === 'all' }
    ],
    hours: values.hours,
    mostHours,
    errors: tried?.errors
  }
}

function valuesOf ({ timing }: StandingList): Record<string, string> {
  return timing.how === 'weekly'
    ? { how: 'weekly', weekday: String(timing.weekday), time: timing.timeOfDay, days: String(timing.days ?? 'all') }
    : { how: 'before', hours: String(timing.hours) }
}

/** What is ticked for a list that exists. */
export function choiceOf ({ columns, format, why }: StandingList): ListChoice {
  return { columns: columns.map(({ name }) => name), format, ...purposeOf(why) }
}

const fieldsInWords: Record<typeof standingDraft.fields[number], string> = {
  columns: 'What is in it',
  format: 'Format',
  why: 'Why',
  how: 'When',
  weekday: 'Day',
  time: 'Time',
  days: 'Days',
  hours: 'Hours before'
}

/** What was changed elsewhere, beside what was typed. */
export function comparisonOf (now: StandingList, columns: readonly ListColumn[], body: unknown) {
  const typed = changeForm(columns).safeParse(body).data
  return typed === undefined ? [] : standingDraft.compared(answersOf(now), answersOf(typed.draft), fieldsInWords)
}

/** The question before a list is deleted. */
export function deletionOf (list: StandingList) {
  return factsOf(list)
}

/** What a run has now. */
interface Found {
  activities: readonly ListedActivity[]
  total: number
  counts: Counts
  columns: readonly ListColumn[]
}

/** The page that an email leads to. */
export function runPageOf (
  { list, dueAt }: Run, { activities, total, counts, columns }: Found, href: string, errors?: FormErrors
) {
  const people = [...counts.values()].reduce((sum, some) => sum + some, 0)
  return {
    ...factsOf(list),
    asOf: momentInWords(dueAt, officeZone),
    href,
    activities: activities.map(one => ({
      title: one.title, when: whenInWords(one), people: onListInWords(one, counts)
    })),
    isCut: total > activities.length && { total, most: mostActivities },
    people: people === 0 ? 'Nobody yet' : peopleInWords(people),
    columns: columns.map(({ heading }) => heading),
    leftOut: list.columns.filter(column => !columns.includes(column)).map(({ heading }) => heading),
    errors
  }
}
