import t from 'tap'
import type { Test } from 'tap'
import { versionHashOf } from '../../../src/booking/evaluations/schema.ts'
import { inOneText } from '../../../src/programme/evaluations/questionnaire-draft.ts'
import { filledIn } from '../../support/filled-in.ts'
import { links, perceived, post, service } from '../../support/service.ts'
import { answerAs, askingActivity, linksToAnswer } from '../../support/evaluations.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

/** Someone who had a place in an activity that asks, and the address at which they answer. */
async function someone (t: Test, given: Parameters<typeof askingActivity>[1] = {}, now = noon) {
  const its = await service(t, { clock: () => now })
  const activity = await askingActivity(its.db, given)
  const booking = await aBooking(its.db, activity.id, { attended: true })
  const answerAt = `/evaluations/${linksToAnswer.tokenOf(linksToAnswer.linkOf(booking, 'after'))}`
  return { ...its, activity, booking, answerAt }
}

t.test('someone reads the questions, answers some, is thanked, and cannot answer again', async t => {
  const { app, db, answerAt } = await someone(t)
  const page = await app.inject(answerAt)
  const { h1, text } = perceived(page)

  t.equal(page.statusCode, 200)
  t.equal(h1, 'How was it?')
  t.match(text, /We do not keep who answered what\. Please do not write names\./)
  t.match(text, /1 – Not at all confident/)
  t.match(text, /it may not be read at all\..* If a child is in danger now, call 999/, 'beside what people write in their own words')
  t.notMatch(text, /Kirkbride|Keeping your child safe/, 'neither who it is nor, in a discreet campaign, what it was')
  t.equal(page.headers['x-robots-tag'], 'noindex')

  const answered = await post(app, answerAt, { ...filledIn(page.body), q1: '4', q4: 'A longer break' })
  t.equal(answered.statusCode, 303)
  t.equal(answered.headers.location, answerAt)
  const thanks = await app.inject(answerAt)
  t.equal(perceived(thanks).h1, 'Thank you for answering')
  t.equal((await post(app, answerAt, { ...filledIn(page.body), q1: '1' })).statusCode, 303, 'pressed twice')
  const counted = await db.evaluationCount.findMany({ where: { count: { gt: 0 } }, orderBy: { question: 'asc' } })
  t.match(counted, [{ question: 0, value: 0, count: 1 }, { question: 1, value: 4, count: 1 }])
  t.equal(counted.length, 2)
})

t.test('what is wrong with answers gets one sentence, and keeps what was typed', async t => {
  const { app, db, answerAt } = await someone(t)
  const fields = filledIn((await app.inject(answerAt)).body)
  const cases: Array<[given: Record<string, string>, sentence: string]> = [
    [{}, 'Answer at least one question'],
    [{ q4: '  ' }, 'Answer at least one question'],
    [{ q1: '6' }, 'Select one of the answers'],
    [{ q3: '9' }, 'Select one of the answers'],
    [{ q4: 'x'.repeat(1001) }, 'Your answer must be 1,000 characters or fewer']
  ]
  for (const [given, sentence] of cases) {
    const answer = await post(app, answerAt, { ...fields, ...given })
    t.equal(answer.statusCode, 400)
    t.match(perceived(answer).errors, [{ sentence }])
  }
  const kept = await post(app, answerAt, { ...fields, q1: '6', q4: 'A longer break' })
  t.match(kept.body, /A longer break/)
  const stranger = await post(app, answerAt, { ...fields, q1: '4', name: 'Anne' })
  t.equal(stranger.statusCode, 400, 'a field that there is not')
  const stale = await post(app, answerAt, { ...fields, q1: '4', edition: '0'.repeat(32) })
  t.equal(stale.statusCode, 409)
  t.match(perceived(stale).text, /The questions have changed since you opened this page/)
  t.match(stale.body, /value="4" checked/)
  t.equal(await db.evaluationMark.count(), 0)
})

t.test('five long answers in Bengali fit, and changed questions are said before anything is wrong with answers', async t => {
  const questions = Array.from({ length: 5 }, (_, n) => ({ kind: 'text' as const, text: `Question ${n + 1}` }))
  const { app, db, activity, booking } = await someone(t)
  await db.questionnaire.update({ where: { activityId: activity.id }, data: { questions } })
  const at = `/evaluations/${linksToAnswer.tokenOf(linksToAnswer.linkOf(booking, 'after'))}`
  const fields = filledIn((await app.inject(at)).body)
  const long = 'ক'.repeat(1000)
  const answers = { q1: long, q2: long, q3: long, q4: long, q5: long }

  await db.questionnaire.update({ where: { activityId: activity.id }, data: { questions: questions.slice(0, 2) } })
  const stale = await post(app, at, { ...fields, ...answers })
  t.equal(stale.statusCode, 409)
  t.match(perceived(stale).text, /The questions have changed since you opened this page/)
  await db.questionnaire.update({ where: { activityId: activity.id }, data: { questions } })
  t.equal((await post(app, at, { ...fields, ...answers })).statusCode, 303)
  t.equal(await db.evaluationText.count({ where: { text: long } }), 5)
})

t.test('who has no place, or did not come, is led to the page of their booking and not to the questions', async t => {
  const { app, db, activity } = await someone(t)
  for (const given of [{ status: 'cancelled' }, { status: 'waiting' }, { attended: false }]) {
    const token = links.tokenOf(await aBooking(db, activity.id, given))
    const away = await app.inject(`/bookings/${token}/evaluation`)
    t.equal(away.headers.location, `/bookings/${token}`, JSON.stringify(given))
  }
})

t.test('choices that read the same with what stands between them are other questions', t => {
  const asking = (choices: string[]) => versionHashOf([{ kind: 'choice', text: 'What next?', choices, number: 1 }])
  const drafted = (choices: string[]) => inOneText({ kind: 'choice', text: 'What next?', choices })
  t.not(asking(['Home / work', 'Nothing']), asking(['Home', 'work / Nothing']))
  t.not(drafted(['Home / work', 'Nothing']), drafted(['Home', 'work / Nothing']))
  t.equal(drafted(['Home', 'Work']), 'What next? (Home / Work)')
  t.end()
})

t.test('a link that we did not make, or too early, too late or for nothing, says so in one sentence', async t => {
  const { app, activity, booking, db } = await someone(t)
  const at = (occasion: 'before' | 'after' | 'later', of: { id: string, activityId: string } = booking) =>
    `/evaluations/${linksToAnswer.tokenOf(linksToAnswer.linkOf(of, occasion))}`
  const toCome = await askingActivity(db, {
    startsAt: noon.plus({ days: 1 }).toJSDate(), endsAt: noon.plus({ days: 2 }).toJSDate()
  })
  const silent = await anActivity(db)

  t.equal((await app.inject('/evaluations/nonsense')).statusCode, 404)
  t.equal((await app.inject(`/evaluations/${links.tokenOf(booking)}`)).statusCode, 404, 'nor is one to a booking')
  t.match(perceived(await app.inject(at('before'))).text, /The time to answer has ended/)
  t.match(perceived(await app.inject(at('after', { id: booking.id, activityId: toCome.id }))).text, /You can answer once it has started/)
  t.match(perceived(await app.inject(at('before', { id: booking.id, activityId: silent.id }))).text, /There is nothing to answer here any more/)
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })
  const cancelled = await app.inject(at('after'))
  t.equal(cancelled.statusCode, 410)
  t.match(perceived(cancelled).text, /It was cancelled/)
})

t.test('the page of a booking leads to the questions of the moment, and its link changes nothing', async t => {
  const { app, db, booking, answerAt } = await someone(t)
  const toCome = await askingActivity(db, {
    startsAt: noon.plus({ days: 1 }).toJSDate(), endsAt: noon.plus({ days: 1, hours: 1 }).toJSDate()
  })
  const next = await aBooking(db, toCome.id)
  const absent = await aBooking(db, booking.activityId, { attended: false })
  const page = async (of: { id: string, linkVersion: number }) => (await app.inject(`/bookings/${links.tokenOf(of)}`)).body

  t.match(await page(booking), /\/evaluation">Tell us what you thought/)
  t.match(await page(next), /\/evaluation">Answer one question before you come/)
  t.notMatch(await page(absent), /\/evaluation"/, 'who did not come is not asked how it was')
  const away = await app.inject(`/bookings/${links.tokenOf(booking)}/evaluation`)
  t.equal(away.statusCode, 303)
  t.equal(away.headers.location, answerAt)
  const before = await app.inject(`/bookings/${links.tokenOf(next)}/evaluation`)
  const question = perceived(await app.inject(String(before.headers.location)))
  t.equal(question.h1, 'Before you come')
  t.match(question.text, /You can come whether or not you answer/)
  t.notMatch(question.text, /What will you do next/, 'before, only what is compared is asked')
})

t.test('someone agrees to be asked once more, reads until when, and takes it back', async t => {
  const { app, db, booking, answerAt } = await someone(t)
  const agree = async (email: string) => await post(app, `${answerAt}/later`, { email })

  t.equal((await agree('anne@example.org')).statusCode, 409, 'not before they have answered')
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  const asked = perceived(await app.inject(answerAt))
  t.match(asked.text, /May we ask you once more\?/)
  t.match(asked.text, /one email on Monday 22 February 2027\. Then we delete your address, on Thursday 25 February 2027 at the latest/)
  const wrong = await agree('anne')
  t.equal(wrong.statusCode, 400)
  t.match(perceived(wrong).errors, [{ field: 'email', sentence: 'Enter an email address in the correct format, like name@example.com' }])
  t.equal(await db.laterContact.count(), 0, 'nobody is asked who has not agreed')

  t.equal((await agree('Anne@Example.org')).statusCode, 303)
  t.equal((await agree('other@example.org')).statusCode, 303, 'agreeing twice is agreeing once')
  const [contact] = await db.laterContact.findMany()
  t.match(contact, { email: 'Anne@Example.org', canonicalEmail: 'anne@example.org', announcedAt: null })
  t.equal(contact?.sendOn.toISOString().slice(0, 10), '2027-02-22')
  t.equal(contact?.eraseOn.toISOString().slice(0, 10), '2027-02-25')
  const agreed = perceived(await app.inject(answerAt))
  t.match(agreed.text, /We ask you once more/)
  t.notMatch(agreed.text, /example\.org/i, 'whoever finds the link does not read the address')

  t.equal((await post(app, `${answerAt}/later/withdrawal`, {})).statusCode, 303)
  t.equal(await db.laterContact.count(), 0)
  t.match(perceived(await app.inject(answerAt)).text, /May we ask you once more\?/)
})
