import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'
import { shownCode } from '../../src/booking/check-in/code.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { joinUrl } from '../support/calendar-entry.ts'
import { eventually } from '../support/running-service.ts'
import { codes, links, personalLinks } from '../support/service.ts'
import { asDownloaded, rowsOf } from '../support/teams-reports.ts'
import { aBooking, anActivity, noon, secretKey } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

const startsAt = noon.minus({ minutes: 40 })
const longName = 'Bartholomew Featherstonehaugh-Cholmondeley-Marjoribanks-Wriothesley of Kirkby Lonsdale'

/** A workshop that ended ten minutes ago. */
async function afterwards (t: Test) {
  const its = await aSite(t)
  const activity = await anActivity(its.db, {
    startsAt: startsAt.toJSDate(),
    endsAt: startsAt.plus({ minutes: 30 }).toJSDate(),
    placesPerBooking: 4,
    joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl)
  })
  const ann = await aBooking(its.db, activity.id, { name: 'Ann Ash', places: 3 })
  const ben = await aBooking(its.db, activity.id, { name: longName })
  const dee = await aBooking(its.db, activity.id, { name: 'Dee Dodd', attended: false })
  const recorded = async ({ id }: { id: string }) => {
    const { attended, camePlaces, attendanceSource } = await its.db.booking.findUniqueOrThrow({ where: { id } })
    return [attended, camePlaces, attendanceSource]
  }
  const url = `${its.origin}/staff/activities/${activity.slug}`
  return { ...its, activity, url, ann, ben, dee, recorded }
}

const report = asDownloaded(rowsOf('numbered blocks', {
  startsAt,
  people: [
    { name: 'Ann Ash', joins: [[0, 30]] }, { name: 'Dee Dodd', joins: [[0, 30]] }, { name: 'Bart Featherstonehaugh', joins: [[0, 25]] },
    { name: `iPad of ${longName}`, joins: [[0, 30]] }
  ]
}))

t.test('how many of a party came is saved as it is chosen, and with the button where there are no scripts',
  withBrowser, async t => {
    const { db, url, ann, recorded, staffAt } = await afterwards(t)
    const { page } = await staffAt()
    await page.goto(`${url}/evening`)
    const group = page.getByRole('group', { name: /^Ann Ash/ })
    const until = async (wanted: unknown[]) => {
      await eventually(async () => isDeepStrictEqual(await recorded(ann), wanted))
    }

    await group.getByLabel('How many came').selectOption('2 of 3')
    await until([true, 2, 'ticked'])
    await page.getByRole('status').getByText(/^Saved$/).waitFor()
    t.ok(await group.getByLabel('Here', { exact: true }).isChecked(), 'the tick follows the count')
    await group.getByLabel('How many came').selectOption('All 3')
    await until([true, 3, 'ticked'])
    await group.getByLabel('Did not come').check()
    await until([false, 0, 'ticked'])

    await db.booking.update({ where: { id: ann.id }, data: { attended: null } })
    const { page: plain } = await staffAt(plainPhone)
    await plain.goto(`${url}/evening`)
    await plain.getByRole('group', { name: /^Ann Ash/ }).getByLabel('How many came').selectOption('1 of 3')
    await plain.getByRole('button', { name: 'Save who came' }).click()
    t.strictSame(await recorded(ann), [true, 1, 'ticked'])
    await plain.getByLabel('People who came without a booking').fill('4')
    await plain.getByRole('button', { name: 'Save this number' }).click()
    t.match(await plain.locator('main').innerText(), /It is saved how many came without a booking/)
    t.equal(await plain.getByLabel('People who came without a booking').inputValue(), '4')
  })

t.test('a report is read, decided about and saved without scripts, on a small phone', withBrowser, async t => {
  const { url, ann, ben, dee, recorded, staffAt } = await afterwards(t)
  const { page } = await staffAt(plainPhone)
  await page.goto(`${url}/evening`)
  await page.getByRole('link', { name: 'Take who came from the Teams report' }).click()
  await page.getByLabel('The report', { exact: true }).setInputFiles({ name: 'report.csv', mimeType: 'text/csv', buffer: report })
  await page.getByLabel('Where the report is from').fill('Pat Smith, from Teams')
  t.notOk(await scrollsSideways(page))
  await page.getByRole('button', { name: 'Read the report' }).click()

  t.equal(await page.locator('h1').innerText(), 'What the report says')
  t.notOk(await scrollsSideways(page))
  await page.getByRole('group', { name: /^Bart Feather/ }).getByLabel(longName.slice(0, 30)).check()
  await page.getByRole('group', { name: /^iPad/ }).getByLabel('Came without a booking').check()
  await page.getByRole('group', { name: /^Dee Dodd/ }).getByLabel('Was here, as in the report').check()
  await page.getByRole('button', { name: 'Save who came' }).click()

  t.match((await page.locator('main').innerText()).replaceAll(/\s+/g, ' '),
    /3 bookings are now noted as here\. People without a booking: 1\./)
  for (const one of [ann, ben, dee]) t.match(await recorded(one), [true, null, 'report'])
})

t.test('the report’s pages and the code are in order on a desktop too', withBrowser, async t => {
  const { url, staffAt } = await afterwards(t)
  const { page } = await staffAt({ viewport: { width: 1280, height: 900 } })
  await page.goto(`${url}/attendance-report`)
  await page.getByRole('button', { name: 'Read the report' }).click()
  await page.getByText('There is a problem').waitFor()
  t.strictSame(await axe(page), [], 'with errors')
  await page.getByLabel('The report', { exact: true }).setInputFiles({ name: 'report.csv', mimeType: 'text/csv', buffer: report })
  await page.getByLabel('Where the report is from').fill('Pat Smith, from Teams')
  await page.getByRole('button', { name: 'Read the report' }).click()
  await page.getByText('Nothing is saved yet').waitFor()
  t.strictSame([await axe(page), await scrollsSideways(page)], [[], false])
  await page.goto(`${url}/evening/code`)
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 700 })
    t.strictSame([await axe(page), await scrollsSideways(page)], [[], false], `the code at ${width} px`)
  }
})

t.test('without scripts someone says by the code that they were here', withBrowser, async t => {
  const { db, origin, activity, ann, ben, recorded } = await afterwards(t)
  const code = shownCode(codes.codeOf(activity.id))
  for (const [path, one] of [[`/bookings/${links.tokenOf(ann.id)}`, ann], [`/join/${personalLinks.tokenOf(ben.id)}`, ben]] as const) {
    const page = await openPage(t, plainPhone)
    await page.goto(origin + path)
    await page.getByRole('button', { name: 'I was here' }).click()
    await page.getByLabel('Code').fill('AAA-AAA')
    await page.getByRole('button', { name: 'I was here' }).click()
    t.match(await page.locator('.govuk-error-summary').innerText(), /This is not the code/)
    t.notOk(await scrollsSideways(page))
    await page.getByLabel('Code').fill(code.toLowerCase())
    await page.getByRole('button', { name: 'I was here' }).click()
    t.equal(await page.locator('h1').innerText(), 'Thank you for coming')
    t.notOk(await scrollsSideways(page))
    t.match(await recorded(one), [true, null, 'checked-in'])
  }
  await db.booking.update({ where: { id: ann.id }, data: { attended: null } })
  const page = await openPage(t, { viewport: { width: 390, height: 800 } })
  for (const path of ['/check-in', `/bookings/${links.tokenOf(ann.id)}/check-in`]) {
    await page.goto(origin + path)
    t.strictSame([await axe(page), await scrollsSideways(page)], [[], false], path)
  }
})
