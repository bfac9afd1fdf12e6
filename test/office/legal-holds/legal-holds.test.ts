import { randomUUID } from 'node:crypto'
import t from 'tap'
import { forgetBookings } from '../../../src/office/forgetting/commands.ts'
import { setLegalHold } from '../../../src/office/legal-holds/commands.ts'
import { legalHoldEffects } from '../../../src/office/legal-holds/legal-hold.ts'
import { confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aLegalHold } from '../../support/requests.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, countWaitingForLocks, noon, world } from '../../support/world.ts'
import { eventually } from '../../support/running-service.ts'

const why = { reason: 'Independent inquiry', owner: 'Data protection officer', review_on: '2027-02-23' }

t.test('a hold on an activity says how much it keeps, keeps it, is reviewed, and once lifted lets it go', async t => {
  const clock = { now: noon }
  const { app, db } = await service(t, { clock: () => clock.now })
  const { headers, member } = await signedIn(app, db)
  const activity = await anActivity(db)
  const bookings = [await aBooking(db, activity.id), await aBooking(db, activity.id, { status: 'cancelled' })]
  const ids = bookings.map(({ id }) => id)
  const address = `/staff/activities/${activity.slug}/legal-hold`
  const forget = async () => await db.$transaction(async tx => await forgetBookings(tx, ids, clock.now))

  const form = await app.inject({ url: address, headers })
  const wrong = await post(app, address, { ...filledIn(form.body), ...why, review_on: '2028-02-23' }, headers)
  const read = await post(app, address, { ...filledIn(form.body), ...why }, headers)
  t.match(perceived(wrong).errors, [{ field: 'review_on', sentence: /within 12 months/ }])
  t.match(perceived(read).text, '2 bookings are kept beyond their day of deletion')
  t.equal(await db.legalHold.count(), 0, 'nothing is set before that was read')
  for (const again of ['once', 'twice']) {
    t.match(await post(app, address, filledIn(read.body), headers), { statusCode: 303 }, again)
  }
  t.equal(await db.legalHold.count(), 1, 'pressed twice, it is one')
  t.strictSame((await forget()).bookingIds, [])

  const { id } = await db.legalHold.findFirstOrThrow()
  t.match(perceived(await app.inject({ url: '/staff/legal-holds', headers })).text, /Keeping your child safe online Why Independent inquiry.*Keeps 2 bookings/)
  const review = '1 legal hold is due a review Keeping your child safe online Review by Tuesday 23 February 2027'
  t.notMatch(perceived(await app.inject({ url: '/staff', headers })).text, 'legal hold is due')
  clock.now = noon.plus({ months: 3 })
  const again = await signedIn(app, db)
  t.match(perceived(await app.inject({ url: '/staff', headers: again.headers })).text, review)
  const changed = await post(app, `/staff/legal-holds/${id}`, { ...why, review_on: '2027-05-23' }, again.headers)
  t.equal(changed.statusCode, 303)
  t.notMatch(perceived(await app.inject({ url: '/staff', headers: again.headers })).text, 'legal hold is due')

  const lifting = await app.inject({ url: `/staff/legal-holds/${id}/lifting`, headers: again.headers })
  t.match(perceived(lifting).text, '2 bookings are deleted for good in the next night')
  t.match(await post(app, `/staff/legal-holds/${id}/lifting`, filledIn(lifting.body), again.headers), { statusCode: 303 })
  t.strictSame((await forget()).bookingIds.sort(), ids.sort(), 'the next run deletes it')
  t.match(await post(app, `/staff/legal-holds/${id}`, why, again.headers), { statusCode: 409 }, 'what is lifted is not changed')
  t.match(await db.auditEntry.findMany({ where: { action: { startsWith: 'legal-hold.' } }, orderBy: { id: 'asc' } }), [
    { action: 'legal-hold.set', staffMemberId: member.id, details: { on: activity.slug, reason: 'Independent inquiry', bookings: 2 } },
    { action: 'legal-hold.changed', staffMemberId: again.member.id, details: { reviewOn: ['2027-02-23', '2027-05-23'] } },
    { action: 'legal-hold.lifted', staffMemberId: again.member.id, details: { on: activity.slug } }
  ])
})

t.test('a hold on a person keeps all their bookings and nobody else’s; their address is in no trail, and goes with it', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const activity = await anActivity(db)
  const hers = await aBooking(db, activity.id, { email: 'Anne@Example.org' })
  const other = await aBooking(db, activity.id)
  const form = await app.inject({ url: '/staff/legal-holds/new', headers })

  const read = await post(app, '/staff/legal-holds/new', { ...filledIn(form.body), ...why, email: 'anne@example.ORG' }, headers)
  t.match(perceived(read).text, '1 booking is kept beyond its day of deletion')
  await post(app, '/staff/legal-holds/new', filledIn(read.body), headers)

  const { bookingIds } = await db.$transaction(async tx => await forgetBookings(tx, [hers.id, other.id], noon))
  t.strictSame(bookingIds, [other.id])
  const { id } = await db.legalHold.findFirstOrThrow()
  const lifting = await app.inject({ url: `/staff/legal-holds/${id}/lifting`, headers })
  t.match(perceived(lifting).text, '1 booking is deleted on the day that people were told')
  await post(app, `/staff/legal-holds/${id}/lifting`, filledIn(lifting.body), headers)
  t.match(await db.legalHold.findFirst(), { canonicalEmail: null })
  const trail = await db.auditEntry.findMany({ select: { subject: true, details: true } })
  t.notMatch(JSON.stringify(trail), /anne/i)
  t.match(perceived(await app.inject({ url: '/staff/legal-holds', headers })).text, 'No legal hold is set.')
})

t.test('someone who lifts a hold reads it again if what it keeps has changed meanwhile', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const activity = await anActivity(db)
  const { id } = await aLegalHold(db, { activityId: activity.id })
  const lifting = await app.inject({ url: `/staff/legal-holds/${id}/lifting`, headers })
  await aBooking(db, activity.id)

  const again = await post(app, `/staff/legal-holds/${id}/lifting`, filledIn(lifting.body), headers)

  t.match(perceived(again).text, /Something has changed while you were reading.*1 booking is deleted on the day/)
  t.match(await db.legalHold.findFirst(), { liftedAt: null })
})

t.test('someone who sets a hold while something is deleted waits, and is told of what is left', async t => {
  const { db } = await world(t)
  const activity = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activity.id)
  const of = { activity: { id: activity.id, slug: activity.slug, title: activity.title } }
  const hold = { id: randomUUID(), of, reason: 'x', owner: 'x', reviewOn: '2027-02-23' }
  const confirmed = confirmationToken({ sentences: legalHoldEffects(1), changes: [] })
  let setting: Promise<unknown> = Promise.resolve()

  await db.$transaction(async tx => {
    await forgetBookings(tx, [bookingId], noon)
    setting = setLegalHold(db, { ...hold, confirmed }, organiser, noon).catch((error: unknown) => error)
    await eventually(async () => await countWaitingForLocks(db) > 0)
  })

  t.match(await setting, { refusal: 'people-to-tell' }, 'it keeps 0 bookings and not the 1 that was read')
})
