import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Activity } from '../activities/activity.ts'
import { noQuestions, readQuestions } from './questionnaire.ts'
import type { Questions } from './questionnaire.ts'
import type { Source } from './questionnaire-draft.ts'

/** What is asked about something, and where that is decided. */
export interface Questionnaire extends Questions {
  source: Source
  /** Whether someone has answered: then nothing of it changes any more. */
  isAnswered: boolean
}

/** What questions are asked about: an activity, or every activity of a campaign that has no questions of its own. */
export type Subject = { activity: Pick<Activity, 'id' | 'campaign'> } | { campaignId: string }

/** What people are asked about an activity. */
export async function findQuestionnaire (db: Reader, subject: Subject): Promise<Questionnaire> {
  const ids = 'activity' in subject
    ? [{ activityId: subject.activity.id }, { campaignId: subject.activity.campaign.id }]
    : [{ campaignId: subject.campaignId }]
  const rows = await db.questionnaire.findMany({ where: { OR: ids } })
  return chosenOf(rows, 'activity' in subject)
}

/** The same for many activities, in the order given. */
export async function findQuestionnaires (
  db: Reader, activities: ReadonlyArray<{ id: string, campaign: { id: string } }>
): Promise<Questionnaire[]> {
  const rows = await db.questionnaire.findMany({
    where: {
      OR: [
        { activityId: { in: activities.map(({ id }) => id) } },
        { campaignId: { in: [...new Set(activities.map(({ campaign }) => campaign.id))] } }
      ]
    }
  })
  const rowOf = new Map(rows.map(row => [row.activityId ?? row.campaignId, row]))
  return activities.map(({ id, campaign }) =>
    chosenOf([rowOf.get(id), rowOf.get(campaign.id)].filter(row => row !== undefined), true))
}

interface Row { activityId: string | null, questions: unknown, asksLater: boolean, isAnswered: boolean }

/** An activity's own row comes before that of its campaign; one without questions means that nothing is asked. */
function chosenOf (rows: readonly Row[], isOfActivity: boolean): Questionnaire {
  const row = rows.find(({ activityId }) => activityId !== null) ?? rows[0]
  if (row === undefined) return { ...noQuestions, source: isOfActivity ? 'campaign' : 'none', isAnswered: false }
  const questions = readQuestions(row.questions)
  const isOwn = !isOfActivity || row.activityId !== null
  return {
    questions,
    asksLater: row.asksLater,
    source: isOwn ? (questions.length === 0 ? 'none' : 'own') : 'campaign',
    isAnswered: isOwn && row.isAnswered
  }
}

/**
 * Locks what is asked about an activity until the transaction ends, and fixes it: from now on the activity has its own
 * questions, which a change for its campaign does not reach. Answering does that, and so no answer is ever counted
 * under another question.
 */
export async function lockQuestionnaire (
  tx: Tx, activity: Pick<Activity, 'id' | 'campaign'>
): Promise<Questionnaire> {
  await takeTurn(tx, activity.id)
  await tx.$executeRaw`
    INSERT INTO questionnaires (activity_id, questions, asks_later)
    SELECT ${activity.id}::uuid, questions, asks_later FROM questionnaires
    WHERE campaign_id = ${activity.campaign.id}::uuid
    ON CONFLICT (activity_id) DO NOTHING`
  await tx.$queryRaw`SELECT 1 FROM questionnaires WHERE activity_id = ${activity.id}::uuid FOR UPDATE`
  return await findQuestionnaire(tx, { activity })
}

/**
 * Lets one transaction at a time answer what is asked about an activity, or change it. Who waits here holds nothing of
 * the activity's row yet, so that a hundred people who answer at once do not keep anyone from booking.
 */
export async function takeTurn (tx: Tx, activityId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`questionnaire ${activityId}`}, 0))`
}
