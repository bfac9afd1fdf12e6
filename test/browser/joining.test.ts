import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import type { Page, Request } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import type { Activity, Booking } from '../../src/platform/database/generated/client.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { joinUrl } from '../support/calendar-entry.ts'
import { eventually, runService } from '../support/running-service.ts'
import type { RunningService } from '../support/running-service.ts'
import { personalLinks } from '../support/service.ts'
import { aBooking, anActivity, secretKey, world } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000)
const joinUrlSealed = joinLinkSeal(secretKey).close(joinUrl)
const soon = { startsAt: at(5), endsAt: at(35), joinUrlSealed, joinMode: 'personal' }

/** Stands in for everything outside this machine, and records the requests. */
async function standInForTeams (page: Page, status = 200): Promise<Request[]> {
  const asked: Request[] = []
  await page.context().route(url => url.hostname !== '127.0.0.1', async route => {
    asked.push(route.request())
    await route.fulfill({ status, contentType: 'text/html', body: '<title>Teams</title><h1>Microsoft Teams</h1>' })
  })
  return asked
}

/** The join link in the email to an address, on this machine. */
async function wayInOf (service: RunningService, address: string): Promise<string> {
  const folder = join(service.dataDir, 'mail')
  let path: string | undefined
  await eventually(async () => {
    for (const file of (await readdir(folder).catch(() => [])).filter(file => file.endsWith('.eml'))) {
      const { to, text = '' } = await simpleParser(await readFile(join(folder, file)))
      if (![to].flat().some(group => group?.text.includes(address))) continue
      t.notMatch(text, 'teams.microsoft.com', 'the email does not have the Teams link')
      path = /https?:\/\/[^/\s]+(\/join\/[\w-]+)/.exec(text)?.[1]
    }
    return path !== undefined
  })
  return service.url + String(path)
}

async function bookOnForm (page: Page, service: RunningService, { slug }: Activity): Promise<void> {
  await page.goto(`${service.url}/activities/${slug}/book`)
  await page.getByLabel('Full name').fill('Anne Kirkbride')
  await page.getByLabel('Email address').fill('anne@example.org')
  await page.locator('input[name=role][value=parent]').check()
  await page.locator('form[method=post] button').last().click()
}

for (const [whose, options] of [['a small phone without scripts', plainPhone], ['a computer with scripts', {}]] as const) {
  t.test(`a parent on ${whose} opens the link of their email, presses one button and is at Teams, and can come back`,
    withBrowser, async t => {
      const { db, url: DATABASE_URL } = await world(t)
      const activity = await anActivity(db, soon)
      const service = await runService(t, { DATABASE_URL })
      const page = await openPage(t, options)
      const asked = await standInForTeams(page)
      const refused: string[] = []
      page.on('console', message => { if (message.type() === 'error') refused.push(message.text()) })

      await bookOnForm(page, service, activity)
      await page.goto(await wayInOf(service, 'anne@example.org'))
      t.equal(await page.locator('h1').innerText(), 'You can join now')
      t.strictSame(asked, [])
      const pressed = page.waitForResponse(response => response.request().method() === 'POST')
      await page.getByRole('button', { name: 'Join the workshop' }).click()
      await page.getByRole('heading', { name: 'Microsoft Teams' }).waitFor()

      t.match((await (await pressed).allHeaders())['content-security-policy'], "form-action 'self'", 'under the real policy')
      t.equal(page.url(), joinUrl)
      t.strictSame(asked.map(request => request.url()), [joinUrl], 'byte for byte')
      const { referer, origin, cookie } = await asked[0]?.allHeaders() ?? {}
      t.strictSame({ referer, origin, cookie }, { referer: undefined, origin: undefined, cookie: undefined })
      t.strictSame(refused, [])
      t.match(await db.booking.findFirst(), { attended: true, joinedAt: Date })

      await page.goBack()
      t.equal(await page.locator('h1').innerText(), 'You can join now', 'Back leads to the button, not to Teams again')
      await page.getByRole('button', { name: 'Join the workshop' }).click()
      await page.getByRole('heading', { name: 'Microsoft Teams' }).waitFor()
      t.equal(asked.length, 2)
    })
}

t.test('where a browser does not go on by itself, a plain link leads to Teams, and tells it nothing either',
  withBrowser, async t => {
    const { db, url: DATABASE_URL } = await world(t)
    const { id } = await aBooking(db, (await anActivity(db, soon)).id)
    const service = await runService(t, { DATABASE_URL })
    const page = await openPage(t, plainPhone)
    // An answer without content does not navigate the browser.
    const asked = await standInForTeams(page, 204)

    await page.goto(`${service.url}/join/${personalLinks.tokenOf(id)}`)
    await page.getByRole('button', { name: 'Join the workshop' }).click()
    await page.getByRole('heading', { name: 'You are on your way' }).waitFor()
    await eventually(() => asked.length === 1)
    await page.getByRole('button', { name: 'Go to Microsoft Teams' }).click()
    await eventually(() => asked.length === 2)

    t.strictSame(asked.map(request => request.url()), [joinUrl, joinUrl])
    for (const request of asked) t.equal((await request.allHeaders()).referer, undefined)
  })

/** Every page that a join link can show, by its heading. */
async function waysIn (t: Test): Promise<{ service: RunningService, ways: Map<string, string> }> {
  const { db, url: DATABASE_URL } = await world(t)
  const cases: Array<[heading: string, Partial<Activity>, Partial<Booking>]> = [
    ['You can join now', soon, {}],
    ['The link to join is not ready yet', { ...soon, joinUrlSealed: null }, {}],
    ['This has ended', { ...soon, startsAt: at(-120), endsAt: at(-90) }, {}],
    ['This activity has been cancelled', { ...soon, status: 'cancelled', cancellationReason: 'Snow.' }, { status: 'cancelled' }],
    ['This is not online any more', { ...soon, isOnline: false, venue: 'Kendal Library, 75 Stricklandgate' }, {}],
    ['Your booking is cancelled', soon, { status: 'cancelled' }],
    ['You are on the waiting list', soon, { status: 'waiting' }],
    ['Accept your place first', { ...soon, waitingList: 'offers' }, { status: 'offered', offeredUntil: at(4) }],
    ['You do not have a place', soon, { status: 'lapsed' }],
    ['Opens', { ...soon, startsAt: at(10_080), endsAt: at(10_110) }, {}]
  ]
  const ways = new Map<string, string>()
  for (const [heading, given, booked] of cases) {
    const { id } = await aBooking(db, (await anActivity(db, given)).id, booked)
    ways.set(heading, `/join/${personalLinks.tokenOf(id)}`)
  }
  // Without a worker, which would serve the waiting list within a minute.
  return { service: await runService(t, { DATABASE_URL, ROLE: 'web' }), ways }
}

t.test('axe-core has nothing to report on any way in, and all fit a small phone', withBrowser, async t => {
  const { service, ways } = await waysIn(t)
  const page = await openPage(t)
  await standInForTeams(page, 204)

  for (const viewport of [{ width: 320, height: 640 }, { width: 1280, height: 900 }]) {
    await page.setViewportSize(viewport)
    for (const [heading, path] of ways) {
      await page.goto(service.url + path)
      t.match(await page.locator('h1').innerText(), heading)
      t.strictSame(await axe(page), [], `“${heading}” at ${viewport.width} px`)
      t.notOk(await scrollsSideways(page), `“${heading}” fits ${viewport.width} px`)
    }
    await page.goto(service.url + String(ways.get('You can join now')))
    await page.getByRole('button', { name: 'Join the workshop' }).click()
    await page.getByRole('heading', { name: 'You are on your way' }).waitFor()
    t.strictSame(await axe(page), [], `“You are on your way” at ${viewport.width} px`)
    t.notOk(await scrollsSideways(page), `“You are on your way” fits ${viewport.width} px`)
  }
})
