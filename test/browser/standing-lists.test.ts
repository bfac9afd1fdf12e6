import t from 'tap'
import { aStandingList } from '../support/everything.ts'
import { aBooking, anActivity, noon } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('on a small phone without scripts someone has a list sent to them, changes it and stops it', withBrowser, async t => {
  const { db, origin, staffAt } = await aSite(t)
  const activity = await anActivity(db, { title: 'Keeping your child safe online' })
  await aBooking(db, activity.id)
  const { page } = await staffAt(plainPhone)
  const main = async () => (await page.locator('main').textContent() ?? '').replaceAll(/\s+/g, ' ')

  await page.goto(`${origin}/staff/activities/${activity.slug}/list?status=confirmed`)
  await page.getByRole('link', { name: 'Have a list like this sent to you regularly' }).click()
  await page.getByRole('button', { name: 'Send me this list' }).click()
  t.match(await main(), /Select why you need this list/)
  t.notOk(await scrollsSideways(page))
  await page.getByLabel('Before each activity').check()
  await page.getByLabel('Hours before it begins').fill('24')
  await page.getByLabel('To check people in on the day').check()
  await page.getByRole('button', { name: 'Send me this list' }).click()

  t.match(await main(), /We will email you when the list is ready.*24 hours before it begins.*Confirmed.*Monday 30 November 2026 at 6pm/)
  t.notOk(await scrollsSideways(page))
  await page.getByRole('link', { name: 'Change' }).click()
  await page.getByLabel('Hours before it begins').fill('48')
  await page.getByRole('button', { name: 'Save' }).click()
  t.match(await main(), /The list is changed.*2 days before it begins/)
  await page.getByRole('button', { name: 'Stop' }).click()
  t.match(await main(), /The list is stopped.*Stopped/)
  await page.getByRole('button', { name: 'Start again' }).click()
  t.match(await main(), /The list is sent again/)
})

t.test('the pages of lists that are sent pass axe and fit the screen, on a phone and on a desk', withBrowser, async t => {
  const { db, origin, staffAt } = await aSite(t)
  const activity = await anActivity(db, { title: 'Keeping your child safe online' })
  await aBooking(db, activity.id)
  const { page, member } = await staffAt()
  const { standingList, run } = await aStandingList(db, member.id, activity.id)
  const stopped = await aStandingList(db, member.id, activity.id)
  await db.standingList.update({
    where: { id: stopped.standingList }, data: { stoppedAt: noon.toJSDate(), stoppedBecause: 'refused', nextAt: null }
  })

  const { page: ofAdmin } = await staffAt(undefined, { role: 'admin' })
  for (const width of [320, 375, 1280]) {
    await ofAdmin.setViewportSize({ width, height: 844 })
    await ofAdmin.goto(`${origin}/staff/lists/everyone`)
    t.strictSame(await axe(ofAdmin), [], `${width}: everyone`)
    t.notOk(await scrollsSideways(ofAdmin), `${width}: everyone`)
    await page.setViewportSize({ width, height: 844 })
    for (const path of [
      '', `/new?activity=${activity.slug}`, `/${standingList}`, `/${standingList}/deletion`, `/${standingList}/runs/${run}`
    ]) {
      await page.goto(`${origin}/staff/lists/standing${path}`)
      t.strictSame(await axe(page), [], `${width}: ${path}`)
      t.notOk(await scrollsSideways(page), `${width}: ${path}`)
    }
  }
})
