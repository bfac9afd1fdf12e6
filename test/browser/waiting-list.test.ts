import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import type { ParsedMail } from 'mailparser'
import t from 'tap'
import { eventually, runService } from '../support/running-service.ts'
import type { RunningService } from '../support/running-service.ts'
import { links } from '../support/service.ts'
import { anAgency } from '../support/staff.ts'
import { aBooking, anActivity, world } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000)
const inAWeek = { startsAt: at(10_080), endsAt: at(10_110) }
const inAnHour = { startsAt: at(60), endsAt: at(90) }

/** Waits for the email to an address whose subject begins with `subject`. */
async function emailTo (service: RunningService, address: string, subject: string): Promise<ParsedMail> {
  const folder = join(service.dataDir, 'mail')
  let email: ParsedMail | undefined
  await eventually(async () => {
    const files = (await readdir(folder).catch(() => [])).filter(file => file.endsWith('.eml'))
    const emails = await Promise.all(files.map(async file => await simpleParser(await readFile(join(folder, file)))))
    email = emails.find(email =>
      [email.to].flat().some(group => group?.text.includes(address)) && email.subject?.startsWith(subject))
    return email !== undefined
  })
  return email as ParsedMail
}

/** The link in an email to the page of one's own booking, on this machine. */
function ownPageIn (email: ParsedMail, service: RunningService): string {
  const [, path] = /https?:\/\/[^/\s]+(\/bookings\/[\w-]+)/.exec(email.text ?? '') ?? []
  if (path === undefined) throw new Error(`No link in:\n${email.text}`)
  return service.url + path
}

t.test('a parent on a small phone without scripts waits, is offered the freed place, accepts it and is invited',
  withBrowser, async t => {
    const { db, url: DATABASE_URL } = await world(t)
    const activity = await anActivity(db, { ...inAWeek, capacity: 1, waitingList: 'offers' })
    const service = await runService(t, { DATABASE_URL })
    const page = await openPage(t, plainPhone)

    const book = async (name: string, email: string) => {
      await page.goto(`${service.url}/activities/${activity.slug}/book`)
      await page.getByLabel('Full name').fill(name)
      await page.getByLabel('Email address').fill(email)
      await page.locator('input[name=role][value=parent]').check()
      await page.locator('form[method=post] button').last().click()
      t.match(page.url(), /\/booked$/)
    }

    await book('Anne Kirkbride', 'anne@example.org')
    const confirmed = await emailTo(service, 'anne@example.org', 'Your place is booked')
    await book('Zoë O’Brien-Świątek', 'zoe@example.org')
    const waiting = await emailTo(service, 'zoe@example.org', 'You are on the waiting list')
    t.match(waiting.text, 'You are next in line.')
    t.match(waiting.text, 'Offers never run out between 10pm and 7am.')

    await page.goto(ownPageIn(confirmed, service))
    await page.getByRole('button', { name: 'Cancel my booking' }).or(page.getByRole('link', { name: 'Cancel my booking' })).click()
    await page.getByRole('button', { name: 'Yes, cancel my booking' }).click()

    const offer = await emailTo(service, 'zoe@example.org', 'A place is free for you')
    t.match(offer.text, 'Please tell us by ')
    t.strictSame(offer.attachments.filter(({ contentType }) => contentType === 'text/calendar'), [])
    await page.goto(ownPageIn(offer, service))
    t.equal(await page.locator('h1').innerText(), 'A place is free for you')
    t.notOk(await scrollsSideways(page), 'the offer fits the screen')
    await page.getByRole('button', { name: 'Accept the place' }).click()
    t.equal(await page.locator('h1').innerText(), 'You have a place')

    const found = await emailTo(service, 'zoe@example.org', 'A place for you')
    const invitation = found.attachments.find(({ contentType }) => contentType === 'text/calendar')
    t.match(invitation?.content.toString(), /METHOD:REQUEST/)
    t.match(found.text, 'How to join')
  })

t.test('axe-core has nothing to report on the pages of those who wait, and all fit a small phone', withBrowser, async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const offering = { capacity: 3, waitingList: 'offers', placesPerBooking: 2 } as const
  const { id: weekId, slug } = await anActivity(db, { ...inAWeek, ...offering })
  const { id: hourId } = await anActivity(db, { ...inAnHour, ...offering, capacity: 1 })
  const { id: agencyId } = await anAgency(db)
  await db.hold.create({
    data: { activityId: weekId, agencyId, code: 'K7PMW3QD', places: 1, returnsAt: at(2880), createdAt: at(0) }
  })
  await db.priorityGroup.create({
    data: { activityId: weekId, rank: 1, name: 'Foster carers', reason: 'they look after children who were harmed' }
  })
  const offered = await aBooking(db, weekId, { status: 'offered', places: 2, offeredUntil: at(1440) })
  const waiting = await aBooking(db, weekId, { status: 'waiting' })
  const called = await aBooking(db, hourId, { status: 'waiting', offers: 1, calledAt: at(0) })
  const lapsed = []
  for (const lapseReason of ['unanswered', 'refused', 'closed']) {
    lapsed.push(await aBooking(db, weekId, { status: 'lapsed', lapseReason }))
  }
  const service = await runService(t, { DATABASE_URL })
  const page = await openPage(t)
  const headings = new Map([
    [offered.id, '2 places are free for you'], [waiting.id, 'You are on the waiting list'],
    [called.id, 'A place is free'], [lapsed[0]?.id, 'Your offer has ended'],
    [lapsed[1]?.id, 'You said that you cannot come'], [lapsed[2]?.id, 'The waiting list has closed']
  ])

  for (const viewport of [{ width: 320, height: 640 }, { width: 1280, height: 900 }]) {
    await page.setViewportSize(viewport)
    for (const [id = '', heading] of headings) {
      await page.goto(`${service.url}/bookings/${links.tokenOf(id)}`)
      t.equal(await page.locator('h1').innerText(), heading)
      t.strictSame(await axe(page), [], `“${heading}” at ${viewport.width} px`)
      t.notOk(await scrollsSideways(page), `“${heading}” fits ${viewport.width} px`)
    }
    await page.goto(`${service.url}/activities/${slug}/book`)
    t.strictSame(await axe(page), [], `the form with a code at ${viewport.width} px`)
    await page.getByLabel('Full name').fill('Anne Kirkbride')
    await page.getByLabel('Email address').fill('anne@example.org')
    await page.locator('input[name=role][value=parent]').check()
    await page.getByLabel('Code').fill('WRONG')
    await page.locator('form[method=post] button').last().click()
    t.match(await page.getByRole('alert').innerText(), 'This code is not for this activity.')
    t.strictSame(await axe(page), [], `the form with a wrong code at ${viewport.width} px`)
    t.notOk(await scrollsSideways(page), `the form with a wrong code fits ${viewport.width} px`)
  }

  await page.goto(`${service.url}/bookings/${links.tokenOf(waiting.id)}`)
  const answer = page.waitForResponse(response => response.request().method() === 'POST')
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend',
    '<form id="early" method="post" action="' + location.pathname + '/acceptance"></form>'); document.forms.early.submit()`)
  t.equal((await answer).status(), 409)
  await page.getByText('no place is offered to you at the moment').waitFor()
  t.strictSame(await axe(page), [], 'a page that says why nothing came of an answer')
})
