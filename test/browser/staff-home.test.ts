import t from 'tap'
import type { Test } from 'tap'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Db } from '../../src/platform/database/connect.ts'
import { aContact, everyNeed } from '../support/needs.ts'
import { anAgency } from '../support/staff.ts'
import { aBooking, anActivity, noon } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

/** An organiser of the partnership on the home page, in a browser of their own. */
async function organiserAt (
  t: Test, options: BrowserContextOptions, prepare: (db: Db) => Promise<void>
): Promise<Page> {
  const its = await aSite(t)
  const { origin } = its
  await prepare(its.db)
  const { page } = await its.staffAt(options)
  await page.goto(`${origin}/staff`)
  return page
}

/** A busy week: something of everything. */
async function aBusyWeek (db: Db): Promise<void> {
  const inHours = (hours: number) => ({
    startsAt: noon.plus({ hours }).toJSDate(), endsAt: noon.plus({ hours: hours + 1 }).toJSDate()
  })
  await anActivity(db, { ...inHours(44), title: 'Helping your child with a phone of their own, and what schools can do about it' })
  const tonight = await anActivity(db, { ...inHours(6), title: 'Gaming, chat and strangers', joinUrlSealed: 'sealed', capacity: 8 })
  for (let n = 0; n < 6; n++) {
    const createdAt = noon.minus({ days: 1 + n * n % 17 }).toJSDate()
    await aBooking(db, tonight.id, { question: n < 2 ? 'How?' : null, createdAt })
  }
  await aBooking(db, tonight.id, { status: 'offered', unreachableAt: noon.toJSDate() })
  const { id: agencyId } = await anAgency(db)
  await db.hold.create({
    data: { activityId: tonight.id, agencyId, code: 'POLICE26', places: 1, returnsAt: noon.plus({ hours: 3 }).toJSDate(), createdAt: noon.toJSDate() }
  })
  for (let n = 0; n < 3; n++) {
    await aBooking(db, tonight.id, { name: 'Nora Needham', status: 'waiting', places: 2, accessNeeds: 'Captions' })
  }
  await anActivity(db, { ...inHours(100), title: 'Street surgery', booking: 'drop-in', isOnline: false, venue: 'The library, Penrith', visibility: 'partners', capacity: null })
  await anActivity(db, { ...inHours(120), title: 'For schools', status: 'draft' })
}

/** The width at which the chart was drawn, once it is there. */
async function widthOfPicture (page: Page): Promise<number> {
  await page.getByRole('img', { name: /^A bar for each/ }).scrollIntoViewIfNeeded()
  const picture = 'document.querySelector(".pk-per-day img")'
  return await page.evaluate(`${picture}.decode().then(() => ${picture}.naturalWidth)`)
}

t.test('at a desk an organiser sees what needs them, what comes next and how booking goes, and gets anywhere by keyboard',
  withBrowser, async t => {
    const page = await organiserAt(t, { viewport: { width: 1280, height: 900 } }, aBusyWeek)
    const blocked: string[] = []
    page.on('console', message => { if (/Content.Security.Policy/i.test(message.text())) blocked.push(message.text()) })
    await page.reload()

    t.equal(await page.locator('.pk-needs h3').first().innerText(), '1 workshop starts within 48 hours and has no Teams link')
    t.equal(await widthOfPicture(page), 920)
    t.strictSame(await axe(page), [])
    t.notOk(await scrollsSideways(page))
    t.strictSame(blocked, [])

    await page.locator('.pk-needs a').first().focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/meeting$/)
    await page.goBack()
    await page.locator('summary').focus()
    await page.keyboard.press('Enter')
    t.ok(await page.getByRole('cell', { name: '0' }).first().isVisible())
    t.strictSame(await axe(page), [])
  })

t.test('on a small phone without scripts all of it is there and nothing is wider than the screen', withBrowser, async t => {
  const page = await organiserAt(t, plainPhone, aBusyWeek)

  t.notOk(await scrollsSideways(page))
  t.strictSame(await page.locator('h2').allInnerTexts(), ['What needs you today', 'What comes next', 'Bookings per day'])
  t.match(await page.locator('.pk-coming li').first().innerText(), /6 of 8 booked[\s\S]*1 offered[\s\S]*1 held[\s\S]*0 free[\s\S]*6 waiting/)
  t.equal(await widthOfPicture(page), 330)
  await page.getByText('The numbers of each day').click()
  t.notOk(await scrollsSideways(page))
  await page.getByRole('link', { name: 'On the day of Gaming, chat and strangers' }).waitFor()
  await page.getByRole('link', { name: 'Past activities' }).click()
  t.match(page.url(), /\/staff\/activities\?view=past$/)
})

/** Where each thing is dealt with: the title of the page, and what is used there. */
const corrected = [
  ['The unlinked', 'The Teams meeting', 'textbox', /Teams link/],
  ['The failed', 'The Teams meeting', 'textbox', /Teams link/],
  ['The asked', 'On the day', 'button', /^Mark as answered/],
  ['Who they are, and how else to reach them', 'Emails that do not arrive', 'link', /Una Unreached/],
  ['Nora Needs', 'Nora Needs', 'textbox', 'What is arranged'],
  ['The kept', 'Waiting list', 'button', /Give/],
  ['The long', 'Make another date', 'button', /Make/],
  ['The full', 'Make another date', 'button', /Make/],
  ['The draft', 'Publish', 'button', /Publish/],
  ['Check them', 'Support contacts', 'link', /The forgotten/]
] as const

for (const [where, options] of [['at a desk', {}], ['on a small phone without scripts', plainPhone]] as const) {
  t.test(`each thing that needs someone leads to where it is mended, ${where}`, withBrowser, async t => {
    const page = await organiserAt(t, options, async db => {
      await db.supportContact.deleteMany()
      await everyNeed(db)
      await aContact(db, 'The forgotten', 90)
    })

    t.strictSame(await page.locator('.pk-needs a').allInnerTexts(), corrected.map(([text]) => text))
    for (const [n, [text, heading, role, name]] of corrected.entries()) {
      await page.locator('.pk-needs a').nth(n).click()
      t.equal(await page.locator('h1').innerText(), heading, text)
      t.ok(await page.locator('main').getByRole(role, { name }).first().isVisible(), `${text} is mended there`)
      await page.goBack()
    }

    await page.getByRole('link', { name: 'Nora Needs' }).click()
    await page.getByLabel('What is arranged').fill('There are captions.')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.locator('main button').first().click()
    t.match(await page.locator('main').innerText(), 'What is arranged is noted.')
    await page.getByRole('link', { name: 'Home', exact: true }).click()
    t.notMatch(await page.locator('main').innerText(), 'Nora Needs', 'and what is mended needs nobody')
  })
}

t.test('home with everything that can need someone fits a small phone and holds against axe', withBrowser, async t => {
  const page = await organiserAt(t, {}, everyNeed)

  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    t.strictSame(await axe(page), [], `${width} px`)
    t.notOk(await scrollsSideways(page), `${width} px`)
  }
})

t.test('where nothing needs anyone an organiser reads that', withBrowser, async t => {
  const page = await organiserAt(t, { viewport: { width: 390, height: 844 } }, async db => {
    await anActivity(db, { joinUrlSealed: 'sealed' })
  })

  t.match(await page.locator('main').innerText(), /Nothing needs you today[\s\S]*Nobody has booked in the last 30 days/)
  t.strictSame(await axe(page), [])
  t.notOk(await scrollsSideways(page))
})
