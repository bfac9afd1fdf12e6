import t from 'tap'
import { links } from '../support/service.ts'
import { aBooking, aCampaign, anActivity } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('on a phone and on paper', withBrowser, async t => {
  const site = await aSite(t)
  const campaign = await aCampaign(site.db, { districts: ['Cumberland', 'Westmorland and Furness'] })
  const activity = await anActivity(site.db, { campaignId: campaign.id, capacity: 1 })
  const booking = await aBooking(site.db, activity.id, { phone: '01539 722 722', question: 'Is it recorded?' })
  await aBooking(site.db, activity.id, { status: 'waiting', places: 3 })

  await t.test('the list of activities shows places and who waits on a phone', async t => {
    const { page } = await site.staffAt({ viewport: { width: 320, height: 640 } })
    await page.goto(`${site.origin}/staff/activities`)
    for (const text of ['1 of 1 booked', 'Waiting: 3']) {
      const box = await page.getByText(text).first().boundingBox()
      t.ok(box !== null && box.x >= 0 && box.x + box.width <= 320, `${text} is on the screen`)
    }
    t.notOk(await scrollsSideways(page))
    t.equal(await page.getByRole('table').getByRole('columnheader', { name: 'Waiting' }).count(), 1, 'a table to hear')
    t.strictSame(await axe(page), [])
  })

  await t.test('no page prints addresses of its own behind its titles', async t => {
    const page = await openPage(t)
    await page.emulateMedia({ media: 'print' })
    for (const address of ['/', `/campaigns/${campaign.slug}`, `/activities/${activity.slug}`, '/help']) {
      await page.goto(`${site.origin}${address}`)
      const printed = await page.evaluate(`[...document.querySelectorAll('a[href^="/"]')]
        .map(link => getComputedStyle(link, '::after').content).filter(text => text.includes('/'))`)
      t.strictSame(printed, [], address)
    }
  })

  await t.test('a parent changes their details and answers about a slip, without scripts', async t => {
    const page = await openPage(t, plainPhone)
    await page.goto(`${site.origin}/bookings/${links.tokenOf(booking)}`)
    await page.getByRole('link', { name: /Change your name/ }).click()
    t.notMatch(await page.content(), 'recorded?')
    await page.getByLabel('Full name').fill('Anna Kirkbride')
    await page.getByLabel('Delete my phone number').check()
    t.notOk(await scrollsSideways(page))
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your details are changed.').waitFor()

    const other = await anActivity(site.db, { campaignId: campaign.id })
    await page.goto(`${site.origin}/activities/${other.slug}/book`)
    await page.getByLabel('Full name').fill('Jo Smith')
    await page.getByLabel('Email address').fill('jo.with.a.very.long.name@gmial.com')
    await page.getByLabel('A parent').check()
    await page.getByLabel('Somewhere else').check()
    await page.getByRole('button', { name: 'Book a place' }).click()
    t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Did you mean jo.with.a.very.long.name@gmail.com?')
    t.notOk(await scrollsSideways(page))
    await page.getByRole('button', { name: /^Yes, use/ }).click()
    await page.getByText('We have your request').waitFor()
    t.match(await site.db.booking.findFirst({ where: { activityId: other.id } }), {
      email: 'jo.with.a.very.long.name@gmail.com', district: 'Somewhere else'
    })
  })
})
