import type { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { lockActivity } from '../../../src/programme/activities/queries.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { ofOne } from '../../../src/booking/attendees/choose-again.ts'
import { BookingMoved, ChosenGone } from '../../../src/booking/bookings/errors.ts'
import type { Booking } from '../../../src/platform/database/generated/client.ts'
import { sweepEmails } from '../../../src/mail/emails/commands.ts'
import { moveBookings } from '../../../src/office/on-behalf/move-bookings.ts'
import { restoreTurn } from '../../../src/office/on-behalf/restore-turn.ts'
import { CannotMoveThere } from '../../../src/office/on-behalf/errors.ts'
import { remindPeople } from '../../../src/mail/reminders/commands.ts'
import { ConfirmationRequired, confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { makeAnotherDate } from '../../../src/booking/waiting-list/another-date.ts'
import { acceptOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { pickFromLine } from '../../../src/booking/waiting-list/pick.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { confirming } from '../../support/confirming.ts'
import { filledIn } from '../../support/filled-in.ts'
import { anEmail, doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { eventually } from '../../support/running-service.ts'
import { links, perceived, post, service } from '../../support/service.ts'
import { aHold, anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, countWaitingForLocks, noon, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const aWeekLater = {
  startsAt: noon.plus({ days: 15, hours: 6 }).toJSDate(),
  endsAt: noon.plus({ days: 15, hours: 6, minutes: 30 }).toJSDate()
}

/** Two dates of one campaign, a week apart. */
async function twoDates (db: World['db'], given: { first?: object, second?: object } = {}) {
  const { id: campaignId } = await aCampaign(db)
  const first = await anActivity(db, { campaignId, ...given.first })
  return [first, await anActivity(db, { campaignId, ...aWeekLater, ...given.second })] as const
}

/** Moves bookings of one activity like someone who has read the effects. */
async function move (
  its: Pick<World, 'db' | 'outbox'>, bookings: string | string[], to: { id: string }, now = noon
): Promise<void> {
  const bookingIds = [bookings].flat()
  const { activityId: from } = await its.db.booking.findFirstOrThrow({ where: { id: { in: bookingIds } } })
  const go = async (confirmed?: string) => {
    await moveBookings(its.db, its.outbox, { from, to: to.id, bookingIds, confirmed }, organiser, now)
  }
  try {
    await go()
  } catch (error) {
    if (!(error instanceof ConfirmationRequired)) throw error
    await go(confirmationToken(error.effects))
  }
}

async function isExact (t: Test, { db }: Pick<World, 'db'>): Promise<void> {
  const counted = await db.$queryRaw`
    SELECT a.id, coalesce(sum(b.places) FILTER (WHERE b.status = 'confirmed'), 0)::int AS confirmed,
      coalesce(sum(b.places) FILTER (WHERE b.status = 'waiting'), 0)::int AS waiting
    FROM activities a LEFT JOIN bookings b ON b.activity_id = a.id GROUP BY a.id ORDER BY a.id`
  const kept = await db.$queryRaw`SELECT activity_id AS id, confirmed, waiting FROM occupancies ORDER BY activity_id`
  t.strictSame(kept, counted, 'occupancy is what the bookings come to')
}

t.test('an organiser moves someone to another date, having read what it does: their entry and their link move', async t => {
  const its = await service(t)
  const { app, db, outbox } = its
  const [first, second] = await twoDates(db, { first: { capacity: 1 } })
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const { id, icalUid, arrival } = await aBooking(db, first.id, {
    email: 'anne@example.org',
    icalSequence: 2,
    attended: true,
    joinedAt: noon.toJSDate(),
    accessNeeds: 'Captions',
    accessAnswer: 'They are there',
    accessAnsweredAt: noon.toJSDate()
  })
  const next = await aBooking(db, first.id, { status: 'waiting', email: 'next@example.org' })
  const url = `/staff/activities/${first.slug}/bookings/${id}/move`
  const mailer = keeping()

  const choice = perceived(await app.inject({ url, headers }))
  const told = await post(app, url, { to: second.slug }, headers)
  const untouched = await db.booking.findUniqueOrThrow({ where: { id } })
  const confirming = filledIn(told.body)
  const [moved, again] = await Promise.all([post(app, url, confirming, headers), post(app, url, confirming, headers)])
  await serveWaitingList(db, outbox, first.id, noon)
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])
  await sweepEmails(db, outbox, noon.plus({ minutes: 10 }))
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  t.match(choice.text, 'Tuesday 8 December 2026, 6pm to 6:30pm')
  t.match(choice.text, '20 places are free')
  t.match(perceived(told).text, 'They lose their place on Tuesday 1 December 2026, 6pm to 6:30pm, which goes to the next in line there, and get a place on Tuesday 8 December 2026')
  t.match(perceived(told).text, 'must be arranged again for the new date')
  t.equal(untouched.activityId, first.id)
  for (const answer of [moved, again]) {
    t.equal(answer.headers.location, `/staff/activities/${second.slug}/bookings/${id}?done=moved`)
  }
  const booking = await db.booking.findUniqueOrThrow({ where: { id } })
  t.strictSame(
    [booking.activityId, booking.status, booking.icalUid, booking.icalSequence],
    [second.id, 'confirmed', icalUid, 3])
  t.strictSame([booking.attended, booking.joinedAt, booking.accessAnswer], [null, null, null])
  t.ok(booking.arrival > arrival)
  t.match(await db.booking.findUnique({ where: { id: next.id } }), { status: 'confirmed' }, 'the list is served')
  const emails = mailer.kept.filter(({ to }) => to === 'anne@example.org')
  t.equal(emails.filter(({ subject }) => subject.startsWith('Your booking has changed')).length, 1)
  const email = emails.find(({ subject }) => subject.startsWith('Your booking has changed'))
  t.match(email?.text, 'Tuesday 8 December 2026')
  t.equal(email?.calendar?.method, 'REQUEST')
  t.match(email?.calendar?.content, new RegExp(`UID:${icalUid}\r\n`))
  t.match(email?.calendar?.content, /SEQUENCE:3\r\n/)
  t.match(email?.calendar?.content, /DTSTART:20261208T180000Z/)
  t.match(perceived(await app.inject(`/bookings/${links.tokenOf(id)}`)).text, 'Tuesday 8 December 2026')
  t.match((await app.inject(`/bookings/${links.tokenOf(id)}/invitation.ics`)).body, 'DTSTART:20261208T180000Z')
  await isExact(t, its)
  const deeds = await db.auditEntry.findMany({ where: { action: 'booking.moved' } })
  t.strictSame(deeds.map(({ staffMemberId, subject, details }) => ({ staffMemberId, subject, details })), [
    { staffMemberId: member.id, subject: first.slug, details: { booking: id, activity: [first.slug, second.slug] } }
  ])
})

t.test('no place is given up for a turn on a list, and nobody overtakes those who wait', async t => {
  const its = await world(t)
  const { db } = its
  const [first, second] = await twoDates(db, { second: { capacity: 2 } })
  await aBooking(db, second.id)
  await aBooking(db, second.id, { status: 'waiting', places: 2 })
  const has = await aBooking(db, first.id)
  const waits = await aBooking(db, first.id, { status: 'waiting', priority: 1 })

  await t.rejects(move(its, has.id, second), new CannotMoveThere('full'))
  await move(its, waits.id, second)

  t.match(await db.booking.findUnique({ where: { id: has.id } }), { activityId: first.id, status: 'confirmed' })
  t.match(await db.booking.findUnique({ where: { id: waits.id } }), { activityId: second.id, status: 'waiting', priority: 9 })
  t.strictSame(await announced(db, 'booking.changed'), [{ bookingId: waits.id, sequence: 1 }])
  await isExact(t, its)
})

t.test('someone waiting, or offered a place, and moved to a date with room has a place there and a first invitation', async t => {
  const its = await world(t)
  const { db } = its
  const [first, second] = await twoDates(db)
  const waits = await aBooking(db, first.id, { status: 'waiting', email: 'waits@example.org' })
  const asked = await aBooking(db, first.id, { status: 'offered', email: 'asked@example.org' })
  const mailer = keeping()

  await move(its, waits.id, second)
  await move(its, asked.id, second)
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])
  await sweepEmails(db, its.outbox, noon.plus({ minutes: 10 }))
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  t.strictSame(mailer.kept.map(({ to, calendar }) => [to, calendar?.method]).sort(), [
    ['asked@example.org', 'REQUEST'], ['waits@example.org', 'REQUEST']
  ])
  for (const { subject } of mailer.kept) t.match(subject, /^A place for you: .*8 December/)
  t.match(await db.occupancy.findUnique({ where: { activityId: second.id } }), { confirmed: 2, offered: 0 })
  await isExact(t, its)
})

t.test('the reminders of the new date go out, whatever went out for the old one', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const [first, second] = await twoDates(db)
  const { id } = await aBooking(db, first.id, {
    email: 'anne@example.org', confirmedAt: noon.minus({ days: 20 }).toJSDate(), changedAt: noon.minus({ days: 20 }).toJSDate()
  })
  const context = contextWith(its, keeping())
  const remind = async (now: DateTime<true>) => {
    context.turnClock(now)
    await remindPeople(db, outbox, 'workshops.example.org', now)
    t.strictSame(await doJobs(its, context), [])
  }
  const sent = async () => (await db.email.findMany({ where: { status: 'sent' }, orderBy: { createdAt: 'asc' } }))
    .map(({ kind }) => kind)

  await remind(noon.plus({ days: 1, hours: 7 }))
  await remindPeople(db, outbox, 'workshops.example.org', noon.plus({ days: 7, hours: 7 }))
  await move(its, id, second, noon.plus({ days: 7, hours: 8 }))
  await remind(noon.plus({ days: 7, hours: 8 }))
  t.strictSame(await sent(), ['reminder-week', 'booking-changed'], 'the old date’s reminder was on its way, and goes no more')
  await remind(noon.plus({ days: 8, hours: 7 }))
  await remind(noon.plus({ days: 14, hours: 7 }))
  await remind(noon.plus({ days: 15, hours: 5, minutes: 10 }))

  t.strictSame(await sent(), ['reminder-week', 'booking-changed', 'reminder-week', 'reminder-day', 'reminder-hour'])
  t.equal(await db.email.count({ where: { kind: 'reminder-day', status: 'withdrawn' } }), 1)
})

t.test('what organisers write to people of the new date reaches those who moved there, under the same number too', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const [first, second] = await twoDates(db)
  const { id } = await aBooking(db, first.id)
  await anEmail(db, id, { kind: 'bulletin', sequence: 1 })
  await anEmail(db, id, { kind: 'bulletin', sequence: 2, status: 'queued', answer: null })

  await move(its, id, second)
  await sweepEmails(db, outbox, noon.plus({ minutes: 10 }))
  t.strictSame(await doJobs(its, contextWith(its, keeping())), [])
  await move(its, id, first)

  t.strictSame(
    (await db.email.findMany({ where: { kind: 'bulletin' }, orderBy: { sequence: 'desc' } }))
      .map(({ sequence, status }) => [sequence, status]),
    [[-2, 'sent'], [-3, 'withdrawn']])
})

t.test('nobody is moved to another campaign, into the past, off a draft’s date, or twice onto one', async t => {
  const its = await world(t)
  const { db } = its
  const [first, second] = await twoDates(db)
  const { campaignId } = first
  const wrong = [
    await anActivity(db, aWeekLater),
    await anActivity(db, { campaignId, ...aWeekLater, status: 'draft' }),
    await anActivity(db, { campaignId, ...aWeekLater, status: 'cancelled' }),
    await anActivity(db, { campaignId, ...aWeekLater, booking: 'drop-in', capacity: null }),
    await anActivity(db, { campaignId, startsAt: noon.toJSDate(), endsAt: noon.plus({ hours: 1 }).toJSDate() })
  ]
  const { id } = await aBooking(db, first.id, { email: 'Anne@example.org' })
  const there = await aBooking(db, second.id, { email: 'anne@example.org' })
  const gone = await aBooking(db, first.id, { status: 'cancelled' })
  const carried = await aBooking(db, first.id, { status: 'waiting', copiedFromBookingId: crypto.randomUUID() })

  for (const to of wrong) await t.rejects(move(its, id, to), new CannotMoveThere('not-offered'))
  await t.rejects(move(its, id, second), /They have a booking on that date already/)
  await t.rejects(move(its, gone.id, second), /already been cancelled/)
  await t.rejects(move(its, carried.id, second), new CannotMoveThere('carried'))
  await t.rejects(move(its, there.id, first), /They have a booking on that date already/)
  await t.rejects(move(its, id, second, noon.plus({ days: 9 })), /already taken place/)
  t.equal(await db.booking.count({ where: { activityId: first.id } }), 3)
})

t.test('someone who waits and was put on another date’s list without hearing of it can be moved there', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const first = await anActivity(db, { capacity: 1 })
  await aBooking(db, first.id)
  const { id } = await aBooking(db, first.id, { status: 'waiting', email: 'anne@example.org' })
  const startsAt = noon.plus({ days: 15 })
  const slug = await confirming(async confirmed =>
    await makeAnotherDate(db, outbox, first.id, { startsAt, joinUrlSealed: undefined, confirmed }, organiser, noon))
  const other = await db.activity.findUniqueOrThrow({ where: { slug } })

  await move(its, id, other)

  t.match(await db.booking.findMany({ where: { activityId: other.id } }), [{ id, status: 'confirmed' }])
  await isExact(t, its)
})

t.test('a hold has its places back', async t => {
  const its = await world(t)
  const { db } = its
  const [first, second] = await twoDates(db)
  const hold = await aHold(db, first.id)
  const { id } = await aBooking(db, first.id, { holdId: hold.id })

  await move(its, id, second)

  t.match(await db.hold.findUnique({ where: { id: hold.id } }), { claimed: 0 })
  t.match(await db.occupancy.findUnique({ where: { activityId: first.id } }), { confirmed: 0, held: 1 })
})

t.test('people are moved both ways at once, round after round, and nobody waits for the other for ever', async t => {
  const its = await world(t, { connections: 8 })
  const { db } = its
  const [first, second] = await twoDates(db)
  const people: Booking[] = []
  for (const activity of [first, second]) {
    for (let n = 0; n < 4; n++) people.push(await aBooking(db, activity.id))
  }
  await warm(db, 8)

  for (let round = 0; round < 12; round++) {
    const ends = await Promise.allSettled(people.map(async ({ id }, n) =>
      await move(its, id, (n < 4) === (round % 2 === 0) ? second : first)))
    t.strictSame(ends.flatMap(end => end.status === 'rejected' ? [String(end.reason)] : []), [])
  }
  await isExact(t, its)
})

t.test('of ten people moved at once to the last places, as many move as there are places', async t => {
  const its = await world(t)
  const { db } = its
  const [first, second] = await twoDates(db, { second: { capacity: 3 } })
  const people: Booking[] = []
  for (let n = 0; n < 10; n++) people.push(await aBooking(db, first.id))
  await warm(db)

  const ends = await Promise.allSettled(people.map(async ({ id }) => { await move(its, id, second) }))

  t.equal(ends.filter(({ status }) => status === 'fulfilled').length, 3)
  t.match(await db.occupancy.findUnique({ where: { activityId: second.id } }), { confirmed: 3 })
  await isExact(t, its)
})

t.test('someone who cancels while they are being moved has cancelled, or reads that they were moved', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const [first, second] = await twoDates(db)
  await warm(db)

  for (let round = 0; round < 10; round++) {
    const { id } = await aBooking(db, first.id)
    const [moved, cancelled] = await Promise.allSettled([move(its, id, second), cancelBooking(db, outbox, id, noon)])
    if (cancelled.status === 'rejected') t.ok(cancelled.reason instanceof BookingMoved)
    if (moved.status === 'rejected') t.match(String(moved.reason), /already been cancelled/)
  }
  await isExact(t, its)
})

t.test('what is asked of a booking that moves meanwhile is refused in words, and nothing is done to either date', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const [first, second] = await twoDates(db)
  const third = await anActivity(db, { campaignId: first.campaignId })
  const asked: Record<string, [given: Partial<Booking>, ask: (id: string) => Promise<unknown>]> = {
    cancel: [{}, async id => { await cancelBooking(db, outbox, id, noon) }],
    'change places': [{}, async id => { await changePlaces(db, outbox, id, 2, noon) }],
    'move elsewhere': [{}, async id => { await move(its, id, third) }],
    accept: [{ status: 'offered' }, async id => { await acceptOffer(db, outbox, id, noon) }],
    pick: [{ status: 'waiting' }, async id => {
      await confirming(async confirmed => await pickFromLine(db, outbox, id, confirmed, organiser, noon))
    }],
    'restore the turn': [
      { status: 'lapsed', lapseReason: 'unanswered' }, async id => { await restoreTurn(db, outbox, id, undefined, organiser, noon) }
    ]
  }
  await warm(db)

  for (const [what, [given, ask]] of Object.entries(asked)) {
    const { id, status } = await aBooking(db, first.id, given)
    const { asking } = await db.$transaction(async tx => {
      await lockActivity(tx, first.id)
      const asking = Promise.allSettled([ask(id)])
      await eventually(async () => await countWaitingForLocks(db) > 0)
      await tx.booking.update({ where: { id }, data: { activityId: second.id } })
      return { asking }
    })

    const reason = what === 'move elsewhere' ? new ChosenGone() : new BookingMoved()
    t.match(await asking, [{ status: 'rejected', reason }], what)
    t.match(await db.booking.findUnique({ where: { id } }), { activityId: second.id, status, places: 1 }, what)
  }
  t.equal(await db.auditEntry.count(), 0)
  await isExact(t, its)
})

t.test('someone who chose nobody from a list reads that the booking was moved', async t => {
  await t.rejects(ofOne(Promise.reject(new ChosenGone())), new BookingMoved())
  await t.rejects(ofOne(Promise.reject(new Error('Else'))), new Error('Else'))
  t.equal(await ofOne(Promise.resolve(1)), 1)
})

t.test('where moving fails, nothing has moved and nobody is told', async t => {
  const { db } = await world(t)
  const [first, second] = await twoDates(db)
  const { id } = await aBooking(db, first.id)
  const outbox = { announce: async () => { throw new Error('The queue is away.') } }

  await t.rejects(move({ db, outbox }, id, second), /The queue is away/)

  t.match(await db.booking.findUnique({ where: { id } }), { activityId: first.id, icalSequence: 0 })
  await isExact(t, { db })
})

t.test('only dates that the asker runs are offered, and forms that are not valid move nobody', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const [first, second] = await twoDates(db, { first: { leadAgencyId: ours.id }, second: { leadAgencyId: theirs.id } })
  const { id } = await aBooking(db, first.id)
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: ours.id })
  const url = `/staff/activities/${first.slug}/bookings/${id}/move`

  t.match(perceived(await app.inject({ url, headers })).text, 'There is no other date of this campaign to come that you run.')
  for (const [form, status] of [
    [{}, 400], [{ to: '' }, 400], [{ to: second.slug }, 409], [{ to: first.slug }, 409], [{ to: 'x'.repeat(300) }, 400],
    [{ to: second.slug, x: '1' }, 400], [{ to: 'a\u0000' }, 409]
  ] as const) {
    const answer = await post(app, url, form as Record<string, string>, headers)
    t.equal(answer.statusCode, status)
    t.equal(perceived(answer).errors.length, 1)
  }
  t.equal((await post(app, url.replace(id, 'x'), { to: second.slug }, headers)).statusCode, 404)
  t.equal((await app.inject({ url: url.replace(id, crypto.randomUUID()), headers })).statusCode, 404)
  t.match(await db.booking.findUnique({ where: { id } }), { activityId: first.id })
})
