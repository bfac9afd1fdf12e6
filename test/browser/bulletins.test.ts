import t from 'tap'
import type { Test } from 'tap'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Db } from '../../src/platform/database/connect.ts'
import { aBooking, anActivity, noon } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

/** An organiser on the form for a message to two people. */
async function organiserAt (
  t: Test, options: BrowserContextOptions
): Promise<{ db: Db, page: Page, origin: string }> {
  const its = await aSite(t)
  const { origin } = its
  const activity = await anActivity(its.db)
  for (let n = 0; n < 2; n++) await aBooking(its.db, activity.id)
  const { page } = await its.staffAt(options)
  await page.goto(`${origin}/staff/activities/${activity.slug}/bulletins/new`)
  return { db: its.db, page, origin }
}

async function write (page: Page): Promise<void> {
  await page.getByLabel('People who have a place', { exact: true }).check()
  await page.getByLabel('Heading', { exact: true }).fill('Bring a torch')
  await page.locator('textarea').fill('It will be dark.\nhttps://example.org/map')
  await page.getByRole('button', { name: 'Look at the email' }).click()
}

t.test('an organiser on a small phone without scripts writes, reads the email as people get it, sends it and stops it',
  withBrowser, async t => {
    const { db, page } = await organiserAt(t, plainPhone)

    t.notOk(await scrollsSideways(page))
    await write(page)
    t.notOk(await scrollsSideways(page))
    const email = page.frameLocator('iframe')
    t.equal(await email.locator('h1').textContent(), 'Bring a torch')
    await page.getByRole('button', { name: 'Send to 2 people' }).click()
    t.match(await page.locator('main').textContent(), /0 of 2 emails have gone\./)
    await db.email.updateMany({ data: { status: 'sent', sentAt: noon.toJSDate() }, limit: 1 })
    await page.getByRole('link', { name: 'See how far it has got' }).click()
    t.match(await page.locator('main').textContent(), /1 of 2 emails has gone\./)
    await page.getByRole('button', { name: 'Stop: send no more' }).click()
    t.match(await page.locator('main').textContent(), /1 email had gone, 1 email did not go\./)
    t.notOk(await scrollsSideways(page))
  })

t.test('the email has its own style in the frame and nothing else, and its links open beside the page',
  withBrowser, async t => {
    const { page, origin } = await organiserAt(t, {})
    const complaints: string[] = []
    page.on('console', message => { if (message.type() === 'error') complaints.push(message.text()) })

    await write(page)
    const email = page.frameLocator('iframe')
    await email.getByText('call 999').waitFor()

    const frame = page.frames().find(frame => frame.url().endsWith('/letter'))
    t.strictSame(complaints, [])
    t.equal(await frame?.evaluate('getComputedStyle(document.querySelector("h1")).fontSize'), '28px', 'the style applies')
    t.equal(await frame?.evaluate('self.origin'), 'null', 'it is in a sandbox')
    const opened = page.context().waitForEvent('page')
    await email.getByRole('link').nth(1).click()
    t.match((await opened).url(), `${origin}/bookings/`)
    t.match(page.url(), /\/bulletins\/1$/)
    t.strictSame(await axe(page), [])
    await page.goto(String(frame?.url()))
    t.match(await page.title(), 'A message about your booking', 'it can be looked at alone')
  })

t.test('with scripts the page looks again by itself how far it is, until all have gone', withBrowser, async t => {
  const { db, page } = await organiserAt(t, {})
  await write(page)
  await page.getByRole('button', { name: 'Send to 2 people' }).click()

  await db.email.updateMany({ data: { status: 'sent', sentAt: noon.toJSDate() }, limit: 1 })
  await page.getByText('1 of 2 emails has gone.').waitFor()
  t.strictSame(await axe(page), [])
  await db.email.updateMany({ data: { status: 'sent', sentAt: noon.toJSDate() } })
  await page.getByText('All 2 emails have gone.').waitFor()

  await page.getByRole('button', { name: 'Stop: send no more' }).waitFor({ state: 'detached' })
  t.equal(await page.locator('[data-follow]').count(), 0)
})
