import t from 'tap'
import type { Test } from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { AlreadyCancelled } from '../../../src/booking/bookings/errors.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { TooFewPlaces } from '../../../src/office/on-behalf/errors.ts'
import { moveBookings } from '../../../src/office/on-behalf/move-bookings.ts'
import type { Booking } from '../../../src/platform/database/generated/client.ts'
import { confirming } from '../../support/confirming.ts'
import { anEmail, contextWith, doJobs, keeping } from '../../support/email-context.ts'
import { choosing, sentFrom } from '../../support/filled-in.ts'
import { eventually } from '../../support/running-service.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { aHold, anAgency, organiser, signedIn } from '../../support/staff.ts'
import {
  aBooking, aCampaign, anActivity, announced, aRequest, countWaitingForLocks, noon, warm, world
} from '../../support/world.ts'
import type { World } from '../../support/world.ts'

type Its = Pick<World, 'db' | 'outbox'>

/** Two dates of one campaign, a week apart. */
async function twoDates (db: World['db'], { first = {}, second = {} }: { first?: object, second?: object } = {}) {
  const { id: campaignId } = await aCampaign(db)
  const aWeekLater = {
    startsAt: noon.plus({ days: 15, hours: 6 }).toJSDate(), endsAt: noon.plus({ days: 15, hours: 7 }).toJSDate()
  }
  return [
    await anActivity(db, { campaignId, ...first }), await anActivity(db, { campaignId, ...aWeekLater, ...second })
  ] as const
}

async function people (db: World['db'], activityId: string, count: number, given: Partial<Booking> = {}): Promise<string[]> {
  const made: string[] = []
  for (let n = 0; n < count; n++) made.push((await aBooking(db, activityId, given)).id)
  return made
}

/** Moves bookings like someone who has read the effects. */
async function move (its: Its, bookingIds: string[], from: { id: string }, to: { id: string }): Promise<void> {
  await confirming(async confirmed => {
    await moveBookings(its.db, its.outbox, { from: from.id, to: to.id, bookingIds, confirmed }, organiser, noon)
  })
}

async function isExact (t: Test, { db }: Pick<World, 'db'>): Promise<void> {
  const counted = await db.$queryRaw`
    SELECT a.id, coalesce(sum(b.places) FILTER (WHERE b.status = 'confirmed'), 0)::int AS confirmed,
      coalesce(sum(b.places) FILTER (WHERE b.status = 'waiting'), 0)::int AS waiting
    FROM activities a LEFT JOIN bookings b ON b.activity_id = a.id GROUP BY a.id ORDER BY a.id`
  const kept = await db.$queryRaw`SELECT activity_id AS id, confirmed, waiting FROM occupancies ORDER BY activity_id`
  t.strictSame(kept, counted, 'occupancy is what the bookings come to')
}

t.test('several people are moved together, by a page with the dates and one that says what it does', async t => {
  const its = await service(t)
  const { app, db } = its
  const [first, second] = await twoDates(db, { second: { placesPerBooking: 2 } })
  const full = await anActivity(db, {
    campaignId: first.campaignId,
    capacity: 2,
    placesPerBooking: 2,
    startsAt: noon.plus({ days: 22 }).toJSDate(),
    endsAt: noon.plus({ days: 22, hours: 1 }).toJSDate()
  })
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const hold = await aHold(db, first.id)
  const anne = await aBooking(db, first.id, { name: 'Anne Ash', email: 'anne@example.org', holdId: hold.id })
  const bob = await aBooking(db, first.id, { name: 'Bob Bell', places: 2, email: 'bob@example.org', accessNeeds: 'Captions', accessAnswer: 'They are there', accessAnsweredAt: noon.toJSDate() })
  const cy = await aBooking(db, first.id, { name: 'Cy Carr', email: 'cy@example.org', status: 'waiting', priority: 1 })
  const dee = await aBooking(db, first.id, { name: 'Dee Day', status: 'offered', phone: '01539 722 722', unreachableAt: noon.toJSDate() })
  const gone = await aBooking(db, first.id, { name: 'Gus Gone', status: 'cancelled' })
  const url = `/staff/activities/${first.slug}/attendees/move`
  const mailer = keeping()

  const choice = await post(app, url, choosing([cy.id, dee.id, anne.id, bob.id, gone.id]), headers)
  const unsaid = await post(app, `${url}/date`, sentFrom(choice.body), headers)
  const noRoom = await post(app, `${url}/date`, sentFrom(choice.body, { to: full.slug }), headers)
  const asked = await post(app, `${url}/date`, sentFrom(choice.body, { to: second.slug }), headers)
  const untouched = await db.booking.count({ where: { activityId: first.id } })
  const [done, again] = await Promise.all([1, 2].map(async () => await post(app, `${url}/date`, sentFrom(asked.body), headers)))
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  const page = perceived(choice)
  t.equal(choice.statusCode, 200)
  t.equal(page.h1, 'Move 4 people to another date')
  t.match(page.text, 'They need 5 places. All of them move, or none.')
  t.match(page.text, /Anne Ash .* Confirmed Bob Bell .* Cy Carr .* Waiting Dee Day .* Place offered Gus Gone .* Cancelled/)
  t.match(page.text, 'Tuesday 8 December 2026, 6pm to 7pm 20 places are free')
  t.match(page.text, /1 other date has no room for them all\..*Without room for them all Tuesday 15 December 2026, midday to 1pm: 2 places are free/)
  t.equal(unsaid.statusCode, 400)
  t.strictSame(perceived(unsaid).errors, [{ field: 'to', sentence: 'Select a date' }])
  t.ok(perceived(unsaid).has('to'))
  t.match(sentFrom(unsaid.body), choosing([anne.id]), 'the choice of people stays')
  t.equal(noRoom.statusCode, 409)
  t.strictSame(perceived(noRoom).errors, [{
    field: 'to', sentence: 'That date has 2 places free, and these people need 4 places. Choose another date, or fewer people.'
  }])
  const told = perceived(asked).text
  t.equal(asked.statusCode, 200)
  t.match(told, '2 people lose their 3 places on Tuesday 1 December 2026, 6pm to 6:30pm, which go to the next in line there, and get 3 places on Tuesday 8 December 2026')
  t.match(told, /The place kept for 1 person on Tuesday 1 December 2026, 6pm to 6:30pm goes to the next in line there, and they get a place on/)
  t.match(told, '1 person leaves the waiting list for Tuesday 1 December 2026, 6pm to 6:30pm, and gets a place on')
  t.match(told, '2 people get an updated invitation, and the entry in their calendar moves.')
  t.match(told, '1 person gets an email and an entry for their calendar.')
  t.match(told, 'Emails do not reach 1 person: they are on the list of people to call until you have told them.')
  t.match(told, 'Dee Day 01539 722 722')
  t.match(told, 'The places of 1 person go back to the hold they came from.')
  t.match(told, '1 person is in no priority group there.')
  t.match(told, 'What was arranged for the access needs of 1 person must be arranged again for the new date.')
  t.match(told, '1 person has cancelled or left the list already. Nothing changes for them.')
  t.equal(untouched, 5)
  for (const answer of [done, again]) {
    t.equal(answer?.headers.location, `/staff/activities/${first.slug}/attendees?done=bookings-moved`)
  }
  t.strictSame(
    (await db.booking.findMany({ where: { activityId: second.id }, orderBy: { arrival: 'asc' } }))
      .map(({ name, status, icalSequence, priority, holdId }) => [name, status, icalSequence, priority, holdId]),
    [['Anne Ash', 1], ['Bob Bell', 1], ['Dee Day', 0], ['Cy Carr', 0]].map(([name, sequence]) => [name, 'confirmed', sequence, 9, null]))
  t.match(await db.booking.findUnique({ where: { id: bob.id } }), { accessAnswer: null, accessAnsweredAt: null })
  t.match(await db.booking.findUnique({ where: { id: gone.id } }), { activityId: first.id, status: 'cancelled' })
  t.match(await db.hold.findUnique({ where: { id: hold.id } }), { claimed: 0 })
  const others = mailer.kept.filter(({ to }) => to !== dee.email)
  t.strictSame(others.map(({ to, calendar }) => [to, calendar?.method]).sort(), [
    ['anne@example.org', 'REQUEST'], ['bob@example.org', 'REQUEST'], ['cy@example.org', 'REQUEST']
  ])
  t.strictSame(await announced(db, 'place.freed'), [{ activityId: first.id }])
  t.equal((await announced(db, 'booking.changed')).length, 2)
  t.equal((await announced(db, 'booking.confirmed')).length, 2)
  const deeds = await db.auditEntry.findMany({ where: { action: 'booking.moved' }, orderBy: { id: 'asc' } })
  t.strictSame(
    deeds.map(({ staffMemberId, subject, details }) => ({ staffMemberId, subject, details })),
    [anne, bob, dee, cy].map(({ id }) => ({
      staffMemberId: member.id, subject: first.slug, details: { booking: id, activity: [first.slug, second.slug] }
    })))
  await isExact(t, its)
})

t.test('of two people too many none moves, and who waits is not put before those who have a place', async t => {
  const its = await world(t)
  const { db } = its
  const [first, second] = await twoDates(db, { second: { capacity: 3 } })
  const waiting = await people(db, first.id, 2, { status: 'waiting' })
  const placed = await people(db, first.id, 3)

  await t.rejects(move(its, [...placed, (await people(db, first.id, 1))[0] ?? ''], first, second), new TooFewPlaces(3, 4))
  t.equal(await db.booking.count({ where: { activityId: second.id } }), 0)
  await move(its, [...waiting, ...placed], first, second)

  t.strictSame(
    (await db.booking.findMany({ where: { activityId: second.id }, orderBy: { arrival: 'asc' } })).map(({ id, status }) => [id, status]),
    [...placed.map(id => [id, 'confirmed']), ...waiting.map(id => [id, 'waiting'])])
  await isExact(t, its)
})

t.test('who is in the way is named, and nobody moves', async t => {
  const its = await world(t)
  const { db } = its
  const [first, second] = await twoDates(db, { second: { placesPerBooking: 2 } })
  const [one = ''] = await people(db, first.id, 1)
  const twice = await aBooking(db, first.id, { name: 'Tess Twice', email: 'tess@example.org' })
  const there = await aBooking(db, second.id, { email: 'TESS@example.org' })
  const large = await aBooking(db, first.id, { name: 'Lou Large', places: 3 })
  const carried = await aBooking(db, first.id, { name: 'Cal Carried', status: 'waiting', copiedFromBookingId: crypto.randomUUID() })

  await t.rejects(move(its, [one, twice.id], first, second), {
    message: 'Tess Twice has a booking on that date already. Choose another date, or the others only.',
    there: [{ name: 'Tess Twice', bookingId: there.id }]
  })
  await t.rejects(move(its, [one, large.id], first, second),
    { message: 'Lou Large has more places than that date gives to one booking. Choose another date, or the others only.' })
  await t.rejects(move(its, [one, carried.id], first, second),
    { message: 'Cal Carried was put on this waiting list from another date’s, and never asked for this one. Choose the others only.' })
  await t.rejects(move(its, [one, twice.id, large.id, carried.id], first, second), {
    message: 'Tess Twice has a booking on that date already. Lou Large has more places than that date gives to one booking. ' +
      'Cal Carried was put on this waiting list from another date’s, and never asked for this one. Choose the others only.'
  }, 'all of them in one answer')
  t.equal(await db.booking.count({ where: { activityId: first.id } }), 4)
  t.equal(await db.auditEntry.count(), 0)
})

t.test('of many who are in the way five are named, and the page links to their bookings', async t => {
  const { app, db } = await service(t)
  const [first, second] = await twoDates(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const chosen: string[] = []
  const there: string[] = []
  for (const name of ['Ann', 'Ben', 'Cy', 'Dee', 'Eve', 'Fay', 'Gus']) {
    const email = `${name}@example.org`
    chosen.push((await aBooking(db, first.id, { name, email })).id)
    there.push((await aBooking(db, second.id, { name, email })).id)
  }

  const answer = await post(app, `/staff/activities/${first.slug}/attendees/move/date`, choosing(chosen, { to: second.slug }), headers)

  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).errors, [{
    field: 'to',
    sentence: 'Ann, Ben, Cy, Dee, Eve and 2 more have bookings on that date already. Choose another date, or the others only.'
  }])
  for (const [n, id] of there.entries()) {
    t.equal(answer.body.includes(`/staff/activities/${second.slug}/bookings/${id}"`), n < 5, `${n + 1}`)
  }
  t.equal(await db.booking.count({ where: { activityId: first.id } }), 7)
})

t.test('people who move to the last places beside people who book get them all or none, and no place is given twice', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const [first, second] = await twoDates(db, { second: { capacity: 8, waitingList: 'off' } })
  const sets: string[][] = []
  for (let n = 0; n < 3; n++) sets.push(await people(db, first.id, 3))
  await warm(db)

  const [moves] = await Promise.all([
    Promise.allSettled(sets.map(async set => { await move(its, set, first, second) })),
    ...[1, 2, 3, 4].map(async n => await requestPlaces(db, outbox, second.id, [aRequest(`new-${n}@example.org`)], noon))
  ])

  for (const end of moves) if (end.status === 'rejected') t.ok(end.reason instanceof TooFewPlaces, String(end.reason))
  for (const set of sets) {
    t.ok([0, 3].includes(await db.booking.count({ where: { id: { in: set }, activityId: second.id } })), 'all or none')
  }
  const { confirmed } = await db.occupancy.findUniqueOrThrow({ where: { activityId: second.id } })
  t.equal(confirmed, moves.filter(({ status }) => status === 'fulfilled').length * 3 + await db.booking.count({ where: { email: { startsWith: 'new-' } } }))
  t.ok(confirmed <= 8, `${confirmed} of 8 places are taken`)
  await isExact(t, its)
})

t.test('sets that overlap are moved both ways at once, and everyone is on one date, told once for each move', async t => {
  const its = await world(t, { connections: 8 })
  const { db } = its
  const [first, second] = await twoDates(db, { first: { capacity: 100 }, second: { capacity: 100 } })
  const all = [...await people(db, first.id, 6), ...await people(db, second.id, 6)]
  await warm(db, 8)

  for (let round = 0; round < 6; round++) {
    const here = (await db.booking.findMany({ where: { activityId: first.id } })).map(({ id }) => id)
    const there = (await db.booking.findMany({ where: { activityId: second.id } })).map(({ id }) => id)
    const ends = await Promise.allSettled([
      move(its, here.slice(0, 4), first, second), move(its, here.slice(2), first, second),
      move(its, there.slice(0, 4), second, first), move(its, there.slice(2), second, first)
    ])
    for (const end of ends) if (end.status === 'rejected') t.match(String(end.reason), /is not on the list/)
  }
  t.equal(await db.booking.count({ where: { id: { in: all }, activityId: { in: [first.id, second.id] } } }), 12)
  t.equal((await announced(db, 'booking.changed')).length, await db.auditEntry.count({ where: { action: 'booking.moved' } }))
  const [{ sequences } = { sequences: 0 }] = await db.$queryRaw<Array<{ sequences: number }>>`
    SELECT sum(ical_sequence)::int AS sequences FROM bookings`
  t.equal(sequences, await db.auditEntry.count())
  await isExact(t, its)
})

t.test('who cancels while people are moved has cancelled, and is not moved', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const [first, second] = await twoDates(db)
  await warm(db)

  for (let round = 0; round < 6; round++) {
    const set = await people(db, first.id, 3)
    const [moved, cancelled] = await Promise.allSettled([
      move(its, set, first, second), cancelBooking(db, outbox, set[1] ?? '', noon)
    ])
    t.equal(moved.status, 'fulfilled')
    const { activityId, status } = await db.booking.findUniqueOrThrow({ where: { id: set[1] ?? '' } })
    t.strictSame([activityId, status], cancelled.status === 'fulfilled' && activityId === first.id
      ? [first.id, 'cancelled']
      : [second.id, cancelled.status === 'fulfilled' ? 'cancelled' : 'confirmed'])
  }
  const gone = await people(db, first.id, 2, { status: 'cancelled' })
  await t.rejects(move(its, gone, first, second), new AlreadyCancelled(2))
  await isExact(t, its)
})

t.test('a worker that notes a message of someone who is being moved does not wait for the move for ever', async t => {
  const its = await world(t)
  const { db } = its
  const [first, second] = await twoDates(db)
  const set = await people(db, first.id, 3)
  for (const id of set) await anEmail(db, id, { kind: 'bulletin', sequence: 1, status: 'queued', answer: null, sentAt: null })
  await warm(db)

  const { moving } = await db.$transaction(async tx => {
    await tx.email.updateMany({ where: { bookingId: set[2] ?? '' }, data: { status: 'failed', answer: '550 No such user' } })
    const moving = move(its, set, first, second)
    moving.catch(() => {})
    await eventually(async () => await countWaitingForLocks(db) > 0)
    for (const id of set) await tx.booking.update({ where: { id }, data: { unreachableAt: noon.toJSDate() } })
    return { moving }
  })

  await moving
  t.equal(await db.booking.count({ where: { activityId: second.id, unreachableAt: { not: null } } }), 3)
  t.equal(await db.email.count({ where: { sequence: { lt: 0 } } }), 3)
  t.equal(await db.email.count({ where: { status: 'withdrawn' } }), 2)
})

t.test('where moving several fails, nothing has moved, nobody is told and nothing is on record', async t => {
  const { db, outbox: real } = await world(t)
  const [first, second] = await twoDates(db)
  const set = await people(db, first.id, 2)
  const outbox: World['outbox'] = {
    async announce (tx, fact, payloads) {
      if (fact === 'place.freed') throw new Error('The queue is away.')
      await real.announce(tx, fact, payloads)
    }
  }

  await t.rejects(move({ db, outbox }, set, first, second), /The queue is away/)

  t.equal(await db.booking.count({ where: { activityId: first.id, icalSequence: 0 } }), 2)
  t.strictSame(await announced(db, 'booking.changed'), [])
  t.equal(await db.auditEntry.count(), 0)
  await isExact(t, { db })
})

t.test('a hundred people are moved by as many queries as one', async t => {
  const { app, counted, db } = await countedService(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const moving = async (count: number) => {
    const [first, second] = await twoDates(db, { first: { capacity: 100 }, second: { capacity: 100 } })
    const set = await people(db, first.id, count)
    const url = `/staff/activities/${first.slug}/attendees/move/date`
    const asked = await post(app, url, choosing(set, { to: second.slug }), headers)
    counted.queries = 0
    const began = performance.now()
    const done = await post(app, url, sentFrom(asked.body), headers)
    t.comment(`${count}: ${counted.queries} queries, ${Math.round(performance.now() - began)} ms`)
    t.equal(done.statusCode, 303)
    t.equal(await db.booking.count({ where: { activityId: second.id } }), count)
    return counted.queries
  }

  const forOne = await moving(1)
  t.equal(await moving(100), forOne)
})

t.test('people are moved only to dates that the asker runs', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const [first, second] = await twoDates(db, { first: { leadAgencyId: ours.id }, second: { leadAgencyId: theirs.id } })
  const set = await people(db, first.id, 2)
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: ours.id })
  const url = `/staff/activities/${first.slug}/attendees/move`

  const choice = perceived(await post(app, url, choosing(set), headers))
  const forced = await post(app, `${url}/date`, choosing(set, { to: second.slug }), headers)
  const staff = await signedIn(app, db, { role: 'staff' })
  const refused = await post(app, url, choosing(set), staff.headers)

  t.match(choice.text, 'There is no other date of this campaign to come that you run.')
  t.equal(forced.statusCode, 409)
  t.match(perceived(forced).errors, [{ field: 'to', sentence: 'This date cannot be chosen. Choose one of those below.' }])
  t.equal(refused.statusCode, 403)
  t.notMatch(refused.body, 'Kirkbride')
  t.equal(await db.booking.count({ where: { activityId: first.id } }), 2)
})
