import t from 'tap'
import { answerQuestions } from '../../../src/booking/evaluations/commands.ts'
import { AnsweringClosed, OtherQuestions } from '../../../src/booking/evaluations/errors.ts'
import { versionHashOf } from '../../../src/booking/evaluations/schema.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { changeQuestions } from '../../../src/programme/evaluations/commands.ts'
import { QuestionsAnswered } from '../../../src/programme/evaluations/errors.ts'
import { findQuestionnaire, takeTurn } from '../../../src/programme/evaluations/queries.ts'
import { answersOf, questionnaireDraft } from '../../../src/programme/evaluations/questionnaire-draft.ts'
import { questionsAt, suggested } from '../../../src/programme/evaluations/questionnaire.ts'
import { getActivity } from '../../../src/programme/activities/queries.ts'
import { answerAs, askingActivity, linksToAnswer, yesterday } from '../../support/evaluations.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, countWaitingForLocks, noon, warm, world } from '../../support/world.ts'

/** How often each answer was given, as `after 1 5`, without those that nobody gave. */
async function countsIn (db: Db): Promise<Record<string, number>> {
  const rows = await db.evaluationCount.findMany({ where: { count: { gt: 0 } } })
  return Object.fromEntries(rows.map(({ occasion, question, value, count }) => [`${occasion} ${question} ${value}`, count]))
}

const fields = questionsAt(suggested, 'after')

t.test('answers are counted once for each link, however often they are sent at once', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const booking = await aBooking(db, activity.id)
  await warm(db)

  const counted = await Promise.all(
    [4, 4, 5, 5].map(async value => await answerAs(db, booking, [{ number: 1, value }])))

  t.equal(counted.filter(Boolean).length, 1, 'from two devices, each pressed twice')
  t.equal((await countsIn(db))['after 0 0'], 1)
  t.equal(await answerAs(db, booking, [{ number: 1, value: 1 }]), false, 'nor later')
  t.equal((await countsIn(db))['after 0 0'], 1)
})

t.test('people who wait for each other with their answers do not keep anyone from booking', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const booking = await aBooking(db, activity.id)
  await warm(db)

  const { answering } = await db.$transaction(async tx => {
    await takeTurn(tx, activity.id)
    const answering = answerAs(db, booking, [{ number: 1, value: 4 }])
    while (await countWaitingForLocks(db) === 0);
    await db.$executeRaw`SELECT 1 FROM activities WHERE id = ${activity.id}::uuid FOR UPDATE NOWAIT`
    return { answering }
  })

  t.equal(await answering, true)
})

t.test('people who answer at once are all counted', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const bookings = []
  for (let n = 0; n < 20; n++) bookings.push(await aBooking(db, activity.id))
  await warm(db)

  await Promise.all(bookings.map(async (booking, n) =>
    await answerAs(db, booking, [
      { number: 1, value: 1 + n % 5 }, { number: 3, value: 2 }, { number: 4, text: `Text ${n}` }
    ])))

  t.strictSame(await countsIn(db), {
    'after 0 0': 20, 'after 1 1': 4, 'after 1 2': 4, 'after 1 3': 4, 'after 1 4': 4, 'after 1 5': 4, 'after 3 2': 20
  })
  t.equal(await db.evaluationText.count(), 20)
})

t.test('what the campaign asks is fixed for an activity by the first answer', async t => {
  const { db } = await world(t)
  const activity = await anActivity(db, yesterday)
  const { campaignId } = activity
  await db.questionnaire.create({ data: { campaignId, questions: [...suggested.questions] } })
  const [anne, ben] = [await aBooking(db, activity.id), await aBooking(db, activity.id)]
  const versionHash = versionHashOf(fields)

  t.equal(await answerAs(db, anne, [{ number: 1, value: 4 }]), true)
  const other = { questions: [{ kind: 'text' as const, text: 'Anything else?' }], asksLater: false }
  const now = await findQuestionnaire(db, { campaignId })
  await changeQuestions(db, { campaignId, slug: 'c' }, {
    ...other, source: 'own', versionHash: questionnaireDraft.versionHash(answersOf(now.source, now))
  }, organiser, noon)

  const asked = await findQuestionnaire(db, { activity: await getActivity(db, activity.id) })
  t.strictSame(asked.questions, suggested.questions, 'answers stay with the words that people have read')
  await answerQuestions(db, linksToAnswer.linkOf(ben, 'after'), { answers: [{ number: 1, value: 2 }], versionHash }, noon)
  t.strictSame(await countsIn(db), { 'after 0 0': 2, 'after 1 2': 1, 'after 1 4': 1 })
  await t.rejects(changeQuestions(db, { activity: await getActivity(db, activity.id), slug: 'a' }, {
    ...other, source: 'own', versionHash: questionnaireDraft.versionHash(answersOf(asked.source, asked))
  }, organiser, noon), new QuestionsAnswered())
})

t.test('nobody answers what they have not read, nor when it is too early, too late or cancelled', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const booking = await aBooking(db, activity.id)
  const answers = [{ number: 1, value: 4 }]
  const send = async (occasion: 'before' | 'after' | 'later', versionHash: string, now = noon) =>
    await answerQuestions(db, linksToAnswer.linkOf(booking, occasion), { answers, versionHash }, now)
  const versionHash = versionHashOf(fields)

  await t.rejects(send('after', '0'.repeat(32)), new OtherQuestions())
  await t.rejects(send('before', versionHash), new AnsweringClosed('closed'), 'it has begun')
  await t.rejects(send('after', versionHash, noon.minus({ days: 2 })), new AnsweringClosed('not-yet'))
  await t.rejects(send('after', versionHash, noon.plus({ days: 70 })), new AnsweringClosed('closed'))
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })
  await t.rejects(send('after', versionHash), new AnsweringClosed('cancelled'))
  t.equal(await db.evaluationMark.count(), 0)
  t.equal(await db.evaluationCount.count(), 0)
})

t.test('the same scale is answered before, afterwards and three months on, each once', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const booking = await aBooking(db, activity.id)

  await answerAs(db, booking, [{ number: 1, value: 2 }], { occasion: 'before', now: noon.minus({ days: 3 }) })
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await answerAs(db, booking, [{ number: 1, value: 5 }], { occasion: 'later', now: noon.plus({ months: 3 }) })

  t.strictSame(await countsIn(db), {
    'before 0 0': 1, 'after 0 0': 1, 'later 0 0': 1, 'before 1 2': 1, 'after 1 4': 1, 'later 1 5': 1
  })
})
