import t from 'tap'
import { publishScenario } from '../../../src/programme/scenarios/commands.ts'
import { scenarioDraft } from '../../../src/programme/scenarios/draft.ts'
import { fingerprintOf } from '../../../src/programme/scenarios/scenario.ts'
import { readStory } from '../../../src/programme/scenarios/twee.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aScenario, aStory } from '../../support/scenarios.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { upload } from '../../support/uploads.ts'
import { aCampaign, noon } from '../../support/world.ts'

const changed = aStory.replace('It is never too late', 'There is time')

t.test('an organiser writes a story, plays it, publishes it and takes it down', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const campaign = await aCampaign(db)
  const page = async (url: string) => await app.inject({ url, headers })

  const form = filledIn((await page('/staff/scenarios/new')).body)
  const added = await post(app, '/staff/scenarios/new', { ...form, text: aStory, campaign: campaign.slug }, headers)
  const at = '/staff/scenarios/the-missing-phone'
  t.match([added.statusCode, added.headers.location], [303, `${at}?done=added`])
  t.match(await db.scenario.findFirst(), { campaignId: campaign.id, publishedText: null, title: 'The missing phone' })
  t.match(perceived(await page(at)).text, /Only staff can read this\. It belongs to .*1\. Friday .*Ask him what happened → Sam talks/)
  t.match(perceived(await page(`${at}/play`)).text, /Nothing is counted.*You are a teacher/)
  const trial = await page(`${at}/play/friday`)
  t.match(trial.body, `href="${at}/play/sam-leaves"`)
  t.equal(trial.body.includes('name="choice"'), false)
  t.equal((await page(`${at}/play/nothing`)).statusCode, 404)

  const edition = /name="edition" value="(\w+)"/.exec((await page(at)).body)?.[1] ?? ''
  t.match((await post(app, `${at}/publishing`, { edition }, headers)).headers.location, 'done=published')
  t.equal((await app.inject('/scenarios/the-missing-phone/friday')).statusCode, 200)
  t.equal((await post(app, `${at}/deletion`, {}, headers)).statusCode, 409)
  t.match((await post(app, `${at}/take-down`, {}, headers)).headers.location, 'done=taken-down')
  t.equal((await app.inject('/scenarios/the-missing-phone/friday')).statusCode, 404)
  t.match((await post(app, `${at}/deletion`, {}, headers)).headers.location, 'done=deleted')
  t.equal(await db.scenario.count(), 0)
  t.strictSame((await db.auditEntry.findMany({ where: { action: { startsWith: 'scenario' } }, orderBy: { id: 'asc' } })).map(({ action }) => action).sort(), [
    'scenario.added', 'scenario.deleted', 'scenario.published', 'scenario.taken-down'
  ])
})

t.test('a story with mistakes is not saved: all are said, and nothing that was typed or chosen is lost', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const wrong = aStory.replace('->Sam talks', '->Sam speaks').replace('* Listen', '*')

  const form = filledIn((await app.inject({ url: '/staff/scenarios/new', headers })).body)
  for (const answer of [
    await post(app, '/staff/scenarios/new', { ...form, text: wrong }, headers),
    await upload(app, '/staff/scenarios/new', { fields: { ...form, text: '' }, files: { file: [Buffer.from(wrong)] } }, headers),
    await upload(app, '/staff/scenarios/new', { fields: { ...form, text: wrong }, files: { file: [] } }, headers)
  ]) {
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors, [
      { field: 'text', sentence: 'Line 10: There is no step “Sam speaks”.' },
      { field: 'text', sentence: 'Line 21: There is nothing behind the “*”.' }
    ])
    t.match(filledIn(answer.body).text, '-&gt;Sam speaks')
    t.equal(filledIn(answer.body).submission, form.submission)
  }
  t.equal(await db.scenario.count(), 0)
})

t.test('a file is read as Notepad saves it, and a long story is pasted whole', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const curly = aStory.replace('He thinks that', 'He’s sure')
  const long = aStory + Array.from({ length: 80 }, (_, n) => `\n:: More ${n} [end]\n${'It helps to talk. '.repeat(60)}\n`).join('')

  const files = [
    Buffer.from(`\uFEFF${curly.replaceAll('\n', '\r\n')}`), Buffer.from(`\uFEFF${curly}`, 'utf16le'),
    Buffer.from(curly.replaceAll('’', '\u0092'), 'latin1')
  ]
  for (const file of files) {
    const form = filledIn((await app.inject({ url: '/staff/scenarios/new', headers })).body)
    const answer = await upload(app, '/staff/scenarios/new', { fields: form, files: { file: [file] } }, headers)
    t.equal(answer.statusCode, 303, perceived(answer).errors[0]?.sentence ?? '')
  }
  t.strictSame((await db.scenario.findMany()).map(({ text }) => text), files.map(() => curly.trim()))
  const form = filledIn((await app.inject({ url: '/staff/scenarios/new', headers })).body)
  const answer = await upload(app, '/staff/scenarios/new', { fields: { ...form, text: long } }, headers)
  t.ok(long.length > 80_000)
  t.ok(perceived(answer).errors.length > 40, 'it is read to its end, where nobody reaches its steps')
})

t.test('what everyone reads stays until the new text is published, and steps that say the same keep their numbers', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { slug, id: scenarioId } = await aScenario(db)
  const [friday, leaves] = readStory(aStory).story.steps.map(fingerprintOf) as [string, string]
  await db.scenarioTotal.createMany({
    data: [{ scenarioId, step: friday, choice: 1, count: 30 }, { scenarioId, step: leaves, choice: 1, count: 30 }]
  })
  const at = `/staff/scenarios/${slug}`
  const form = filledIn((await app.inject({ url: `${at}/text`, headers })).body)
  const text = aStory.replace('nobody listens', 'you did not listen')

  t.match((await post(app, `${at}/text`, { ...form, text }, headers)).headers.location, 'done=changed')
  t.match((await app.inject(`/scenarios/${slug}/sam-leaves`)).body, 'nobody listens')
  t.match(perceived(await app.inject({ url: at, headers })).text, /Everyone can read an earlier version/)
  const edition = scenarioDraft.versionHash({ text: text.trim(), campaign: undefined })
  t.equal((await post(app, `${at}/publishing`, { edition }, headers)).statusCode, 303)

  t.match((await app.inject(`/scenarios/${slug}/sam-leaves`)).body, 'you did not listen')
  t.match(await db.scenarioTotal.findMany(), [{ step: friday, count: 30 }])
  t.equal(await db.scenarioTotal.count(), 1)
})

t.test('nobody overwrites, or publishes, what they have not read', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { slug } = await aScenario(db, { publishedTitle: null, publishedText: null })
  const at = `/staff/scenarios/${slug}`
  const form = filledIn((await app.inject({ url: `${at}/text`, headers })).body)
  const edition = form.edition ?? ''
  await db.scenario.update({ where: { slug }, data: { text: changed } })

  const saved = await post(app, `${at}/text`, { ...form, text: aStory.replace('a friend', 'his mum') }, headers)
  t.equal(saved.statusCode, 409)
  t.match(perceived(saved).text, /Someone has changed this scenario.*There now.*There is time.*Yours.*his mum/)
  t.match(await db.scenario.findFirst(), { text: changed })
  const published = await post(app, `${at}/publishing`, { edition }, headers)
  t.match([published.statusCode, perceived(published).errors[0]?.field], [409, 'form'])
  await t.rejects(publishScenario(db, slug, edition, organiser, noon), /Someone has changed this scenario/)
  t.match(await db.scenario.findFirst(), { publishedText: null })
  const again = await post(app, `${at}/text`, { ...filledIn(saved.body), text: aStory.replace('a friend', 'his mum') }, headers)
  t.equal(again.statusCode, 303, 'read side by side, it may be saved')
})

t.test('only those who edit what everyone reads write stories', async t => {
  const { app, db } = await service(t)
  const { slug } = await aScenario(db)
  const { headers } = await signedIn(app, db, { role: 'staff' })

  for (const url of ['/staff/scenarios', '/staff/scenarios/new', `/staff/scenarios/${slug}`, `/staff/scenarios/${slug}/play/friday`]) {
    t.equal((await app.inject({ url, headers })).statusCode, 403, url)
  }
})

t.test('old words that blame are pointed out', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { slug } = await aScenario(db, { text: aStory.replace('his phone', 'sexting') })

  t.match(perceived(await app.inject({ url: `/staff/scenarios/${slug}`, headers })).text, '“sexting”. Better: “sharing nudes”')
})

t.test('the database keeps a published story whole', async t => {
  const { db } = await service(t)

  await t.rejects(aScenario(db, { publishedTitle: null }), /scenarios_published_whole/)
})
