import t from 'tap'
import { countChoice } from '../../../src/programme/scenarios/commands.ts'
import { findStep, fingerprintOf } from '../../../src/programme/scenarios/scenario.ts'
import { readStory } from '../../../src/programme/scenarios/twee.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { aScenario, aStory } from '../../support/scenarios.ts'
import { aCampaign, anActivity, noon, warm, world } from '../../support/world.ts'

const friday = fingerprintOf(findStep(readStory(aStory).story, 'friday') ?? { name: '', slug: '', blocks: [], choices: [] })

t.test('people play a story step by step, and at its end read who to call', async t => {
  const { app, db } = await service(t)
  const { slug } = await aScenario(db)
  const at = `/scenarios/${slug}`

  const start = await app.inject(at)
  t.match(perceived(start), { h1: 'The missing phone', text: /You are a teacher\. .*Begin/ })
  t.match(start.body, `href="${at}/friday"`)
  const step = await app.inject(`${at}/friday`)
  t.match(perceived(step), { h1: 'Friday', title: /^Friday – The missing phone/ })
  t.match(step.body, 'noindex')

  const chosen = await post(app, `${at}/friday`, { choice: '2', edition: friday })
  t.match([chosen.statusCode, chosen.headers.location], [303, `${at}/sam-leaves?from=friday&choice=2`])
  t.strictSame([step, chosen].map(({ headers }) => headers['set-cookie']), [undefined, undefined])
  t.match(perceived(await app.inject(chosen.headers.location ?? '')).text, /You chose “Tell him to look again”\. Sam leaves Sam He thinks that nobody listens\./)

  const end = await app.inject(`${at}/sam-talks`)
  t.match(perceived(end).text, /Who to call Emergency Phone: 999 .*101/)
  t.equal(end.body.split('tel:999').length, 2, 'once, and not below as well')
  t.match(end.body, '<a class="govuk-link" href="https://www.ceop.police.uk/" rel="noopener noreferrer">')
  t.notMatch(end.body, 'name="choice"')
})

t.test('reading changes nothing, and a choice adds one to a total', async t => {
  const { app, db } = await service(t)
  const { slug } = await aScenario(db)
  const at = `/scenarios/${slug}/friday`

  for (const url of [at, `${at}?from=friday&choice=1`, `/scenarios/${slug}/sam-talks?from=friday&choice=1`]) {
    for (const method of ['GET', 'HEAD'] as const) t.equal((await app.inject({ method, url })).statusCode, 200)
  }
  t.equal(await db.scenarioTotal.count(), 0)
  for (const choice of ['1', '2', '2']) await post(app, at, { choice, edition: friday })
  t.match(await db.scenarioTotal.findMany({ orderBy: { choice: 'asc' } }), [
    { step: friday, choice: 1, count: 1 }, { step: friday, choice: 2, count: 2 }
  ])
})

t.test('what is sent wrongly is not counted, and gets a sentence', async t => {
  const { app, db } = await service(t)
  const { slug } = await aScenario(db)
  const at = `/scenarios/${slug}/friday`

  for (const [fields, status, sentence] of [
    [{ edition: friday }, 400, 'Choose what to do'],
    [{ choice: '0', edition: friday }, 400, 'Choose what to do'],
    [{ choice: '3', edition: friday }, 409, /has changed since you opened it/],
    [{ choice: '1', edition: 'another' }, 409, /has changed since you opened it/],
    [{ choice: '1', edition: friday, more: 'x' }, 400, /has no field “more”/]
  ] as const) {
    const answer = await post(app, at, fields)
    t.match([answer.statusCode, perceived(answer).errors[0]?.sentence, perceived(answer).h1], [status, sentence, 'Friday'])
    t.ok(perceived(answer).has(perceived(answer).errors[0]?.field ?? ''))
  }
  for (const url of ['/scenarios/nothing', `/scenarios/${slug}/nothing`, '/scenarios/%00', '/scenarios/__proto__']) {
    t.equal((await app.inject(url)).statusCode, 404, url)
  }
  t.equal((await post(app, `/scenarios/${slug}/nothing`, { choice: '1', edition: friday })).statusCode, 404)
  t.equal(await db.scenarioTotal.count(), 0)
})

t.test('how many chose the same is told from 20 answers on, to those who chose', async t => {
  const { app, db } = await service(t)
  const { slug, id } = await aScenario(db)
  const told = async (address: string) => perceived(await app.inject(`/scenarios/${slug}/${address}`)).text
  await db.scenarioTotal.createMany({
    data: [11, 8].map((count, n) => ({ scenarioId: id, step: friday, choice: n + 1, count }))
  })

  t.notMatch(await told('sam-leaves?from=friday&choice=2'), 'in 10 people')
  await countChoice(db, id, friday, 1)
  t.match(await told('sam-leaves?from=friday&choice=2'), 'About 4 in 10 people chose this.')
  t.match(await told('sam-talks?from=friday&choice=1'), 'About 6 in 10 people chose this.')
  for (const way of ['', '?from=friday&choice=1', '?from=alone&choice=2', '?from=friday&choice=x', '?from=friday']) {
    t.notMatch(await told(`sam-leaves${way}`), /in 10 people|You chose/, `${way} is no way to it`)
  }
})

t.test('of fifty who choose at once, each is counted', async t => {
  const { db } = await world(t)
  const { id } = await aScenario(db)
  await warm(db)

  await Promise.all(Array.from({ length: 50 }, async (_, n) => { await countChoice(db, id, friday, 1 + n % 2) }))

  t.strictSame((await db.scenarioTotal.findMany()).map(({ count }) => count), [25, 25])
})

t.test('one network address counts for a class and not for more, and is led on all the same', async t => {
  const { app, db } = await service(t, { rateLimits: true })
  const { slug } = await aScenario(db)

  for (let n = 0; n < 45; n++) {
    t.equal((await post(app, `/scenarios/${slug}/friday`, { choice: '1', edition: friday })).statusCode, 303)
  }

  t.strictSame((await db.scenarioTotal.findMany()).map(({ count }) => count), [40])
})

t.test('a draft is nowhere for the public, and a campaign is named only where everyone may know of it', async t => {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db, { title: 'A week in Bolton' })
  const { slug } = await aScenario(db, { campaignId: campaign.id })
  const draft = await aScenario(db, { campaignId: campaign.id, title: 'Not yet', publishedTitle: null, publishedText: null })
  const campaignPage = `/campaigns/${campaign.slug}`

  t.equal((await app.inject(`/scenarios/${draft.slug}`)).statusCode, 404)
  t.equal((await app.inject(`/scenarios/${draft.slug}/friday`)).statusCode, 404)
  t.notMatch((await app.inject(`/scenarios/${slug}`)).body, 'Bolton')
  await anActivity(db, { campaignId: campaign.id, embargoUntil: noon.plus({ hours: 1 }).toJSDate() })
  t.notMatch((await app.inject(`/scenarios/${slug}`)).body, 'Bolton')
  await anActivity(db, { campaignId: campaign.id })
  t.match((await app.inject(`/scenarios/${slug}`)).body, `href="${campaignPage}"`)
  const { body } = await app.inject(campaignPage)
  t.match(body, `href="/scenarios/${slug}"`)
  t.notMatch(body, /Not yet/)
})

t.test('a page takes two queries, whatever the length of its story', async t => {
  const { app, db, counted } = await countedService(t)
  const campaign = await aCampaign(db)
  await anActivity(db, { campaignId: campaign.id })
  const { slug } = await aScenario(db, { campaignId: campaign.id })
  await app.ready()

  for (const address of ['', '/friday', '/sam-talks?from=friday&choice=1']) {
    counted.queries = 0
    t.equal((await app.inject(`/scenarios/${slug}${address}`)).statusCode, 200)
    t.equal(counted.queries, 2, address)
  }
})
