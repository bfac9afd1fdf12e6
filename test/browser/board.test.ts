import type { Page } from 'playwright-core'
import t from 'tap'
import { aWeek } from '../office/board/week.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

/** How far down the days begin. */
async function topsOf (page: Page): Promise<number[]> {
  return await page.evaluate('[...document.querySelectorAll(".pk-board__date")].map(one => one.getBoundingClientRect().top)')
}

async function sheetsOf (page: Page): Promise<number | undefined> {
  const pdf = await page.pdf({ preferCSSPageSize: true })
  return pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length
}

t.test('a week of 60 activities is a board on a laptop, a list by day on a phone, and one sheet on paper', withBrowser, async t => {
  const its = await aSite(t)
  await aWeek(its.db)
  const url = `${its.origin}/staff/campaigns/know-who/board`
  const { page } = await its.staffAt({ viewport: { width: 1280, height: 800 } })

  await page.goto(url)
  t.strictSame(await axe(page), [])
  t.notOk(await scrollsSideways(page))
  const tops = await topsOf(page)
  t.equal(tops.length, 7)
  t.equal(new Set(tops).size, 1, 'the days are beside each other')
  const card = page.locator('.pk-planned', { hasText: 'Ann Birch' }).first()
  await card.getByText(/risk assessment/i).first().waitFor()
  t.equal(await card.getByText(/Done by Ann Birch on 26 February 2027/).first().isVisible(), false, 'folded')
  await card.locator('summary').click()
  t.ok(await card.getByText(/Done by Ann Birch on 26 February 2027/).first().isVisible())
  await card.locator('summary').click()
  t.equal(await sheetsOf(page), 1, 'one sheet')
  await page.emulateMedia({ media: 'print' })
  t.ok(await page.getByText('Risk assessment: Done by Ann Birch on 26 February 2027').last().isVisible(), 'who did it, on paper')
  t.ok(await page.getByText('Materials: A gazebo, 200 leaflets').last().isVisible())

  const { page: phone } = await its.staffAt(plainPhone)
  await phone.goto(url)
  t.notOk(await scrollsSideways(phone))
  const below = await topsOf(phone)
  t.strictSame(below, [...below].sort((one, other) => one - other))
  t.equal(new Set(below).size, 7, 'the days are beneath each other')

  await phone.getByLabel('Choose Visit to hotels and guest houses').first().check()
  await phone.getByRole('button', { name: 'Delete drafts' }).click()
  t.match(await phone.locator('main').textContent(), /Do you want to delete this draft\?/, 'no scripts are needed')
  t.notOk(await scrollsSideways(phone))
})

/** All days but the third. */
const others = [0, 1, 3, 4, 5, 6]
const uneven: Array<[what: string, count: number, dayOf: (n: number) => number]> = [
  ['20 of 60 on one day', 60, n => n < 20 ? 2 : others[n % 6] ?? 0],
  ['9 of 21 on one day', 21, n => n < 9 ? 2 : others[n % 6] ?? 0],
  ['60 on one day', 60, () => 1]
]
for (const [what, count, dayOf] of uneven) {
  t.test(`a board with ${what} is one sheet on paper too`, withBrowser, async t => {
    const its = await aSite(t)
    await aWeek(its.db, count, dayOf)
    const { page } = await its.staffAt({ viewport: { width: 1280, height: 800 } })
    await page.goto(`${its.origin}/staff/campaigns/know-who/board?from=2027-03-15`)
    t.equal(await page.locator('.pk-planned').count(), count)
    t.equal(await sheetsOf(page), 1)
    t.notOk(await scrollsSideways(page))
  })
}

t.test('the pages about a plan and about another week are fit for a small phone', withBrowser, async t => {
  const its = await aSite(t)
  await aWeek(its.db, 8)
  const { page } = await its.staffAt({ viewport: { width: 320, height: 640 } })

  for (const path of [
    'activities/activity-1/plan', 'campaigns/know-who/copy', 'campaigns/know-who/copy?first_day=2028-03-13&title=Know+who+2028'
  ]) {
    await page.goto(`${its.origin}/staff/${path}`)
    t.strictSame(await axe(page), [], path)
    t.notOk(await scrollsSideways(page), path)
  }
})
