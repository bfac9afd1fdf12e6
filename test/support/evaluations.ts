import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { evaluationLinks } from '../../src/booking/evaluations/link.ts'
import { answerQuestions } from '../../src/booking/evaluations/commands.ts'
import { versionHashOf } from '../../src/booking/evaluations/schema.ts'
import type { Answered } from '../../src/booking/evaluations/schema.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Activity } from '../../src/platform/database/generated/client.ts'
import { getActivity } from '../../src/programme/activities/queries.ts'
import { findQuestionnaire } from '../../src/programme/evaluations/queries.ts'
import { questionsAt, suggested } from '../../src/programme/evaluations/questionnaire.ts'
import type { Occasion, Questions } from '../../src/programme/evaluations/questionnaire.ts'
import { anActivity, noon, secretKey } from './world.ts'

export const linksToAnswer = evaluationLinks(secretKey)

/** Ended yesterday evening, so that people are asked how it was. */
export const yesterday = {
  startsAt: noon.minus({ hours: 18 }).toJSDate(), endsAt: noon.minus({ hours: 17, minutes: 30 }).toJSDate()
}

/** An activity that asks the questions that we suggest, and once more after three months. */
export async function askingActivity (
  db: Db, given: Partial<Activity> = {}, asked: Questions = { ...suggested, asksLater: true }
): Promise<Activity> {
  const activity = await anActivity(db, { ...yesterday, ...given })
  await db.questionnaire.create({
    data: { activityId: activity.id, questions: [...asked.questions], asksLater: asked.asksLater }
  })
  return activity
}

/** What activities have of their own to ask, in their order; and whether anyone has answered. */
export async function ownQuestions (db: Db, ids: readonly string[]) {
  const rows = await db.questionnaire.findMany({ where: { activityId: { in: [...ids] } } })
  return ids.map(id => {
    const { questions, asksLater, isAnswered } = rows.find(({ activityId }) => activityId === id) ?? {}
    return { questions, asksLater, isAnswered }
  })
}

/** Answers as the holder of a booking would; of a booking that there is not, by a link as good as any. */
export async function answerAs (
  db: Db, booking: { id: string, activityId: string }, answers: readonly Answered[],
  { occasion = 'after', now = noon }: { occasion?: Occasion, now?: DateTime<true> } = {}
): Promise<boolean> {
  const activity = await getActivity(db, booking.activityId)
  const versionHash = versionHashOf(questionsAt(await findQuestionnaire(db, { activity }), occasion))
  return await answerQuestions(db, linksToAnswer.linkOf(booking, occasion), { answers, versionHash }, now)
}

/** Answers of so many people without a booking of their own. */
export async function answersOfMany (
  db: Db, activityId: string, people: number, answers: readonly Answered[], occasion: Occasion = 'after', now = noon
): Promise<void> {
  for (let n = 0; n < people; n++) await answerAs(db, { id: randomUUID(), activityId }, answers, { occasion, now })
}
