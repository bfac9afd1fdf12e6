import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { FastifyInstance } from 'fastify'
import type { Page } from 'playwright-core'
import t from 'tap'
import { checks, tested } from '../../src/programme/accessibility/tested.ts'
import type { Check } from '../../src/programme/accessibility/tested.ts'
import { isWhole } from '../support/depth.ts'
import { emptyStates, failsWhenAsked, publicStates } from '../support/public-states.ts'
import type { State } from '../support/public-states.ts'
import { links, post } from '../support/service.ts'
import { staffForms } from '../support/staff-forms.ts'
import { aBooking, aCampaign, anActivity } from '../support/world.ts'
import { axe, axeTags, openPage, withBrowser } from './chromium.ts'
import { faultsOfKeyboard, tab, tabTo } from './keyboard.ts'
import { faultsOfLayout } from './layout.ts'
import { faultsOfForcedColours, faultsOfMotion } from './media.ts'
import { readingOrder } from './reading-order.ts'
import { aSite } from './site.ts'
import type { Site } from './site.ts'

/** What a page says is the same at every width; only what depends on its layout is looked for in the others. */
const sizes = [
  { width: 320, height: 640, rules: undefined },
  { width: 1280, height: 900, rules: isWhole ? undefined : ['target-size', 'link-in-text-block'] }
]

/** What is wrong with the page that is open: to axe, zoomed in, in other colours, and to who asked for less motion. */
async function faultsOf (page: Page): Promise<string[]> {
  const faults = await faultsOfLayout(page)
  for (const { rules, ...size } of sizes) {
    await page.setViewportSize(size)
    faults.push(...(await axe(page, { isMissing: true, rules })).map(fault => `${size.width}: ${fault}`))
  }
  return [...faults, ...await faultsOfForcedColours(page), ...await faultsOfMotion(page)]
}

/** The service for all tests of this file; its requests fail where they ask for it. */
const site = aFailingSite()

async function aFailingSite (): Promise<Site> {
  const listen = (message: unknown) => { failsWhenAsked((message as { fastify: FastifyInstance }).fastify) }
  subscribe('fastify.initialization', listen)
  return await aSite(t).finally(() => { unsubscribe('fastify.initialization', listen) })
}

/** Opens an answer in the browser at an address: that to a form too, as if it had been sent there. */
async function openAnswer (
  page: Page, url: string, { statusCode, body }: { statusCode: number, body: string }
): Promise<void> {
  await page.route(({ href }) => href === url, async route => {
    await route.fulfill({ status: statusCode, body, contentType: 'text/html; charset=utf-8' })
  }, { times: 1 })
  await page.goto(url)
}

async function openState (page: Page, { app, origin }: Site, { asked, heading, status = 200 }: State): Promise<void> {
  const answer = await app.inject(asked)
  const { statusCode } = answer
  const url = origin + (typeof asked === 'string' ? asked : asked.url)
  await openAnswer(page, url, answer)
  const found = await page.locator('h1').innerText()
  if (statusCode !== status || !found.startsWith(heading)) throw new Error(`${url} is ${statusCode}, ${found}`)
}

t.test('every page of the public side, in every state', withBrowser, async t => {
  const its = await site
  const page = await openPage(t)
  // A page that goes on to Teams by itself stays: an answer without content opens nothing.
  await page.context().route(({ hostname }) => hostname !== '127.0.0.1', async route => { await route.fulfill({ status: 204 }) })
  const look = async (state: State) => {
    await openState(page, its, state)
    const { asked, heading, status = 200 } = state
    t.strictSame(await faultsOf(page), [], `${status} “${heading}” at ${typeof asked === 'string' ? asked : JSON.stringify(asked)}`)
  }
  for (const state of emptyStates) await look(state)
  for (const state of await publicStates(its.db)) await look(state)
})

/** What a form brings that nobody types. */
const unseen = ['submission', 'page', 'of', 'show', 'kind', 'edition', 'saw', 'shown', 'confirmed']

/** Forms of which something was wrong once: a bar on what it covers, and a select wider than a phone. */
const wrongOnce = ['/staff/activities/:slug/evening/attendance', '/staff/lists/new']

t.test('forms of staff that come back with mistakes', withBrowser, async t => {
  const { origin } = await site
  const page = await openPage(t)
  const { app, posts, formFor } = await staffForms(t)
  let looked = 0
  for (const url of posts.filter((url, n) => isWhole || n % 12 === 5 || wrongOnce.includes(url))) {
    const { address, headers, fields } = await formFor(url)
    const empty = fields.map(([name, value]): [string, string] => [name, unseen.includes(name) ? value : ''])
    const answer = await post(app, address, new URLSearchParams(empty).toString(), headers)
    if (!answer.body.includes('govuk-error-summary')) continue
    looked++
    await openAnswer(page, origin + address, answer)
    t.strictSame(await faultsOf(page), [], url)
  }
  t.comment(`${looked} forms`)
  t.ok(looked > 2, 'some come back')
})

t.test('by keyboard alone', withBrowser, async t => {
  const { db, origin } = await site
  const activity = await anActivity(db)
  const booking = await aBooking(db, activity.id)
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } })
  await page.context().route(url => url.hostname !== '127.0.0.1', async route => {
    await route.fulfill({ contentType: 'text/html', body: '<title>Elsewhere</title>' })
  })
  const press = async (name: string, key = 'Enter') => {
    await tabTo(page, name)
    await page.keyboard.press(key)
  }
  const heading = async (words: string) => { await page.getByRole('heading', { level: 1, name: words }).waitFor() }

  await t.test('someone skips to the page, mends a mistake and books', async t => {
    await page.goto(`${origin}/activities/${activity.slug}`)
    t.strictSame(await faultsOfKeyboard(page), [])
    await page.reload()
    t.match(await tab(page), { name: 'Skip to main content', faults: [] })
    await page.keyboard.press('Enter')
    await tab(page)
    t.ok(await page.locator('main :focus').count() > 0, 'the next stop is in the page itself')
    await press('Book a place')
    await heading('Book a place')

    await tabTo(page, 'Full name')
    await page.keyboard.type('Anne Kirkbride')
    await tabTo(page, 'Email address')
    await page.keyboard.type('anne@')
    await press('A parent', 'Space')
    await press('Book a place')
    await page.locator('.govuk-error-summary:focus').waitFor()
    t.match(await page.title(), /^Error: /)
    t.strictSame(await faultsOfKeyboard(page), [])
    await page.locator('.govuk-error-summary a').first().focus()
    await page.keyboard.press('Enter')
    t.equal(await page.locator(':focus').getAttribute('id'), 'email', 'a mistake leads to its field')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('anne@example.org')
    await press('Book a place')
    await heading('We have your request')
  })

  await t.test('someone cancels', async t => {
    await page.goto(`${origin}/bookings/${links.tokenOf(booking)}`)
    t.strictSame(await faultsOfKeyboard(page), [])
    await press('Cancel my booking')
    await heading('Do you want to cancel your booking?')
    await press('Yes, cancel my booking')
    await heading('Your booking is cancelled')
  })

  await t.test('someone leaves at once', async t => {
    await page.goto(`${origin}/activities/${activity.slug}`)
    await tab(page)
    t.match(await tab(page), { name: 'Exit this page quickly', faults: [] })
    await page.keyboard.press('Enter')
    await page.waitForURL('https://www.bbc.co.uk/weather')
    t.pass('is elsewhere')
  })
})

/** What a screen reader reads out when someone books, for people to read; `READING_ORDER=write` writes it anew. */
const kept = new URL('reading-order.txt', import.meta.url)

t.test('a screen reader comes to everything of booking in its order', withBrowser, async t => {
  const { db, origin } = await site
  const { id: campaignId } = await aCampaign(db, { districts: ['Cumberland', 'Westmorland and Furness'] })
  const { slug } = await anActivity(db, { campaignId, summary: 'For parents and carers.', placesPerBooking: 2 })
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } })
  const read: string[] = []
  const open = async (path: string) => {
    await page.goto(`${origin}/activities/${slug}${path}`)
    read.push(await readingOrder(page))
  }
  await open('')
  await open('/book')
  await page.locator('#form button').last().click()
  await page.locator('.govuk-error-summary:focus').waitFor()
  read.push(await readingOrder(page))
  await open('/booked')

  const found = read.join('\n').replaceAll(/activities\/workshop-[\w-]+/g, 'activities/workshop').replaceAll(origin, '')
  if (process.env.READING_ORDER === 'write') await writeFile(kept, found)
  t.strictSame(found.split('\n'), (await readFile(kept, 'utf8')).split('\n'))
})

/** Where each check of the statement is done: a file, and how its test begins. */
const doneIn: Record<Check, [file: string, test: string]> = {
  states: ['accessible.test.ts', 'every page of the public side, in every state'],
  staff: ['staff-walk.test.ts', 'every page of the organisers’ side can be used by keyboard, with a screen reader'],
  zoom: ['accessible.test.ts', 'every page of the public side, in every state'],
  colours: ['accessible.test.ts', 'every page of the public side, in every state'],
  keyboard: ['accessible.test.ts', 'by keyboard alone'],
  order: ['accessible.test.ts', 'a screen reader comes to everything of booking in its order'],
  webkit: ['exit.test.ts', 'in WebKit someone mends a mistake in the form and books'],
  plain: ['journey.test.ts', 'a parent on a small phone without scripts books']
}

t.test('the statement says what was tested', withBrowser, async t => {
  const { app } = await site
  const text = (await app.inject('/accessibility')).body
  t.match(text, 'Cumbria safeguarding partnerships', 'it names who runs it')
  for (const [check, [file, name]] of Object.entries(doneIn)) {
    t.match(await readFile(new URL(file, import.meta.url), 'utf8'), `t.test('${name}`, `${check} is done`)
    t.match(text, checks[check as Check])
  }
  const axeVersion = (createRequire(import.meta.url)('axe-core/package.json') as { version: string }).version
  t.ok(axeVersion.startsWith(`${tested.axe}.`), `the statement names axe-core ${tested.axe}, and it is ${axeVersion}`)
  t.ok(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'].every(tag => axeTags.includes(tag)))
  const running = (await openPage(t)).context().browser()?.version() ?? ''
  t.ok(Number.parseInt(running) >= Number.parseInt(tested.browsers[0].version), `it names ${tested.browsers[0].version}, and this is ${running}`)
})
