import type { Page } from 'playwright-core'
import t from 'tap'
import { loadExampleProgramme } from '../../src/example-programme.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { linesOf } from '../support/pdf.ts'
import { aStaffMember } from '../support/staff.ts'
import { anActivity, noon, secretKey } from '../support/world.ts'
import { axe, openPage, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'
import type { Site } from './site.ts'

const week = '/campaigns/know-who-your-friends-are'

/** The week of action of the example programme, with something to do on each of its pages. */
async function aWeekAtWork (site: Site): Promise<void> {
  const { db } = site
  await loadExampleProgramme(db, joinLinkSeal(secretKey), noon)
  const { id: campaignId } = await db.campaign.update({
    where: { slug: 'know-who-your-friends-are' }, data: { needsApproval: true, districts: ['Bolton', 'Bury'] }
  })
  await db.districtArea.create({ data: { campaignId, district: 'Bury', area: 'North' } })
  const { id: agencyId } = await db.agency.findUniqueOrThrow({ where: { slug: 'greater-manchester-police' } })
  const { id: askedById } = await aStaffMember(db, { role: 'organiser', agencyId, name: 'Pat Police' })
  const given = { campaignId, isOnline: false, booking: 'none', capacity: null, leadAgencyId: agencyId, kind: 'stall' }
  for (const n of [1, 2, 3, 4]) {
    await anActivity(db, { ...given, title: `Stall ${n}`, booking: 'drop-in', district: 'Bury', venue: 'The market' })
  }
  const { id: draft } = await anActivity(db, { ...given, slug: 'draft', title: 'A stall to approve', status: 'draft' })
  await db.approvalRequest.create({ data: { activityId: draft, askedById, askedAt: noon.toJSDate() } })
  await anActivity(db, { ...given, slug: 'embargoed', title: 'A launch', embargoUntil: noon.plus({ days: 3 }).toJSDate() })
  const over = { startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() }
  const { id: visit } = await anActivity(db, {
    ...given, ...over, slug: 'visit', title: 'A visit', kind: 'compliance-visit', visibility: 'operational'
  })
  await db.release.create({ data: { activityId: visit, askedById, askedAt: noon.toJSDate() } })
  await anActivity(db, { ...given, ...over, title: 'A stall that is over' })
}

/** A state of a page: its address, and what someone does there first. */
type State = [address: string, act?: (page: Page) => Promise<void>]

const press = (name: string) => async (page: Page) => { await page.getByRole('button', { name }).click() }

const forEveryone: State[] = [
  [week], [`${week}?view=overview`], [`${week}?view=timetable`], [`${week}?district=Bury&how=drop-in`],
  [`${week}?district=Bury&day=2026-12-20`], [`${week}?district=Bury&how=invitation`], [`${week}/badge`],
  [`${week}/advice/someone-has-a-picture-of-you`], ['/activities/launch-of-the-web-application'],
  ['/activities/youth-centre-session-on-sharing-images'], ['/resources'], ['/resources/ask'],
  ['/resources/ask', press('Ask for these')]
]

const forStaff: State[] = [
  [`/staff${week}`, async page => { await page.getByLabel('Title').fill(''); await press('Save')(page) }],
  [`/staff${week}/basics`, async page => { await page.getByLabel('Last day').fill('2026-12-20'); await press('Save')(page) }],
  [`/staff${week}/basics`, async page => { await page.getByLabel('Last day').fill('2020-12-20'); await press('Save')(page) }],
  [`/staff${week}/press`, async page => { await page.getByLabel('Email').fill('nobody'); await press('Save')(page) }],
  [`/staff${week}/advice/new`, press('Add the page')],
  [`/staff${week}/approval`], ['/staff/approvals'], ['/staff/activities/draft/approval'],
  ['/staff/activities/draft/approval', press('Send back')],
  ['/staff/activities/visit/release'], ['/staff/activities/embargoed'], ['/staff/activities/embargoed/publish'],
  [`/staff${week}/board`], [`/staff${week}/board?agency=x&stage=cancelled`],
  [`/staff${week}/board`, async page => {
    await page.getByLabel('Choose A stall to approve').check()
    await press('Delete drafts')(page)
  }],
  [`/staff${week}/board`, async page => {
    await page.getByLabel('Choose Stall 1').check()
    await press('Delete drafts')(page)
  }],
  [`/staff${week}/copy`], [`/staff${week}/copy?first_day=2027-11-30&title=The+next`], [`/staff${week}/copy?first_day=soon`],
  [`/staff${week}/key-messages`], [`/staff${week}/questions-afterwards`], [`/staff${week}/cycle?from=2026-12-20`],
  ['/staff/activities/draft/publish'], ['/staff/activities/embargoed/withdrawal'],
  ['/staff/programme'], ['/staff/programme', press('Read the file')], ['/staff/resources/downloads', press('Add')]
]

t.test('a week of action', withBrowser, async t => {
  const site = await aSite(t)
  await aWeekAtWork(site)

  await t.test('has no page, in any state, that breaks a rule of accessibility or is wider than a small phone', async t => {
    const small = { viewport: { width: 320, height: 640 } }
    const [stranger, { page: admin }] = [await openPage(t, small), await site.staffAt(small, { role: 'admin' })]
    for (const [page, states] of [[stranger, forEveryone], [admin, forStaff]] as const) {
      for (const [address, act] of states) {
        await page.setViewportSize({ width: 1280, height: 900 })
        await page.goto(site.origin + address)
        await act?.(page)
        const what = `${address}: ${await page.locator('h1').innerText()}`
        t.strictSame(await axe(page), [], what)
        await page.setViewportSize(small.viewport)
        t.notOk(await scrollsSideways(page), what)
      }
    }
  })

  // What is left of a desk of 1280 by 1024 at 200% and at 400%.
  for (const [zoom, viewport] of [['200%', { width: 640, height: 512 }], ['400%', { width: 320, height: 256 }]] as const) {
    await t.test(`is read and decided in at ${zoom}, without a word that is cut off`, async t => {
      const page = await openPage(t, { viewport })
      for (const address of [week, `${week}?view=timetable`, `${week}?view=overview`, '/scenarios/where-is-jess/the-call']) {
        await page.goto(site.origin + address)
        t.notOk(await scrollsSideways(page), address)
        t.strictSame(await page.evaluate(cutOff), [], address)
      }
    })
  }

  await t.test('takes one sheet of paper for what is read by itself, with the numbers to call', async t => {
    const page = await openPage(t)
    for (const address of [
      `${week}/advice/someone-has-a-picture-of-you`, '/activities/launch-of-the-web-application', '/scenarios/where-is-jess',
      '/scenarios/where-is-jess/the-call', '/scenarios/where-is-jess/she-is-not-alone'
    ]) {
      await page.goto(site.origin + address)
      const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true })
      t.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length, 1, address)
      t.match((await linesOf(pdf)).join('\n'), '0800 1111', address)
    }
  })

  await t.test('is filtered with the keyboard alone, and read on where that led', async t => {
    const page = await openPage(t)
    await page.goto(site.origin + week)
    await page.locator('summary', { hasText: 'Find what is right for you' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Bury')
    for (let tabs = 0; await page.evaluate('document.activeElement.textContent.trim()') !== 'Show'; tabs++) {
      if (tabs > 5) throw new Error('No button follows what is chosen.')
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await page.waitForURL(/district=Bury/)

    const { search, hash } = new URL(page.url())
    t.strictSame([search.includes('district=Bury'), hash], [true, '#programme'])
    t.ok(await page.getByRole('heading', { name: 'What’s on' }).isVisible())
    const top = await page.evaluate('document.querySelector("#programme").getBoundingClientRect().top') as number
    t.ok(top >= 0 && top < 300, `what is on stands at the top, not ${top} below it`)
  })

  await t.test('shows what is chosen, and where and when, in colours that people choose', async t => {
    const page = await openPage(t)
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' })
    await page.goto(`${site.origin}${week}?day=2026-12-01&view=overview`)
    const styleOf = async (selector: string, property: string) =>
      await page.evaluate(`getComputedStyle(document.querySelector('${selector}'))['${property}']`)
    const canvas = await styleOf('body', 'backgroundColor')
    for (const drawn of ['.pk-grid__day', '.pk-grid__name']) t.equal(await styleOf(drawn, 'fill'), 'rgb(255, 255, 255)', drawn)
    t.equal(canvas, 'rgb(0, 0, 0)')
    t.not(await styleOf('.pk-days a[aria-current]', 'borderTopWidth'), await styleOf('.pk-days a:not([aria-current])', 'borderTopWidth'))
  })
})

/** Words that are wider than what they stand in and hidden there. */
const cutOff = `[...document.querySelectorAll('main *')]
  .filter(one => one.scrollWidth > one.clientWidth + 1 && ['hidden', 'clip'].includes(getComputedStyle(one).overflowX))
  .filter(one => !one.closest('.govuk-visually-hidden')).map(one => one.className + ': ' + one.textContent.trim().slice(0, 40))`
