import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import type { ParsedMail } from 'mailparser'
import t from 'tap'
import { createSignInLink } from '../../src/identity/sign-in/commands.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { eventually, runService } from '../support/running-service.ts'
import type { RunningService } from '../support/running-service.ts'
import { aCampaign, anActivity, world } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'

const startsAt = new Date(Date.now() + 7 * 86_400_000)
const inAWeek = { startsAt, endsAt: new Date(startsAt.getTime() + 1_800_000) }

async function emailsTo (service: RunningService, address: string): Promise<ParsedMail[]> {
  const folder = join(service.dataDir, 'mail')
  const files = (await readdir(folder).catch(() => [])).filter(file => file.endsWith('.eml'))
  const emails = await Promise.all(files.map(async file => await simpleParser(await readFile(join(folder, file)))))
  return emails.filter(({ to }) => [to].flat().some(group => group?.text.includes(address)))
}

/** Waits for the email to an address whose subject begins with `subject`. */
async function emailTo (service: RunningService, address: string, subject: string): Promise<ParsedMail> {
  let email: ParsedMail | undefined
  await eventually(async () => {
    email = (await emailsTo(service, address)).find(email => email.subject?.startsWith(subject))
    return email !== undefined
  })
  return email as ParsedMail
}

function linkIn (email: ParsedMail, pattern: RegExp): string {
  const [link] = pattern.exec(email.text ?? '') ?? []
  if (link === undefined) throw new Error(`No ${pattern} in:\n${email.text}`)
  return link
}

t.test('a parent on a small phone without scripts books, waits, and gets the place that another gave back',
  withBrowser, async t => {
    const { db, url: DATABASE_URL } = await world(t)
    const { id: campaignId } = await aCampaign(db, { districts: ['Cumberland', 'Westmorland and Furness'] })
    const activity = await anActivity(db, { ...inAWeek, campaignId, capacity: 1 })
    const service = await runService(t, { DATABASE_URL })
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
  const { db, url: DATABASE_URL } = await world(t)
  const activity = await anActivity(db, inAWeek)
  const service = await runService(t, { DATABASE_URL })
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
  t.equal(await db.booking.count(), 0)
})

t.test('axe-core has nothing to report on any public page, at any width', withBrowser, async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const { id: campaignId, slug: campaign } = await aCampaign(db, { districts: ['Cumberland'] })
  const open = await anActivity(db, { ...inAWeek, campaignId, placesPerBooking: 3 })
  const full = await anActivity(db, { ...inAWeek, campaignId, capacity: 1 })
  const closed = await anActivity(db, { ...inAWeek, campaignId, bookingClosesAt: new Date() })
  const cancelled = await anActivity(db, { ...inAWeek, campaignId, status: 'cancelled', cancellationReason: 'Snow.' })
  const service = await runService(t, { DATABASE_URL })
  const page = await openPage(t)

  const post = async (slug: string, email: string) => {
    await page.goto(`${service.url}/activities/${slug}/book`)
    await page.getByLabel('Full name').fill('Anne Kirkbride')
    await page.getByLabel('Email address').fill(email)
    await page.locator('input[name=role][value=parent]').check()
    await page.getByLabel('Cumberland', { exact: true }).check()
    await page.locator('form[method=post] button').last().click()
  }
  await post(full.slug, 'anne@example.org')
  await post(full.slug, 'zoe@example.org')
  const own = []
  for (const address of ['anne@example.org', 'zoe@example.org']) {
    const email = await emailTo(service, address, 'You')
    own.push(new URL(linkIn(email, /http\S+\/bookings\/[\w-]+/)).pathname)
  }

  const paths = [
    '/', `/campaigns/${campaign}`, ...[open, full, closed, cancelled].map(({ slug }) => `/activities/${slug}`),
    `/activities/${open.slug}/book`, `/activities/${closed.slug}/book`, `/activities/${open.slug}/booked`,
    ...own, `${own[0]}/cancellation`, `${own[0]}/reminders`, '/find-my-booking', '/find-my-booking/sent', '/help',
    '/privacy', '/cookies', '/accessibility', '/nowhere', '/staff/sign-in'
  ]
  for (const viewport of [{ width: 320, height: 640 }, { width: 1280, height: 900 }]) {
    await page.setViewportSize(viewport)
    for (const path of paths) {
      await page.goto(service.url + path)
      t.strictSame(await axe(page, { isMissing: path === '/nowhere' }), [], `${path} at ${viewport.width} px`)
      t.notOk(await scrollsSideways(page), `${path} fits ${viewport.width} px`)
    }
    await page.goto(`${service.url}/activities/${open.slug}/book`)
    await page.locator('form[method=post] button').last().click()
    t.strictSame(await axe(page), [], `the form with errors at ${viewport.width} px`)
    t.notOk(await scrollsSideways(page), `the form with errors fits ${viewport.width} px`)
  }
})

t.test('every public page says who to call and can be left at once', withBrowser, async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const { slug } = await anActivity(db, inAWeek)
  const service = await runService(t, { DATABASE_URL })
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
  const { db, url: DATABASE_URL } = await world(t)
  const activity = await anActivity(db, inAWeek)
  const service = await runService(t, { DATABASE_URL })
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
