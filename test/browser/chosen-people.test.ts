import type { Page } from 'playwright-core'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { freePort } from '../support/running-service.ts'
import { partsOf } from '../support/service.ts'
import { signedIn } from '../support/staff.ts'
import { aBooking, anActivity, noon, world } from '../support/world.ts'
import { axe, openPage, scrollsSideways, withBrowser } from './chromium.ts'

const sizes = { phone: { width: 320, height: 640 }, desktop: { width: 1280, height: 900 } }

/** A button under the list of attendees, the page that it leads to, and the one after that. */
type Way = [button: string, h1: string, next?: [choose: string | undefined, press: string, h1: string]]
const ways: Way[] = [
  ['Cancel their bookings', 'Do you want to cancel 2 bookings?', [undefined, 'Cancel 2 bookings', 'Attendees']],
  [
    'Move to another date', 'Move 2 people to another date',
    ['Monday 30 November', 'Continue', 'Do you want to move these people?']
  ],
  ['Say if they came', 'Did these 2 people come?', ['Here', 'Save who came', 'Attendees']],
  ['Write to them', 'Write to people']
]

const longName = 'Bartholomew Featherstonehaugh-Cholmondeley'

async function faults (page: Page, { isScripted }: { isScripted: boolean }): Promise<string[]> {
  const found: string[] = []
  for (const [name, size] of Object.entries(sizes)) {
    await page.setViewportSize(size)
    if (await scrollsSideways(page)) found.push(`${name}: scrolls sideways`)
    if (isScripted) for (const fault of await axe(page)) found.push(`${name}: ${fault}`)
  }
  return found
}

t.test('people are chosen and something is done to them on a small phone, with a screen reader and without scripts',
  withBrowser, async t => {
    const its = await world(t)
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const app = await buildApp({ ...partsOf(its), publicUrl: origin })
    t.teardown(async () => { await app.close() })
    await app.listen({ host: '127.0.0.1', port })
    const { headers } = await signedIn(app, its.db, { role: 'organiser' })
    const [name = '', value = ''] = headers.cookie.split('=')

    for (const isScripted of [false, true]) {
      const page = await openPage(t, { javaScriptEnabled: isScripted, viewport: sizes.phone })
      await page.context().addCookies([{ name, value, url: origin }])
      for (const [button, h1, next] of ways) {
        const what = `${button}, ${isScripted ? 'with' : 'without'} scripts`
        const activity = await anActivity(its.db, {
          startsAt: noon.plus({ hours: 6 }).toJSDate(), endsAt: noon.plus({ hours: 7 }).toJSDate()
        })
        await anActivity(its.db, {
          campaignId: activity.campaignId,
          startsAt: noon.plus({ days: 7 }).toJSDate(),
          endsAt: noon.plus({ days: 7, hours: 1 }).toJSDate()
        })
        await aBooking(its.db, activity.id, { name: 'Anne Kirkbride' })
        await aBooking(its.db, activity.id, { name: longName, unreachableAt: noon.toJSDate() })
        await aBooking(its.db, activity.id, { name: 'Cy Carr' })
        await page.goto(`${origin}/staff/activities/${activity.slug}/attendees?status=confirmed&sort=name`)
        await page.getByLabel('Choose Anne Kirkbride').check({ force: true })
        await page.getByLabel(`Choose ${longName}`).check({ force: true })
        await page.getByRole('button', { name: button }).click()
        t.equal((await page.locator('h1').innerText()).trim(), h1, what)
        t.strictSame(await faults(page, { isScripted }), [], what)
        if (next === undefined) {
          await page.getByRole('link', { name: 'Back to the attendees' }).click()
          t.match(page.url(), /attendees\?status=confirmed&sort=name$/, `${what}: back to the list as it was`)
          continue
        }

        const [choose, press, after] = next
        if (choose !== undefined) await page.getByLabel(choose).first().check({ force: true })
        await page.getByRole('button', { name: press }).click()
        t.equal((await page.locator('h1').innerText()).trim(), after, `${what}, and then`)
        if (after !== 'Attendees') t.strictSame(await faults(page, { isScripted }), [], `${what}, and then`)
        else {
          t.match(await page.locator('.govuk-notification-banner').innerText(), /Done/, `${what}: what was done is said`)
          t.match(page.url(), /attendees\?status=confirmed&sort=name&done=/, `${what}: on the list as it was`)
        }
      }
    }
  })
