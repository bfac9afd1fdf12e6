import t from 'tap'
import type { Test } from 'tap'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { answersOfMany, askingActivity, yesterday } from '../../support/evaluations.ts'
import { anActivity, noon } from '../../support/world.ts'

async function asking (t: Test) {
  const its = await service(t)
  const activity = await askingActivity(its.db)
  const { headers } = await signedIn(its.app, its.db, { role: 'organiser' })
  return { ...its, activity, headers, at: `/staff/activities/${activity.slug}` }
}

t.test('staff read what people thought from five answers on, with a table and a picture for each question', async t => {
  const { app, db, activity, headers, at } = await asking(t)
  const page = async () => perceived(await app.inject({ url: `${at}/evaluation`, headers }))
  await answersOfMany(db, activity.id, 4, [{ number: 1, value: 4 }, { number: 4, text: 'A longer break' }])
  const early = await page()
  t.match(early.text, /Afterwards Fewer than 5 answers so far/)
  t.notMatch(early.text, /longer break|4 \(/)
  const none = await app.inject({ url: `${at}/evaluation/charts/1`, headers })
  t.equal(none.statusCode, 404)

  await answersOfMany(db, activity.id, 1, [{ number: 1, value: 5 }, { number: 4, text: 'It helped me to talk' }])
  await answersOfMany(db, activity.id, 5, [{ number: 1, value: 2 }], 'before', noon.minus({ days: 2 }))

  const { text, h1 } = await page()
  t.equal(h1, 'What people thought')
  t.match(text, /Before 5 people answered Afterwards 5 people answered Three months on Fewer than 5 answers so far/)
  t.match(text, /Answer Before Afterwards Three months on 1 – Not at all confident 0 \(0%\) 0 \(0%\) – 2 5 \(100%\) 0 \(0%\) –/)
  t.match(text, /Average, from 1 to 5 2\.0 4\.2 –/)
  t.match(text, /If one tells of harm to a child, call the hub or 999/)
  t.match(text, /It helped me to talk/)
  const chart = await app.inject({ url: `${at}/evaluation/charts/1`, headers })
  t.equal(chart.headers['content-type'], 'image/svg+xml; charset=utf-8')
  t.match(chart.body, /^<svg[\s\S]*100%/)
  t.notMatch(chart.body, /style/, 'our policy allows no inline styles')
})

t.test('a text is deleted after a page that says who to call, and leaves no trace in the trail but that it was', async t => {
  const { app, db, activity, headers, at } = await asking(t)
  await answersOfMany(db, activity.id, 5, [{ number: 4, text: 'My neighbour Bob hits his son' }])
  await answersOfMany(db, activity.id, 1, [{ number: 4, text: 'A longer break' }])
  const { body } = await app.inject({ url: `${at}/evaluation`, headers })
  const href = /href="([^"]*\/texts\/[^"]*)">Delete<span class="govuk-visually-hidden">: My neighbour/.exec(body)?.[1] ?? ''
  await answersOfMany(db, activity.id, 1, [{ number: 1, value: 3 }])

  const asked = await app.inject({ url: href, headers })
  t.equal(asked.statusCode, 200, 'an answer that came meanwhile has not moved it')
  t.match(perceived(asked).text, /Delete this text\? My neighbour Bob hits his son/)
  t.match(perceived(asked).text, /First call the hub of the district/)
  t.equal((await post(app, href, filledIn(asked.body), headers)).statusCode, 303)

  t.strictSame((await db.evaluationText.findMany()).map(({ text }) => text), ['A longer break'])
  t.equal((await post(app, href, {}, headers)).statusCode, 404, 'pressed twice')
  const [entry] = await db.auditEntry.findMany({ where: { action: 'evaluation.text-deleted' } })
  t.match(entry, { subject: activity.slug, details: { question: 4 } })
  t.notMatch(JSON.stringify(entry, (_, value: unknown) => typeof value === 'bigint' ? String(value) : value), /Bob hits/)
})

t.test('the file with the numbers is written down, and HEAD is not', async t => {
  const { app, db, activity, headers, at } = await asking(t)
  await answersOfMany(db, activity.id, 5, [{ number: 1, value: 4 }])

  await app.inject({ method: 'HEAD', url: `${at}/evaluation.csv`, headers })
  t.equal(await db.auditEntry.count({ where: { action: 'evaluation.exported' } }), 0)
  const file = await app.inject({ url: `${at}/evaluation.csv`, headers })
  t.equal(file.headers['content-disposition'], `attachment; filename="evaluation-${activity.slug}-2026-11-23.csv"`)
  t.match(file.body, /1,How confident do you feel about talking with a child about this topic\?,after,4,5,5\r\n/)
  t.equal(await db.auditEntry.count({ where: { action: 'evaluation.exported', subject: activity.slug } }), 1)
})

t.test('an organiser chooses questions: those that we suggest are one press away', async t => {
  const { app, db, headers } = await asking(t)
  const activity = await anActivity(db, yesterday)
  const at = `/staff/activities/${activity.slug}`
  t.match(perceived(await app.inject({ url: `${at}/evaluation`, headers })).text, /Nobody is asked about this activity/)
  const page = await app.inject({ url: `${at}/questions-afterwards`, headers })
  const fields = filledIn(page.body)
  t.equal(fields.source, 'campaign')
  t.equal(fields.q1_text, 'How confident do you feel about talking with a child about this topic?')

  t.match(perceived(page).text, /Words for the answers to question 1 ?: 1 Not at all confident, 5 Very confident, asked before too/)
  t.match(perceived(page).text, /Words for the answers to question 3 ?: Talk with a child about it \/ Talk with another adult/)
  t.notMatch(page.body, '<details class="govuk-details" open', 'read at a glance, and opened to be changed')
  const saved = await post(app, `${at}/questions-afterwards`, { ...fields, source: 'own' }, headers)
  t.equal(saved.headers.location, `${at}/evaluation?done=questions`)
  t.match((await db.questionnaire.findUnique({ where: { activityId: activity.id } }))?.questions, [{ kind: 'scale', asksBefore: true }])
  const other = await post(app, `${at}/questions-afterwards`, { ...fields, source: 'own', q2_text: 'Was it useful?' }, headers)
  t.equal(other.statusCode, 409, 'a colleague was quicker')
  t.match(perceived(other).text, /Someone else has changed these questions/)
  t.match(perceived(other).text, /What is different What is asked There now|What is different Question 2 There now/)
  t.match(other.body, /value="Was it useful\?"/, 'nothing that was typed is lost')
  const again = await post(app, `${at}/questions-afterwards`, { ...filledIn(other.body) }, headers)
  t.equal(again.statusCode, 303, 'with both before their eyes they save what they mean')
  const wrong = await post(app, `${at}/questions-afterwards`, { ...filledIn(other.body), q1_low: '' }, headers)
  t.equal(wrong.statusCode, 400)
  t.match(perceived(wrong).errors, [{ field: 'q1_low', sentence: 'Question 1: enter the words for 1' }])
  t.equal(await db.auditEntry.count({ where: { action: 'questions.chosen' } }), 2)

  await answersOfMany(db, activity.id, 1, [{ number: 1, value: 4 }])
  t.match(perceived(await app.inject({ url: `${at}/questions-afterwards`, headers })).text, /the questions stay as they are/)
})

t.test('a campaign asks for every activity that has no questions of its own', async t => {
  const { app, db, headers } = await asking(t)
  const activity = await anActivity(db, yesterday)
  const { slug } = await db.campaign.findUniqueOrThrow({ where: { id: activity.campaignId } })
  const address = `/staff/campaigns/${slug}/questions-afterwards`
  const fields = filledIn((await app.inject({ url: address, headers })).body)

  t.equal(fields.source, 'none')
  t.equal((await post(app, address, { ...fields, source: 'own' }, headers)).headers.location, `/staff/campaigns/${slug}?done=questions`)
  t.match(perceived(await app.inject({ url: `/staff/activities/${activity.slug}/evaluation`, headers })).text, /Fewer than 5 answers so far/)
  const form = await app.inject({ url: `/staff/activities/${activity.slug}/questions-afterwards`, headers })
  t.match(perceived(form).text, /What the campaign asks It asks now: How confident do you feel/)
  await post(app, `/staff/activities/${activity.slug}/questions-afterwards`, { ...filledIn(form.body), source: 'none' }, headers)
  t.match(perceived(await app.inject({ url: `/staff/activities/${activity.slug}/evaluation`, headers })).text, /Nobody is asked about this activity/)
})

t.test('an agency that takes part, and hosts, do not read what people thought', async t => {
  const { app, db, at, activity } = await asking(t)
  const { id: agencyId } = await anAgency(db)
  await db.activityPartner.create({ data: { activityId: activity.id, agencyId } })
  const partner = await signedIn(app, db, { role: 'organiser', agencyId })
  const host = await signedIn(app, db, { role: 'host' })
  await db.activityHost.create({ data: { activityId: activity.id, staffMemberId: host.member.id } })

  for (const { headers } of [partner, host]) {
    t.equal((await app.inject({ url: `${at}/evaluation`, headers })).statusCode, 403)
    t.equal((await app.inject({ url: `${at}/evaluation.csv`, headers })).statusCode, 403)
  }
  t.equal((await app.inject({ url: `${at}/evaluation` })).statusCode, 303, 'a stranger signs in first')
})
