import t from 'tap'
import { aCampaign, anActivity, noon } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('the page of a week', withBrowser, async t => {
  const site = await aSite(t)
  const districts = ['Bolton', 'Bury', 'Manchester', 'Oldham', 'Westmorland and Furness with a long name']
  const { id: campaignId, slug } = await aCampaign(site.db, {
    kind: 'week-of-action', districts, firstDay: new Date('2026-11-30'), lastDay: new Date('2026-12-06')
  })
  const given = { campaignId, isOnline: false, booking: 'drop-in', capacity: null }
  for (let n = 0; n < 60; n++) {
    const startsAt = noon.plus({ days: 7 + n % 7, hours: n % 9 - 3 })
    await anActivity(site.db, {
      ...given,
      title: `Street surgery number ${n}: stop and talk`,
      venue: 'Victoria Square, by the steps',
      district: districts[n % 5] as string,
      startsAt: startsAt.toJSDate(),
      endsAt: startsAt.plus({ hours: 2 }).toJSDate()
    })
  }
  await anActivity(site.db, {
    ...given, booking: 'none', title: 'Posters', allDay: true, startsAt: new Date('2026-11-30T00:00Z'), endsAt: new Date('2026-12-07T00:00Z')
  })
  const address = `${site.origin}/campaigns/${slug}`
  const views = ['', '?view=timetable', '?view=overview', '?district=Bury&how=drop-in', '?district=Bury&how=book', '?day=2026-12-20']

  await t.test('passes axe in every view, and never scrolls sideways on a small phone', async t => {
    const [desktop, phone] = [await openPage(t), await openPage(t, plainPhone)]
    for (const url of [...views.map(view => address + view), site.origin]) {
      await desktop.goto(url)
      t.strictSame(await axe(desktop), [], url)
      await phone.goto(url)
      t.notOk(await scrollsSideways(phone), url)
    }
  })

  await t.test('a parent on a small phone without scripts finds what is near them on one day', async t => {
    const page = await openPage(t, plainPhone)
    await page.goto(site.origin)
    await page.getByRole('link', { name: 'It’s Not OK: staying safe online' }).first().click()
    await page.getByRole('navigation', { name: 'Days' }).getByRole('link', { name: /Tue 1 Dec/ }).click()
    await page.getByText('Find what is right for you').click()
    await page.getByLabel('Where').selectOption('Bury')
    await page.getByRole('button', { name: 'Show' }).click()

    t.match(new URL(page.url()).search, 'day=2026-12-01&district=Bury')
    t.strictSame(await page.locator('.pk-card h4').allTextContents(), ['Street surgery number 36: stop and talk', 'Street surgery number 1: stop and talk'])
    await page.getByRole('link', { name: /Do not filter by: Tuesday/ }).click()
    t.equal(await page.locator('.pk-card').count(), 12)
  })

  await t.test('is a table on a desktop, and a list on a phone', async t => {
    const page = await openPage(t, { viewport: { width: 1280, height: 900 } })
    await page.goto(`${address}?view=timetable`)
    t.ok(await page.getByRole('columnheader', { name: 'Tuesday 1 December 2026' }).isVisible())
    t.notOk(await page.locator('.pk-card').first().isVisible())

    await page.setViewportSize({ width: 375, height: 700 })
    t.notOk(await page.getByRole('table').isVisible())
    t.ok(await page.locator('.pk-card').first().isVisible())
  })

  await t.test('a keyboard leads from a cell of the overview to its activities', async t => {
    const page = await openPage(t)
    await page.goto(`${address}?view=overview`)
    await page.getByRole('link', { name: 'Bury, Tuesday 1 December 2026: 2 activities' }).first().focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/day=2026-12-01/)
    t.equal(await page.locator('.pk-card').count(), 2)
  })

  await t.test('sixty activities fit on two sheets, as a list and as a timetable', async t => {
    const page = await openPage(t)
    for (const view of ['', '?view=timetable']) {
      await page.goto(address + view)
      const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true })
      const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length
      t.equal(sheets, 2, view)
    }
  })
})
