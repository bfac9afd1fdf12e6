import type { Page, Request } from 'playwright-core'
import t from 'tap'
import type { Activity } from '../../src/platform/database/generated/client.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { joinUrl } from '../support/calendar-entry.ts'
import { emailTo } from '../support/kept-emails.ts'
import { aRunningService, eventually } from '../support/running-service.ts'
import type { RunningService } from '../support/running-service.ts'
import { personalLinks } from '../support/service.ts'
import { aBooking, anActivity, secretKey } from '../support/world.ts'
import { openPage, plainPhone, withBrowser } from './chromium.ts'

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000)
const joinUrlSealed = joinLinkSeal(secretKey).close(joinUrl)
const soon = { startsAt: at(5), endsAt: at(35), joinUrlSealed, joinMode: 'personal' }

/** For all tests of this file. */
const running = aRunningService(t)

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
  const { text = '' } = await emailTo(service, address, 'Your place is booked')
  t.notMatch(text, 'teams.microsoft.com', 'the email does not have the Teams link')
  return service.url + String(/https?:\/\/[^/\s]+(\/join\/[\w-]+)/.exec(text)?.[1])
}

async function bookOnForm (page: Page, service: RunningService, { slug }: Activity, address: string): Promise<void> {
  await page.goto(`${service.url}/activities/${slug}/book`)
  await page.getByLabel('Full name').fill('Anne Kirkbride')
  await page.getByLabel('Email address').fill(address)
  await page.locator('input[name=role][value=parent]').check()
  await page.locator('form[method=post] button').last().click()
}

for (const [whose, options, address] of [
  ['a small phone without scripts', plainPhone, 'anne@example.org'], ['a computer with scripts', {}, 'zoe@example.org']
] as const) {
  t.test(`a parent on ${whose} opens the link of their email, presses one button and is at Teams, and can come back`,
    withBrowser, async t => {
      const { db, service } = await running
      const activity = await anActivity(db, soon)
      const page = await openPage(t, options)
      const asked = await standInForTeams(page)
      const refused: string[] = []
      page.on('console', message => { if (message.type() === 'error') refused.push(message.text()) })

      await bookOnForm(page, service, activity, address)
      await page.goto(await wayInOf(service, address))
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
      t.match(await db.booking.findFirst({ where: { activityId: activity.id } }), { attended: true, joinedAt: Date })

      await page.goBack()
      t.equal(await page.locator('h1').innerText(), 'You can join now', 'Back leads to the button, not to Teams again')
      await page.getByRole('button', { name: 'Join the workshop' }).click()
      await page.getByRole('heading', { name: 'Microsoft Teams' }).waitFor()
      t.equal(asked.length, 2)
    })
}

t.test('where a browser does not go on by itself, a plain link leads to Teams, and tells it nothing either',
  withBrowser, async t => {
    const { db, service } = await running
    const { id } = await aBooking(db, (await anActivity(db, soon)).id)
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
