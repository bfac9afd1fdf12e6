import t from 'tap'
import { linksToOutcomes } from '../support/service.ts'
import { aStaffMember } from '../support/staff.ts'
import { aCampaign, anActivity, noon } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

/** A week that has just been, with its year planned, numbers of some activities, and what was learnt. */
async function aWeek ({ db }: Pick<World, 'db'>) {
  const campaign = await aCampaign(db, {
    slug: 'week',
    title: 'Know who your friends are',
    kind: 'week-of-action',
    firstDay: new Date('2026-11-16'),
    lastDay: new Date('2026-11-22')
  })
  const days = [
    ['entries-open', '2026-08-24'], ['entries-close', '2026-10-19'], ['embargo-ends', '2026-11-16'], ['numbers-due', '2026-12-20'],
    ['report-due', '2027-01-17']
  ] as const
  await db.campaignDate.createMany({
    data: days.map(([kind, day]) => ({ campaignId: campaign.id, kind, day: new Date(day), isDone: kind === 'entries-open' }))
  })
  const lead = await aStaffMember(db, { name: 'Asha Lead', email: 'asha@school.example' })
  const districts = ['Bolton', 'Bury', 'Manchester', 'Oldham']
  const activities = []
  for (let n = 0; n < 12; n++) {
    const startsAt = noon.minus({ days: 7 - n % 6 })
    const activity = await anActivity(db, {
      campaignId: campaign.id,
      slug: `stall-${n}`,
      title: `Stall at the market hall and shopping centre ${n}`,
      kind: n % 3 === 0 ? 'stall' : 'school-session',
      district: districts[n % 4] ?? null,
      isOnline: false,
      venue: 'Market Place',
      booking: 'none',
      capacity: null,
      startsAt: startsAt.toJSDate(),
      endsAt: startsAt.plus({ hours: 2 }).toJSDate(),
      ...n < 7 && { peopleReached: n === 2 ? 3 : 120 + n, leafletsGiven: 1000 }
    })
    activities.push(activity)
    if (n < 7) {
      await db.outcomeReport.create({
        data: { activityId: activity.id, tookPlace: true, learnt: 'Be there before nine.', isChosen: n === 1, givenAt: noon.toJSDate() }
      })
    }
    if (n < 10) await db.activityPlan.create({ data: { activityId: activity.id, stage: 'confirmed', ownerId: lead.id } })
  }
  return { campaign, lead, activity: activities[8] ?? await anActivity(db) }
}

t.test('the year, who has not answered, and the report are fit for a laptop, a small phone and paper', withBrowser, async t => {
  const its = await aSite(t)
  await aWeek(its)
  const { page } = await its.staffAt({ viewport: { width: 1280, height: 800 } })
  const { page: phone } = await its.staffAt({ ...plainPhone, viewport: { width: 320, height: 640 } })

  for (const path of ['campaigns/week/cycle', 'campaigns/week/outcomes', 'campaigns/week/report', 'activities/stall-8/outcome']) {
    for (const at of [page, phone]) {
      await at.goto(`${its.origin}/staff/${path}`)
      t.notOk(await scrollsSideways(at), path)
    }
    t.strictSame(await axe(page), [], path)
  }

  await page.goto(`${its.origin}/staff/campaigns/week/cycle`)
  const pdf = await page.pdf({ preferCSSPageSize: true })
  t.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1, 'the year is one sheet')

  await page.goto(`${its.origin}/staff/campaigns/week/cycle?done=saved`)
  const banner = page.getByText('The dates are saved.')
  t.ok(await banner.isVisible())
  await page.emulateMedia({ media: 'print' })
  t.notOk(await banner.isVisible(), 'what is news for a minute is not printed')
})

t.test('a school secretary says on a phone, without scripts, what it came to', withBrowser, async t => {
  const its = await aSite(t)
  const { activity, lead } = await aWeek(its)
  const { page } = await its.staffAt(plainPhone)
  await page.context().clearCookies()

  await page.goto(`${its.origin}/outcomes/${linksToOutcomes.tokenFor(activity.id, lead.email)}`)
  t.notOk(await scrollsSideways(page))
  await page.getByLabel('Yes').check()
  await page.getByLabel('People reached').fill('12,000')
  await page.getByRole('button', { name: 'Save' }).click()
  t.match(await page.locator('main').textContent(), /12,000 people reached: is that right\?/)
  t.notOk(await scrollsSideways(page))
  await page.getByLabel('Yes, these numbers are right').check()
  await page.getByRole('button', { name: 'Save' }).click()
  t.match(await page.locator('main').textContent(), /Thank you. We have what you said/)
  t.match(await its.db.activity.findUnique({ where: { id: activity.id } }), { peopleReached: 12_000 })
})

t.test('the page behind the link is accessible, before and after', withBrowser, async t => {
  const its = await aSite(t)
  const { activity, lead } = await aWeek(its)
  const { page } = await its.staffAt({ viewport: { width: 320, height: 640 } })
  const url = `${its.origin}/outcomes/${linksToOutcomes.tokenFor(activity.id, lead.email)}`

  await page.goto(url)
  t.strictSame(await axe(page), [])
  await page.getByLabel('Leaflets given out').fill('9000')
  await page.getByRole('button', { name: 'Save' }).click()
  t.strictSame(await axe(page), [])
  await page.getByLabel('Yes', { exact: true }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  t.strictSame(await axe(page), [])
  t.notOk(await scrollsSideways(page))
})
