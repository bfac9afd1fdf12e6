import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { may } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { nameOfText } from './queries.ts'
import { fewest } from '../../programme/evaluations/questionnaire.ts'
import { answersInWords, occasionsInWords } from './results.ts'
import type { Distribution, QuestionResult, Results, Text } from './results.ts'

interface ResultsPage { staff: StaffMember, activity: KnownActivity, results: Results }

/** What people thought of an activity. */
export function resultsPageOf ({ staff, activity, results }: ResultsPage) {
  const href = `/staff/activities/${activity.slug}`
  const mayDelete = may(staff, 'settle questions', activity)
  return {
    ...runningOf(activity),
    isAsked: activity.status === 'cancelled'
      ? results.answered.some(({ forms }) => forms !== undefined)
      : results.questions.length > 0,
    questionsHref: activity.status !== 'cancelled' && may(staff, 'run activities', activity) ? `${href}/questions-afterwards` : undefined,
    dayHref: `${href}/evening#disclosure`,
    fileHref: `${href}/evaluation.csv`,
    fewest,
    answered: results.answered.map(({ occasion, forms }) => ({ name: occasionsInWords[occasion], forms })),
    questions: results.questions.map(result => ({
      number: result.question.number,
      text: result.question.text,
      isText: result.question.kind === 'text',
      table: result.question.kind === 'text' ? undefined : tableOf(result),
      chartHref: result.distributions.some(({ counts }) => counts !== undefined)
        ? `${href}/evaluation/charts/${result.question.number}`
        : undefined,
      texts: result.texts?.map(text => ({
        text: text.text, deletionHref: mayDelete ? deletionHrefOf(activity, text) : undefined
      }))
    }))
  }
}

function tableOf ({ question, distributions }: QuestionResult) {
  return {
    heads: distributions.map(({ occasion }) => occasionsInWords[occasion]),
    rows: answersInWords(question).map((answer, n) => ({ answer, cells: distributions.map(one => cellOf(one, n)) })),
    means: question.kind === 'scale'
      ? distributions.map(({ mean }) => mean === undefined ? '–' : mean.toFixed(1))
      : undefined,
    all: distributions.map(({ answered }) => answered === undefined ? `Fewer than ${fewest}` : String(answered))
  }
}

function cellOf ({ answered, counts }: Distribution, n: number): string {
  if (answered === undefined || counts === undefined) return '–'
  const count = counts[n] ?? 0
  return `${count} (${Math.round(100 * count / answered)}%)`
}

function deletionHrefOf ({ id, slug }: KnownActivity, text: Text): string {
  return `/staff/activities/${slug}/evaluation/texts/${nameOfText(id, text)}`
}

/** Before what someone wrote is deleted. */
export function deletionPageOf (activity: KnownActivity, text: Text) {
  const href = `/staff/activities/${activity.slug}/evaluation`
  return { ...runningOf(activity), text: text.text, href }
}
