import t from 'tap'
import type { Test } from 'tap'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Db } from '../../src/platform/database/connect.ts'
import { aCampaign, anActivity, noon } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

/** An admin at a browser of their own. */
async function adminAt (
  t: Test, options: BrowserContextOptions
): Promise<{ db: Db, page: Page, origin: string }> {
  const its = await aSite(t)
  const { origin } = its
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok', districts: ['Allerdale', 'Eden'], summary: 'Anyone under 19' })
  await anActivity(its.db, { campaignId, district: 'Eden' })
  const { page } = await its.staffAt(options, { role: 'admin' })
  return { db: its.db, page, origin }
}

async function main (page: Page): Promise<string> {
  return (await page.locator('main').textContent() ?? '').replaceAll(/\s+/g, ' ')
}

t.test('on a small phone without scripts an organiser adds a contact, changes it beside a colleague and removes it',
  withBrowser, async t => {
    const { db, page, origin } = await adminAt(t, plainPhone)
    await page.goto(`${origin}/staff`)

    await page.getByRole('link', { name: 'Support contacts' }).click()
    await page.getByRole('button', { name: 'Add a contact' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Eden hub')
    await page.getByLabel('What to call it for').fill('To report a concern')
    await page.getByLabel('Phone number').fill('337195')
    await page.getByLabel('Eden', { exact: true }).check()
    await page.getByLabel('Who keeps it up to date').fill('Olu')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    t.match(await main(page), /Number must be a whole UK number/)
    t.ok(await page.getByLabel('Eden', { exact: true }).isChecked(), 'what was ticked stays')
    await page.getByLabel('Phone number').fill('01768 337195')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    t.match(await main(page), /The contact is added/)

    await page.getByRole('link', { name: 'Change Eden hub' }).click()
    await page.getByLabel('Hours').fill('Weekdays')
    await db.supportContact.update({ where: { name: 'Eden hub' }, data: { hours: 'Day and night' } })
    await page.getByRole('button', { name: 'Save' }).click()
    t.match(await main(page), /Hours There now Day and night Yours Weekdays/)
    t.notOk(await scrollsSideways(page))
    await page.getByRole('button', { name: 'Save' }).click()
    t.match(await db.supportContact.findUnique({ where: { name: 'Eden hub' } }), { hours: 'Weekdays', area: ['Eden'] })

    await page.getByRole('link', { name: 'Remove Eden hub' }).click()
    await page.getByRole('button', { name: 'Remove' }).click()
    t.match(await main(page), /The contact is removed/)
  })

t.test('on a small phone without scripts a district in use goes after its box is ticked, and the trail says so',
  withBrowser, async t => {
    const { page, origin } = await adminAt(t, plainPhone)
    await page.goto(`${origin}/staff/campaigns`)

    await page.getByRole('link', { name: 'It’s Not OK: staying safe online', exact: true }).click()
    t.match(await main(page), /“under 19”\. Better: “under 18”/)
    await page.getByLabel('Districts', { exact: true }).fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    t.match(await main(page), /Eden: 1 activity/)
    t.notOk(await scrollsSideways(page))
    await page.getByLabel('Remove these districts anyway').check()
    await page.getByRole('button', { name: 'Save' }).click()
    t.match(await main(page), /The campaign is changed/)
    await page.getByRole('link', { name: 'Audit' }).click()
    t.match(await main(page), /changed the texts of the campaign its-not-ok Districts: from “Allerdale; Eden” to nothing/)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download everything as CSV' }).click()
    t.equal((await download).suggestedFilename(), 'audit-2026-11-23-1200.csv')
  })

t.test('contacts, campaigns and the trail pass axe and fit the screen, on a phone and on a desk', withBrowser, async t => {
  for (const width of [390, 1280]) {
    const { db, page, origin } = await adminAt(t, { viewport: { width, height: 844 } })
    await db.supportContact.updateMany({ data: { lastCheckedOn: noon.minus({ days: 100 }).toJSDate() } })
    const { id } = await db.supportContact.findFirstOrThrow()

    for (const path of [
      'support', 'support/new', `support/${id}`, `support/${id}/removal`, 'audit', 'audit?day=x', 'campaigns', 'campaigns/its-not-ok'
    ]) {
      await page.goto(`${origin}/staff/${path}`)
      t.strictSame(await axe(page), [], `${path}, ${width} wide`)
      t.notOk(await scrollsSideways(page), `${path}, ${width} wide`)
    }
  }
})
