import t from 'tap'
import type { Page } from 'playwright-core'
import { doJobs, keeping, contextWith } from '../support/email-context.ts'
import { aLegalHold, aRequestOf, tellPeople } from '../support/requests.ts'
import { links } from '../support/service.ts'
import { aBooking, anActivity, noon } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

async function main (page: Page): Promise<string> {
  return (await page.locator('main').textContent() ?? '').replaceAll(/\s+/g, ' ')
}

t.test('on a small phone without scripts a parent asks for a copy, staff look and answer, and the parent reads it', withBrowser, async t => {
  const its = await aSite(t)
  const { db, origin } = its
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { email: 'anne@example.org', accessNeeds: 'Captions, please' })
  const mailer = keeping()
  const context = { ...contextWith(its, mailer), publicUrl: origin }
  const parent = await openPage(t, plainPhone)
  const { page: admin } = await its.staffAt(plainPhone, { role: 'admin' })

  await parent.goto(`${origin}/bookings/${links.tokenOf(id)}`)
  await parent.getByRole('link', { name: 'Get a copy of what we hold about you' }).click()
  await parent.getByRole('button', { name: 'Ask for a copy' }).click()
  t.match(await main(parent), /We have had your request since Monday 23 November 2026/)

  await admin.goto(`${origin}/staff`)
  await admin.getByRole('link', { name: 'Request for a copy of what we hold' }).click()
  await admin.getByRole('button', { name: 'See everything we hold about them' }).click()
  t.match(await main(admin), /Captions, please/)
  t.notOk(await scrollsSideways(admin))
  await admin.goto(`${origin}/staff/requests`)
  await admin.getByRole('link', { name: /Request for a copy/ }).click()
  await admin.getByRole('button', { name: 'Continue' }).click()
  t.match(await main(admin), /Enter your answer/)
  await admin.getByLabel('Your answer').fill('Here is your copy.')
  await admin.getByRole('button', { name: 'Continue' }).click()
  await admin.getByRole('button', { name: 'Send the answer' }).click()
  t.match(await main(admin), /The answer is saved/)

  await tellPeople(its, context)
  const [, url = ''] = /<?(http\S+\/copies\/[\w-]+)/.exec(mailer.kept.at(-1)?.text ?? '') ?? []
  await parent.goto(url)
  t.notMatch(await main(parent), /Captions/)
  await parent.getByRole('button', { name: 'Show my copy' }).click()
  t.match(await main(parent), /Captions, please/)
  t.notOk(await scrollsSideways(parent))
})

t.test('on a small phone without scripts an admin reads what deleting does, deletes, and nothing is found any more', withBrowser, async t => {
  const its = await aSite(t)
  const { db, origin } = its
  const { id: activityId } = await anActivity(db)
  await aBooking(db, activityId, { email: 'anne@example.org' })
  const { page } = await its.staffAt(plainPhone, { role: 'admin' })
  await page.goto(`${origin}/staff`)

  await page.getByRole('link', { name: 'Personal data' }).click()
  await page.getByRole('link', { name: 'Everything about one person' }).click()
  await page.getByLabel('Their email address').fill('anne@')
  await page.getByRole('button', { name: 'See everything' }).click()
  t.match(await main(page), /Enter an email address in the correct format/)
  await page.getByLabel('Their email address').fill('anne@example.org')
  await page.getByRole('button', { name: 'See everything' }).click()
  t.notMatch(page.url(), /anne/, 'no address stands in that of a page')
  await page.getByRole('button', { name: 'Delete everything' }).click()
  t.match(await main(page), /Nothing is deleted yet. If you delete it: Their booking is cancelled: Keeping your child safe online/)
  t.notOk(await scrollsSideways(page))
  await page.getByRole('button', { name: 'Delete everything' }).click()
  t.match(await main(page), /Their bookings are cancelled, and they are being told by email/)
  t.match(await db.booking.findFirst(), { status: 'cancelled' })
  const context = contextWith(its, keeping())
  await doJobs(its, context)
})

t.test('pages for complaining and about personal data pass axe and fit a phone and a desk', withBrowser, async t => {
  for (const width of [320, 1280]) {
    const { db, origin, staffAt } = await aSite(t)
    const activity = await anActivity(db)
    const { id } = await aBooking(db, activity.id, { email: 'anne@example.org' })
    const { id: request } = await aRequestOf(db, { kind: 'deletion', email: 'anne@example.org', text: 'Please.' })
    await aRequestOf(db, { kind: 'complaint', text: 'Nobody let me in.', dueOn: noon.minus({ days: 1 }).toJSDate() })
    await aLegalHold(db, { canonicalEmail: 'cyril.with-a-very-long-name.of-an-address@a-long-domain.example.org', reviewOn: noon.toJSDate() })
    const { id: hold } = await aLegalHold(db, { activityId: activity.id })
    const { page } = await staffAt({ viewport: { width, height: 844 } }, { role: 'admin' })
    const own = `bookings/${links.tokenOf(id)}`

    for (const path of [
      'complaints', 'complaints/sent', 'privacy', own, `${own}/copy`, `${own}/deletion`, `${own}/objection`, 'staff', 'staff/requests',
      'staff/requests?view=answered', 'staff/requests/new', `staff/requests/${request}`, `staff/requests/${request}/extension`, 'staff/person', 'staff/legal-holds',
      'staff/legal-holds/new', `staff/legal-holds/${hold}`, `staff/legal-holds/${hold}/lifting`, `staff/activities/${activity.slug}/legal-hold`
    ]) {
      await page.goto(`${origin}/${path}`)
      t.strictSame(await axe(page), [], `${path}, ${width} wide`)
      t.notOk(await scrollsSideways(page), `${path}, ${width} wide`)
    }
    await page.goto(`${origin}/staff/person`)
    await page.getByLabel('Their email address').fill('anne@example.org')
    await page.getByRole('button', { name: 'See everything' }).click()
    t.strictSame(await axe(page), [], `everything about one person, ${width} wide`)
    await page.goto(`${origin}/staff/person`)
    await page.getByLabel('Their email address').fill('anne')
    await page.getByRole('button', { name: 'See everything', exact: true }).click()
    t.strictSame(await axe(page), [], `those whom a search found, ${width} wide`)
    t.notOk(await scrollsSideways(page), `those whom a search found, ${width} wide`)
  }
})
