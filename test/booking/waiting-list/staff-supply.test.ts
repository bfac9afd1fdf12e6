import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { may, roles } from '../../../src/identity/staff/roles.ts'
import { filledIn } from '../../support/filled-in.ts'
import { announced, aBooking, anActivity } from '../../support/world.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'

const asItStands = { capacity: '20', over_booking: '0', waiting_list: 'automatic', offer_hours: '24', another_date_at: '' }

const supplyOf = async (db: Db, id: string) => await db.activity.findUniqueOrThrow({
  where: { id },
  select: { capacity: true, overBookingPercent: true, waitingList: true, offerHours: true, anotherDateAt: true }
})

t.test('an organiser reads how places are given, changes it, and is on record for it', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${slug}/places`

  const before = await app.inject({ url, headers })
  const answer = await post(app, url, {
    capacity: ' 30 ', over_booking: '10', waiting_list: 'offers', offer_hours: '48', another_date_at: '12'
  }, headers)
  const after = perceived(await app.inject({ url: String(answer.headers.location), headers }))

  t.equal(before.statusCode, 200)
  t.match(before.body, /name="capacity"[^>]*value="20"/)
  t.match(before.body, /value="automatic" checked/)
  t.equal(answer.statusCode, 303)
  t.match(after.text, /Done The places and the waiting list are changed.*Places: 0 of 33 booked.*30 places, and 10% more/)
  t.strictSame(await supplyOf(db, id), {
    capacity: 30, overBookingPercent: 10, waitingList: 'offers', offerHours: 48, anotherDateAt: 12
  })
  t.strictSame(await announced(db, 'place.freed'), [{ activityId: id }], 'those who wait are served')
  t.match(await db.auditEntry.findMany({ where: { action: 'places.changed' } }),
    [{ staffMemberId: member.id, subject: slug, details: { capacity: ['20', '30'] } }])
})

t.test('an organiser who lowers places below what is taken reads by how many, and nobody loses theirs', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { places: 12 })
  await aBooking(db, id, { places: 10, status: 'offered' })
  const { headers } = await signedIn(app, db)

  await db.activity.update({ where: { id }, data: { capacity: 22 } })

  const asked = await post(app, `/staff/activities/${slug}/places`, { ...asItStands, capacity: '20' }, headers)
  const answer = await post(app, `/staff/activities/${slug}/places`, filledIn(asked.body), headers)
  const { text } = perceived(await app.inject({ url: String(answer.headers.location), headers }))

  t.match(perceived(asked).text, '2 of the 22 places that are taken are over the new number. Nobody loses theirs.')
  t.match(text, '22 places are taken, 2 more than there are now; nobody loses theirs.')
  t.match(text, /Over 2/)
  t.equal(await db.booking.count({ where: { status: { in: ['confirmed', 'offered'] } } }), 2)
})

t.test('bad input gets a sentence beside its field, keeps what was typed and changes nothing', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const { headers } = await signedIn(app, db)
  const url = `/staff/activities/${slug}/places`
  const current = await supplyOf(db, id)
  const places = 'Places must be a whole number from 1 to 100,000'
  const cases: Array<[string, Record<string, string> | string, string, string]> = [
    ...['', ' ', '0', '-1', '1.5', '1e9', '100001', '9999999999', 'twenty', '２０', '1\n0', '0x10'].map((capacity): typeof cases[number] =>
      [`capacity ${JSON.stringify(capacity)}`, { ...asItStands, capacity }, 'capacity', places]),
    ['over-booking over 100', { ...asItStands, over_booking: '101' }, 'over_booking', 'Over-booking must be a whole number from 0 to 100'],
    ['no hours', { ...asItStands, offer_hours: '0' }, 'offer_hours', 'Hours to answer an offer must be a whole number from 1 to 168'],
    ['hours over a week', { ...asItStands, offer_hours: '169' }, 'offer_hours', 'Hours to answer an offer must be a whole number from 1 to 168'],
    ['a mode that we do not have', { ...asItStands, waiting_list: 'lottery' }, 'waiting_list', 'Select how the waiting list works'],
    ['nobody waiting', { ...asItStands, another_date_at: '0' }, 'another_date_at', 'How many bookings wait must be a whole number from 1 to 100,000'],
    ['a field of ours that is none of this form', { ...asItStands, slug: 'mine' }, 'form', 'This form has no field “slug”. Load the page again and fill it in once more.'],
    ['a field that comes twice', `${new URLSearchParams(asItStands).toString()}&capacity=30`, 'capacity', 'Places must be given only once'],
    ['a very long number', { ...asItStands, capacity: '9'.repeat(5000) }, 'capacity', places]
  ]

  for (const [what, form, field, sentence] of cases) {
    const answer = await post(app, url, form, headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, 400, what)
    t.strictSame(page.errors, [{ field, sentence }], what)
    t.ok(page.has(field), `${what}: the link leads somewhere`)
    t.match(page.title, /^Error: /, what)
  }
  const nothing = perceived(await post(app, url, '', headers))
  t.strictSame(nothing.errors.map(({ field }) => field), ['capacity', 'over_booking', 'waiting_list', 'offer_hours'])
  const typed = await post(app, url, { ...asItStands, capacity: '<b>20</b>', over_booking: '7', waiting_list: 'by-hand' }, headers)
  t.match(typed.body, 'value="&lt;b&gt;20&lt;/b&gt;"')
  t.match(typed.body, /name="over_booking"[^>]*value="7"/)
  t.match(typed.body, /value="by-hand" checked/)
  t.strictSame(await supplyOf(db, id), current)
  t.equal(await db.auditEntry.count({ where: { action: 'places.changed' } }), 0)
})

t.test('a list on which people wait is not switched off', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 1 })
  await aBooking(db, id)
  await aBooking(db, id, { status: 'waiting' })
  const { headers } = await signedIn(app, db)

  const answer = await post(app, `/staff/activities/${slug}/places`, { ...asItStands, waiting_list: 'off' }, headers)

  t.equal(answer.statusCode, 409)
  t.strictSame(perceived(answer).errors, [{
    field: 'waiting_list', sentence: '1 booking is on the waiting list, so it cannot be switched off.'
  }])
  t.match(answer.body, /value="off" checked/)
  t.match(await supplyOf(db, id), { capacity: 1, waitingList: 'automatic' })
})

t.test('an activity without places to book has none to change, hold or wait for', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db, { booking: 'drop-in', capacity: null })
  const { headers } = await signedIn(app, db)

  for (const page of ['places', 'holds', 'waiting-list', 'another-date']) {
    const url = `/staff/activities/${slug}/${page}`
    t.equal((await app.inject({ url, headers })).statusCode, 409, page)
    t.equal((await post(app, url, asItStands, headers)).statusCode, page === 'waiting-list' ? 405 : 409, page)
  }
  t.notMatch(perceived(await app.inject({ url: `/staff/activities/${slug}`, headers })).text, 'Change places')
})

t.test('a form that another website sends changes nothing', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const { headers } = await signedIn(app, db)

  const answer = await post(app, `/staff/activities/${slug}/places`, { ...asItStands, capacity: '30' },
    { ...headers, 'sec-fetch-site': 'cross-site' })

  t.equal(answer.statusCode, 403)
  t.match(await supplyOf(db, id), { capacity: 20 })
})

t.test('who runs an activity', async t => {
  const runs = (role: typeof roles[number], agencyId: string | undefined, leadAgencyId: string | undefined) =>
    may({ id: '', role, agencyId }, 'run activities', { leadAgencyId, hostIds: [] })

  t.ok(runs('admin', 'b', 'a'), 'an admin of another agency')
  t.ok(runs('organiser', undefined, 'a'), 'an organiser of the partnership')
  t.ok(runs('organiser', 'a', 'a'), 'an organiser of the agency that leads')
  t.notOk(runs('organiser', 'b', 'a'), 'an organiser of another agency')
  t.notOk(runs('organiser', 'b', undefined), 'an organiser of an agency, where none leads')
  t.notOk(runs('staff', undefined, undefined), 'staff of the partnership')
  t.notOk(runs('staff', 'a', 'a'), 'staff of the agency that leads')
  t.notOk(runs('host', 'a', 'a'), 'a host of the agency that leads')
  for (const role of roles) {
    for (const agencyId of [undefined, 'a', 'b']) {
      const knows = may({ id: '', role, agencyId }, 'know attendees', { leadAgencyId: 'a', hostIds: [] })
      t.ok(knows || !runs(role, agencyId, 'a'), `${role} of ${agencyId}: people who organise may know who comes`)
    }
  }
})
