// Subject: the database.
import t from 'tap'
import { agreeToLater } from '../../../src/booking/evaluations/commands.ts'
import { openTraces } from '../../../src/office/forgetting/traces.ts'
import { forget } from '../../../src/office/forgetting/jobs.ts'
import { eraseEverything, finishErasures, noteLastEmail } from '../../../src/office/rights/commands.ts'
import { everythingAsFile, everythingInWords } from '../../../src/office/rights/page.ts'
import { everythingAbout } from '../../../src/office/rights/queries.ts'
import { confirming } from '../../support/confirming.ts'
import { answerAs, askingActivity, linksToAnswer } from '../../support/evaluations.ts'
import { aDataDir } from '../../support/running-service.ts'
import { aLegalHold } from '../../support/requests.ts'
import { organiser } from '../../support/staff.ts'
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
  await noteLastEmail(db, erasure?.id ?? '', noon)
  await finishErasures(db, outbox, async () => {}, noon)
  t.equal(await db.laterContact.count(), 0)

  await db.laterContact.createMany({ data: kept })
  const dataDir = await aDataDir(t)
  await forget(db, openTraces(dataDir, { warn () {} }), noon)
  t.equal(await db.laterContact.count(), 0, 'a restored backup brings it back for one night at most')
})

t.test('what people wrote goes two years after the activity, and the numbers stay', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  await answerAs(db, await aBooking(db, activity.id), [{ number: 1, value: 4 }, { number: 4, text: 'A longer break' }])
  const traces = openTraces(await aDataDir(t), { warn () {} })

  t.equal((await forget(db, traces, noon.plus({ months: 23 }))).texts, 0)
  const { id } = await aLegalHold(db, { activityId: activity.id })
  t.equal((await forget(db, traces, noon.plus({ months: 24 }))).texts, 0, 'a legal hold keeps it')
  await db.legalHold.update({ where: { id }, data: { liftedAt: noon.toJSDate(), liftedById: organiser.id } })
  t.equal((await forget(db, traces, noon.plus({ months: 24 }))).texts, 1)
  t.equal(await db.evaluationCount.count({ where: { count: 1 } }), 2)
})
