import type { ParsedMail } from 'mailparser'
import t from 'tap'
import { emailTo } from '../support/kept-emails.ts'
import { aRunningService } from '../support/running-service.ts'
import type { RunningService } from '../support/running-service.ts'
import { anActivity } from '../support/world.ts'
import { openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000)
const inAWeek = { startsAt: at(10_080), endsAt: at(10_110) }

/** The link in an email to the page of one's own booking, on this machine. */
function ownPageIn (email: ParsedMail, service: RunningService): string {
  const [, path] = /https?:\/\/[^/\s]+(\/bookings\/[\w-]+)/.exec(email.text ?? '') ?? []
  if (path === undefined) throw new Error(`No link in:\n${email.text}`)
  return service.url + path
}

t.test('a parent on a small phone without scripts waits, is offered the freed place, accepts it and is invited',
  withBrowser, async t => {
    const { db, service } = await aRunningService(t)
    const activity = await anActivity(db, { ...inAWeek, capacity: 1, waitingList: 'offers' })
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
