import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import type { Activity, Hold } from '../../../src/platform/database/generated/client.ts'
import { filledIn } from '../../support/filled-in.ts'
import { announced, aBooking, anActivity, aRequest, noon } from '../../support/world.ts'
import type { World } from '../../support/world.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'

interface Context extends World {
  app: FastifyInstance
  activity: Activity
  agency: { id: string, slug: string }
  headers: { cookie: string }
  member: { id: string }
  url: string
}

/** An organiser of the partnership on the page of an activity's holds, and an agency to keep places for. */
async function context (t: Test, given: Partial<Activity> = {}): Promise<Context> {
  const its = await service(t)
  const activity = await anActivity(its.db, given)
  const agency = await anAgency(its.db, { name: 'Cumbria Police' })
  const organiser = await signedIn(its.app, its.db, { role: 'organiser' })
  return { ...its, ...organiser, activity, agency, url: `/staff/activities/${activity.slug}/holds` }
}

async function aHold (db: Db, { activity, agency }: Pick<Context, 'activity' | 'agency'>, given: Partial<Hold> = {}): Promise<Hold> {
  return await db.hold.create({
    data: {
      activityId: activity.id,
      agencyId: agency.id,
      code: 'POLICE26',
      places: 5,
      returnsAt: noon.plus({ days: 3 }).startOf('day').toJSDate(),
      createdAt: noon.toJSDate(),
      ...given
    }
  })
}

t.test('an organiser keeps places for an agency and has a code and a sentence to pass on', async t => {
  const { app, db, agency, headers, member, activity, url } = await context(t)

  const empty = perceived(await app.inject({ url, headers }))
  const answer = await post(app, url, { agency: agency.slug, places: '3', last_day: '2026-11-30', code: '' }, headers)
  const { code } = await db.hold.findFirstOrThrow()
  const { text } = perceived(await app.inject({ url: String(answer.headers.location), headers }))

  t.match(empty.text, /No places are kept for an agency\..*20 of 20 places are free/)
  t.equal(answer.statusCode, 303)
  t.match(text, `Cumbria Police Code: ${code} 0 of 3 claimed, 3 left. Kept until the end of Monday 30 November 2026.`)
  t.match(text, 'We have kept 3 places for Cumbria Police on “Keeping your child safe online”, Tuesday 1 December 2026, 6pm to 6:30pm. ' +
    `To take one, book at https://workshops.example.org/activities/${activity.slug}/book and type ${code} where the form asks for a code. ` +
    'The code works until the end of Monday 30 November 2026.')
  t.match(await db.auditEntry.findMany({ where: { action: 'hold.made' } }), [{ staffMemberId: member.id, subject: activity.slug }])
})

t.test('a code of one’s own is kept as it is compared, and what is claimed of it is counted', async t => {
  const { app, db, outbox, agency, headers, activity, url } = await context(t)

  await post(app, url, { agency: agency.slug, places: '3', last_day: '2026-11-30', code: 'barrow 26' }, headers)
  await requestPlaces(db, outbox, activity.id, [aRequest('anne@example.org', { code: 'BARROW26' })], noon)
  const { text } = perceived(await app.inject({ url, headers }))

  t.match(text, 'Code: BARROW26 1 of 3 claimed, 2 left.')
})

t.test('bad input about a hold gets a sentence beside its field, and what was typed stays', async t => {
  const { app, db, agency, headers, url, ...its } = await context(t)
  await aHold(db, { agency, ...its })
  const good = { agency: agency.slug, places: '2', last_day: '2026-11-30', code: '' }
  const places = 'Places must be a whole number from 1 to 100,000'
  const day = 'The last day must be a date like 2026-12-01'
  const wrongEnd = 'The last day of a hold must be today or later, and not after the day on which booking closes.'
  const code = 'Code must be 4 to 20 letters from A to Z and digits'
  const cases: Array<[string, Record<string, string> | string, number, string, string]> = [
    ...['', '0', '-1', '1.5', '1e9', '2\n0'].map((given): typeof cases[number] =>
      [`places ${JSON.stringify(given)}`, { ...good, places: given }, 400, 'places', places]),
    ['more than are free', { ...good, places: '16' }, 409, 'places', 'Only 15 places are free to hold.'],
    ['no agency', { ...good, agency: '' }, 400, 'agency', 'Select the agency that the places are for'],
    ['an agency by its id', { ...good, agency: agency.id }, 400, 'agency', 'Select the agency that the places are for'],
    ['no day', { ...good, last_day: '' }, 400, 'last_day', 'Enter the last day'],
    ['a day of another form', { ...good, last_day: '30 November' }, 400, 'last_day', day],
    ['a day of two lines', { ...good, last_day: '2026-11\n-30' }, 400, 'last_day', day],
    ['no day at all', { ...good, last_day: '2026-11-31' }, 409, 'last_day', wrongEnd],
    ['yesterday', { ...good, last_day: '2026-11-22' }, 409, 'last_day', wrongEnd],
    ['after the workshop', { ...good, last_day: '2026-12-02' }, 409, 'last_day', wrongEnd],
    ['a short code', { ...good, code: 'abc' }, 400, 'code', code],
    ['a long code', { ...good, code: 'A'.repeat(21) }, 400, 'code', code],
    ['a code with a full stop', { ...good, code: 'POLICE.27' }, 400, 'code', code],
    ['a code in another alphabet', { ...good, code: 'ПОЛИЦИЯ' }, 400, 'code', code],
    ['a code that there was', { ...good, code: 'police-26' }, 409, 'code',
      'This activity has had a hold with this code. Choose another, or leave it empty to have one made.'],
    ['an unknown field', { ...good, claimed: '2' }, 400, 'form', 'This form has no field “claimed”. Load the page again and fill it in once more.'],
    ['a field that comes twice', `${new URLSearchParams(good).toString()}&places=3`, 400, 'places', 'Places must be given only once']
  ]

  for (const [what, form, status, field, sentence] of cases) {
    const answer = await post(app, url, form, headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, status, what)
    t.strictSame(page.errors, [{ field, sentence }], what)
    t.ok(page.has(field), `${what}: the link leads somewhere`)
  }
  const again = await post(app, url, { ...good, places: '99', code: 'NSPCC 26' }, headers)
  t.match(again.body, `value="${agency.slug}" selected`)
  t.match(again.body, /name="places"[^>]*value="99"/)
  t.match(again.body, /name="last_day"[^>]*value="2026-11-30"/)
  t.match(again.body, /name="code"[^>]*value="NSPCC 26"/)
  t.equal(await db.hold.count(), 1)
})

t.test('while people wait nothing can be kept from them, and the page says so beforehand', async t => {
  const { app, db, agency, headers, activity, url } = await context(t)
  await aBooking(db, activity.id, { status: 'waiting', places: 2 })

  const { text } = perceived(await app.inject({ url, headers }))
  const answer = await post(app, url, { agency: agency.slug, places: '1', last_day: '2026-11-30' }, headers)

  t.match(text, '1 booking waits, and free places are theirs: no more can be kept for agencies.')
  t.notMatch(text, 'Code (optional)')
  t.equal(answer.statusCode, 409)
  t.strictSame(perceived(answer).errors, [{ field: 'places', sentence: '1 booking is on the waiting list, and free places are theirs.' }])
})

t.test('once booking has closed nothing is kept', async t => {
  const { app, agency, headers, url, db } = await context(t, { bookingClosesAt: noon.minus({ hours: 1 }).toJSDate() })

  const answer = await post(app, url, { agency: agency.slug, places: '1', last_day: '2026-11-23' }, headers)
  const page = perceived(answer)

  t.equal(answer.statusCode, 409)
  t.strictSame(page.errors, [{ field: 'form', sentence: 'Booking for this activity has closed.' }])
  t.ok(page.has('form'))
  t.equal(await db.hold.count(), 0)
})

t.test('a hold is changed on its own page', async t => {
  const { app, db, outbox, agency, headers, member, activity, url } = await context(t)
  const hold = await aHold(db, { agency, activity })
  await requestPlaces(db, outbox, activity.id, [aRequest('anne@example.org', { code: 'POLICE26' })], noon)
  const change = async (places: string, day: string) => await post(app, `${url}/${hold.id}`, { places, last_day: day }, headers)

  const before = await app.inject({ url: `${url}/${hold.id}`, headers })
  const tooFew = await change('0', '2026-11-28')
  const claimed = await db.hold.update({ where: { id: hold.id }, data: { claimed: 2 } }).then(async () => await change('1', '2026-11-28'))
  const wrongDay = await change('5', '2026-12-25')
  const answer = await change('4', '2026-11-28')

  t.match(before.body, /name="places"[^>]*value="5"/)
  t.match(before.body, /name="last_day"[^>]*value="2026-11-25"/, 'the last day is the one before the midnight at its end')
  t.equal(tooFew.statusCode, 400)
  t.strictSame(perceived(claimed).errors, [{ field: 'places', sentence: '2 places of this hold have been claimed.' }])
  t.match(claimed.body, /name="places"[^>]*value="1"/)
  t.strictSame(perceived(wrongDay).errors.map(({ field }) => field), ['last_day'])
  t.equal(answer.statusCode, 303)
  t.match(perceived(await app.inject({ url: String(answer.headers.location), headers })).text,
    /The hold is changed\..*2 of 4 claimed, 2 left\. Kept until the end of Saturday 28 November 2026/)
  t.strictSame(await announced(db, 'place.freed'), [{ activityId: activity.id }])
  t.match(await db.auditEntry.findMany({ where: { action: 'hold.changed' } }), [{ staffMemberId: member.id }])
})

t.test('a hold is given back by a button that asks first, once', async t => {
  const { app, db, agency, headers, member, activity, url } = await context(t)
  const hold = await aHold(db, { agency, activity })
  const address = `${url}/${hold.id}/return`

  const question = await app.inject({ url: address, headers })
  t.equal((await db.hold.findFirstOrThrow()).returnedAt, null, 'asking changes nothing')
  const unread = await post(app, address, {}, headers)
  t.equal(unread.statusCode, 200)
  t.equal((await db.hold.findFirstOrThrow()).returnedAt, null, 'nothing is done that nobody has read')
  const answer = await post(app, address, filledIn(question.body), headers)
  const { text } = perceived(await app.inject({ url: String(answer.headers.location), headers }))

  t.match(perceived(question).text, /Do you want to give back what is left for Cumbria Police\? 5 places of 5 go back now.*Anyone can book the places you give back/)
  t.match(text, /What was left of the hold has been given back.*Holds that have ended.*Cumbria Police POLICE26 0 of 5 Monday 23 November 2026/)
  t.notMatch(text, 'Give back now')
  t.match(await db.auditEntry.findMany({ where: { action: 'hold.returned' } }), [{ staffMemberId: member.id, subject: activity.slug }])
  for (const again of [await post(app, address, {}, headers), await app.inject({ url: address, headers }),
    await post(app, `${url}/${hold.id}`, { places: '9', last_day: '2026-11-30' }, headers)]) {
    t.equal(again.statusCode, 409)
    t.match(perceived(again).text, 'The places of this hold have gone back to everyone.')
  }
  t.equal(await db.auditEntry.count({ where: { action: { startsWith: 'hold.' } } }), 1)
})

t.test('who gets what is given back is said beforehand', async t => {
  const { app, db, agency, headers, activity, url } = await context(t)
  const hold = await aHold(db, { agency, activity })
  await aBooking(db, activity.id, { status: 'waiting' })
  const ask = async () => perceived(await app.inject({ url: `${url}/${hold.id}/return`, headers })).text

  t.match(await ask(), 'The only person who is waiting gets a place, and we email to tell them.')
  await db.activity.update({ where: { id: activity.id }, data: { waitingList: 'by-hand' } })
  t.match(await ask(), '1 booking waits: you choose who gets the places you give back.')
})

t.test('who gets what a smaller hold gives back is read before it is saved', async t => {
  const { app, db, agency, headers, activity, url } = await context(t, { capacity: 5 })
  const hold = await aHold(db, { agency, activity })
  for (let n = 0; n < 3; n++) await aBooking(db, activity.id, { status: 'waiting' })
  const change = async (places: string) => await post(app, `${url}/${hold.id}`, { places, last_day: '2026-11-28' }, headers)

  const asked = await change('3')
  const between = await db.hold.findFirstOrThrow()
  const answer = await post(app, `${url}/${hold.id}`, filledIn(asked.body), headers)

  t.match(perceived(asked).text, '2 of the 3 people who are waiting get a place, and we email to tell them.')
  t.match(perceived(asked).text, 'Places kept 3 Was: 5')
  t.equal(between.places, 5)
  t.equal(answer.statusCode, 303)
  t.equal((await db.hold.findFirstOrThrow()).places, 3)
})

t.test('the button takes no fields', async t => {
  const { app, db, agency, headers, activity, url } = await context(t)
  const hold = await aHold(db, { agency, activity })

  const answer = await post(app, `${url}/${hold.id}/return`, { places: '1' }, headers)

  t.equal(answer.statusCode, 400)
  t.match(perceived(answer).errors, [{ field: 'form', sentence: 'This form has no field “places”.' }])
  t.equal((await db.hold.findFirstOrThrow()).returnedAt, null)
})

t.test('from its end on a hold is among those that have ended, swept or not', async t => {
  const { app, db, agency, headers, activity, url } = await context(t)
  const { id } = await aHold(db, { agency, activity }, { returnsAt: noon.toJSDate() })

  const { text } = perceived(await app.inject({ url, headers }))
  const itsOwn = await app.inject({ url: `${url}/${id}`, headers })

  t.match(text, /No places are kept for an agency at the moment\..*Holds that have ended.*POLICE26/)
  t.equal(itsOwn.statusCode, 409)
})

t.test('a hold of another activity, and an id of no hold, are not found', async t => {
  const { app, db, agency, headers, activity, url } = await context(t)
  const other = await anActivity(db)
  const hold = await aHold(db, { agency, activity: other })

  for (const id of [hold.id, randomUUID(), 'x', '%00', `${hold.id}%00`, activity.id]) {
    for (const address of [`${url}/${id}`, `${url}/${id}/return`]) {
      t.equal((await app.inject({ url: address, headers })).statusCode, 404, `GET ${id}`)
      t.equal((await post(app, address, address.endsWith('return') ? {} : { places: '1', last_day: '2026-11-28' }, headers)).statusCode, 404, `POST ${id}`)
    }
  }
  t.match(await db.hold.findFirstOrThrow(), { places: 5, returnedAt: null })
  t.equal(await db.auditEntry.count({ where: { action: { startsWith: 'hold.' } } }), 0)
})

t.test('without an agency there is nobody to keep places for', async t => {
  const { app, db, agency, headers, url } = await context(t)
  await db.agency.delete({ where: { id: agency.id } })

  const { text } = perceived(await app.inject({ url, headers }))

  t.match(text, 'There are no partner agencies yet.')
})
