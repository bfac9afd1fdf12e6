import t from 'tap'
import { aWeek } from '../office/board/week.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('clashes and gaps of a week are fit for a laptop, a small phone and one sheet of paper', withBrowser, async t => {
  const its = await aSite(t)
  await aWeek(its.db)
  const url = `${its.origin}/staff/campaigns/know-who/clashes`
  const { page } = await its.staffAt({ viewport: { width: 1280, height: 800 } })

  await page.goto(url)

  t.match(await page.locator('#clashes').textContent(), /Clashes \([1-9]\d*\)/)
  t.strictSame(await axe(page), [])
  t.notOk(await scrollsSideways(page))
  const pdf = await page.pdf({ preferCSSPageSize: true })
  t.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1, 'one sheet')

  const { page: phone } = await its.staffAt(plainPhone)
  await phone.goto(url)
  t.notOk(await scrollsSideways(phone))
  await phone.locator('.pk-gaps a').last().click()
  t.equal(await phone.locator('#audiences').inputValue(), 'parents', 'no scripts are needed')
})

t.test('a secret calendar is made, kept and ended on a small phone', withBrowser, async t => {
  const its = await aSite(t)
  const { page } = await its.staffAt({ viewport: { width: 320, height: 640 } })
  const fits = async (what: string) => {
    t.strictSame(await axe(page), [], what)
    t.notOk(await scrollsSideways(page), what)
  }
  await page.goto(`${its.origin}/staff/feeds`)
  await fits('the form')

  await page.getByLabel('What people of this agency can see').selectOption('The partnership')
  await page.getByLabel('Whose calendar it is for').fill('Comms team’s Outlook')
  await page.getByRole('button', { name: 'Make the link' }).click()

  await fits('the link')
  const address = await page.locator('.pk-secret-link').innerText()
  t.match(await (await fetch(address)).text(), /^BEGIN:VCALENDAR/)
  await page.goto(`${its.origin}/staff/feeds`)
  await fits('the list')
  await page.locator('.pk-feed a').click()
  await fits('the question')
  await page.getByRole('button', { name: 'End the link' }).click()
  t.match(await page.locator('main').textContent(), /The link is ended/)
  t.equal((await fetch(address)).status, 404)
})
