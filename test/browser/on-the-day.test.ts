import type { BrowserContextOptions, Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import type { Booking } from '../../src/platform/database/generated/client.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { joinUrl } from '../support/calendar-entry.ts'
import { eventually } from '../support/running-service.ts'
import { aBooking, anActivity, noon, secretKey } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

const names = [
  'Ann Ash', 'Ben Bell', 'Cy Cole', 'Dee Dodd', 'Eve Earl', 'Flo Fell', 'Gil Gray', 'Hal Holt', 'Ivy Ince', 'Jo Judd',
  'Kit Kerr', 'Lou Lamb', 'Mia Moss', 'Ned Nash', 'Oz Orr', 'Pat Pike', 'Quin Quayle', 'Rae Reed', 'Sam Shaw', 'Sam Shaw'
]
const asked = { 'Cy Cole': 'Is there a recording?', 'Dee Dodd': 'My uncle frightens my son at night' }

interface OnTheDay extends World {
  bookings: Map<string, Booking>
  slug: string
  url: string
  /** Opens a page in the browser of someone with this role. */
  visit: (role: 'organiser' | 'host', path: string, options?: BrowserContextOptions) => Promise<Page>
}

/** A workshop with twenty people that began five minutes ago. */
async function anActivityDay (t: Test): Promise<OnTheDay> {
  const its = await aSite(t)
  const { origin } = its
  const { id, slug } = await anActivity(its.db, {
    startsAt: noon.minus({ minutes: 5 }).toJSDate(),
    endsAt: noon.plus({ minutes: 25 }).toJSDate(),
    joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl)
  })
  const bookings = new Map<string, Booking>()
  for (const name of names) {
    bookings.set(name, await aBooking(its.db, id, {
      name,
      question: name in asked ? asked[name as keyof typeof asked] : null,
      accessNeeds: name === 'Eve Earl' ? 'Captions, please' : null,
      places: name === 'Ben Bell' ? 2 : 1,
      ...(name === 'Flo Fell' && { attended: true, joinedAt: noon.minus({ minutes: 3 }).toJSDate() })
    }))
  }
  const url = `${origin}/staff/activities/${slug}`
  return {
    ...its,
    bookings,
    slug,
    url,
    async visit (role, path, options) {
      const { page, member } = await its.staffAt(options, { role })
      if (role === 'host') await its.db.activityHost.create({ data: { activityId: id, staffMemberId: member.id } })
      await page.goto(url + path)
      return page
    }
  }
}

const of = (page: Page, name: string) => page.getByRole('group', { name: new RegExp(`^${name}`) }).first()
const main = async (page: Page) => (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ')

async function attended ({ db, bookings }: OnTheDay, name: string): Promise<boolean | null> {
  return (await db.booking.findUniqueOrThrow({ where: { id: bookings.get(name)?.id ?? '' } })).attended
}

t.test('on a small phone without scripts an organiser lets people in, notes who came and looks after two questions',
  withBrowser, async t => {
    const day = await anActivityDay(t)
    const page = await day.visit('organiser', '', plainPhone)
    await page.getByRole('button', { name: 'Open the page for the day' }).click()
    t.equal(await page.locator('h1').innerText(), 'On the day')
    t.match(await main(page), /People: 20 with 21 places.*To let in by name: 19.*Here: 1 Flo Fell Joined at 11:57am/)

    for (const name of ['Ann Ash', 'Ben Bell']) await of(page, name).getByLabel('Here').check()
    await of(page, 'Gil Gray').getByLabel('Did not come').check()
    await page.getByRole('button', { name: 'Save who came' }).click()
    t.match(await main(page), /We have saved who came.*To let in by name: 16.*Did not come: 1 Gil Gray.*Here: 3 Ann Ash/)
    t.notOk(await of(page, 'Flo Fell').getByLabel('Not recorded').isVisible(), 'who joined cannot be unknown again')

    await page.getByRole('button', { name: /^Mark as answered.*Cy Cole$/ }).click()
    t.match(await main(page), /The question is marked as answered/)
    await page.getByRole('link', { name: /^Hand to safeguarding.*Dee Dodd$/ }).click()
    t.match(await main(page), /Call the hub.*Write it down/)
    await page.getByLabel('Which hub or team').fill('Cumberland Safeguarding Hub')
    await page.getByLabel('Who received it there').fill('Pat Smith')
    await page.getByLabel('Their reference').fill('C-1042')
    await page.getByRole('button', { name: 'They have it: delete the text here' }).click()
    t.match(await main(page), /Who received the question is noted, and its text is deleted here/)
    t.notMatch(await main(page), 'frightens')
    t.notOk(await scrollsSideways(page))

    await page.getByRole('link', { name: /If someone discloses something/ }).click()
    t.match(page.url(), '#disclosure')
    t.ok(await page.getByText('Do not promise to keep it secret').isVisible())
  })

t.test('with scripts two people tick at once in two browsers, each tick is saved as it is made, and none is undone',
  withBrowser, async t => {
    const day = await anActivityDay(t)
    const [one, other] = [await day.visit('organiser', '/evening'), await day.visit('host', '/evening')]
    const saved = async (page: Page, said: string | RegExp) => { await page.getByRole('status').getByText(said).waitFor() }

    await of(one, 'Ann Ash').getByLabel('Here').check()
    await saved(one, 'Saved')
    t.equal(await attended(day, 'Ann Ash'), true)
    // `check` would verify that it stays ticked, and it does not.
    await of(other, 'Ann Ash').getByLabel('Did not come').click()
    await saved(other, /Ann Ash: someone else noted “here” at the same time/)
    t.ok(await of(other, 'Ann Ash').getByLabel('Here').isChecked(), 'the other browser shows what stands')
    await of(other, 'Ben Bell').getByLabel('Did not come').check()
    await saved(other, /^Saved$/)

    // The first browser still shows Ben's old state, and its button sends nothing about him.
    await one.getByRole('button', { name: 'Save who came' }).click()
    await one.getByText('Nothing was changed').waitFor()
    t.strictSame([await attended(day, 'Ann Ash'), await attended(day, 'Ben Bell')], [true, false])
    t.ok(await of(one, 'Ben Bell').getByLabel('Did not come').isChecked())

    await of(other, 'Ann Ash').getByLabel('Did not come').check()
    await saved(other, /^Saved$/)
    t.equal(await attended(day, 'Ann Ash'), false, 'someone who saw it may correct it')
  })

t.test('a tick that cannot be saved says so, stays, and goes with the button', withBrowser, async t => {
  const day = await anActivityDay(t)
  const page = await day.visit('organiser', '/evening')
  await page.context().setOffline(true)

  await of(page, 'Ann Ash').getByLabel('Here').check()
  await page.getByRole('status').getByText('Not saved. Check your connection').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Save who came' }).click()

  await page.getByText('We have saved who came').waitFor()
  t.equal(await attended(day, 'Ann Ash'), true)

  await day.db.staffSession.updateMany({ data: { endedAt: noon.toJSDate() } })
  await of(page, 'Ben Bell').getByLabel('Here').check()
  await page.getByRole('status').getByText('Not saved: you are signed out').waitFor()
  t.equal(await attended(day, 'Ben Bell'), null)
})

for (const javaScriptEnabled of [true, false]) {
  t.test(`by keyboard alone someone is noted, ${javaScriptEnabled ? 'with' : 'without'} scripts, and what has the focus is never hidden`,
    withBrowser, async t => {
      const day = await anActivityDay(t)
      const page = await day.visit('host', '/evening', { javaScriptEnabled, viewport: { width: 1024, height: 500 } })
      const focused = async () => await page.evaluate('document.activeElement.closest(".pk-guest")?.textContent ?? ""') as string
      const isSeen = async () => await page.evaluate(`(() => {
        const { left, top, width, height } = document.activeElement.getBoundingClientRect()
        return document.activeElement.contains(document.elementFromPoint(left + width / 2, top + height / 2))
      })()`) as boolean

      let seen = true
      for (let n = 0; n < 80 && !(await focused()).startsWith('Quin Quayle'); n++) {
        await page.keyboard.press('Tab')
        if (await focused() !== '') seen &&= await isSeen()
      }
      t.ok(seen, 'each row is in sight when it is reached')
      t.match(await focused(), 'Quin Quayle')
      await page.keyboard.press('ArrowDown')
      t.ok(await of(page, 'Quin Quayle').getByLabel('Here').isChecked())
      if (!javaScriptEnabled) await page.keyboard.press('Enter')

      await eventually(async () => await attended(day, 'Quin Quayle') === true)
    })
}

t.test('a host sees names, needs and the way into Teams, which opens beside the page and learns nothing of it',
  withBrowser, async t => {
    const { bookings, visit } = await anActivityDay(t)
    const page = await visit('host', '/evening')
    const heads: Array<Record<string, string>> = []
    await page.context().route(url => url.hostname === 'teams.microsoft.com', async route => {
      heads.push(await route.request().allHeaders())
      await route.fulfill({ contentType: 'text/html', body: '<title>Teams</title>' })
    })

    const html = await page.content()
    t.match(await main(page), /Eve Earl Captions, please/)
    for (const { email, id } of bookings.values()) t.notOk(html.includes(String(email)) || html.includes(id))
    for (const hidden of [...Object.values(asked), 'Emails']) t.notOk(html.includes(hidden), hidden)

    const [teams] = await Promise.all([
      page.waitForEvent('popup'), page.getByRole('button', { name: /Join as host/ }).click()
    ])
    await teams.waitForLoadState()
    t.equal(teams.url(), joinUrl)
    t.equal(heads[0]?.referer, undefined)
    t.equal(await teams.evaluate('window.opener'), null)
  })

t.test('axe-core has nothing to report on any page for the day, and all fit a small phone', withBrowser, async t => {
  const day = await anActivityDay(t)
  const { bookings } = day
  const page = await day.visit('organiser', '/evening')
  const paths = new Map([
    ['/evening', 'On the day'],
    ['/hosts', 'Who hosts this activity'],
    [`/evening/questions/${bookings.get('Dee Dodd')?.id}/safeguarding`, 'Hand this question to safeguarding'],
    ['/../../disclosure', 'If someone discloses something']
  ])

  for (const viewport of [{ width: 320, height: 640 }, { width: 1280, height: 900 }]) {
    await page.setViewportSize(viewport)
    for (const [path, heading] of paths) {
      await page.goto(day.url + path)
      t.equal(await page.locator('h1').innerText(), heading)
      t.strictSame(await axe(page), [], `“${heading}” at ${viewport.width} px`)
      t.notOk(await scrollsSideways(page), `“${heading}” fits ${viewport.width} px`)
    }
  }

  await page.goto(`${day.url}/evening`)
  await day.db.booking.updateMany({ data: { attended: true } })
  await of(page, 'Ann Ash').getByLabel('Did not come').check()
  await page.getByRole('status').getByText('Ann Ash: someone else').waitFor()
  await day.db.booking.updateMany({ where: { joinedAt: null }, data: { attended: null } })
  await page.getByRole('button', { name: 'Save who came' }).click()
  t.strictSame(await axe(page), [], 'the page after a save')
  await day.db.activity.updateMany({
    data: { startsAt: noon.plus({ days: 7 }).toJSDate(), endsAt: noon.plus({ days: 7, hours: 1 }).toJSDate() }
  })
  const host = await day.visit('host', '/evening', { viewport: { width: 320, height: 640 } })
  t.equal(await host.locator('h1').innerText(), 'This page opens on Monday 30 November 2026')
  t.strictSame(await axe(host), [], 'the page before the day')
  t.notOk(await scrollsSideways(host))
})
