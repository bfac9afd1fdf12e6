import type { Reader } from '../../platform/database/connect.ts'
import { calendarDay } from '../../platform/clock.ts'
import { getActivity } from '../../programme/activities/queries.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { ActivityNotFound } from '../../programme/activities/errors.ts'
import { findQuestionnaire } from '../../programme/evaluations/queries.ts'
import type { Questionnaire } from '../../programme/evaluations/queries.ts'
import { EvaluationNotFound } from './errors.ts'
import type { EvaluationLink } from './link.ts'

/** What a link leads to. */
export interface Evaluation {
  activity: Activity
  questionnaire: Questionnaire
  /** Whether it is used up. */
  isAnswered: boolean
}

/** What a link leads to; nothing is read of any booking. Throws `EvaluationNotFound` where the activity is gone. */
export async function getEvaluation (db: Reader, link: EvaluationLink): Promise<Evaluation> {
  const activity = await getActivity(db, link.activityId).catch(error => {
    throw error instanceof ActivityNotFound ? new EvaluationNotFound() : error
  })
  return {
    activity,
    questionnaire: await findQuestionnaire(db, { activity }),
    isAnswered: await hasAnswered(db, link)
  }
}

/** Whether someone has answered by a link. */
export async function hasAnswered (db: Reader, { mark }: EvaluationLink): Promise<boolean> {
  return await db.evaluationMark.count({ where: { mark } }) > 0
}

/** The days on which someone is asked once more and their address deleted; undefined where they have not agreed. */
export async function findLater (
  db: Reader, mark: string
): Promise<{ sendOn: string, eraseOn: string } | undefined> {
  const row = await db.laterContact.findUnique({ where: { mark }, select: { sendOn: true, eraseOn: true } })
  if (row === null) return undefined
  return { sendOn: calendarDay(row.sendOn), eraseOn: calendarDay(row.eraseOn) }
}
