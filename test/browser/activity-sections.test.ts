import type { Page } from 'playwright-core'
import t from 'tap'
import { aHold } from '../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

const sections = ['Overview', 'Attendees', 'Waiting list', 'Emails', 'On the day', 'Settings']
const desktop = { viewport: { width: 1280, height: 900 } }

/** The section that a page says it is in. */
async function currentOn (page: Page): Promise<string | null> {
  return await page.getByRole('navigation', { name: 'This activity' }).locator('[aria-current]').textContent()
}

t.test('an activity is one place', withBrowser, async t => {
  const site = await aSite(t)
  const activity = await anActivity(site.db, { title: 'Keeping your child safe online with a long title' })
  const { id } = await aBooking(site.db, activity.id, { name: 'Anne Kirkbride' })
  await aHold(site.db, activity.id)
  const home = `${site.origin}/staff/activities/${activity.slug}`

  await t.test('each section leads to each other, on a small phone and without scripts', async t => {
    const { page } = await site.staffAt(plainPhone)
    await page.goto(home)
    const ways = page.getByRole('navigation', { name: 'This activity' })
    for (const section of [...sections.slice(1), 'Overview']) {
      await ways.getByRole('link', { name: section, exact: true }).click()
      t.equal(await currentOn(page), section)
      t.notOk(await scrollsSideways(page), section)
      t.equal(await page.getByRole('heading', { level: 1 }).count(), 1, section)
    }
  })

  await t.test('a page within a section is in it, says which activity it is of, and leads back', async t => {
    const { page } = await site.staffAt(desktop)
    const within: Array<[address: string, section: string, back: string]> = [
      ['places', 'Settings', 'Back to settings'], ['edit', 'Settings', 'Back to settings'],
      ['bulletins/new', 'Emails', 'Back to the messages'], [`bookings/${id}`, 'Attendees', 'Back to attendees'],
      ['waiting-list/groups', 'Waiting list', 'Back to the waiting list'], ['bookings/new', 'Attendees', 'Back to attendees']
    ]
    for (const [address, section, back] of within) {
      await page.goto(`${home}/${address}`)
      t.equal(await currentOn(page), section, address)
      t.ok(await page.getByText(activity.title).first().isVisible(), address)
      t.ok(await page.getByRole('link', { name: back }).isVisible(), `${address}: ${back}`)
      t.strictSame(await axe(page), [], address)
    }
  })

  await t.test('from the settings one gets to what is to be changed', async t => {
    const { page } = await site.staffAt(plainPhone)
    await page.goto(`${home}/settings`)
    await page.getByRole('link', { name: /^Change\s+Title$/ }).click()
    await page.getByLabel('Title').fill('Another title')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The change is saved.').waitFor()
    t.match(await page.getByRole('heading', { level: 1 }).textContent(), 'Another title')
  })

  await t.test('staff pages use the width of a desktop, and text stays as wide as one reads well', async t => {
    const { page } = await site.staffAt({ viewport: { width: 1600, height: 900 } })
    await page.goto(`${site.origin}/staff/activities`)
    const widthOf = async (selector: string) => (await page.locator(selector).first().boundingBox())?.width ?? 0
    t.ok(await widthOf('table') > 1200)
    await page.goto(`${home}/bulletins/new`)
    t.ok(await widthOf('main input[type=text]') < 800)
    await page.goto(`${home}/waiting-list`)
    t.ok(await widthOf('main p.govuk-body') < 800)
  })
})

t.test('the calendar of activities', withBrowser, async t => {
  const site = await aSite(t)
  const { id: campaignId } = await aCampaign(site.db, { title: 'It’s Not OK' })
  const other = await anActivity(site.db, { title: 'Of another campaign' })
  const mine = await anActivity(site.db, { title: 'Keeping safe', campaignId })
  await anActivity(site.db, { title: 'Today', startsAt: noon.plus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ hours: 2 }).toJSDate() })

  await t.test('is a list of days on a phone: filtered and turned without scripts', async t => {
    const { page } = await site.staffAt(plainPhone)
    await page.goto(`${site.origin}/staff/activities`)
    await page.getByRole('link', { name: 'Calendar', exact: true }).click()
    t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Activities in November 2026')
    t.ok(await page.getByText('Monday 23 November').isVisible())
    t.notOk(await page.getByText('Tuesday 24 November').isVisible(), 'a day without activities')
    await page.getByRole('link', { name: /December 2026/ }).click()
    t.ok(await page.getByRole('link', { name: other.title }).isVisible())
    await page.getByLabel('Campaign').selectOption({ label: 'It’s Not OK' })
    await page.getByRole('button', { name: 'Show' }).click()
    t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Activities in December 2026', 'it stays a calendar')
    t.ok(await page.getByRole('link', { name: mine.title }).isVisible())
    t.equal(await page.getByRole('link', { name: other.title }).count(), 0)
    t.notOk(await scrollsSideways(page))
  })

  await t.test('is a table of weeks on a desktop, with today marked', async t => {
    const { page } = await site.staffAt(desktop)
    await page.goto(`${site.origin}/staff/activities?as=calendar`)
    t.equal(await page.getByRole('columnheader').count(), 7)
    t.match(await page.getByRole('cell').filter({ has: page.locator('[aria-current="date"]') }).textContent(), /23 November.*Today/s)
    for (const size of [desktop.viewport, { width: 320, height: 640 }]) {
      await page.setViewportSize(size)
      t.strictSame(await axe(page), [], `${size.width}`)
      t.notOk(await scrollsSideways(page))
    }
  })

  await t.test('prints without forms and ways', async t => {
    const { page } = await site.staffAt(desktop)
    await page.emulateMedia({ media: 'print' })
    for (const address of ['activities', 'activities?as=calendar', `activities/${mine.slug}`]) {
      await page.goto(`${site.origin}/staff/${address}`)
      for (const gone of ['form', 'main select', 'main .govuk-button', 'nav']) {
        t.equal(await page.locator(gone).filter({ visible: true }).count(), 0, `${address}: ${gone}`)
      }
      t.ok(await page.getByText('Keeping safe').first().isVisible() || address.endsWith('calendar'))
    }
  })
})
