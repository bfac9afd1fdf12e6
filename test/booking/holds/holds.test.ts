import t from 'tap'
import { BookingNotOpen } from '../../../src/programme/activities/errors.ts'
import { occupancyOf } from '../../../src/programme/activities/queries.ts'
import { availability, freePlaces } from '../../../src/programme/activities/supply.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { FullyBooked, NoPlacesLeft } from '../../../src/booking/bookings/errors.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { makeHold } from '../../../src/booking/holds/commands.ts'
import { changeHold, returnHold } from '../../../src/booking/waiting-list/holds.ts'
import {
  CodeExpired, CodeTaken, CodeUnknown, CodeUsedUp, HoldClaimed, HoldEndsWrongly, HoldNotFound, HoldReturned, PeopleWait,
  TooFewToHold
} from '../../../src/booking/holds/errors.ts'
import type { Hold } from '../../../src/booking/holds/hold.ts'
import { getHold, listHolds } from '../../../src/booking/holds/queries.ts'
import { serveWaitingList, sweepWaitingLists } from '../../../src/booking/waiting-list/serve.ts'
import { confirming } from '../../support/confirming.ts'
import { anAgency, organiser } from '../../support/staff.ts'
import type { World } from '../../support/world.ts'
import { aBooking, anActivity, announced, aRequest, noon, warm, world } from '../../support/world.ts'

/** The end of Wednesday 25 November 2026, British time. */
const end = noon.plus({ days: 3 }).startOf('day')
const lastDay = '2026-11-25'
const code = 'PARTNERS'

/** An activity with the given number of places kept until the end of `lastDay`. */
async function anActivityWithHold (
  { db }: World, given: Partial<Activity>, places: number
): Promise<{ id: string, hold: Hold }> {
  const { id } = await anActivity(db, { placesPerBooking: 6, ...given })
  const { id: agencyId } = await anAgency(db)
  await makeHold(db, id, { agencyId, places, lastDay, code }, organiser, noon)
  const [hold] = await listHolds(db, id)
  if (hold === undefined) throw new Error('There is no hold.')
  return { id, hold }
}

function withCode (name: string, given: { places?: number, code?: string } = {}) {
  return aRequest(`${name}@example.org`, { code, ...given })
}

async function lineOf ({ db }: World, activityId: string): Promise<string[]> {
  const bookings = await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } })
  return bookings.map(({ status }) => status)
}

t.test('places that are held are kept until the end of a day, with a code', async t => {
  const w = await world(t)
  const { id } = await anActivity(w.db, { capacity: 9 })
  const agency = await anAgency(w.db, { name: 'Parkside school' })

  const made = await makeHold(w.db, id, { agencyId: agency.id, places: 4, lastDay, code: undefined }, organiser, noon)

  t.match(await listHolds(w.db, id), [{
    code: made.code, agency: 'Parkside school', places: 4, claimed: 0, returnsAt: end, returnedAt: undefined
  }])
  t.match(await occupancyOf(w.db, id), { held: 4, confirmed: 0 })
  t.match(await w.db.auditEntry.findMany(), [{
    action: 'hold.made', staffMemberId: organiser.id, details: { agencyId: agency.id, places: 4, lastDay }
  }])
})

t.test('the day of a hold ends where the activity is', async t => {
  const w = await world(t)
  const { id } = await anActivity(w.db, { zone: 'America/New_York' })
  const { id: agencyId } = await anAgency(w.db)

  await makeHold(w.db, id, { agencyId, places: 1, lastDay, code }, organiser, noon)

  t.match(await listHolds(w.db, id), [{ returnsAt: end.plus({ hours: 5 }) }])
})

t.test('held places are not on public sale', async t => {
  const w = await world(t)
  const { id } = await anActivityWithHold(w, { capacity: 5, waitingList: 'off' }, 4)
  const activity = await w.db.activity.findUniqueOrThrow({ where: { id } })
  const supply = { ...activity, capacity: 5, waitingList: 'off' } as const
  t.equal(freePlaces(supply, await occupancyOf(w.db, id)), 1)

  const answers = await requestPlaces(w.db, w.outbox, id, ['a', 'b'].map(name => aRequest(`${name}@example.org`)), noon)

  t.equal(answers[0], 'received')
  t.type(answers[1], FullyBooked)
  t.strictSame(availability(supply, await occupancyOf(w.db, id)), { is: 'full' })
})

t.test('someone who brings the code has a place of the hold at once, even if others wait', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 5 }, 4)
  await aBooking(w.db, id)
  await aBooking(w.db, id, { status: 'waiting' })

  t.strictSame(await requestPlaces(w.db, w.outbox, id, [withCode('anne', { places: 3 })], noon), ['received'])

  t.match(await w.db.booking.findFirst({ where: { email: 'anne@example.org' } }), {
    status: 'confirmed', holdId: hold.id, places: 3, confirmedAt: noon.toISO(), waitedAt: null
  })
  t.match(await getHold(w.db, hold.id), { claimed: 3 })
  t.match(await occupancyOf(w.db, id), { confirmed: 4, held: 1, waiting: 1 })
  t.equal((await announced(w.db, 'booking.confirmed')).length, 1)
})

t.test('of twenty in one batch with the code of five places, five have one, and nobody else is harmed', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 10 }, 5)
  const requests = Array.from({ length: 20 }, (_, n) => [withCode(`code-${n}`), aRequest(`plain-${n}@example.org`)]).flat()

  const answers = await requestPlaces(w.db, w.outbox, id, requests, noon)

  const ofCode = answers.filter((_, n) => n % 2 === 0)
  t.strictSame(ofCode.slice(0, 5), Array.from({ length: 5 }, () => 'received'))
  t.ok(ofCode.slice(5).every(answer => answer instanceof CodeUsedUp))
  t.ok(answers.every((answer, n) => n % 2 === 0 || answer === 'received'), 'without a code one waits')
  t.equal(await w.db.booking.count({ where: { activityId: id, holdId: hold.id, status: 'confirmed' } }), 5)
  t.match(await occupancyOf(w.db, id), { confirmed: 10, held: 0, waiting: 15, waitingBookings: 15 })
})

t.test('of thirty who ask at once with the code for the last place, one has it', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 3 }, 1)
  await warm(w.db)

  const answers = await Promise.all(Array.from({ length: 30 }, async (_, n) =>
    await requestPlaces(w.db, w.outbox, id, [withCode(`attendee-${n}`)], noon)))

  t.equal(answers.flat().filter(answer => answer === 'received').length, 1)
  t.equal(answers.flat().filter(answer => answer instanceof CodeUsedUp).length, 29)
  t.match(await getHold(w.db, hold.id), { claimed: 1 })
  t.match(await occupancyOf(w.db, id), { confirmed: 1, held: 0, waiting: 0 })
})

t.test('a code that is used up says so, and how many places are left to a party', async t => {
  const w = await world(t)
  const { id } = await anActivityWithHold(w, { capacity: 9 }, 3)

  const answers = await requestPlaces(w.db, w.outbox, id, [
    withCode('a', { places: 2 }), withCode('b', { places: 2 }), withCode('c'), withCode('d')
  ], noon)

  t.match(answers, [
    'received', { message: /^1 of the places kept with this code is left\. Ask for fewer/ }, 'received',
    { message: /^All places kept with this code have been taken/ }
  ])
  t.equal(await w.db.booking.count(), 2, 'nobody has a place of another kind, or waits, unasked')
})

t.test('a code is over in the instant at which its day ends, and says so', async t => {
  const w = await world(t)
  const { id } = await anActivityWithHold(w, { capacity: 9 }, 3)

  t.strictSame(await requestPlaces(w.db, w.outbox, id, [withCode('a')], end.minus({ milliseconds: 1 })), ['received'])
  const [answer] = await requestPlaces(w.db, w.outbox, id, [withCode('b')], end)
  await sweepWaitingLists(w.db, w.outbox, end)
  const [later] = await requestPlaces(w.db, w.outbox, id, [withCode('b')], end.plus({ days: 2 }))

  t.type(answer, CodeExpired)
  t.match(answer, { message: /^This code ended on Wednesday 25 November 2026/ })
  t.strictSame(later, answer)
  t.equal(await w.db.booking.count(), 1)
})

t.test('a code that is not of this activity is unknown', async t => {
  const w = await world(t)
  await anActivityWithHold(w, {}, 3)
  const { id } = await anActivity(w.db)

  const [answer] = await requestPlaces(w.db, w.outbox, id, [withCode('a')], noon)

  t.type(answer, CodeUnknown)
  t.equal(await w.db.booking.count(), 0)
})

t.test('an address that is booked already reads what a stranger reads, whatever the code', async t => {
  const w = await world(t)
  const { id } = await anActivityWithHold(w, { capacity: 20 }, 1)
  const { id: agencyId } = await anAgency(w.db)
  await makeHold(w.db, id, { agencyId, places: 1, lastDay: '2026-11-24', code: 'USEDUP' }, organiser, noon)
  await makeHold(w.db, id, { agencyId, places: 1, lastDay: '2026-11-23', code: 'PASTNOW' }, organiser, noon)
  const now = noon.plus({ hours: 12 })
  await requestPlaces(w.db, w.outbox, id, [withCode('first', { code: 'USEDUP' }), aRequest('anne@example.org')], noon)

  for (const typed of [code, 'USEDUP', 'PASTNOW', 'NOSUCHCODE']) {
    const [known] = await requestPlaces(w.db, w.outbox, id, [withCode('anne', { code: typed })], now)
    const [stranger] = await requestPlaces(w.db, w.outbox, id, [withCode(`new-to-${typed}`, { code: typed })], now)
    t.strictSame(known, stranger, typed)
  }

  t.equal(await w.db.booking.count({ where: { email: 'anne@example.org' } }), 1)
  t.equal((await announced(w.db, 'booking.requested-again')).length, 1, 'the inbox is told where all was well')
})

t.test('a claimed place goes back to the hold when it is cancelled before its day', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 2 }, 1)
  await aBooking(w.db, id)
  await aBooking(w.db, id, { status: 'waiting' })
  await requestPlaces(w.db, w.outbox, id, [withCode('anne')], noon)
  const anne = await w.db.booking.findFirstOrThrow({ where: { holdId: hold.id } })

  await cancelBooking(w.db, w.outbox, anne.id, noon)
  await serveWaitingList(w.db, w.outbox, id, noon)

  t.match(await getHold(w.db, hold.id), { claimed: 0 })
  t.match(await occupancyOf(w.db, id), { confirmed: 1, held: 1, waiting: 1 }, 'and nobody else has it')
  t.strictSame(await requestPlaces(w.db, w.outbox, id, [withCode('bob')], noon), ['received'])
})

t.test('a claimed place goes to the people who wait when it is cancelled after the day', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 2 }, 1)
  await aBooking(w.db, id)
  await requestPlaces(w.db, w.outbox, id, [withCode('anne')], noon)
  await aBooking(w.db, id, { status: 'waiting' })
  const anne = await w.db.booking.findFirstOrThrow({ where: { holdId: hold.id } })
  await sweepWaitingLists(w.db, w.outbox, end)

  await cancelBooking(w.db, w.outbox, anne.id, end)
  await serveWaitingList(w.db, w.outbox, id, end)

  t.strictSame(await lineOf(w, id), ['confirmed', 'cancelled', 'confirmed'])
  t.match(await occupancyOf(w.db, id), { confirmed: 2, held: 0, waiting: 0 })
})

t.test('a hold that is due goes to those who wait, in their order, and what they leave to everyone', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 4 }, 3)
  await aBooking(w.db, id)
  for (const places of [4, 2]) await aBooking(w.db, id, { status: 'waiting', places })
  await sweepWaitingLists(w.db, w.outbox, end.minus({ milliseconds: 1 }))
  t.strictSame(await lineOf(w, id), ['confirmed', 'waiting', 'waiting'])

  await sweepWaitingLists(w.db, w.outbox, end)

  t.strictSame(await lineOf(w, id), ['confirmed', 'waiting', 'confirmed'])
  t.match(await getHold(w.db, hold.id), { returnedAt: end })
  t.match(await occupancyOf(w.db, id), { confirmed: 3, held: 0, waiting: 4 })
  const { id: unwanted } = await anActivityWithHold(w, { capacity: 2 }, 2)
  await sweepWaitingLists(w.db, w.outbox, end)
  t.strictSame(await requestPlaces(w.db, w.outbox, unwanted, [aRequest('new@example.org', { places: 2 })], end), ['received'])
  t.match(await occupancyOf(w.db, unwanted), { confirmed: 2, held: 0, waiting: 0 })
})

t.test('free places are not held while anyone waits for them', async t => {
  const w = await world(t)
  const { id: agencyId } = await anAgency(w.db)
  const { id } = await anActivity(w.db, { capacity: 3, placesPerBooking: 4 })
  await aBooking(w.db, id, { status: 'waiting', places: 4 })
  const { id: other, hold } = await anActivityWithHold(w, { capacity: 5 }, 2)
  await aBooking(w.db, other, { status: 'waiting', places: 4 })

  await t.rejects(makeHold(w.db, id, { agencyId, places: 1, lastDay, code }, organiser, noon), new PeopleWait(1))
  await t.rejects(confirming(async confirmed =>
    await changeHold(w.db, w.outbox, hold.id, { places: 3, lastDay, confirmed }, organiser, noon)), new PeopleWait(1))

  t.equal(await w.db.hold.count(), 1)
  t.match(await getHold(w.db, hold.id), { places: 2 })
})

t.test('no more is held than is free, by however many at once', async t => {
  const w = await world(t)
  const { id: agencyId } = await anAgency(w.db)
  const { id } = await anActivity(w.db, { capacity: 5 })
  await aBooking(w.db, id, { places: 2 })
  await warm(w.db)

  await t.rejects(makeHold(w.db, id, { agencyId, places: 4, lastDay, code }, organiser, noon), new TooFewToHold(3))
  const made = await Promise.allSettled(Array.from({ length: 10 }, async (_, n) =>
    await makeHold(w.db, id, { agencyId, places: 2, lastDay, code: `CODE${n}` }, organiser, noon)))

  t.equal(made.filter(({ status }) => status === 'fulfilled').length, 1)
  t.match(await occupancyOf(w.db, id), { confirmed: 2, held: 2 })
})

t.test('a code is of one hold of its activity, for good', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 9 }, 1)
  const { id: agencyId } = await anAgency(w.db)
  await confirming(async confirmed => await returnHold(w.db, w.outbox, hold.id, confirmed, organiser, noon))

  await t.rejects(makeHold(w.db, id, { agencyId, places: 1, lastDay, code }, organiser, noon), new CodeTaken())

  t.match(await anActivityWithHold(w, {}, 1), { hold: { code } }, 'another activity may use it')
})

const days: Array<[what: string, day: string, given: Partial<Activity>]> = [
  ['yesterday', '2026-11-22', {}],
  ['no day at all', '2026-11-31', {}],
  ['after the day on which booking closes', '2026-11-25', { bookingClosesAt: noon.plus({ days: 1 }).toJSDate() }],
  ['after the day on which the activity starts', '2026-12-02', {}]
]

for (const [what, day, given] of days) {
  t.test(`the last day of a hold is not ${what}`, async t => {
    const w = await world(t)
    const { id } = await anActivity(w.db, given)
    const { id: agencyId } = await anAgency(w.db)

    await t.rejects(
      makeHold(w.db, id, { agencyId, places: 1, lastDay: day, code }, organiser, noon), new HoldEndsWrongly())

    t.equal(await w.db.hold.count(), 0)
  })
}

t.test('today, and the day on which booking closes, may be the last of a hold', async t => {
  const w = await world(t)
  const { id } = await anActivity(w.db)
  const { id: agencyId } = await anAgency(w.db)

  for (const day of ['2026-11-23', '2026-12-01']) {
    await makeHold(w.db, id, { agencyId, places: 1, lastDay: day, code: `C${day.replaceAll('-', '')}` }, organiser, noon)
  }

  t.equal(await w.db.hold.count(), 2)
})

t.test('nothing is held of what nobody can book any more', async t => {
  const w = await world(t)
  const { id: agencyId } = await anAgency(w.db)
  for (const [given, state] of [
    [{ status: 'cancelled' }, 'cancelled'], [{ bookingClosesAt: noon.toJSDate() }, 'closed'], [{ status: 'draft' }, 'not-bookable']
  ] as const) {
    const { id } = await anActivity(w.db, given)
    await t.rejects(
      makeHold(w.db, id, { agencyId, places: 1, lastDay, code }, organiser, noon), new BookingNotOpen(state))
  }
  const { id } = await anActivity(w.db, { bookingOpensAt: noon.plus({ days: 1 }).toJSDate() })
  await makeHold(w.db, id, { agencyId, places: 1, lastDay, code }, organiser, noon)

  t.equal(await w.db.hold.count(), 1, 'but before booking opens it may be')
})

t.test('a hold may shrink to what is claimed, for those who wait, and grow by what is free', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 5 }, 4)
  await requestPlaces(w.db, w.outbox, id, [withCode('anne', { places: 2 })], noon)
  const change = async (places: number, day = lastDay) => {
    await confirming(async confirmed =>
      await changeHold(w.db, w.outbox, hold.id, { places, lastDay: day, confirmed }, organiser, noon))
  }

  await t.rejects(change(1), new HoldClaimed(2))
  await t.rejects(change(6), new TooFewToHold(1))
  await t.rejects(change(4, '2026-11-22'), new HoldEndsWrongly())
  await change(5, '2026-11-26')
  t.match(await getHold(w.db, hold.id), { places: 5, claimed: 2, returnsAt: end.plus({ days: 1 }) })
  t.strictSame(await announced(w.db, 'place.freed'), [])
  await aBooking(w.db, id, { status: 'waiting', places: 3 })
  await change(2)
  t.strictSame(await announced(w.db, 'place.freed'), [{ activityId: id }])
  await serveWaitingList(w.db, w.outbox, id, noon)

  t.match(await occupancyOf(w.db, id), { confirmed: 5, held: 0, waiting: 0 })
  t.match((await w.db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action),
    ['hold.made', 'hold.changed', 'hold.changed'])
})

t.test('a hold given back before its day goes to those who wait, keeps its bookings and is changed no more', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 4 }, 4)
  await requestPlaces(w.db, w.outbox, id, [withCode('anne', { places: 2 })], noon)
  await aBooking(w.db, id, { status: 'waiting', places: 2 })

  await confirming(async confirmed => await returnHold(w.db, w.outbox, hold.id, confirmed, organiser, noon))
  t.strictSame(await announced(w.db, 'place.freed'), [{ activityId: id }])
  await serveWaitingList(w.db, w.outbox, id, noon)

  t.strictSame(await lineOf(w, id), ['confirmed', 'confirmed'])
  t.match(await requestPlaces(w.db, w.outbox, id, [withCode('bob')], noon), [new CodeExpired(noon, 'Europe/London')])
  await t.rejects(confirming(async confirmed =>
    await returnHold(w.db, w.outbox, hold.id, confirmed, organiser, noon)), new HoldReturned())
  await t.rejects(confirming(async confirmed =>
    await changeHold(w.db, w.outbox, hold.id, { places: 9, lastDay, confirmed }, organiser, noon)), new HoldReturned())
  await t.rejects(confirming(async confirmed =>
    await returnHold(w.db, w.outbox, id, confirmed, organiser, noon)), new HoldNotFound())
  t.match((await w.db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action),
    ['hold.made', 'hold.returned'])
})

t.test('a hold whose day has ended is not made longer before the sweep has come by', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 2 }, 2)
  await aBooking(w.db, id, { status: 'waiting' })

  await t.rejects(confirming(async confirmed =>
    await changeHold(w.db, w.outbox, hold.id, { places: 2, lastDay: '2026-11-28', confirmed }, organiser, end)), new HoldReturned())
  await sweepWaitingLists(w.db, w.outbox, end)

  t.match(await occupancyOf(w.db, id), { confirmed: 1, held: 0 })
})

t.test('a booking of a hold grows within it, even if others wait, and not beyond', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 9 }, 3)
  await requestPlaces(w.db, w.outbox, id, [withCode('anne')], noon)
  const anne = await w.db.booking.findFirstOrThrow({ where: { holdId: hold.id } })
  await aBooking(w.db, id, { status: 'waiting', places: 9 })

  await changePlaces(w.db, w.outbox, anne.id, 3, noon)
  await t.rejects(changePlaces(w.db, w.outbox, anne.id, 4, noon), new NoPlacesLeft())

  t.match(await getHold(w.db, hold.id), { claimed: 3 })
  t.match(await occupancyOf(w.db, id), { confirmed: 3, held: 0 })
  await changePlaces(w.db, w.outbox, anne.id, 1, noon)
  t.match(await getHold(w.db, hold.id), { claimed: 1 }, 'and what it gives back is the hold’s')
  t.match(await occupancyOf(w.db, id), { confirmed: 1, held: 2 })
})

t.test('once its hold has ended, a booking grows like any other, swept or not', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 4 }, 2)
  await requestPlaces(w.db, w.outbox, id, [withCode('anne', { places: 2 })], noon)
  const anne = await w.db.booking.findFirstOrThrow({ where: { holdId: hold.id } })

  await changePlaces(w.db, w.outbox, anne.id, 3, end)
  await sweepWaitingLists(w.db, w.outbox, end)
  await changePlaces(w.db, w.outbox, anne.id, 4, end)

  t.match(await occupancyOf(w.db, id), { confirmed: 4, held: 0 })
  await aBooking(w.db, id, { status: 'waiting' })
  await changePlaces(w.db, w.outbox, anne.id, 3, end)
  await t.rejects(changePlaces(w.db, w.outbox, anne.id, 4, end), new NoPlacesLeft(), 'not past those who wait')
})

t.test('a hold of which all is claimed is returned by the sweep too', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, {}, 1)
  await requestPlaces(w.db, w.outbox, id, [withCode('anne')], noon)

  await sweepWaitingLists(w.db, w.outbox, end)

  t.match(await getHold(w.db, hold.id), { returnedAt: end, claimed: 1 })
})

t.test('places that an agency still holds count as taken when the capacity is lowered', async t => {
  const w = await world(t)
  const { id, hold } = await anActivityWithHold(w, { capacity: 4 }, 3)
  await w.db.activity.update({ where: { id }, data: { capacity: 1 } })

  await requestPlaces(w.db, w.outbox, id, [withCode('anne', { places: 3 }), aRequest('bob@example.org')], noon)

  t.match(await getHold(w.db, hold.id), { claimed: 3 }, 'a promise to an agency is kept')
  t.match(await occupancyOf(w.db, id), { confirmed: 3, held: 0, waiting: 1 })
})
