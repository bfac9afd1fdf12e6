import { readFile } from 'node:fs/promises'
import type { ParsedMail } from 'mailparser'
import t from 'tap'
import { createSignInLink } from '../../src/identity/sign-in/commands.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { emailsTo, emailTo } from '../support/kept-emails.ts'
import { aRunningService, eventually } from '../support/running-service.ts'
import { aCampaign, anActivity } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'

const startsAt = new Date(Date.now() + 7 * 86_400_000)
const inAWeek = { startsAt, endsAt: new Date(startsAt.getTime() + 1_800_000) }

/** For all tests of this file. */
const running = aRunningService(t)

function linkIn (email: ParsedMail, pattern: RegExp): string {
  const [link] = pattern.exec(email.text ?? '') ?? []
  if (link === undefined) throw new Error(`No ${pattern} in:\n${email.text}`)
  return link
}

t.test('a parent on a small phone without scripts books, waits, and gets the place that another gave back',
  withBrowser, async t => {
    const { db, service } = await running
    const { id: campaignId } = await aCampaign(db, { districts: ['Cumberland', 'Westmorland and Furness'] })
    const activity = await anActivity(db, { ...inAWeek, campaignId, capacity: 1, title: 'Only one place' })
    const page = await openPage(t, plainPhone)

    const book = async (name: string, email: string) => {
      await page.goto(`${service.url}/`)
      t.notOk(await scrollsSideways(page), 'the programme fits the screen')
      await page.getByRole('link', { name: activity.title }).first().click()
      t.notOk(await scrollsSideways(page), 'the activity fits the screen')
      await page.getByRole('button', { name: /book|waiting list/i }).first().click()
      t.notOk(await scrollsSideways(page), 'the form fits the screen')
      await page.getByLabel('Full name').fill(name)
      await page.getByLabel('Email address').fill(email)
      await page.locator('input[name=role][value=parent]').check()
      await page.getByLabel('Cumberland', { exact: true }).check()
      await page.locator('form[method=post] button').last().click()
      t.match(page.url(), /\/booked$/)
    }

    await book('Anne Kirkbride', 'anne@example.org')
    const confirmed = await emailTo(service, 'anne@example.org', 'Your place is booked')
    t.match(confirmed.text, /999/, 'the email says who to call')

    await eventually(async () => {
      await page.goto(`${service.url}/activities/${activity.slug}`)
      return (await page.locator('main').innerText()).includes('Fully booked: join the waiting list')
    })
    await book('Zoë O’Brien-Świątek', 'zoe@example.org')
    const waiting = await emailTo(service, 'zoe@example.org', 'You are on the waiting list')
    await page.goto(linkIn(waiting, /http\S+\/bookings\/[\w-]+/).replace(/^http:\/\/[^/]+/, service.url))
    t.match(await page.locator('main').innerText(), /waiting list/i)

    await page.goto(linkIn(confirmed, /http\S+\/bookings\/[\w-]+/).replace(/^http:\/\/[^/]+/, service.url))
    t.notOk(await scrollsSideways(page), 'the own booking fits the screen')
    await page.getByRole('button', { name: /cancel/i }).or(page.getByRole('link', { name: /cancel/i })).first().click()
    await page.getByRole('button', { name: /cancel/i }).first().click()
    t.match(await page.locator('main').innerText(), /cancelled/i)

    const found = await emailTo(service, 'zoe@example.org', 'A place for you')
    t.match(found.text, /Teams/)
    await emailTo(service, 'anne@example.org', 'Your booking is cancelled')
    t.equal((await emailsTo(service, 'anne@example.org')).length, 2)
    t.equal((await emailsTo(service, 'zoe@example.org')).length, 2)
  })

t.test('a form with mistakes comes back with what was typed and says what to mend', withBrowser, async t => {
  const { db, service } = await running
  const activity = await anActivity(db, inAWeek)
  const page = await openPage(t, plainPhone)

  await page.goto(`${service.url}/activities/${activity.slug}/book`)
  await page.getByLabel('Full name').fill('Anne https://evil.example')
  await page.locator('form[method=post] button').last().click()

  t.match(await page.title(), /^Error: /)
  const summary = page.getByRole('alert')
  t.match(await summary.innerText(), /There is a problem/)
  t.equal(await page.getByLabel('Full name').inputValue(), 'Anne https://evil.example')
  for (const link of await summary.getByRole('link').all()) {
    const target = await link.getAttribute('href') ?? ''
    t.equal(await page.locator(target).count(), 1, `${target} is on the page`)
  }
  t.notOk(await scrollsSideways(page))
  t.equal(await db.booking.count({ where: { activityId: activity.id } }), 0)
})

t.test('every public page says who to call and can be left at once', withBrowser, async t => {
  const { db, service } = await running
  const { slug } = await anActivity(db, inAWeek)
  const page = await openPage(t, plainPhone)

  for (const path of ['/', `/activities/${slug}`, `/activities/${slug}/book`, '/find-my-booking', '/help', '/nowhere']) {
    await page.goto(service.url + path)
    for (const number of ['999', '101', '08001111', '08088005000']) {
      t.ok(await page.locator(`a[href="tel:${number}"]`).count() > 0, `${path} has ${number}`)
    }
    t.ok(await page.locator('a[href="/exit"]').count() > 0, `${path} can be left`)
  }
})

t.test('a member of staff signs in with the link, sees who comes and takes the list along', withBrowser, async t => {
  const { db, service } = await running
  const activity = await anActivity(db, { ...inAWeek, title: 'Who comes to this one' })
  const email = 'organiser@example.org'
  await db.staffMember.create({ data: { email, name: 'Olive Organiser', role: 'admin' } })
  const page = await openPage(t, { acceptDownloads: true })
  await page.goto(`${service.url}/activities/${activity.slug}/book`)
  await page.getByLabel('Full name').fill('Anne Kirkbride')
  await page.getByLabel('Email address').fill('anne@example.org')
  await page.locator('input[name=role][value=parent]').check()
  await page.locator('form[method=post] button').last().click()

  const link = await createSignInLink(db, { email, publicUrl: service.url }, systemClock())
  await page.goto(link)
  await page.getByRole('button', { name: /sign in/i }).click()
  t.match(page.url(), /\/staff$/)
  t.strictSame(await axe(page), [], 'the list of activities')
  await page.getByRole('link', { name: activity.title }).first().click()
  await page.getByRole('link', { name: 'Attendees', exact: true }).click()
  t.match(await page.locator('main').innerText(), /Anne Kirkbride/)
  t.strictSame(await axe(page), [], 'the attendees')
  await page.getByRole('button', { name: 'Download a list' }).click()
  t.strictSame(await axe(page), [], 'what a list has')
  await page.getByLabel('CSV, for other programs').check()
  await page.getByLabel('To call or email people').check()
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('button', { name: 'Download the list' }).click()
  ])
  const csv = await readFile(await download.path(), 'utf8')

  t.equal(csv.charCodeAt(0), 0xfeff, 'a byte order mark, for Excel')
  t.match(csv, /Anne Kirkbride,anne@example\.org/)
  t.equal(await db.auditEntry.count({ where: { action: 'attendees.exported' } }), 1)
})
