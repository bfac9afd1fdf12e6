import t from 'tap'
import { aDownload } from '../support/resources.ts'
import { aCampaign, anActivity } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('on a small phone without scripts an organiser says what a campaign is about, and a parent reads it and who to call',
  withBrowser, async t => {
    const its = await aSite(t)
    const { origin } = its
    const { id: campaignId } = await aCampaign(its.db, { slug: 'week', title: 'Know who your friends are', accounts: ['https://x.com/notokayGM'], hashtags: ['#itsnotokay'] })
    await anActivity(its.db, { campaignId })
    const { page } = await its.staffAt(plainPhone)
    const main = async () => (await page.locator('main').textContent() ?? '').replaceAll(/\s+/g, ' ')

    await page.goto(`${origin}/staff/campaigns/week`)
    await page.getByRole('link', { name: 'Key messages' }).click()
    await page.getByLabel('Parents and carers').fill('Ask who they talk to.')
    await page.getByRole('button', { name: 'Save' }).click()
    t.match(await main(), 'Saved.')
    await page.getByRole('link', { name: 'Press', exact: true }).click()
    await page.getByLabel('Who to ask').fill('Press office')
    await page.getByLabel('Email').fill('press@bolton.example')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Advice', exact: true }).first().click()
    await page.getByRole('button', { name: 'Add a page of advice' }).click()
    await page.getByLabel('Title').fill('If a picture was shared')
    await page.getByLabel('Parents and carers').check()
    await page.getByLabel('Text', { exact: true }).fill('# What to do\n- Stay calm.')
    await page.getByLabel('What it is called').first().fill('Report Remove')
    await page.getByLabel('Everyone', { exact: true }).last().check()
    await page.getByRole('button', { name: 'Add the page' }).click()
    t.match(await main(), /Web address must be a whole one/)
    t.notOk(await scrollsSideways(page))
    await page.getByLabel('Web address').first().fill('https://www.childline.org.uk/report-remove')
    await page.getByRole('button', { name: 'Add the page' }).click()
    t.match(await main(), /The page of advice is added\..*If a picture was shared Published/)

    await page.goto(`${origin}/campaigns/week`)
    t.match(await main(), /#itsnotokay on X.*Parents and carers Ask who they talk to\..*press@bolton\.example/)
    await page.getByRole('link', { name: 'If a picture was shared' }).click()
    t.match(await main(), /What to do Stay calm\. Useful links Report Remove/)
    t.match(await page.locator('.pk-helplines').textContent(), /Childline/)
  })

t.test('the pages of a campaign’s content pass axe and fit the screen, on a phone and on a desk', withBrowser, async t => {
  for (const width of [320, 1280]) {
    const its = await aSite(t)
    const { origin } = its
    const { id: campaignId } = await aCampaign(its.db, {
      slug: 'week', strapline: 'Never too late', accounts: ['https://x.com/notokayGM'], hashtags: ['#itsnotokay'], pressEmail: 'press@bolton.example'
    })
    await anActivity(its.db, { campaignId })
    await its.db.keyMessage.create({ data: { campaignId, audience: 'young-people', position: 0, text: 'x'.repeat(80) } })
    await aDownload(its.db, { campaignId, title: 'x'.repeat(80) })
    const { id } = await its.db.advicePage.create({
      data: {
        campaignId,
        slug: 'a',
        title: 'If a picture was shared',
        audience: 'young-people',
        text: '# What to do\nTalk.\n\n- Stay calm',
        status: 'published',
        links: { create: [{ position: 0, title: 'CEOP', url: `https://www.ceop.police.uk/${'x'.repeat(80)}`, about: 'Tell them' }] }
      }
    })
    const { page } = await its.staffAt({ viewport: { width, height: 844 } }, { role: 'admin' })
    const ofStaff = ['', '/key-messages', '/press', '/basics', '/advice', '/advice/new'].map(at => `/staff/campaigns/week${at}`)

    for (const path of [
      ...ofStaff, `/staff/advice/${id}`, `/staff/advice/${id}/removal`, '/staff/advice', '/campaigns/week', '/campaigns/week/advice/a', '/advice'
    ]) {
      await page.goto(`${origin}${path}`)
      t.strictSame(await axe(page), [], `${path}, ${width} wide`)
      t.notOk(await scrollsSideways(page), `${path}, ${width} wide`)
    }
  }
})
