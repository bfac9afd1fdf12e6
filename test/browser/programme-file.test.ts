import t from 'tap'
import { aBooking, aCampaign, anActivity } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

const columns = 'campaign,title,slug,kind,starts,ends,venue,join_url,district,audiences,visibility,booking,capacity,' +
  'places_per_booking,waiting_list,lead_agency,partner_agencies,summary,status'
const surgery = 'its-not-ok,Street surgery,,Street surgery,2026-12-01 10:00,2026-12-01 12:00,Market Place,,,parents,public,' +
  'drop-in,,,,,,,published'
const file = (...rows: string[]) => ({
  name: 'programme.csv', mimeType: 'text/csv', buffer: Buffer.from(`${[columns, ...rows].join('\n')}\n`)
})

t.test('on a small phone without scripts an organiser downloads the programme, uploads a file, reads it and imports it',
  withBrowser, async t => {
    const { db, origin, staffAt } = await aSite(t)
    const { id: campaignId } = await aCampaign(db, { slug: 'its-not-ok', title: 'It’s Not OK' })
    await anActivity(db, { campaignId, title: 'Staying safe' })
    const { page } = await staffAt(plainPhone)
    const main = async () => (await page.locator('main').textContent() ?? '').replaceAll(/\s+/g, ' ')
    await page.goto(`${origin}/staff/activities`)

    await page.getByRole('link', { name: 'Change many activities at once, by a file' }).click()
    const downloading = page.waitForEvent('download')
    await page.getByLabel('Campaign').selectOption('It’s Not OK')
    await page.getByRole('button', { name: 'Download the file' }).click()
    t.equal((await downloading).suggestedFilename(), 'programme-its-not-ok-2026-11-23.csv')

    await page.getByRole('button', { name: 'Read the file' }).click()
    t.match(await main(), /Choose the file with your programme/)
    t.notOk(await scrollsSideways(page))
    await page.getByLabel('The file', { exact: true }).setInputFiles(file(surgery.replace('2026-12-01 12:00', 'soon')))
    await page.getByRole('button', { name: 'Read the file' }).click()
    t.match(await main(), /This file cannot be imported yet.*Row 2 ends Must be a time like/)
    t.notOk(await scrollsSideways(page))
    await page.getByRole('link', { name: 'upload it again' }).click()
    await page.getByLabel('The file', { exact: true }).setInputFiles(file(surgery))
    await page.getByRole('button', { name: 'Read the file' }).click()
    t.match(await main(), /Do you want to import this file\? Nothing is saved yet.*1 activity is new\. It is published at once/)
    t.notOk(await scrollsSideways(page))
    await page.getByRole('button', { name: 'Import the file' }).click()
    t.match(await main(), /The file is imported.*1 activity is new/)
    t.match(await db.activity.findUnique({ where: { slug: 'street-surgery' } }), { venue: 'Market Place' })
  })

t.test('the pages of a programme file pass axe and fit the screen, on a phone and on a desk', withBrowser, async t => {
  const { db, origin, staffAt } = await aSite(t)
  const { id: campaignId } = await aCampaign(db, { slug: 'its-not-ok', title: 'It’s Not OK' })
  const { slug, id } = await anActivity(db, { campaignId, title: 'Staying safe', capacity: 10 })
  await aBooking(db, id, { email: 'anne@example.org' })
  await aBooking(db, id, { name: 'Carol Caller', email: null, canonicalEmail: null, phone: '01539 722722' })
  const { page } = await staffAt()
  const change = `its-not-ok,Staying safe online,${slug},Online workshop,2026-12-08 18:00,2026-12-08 18:30,,,,parents,public,` +
    `places,20,,,,,${'What to do and who to call. '.repeat(5)},published`
  const read = async (...rows: string[]) => {
    await page.goto(`${origin}/staff/programme`)
    await page.getByLabel('The file', { exact: true }).setInputFiles(file(...rows))
    await page.getByRole('button', { name: 'Read the file' }).click()
    return page.url()
  }
  const urls = [
    `${origin}/staff/programme`, await read(change, surgery), await read(surgery, surgery.replace('drop-in', 'perhaps'))
  ]

  for (const width of [320, 375, 1280]) {
    await page.setViewportSize({ width, height: 844 })
    for (const url of urls) {
      await page.goto(url)
      t.strictSame(await axe(page), [], `${width}: ${url}`)
      t.notOk(await scrollsSideways(page), `${width}: ${url}`)
    }
  }
})
