import type { BrowserContextOptions, Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Activity, Booking } from '../../src/platform/database/generated/client.ts'
import { anEmail } from '../support/email-context.ts'
import { perceived } from '../support/service.ts'
import { aHold, aStaffMember, anAgency } from '../support/staff.ts'
import { aBooking, anActivity, noon } from '../support/world.ts'
import { plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

interface OnTheDay { activity: Activity, confirmed: Booking, waiting: Booking }

/**
 * An agency's workshop of today with everything that the home page could say of it, and one of last week. Every text of
 * them contains a word of the agency's that occurs nowhere else.
 */
async function itsDay (db: Db, agencyId: string, word: string, given: Partial<Activity> = {}): Promise<OnTheDay> {
  const staff = await aStaffMember(db, { name: `Hal ${word}`, email: `hal@${word}.example`, role: 'host', agencyId })
  const at = (hours: number) => ({
    startsAt: noon.plus({ hours }).toJSDate(), endsAt: noon.plus({ hours: hours + 1 }).toJSDate()
  })
  const activity = await anActivity(db, {
    ...at(6), title: `Gaming in ${word}`, summary: `For ${word}.`, visibility: 'agency', capacity: 4, leadAgencyId: agencyId, ...given
  })
  const { id } = activity
  await db.activityHost.create({ data: { activityId: id, staffMemberId: staff.id } })
  await db.teamsMeeting.create({
    data: { activityId: id, status: 'failed', problem: `${word} did not answer.`, askedAt: noon.toJSDate() }
  })
  await aHold(db, id, { agencyId, code: `${word.toUpperCase()}26`, returnsAt: noon.plus({ hours: 3 }).toJSDate() })
  const confirmed = await aBooking(db, id, {
    name: `Ann ${word}`,
    email: `ann@${word}.example`,
    places: 2,
    accessNeeds: `Captions for ${word}`,
    question: `What of ${word}?`,
    unreachableAt: noon.toJSDate()
  })
  await anEmail(db, confirmed.id, { status: 'failed' })
  const waiting = await aBooking(db, id, { name: `Wes ${word}`, email: `wes@${word}.example`, status: 'waiting', places: 2 })
  await db.bulletin.create({
    data: {
      activityId: id,
      number: 1,
      audience: 'confirmed',
      heading: `What to bring to ${word}`,
      body: `A pen of ${word}.`,
      madeById: staff.id,
      createdAt: noon.toJSDate(),
      sentAt: noon.toJSDate()
    }
  })
  const past = await anActivity(db, { ...at(-170), title: `Past in ${word}`, visibility: 'agency', leadAgencyId: agencyId })
  await aBooking(db, past.id, { name: `Pat ${word}`, email: `pat@${word}.example`, createdAt: noon.minus({ days: 9 }).toJSDate() })
  return { activity, confirmed, waiting }
}

/**
 * An organiser of an agency on the home page; another agency has as much, something public, and something with theirs.
 */
async function aPartner (t: Test, options: BrowserContextOptions) {
  const its = await aSite(t)
  const { origin } = its
  const police = await anAgency(its.db, { name: 'Cumbria Police', slug: 'cumbria-police' })
  const council = await anAgency(its.db, { name: 'Westmorland Council', slug: 'westmorland-council' })
  const ours = await itsDay(its.db, police.id, 'fellside')
  const theirs = await itsDay(its.db, council.id, 'harbour')
  const shown = await itsDay(its.db, council.id, 'lakeside', { visibility: 'public' })
  const together = await anActivity(its.db, { title: 'Both of us', visibility: 'agency', leadAgencyId: council.id, capacity: 9 })
  await its.db.activityPartner.create({ data: { activityId: together.id, agencyId: police.id } })
  const alongside = await aBooking(its.db, together.id, { name: 'Tom Harbour', email: 'tom@harbour.example', accessNeeds: 'A harbour' })
  const { page } = await its.staffAt(options, { name: 'Pia Partner', email: 'pia@police.example', role: 'organiser', agencyId: police.id })
  await page.goto(`${origin}/staff`)
  /** Every text of the other agency that is no common word. */
  const secrets = [
    'harbour',
    theirs.activity.slug,
    // What is public they may read of, and no more: not who comes, nor what was written to them.
    ...['Ann', 'Wes', 'Pat', 'Captions for', 'What of', 'What to bring to', 'A pen of'].map(words => `${words} lakeside`),
    '@lakeside.example', 'lakeside26', 'lakeside did not answer',
    ...[theirs, shown].flatMap(({ confirmed, waiting }) =>
      [confirmed, waiting].flatMap(({ id, reference }) => [id, reference])),
    alongside.id,
    alongside.reference
  ]
  return { origin, page, ours, theirs, shown, together, alongside, secrets }
}

const main = async (page: Page) => (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ')

/** The secrets that a text contains, in any spelling. */
function leaked (text: string, secrets: string[]): string[] {
  const read = text.toLowerCase()
  return secrets.filter(secret => read.includes(secret.toLowerCase()))
}

/** What the service answers to whoever is signed in on a page. To draw it too would cost far more, and tell no more. */
async function ask (page: Page, url: string): Promise<{ status: number, text: string }> {
  const answer = await page.request.get(url)
  return { status: answer.status(), text: await answer.text() }
}

/** Maximum number of pages visited; the walk ends well before, unless there is an endless path. */
const maxPages = 150

/** Number of addresses of a page that sorts, filters, or goes from month to month, besides its first. */
const maxViews = 3

for (const [whose, options] of [
  ['at a desk', { viewport: { width: 1280, height: 900 } }], ['on a small phone without scripts', plainPhone]
] as const) {
  t.test(`an organiser of a partner agency sees theirs and nothing of the others, ${whose}`, withBrowser, async t => {
    const { origin, page, ours, theirs, secrets } = await aPartner(t, options)

    await t.test('at home', async t => {
      const home = await main(page)
      t.match(home, /1 workshop starts within 48 hours and has no Teams link Gaming in fellside/)
      t.match(home, /1 question sent in advance is not dealt with.*1 person does not get our emails.*1 person told us what would help/)
      t.match(home, /Gaming in fellside.*2 of 4 booked 1 held 1 free 2 waiting.*Both of us.*1 of 9 booked/)
      t.match(home, /3 bookings in the last 30 days/)
      t.ok(await page.locator('.pk-coming .pk-bar').first().isVisible())
      const picture = page.getByRole('img', { name: /^A bar for each/ })
      await picture.scrollIntoViewIfNeeded()
      const drawn = await (await page.request.get(`${origin}/staff/bookings-per-day.svg`)).text()
      t.match(drawn, '<svg')
      t.strictSame(leaked(await page.content() + drawn, secrets), [])
      t.notOk(await scrollsSideways(page))
    })

    await t.test('in the list of activities', async t => {
      await page.getByRole('link', { name: 'Activities', exact: true }).click()
      t.strictSame(await page.locator('main th a').allInnerTexts(), ['Gaming in fellside', 'Gaming in lakeside', 'Both of us'])
      await page.goto(`${origin}/staff/activities?view=past`)
      t.strictSame(await page.locator('main th a').allInnerTexts(), ['Past in fellside'])
    })

    await t.test('by searching', async t => {
      const search = async (typed: string) => {
        await page.getByRole('link', { name: 'People', exact: true }).click()
        await page.getByLabel('Name, email address, phone number or reference').fill(typed)
        await page.getByRole('button', { name: 'Search' }).click()
        return await main(page)
      }
      t.match(await search('ann'), /1 booking, those still to come first.*Ann fellside/)
      t.match(await search('pat'), /1 booking.*Pat fellside.*\(past\)/)
      for (const typed of [
        'harbour', 'Ann harbour', 'ann@harbour.example', 'Tom', theirs.confirmed.reference, theirs.waiting.reference
      ]) {
        t.match(await search(typed), 'We found nobody.', typed)
      }
      await search(ours.confirmed.reference)
      await page.getByRole('link', { name: 'Ann fellside' }).click()
      t.equal(await page.locator('h1').innerText(), 'Ann fellside')
    })
  })
}

t.test('the links of every page that can be reached from home lead a partner to nothing of the others', withBrowser, async t => {
  const { origin, page, ours, together, secrets } = await aPartner(t, plainPhone)
  const known = new Set([`${origin}/staff`])
  const found: string[] = []
  for (const url of known) {
    if (known.size > maxPages) break
    const { status, text } = await ask(page, url)
    if (status !== 200) found.push(`${status} ${url}`)
    for (const secret of leaked(text, secrets)) found.push(`${secret} ${url}`)
    for (const [, href = ''] of text.matchAll(/<(?:a|iframe)\s[^>]*?(?:href|src)="([^"]*)"/g)) {
      const to = new URL(href.replaceAll('&amp;', '&'), url)
      if (to.origin !== origin || !to.pathname.startsWith('/staff')) continue
      // A made-up booking, in all circumstances.
      if (to.pathname.startsWith('/staff/letters/kinds') && to.search !== '') continue
      to.hash = ''
      // A list in every order and by every filter shows the same people, and months never end: some are enough.
      const views = [...known].filter(one => one.startsWith(`${to.origin}${to.pathname}?`))
      if (to.search !== '' && views.length >= maxViews) continue
      known.add(to.href)
    }
  }
  t.comment(`${known.size} addresses`)
  t.ok(known.size <= maxPages, 'the walk came to an end')
  t.strictSame(found, [])
  const at = `${origin}/staff/activities`
  for (const url of [
    `${at}/${ours.activity.slug}`, `${at}/${ours.activity.slug}/bookings/${ours.confirmed.id}`,
    `${at}/${ours.activity.slug}/evening`, `${at}/${ours.activity.slug}/attendees`, `${at}/${ours.activity.slug}/list`,
    `${at}/${together.slug}`, `${origin}/staff/letters`, `${origin}/staff/lists`,
    `${origin}/staff/reports`
  ]) t.ok(known.has(url), `${url} was reached`)
  // Lists are sent by a form, which no link leads to.
  const list = await ask(page, `${at}/${ours.activity.slug}/attendees.csv`)
  t.strictSame([list.status, leaked(list.text, secrets)], [200, []])
  t.match(list.text, 'Ann fellside')
})

t.test('what another agency has answers a partner “Page not found”; what is public only its first page', withBrowser, async t => {
  const { origin, page, ours, theirs, shown, together, alongside, secrets } = await aPartner(t, plainPhone)
  const titles = secrets.filter(secret => !/^[\w-]{30,}$/.test(secret))

  for (const { activity, confirmed } of [theirs, shown]) {
    for (const path of [
      '', '/evening', '/hosts', '/edit', '/places', '/holds', '/waiting-list', '/meeting', '/letters', '/bulletins', '/attendees',
      '/attendees.csv', '/list', '/sign-in-sheet', '/sign-in-sheet.pdf', '/attendance-report', '/evaluation', '/settings',
      `/bookings/${confirmed.id}`, `/bookings/${confirmed.id}/letters`,
      `/bookings/${confirmed.id}/details`, `/bookings/${confirmed.id}/move`, `/bookings/${confirmed.id}/cancellation`, '/bookings/new'
    ]) {
      const { status, text } = await ask(page, `${origin}/staff/activities/${activity.slug}${path}`)
      const isShown = activity === shown.activity
      t.equal(status, isShown ? path === '' ? 200 : 403 : 404, path)
      if (!isShown) t.equal(perceived({ body: text }).h1, 'Page not found', path)
      t.strictSame(leaked(text, titles), [], path)
    }
  }
  for (const [slug, booking] of [[ours.activity.slug, theirs.confirmed.id], [together.slug, alongside.id]] as const) {
    for (const path of ['', '/details', '/letters', '/cancellation']) {
      const { status, text } = await ask(page, `${origin}/staff/activities/${slug}/bookings/${booking}${path}`)
      t.ok([403, 404].includes(status), path)
      t.strictSame(leaked(text, titles), [], path)
    }
  }
})
