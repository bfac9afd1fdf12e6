import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { calendarDayInWords, dayInWords } from '../../programme/activities/when.ts'
import { asksAt, points, questionsAt } from '../../programme/evaluations/questionnaire.ts'
import type { Numbered, Occasion } from '../../programme/evaluations/questionnaire.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { laterDays } from './answering-times.ts'
import type { EvaluationLink } from './link.ts'
import type { Evaluation } from './queries.ts'
import { answerFields, askLaterFields, fieldOf, versionHashOf } from './schema.ts'

/** A form as it was filled in, and what is wrong with it. */
interface Tried { body: unknown, errors: FormErrors | undefined }

/** The page on which people answer, and the one after it. */
interface Answering { link: EvaluationLink, evaluation: Evaluation, token: string }

const headings: Record<Occasion, string> = {
  before: 'Before you come',
  after: 'How was it?',
  later: 'Three months on'
}

/** Why we ask, in a sentence or two. */
const reasons: Record<Occasion, string> = {
  before: 'We ask this once now and once afterwards, to see whether it helps. You can come whether or not you answer.',
  after: 'Your answers help us to make it better for the next people.',
  later: 'You said that we may ask you once more. It shows us whether something has changed for good.'
}

/** The form with the questions of an occasion, empty or as it was filled in. */
export function answeringPageOf ({ link, evaluation: { activity, questionnaire }, token }: Answering, tried?: Tried) {
  const questions = questionsAt(questionnaire, link.occasion)
  const typed = tried === undefined ? {} : typedOf(tried.body, answerFields(questions))
  return {
    heading: headings[link.occasion],
    reason: reasons[link.occasion],
    ...aboutOf(activity),
    versionHash: versionHashOf(questions),
    questions: questions.map(question => questionOf(question, typed[fieldOf(question.number)])),
    action: `/evaluations/${token}`,
    errors: tried?.errors
  }
}

function questionOf (question: Numbered, typed: string | undefined) {
  const { kind, text } = question
  const id = fieldOf(question.number)
  const item = (value: number, text: string) => ({ value: String(value), text, checked: typed === String(value) })
  switch (kind) {
    case 'scale': {
      const { low, high } = question
      const words = (value: number) => value === 1 ? `1 – ${low}` : value === points ? `${points} – ${high}` : String(value)
      return { id, text, kind, items: Array.from({ length: points }, (_, n) => item(n + 1, words(n + 1))) }
    }
    case 'choice': return { id, text, kind, items: question.choices.map((choice, n) => item(n + 1, choice)) }
    case 'text': return { id, text, kind, typed }
  }
}

/** What it is about: in discreet campaigns not by its title, because phones lie on tables. */
function aboutOf (activity: Activity) {
  const { title, isOnline, campaign, startsAt, zone } = activity
  const what = campaign.discreet ? (isOnline ? 'Online workshop' : 'Activity') : title
  return { about: `${what}, ${dayInWords(startsAt, zone)}`, partnership: campaign.partnership }
}

/** The page after answering, where people may agree to be asked once more. */
export function answeredPageOf (
  { link, evaluation: { activity, questionnaire }, token }: Answering,
  agreed: { sendOn: string, eraseOn: string } | undefined, now: DateTime<true>, tried?: Tried
) {
  const { askedAt, sendOn, eraseOn } = laterDays(activity)
  const asksLater = link.occasion === 'after' && asksAt(questionnaire, 'later') && now < askedAt
  return {
    ...aboutOf(activity),
    isBefore: link.occasion === 'before',
    later: asksLater || agreed !== undefined
      ? {
          hasAgreed: agreed !== undefined,
          sendOn: calendarDayInWords(agreed?.sendOn ?? sendOn),
          eraseOn: calendarDayInWords(agreed?.eraseOn ?? eraseOn),
          action: `/evaluations/${token}/later`,
          takeBack: `/evaluations/${token}/later/withdrawal`,
          ...typedOf(tried?.body, askLaterFields)
        }
      : undefined,
    errors: tried?.errors
  }
}
