import t from 'tap'
import { aBooking, aCampaign, anActivity, noon } from '../support/world.ts'
import { axe, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('the attendees of an activity', withBrowser, async t => {
  const site = await aSite(t)
  const campaign = await aCampaign(site.db, { districts: ['Cumberland', 'Westmorland and Furness'] })
  const { id, slug } = await anActivity(site.db, {
    campaignId: campaign.id, startsAt: noon.plus({ hours: 6 }).toJSDate(), endsAt: noon.plus({ hours: 7 }).toJSDate()
  })
  await aBooking(site.db, id, {
    name: 'Zoë Zola',
    email: 'zoe.zola.with.a.long.name@a-long-domain.example.org',
    phone: '07700 900 982',
    district: 'Westmorland and Furness',
    role: 'professional',
    accessNeeds: 'Captions, please',
    question: 'Is it recorded?',
    unreachableAt: noon.toJSDate()
  })
  await aBooking(site.db, id, { name: 'Ada Adams', attended: true, joinedAt: noon.toJSDate() })
  await aBooking(site.db, id, { name: 'Will Waits', status: 'waiting' })
  await aBooking(site.db, id, { name: 'Cara Cancels', status: 'cancelled' })
  const address = `${site.origin}/staff/activities/${slug}/attendees`

  await t.test('on a desktop everyone is a row, and all of it is in sight', async t => {
    const { page } = await site.staffAt({ viewport: { width: 1280, height: 800 } })
    await page.goto(address)

    const frame = "document.querySelector('#chosen .pk-table-frame')"
    t.equal(await page.evaluate(`${frame}.scrollWidth > ${frame}.clientWidth`), false)
    t.strictSame(await axe(page), [])
    await page.getByText('Filter and sort').click()
    const beyond = `[...document.querySelectorAll('.pk-attendee-filter select')].filter(select =>
      select.getBoundingClientRect().right > select.parentElement.getBoundingClientRect().right).map(({ id }) => id)`
    t.strictSame(await page.evaluate(beyond), [], 'every list to choose from fits into its column')
    await page.getByText('1 person who is not coming any more').click()
    await page.getByText('Access need', { exact: false }).last().click()
    t.strictSame(await axe(page), [], 'with everything open')
  })

  await t.test('a name, an address, a need or a question without a space does not push the others out of sight', async t => {
    const long = await anActivity(site.db, {
      campaignId: campaign.id, startsAt: noon.plus({ hours: 6 }).toJSDate(), endsAt: noon.plus({ hours: 7 }).toJSDate()
    })
    await aBooking(site.db, long.id, {
      name: 'W'.repeat(100),
      email: `${'w'.repeat(64)}@${'w'.repeat(60)}.example`,
      district: 'Westmorland and Furness',
      accessNeeds: 'W'.repeat(1000),
      question: 'W'.repeat(1000)
    })
    await aBooking(site.db, long.id, { name: 'Ada Adams', role: 'professional', district: 'Westmorland and Furness' })

    for (const width of [1280, 800, 320]) {
      const { page } = await site.staffAt({ viewport: { width, height: 800 } })
      await page.goto(`${site.origin}/staff/activities/${long.slug}/attendees`)
      for (const what of ['Access need of', 'Question of']) await page.getByText(what).first().click()

      t.notOk(await scrollsSideways(page), `${width}`)
      if (width !== 1280) continue
      const frame = "document.querySelector('#chosen .pk-table-frame')"
      t.equal(await page.evaluate(`${frame}.scrollWidth > ${frame}.clientWidth`), false)
      const ada = await page.getByText('Ada Adams').first().boundingBox()
      t.ok(ada !== null && ada.height < 30, 'and a name of usual length is on one line')
    }
  })

  await t.test('on a phone contact, need and question are there without a scroll to the side, and without scripts', async t => {
    const { page } = await site.staffAt({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } })
    await page.goto(address)

    await page.getByText('Access need of Zoë Zola').click()
    await page.getByText('Question of Zoë Zola').click()
    for (const text of ['zoe.zola.with', '07700 900 982', 'Captions, please', 'Is it recorded?', 'Westmorland and Furness', 'Joined at']) {
      const box = await page.locator('#chosen').getByText(text).first().boundingBox()
      t.ok(box !== null && box.x >= 0 && box.x + box.width <= 390, `${text} is on the screen`)
    }
    t.notOk(await scrollsSideways(page))
    const frame = page.getByRole('region', { name: 'People who come or wait' })
    t.ok((await frame.boundingBox())?.width ?? 0 <= 390)
  })

  await t.test('the smallest phone has room for it, and for whoever listens', async t => {
    const { page } = await site.staffAt({ viewport: { width: 320, height: 640 } })
    await page.goto(`${address}?status=confirmed&role=professional`)

    t.notOk(await scrollsSideways(page))
    t.strictSame(await axe(page), [])
  })

  await t.test('people are found, sorted and chosen without scripts', async t => {
    const { page } = await site.staffAt({ javaScriptEnabled: false })
    await page.goto(address)
    const names = async () => await page.locator('#chosen tbody th bdi').allTextContents()

    await page.getByRole('link', { name: 'Sort by Name' }).click()
    t.strictSame(await names(), ['Ada Adams', 'Will Waits', 'Zoë Zola'])
    await page.getByLabel('Name, email, phone number or reference').fill('07700 900 982')
    await page.getByRole('button', { name: 'Search' }).click()
    t.strictSame(await names(), ['Zoë Zola'])
    t.notMatch(page.url(), /07700/)
    await page.getByRole('link', { name: 'Show everyone' }).click()
    await page.getByText('Filter and sort').click()
    await page.getByLabel('Waiting').check()
    await page.getByRole('button', { name: 'Show these' }).click()
    t.strictSame(await names(), ['Will Waits'])
    await page.getByRole('link', { name: 'Choose everyone on this page' }).click()
    t.ok(await page.getByLabel('Choose Will Waits').isChecked())
  })

  await t.test('with scripts, everyone is chosen at once, and how many are is said', async t => {
    const { page } = await site.staffAt()
    await page.goto(address)
    const chosen = page.locator('#chosen input:checked')

    await page.getByRole('link', { name: 'Choose everyone on this page' }).click()
    t.equal(await chosen.count(), 3)
    t.equal(page.url(), address, 'without loading it again')
    await page.getByText('With the people you choose (3):').waitFor()
    await page.getByLabel('Choose Ada Adams').uncheck()
    await page.getByText('With the people you choose (2):').waitFor()
    await page.getByRole('link', { name: 'Choose everyone on this page' }).click()
    await page.getByRole('link', { name: 'Choose nobody' }).click()
    t.equal(await chosen.count(), 0)
  })

  await t.test('on paper it is a list with its title and heads, and nothing to press', async t => {
    const { page } = await site.staffAt()
    await page.goto(address)
    await page.emulateMedia({ media: 'print' })

    const seen = await page.locator('body').innerText()
    for (const text of ['Keeping your child safe online', 'Attendees', 'Zoë Zola', '07700 900 982', 'Not recorded']) t.match(seen, text)
    t.match(seen, '6pm')
    t.notMatch(seen, /Search|Filter|Choose|Write to them|Download|Cara Cancels|Overview|personal information/)
    t.strictSame(await page.locator('input:visible, button:visible, select:visible').count(), 0)
    const head = await page.evaluate("getComputedStyle(document.querySelector('#chosen thead')).display")
    t.equal(head, 'table-header-group', 'repeated on each page')
    t.ok((await page.pdf({ preferCSSPageSize: true })).byteLength > 0)
  })
})
