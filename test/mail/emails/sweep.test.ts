import t from 'tap'
import { cancelActivity, cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { sweepEmails } from '../../../src/mail/emails/commands.ts'
import { kinds } from '../../../src/mail/emails/kinds.ts'
import { makeAnotherDate } from '../../../src/booking/waiting-list/another-date.ts'
import { acceptOffer, refuseOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { cancelForThem, confirming } from '../../support/confirming.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, announced, aRequest, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const soon = noon.plus({ minutes: 3 })

async function loseJobs ({ db }: World): Promise<void> {
  await db.$executeRaw`DELETE FROM pgboss.job`
}

async function countJobs ({ db }: World): Promise<number> {
  const facts = new Set(Object.values(kinds).map(({ fact }) => fact))
  return (await Promise.all([...facts].map(async fact => (await announced(db, fact)).length))).reduce((a, b) => a + b)
}

t.test('when every job is lost, everyone still gets their emails, each once', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db, { capacity: 3, placesPerBooking: 2 })
  const idOf = async (email: string) => (await db.booking.findFirstOrThrow({ where: { email } })).id
  await requestPlaces(db, outbox, activityId,
    ['a', 'b', 'c', 'd', 'e'].map(name => aRequest(`${name}@example.org`)), noon)
  await cancelBooking(db, outbox, await idOf('a@example.org'), noon)
  await serveWaitingList(db, outbox, activityId, noon)
  await cancelBooking(db, outbox, await idOf('b@example.org'), noon)
  await changePlaces(db, outbox, await idOf('c@example.org'), 1, noon)
  await loseJobs(its)
  const mailer = keeping()
  const context = contextWith(its, mailer)

  await sweepEmails(db, outbox, soon)
  await doJobs(its, context)
  await loseJobs(its)
  await sweepEmails(db, outbox, soon.plus({ minutes: 1 }))
  await doJobs(its, context)

  const emails = mailer.kept.map(({ to, subject }) => `${to} ${subject.split(':')[0] ?? ''}`).sort()
  t.strictSame(emails, [
    'a@example.org Your booking is cancelled',
    'b@example.org Your booking is cancelled',
    'c@example.org Your place is booked',
    'd@example.org A place for you',
    'e@example.org You are on the waiting list'
  ])
})

t.test('a change of places that got lost is announced again', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db, { placesPerBooking: 3 })
  const mailer = keeping()
  const context = contextWith(its, mailer)
  const { id } = await aBooking(db, activityId)
  await outbox.announce(db, 'booking.confirmed', [{ bookingId: id, sequence: 0 }])
  await doJobs(its, context)
  await changePlaces(db, outbox, id, 2, noon)
  await loseJobs(its)

  await sweepEmails(db, outbox, soon)
  await doJobs(its, context)

  t.strictSame(mailer.kept.map(({ subject }) => subject.split(':')[0]), ['Your place is booked', 'You now have 2 places'])
})

t.test('where nothing is lost, nothing is announced', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db, { capacity: 1 })
  await requestPlaces(db, outbox, activityId, ['a', 'b'].map(name => aRequest(`${name}@example.org`)), noon)
  const before = await countJobs(its)

  await sweepEmails(db, outbox, soon)
  t.equal(await countJobs(its), before, 'a job that is late is left to its work')
  await doJobs(its, contextWith(its, keeping()))
  await sweepEmails(db, outbox, soon)
  t.equal(await countJobs(its), before, 'what was sent is not owed')
})

t.test('what has just happened, or happened long ago, is left alone', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db)
  const { id: overId } = await anActivity(db, {
    startsAt: noon.minus({ hours: 2 }).toJSDate(), endsAt: noon.minus({ hours: 1 }).toJSDate()
  })
  await aBooking(db, activityId, { changedAt: noon.minus({ minutes: 1 }).toJSDate() })
  await aBooking(db, activityId, { changedAt: noon.minus({ hours: 26 }).toJSDate() })
  await aBooking(db, overId, { changedAt: noon.minus({ hours: 3 }).toJSDate() })

  await sweepEmails(db, outbox, noon)

  t.equal(await countJobs(its), 0)
})

t.test('an email that was begun and whose job is gone is taken up again', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId)
  const begun = { bookingId, kind: 'booking-link', sequence: 29_000_000, status: 'queued', createdAt: noon.toJSDate() }
  await db.email.create({ data: { ...begun, messageId: 'begun', claimedUntil: noon.plus({ minutes: 1 }).toJSDate() } })
  await db.email.create({ data: { ...begun, kind: 'place-confirmed', sequence: 0, status: 'sent', messageId: 'sent', sentAt: noon.toJSDate() } })

  await sweepEmails(db, outbox, noon)
  t.equal(await countJobs(its), 0, 'its worker may still be alive')
  await sweepEmails(db, outbox, soon)

  t.strictSame(await announced(db, 'letter.due'), [
    { bookingId, kind: 'booking-link', sequence: 29_000_000, copy: 0 }
  ])
  t.equal(await countJobs(its), 1)
})

/** Emails announced where all jobs are lost: once by the sweep, and not again once they are out. */
async function whatComesBack (its: World, at = soon): Promise<string[]> {
  const { db, outbox } = its
  await loseJobs(its)
  await sweepEmails(db, outbox, at)
  await sweepEmails(db, outbox, at)
  const back = await Promise.all((await announced(db, 'letter.due')).map(async ({ bookingId, kind, sequence }) =>
    `${kind} ${sequence} ${(await db.booking.findUniqueOrThrow({ where: { id: bookingId } })).name}`))
  if (await countJobs(its) > back.length) throw new Error('What has happened is announced anew.')
  const context = contextWith(its, keeping())
  context.turnClock(at)
  await doJobs(its, context)
  await loseJobs(its)
  await sweepEmails(db, outbox, at)
  if (await countJobs(its) > 0) throw new Error('Some are announced although they are out.')
  return back.sort()
}

t.test('an offer that nobody was told of is announced again, as the one that it is', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  await aBooking(db, id, { status: 'waiting', name: 'Anne' })
  await aBooking(db, id, { status: 'offered', name: 'Bob', offers: 3, offeredUntil: noon.plus({ days: 1 }).toJSDate() })
  await db.activity.update({ where: { id }, data: { capacity: 2 } })
  await serveWaitingList(db, outbox, id, noon)

  t.strictSame(await whatComesBack(its), ['place-offered 1 Anne', 'place-offered 3 Bob'])
})

t.test('an open place that nobody was told of is announced again as the latest, one that is gone is not', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db, {
    capacity: 1, waitingList: 'offers', startsAt: noon.plus({ hours: 1 }).toJSDate()
  })
  const quick = await aBooking(db, id, { status: 'waiting', name: 'Anne' })
  await aBooking(db, id, { status: 'waiting', name: 'Bob' })
  await serveWaitingList(db, outbox, id, noon)
  await acceptOffer(db, outbox, quick.id, noon)
  await serveWaitingList(db, outbox, id, noon)
  const whatIsOwed = ['place-found 0 Anne', 'waiting-list-joined 0 Bob']
  t.strictSame(await whatComesBack(its), whatIsOwed)

  await cancelBooking(db, outbox, quick.id, noon)
  await serveWaitingList(db, outbox, id, noon)

  t.strictSame(await whatComesBack(its), ['cancelled 0 Anne', 'place-called 2 Bob'])
})

t.test('the end of an offer, and of a list, that nobody was told of is announced again', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db, { capacity: 2, waitingList: 'offers' })
  await aBooking(db, id, { status: 'offered', name: 'Anne', offeredUntil: noon.toJSDate() })
  const refusing = await aBooking(db, id, { status: 'offered', name: 'Bob' })
  await refuseOffer(db, outbox, refusing.id, noon)
  await serveWaitingList(db, outbox, id, noon)
  const { id: closed } = await anActivity(db, { bookingClosesAt: noon.toJSDate() })
  await aBooking(db, closed, { status: 'waiting', name: 'Cem' })
  await serveWaitingList(db, outbox, closed, noon)
  const context = contextWith(its, keeping())
  t.strictSame(await whatComesBack(its), ['offer-lapsed 0 Anne', 'offer-refused 0 Bob', 'waiting-list-closed 0 Cem'])

  await sweepEmails(db, outbox, soon)
  await doJobs(its, context)

  t.strictSame((await db.email.findMany({ orderBy: { kind: 'asc' } })).map(({ kind }) => kind),
    ['offer-lapsed', 'offer-refused', 'waiting-list-closed'])
})

t.test('if the activity is over or cancelled, only people who waited until its list closed are still told', async t => {
  const its = await world(t)
  const { db } = its
  for (const given of [
    { startsAt: noon.minus({ hours: 1 }).toJSDate(), endsAt: noon.toJSDate() }, { status: 'cancelled' }
  ]) {
    const { id } = await anActivity(db, given)
    await aBooking(db, id, { status: 'lapsed', lapseReason: 'unanswered', name: 'Anne' })
    await aBooking(db, id, { status: 'lapsed', lapseReason: 'refused', name: 'Bob' })
    await aBooking(db, id, { status: 'lapsed', lapseReason: 'closed', name: 'Cem' })
  }

  t.strictSame(await whatComesBack(its), ['waiting-list-closed 0 Cem', 'waiting-list-closed 0 Cem'])
})

t.test('a cancellation of one booking or of all that went untold is announced again, but not to people who knew nothing', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db)
  const anne = await aBooking(db, id, { name: 'Anne' })
  await aBooking(db, id, { name: 'Bob' })
  await aBooking(db, id, { name: 'Cem', status: 'waiting', copiedFromBookingId: crypto.randomUUID() })
  await cancelForThem({ db, outbox }, [anne.id], organiser, noon)
  await confirming(async confirmed =>
    await cancelActivity(db, outbox, id, { reason: 'The speaker is ill', confirmed }, organiser, noon))

  t.strictSame(await whatComesBack(its), ['activity-cancelled 0 Bob', 'cancelled-by-us 0 Anne'])
  t.strictSame((await db.email.findMany({ orderBy: { kind: 'asc' } })).map(({ kind }) => kind),
    ['activity-cancelled', 'cancelled-by-us'])
})

t.test('nobody who was carried over to another date is told of it before they are asked', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db, { capacity: 1 })
  await aBooking(db, id, { name: 'Olu', changedAt: noon.minus({ days: 2 }).toJSDate() })
  for (const name of ['Anne', 'Bob', 'Cem']) {
    await aBooking(db, id, { status: 'waiting', name, email: `${name}@example.org`, changedAt: noon.minus({ days: 2 }).toJSDate() })
  }
  const startsAt = noon.plus({ days: 15 })
  const slug = await confirming(async confirmed =>
    await makeAnotherDate(db, outbox, id, { startsAt, joinUrlSealed: undefined, confirmed }, organiser, noon))
  const { id: copy } = await db.activity.findUniqueOrThrow({ where: { slug } })
  t.strictSame(await whatComesBack(its), [])

  await requestPlaces(db, outbox, copy, [aRequest('Cem@example.org')], noon)
  await serveWaitingList(db, outbox, copy, noon)

  t.strictSame(await whatComesBack(its), ['place-offered 1 Anne', 'waiting-list-joined 0 Cem'],
    'but who asks for it themselves is')
})
