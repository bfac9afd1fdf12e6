import type { Browser } from 'playwright-core'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { partsOf } from '../support/service.ts'
import { eventually } from '../support/running-service.ts'
import { aTlsFront } from '../support/tls-front.ts'
import { anActivity, world } from '../support/world.ts'
import { launchWhole, visitWhole, withWholeBrowser } from './chromium.ts'
import type { WebKit as Visitor } from './webkit.ts'

const publicUrl = 'https://workshops.example.org'
const its = await world(t)
const app = await buildApp({ ...partsOf(its), publicUrl })
t.teardown(async () => { await app.close() })
const proxy = await aTlsFront(t, publicUrl, await app.listen({ host: '127.0.0.1', port: 0 }))

let chromium: Promise<Browser> | undefined
t.teardown(async () => { await (await chromium)?.close() })

/** Waits until an expression holds on a page; during a navigation there is no page to ask. */
async function seen (visitor: Visitor, expression: string, seconds = 60): Promise<void> {
  await eventually(async () => await visitor.evaluate<boolean>(
    `document.readyState === 'complete' && ${expression}`).catch(() => false), { seconds })
}

async function arrive (visitor: Visitor, path: string): Promise<void> {
  await seen(visitor, `location.pathname === '${path}'`)
}

/** Presses the button as people do: again if nothing happens, because it ignores presses for a second after one. */
async function press (visitor: Visitor, expression: string): Promise<void> {
  for (let tries = 5; tries > 0; tries--) {
    await visitor.click('#form button')
    if (await seen(visitor, expression, 10).then(() => true, () => false)) return
  }
  throw new Error(`Nothing came of the button: ${expression}`)
}

/** Replaces the content of a field. */
async function write (visitor: Visitor, selector: string, text: string): Promise<void> {
  await visitor.evaluate(`document.querySelector('${selector}').select()`)
  await visitor.fill(selector, text)
}

for (const hasScripts of [true, false]) {
  t.test(`pressing Back ${hasScripts ? 'with' : 'without'} scripts to book for someone else books for both`, withWholeBrowser, async t => {
    const { slug } = await anActivity(its.db)
    const [form, booked] = [`/activities/${slug}/book`, `/activities/${slug}/booked`]
    const visitor = await visitWhole(t, await (chromium ??= launchWhole(proxy)), { hasScripts, publicUrl })
    const people = async () => (await its.db.booking.findMany({
      where: { activity: { slug } }, orderBy: { arrival: 'asc' }
    })).map(({ name, email }) => `${name} ${email}`)
    const isBooked = `location.pathname === '${booked}'`
    const submission = "document.querySelector('[name=submission]').value"

    await visitor.open(publicUrl + form)
    await arrive(visitor, form)
    const first = await visitor.evaluate(submission)
    await write(visitor, '#name', 'Anne Kirkbride')
    await write(visitor, '#email', 'anne@example.org')
    await visitor.click('input[name=role][value=parent]')
    await press(visitor, isBooked)

    await visitor.back()
    await arrive(visitor, form)
    t.equal(await visitor.evaluate(submission), first, 'Chromium shows the page as it was left')
    t.equal(await visitor.evaluate("document.querySelector('#name').value"), 'Anne Kirkbride')
    await press(visitor, isBooked)
    t.strictSame(await people(), ['Anne Kirkbride anne@example.org'], 'the same once more is one booking')

    await visitor.back()
    await arrive(visitor, form)
    await write(visitor, '#name', 'Bob Nixon')
    await write(visitor, '#email', 'bob@example.org')
    await press(visitor, isBooked)
    t.match(await visitor.evaluate('document.body.textContent'), 'We have your request')
    t.strictSame(await people(), ['Anne Kirkbride anne@example.org', 'Bob Nixon bob@example.org'], 'and that is true of both')

    await its.db.booking.updateMany({ where: { name: 'Bob Nixon' }, data: { status: 'cancelled' } })
    await visitor.back()
    await arrive(visitor, form)
    await press(visitor, 'document.title.startsWith("Error: ")')
    t.match(await visitor.evaluate('document.body.textContent'), 'its booking has been cancelled or has ended since')
    t.equal(await visitor.evaluate("document.querySelector('#name').value"), 'Bob Nixon')
  })
}
