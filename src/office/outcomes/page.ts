import type { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import { countsByBookings, outcomeNumbers } from '../../programme/activities/outcome-numbers.ts'
import { namedOutside } from './emails.ts'
import { numbersInWords, outcomeFieldsInWords, saidAs, unusualInWords } from './in-words.ts'
import { numbersAskedOf, outcomeDraft, unusualToken } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import type { AskedActivity } from './queries.ts'

/** What someone tried to save, and why it was not. */
export interface TriedOutcome {
  typed: Partial<Record<string, string>>
  errors?: FormErrors | undefined
  /** What they gave, where they are asked whether it is right. */
  unusual?: Outcome | undefined
  versionHash?: string | undefined
}

/** The form about what an activity came to, with what was given or tried. */
export function outcomeFormOf ({ activity, outcome }: AskedActivity, tried?: TriedOutcome) {
  const values = tried?.typed ?? typedAs(outcome)
  const questions = tried?.unusual === undefined ? [] : unusualInWords(tried.unusual)
  return {
    values,
    took: { yes: values.took_place === 'yes', no: values.took_place === 'no' },
    numbers: numbersAskedOf(activity).map(field => ({
      field,
      ...numbersInWords[field],
      value: values[field],
      error: questions.find(({ number }) => number === field) ?? tried?.errors?.of[field]
    })),
    byBookings: countsByBookings(activity),
    questions: questions.map(({ number, text }) => ({ text, href: `#${number}` })),
    sure: tried?.unusual === undefined ? undefined : unusualToken(tried.unusual),
    versionHash: tried?.versionHash ?? outcomeDraft.versionHash(outcome),
    errors: tried?.errors
  }
}

/** What has been given, as rows. */
function givenOf ({ activity, outcome }: AskedActivity) {
  const asked = numbersAskedOf(activity)
  return outcomeDraft.fields.filter(field =>
    !outcomeNumbers.some(number => number === field) || asked.some(number => number === field))
    .map(field => ({ what: outcomeFieldsInWords[field], said: saidAs(field, textIn(outcome, field)) }))
}

function textIn (outcome: Outcome, field: keyof Outcome): string {
  const said = outcome[field]
  return typeof said === 'number' ? said.toLocaleString('en-GB') : String(said ?? '')
}

function typedAs (outcome: Outcome): Partial<Record<string, string>> {
  return {
    took_place: outcome.tookPlace === undefined ? '' : outcome.tookPlace ? 'yes' : 'no',
    learnt: outcome.learnt,
    ...Object.fromEntries(outcomeNumbers.map(number => [number, String(outcome[number] ?? '')]))
  }
}

/** The page of whoever has the link. */
export function tellingPageOf (
  its: AskedActivity,
  { dueOn, token, isDone, now }: { dueOn: string, token: string, isDone: boolean, now: DateTime<true> },
  tried?: TriedOutcome
) {
  return {
    ...namedOutside(its, now),
    partnership: its.activity.campaign.partnership,
    href: `/outcomes/${token}`,
    dueOn: calendarDayInWords(dueOn),
    isGiven: its.outcome.tookPlace !== undefined,
    isDone,
    given: givenOf(its),
    isCancelled: its.activity.status === 'cancelled',
    ...outcomeFormOf(its, tried)
  }
}
