import type { Page } from 'playwright-core'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { isWhole } from '../support/depth.ts'
import { addressOf, everything, giveTheirs } from '../support/everything.ts'
import { filledIn } from '../support/filled-in.ts'
import { staffRoutes, withItsRoutes } from '../support/routes.ts'
import { freePort } from '../support/running-service.ts'
import { partsOf } from '../support/service.ts'
import { signedIn } from '../support/staff.ts'
import { world } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'

/** Addresses at which no one who follows a valid link sees a page of ours. */
const withoutPage = ['/staff/sign-in/openid/return']

/**
 * Pages that refuse people who come only by the address, but must be accessible as well: no one has lost their turn.
 */
const refusing = ['/staff/sign-in/:token', '/staff/activities/:slug/bookings/:booking/turn', '/staff/lists/new']

/**
 * A desktop and a small phone: the sizes at which axe, which needs scripts itself, checks. What a page says, and in
 * which colours, is the same at both.
 */
const sizes = [
  { width: 1280, height: 900, rules: undefined },
  { width: 320, height: 640, rules: isWhole ? undefined : ['target-size', 'scrollable-region-focusable', 'link-in-text-block'] }
]

/** Faults of a page for people with a screen reader, at each size. */
async function faultsForReaders (page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const { rules, ...size } of sizes) {
    await page.setViewportSize(size)
    for (const fault of await axe(page, { rules })) faults.push(`${size.width}: ${fault}`)
    if (await scrollsSideways(page)) faults.push(`${size.width}: scrolls sideways`)
  }
  return faults
}

/** Faults of a page without scripts for people who use the keyboard or a small screen. */
async function plainFaults (page: Page): Promise<string[]> {
  const faults: string[] = []
  if (await scrollsSideways(page)) faults.push('scrolls sideways without scripts')
  const headings = await page.locator('h1').count()
  if (headings !== 1) faults.push(`has ${headings} first headings`)
  if ((await page.title()).trim() === '') faults.push('has no title')
  if (!await reachesItsButton(page)) faults.push('Tab does not lead to its button')
  return faults
}

/**
 * Whether Tab alone reaches the first button on the page that does something; true where there is none. In an ordinary
 * run it starts close before the button: each Tab on the way draws the page anew.
 */
async function reachesItsButton (page: Page): Promise<boolean> {
  const left = await page.evaluate(`(() => {
    const button = ${firstButton}
    if (button === undefined) return 0
    const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    if (${isWhole}) return stops.length
    // Of a group of radios one takes the focus, and what is hidden or disabled does not.
    const before = stops.filter(one => (one.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0 &&
      one.checkVisibility() && !one.matches(':disabled, [tabindex="-1"], [type=radio]'))
    before.at(-3)?.focus()
    return Math.min(before.length, 3) + 1
  })()`) as number
  // A date field has four stops: day, month, year and calendar.
  for (let n = 0; n < 4 * left; n++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(`document.activeElement === ${firstButton}`)) return true
  }
  return left === 0
}

const firstButton = "[...document.querySelectorAll('main button, main .govuk-button')].find(one => one.checkVisibility({ visibilityProperty: true }))"

t.test('every page of the organisers’ side can be used by keyboard, with a screen reader, on a small phone and without scripts',
  withBrowser, async t => {
    const its = await world(t)
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const { app, routes } = await withItsRoutes(async () =>
      await buildApp({ ...partsOf(its), publicUrl: origin, makesMeetings: true }))
    t.teardown(async () => { await app.close() })
    await app.listen({ host: '127.0.0.1', port })
    const one = await everything(its.db)
    const { headers, member } = await signedIn(app, its.db, { role: 'admin' })
    await giveTheirs(its.db, one, member)
    const [name = '', value = ''] = headers.cookie.split('=')
    const aPair = async () => ({ plain: await openPage(t, plainPhone), scripted: await openPage(t) })
    const [known, stranger] = [await aPair(), await aPair()]
    for (const page of Object.values(known)) await page.context().addCookies([{ name, value, url: origin }])
    const look = async ({ plain, scripted }: typeof known, url: string) => {
      const [atKeyboard, toReaders] = await Promise.all([
        plain.goto(url).then(async () => await plainFaults(plain)),
        scripted.goto(url).then(async () => await faultsForReaders(scripted))
      ])
      return [...atKeyboard, ...toReaders]
    }

    const addresses = staffRoutes(routes).filter(({ method, url }) => method === 'GET' && !withoutPage.includes(url))
    let walked = 0
    for (const { url, permission } of addresses) {
      const address = addressOf(url, one)
      const isOutside = permission === undefined
      const answer = await app.inject({ url: address, headers: isOutside ? {} : headers })
      // A file, an email as it is shown in a frame, or a redirect.
      if (!String(answer.headers['content-type']).startsWith('text/html') || answer.statusCode === 303) continue
      if (String(answer.headers['content-security-policy']).includes('sandbox')) continue
      walked++
      const faults = answer.statusCode === 200 || refusing.includes(url) ? [] : [`answers ${answer.statusCode}`]
      t.strictSame([...faults, ...await look(isOutside ? stranger : known, `${origin}${address}`)], [], url)
    }
    t.comment(`${walked} pages`)
    t.ok(walked > 40, 'the walk has not lost its way')

    await t.test('with a question before something reaches people', async t => {
      const url = `${origin}/staff/activities/${one.activity.slug}`
      const press = async (page: Page) => { await page.locator('#form button').first().click() }
      const steps: Array<[path: string, fill: (page: Page) => Promise<void>]> = [
        ['places', async page => { await page.locator('#capacity').fill('1'); await page.getByLabel('Automatic').check() }],
        ['arrangements', async page => { await page.getByLabel('Everyone has their own link').check() }],
        ['edit', async page => { await page.locator('#ends_time').fill('19:30') }]
      ]
      for (const [path, fill] of steps) {
        for (const page of [known.plain, known.scripted]) {
          await page.goto(`${url}/${path}`)
          await fill(page)
          await press(page)
          t.match(await page.textContent('h1'), 'Do you want to save this change?', path)
        }
        t.strictSame([...await plainFaults(known.plain), ...await faultsForReaders(known.scripted)], [], path)
      }
      t.ok(Object.keys(filledIn(await known.plain.content())).includes('confirmed'))
    })
  })
