import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { sweepEmails } from '../../../src/mail/emails/commands.ts'
import { restoreTurn } from '../../../src/office/on-behalf/restore-turn.ts'
import { ConfirmationRequired, confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { filledIn } from '../../support/filled-in.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, aRequest, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** Restores a turn like someone who has read the effects. */
async function restore (its: Pick<World, 'db' | 'outbox'>, id: string, now = noon): Promise<void> {
  try {
    await restoreTurn(its.db, its.outbox, id, undefined, organiser, now)
  } catch (error) {
    if (!(error instanceof ConfirmationRequired)) throw error
    await restoreTurn(its.db, its.outbox, id, confirmationToken(error.effects), organiser, now)
  }
}

t.test('someone who let an offer pass has their turn back, before later ones, and is emailed as if for the first time', async t => {
  const its = await service(t)
  const { app, db, outbox } = its
  const activity = await anActivity(db, { capacity: 1, waitingList: 'offers', offerHours: 2 })
  const holder = await aBooking(db, activity.id)
  const anne = await aBooking(db, activity.id, { status: 'waiting', email: 'anne@example.org' })
  const later = await aBooking(db, activity.id, { status: 'waiting' })
  const mailer = keeping()
  const write = async (now = noon) => {
    await sweepEmails(db, outbox, now)
    t.strictSame(await doJobs(its, contextWith(its, mailer)), [])
    return mailer.kept.splice(0).filter(({ to }) => to === 'anne@example.org').map(({ subject }) => subject)
  }
  await outbox.announce(db, 'waiting-list.joined', [{ bookingId: anne.id, sequence: 0 }])
  await db.booking.update({
    where: { id: anne.id }, data: { status: 'lapsed', lapseReason: 'unanswered', offers: 1, changedAt: noon.toJSDate() }
  })
  await outbox.announce(db, 'booking.lapsed', [{ bookingId: anne.id, sequence: 1 }])
  t.match(await write(), [/^Your offer has ended/])
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const href = `/staff/activities/${activity.slug}/bookings/${anne.id}`

  const booking = await app.inject({ url: href, headers })
  const told = await app.inject({ url: `${href}/turn`, headers })
  const [done, again] = await Promise.all([
    post(app, `${href}/turn`, filledIn(told.body), headers), post(app, `${href}/turn`, filledIn(told.body), headers)
  ])

  t.match(booking.body, `href="${href}/turn"`)
  t.match(perceived(told).text, 'as if they had never left it: they are next in line.')
  t.match(perceived(told).text, `Anne Kirkbride ${anne.reference}`, 'whose turn it is')
  t.match(perceived(told).text, 'They get an email that says so.')
  for (const { headers: { location } } of [done, again]) t.equal(location, `${href}?done=turn`)
  const { status, arrival } = await db.booking.findUniqueOrThrow({ where: { id: anne.id } })
  t.strictSame([status, arrival], ['waiting', anne.arrival])
  t.match((await db.occupancy.findUnique({ where: { activityId: activity.id } })), { waiting: 2, waitingBookings: 2 })
  t.equal(await db.auditEntry.count({
    where: { action: 'booking.turn-restored', staffMemberId: member.id, subject: activity.slug }
  }), 1)
  t.match(await write(noon.plus({ minutes: 10 })), [/^You are on the waiting list/], 'one email, however often it is looked for')
  const page = perceived(await app.inject({ url: href, headers })).text
  t.match(page, /Has their turn on the waiting list again\./)

  await db.booking.update({ where: { id: holder.id }, data: { status: 'cancelled' } })
  await serveWaitingList(db, outbox, activity.id, noon)
  t.match(await db.booking.findUnique({ where: { id: anne.id } }), { status: 'offered', offers: 2 })
  t.match(await db.booking.findUnique({ where: { id: later.id } }), { status: 'waiting' })
  await serveWaitingList(db, outbox, activity.id, noon.plus({ hours: 3 }))
  t.match(await db.booking.findUnique({ where: { id: anne.id } }), { status: 'lapsed' })
  const last = await write(noon.plus({ hours: 3, minutes: 10 }))
  t.match(last, [/offer/i], 'a second time they hear that an offer has ended')
  t.equal(await db.email.count({ where: { bookingId: anne.id, kind: 'offer-lapsed', status: 'sent' } }), 2)
})

t.test('where there is room the page says so, and what has changed since is read before it is done', async t => {
  const its = await service(t)
  const { app, db } = its
  const activity = await anActivity(db, { capacity: 1, waitingList: 'automatic' })
  const { id } = await aBooking(db, activity.id, {
    status: 'cancelled', waitedAt: noon.toJSDate(), confirmedAt: null, priority: 3, unreachableAt: noon.toJSDate()
  })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/bookings/${id}/turn`

  const told = await app.inject({ url, headers })
  await aBooking(db, activity.id, { status: 'waiting', priority: 1 })
  const changed = await post(app, url, filledIn(told.body), headers)

  t.match(perceived(told).text, 'There is room for them now: they are served at once')
  t.match(perceived(told).text, 'Emails do not reach them')
  t.match(perceived(changed).text, 'Something has changed while you were reading')
  t.match(perceived(changed).text, '1 booking is before theirs')
  t.match(await db.booking.findUnique({ where: { id } }), { status: 'cancelled' })
  const done = await post(app, url, filledIn(changed.body), headers)
  t.equal(done.statusCode, 303)
  t.match(await db.booking.findUnique({ where: { id } }), { status: 'waiting', priority: 3 })
})

t.test('there is no turn for anyone who never waited, had a place or waits, or where the list is gone', async t => {
  const its = await service(t)
  const { db, outbox, app } = its
  const at = noon.toJSDate()
  const activity = await anActivity(db, { waitingList: 'automatic' })
  const lost = { status: 'lapsed' } as const
  const never = [
    await aBooking(db, activity.id),
    await aBooking(db, activity.id, { status: 'cancelled' }),
    await aBooking(db, activity.id, { status: 'cancelled', waitedAt: at, confirmedAt: at }),
    await aBooking(db, activity.id, { ...lost, copiedFromBookingId: (await aBooking(db, activity.id)).id }),
    await aBooking(db, (await anActivity(db, { waitingList: 'off' })).id, lost),
    await aBooking(db, (await anActivity(db, { waitingList: 'automatic', bookingClosesAt: at })).id, lost),
    await aBooking(db, (await anActivity(db, { waitingList: 'automatic', status: 'cancelled' })).id, lost)
  ]
  for (const [n, { id, status }] of never.entries()) {
    await t.rejects(restore(its, id), /no turn to restore|no waiting list any more/, `booking ${n}`)
    t.match(await db.booking.findUnique({ where: { id } }), { status })
  }
  const waits = await aBooking(db, activity.id, { status: 'waiting' })
  await restore(its, waits.id)
  t.strictSame(await announced(db, 'waiting-list.joined'), [], 'who waits is told nothing anew')

  const anne = await aBooking(db, activity.id, { ...lost, email: 'anne@example.org' })
  const again = await aBooking(db, activity.id, { status: 'waiting', email: 'anne@example.org' })
  await t.rejects(restoreTurn(db, outbox, anne.id, undefined, organiser, noon), /joined again since/)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const answer = await app.inject({ url: `/staff/activities/${activity.slug}/bookings/${anne.id}/turn`, headers })
  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).text, `They have joined again since, with another booking: ${again.reference}.`)
  const page = await app.inject({ url: `/staff/activities/${activity.slug}/bookings/${never[2]?.id}`, headers })
  t.notMatch(page.body, '/turn"', 'who had a place is not offered a turn')
  for (const body of ['wrong=yes', `confirmed=${'x'.repeat(10_001)}`, 'confirmed=1&confirmed=2']) {
    const { id } = await aBooking(db, activity.id, lost)
    const refused = await post(app, `/staff/activities/${activity.slug}/bookings/${id}/turn`, body, headers)
    t.ok(refused.statusCode === 400 && perceived(refused).errors.length > 0, body)
    t.match(await db.booking.findUnique({ where: { id } }), { status: 'lapsed' })
  }
})

t.test('someone who joins anew while their turn is restored has one booking that waits', async t => {
  const its = await world(t)
  const { db, outbox } = its
  for (let round = 0; round < 8; round++) {
    const activity = await anActivity(db, { capacity: 1, waitingList: 'automatic' })
    await aBooking(db, activity.id)
    const { id } = await aBooking(db, activity.id, { status: 'lapsed', email: 'anne@example.org' })

    await Promise.allSettled([
      restore(its, id), requestPlaces(db, outbox, activity.id, [aRequest('Anne@example.org')], noon)
    ])

    t.equal(await db.booking.count({ where: { activityId: activity.id, canonicalEmail: 'anne@example.org', status: 'waiting' } }), 1)
  }
})

t.test('where restoring a turn fails, nothing is restored and nobody is told', async t => {
  const its = await world(t)
  const activity = await anActivity(its.db, { waitingList: 'automatic' })
  const { id } = await aBooking(its.db, activity.id, { status: 'lapsed' })
  const outbox = { announce: async () => { throw new Error('no queue') } }

  await t.rejects(restore({ db: its.db, outbox }, id), /no queue/)

  t.match(await its.db.booking.findUnique({ where: { id } }), { status: 'lapsed', lapseReason: 'unanswered' })
  t.equal(await its.db.auditEntry.count(), 0)
})
