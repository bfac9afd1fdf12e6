import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { lockQuestionnaire } from '../../programme/evaluations/queries.ts'
import { asksAt, fewest, occasions, questionsAt, valuesOf } from '../../programme/evaluations/questionnaire.ts'
import type { Questions } from '../../programme/evaluations/questionnaire.ts'
import { canonicalAddress } from '../bookings/address.ts'
import { answeringStateAt, laterDays, monthsOfTexts } from './answering-times.ts'
import { AnsweringClosed, NotAskedLater, OtherQuestions } from './errors.ts'
import type { EvaluationLink, EvaluationLinks } from './link.ts'
import { getEvaluation } from './queries.ts'
import { versionHashOf } from './schema.ts'
import type { Answered } from './schema.ts'

/** The answers of one person, and the version of the questions that they had read. */
export interface Answers {
  answers: readonly Answered[]
  versionHash: string
}

/**
 * Counts someone's answers, once for each link however often and from however many devices they are sent; returns
 * whether they were counted now. Throws `AnsweringClosed` and `OtherQuestions`.
 *
 * Nothing that is kept joins an answer to a person or to another answer of theirs. The mark of the link is one row; and
 * every number and every text of the activity is written anew, so that all of them carry the number of this transaction
 * and no place in the table tells which came last. Nor does a page that is loaded twice: what may be shown moves on in
 * steps, each of at least `fewest` people.
 */
export async function answerQuestions (
  db: Db, link: EvaluationLink, { answers, versionHash }: Answers, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const { activity } = await getEvaluation(tx, link)
    assertOpen(activity, link, now)
    const asked = await lockQuestionnaire(tx, activity)
    const isNew = await tx.$executeRaw`
      INSERT INTO evaluation_marks (mark, activity_id) VALUES (${link.mark}::uuid, ${activity.id}::uuid)
      ON CONFLICT DO NOTHING`
    if (isNew === 0) return false
    const questions = questionsAt(asked, link.occasion)
    if (questions.length === 0) throw new AnsweringClosed('nothing-asked')
    if (versionHashOf(questions) !== versionHash) throw new OtherQuestions()

    if (!asked.isAnswered) await beginCounting(tx, activity.id, asked)
    const completesStep = await isLastOfStep(tx, link)
    await count(tx, link, answers, completesStep)
    await rewriteTexts(tx, link, answers, completesStep)
    return true
  })
}

function assertOpen (activity: Activity, { occasion }: EvaluationLink, now: DateTime<true>): void {
  const state = answeringStateAt(activity, occasion, now)
  if (state !== 'open') throw new AnsweringClosed(state)
}

/** Fixes the questions of an activity, and gives every answer that can be counted a row, so that none appears later. */
async function beginCounting (tx: Tx, activityId: string, asked: Questions): Promise<void> {
  await tx.questionnaire.update({ where: { activityId }, data: { isAnswered: true } })
  await tx.evaluationCount.createMany({
    data: occasions.flatMap(occasion => asksAt(asked, occasion)
      ? [
          { activityId, occasion, question: 0, value: 0 },
          ...questionsAt(asked, occasion).flatMap(question =>
            valuesOf(question).map(value => ({ activityId, occasion, question: question.number, value })))
        ]
      : [])
  })
}

/** Whether, with this one, enough people have answered since the results last moved on. */
async function isLastOfStep (tx: Tx, { activityId, occasion }: EvaluationLink): Promise<boolean> {
  const { count, shown } = await tx.evaluationCount.findUniqueOrThrow({
    where: { activityId_occasion_question_value: { activityId, occasion, question: 0, value: 0 } }
  })
  return count + 1 - shown >= fewest
}

async function count (
  tx: Tx, { activityId, occasion }: EvaluationLink, answers: readonly Answered[], completesStep: boolean
): Promise<void> {
  const counted = answers.flatMap(answer => 'value' in answer ? [answer] : [])
  await tx.$executeRaw`
    UPDATE evaluation_counts AS old
    SET count = new.count, shown = CASE WHEN ${completesStep} AND old.occasion = ${occasion} THEN new.count ELSE shown END
    FROM (
      SELECT occasion, question, value, count + (occasion = ${occasion} AND (
        question = 0 OR (question, value) IN (
          SELECT * FROM unnest(
            ${counted.map(({ number }) => number)}::smallint[], ${counted.map(({ value }) => value)}::smallint[]))))::int AS count
      FROM evaluation_counts WHERE activity_id = ${activityId}::uuid
    ) new
    WHERE activity_id = ${activityId}::uuid
      AND (old.occasion, old.question, old.value) = (new.occasion, new.question, new.value)`
}

async function rewriteTexts (
  tx: Tx, { activityId, occasion }: EvaluationLink, answers: readonly Answered[], completesStep: boolean
): Promise<void> {
  const kept = await tx.$queryRaw<Array<{ id: string, occasion: string, question: number, text: string, isShown: boolean }>>`
    DELETE FROM evaluation_texts WHERE activity_id = ${activityId}::uuid
    RETURNING id, occasion, question, text, is_shown AS "isShown"`
  const given = answers.flatMap(answer =>
    'text' in answer ? [{ id: randomUUID(), occasion, question: answer.number, text: answer.text, isShown: false }] : [])
  const texts = [...kept, ...given].map(text =>
    ({ ...text, activityId, isShown: text.isShown || (completesStep && text.occasion === occasion) }))
  await tx.evaluationText.createMany({ data: texts.sort((one, other) => one.id < other.id ? -1 : 1) })
}

/**
 * Records that someone who has answered agrees to be asked once more, and the address for it, which is deleted on the
 * day that they were told. Agreeing twice is agreeing once. Throws `NotAskedLater`.
 */
export async function agreeToLater (
  db: Db, links: EvaluationLinks, link: EvaluationLink, email: string, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { activity, questionnaire, isAnswered } = await getEvaluation(tx, link)
    const { askedAt, sendOn, eraseOn } = laterDays(activity)
    const mayBeAsked = link.occasion === 'after' && isAnswered && asksAt(questionnaire, 'later') && now < askedAt
    if (!mayBeAsked) throw new NotAskedLater()
    await tx.$executeRaw`
      INSERT INTO later_contacts (activity_id, mark, email, canonical_email, send_on, erase_on)
      VALUES (${activity.id}::uuid, ${links.consentMarkOf(link)}::uuid, ${email}, ${canonicalAddress(email)},
        ${sendOn}::date, ${eraseOn}::date)
      ON CONFLICT (mark) DO NOTHING`
  })
}

/** Takes that back, which deletes the address. Doing it twice is doing it once. */
export async function takeBackLater (
  db: Db, links: EvaluationLinks, link: EvaluationLink, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const gone = await tx.$queryRaw<Array<{ id: string }>>`
      DELETE FROM later_contacts WHERE mark = ${links.consentMarkOf(link)}::uuid RETURNING id`
    await noteGone(tx, gone, now)
  })
}

/** Deletes the address of someone who was asked once more, or cannot be reached. */
export async function eraseLaterContact (db: Db, id: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    await tx.laterContact.deleteMany({ where: { id } })
    await noteGone(tx, [{ id }], now)
  })
}

/** Deletes every address whose day has come, in the zone of its activity; returns how many. */
export async function eraseDueLaterContacts (db: Db, now: DateTime<true>): Promise<number> {
  return await db.$executeRaw`
    DELETE FROM later_contacts WHERE id = ANY (ARRAY(
      SELECT contact.id FROM later_contacts contact JOIN activities ON activities.id = contact.activity_id
      WHERE erase_on <= (${now.toJSDate()}::timestamptz AT TIME ZONE activities.zone)::date
      ORDER BY contact.id FOR UPDATE OF contact))`
}

/**
 * Deletes what people wrote about activities that ended long ago, except under a legal hold; returns how much. The
 * numbers stay.
 */
export async function forgetTexts (db: Db, now: DateTime<true>): Promise<number> {
  return await db.$executeRaw`
    DELETE FROM evaluation_texts USING activities
    WHERE activities.id = evaluation_texts.activity_id
      AND activities.ends_at <= ${now.minus({ months: monthsOfTexts }).toJSDate()}
      AND NOT EXISTS (SELECT FROM legal_holds hold WHERE hold.activity_id = activities.id AND hold.lifted_at IS NULL)`
}

/** Erases the addresses that a person gave to be asked once more; returns the ids, for no backup to bring them back. */
export async function eraseLaterContacts (tx: Tx, canonicalEmail: string, now: DateTime<true>): Promise<string[]> {
  const gone = await tx.$queryRaw<Array<{ id: string }>>`
    DELETE FROM later_contacts WHERE id = ANY (ARRAY(
      SELECT id FROM later_contacts WHERE canonical_email = ${canonicalEmail} ORDER BY id FOR UPDATE))
    RETURNING id`
  await noteGone(tx, gone, now)
  return gone.map(({ id }) => id)
}

/** Notes what is deleted by its random ids, so that no restored backup keeps it: see office/forgetting. */
export async function noteGone (tx: Tx, gone: ReadonlyArray<{ id: string }>, now: DateTime<true>): Promise<void> {
  await tx.forgottenBooking.createMany({
    data: gone.map(({ id }) => ({ bookingId: id, forgottenAt: now.toJSDate() })), skipDuplicates: true
  })
}

/** Erases again the addresses, and what staff had deleted of texts, that a restored backup has brought back. */
export async function eraseEvaluationsAgain (db: Db): Promise<void> {
  await db.$executeRaw`
    DELETE FROM evaluation_texts USING forgotten_bookings gone WHERE gone.booking_id = evaluation_texts.id`
  await db.$executeRaw`
    DELETE FROM later_contacts WHERE id = ANY (ARRAY(
      SELECT id FROM later_contacts JOIN forgotten_bookings gone ON gone.booking_id = id
      ORDER BY id FOR UPDATE OF later_contacts))`
}
