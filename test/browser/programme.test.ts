import t from 'tap'
import { read } from '../support/icalendar.ts'
import { doJobs, keeping, contextWith } from '../support/email-context.ts'
import { aBooking, anActivity, announced } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('an organiser on a small phone without scripts moves a full workshop by a week, and everyone’s email and calendar follow',
  withBrowser, async t => {
    const its = await aSite(t)
    const { origin } = its
    const activity = await anActivity(its.db, { capacity: 3 })
    for (let n = 0; n < 3; n++) await aBooking(its.db, activity.id)
    await aBooking(its.db, activity.id, { status: 'waiting' })
    const { page } = await its.staffAt(plainPhone)

    await page.goto(`${origin}/staff/activities/${activity.slug}`)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('link', { name: /^Change\s+When$/ }).click()
    t.notOk(await scrollsSideways(page))
    await page.getByLabel('First day').fill('2026-12-08')
    await page.getByRole('button', { name: 'Save' }).click()
    t.notOk(await scrollsSideways(page))
    t.match(await page.locator('main').textContent(), /3 people get an updated invitation\./)
    t.equal((await announced(its.db, 'booking.changed')).length, 0)
    await page.getByRole('button', { name: 'Save and tell 4 people' }).click()

    t.match(await page.locator('main').textContent(), /Tuesday 8 December 2026, 6pm to 6:30pm/)
    t.equal((await announced(its.db, 'booking.changed')).length, 4)

    const mailer = keeping()
    t.strictSame(await doJobs(its, contextWith(its, mailer)), [])
    const moved = mailer.kept.map(({ text, calendar }) => ({
      says: text.includes('Tuesday 8 December 2026, 6pm to 6:30pm'),
      calendar: calendar && read(calendar.content)
    }))
    const invitations = moved.flatMap(({ calendar }) => calendar ?? [])
    t.strictSame(moved.map(({ says }) => says), [true, true, true, true])
    t.strictSame(invitations.map(({ method, events: [event] }) => [method, event?.sequence, event?.start]),
      Array.from({ length: 3 }, () => ['REQUEST', 1, '2026-12-08T18:00:00Z']), 'who waits has nothing in a calendar')
    const uids = await its.db.booking.findMany({ where: { status: 'confirmed' }, select: { icalUid: true } })
    t.strictSame(invitations.map(({ events: [event] }) => event?.uid).sort(), uids.map(({ icalUid }) => icalUid).sort(),
      'each is the entry that was there')
  })

t.test('the pages on which activities are made pass axe', withBrowser, async t => {
  const its = await aSite(t)
  const { origin } = its
  const activity = await anActivity(its.db, { status: 'draft' })
  const { page } = await its.staffAt()

  const ofOne = ['edit', 'publish', 'repeat'].map(page => `activities/${activity.slug}/${page}`)
  for (const path of [...ofOne, 'activities/new']) {
    await page.goto(`${origin}/staff/${path}`)
    t.strictSame(await axe(page), [], path)
  }
  await page.goto(`${origin}/staff/activities/${activity.slug}/edit`)
  await page.getByLabel('Title').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  t.strictSame(await axe(page), [], 'with something wrong')
})
