import type { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { asksForCheckIn, checkInClosesAt, checkInOpensAt, checkInStateOf } from '../../../src/booking/bookings/check-in-times.ts'
import { checkInCodes, isCode, shownCode } from '../../../src/booking/check-in/code.ts'
import { checkIn } from '../../../src/booking/check-in/commands.ts'
import { noteAttendance } from '../../../src/office/on-the-day/commands.ts'
import type { AppParts } from '../../../src/app/app-parts.ts'
import type { Activity, Booking } from '../../../src/platform/database/generated/client.ts'
import { codes, links, perceived, personalLinks, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon, secretKey, world } from '../../support/world.ts'

/** From 11am to noon, when tests take place. */
const [startsAt, endsAt] = [noon.minus({ hours: 1 }), noon]

async function context (
  t: Test, { activity: given = {}, booked = {}, parts = {} }: {
    activity?: Partial<Activity>, booked?: Partial<Booking>, parts?: Partial<AppParts>
  } = {}
) {
  let now = noon
  const its = await service(t, { clock: () => now, ...parts })
  const activity = await anActivity(its.db, { startsAt: startsAt.toJSDate(), endsAt: endsAt.toJSDate(), ...given })
  const booking = await aBooking(its.db, activity.id, booked)
  const code = codes.codeOf(activity.id)
  const url = `/bookings/${links.tokenOf(booking.id)}`
  const look = async (at = `${url}/check-in`) => perceived(await its.app.inject(at))
  const type = async (typed: string, at = url) => await post(its.app, `${at}/check-in`, { code: typed })
  const recorded = async () => {
    const { attended, attendanceSource } = await its.db.booking.findUniqueOrThrow({ where: { id: booking.id } })
    return [attended, attendanceSource]
  }
  return { ...its, activity, booking, code, url, look, type, recorded, turnClock: (to: DateTime<true>) => { now = to } }
}

t.test('a code is of one activity and one service, in letters that nobody misreads, however it is typed', async t => {
  const id = '5f0c2f3a-0f0d-4b0e-8a44-2f6d1a9c7e10'
  const code = checkInCodes(secretKey).codeOf(id)

  t.match(code, /^[2-9A-HJKMNP-TV-Z]{6}$/)
  t.equal(checkInCodes(secretKey).codeOf(id), code)
  t.not(checkInCodes(`${secretKey}x`).codeOf(id), code)
  t.not(checkInCodes(secretKey).codeOf('5f0c2f3a-0f0d-4b0e-8a44-2f6d1a9c7e11'), code)
  t.equal(shownCode('K7PMW3'), 'K7P-MW3')
  for (const typed of ['k7p-mw3', ' K7P MW3 ', 'Ｋ7PMW3']) t.ok(isCode('K7PMW3', typed), typed)
  for (const typed of ['', 'K7PMW', 'K7PMW33', '3WMP7K']) t.notOk(isCode('K7PMW3', typed), typed)
})

t.test('a code can be typed from a quarter of an hour before the end until six hours after it', async t => {
  const activity = { status: 'published' as const, allDay: false, startsAt, endsAt }
  const state = (at: DateTime<true>, given: object = {}) => checkInStateOf({ status: 'confirmed', activity, ...given }, at)

  t.strictSame([16, 15].map(minutes => state(endsAt.minus({ minutes }))), ['not-yet', 'open'])
  t.strictSame([359, 360].map(minutes => state(endsAt.plus({ minutes }))), ['open', 'over'])
  t.equal(state(noon, { status: 'waiting' }), 'no-place')
  t.equal(state(noon, { activity: { ...activity, status: 'cancelled' } }), 'no-place')
  t.ok(+checkInOpensAt({ ...activity, startsAt: endsAt.minus({ minutes: 5 }) }) === +endsAt.minus({ minutes: 5 }))
  t.ok(+checkInOpensAt({ ...activity, allDay: true }) === +startsAt)
  t.ok(+checkInClosesAt(activity) === +noon.plus({ hours: 6 }))
  t.notOk(asksForCheckIn({ status: 'confirmed', attended: false, activity }, noon), 'nobody is asked what a host has noted')
})

t.test('someone says by the code that they were here, from their booking or their way in; twice is once', async t => {
  for (const at of ['booking', 'way in']) {
    const { app, db, booking, url, code, look, type, recorded } = await context(t)
    const from = at === 'booking' ? url : `/join/${personalLinks.tokenOf(booking.id)}`

    t.match((await app.inject(from)).body, `href="${from}/check-in"`, `the page leads there from their ${at}`)
    t.match((await look(`${from}/check-in`)).text, /Were you here\? .* You can do this until Monday 23 November 2026 at 6pm/)
    t.strictSame(await recorded(), [null, null], 'looking records nothing')
    const answer = await type(` ${shownCode(code).toLowerCase()} `, from)
    t.match(answer, { statusCode: 303, headers: { location: `${from}/check-in` } })
    t.strictSame(await recorded(), [true, 'checked-in'])
    t.match((await look(`${from}/check-in`)).h1, 'Thank you for coming')
    t.equal((await type(code, from)).statusCode, 303)
    t.strictSame(await recorded(), [true, 'checked-in'])
    t.notMatch((await app.inject(from)).body, '/check-in', 'who has said so is not asked again')
    t.match(perceived(await app.inject(from)).text, 'We have noted that you were here.', 'but told')
    await db.booking.deleteMany({})
  }
})

t.test('a wrong code is one sentence, the same for every wrong code, and changes nothing', async t => {
  const { db, code, type, recorded } = await context(t)
  const other = codes.codeOf((await anActivity(db)).id)
  const told = new Set<string>()

  for (const typed of [other, 'AAAAAA', `${code.slice(0, 5)}${code.endsWith('2') ? '3' : '2'}`]) {
    const answer = await type(typed)
    t.equal(answer.statusCode, 409)
    t.match(answer.body, `value="${typed}"`, 'what was typed is still there')
    told.add(JSON.stringify(perceived(answer).errors))
  }

  t.strictSame([...told].map(errors => JSON.parse(errors) as unknown), [[{
    field: 'code', sentence: 'This is not the code. Check the last slide, or ask the host, and type it again.'
  }]])
  t.match(perceived(await type('')).errors, [{ field: 'code', sentence: 'Enter the code from the last slide' }])
  t.strictSame(await recorded(), [null, null])
})

t.test('without a place, or at another time, right and wrong codes get one answer', async t => {
  const { app, db, activity, code, url, look, type, recorded, turnClock } = await context(t)
  const both = async (at = url) => [perceived(await type(code, at)).errors, perceived(await type('AAAAAA', at)).errors]
    .map(errors => errors.map(({ sentence }) => sentence).join())
  const same = (sentence: string) => [sentence, sentence]

  turnClock(endsAt.minus({ minutes: 16 }))
  t.strictSame(await both(), same('You can do this when it is about to end. Nothing was changed.'))
  t.equal((await look()).h1, 'You can do this from 11:45am')
  t.notMatch((await app.inject(url)).body, '/check-in')
  turnClock(endsAt.plus({ hours: 6 }))
  t.strictSame(await both(), same('It is too late to do this here. Nothing was changed.'))
  turnClock(noon)
  for (const status of ['waiting', 'offered', 'lapsed', 'cancelled']) {
    const at = `/bookings/${links.tokenOf((await aBooking(db, activity.id, { status })).id)}`
    t.strictSame(await both(at), same('This booking has no place. Nothing was changed.'), status)
    t.equal((await look(`${at}/check-in`)).h1, 'You do not have a place')
  }
  t.strictSame(await recorded(), [null, null])
})

t.test('what a host has noted stays: someone is told so, and whom to write to', async t => {
  const { code, look, type, recorded } = await context(t, { booked: { attended: false, attendanceSource: 'ticked' } })

  t.equal((await type(code)).statusCode, 303)

  t.strictSame(await recorded(), [false, 'ticked'])
  t.match((await look()).text, /It is noted that you did not come If you were here, write to us .* workshops@example\.org/)
})

t.test('a host who notes at the same moment is not overruled, in whichever order they come', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db, { startsAt: startsAt.toJSDate(), endsAt: endsAt.toJSDate() })
  for (let round = 0; round < 5; round++) {
    const { id, reference } = await aBooking(db, activityId)
    const [notNoted, isHere] = await Promise.all([
      noteAttendance(db, activityId, [{ reference, shown: 'unknown', wanted: 'no' }], organiser, noon),
      checkIn(db, codes, id, codes.codeOf(activityId), noon)
    ])
    const { attended } = await db.booking.findUniqueOrThrow({ where: { id } })
    t.equal(attended, isHere)
    t.strictSame(notNoted, isHere ? [{ reference, because: 'noted-otherwise' }] : [])
  }
})

t.test('without the link to a booking there is nothing: no page, and no word about a code', async t => {
  const { app, db, booking, code, url } = await context(t)
  await db.booking.update({ where: { id: booking.id }, data: { linkVersion: 1 } })
  for (const at of [url, '/bookings/nonsense', `/join/${links.tokenOf(booking.id)}`]) {
    for (const typed of [code, 'AAAAAA']) {
      t.equal((await post(app, `${at}/check-in`, { code: typed })).statusCode, 404, at)
    }
    t.equal((await app.inject(`${at}/check-in`)).statusCode, 404)
  }
  const { h1, text } = perceived(await app.inject('/check-in'))
  t.equal(h1, 'Say that you were here')
  t.match(text, /Open the link to your booking/)
})

t.test('with one booking nobody tries many codes', async t => {
  const { code, type, recorded } = await context(t, { parts: { rateLimits: true } })
  for (let n = 0; n < 10; n++) t.equal((await type('AAAAAA')).statusCode, 409)

  t.match(await type(code), { statusCode: 429, headers: { 'retry-after': /\d+/ } })
  t.strictSame(await recorded(), [null, null])
})

t.test('hosts show the code on a page that names nobody, with a picture that leads to the way in', async t => {
  const { app, db, activity, code } = await context(t)
  const host = await signedIn(app, db, { role: 'host' })
  await db.activityHost.create({ data: { activityId: activity.id, staffMemberId: host.member.id } })

  const { body } = await app.inject({ url: `/staff/activities/${activity.slug}/evening/code`, headers: host.headers })

  t.match(perceived({ body }).text, shownCode(code))
  t.match(perceived({ body }).text, /workshops\.example\.org\/check-in It can be typed from Monday 23 November 2026 at 11:45am until Monday 23 November 2026 at 6pm/)
  t.match(body, /<svg class="pk-qr" role="img" aria-label="QR code that leads to workshops\.example\.org\/check-in"/)
  t.notMatch(body, 'Kirkbride')
  const day = await app.inject({ url: `/staff/activities/${activity.slug}/evening`, headers: host.headers })
  t.match(day.body, `href="/staff/activities/${activity.slug}/evening/code"`)
})
