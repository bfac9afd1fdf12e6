import type { DateTime } from 'luxon'
import { answeringStateAt } from '../../booking/evaluations/answering-times.ts'
import { namedId } from '../../platform/named-id.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { findQuestionnaires } from '../../programme/evaluations/queries.ts'
import type { Occasion } from '../../programme/evaluations/questionnaire.ts'
import { resultsOf } from './results.ts'
import type { QuestionResult, Results, Text } from './results.ts'

/** What of an activity decides whether people can still answer, and what they are asked. */
type Answerable = Pick<Activity, 'id' | 'startsAt' | 'endsAt' | 'zone' | 'status'> & { campaign: { id: string } }

/**
 * What people thought of activities, as far as that may be shown, in the order given: with three queries, however many
 * they are. Until answering has closed, that is what they had answered when the last step was complete. Whether whoever
 * asks may know of the activities is for the caller to decide.
 */
export async function evaluationResults (
  db: Reader, activities: readonly Answerable[], now: DateTime<true>
): Promise<Results[]> {
  const ids = activities.map(({ id }) => id)
  const [asked, counts, texts] = await Promise.all([
    findQuestionnaires(db, activities),
    db.evaluationCount.findMany({ where: { activityId: { in: ids } } }),
    db.evaluationText.findMany({ where: { activityId: { in: ids } }, omit: { id: true } })
  ])
  const countsOf = Map.groupBy(counts, ({ activityId }) => activityId)
  const textsOf = Map.groupBy(texts, ({ activityId }) => activityId)
  return activities.map((activity, n) => {
    const isClosed = (occasion: string) => isClosedAt(activity, occasion, now)
    return resultsOf(
      asked[n] ?? { questions: [], asksLater: false },
      (countsOf.get(activity.id) ?? []).map(({ occasion, question, value, count, shown }) =>
        ({ occasion: occasion as Occasion, question, value, count: isClosed(occasion) ? count : shown })),
      (textsOf.get(activity.id) ?? []).filter(({ occasion, isShown }) => isShown || isClosed(occasion)).map(textOf)
    )
  })
}

function isClosedAt (activity: Answerable, occasion: string, now: DateTime<true>): boolean {
  return ['closed', 'cancelled'].includes(answeringStateAt(activity, occasion as Occasion, now))
}

/** The counted answers of an activity to which none are added any more. */
export interface FinalResults {
  /** Empty while people can still answer how it was. */
  questions: QuestionResult[]
  /** Whether they are asked and still can. */
  isOpen: boolean
}

/**
 * What people thought of activities once nobody can add to it, in the order given: with two queries, however many they
 * are. Three months on comes when that is over too. What people wrote is not read.
 */
export async function finalResults (
  db: Reader, activities: readonly Answerable[], now: DateTime<true>
): Promise<FinalResults[]> {
  const closed = activities.filter(activity => isClosedAt(activity, 'after', now))
  const [asked, counts] = await Promise.all([
    findQuestionnaires(db, activities),
    db.evaluationCount.findMany({ where: { activityId: { in: closed.map(({ id }) => id) } } })
  ])
  const countsOf = Map.groupBy(counts, ({ activityId }) => activityId)
  return activities.map((activity, n) => {
    const questions = asked[n] ?? { questions: [], asksLater: false }
    if (!isClosedAt(activity, 'after', now)) return { questions: [], isOpen: questions.questions.length > 0 }
    const final = (countsOf.get(activity.id) ?? []).filter(({ occasion }) => isClosedAt(activity, occasion, now))
      .map(count => ({ ...count, occasion: count.occasion as Occasion }))
    return { questions: resultsOf(questions, final, []).questions, isOpen: false }
  })
}

function textOf ({ occasion, question, text }: { occasion: string, question: number, text: string }): Text {
  return { occasion: occasion as Occasion, question, text }
}

/**
 * The name of a text, for its address: made of what it says, because rows of texts are written anew each time that
 * someone answers.
 */
export function nameOfText (activityId: string, { occasion, question, text }: Text): string {
  return namedId(`evaluation-text:${activityId}:${occasion}:${question}:${text}`)
}

/** A text by its name; undefined where it is not, or not any more, among those of the activity. */
export async function findText (db: Reader, activityId: string, name: string): Promise<Text | undefined> {
  const rows = await db.evaluationText.findMany({ where: { activityId }, omit: { id: true } })
  return rows.map(textOf).find(text => nameOfText(activityId, text) === name)
}
