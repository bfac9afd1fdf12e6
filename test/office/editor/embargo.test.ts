import { DateTime } from 'luxon'
import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { ActivityNotFound } from '../../../src/programme/activities/errors.ts'
import { isKnownAt, listPublicActivities } from '../../../src/programme/activities/public-activities.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service, workshopForm } from '../../support/service.ts'
import { aHold, anAgency, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity, aRequest, noon, world } from '../../support/world.ts'

const url = '/staff/activities/new'

t.test('an embargo is set in the activity’s zone, shown to staff and partners, and kept from the public', async t => {
  const { app, db } = await service(t)
  await aCampaign(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const partner = await signedIn(app, db, { role: 'staff', agencyId: (await anAgency(db)).id })
  const form = filledIn((await app.inject({ url, headers })).body)
  const wrong = async (given: object) =>
    perceived(await post(app, url, { ...form, ...workshopForm, ...given }, headers)).errors

  t.strictSame(await wrong({ embargo_day: '2026-12-01' }),
    [{ field: 'embargo_time', sentence: 'Enter the time at which the embargo ends' }])
  t.strictSame(await wrong({ embargo_day: '2026-12-08', embargo_time: '18:00' }),
    [{ field: 'embargo_day', sentence: 'The end of the embargo must be before booking closes' }])
  t.strictSame(await wrong({ embargo_day: '2026-12-01', embargo_time: '09:00', visibility: 'partners' }),
    [{ field: 'embargo_day', sentence: 'The end of the embargo must be empty unless everyone may see this: others see it at once' }])

  await post(app, url, { ...form, ...workshopForm, embargo_day: '2026-12-01', embargo_time: '09:30' }, headers)
  const address = '/staff/activities/staying-safe-online'
  t.match(perceived(await app.inject({ url: `${address}/publish`, headers })).text,
    /Under embargo until 1 December 2026 at 9:30am: until then only staff see it, those of partner agencies too/)
  await post(app, `${address}/publish`, {}, headers)
  t.strictSame((await db.activity.findFirst())?.embargoUntil, new Date('2026-12-01T09:30:00Z'))
  for (const staff of [headers, partner.headers]) {
    t.match(perceived(await app.inject({ url: address, headers: staff })).text, 'Under embargo until 1 December 2026 at 9:30am')
  }
  t.equal((await app.inject('/activities/staying-safe-online')).statusCode, 404)
  t.equal((await app.inject('/activities/staying-safe-online/book')).statusCode, 404)

  const edit = filledIn((await app.inject({ url: `${address}/edit`, headers })).body)
  t.match(edit, { embargo_day: '2026-12-01', embargo_time: '09:30' })
  t.equal((await post(app, `${address}/edit`, { ...edit, embargo_day: '', embargo_time: '' }, headers)).statusCode, 303)
  t.equal((await db.activity.findFirst())?.embargoUntil, null)
})

t.test('in summer an embargo is typed and read in London’s time, and ends an hour before by universal time', async t => {
  const { app, db } = await service(t)
  await aCampaign(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const form = filledIn((await app.inject({ url, headers })).body)
  const summer = { starts_day: '2027-06-12', embargo_day: '2027-06-10', embargo_time: '00:01' }
  t.equal((await post(app, url, { ...form, ...workshopForm, ...summer }, headers)).statusCode, 303)
  const address = '/staff/activities/staying-safe-online'
  await post(app, `${address}/publish`, {}, headers)

  const stored = await db.activity.findFirstOrThrow()
  const ends = DateTime.fromISO('2027-06-09T23:01:00Z') as DateTime<true>
  t.strictSame(stored.embargoUntil, ends.toJSDate())
  t.match(perceived(await app.inject({ url: address, headers })).text, 'Under embargo until 10 June 2027 at 12:01am')
  t.match(filledIn((await app.inject({ url: `${address}/edit`, headers })).body), { embargo_day: '2027-06-10', embargo_time: '00:01' })
  const launch = { visibility: 'public', status: 'published', embargoUntil: ends } as const
  t.notOk(isKnownAt(launch, DateTime.fromISO('2027-06-10T00:00:59', { zone: 'Europe/London' }) as DateTime<true>))
  t.ok(isKnownAt(launch, DateTime.fromISO('2027-06-10T00:01:00', { zone: 'Europe/London' }) as DateTime<true>))
  t.strictSame((await listPublicActivities(db, ends.minus({ seconds: 1 }), {})).map(({ slug }) => slug), [])
  t.strictSame((await listPublicActivities(db, ends, {})).map(({ slug }) => slug), [stored.slug])
})

t.test('nobody books what strangers may not know of: by the form it is not there, whatever code they have', async t => {
  const { app, db } = await service(t)
  const hidden = [
    await anActivity(db, { embargoUntil: noon.plus({ minutes: 1 }).toJSDate() }),
    await anActivity(db, { visibility: 'partners' }),
    await anActivity(db, { visibility: 'operational' }),
    await anActivity(db, { status: 'draft' })
  ]
  const nothing = await post(app, '/activities/nothing-here/book', { name: 'Anne' })
  for (const { id, slug } of hidden) {
    await aHold(db, id, { code: 'K7PMW3QD' })
    for (const code of ['', 'K7PMW3QD', 'AAAAAAAA']) {
      const sent = await post(app, `/activities/${slug}/book`, {
        name: 'Anne Kirkbride', email: 'anne@example.org', role: 'parent', submission: crypto.randomUUID(), code
      })
      t.equal(sent.statusCode, 404)
      t.equal(sent.body.length, nothing.body.length, 'as if it was not there')
    }
    t.equal((await app.inject(`/activities/${slug}/booked`)).statusCode, 404)
  }
  t.equal(await db.booking.count(), 0)
})

t.test('the desk decides by what is true when it decides: an activity hidden a moment ago takes no booking', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  const ask = async () => await requestPlaces(db, outbox, id, [aRequest('anne@example.org')], noon)
  await db.activity.update({ where: { id }, data: { visibility: 'operational' } })
  await t.rejects(ask(), new ActivityNotFound())
  await db.activity.update({ where: { id }, data: { visibility: 'public', embargoUntil: noon.plus({ seconds: 1 }).toJSDate() } })
  await t.rejects(ask(), new ActivityNotFound())
  t.equal(await db.booking.count(), 0)
  await db.activity.update({ where: { id }, data: { embargoUntil: noon.toJSDate() } })
  t.strictSame(await ask(), ['received'], 'at its very minute')
})

t.test('an embargo ends at its moment, not after it', async t => {
  const embargoUntil = DateTime.fromISO('2026-10-25T01:30:00Z') as DateTime<true>
  const launch = { visibility: 'public', status: 'published', embargoUntil } as const
  t.notOk(isKnownAt(launch, embargoUntil.minus({ milliseconds: 1 })))
  t.ok(isKnownAt(launch, embargoUntil))
  t.notOk(isKnownAt({ ...launch, status: 'draft' }, embargoUntil))
  t.notOk(isKnownAt({ ...launch, visibility: 'agency' }, embargoUntil))
})
