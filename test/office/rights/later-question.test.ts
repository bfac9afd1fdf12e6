import t from 'tap'
import { agreeToLater } from '../../../src/booking/evaluations/commands.ts'
import { deleteText } from '../../../src/office/evaluation-results/commands.ts'
import { evaluationResults, nameOfText } from '../../../src/office/evaluation-results/queries.ts'
import { getActivity } from '../../../src/programme/activities/queries.ts'
import { openTraces } from '../../../src/office/forgetting/traces.ts'
import { forget } from '../../../src/office/forgetting/jobs.ts'
import { eraseEverything, finishErasures, noteLastEmail } from '../../../src/office/rights/commands.ts'
import { everythingAsFile } from '../../../src/office/rights/everything-as-file.ts'
import { everythingInWords } from '../../../src/office/rights/everything-in-words.ts'
import { everythingAbout } from '../../../src/office/rights/queries.ts'
import { confirming } from '../../support/confirming.ts'
import { answerAs, askingActivity, linksToAnswer } from '../../support/evaluations.ts'
import { aLegalHold } from '../../support/requests.ts'
import { organiser } from '../../support/staff.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { aBooking, noon, world } from '../../support/world.ts'

t.test('an address that someone gave to be asked once more is found, copied, erased, and stays erased', async t => {
  const { db, outbox } = await world(t)
  const activity = await askingActivity(db)
  const booking = await aBooking(db, activity.id, { email: 'someone.else@example.org' })
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await agreeToLater(db, linksToAnswer, linksToAnswer.linkOf(booking, 'after'), 'Anne@example.org', noon)
  const kept = await db.laterContact.findMany()

  const everything = await everythingAbout(db, 'anne@example.org')
  t.match(everythingInWords(everything, new Map()).later, [{ title: activity.title, facts: [{}, { value: 'Anne@example.org' }, {}] }])
  t.match(everythingAsFile(everything, new Map(), false).laterQuestions, [{ email: 'Anne@example.org', eraseOn: '2027-02-25' }])
  t.equal(everything.bookings.length, 0, 'it leads to no booking')

  const asked = await confirming(async confirmed =>
    await eraseEverything(db, outbox, { address: 'anne@example.org', confirmed }, organiser, noon))
  t.equal(asked, 'asked')
  const [erasure] = await db.erasure.findMany()
  t.equal(erasure?.email, 'Anne@example.org', 'the last email goes to the address as they typed it')
  t.match(await db.auditEntry.findFirst({ where: { action: 'person.erased' } }), { details: { later: 1 } })
  await noteLastEmail(db, erasure?.id ?? '', noon)
  await finishErasures(db, outbox, async () => {}, noon)
  t.equal(await db.laterContact.count(), 0)

  await db.laterContact.createMany({ data: kept })
  const dataDir = temporaryFolder(t)
  await forget(db, openTraces(dataDir, { warn () {} }), noon)
  t.equal(await db.laterContact.count(), 0, 'a restored backup brings it back for one night at most')
})

t.test('what people wrote goes two years after the activity, and the numbers stay', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  await answerAs(db, await aBooking(db, activity.id), [{ number: 1, value: 4 }, { number: 4, text: 'A longer break' }])
  const traces = openTraces(temporaryFolder(t), { warn () {} })

  t.equal((await forget(db, traces, noon.plus({ months: 23 }))).texts, 0)
  const { id } = await aLegalHold(db, { activityId: activity.id })
  t.equal((await forget(db, traces, noon.plus({ months: 24 }))).texts, 0, 'a legal hold keeps it')
  await db.legalHold.update({ where: { id }, data: { liftedAt: noon.toJSDate(), liftedById: organiser.id } })
  t.equal((await forget(db, traces, noon.plus({ months: 24 }))).texts, 1)
  t.equal(await db.evaluationCount.count({ where: { count: 1 } }), 2)
})

t.test('a text that staff deleted stays deleted when a backup brings it back', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  await answerAs(db, await aBooking(db, activity.id), [{ number: 4, text: 'A longer break' }])
  const [kept] = await db.evaluationText.findMany()
  if (kept === undefined) return t.fail('a text is kept')
  await answerAs(db, await aBooking(db, activity.id), [{ number: 4, text: 'Nothing' }])
  const about = await getActivity(db, activity.id)

  await deleteText(db, about, nameOfText(activity.id, { occasion: 'after', question: 4, text: 'A longer break' }), organiser, noon)
  await db.evaluationText.create({ data: kept })
  await forget(db, openTraces(temporaryFolder(t), { warn () {} }), noon)

  t.strictSame((await db.evaluationText.findMany()).map(({ text }) => text), ['Nothing'])
})

t.test('results move on by five people at a time, and at the end by all', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const about = await getActivity(db, activity.id)
  const shown = async (now = noon) => {
    const [results] = await evaluationResults(db, [about], now)
    return [results?.answered[1]?.forms, results?.questions[3]?.texts?.map(({ text }) => text).sort().join('')]
  }
  const seen = []
  for (let n = 1; n <= 11; n++) {
    await answerAs(db, await aBooking(db, activity.id), [{ number: 1, value: 4 }, { number: 4, text: 'abcdefghijk'.charAt(n - 1) }])
    seen.push(await shown())
  }

  const none = [undefined, undefined]
  t.strictSame(seen, [
    none, none, none, none, ...Array.from({ length: 5 }, () => [5, 'abcde']), ...Array.from({ length: 2 }, () => [10, 'abcdefghij'])
  ], 'loading the page before and after one of them answers tells nothing')
  t.strictSame(await shown(noon.plus({ days: 70 })), [11, 'abcdefghijk'])
})
