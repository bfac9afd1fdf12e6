import t from 'tap'
import { aWeekToApprove } from '../support/proposals.ts'
import { aBooking } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('on a small phone without scripts an organiser asks for a change, and a coordinator reads and approves it',
  withBrowser, async t => {
    const { db, origin, staffAt } = await aSite(t)
    const { campaign, ours, theirs, activity } = await aWeekToApprove(db)
    await aBooking(db, activity.id)
    const { page: olu } = await staffAt(plainPhone, { agencyId: ours.id, name: 'Olu Organiser' })
    const { page: cora, member } = await staffAt(plainPhone, { agencyId: theirs.id, name: 'Cora Coordinator' })
    await db.coordinator.create({ data: { campaignId: campaign.id, staffMemberId: member.id, districts: ['Bolton'] } })
    const href = `${origin}/staff/activities/${activity.slug}`

    await olu.goto(`${href}/edit`)
    await olu.getByLabel('Venue', { exact: true }).fill('The town hall')
    await olu.getByLabel('Places in one booking').fill('2')
    await olu.getByRole('button', { name: 'Save' }).click()
    t.match(await olu.locator('main').textContent(), /Saved at once: Places in one booking\. The rest waits for a coordinator/)
    await olu.goto(href)
    await olu.getByRole('link', { name: 'See the change' }).click()

    await cora.goto(`${origin}/staff`)
    await cora.getByRole('link', { name: '1 activity waits for your approval' }).click()
    await cora.getByRole('link', { name: 'A workshop' }).click()
    await cora.getByRole('button', { name: 'Send back' }).click()
    t.match(await cora.locator('main').textContent(), /Say what has to change/)
    t.match((await cora.locator('main').textContent() ?? '').replaceAll(/\s+/g, ' '), /Now ?The library As asked ?The town hall.*1 person gets an updated invitation/)
    t.notOk(await scrollsSideways(cora))
    await cora.getByRole('button', { name: 'Approve the change' }).click()
    t.match(await cora.locator('main').textContent(), /You have approved it/)
    t.match(await db.activity.findUnique({ where: { id: activity.id } }), { venue: 'The town hall', placesPerBooking: 2 })
  })

t.test('the pages about what waits pass axe and fit the screen, on a phone and on a desk', withBrowser, async t => {
  const { db, origin, staffAt } = await aSite(t)
  const { campaign, ours, activity, coordinator } = await aWeekToApprove(db)
  await db.districtArea.create({ data: { campaignId: campaign.id, district: 'Bolton', area: 'North' } })
  await db.proposal.create({
    data: {
      activityId: activity.id,
      changes: {
        title: ['An earlier title', 'A title that is another than the one before'],
        summary: ['', 'What to do and who to call. '.repeat(20)]
      },
      askedById: coordinator.id,
      askedAt: new Date('2026-11-23T10:00:00Z')
    }
  })
  const { page } = await staffAt()
  const { page: theirs } = await staffAt({}, { agencyId: ours.id })
  const of = `/staff/activities/${activity.slug}`
  const pages = [
    [page, `${of}/proposal`], [page, '/staff/approvals'], [page, '/staff/approvals/emails'], [page, of], [page, `${of}/edit`],
    [page, `/staff/campaigns/${campaign.slug}/areas`], [page, `/staff/campaigns/${campaign.slug}/approval`],
    [theirs, `${of}/proposal`], [theirs, `${of}/edit`]
  ] as const

  for (const width of [320, 390, 1280]) {
    for (const [n, [page, url]] of pages.entries()) {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(origin + url)
      t.strictSame(await axe(page), [], `${width}: ${url}`)
      t.notOk(await scrollsSideways(page), `${width}: ${url}`)
      const folder = process.env.SCREENSHOTS
      if (folder !== undefined) await page.screenshot({ path: `${folder}/${n}-${width}.png`, fullPage: true })
    }
  }
})
