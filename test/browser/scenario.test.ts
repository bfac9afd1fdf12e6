import { readFileSync } from 'node:fs'
import t from 'tap'
import { aCampaign, anActivity } from '../support/world.ts'
import { aScenario } from '../support/scenarios.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

const text = readFileSync(new URL('../../templates/programme/scenarios/where-is-jess.twee', import.meta.url), 'utf8')

t.test('a story in which people decide', withBrowser, async t => {
  const site = await aSite(t)
  const campaign = await aCampaign(site.db)
  await anActivity(site.db, { campaignId: campaign.id })
  const title = 'Where is Jess?'
  const given = { slug: 'where-is-jess', title, text, publishedTitle: title, publishedText: text, campaignId: campaign.id }
  await aScenario(site.db, given)

  await t.test('someone plays it on a small phone without scripts, from the campaign to an end', async t => {
    const page = await openPage(t, plainPhone)
    const heading = async () => await page.getByRole('heading', { level: 1 }).innerText()
    await page.goto(`${site.origin}/campaigns/${campaign.slug}`)
    await page.getByRole('link', { name: title }).click()
    t.notOk(await scrollsSideways(page))
    await page.getByRole('button', { name: 'Begin' }).click()

    for (let steps = 0; await page.getByRole('heading', { name: 'Who to call' }).count() === 0; steps++) {
      t.ok(steps < 30, 'it ends')
      t.notOk(await scrollsSideways(page), await heading())
      await page.locator('.pk-decisions button').last().click()
    }
    t.equal(await heading(), 'Told what to do')
    t.notOk(await scrollsSideways(page))
    t.ok(await page.getByRole('link', { name: '999' }).isVisible())
    t.strictSame(await page.context().cookies(), [])
    t.ok((await site.db.scenarioTotal.findMany()).every(({ count }) => count === 1))
  })

  await t.test('its pages are as accessible as they look, with the way out', async t => {
    const page = await openPage(t, { viewport: { width: 375, height: 700 } })
    for (const address of ['', '/the-call', '/the-wait?from=the-call&choice=2', '/she-is-not-alone']) {
      await page.goto(`${site.origin}/scenarios/where-is-jess${address}`)
      t.strictSame(await axe(page), [], address)
      t.ok(await page.getByRole('button', { name: /Exit this page/ }).isVisible(), address)
    }
  })

  await t.test('an organiser writes on a phone and reads the whole story', async t => {
    const { page } = await site.staffAt(plainPhone)
    for (const address of ['', '/new', '/where-is-jess', '/where-is-jess/text', '/where-is-jess/play', '/where-is-jess/play/the-call']) {
      await page.goto(`${site.origin}/staff/scenarios${address}`)
      t.notOk(await scrollsSideways(page), address)
    }
    const wide = await site.staffAt({ viewport: { width: 1280, height: 900 } })
    for (const address of ['', '/new', '/where-is-jess', '/where-is-jess/play/the-call']) {
      await wide.page.goto(`${site.origin}/staff/scenarios${address}`)
      t.strictSame(await axe(wide.page), [], address)
    }
  })
})
