import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { QuestionsAnswered, QuestionsChanged } from './errors.ts'
import { findQuestionnaire, takeTurn } from './queries.ts'
import type { Subject } from './queries.ts'
import { answersOf, questionnaireDraft } from './questionnaire-draft.ts'
import type { Source } from './questionnaire-draft.ts'
import { noQuestions } from './questionnaire.ts'
import type { Questions } from './questionnaire.ts'

/** What someone wants to be asked, and the version of what they had read. */
export interface NewQuestions extends Questions {
  source: Source
  versionHash: string
}

/**
 * Decides what people are asked about an activity, or about those of a campaign that have no questions of their own; no
 * one is emailed. Throws `QuestionsChanged` where someone else was quicker, and `QuestionsAnswered` once anyone has
 * answered: what they said belongs to the words that they read.
 */
export async function changeQuestions (
  db: Db, subject: Subject & { slug: string }, { versionHash, source, ...wanted }: NewQuestions, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await lockOwner(tx, subject)
    const current = await findQuestionnaire(tx, subject)
    const before = answersOf(current.source, current)
    const asked = source === 'own' ? wanted : noQuestions
    const after = answersOf(source, source === 'campaign' ? await ofCampaign(tx, subject) : asked)
    const changed = questionnaireDraft.differences(before, after)
    // Includes a second press on the same button, which finds the change already made.
    if (Object.keys(changed).length === 0) return
    if (current.isAnswered) throw new QuestionsAnswered()
    if (questionnaireDraft.versionHash(before) !== versionHash) throw new QuestionsChanged()

    const owner = 'activity' in subject ? { activityId: subject.activity.id } : { campaignId: subject.campaignId }
    await tx.questionnaire.deleteMany({ where: owner })
    if (source !== 'campaign') {
      const { questions, asksLater } = asked
      await tx.questionnaire.create({ data: { ...owner, questions: [...questions], asksLater } })
    }
    await record(tx, {
      staffMemberId: by.id,
      action: 'activity' in subject ? 'questions.chosen' : 'questions.suggested',
      subject: subject.slug,
      details: Object.fromEntries(
        Object.entries(changed).flatMap(([part, pair]) => pair === undefined ? [] : [[part, pair]]))
    }, now)
  })
}

/** A new activity and the one that it is a copy of, or a new campaign and the one that it is a copy of. */
export interface Copy { from: string, to: string }

/**
 * Gives each new activity the questions of another, without what was answered, so that they can still be changed. Where
 * those are what the campaign of the copy asks anyway, it has none of its own, and so follows its campaign.
 */
export async function copyQuestions (tx: Tx, copies: readonly Copy[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO questionnaires (activity_id, questions, asks_later)
    SELECT copy.id, asked.questions, asked.asks_later
    FROM unnest(${copies.map(({ from }) => from)}::uuid[], ${copies.map(({ to }) => to)}::uuid[]) AS pair (original, id)
      JOIN activities copy ON copy.id = pair.id JOIN questionnaires asked ON asked.activity_id = pair.original
    WHERE NOT EXISTS (
      SELECT FROM questionnaires theirs WHERE theirs.campaign_id = copy.campaign_id
        AND (theirs.questions, theirs.asks_later) = (asked.questions, asked.asks_later))`
}

/** Gives a new campaign the questions of another, without what was answered. */
export async function copyQuestionsOfCampaign (tx: Tx, { from, to }: Copy): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO questionnaires (campaign_id, questions, asks_later)
    SELECT ${to}::uuid, questions, asks_later FROM questionnaires WHERE campaign_id = ${from}::uuid`
}

/** Locks in the order in which answering does, see `lockQuestionnaire`. */
async function lockOwner (tx: Tx, subject: Subject): Promise<void> {
  if ('activity' in subject) {
    const { id } = subject.activity
    await takeTurn(tx, id)
    await tx.$queryRaw`SELECT 1 FROM questionnaires WHERE activity_id = ${id}::uuid FOR UPDATE`
  } else {
    await tx.$queryRaw`SELECT 1 FROM campaigns WHERE id = ${subject.campaignId}::uuid FOR NO KEY UPDATE`
    await tx.$queryRaw`SELECT 1 FROM questionnaires WHERE campaign_id = ${subject.campaignId}::uuid FOR UPDATE`
  }
}

async function ofCampaign (tx: Tx, subject: Subject): Promise<Questions> {
  const campaignId = 'activity' in subject ? subject.activity.campaign.id : subject.campaignId
  return await findQuestionnaire(tx, { campaignId })
}
