import type { Browser } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { partsOf } from '../support/service.ts'
import { eventually } from '../support/running-service.ts'
import { aTlsFront } from '../support/tls-front.ts'
import { aCampaign, anActivity, world } from '../support/world.ts'
import { launchWhole, visitWhole, withWholeBrowser } from './chromium.ts'
import { openWebKit, withWebKit } from './webkit.ts'
import type { WebKit } from './webkit.ts'

/** Someone with a browser: the functions of `WebKit`, in either engine. */
type Visitor = WebKit
/** Opens a browser with scripts enabled or not. */
type Open = (t: Test, hasScripts: boolean) => Promise<Visitor>

const publicUrl = 'https://workshops.example.org'
const shift = '\uE008'

const its = await world(t)
const { id: campaignId } = await aCampaign(its.db, { districts: ['Cumberland'] })
const { slug } = await anActivity(its.db, { campaignId, placesPerBooking: 3 })
const form = `/activities/${slug}/book`
const booked = `/activities/${slug}/booked`

const app = await buildApp({ ...partsOf(its), publicUrl })
t.teardown(async () => { await app.close() })
const proxy = await aTlsFront(t, publicUrl, await app.listen({ host: '127.0.0.1', port: 0 }))

let chromium: Promise<Browser> | undefined
t.teardown(async () => { await (await chromium)?.close() })

async function atChromium (t: Test, hasScripts: boolean): Promise<Visitor> {
  chromium ??= launchWhole(proxy)
  return await visitWhole(t, await chromium, { hasScripts, publicUrl })
}

async function atWebKit (t: Test, hasScripts: boolean): Promise<Visitor> {
  return await openWebKit(t, { proxy, hasScripts })
}

/** Whether this is not the page that `arriveAt` marked, which may have the same address. */
const isNew = "!('isLeft' in document.documentElement.dataset)"

/** Waits until a page is complete, with all that the browser fills in, and its scripts have run. */
async function arrive (visitor: Visitor, hasScripts: boolean, path: string): Promise<void> {
  const isReady = `location.pathname === '${path}' && document.readyState === 'complete' && ${isNew}` +
    (hasScripts ? ' && document.body.dataset.govukFrontendExitThisPageKeypress' : '')
  await until(visitor, isReady)
}

/** Waits until this holds at the page; an error says where the browser is instead. */
async function until (visitor: Visitor, condition: string, seconds = 180): Promise<void> {
  try {
    // During a navigation there is no page to ask.
    await eventually(async () => Boolean(await visitor.evaluate(condition).catch(() => false)), { seconds })
  } catch (error) {
    const where = await visitor.evaluate('[location.href, document.title, document.readyState, document.body?.innerText]')
      .catch(String)
    throw new Error(`${condition} did not come about in ${seconds} s at ${JSON.stringify(where)}`, { cause: error })
  }
}

/** Presses what leads away from a page, and again if after a while the page is still there, as anyone would. */
async function press (visitor: Visitor, selector: string): Promise<void> {
  await visitor.evaluate("document.documentElement.dataset.isLeft = 'yes'")
  await visitor.click(selector)
  await until(visitor, isNew, 20).catch(async () => { await visitor.click(selector).catch(() => {}) })
}

/** Values in the form that did not come with it, by field. */
async function typedIn (visitor: Visitor): Promise<Record<string, string>> {
  return await visitor.evaluate(`Object.fromEntries(
    [...document.querySelectorAll('main input:not([type=hidden]), main textarea')]
      .filter(field => field.type === 'radio' ? field.checked : field.value !== field.defaultValue)
      .map(field => [field.name, field.value]))`)
}

async function fillIn (visitor: Visitor, address: string): Promise<void> {
  await visitor.fill('#name', 'Anne Kirkbride')
  await visitor.fill('#email', address)
  await visitor.fill('#phone', '07700 900123')
  await visitor.fill('#access_needs', 'My husband must not see this')
  await choose(visitor, 'input[name=role][value=parent]')
  await choose(visitor, 'input[name=district]')
}

/** Presses a radio, again if it is not taken. */
async function choose (visitor: Visitor, selector: string): Promise<void> {
  await eventually(async () => {
    await visitor.click(selector)
    return await visitor.evaluate<boolean>(`document.querySelector('${selector}').checked`)
  })
}

interface Way {
  needsScripts: boolean
  leave: (visitor: Visitor) => Promise<void>
}

const ways = {
  'the button': {
    needsScripts: false,
    leave: async (visitor: Visitor) => { await press(visitor, '.govuk-exit-this-page__button') }
  },
  'Shift three times': {
    needsScripts: true,
    leave: async (visitor: Visitor) => { for (let n = 0; n < 3; n++) await visitor.pressKey(shift) }
  }
} satisfies Record<string, Way>

/** Leaves, and presses Back: one press returns, because leaving is one step in the history. */
async function leaveAndComeBack (
  visitor: Visitor, hasScripts: boolean, leave: (visitor: Visitor) => Promise<void>, path: string
): Promise<void> {
  await leave(visitor)
  await until(visitor, "document.title === 'Elsewhere'")
  await visitor.back()
  await arrive(visitor, hasScripts, path)
}

/**
 * Types, leaves and comes back, before and after booking and where the link is sent again: each time the form is blank.
 */
async function leavesNothing (t: Test, open: Open, hasScripts: boolean): Promise<void> {
  const visitor = await open(t, hasScripts)
  const arriveAt = async (path: string) => {
    await visitor.evaluate("document.documentElement.dataset.isLeft = 'yes'")
    await visitor.open(publicUrl + path)
    await arrive(visitor, hasScripts, path)
  }

  for (const [name, { needsScripts, leave }] of Object.entries(ways)) {
    if (needsScripts && !hasScripts) continue
    const before = await its.db.booking.count()

    await arriveAt(form)
    await fillIn(visitor, 'anne@example.org')
    t.match(await typedIn(visitor), { name: 'Anne Kirkbride', role: 'parent' }, 'it is seen where it was typed')
    await leaveAndComeBack(visitor, hasScripts, leave, form)
    t.strictSame(await typedIn(visitor), {}, `by ${name}, before booking`)

    await fillIn(visitor, `${crypto.randomUUID()}@example.org`)
    await press(visitor, '#form button')
    await arrive(visitor, hasScripts, booked)
    await leaveAndComeBack(visitor, hasScripts, leave, booked)
    await visitor.back()
    await arrive(visitor, hasScripts, form)
    t.strictSame(await typedIn(visitor), {}, `by ${name}, after booking`)
    t.equal(await its.db.booking.count(), before + 1, 'the place is booked')
  }

  // Only here: Chromium would also drop a page from its cache because of a cookie, and parents have none.
  await arriveAt('/find-my-booking')
  await visitor.addCookie('session', 'of somebody who works here')
  await visitor.fill('#email', 'anne@example.org')
  await press(visitor, '#form button')
  await arrive(visitor, hasScripts, '/find-my-booking/sent')
  await leaveAndComeBack(visitor, hasScripts, ways['the button'].leave, '/find-my-booking/sent')
  await visitor.back()
  await arrive(visitor, hasScripts, '/find-my-booking')
  t.strictSame(await typedIn(visitor), {}, 'after asking for the link')
  t.strictSame(await visitor.cookies(), [], 'the browser has forgotten what it had of us')
}

for (const [engine, options, open] of [
  ['Chromium', withWholeBrowser, atChromium], ['WebKit', withWebKit, atWebKit]
] as const) {
  for (const hasScripts of [true, false]) {
    t.test(`leaving ${engine} ${hasScripts ? 'with' : 'without'} scripts leaves nothing that was typed`, options,
      async t => { await leavesNothing(t, open, hasScripts) })
  }
}

t.test('a form that came back with mistakes is not offered to be sent again', withWholeBrowser, async t => {
  for (const { leave } of Object.values(ways)) {
    const visitor = await atChromium(t, true)
    await visitor.open(publicUrl + form)
    await visitor.fill('#name', 'Anne Kirkbride')
    await press(visitor, '#form button')
    await until(visitor, 'document.title.startsWith("Error: ")')
    await arrive(visitor, true, form)

    await leaveAndComeBack(visitor, true, leave, form)

    t.notMatch(await visitor.evaluate('document.title'), 'Error')
    t.strictSame(await typedIn(visitor), {})
  }
})

t.test('in WebKit someone mends a mistake in the form and books', withWebKit, async t => {
  const before = await its.db.booking.count()
  const visitor = await atWebKit(t, true)
  await visitor.open(publicUrl + form)
  await arrive(visitor, true, form)
  await visitor.fill('#name', 'Anne Kirkbride')
  await press(visitor, '#form button')
  await until(visitor, 'document.title.startsWith("Error: ")')
  await arrive(visitor, true, form)
  t.equal(await visitor.evaluate('document.activeElement.className'), 'govuk-error-summary', 'the summary has the focus')
  t.equal(await visitor.evaluate('document.querySelector("#name").value'), 'Anne Kirkbride')
  await visitor.click('.govuk-error-summary a')
  t.equal(await visitor.evaluate('document.activeElement.id'), 'email', 'a mistake leads to its field')
  await fillIn(visitor, `${crypto.randomUUID()}@example.org`)
  await press(visitor, '#form button')
  await arrive(visitor, true, booked)
  t.equal(await its.db.booking.count(), before + 1)
})

t.test('someone who only looks at another page finds what they typed', withWholeBrowser, async t => {
  const visitor = await atChromium(t, true)
  await visitor.open(publicUrl + form)
  await arrive(visitor, true, form)
  await fillIn(visitor, 'anne@example.org')

  await visitor.click('main a[href="/privacy"]')
  await arrive(visitor, true, '/privacy')
  await visitor.back()
  await arrive(visitor, true, form)

  t.match(await typedIn(visitor), { name: 'Anne Kirkbride', access_needs: 'My husband must not see this' })
})
