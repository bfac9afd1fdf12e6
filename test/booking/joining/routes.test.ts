import type { FastifyInstance } from 'fastify'
import type { DateTime } from 'luxon'
import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { changeArrangements } from '../../../src/office/editor/arrangements.ts'
import { setJoinLink } from '../../../src/office/meetings/join-link.ts'
import { buildApp } from '../../../src/app.ts'
import type { Activity, Booking } from '../../../src/platform/database/generated/client.ts'
import { crowdRateLimit } from '../../../src/platform/http/limits.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { confirming } from '../../support/confirming.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { links, partsOf, perceived, personalLinks, post, service } from '../../support/service.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, noon, plain, secretKey, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)
const joinUrlSealed = seal.close(joinUrl)
const evening = noon.plus({ days: 8, hours: 6 })

interface Context extends World {
  app: FastifyInstance
  activity: Activity
  booking: Booking
  url: string
  turnClock: (to: DateTime<true>) => void
}

/** A person's links to a workshop on Tuesday 1 December 2026, 6pm to 6:30pm. */
async function context (t: Test, given: Partial<Activity> = {}, booked: Partial<Booking> = {}): Promise<Context> {
  let now = noon
  const its = await service(t, { clock: () => now })
  const activity = await anActivity(its.db, { joinUrlSealed, joinMode: 'personal', ...given })
  const booking = await aBooking(its.db, activity.id, booked)
  return { ...its, activity, booking, url: `/join/${personalLinks.tokenOf(booking.id)}`, turnClock: to => { now = to } }
}

/** The links of the page after the button, byte for byte, as a browser reads them. */
function waysOn (body: string): string[] {
  const unescaped = (text = '') => text.replace(/&(amp|quot|#39|lt|gt);/g, (_, name: string) =>
    ({ amp: '&', quot: '"', '#39': "'", lt: '<', gt: '>' })[name] ?? '')
  return [
    unescaped(/<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(body)?.[1]),
    unescaped(/<a href="(https:\/\/teams[^"]*)"/.exec(body)?.[1])
  ]
}

t.test('a way in says when it opens, then leads to Teams, then that it has ended', async t => {
  const { app, db, booking, url, turnClock } = await context(t)
  const cases: Array<[DateTime<true>, string, boolean]> = [
    [noon, 'Opens on Tuesday 1 December 2026 at 5:45pm', false],
    [evening.startOf('day'), 'Opens at 5:45pm', false],
    [evening.minus({ minutes: 16 }), 'Opens at 5:45pm', false],
    [evening.minus({ minutes: 15 }), 'You can join now', true],
    [evening.plus({ minutes: 59 }), 'You can join now', true],
    [evening.plus({ minutes: 60 }), 'This has ended', false]
  ]

  for (const [now, heading, mayJoin] of cases) {
    turnClock(now)
    const page = await app.inject(url)
    t.equal(page.statusCode, 200)
    t.equal(perceived(page).h1, heading)
    t.equal(page.body.includes('Join the workshop'), mayJoin, heading)
    t.equal(perceived(page).text.includes('Tuesday 1 December 2026, 6pm to 6:30pm'), heading !== 'This has ended')
    await db.booking.update({ where: { id: booking.id }, data: { joinedAt: null, attended: null } })
    const answer = await post(app, url, {})
    t.equal(answer.statusCode, mayJoin ? 200 : 409)
    t.equal(perceived(answer).h1, mayJoin ? 'You are on your way' : heading)
    t.strictSame(waysOn(answer.body), mayJoin ? [joinUrl, joinUrl] : ['', ''])
    const noted = mayJoin ? { joinedAt: now.toJSDate(), attended: true } : { joinedAt: null, attended: null }
    t.match(plain(await db.booking.findFirst()), noted)
  }
})

t.test('looking never changes anything and never tells the Teams link, in time or not', async t => {
  const { app, db, url, turnClock } = await context(t)
  const before = plain(await db.booking.findFirst())

  for (const now of [noon, evening, evening.plus({ hours: 2 })]) {
    turnClock(now)
    for (let n = 0; n < 5; n++) {
      for (const method of ['GET', 'HEAD'] as const) {
        const answer = await app.inject({ method, url, headers: { purpose: 'prefetch', 'sec-purpose': 'prefetch' } })
        t.equal(answer.statusCode, 200)
        t.notMatch(JSON.stringify(answer.headers) + answer.body, /teams\.microsoft|meetup-join/)
        t.notMatch(answer.body, /http-equiv="refresh"|\.submit\(/)
      }
    }
  }
  t.strictSame(plain(await db.booking.findFirst()), before)
})

t.test('the answers stay out of caches, search engines and other sites’ logs', async t => {
  const { app, url, turnClock } = await context(t)
  turnClock(evening)

  for (const answer of [await app.inject(url), await post(app, url, {}), await app.inject('/join/forged')]) {
    t.equal(answer.headers['cache-control'], 'no-store')
    t.equal(answer.headers['x-robots-tag'], 'noindex')
  }
  const { headers, body } = await post(app, url, {})
  t.equal(headers['referrer-policy'], 'no-referrer')
  t.equal(headers.location, undefined)
  t.match(headers['content-security-policy'], "form-action 'self'")
  t.match(body, '<meta name="robots" content="noindex">')
})

t.test('a link that we did not sign for this leads nowhere, like any other that is unknown', async t => {
  const { app, db, booking, url, turnClock } = await context(t)
  turnClock(evening)
  const { body: unknown } = await app.inject('/bookings/forged')
  const token = url.slice('/join/'.length)
  const wrong = [
    'forged', links.tokenOf(booking.id), `${token}A`, token.slice(0, -1), token.toUpperCase(), `${token}%00`, '%F0%9F%98%80',
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, personalLinks.tokenOf('5f0c2f3a-0f0d-4b0e-8a44-2f6d1a9c7e10')
  ]

  for (const guess of wrong) {
    for (const answer of [await app.inject(`/join/${guess}`), await post(app, `/join/${guess}`, {})]) {
      t.equal(answer.statusCode, 404, guess)
      t.equal(answer.body, unknown, guess)
    }
  }
  t.equal((await app.inject(`/bookings/${token}`)).statusCode, 404, 'a way in opens no booking')
  t.match(plain(await db.booking.findFirst()), { joinedAt: null, attended: null })
})

t.test('someone who has no place, or nowhere to go, reads so and what to do, whatever they press', async t => {
  const inTime = evening.plus({ minutes: 5 })
  const early = evening.minus({ hours: 2 })
  const cases: Array<[Partial<Activity>, Partial<Booking>, DateTime<true>, RegExp]> = [
    [{ joinUrlSealed: null }, {}, inTime, /The link to join is not ready yet .* check again in a few minutes\. .* write to workshops@example\.org/],
    [{ status: 'cancelled', cancellationReason: 'The speaker is ill.' }, { status: 'cancelled' }, inTime, /This activity has been cancelled The speaker is ill\. .*(See what’s on|What you can book instead)/],
    [{ isOnline: false, venue: 'Kendal Library' }, {}, inTime, /This is not online any more .* Kendal Library .* we can send it again/],
    [{}, { status: 'cancelled' }, inTime, /Your booking is cancelled .* book again/],
    [{}, { status: 'waiting' }, early, /You are on the waiting list You can join once you have a place/],
    [{ waitingList: 'offers' }, { status: 'offered', offeredUntil: evening.toJSDate() }, early, /Accept your place first/],
    [{}, { status: 'lapsed' }, early, /You do not have a place/]
  ]

  for (const [given, booked, now, expected] of cases) {
    const { app, db, url, turnClock } = await context(t, given, booked)
    turnClock(now)
    const page = await app.inject(url)
    const answer = await post(app, url, {})
    t.match(perceived(page).text, expected)
    t.equal(page.statusCode, 200)
    t.equal(answer.statusCode, 409, String(expected))
    t.equal(answer.body, page.body)
    t.notMatch(page.body, /Join the workshop|teams\.microsoft/)
    t.match(plain(await db.booking.findFirst()), { joinedAt: null, attended: null })
  }
})

t.test('the button leads to the link that the organisers have now, and old ways in outlast a change of mind', async t => {
  const { app, db, outbox, activity, url, turnClock } = await context(t)
  turnClock(evening)
  const newer = 'https://teams.microsoft.com/meet/39127460835?p=Kc3mWq8vTz2nLx'

  t.strictSame(waysOn((await post(app, url, {})).body), [joinUrl, joinUrl])
  await confirming(async confirmed =>
    await setJoinLink(db, outbox, seal, activity.id, { joinUrl: newer, confirmed }, organiser, evening))
  t.strictSame(waysOn((await post(app, url, {})).body), [newer, newer])
  await confirming(async confirmed =>
    await changeArrangements(db, outbox, activity.id, { draft: { joinMode: 'invitation', reminders: [], followUp: false }, confirmed }, organiser, evening))
  t.equal(perceived(await app.inject(url)).h1, 'You can join now')
  t.strictSame(waysOn((await post(app, url, {})).body), [newer, newer])
})

t.test('whatever a Teams link holds leads there byte for byte, and is nothing but a link on the page', async t => {
  const odd = 'https://teams.microsoft.com/meet/39127460835?p=a&x="><script>alert(1)</script>&amp;quot;\'%22%3a%C3%A9;url=b'
  const { app, url, turnClock } = await context(t, { joinUrlSealed: seal.close(odd) })
  turnClock(evening)

  const { body } = await post(app, url, {})

  t.strictSame(waysOn(body), [odd, odd])
  t.notMatch(body, '<script>alert')
})

t.test('what is sent along with the button changes nothing', async t => {
  const { app, url, turnClock } = await context(t)
  turnClock(evening)

  for (const form of ['', 'joinUrl=https://evil.example', 'next=//evil.example&next=https:evil', `x=${'y'.repeat(20_000)}`, '%00=%ff']) {
    t.strictSame(waysOn((await post(app, `${url}?next=//evil.example`, form)).body), [joinUrl, joinUrl], form.slice(0, 40))
  }
  t.equal((await post(app, url, {}, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  t.equal((await app.inject({ method: 'PUT', url })).statusCode, 405)
})

t.test('going in is logged without the token, the person or where it led', async t => {
  const its = await world(t)
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: line => { lines.push(line) } })
  const app = await buildApp({ ...partsOf(its), clock: () => evening, log })
  t.teardown(async () => { await app.close() })
  const { id } = await aBooking(its.db, (await anActivity(its.db, { joinUrlSealed, joinMode: 'personal' })).id)
  const token = personalLinks.tokenOf(id)

  await app.inject(`/join/${token}`)
  await post(app, `/join/${token}`, {})
  await app.inject(`/join/${token}A`)

  const written = lines.join('')
  t.match(written, '"route":"/join/:token"')
  for (const secret of [token.slice(0, 20), token.slice(-20), 'Anne', 'teams.microsoft', 'meetup', '127.0.0.1']) {
    t.notOk(written.includes(secret), secret)
  }
})

t.test('a phone company’s customers go in from one address; a flood waits', async t => {
  const { app, db } = await service(t, { clock: () => evening, rateLimits: true })
  const { id } = await aBooking(db, (await anActivity(db, { joinUrlSealed })).id)
  const url = `/join/${personalLinks.tokenOf(id)}`

  for (let n = 0; n < crowdRateLimit.max; n++) await post(app, '/join/forged', {})
  const refused = await post(app, url, {})

  t.equal(refused.statusCode, 429)
  t.ok(Number(refused.headers['retry-after']) > 0)
  t.equal((await app.inject(url)).statusCode, 200, 'someone who only looks may')
  t.match(plain(await db.booking.findFirst()), { joinedAt: null })
})
