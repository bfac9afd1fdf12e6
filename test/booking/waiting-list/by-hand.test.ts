import t from 'tap'
import { BookingNotOpen } from '../../../src/programme/activities/errors.ts'
import { BookingNotFound } from '../../../src/booking/bookings/errors.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { pickFromLine } from '../../../src/booking/waiting-list/pick.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { NotByHand, NotWaiting, PartyDoesNotFit } from '../../../src/booking/waiting-list/errors.ts'
import { confirming } from '../../support/confirming.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon, warm, world } from '../../support/world.ts'

const byHand = { waitingList: 'by-hand', placesPerBooking: 4 } as const

t.test('the person an organiser picks has the place and is told, wherever in line they were', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { ...byHand, capacity: 2 })
  const first = await aBooking(db, activityId, { status: 'waiting' })
  const picked = await aBooking(db, activityId, { status: 'waiting', places: 2 })

  await confirming(async confirmed => await pickFromLine(db, outbox, picked.id, confirmed, organiser, noon))

  t.match(await db.booking.findUnique({ where: { id: picked.id } }), { status: 'confirmed', confirmedAt: noon.toISO() })
  t.match(await db.booking.findUnique({ where: { id: first.id } }), { status: 'waiting' })
  t.strictSame(await announced(db, 'booking.confirmed'), [{ bookingId: picked.id, sequence: 0 }])
  t.match(await db.auditEntry.findMany({ orderBy: { id: 'asc' } }), [
    { action: 'booking.picked', subject: picked.id, staffMemberId: organiser.id, at: noon.toISO() }
  ])
})

t.test('nobody is picked for more places than are free', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { ...byHand, capacity: 2 })
  await aBooking(db, activityId)
  const party = await aBooking(db, activityId, { status: 'waiting', places: 2 })

  await t.rejects(confirming(async confirmed =>
    await pickFromLine(db, outbox, party.id, confirmed, organiser, noon)), new PartyDoesNotFit(1, 2))

  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 1, waiting: 2 })
  t.equal(await db.auditEntry.count(), 0)
})

t.test('where a capacity was lowered, never fewer than 0 places are said to be free', async t => {
  t.match(new PartyDoesNotFit(-3, 1).message, '0 places are free')
})

t.test('of ten picked at once for the last place, one has it', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { ...byHand, capacity: 1 })
  const line = await Promise.all(Array.from({ length: 10 }, async () => await aBooking(db, activityId, { status: 'waiting' })))
  await warm(db)

  const answers = await Promise.allSettled(line.map(async ({ id }) => {
    await confirming(async confirmed => await pickFromLine(db, outbox, id, confirmed, organiser, noon))
  }))

  t.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const answer of answers) if (answer.status === 'rejected') t.match(answer.reason, new PartyDoesNotFit(0, 1))
  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 1, waiting: 9 })
})

t.test('someone picked twice at once is picked once', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { ...byHand, capacity: 9 })
  const { id } = await aBooking(db, activityId, { status: 'waiting' })
  await warm(db)

  const answers = await Promise.allSettled([1, 2, 3].map(async () => {
    await confirming(async confirmed => await pickFromLine(db, outbox, id, confirmed, organiser, noon))
  }))

  t.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const answer of answers) if (answer.status === 'rejected') t.match(answer.reason, new NotWaiting())
  t.equal((await announced(db, 'booking.confirmed')).length, 1)
})

for (const status of ['confirmed', 'offered', 'lapsed', 'cancelled'] as const) {
  t.test(`nobody is picked whose booking is ${status}`, async t => {
    const { db, outbox } = await world(t)
    const { id: activityId } = await anActivity(db, { ...byHand, capacity: 9 })
    const { id } = await aBooking(db, activityId, { status })

    await t.rejects(confirming(async confirmed =>
      await pickFromLine(db, outbox, id, confirmed, organiser, noon)), new NotWaiting())

    t.match(await db.booking.findUnique({ where: { id } }), { status })
  })
}

for (const waitingList of ['automatic', 'offers'] as const) {
  t.test(`nobody is picked from a list that is ${waitingList}: it would overtake the others`, async t => {
    const { db, outbox } = await world(t)
    const { id: activityId } = await anActivity(db, { waitingList, capacity: 9 })
    const { id } = await aBooking(db, activityId, { status: 'waiting' })

    await t.rejects(confirming(async confirmed =>
      await pickFromLine(db, outbox, id, confirmed, organiser, noon)), new NotByHand())

    t.match(await db.booking.findUnique({ where: { id } }), { status: 'waiting' })
  })
}

t.test('nobody is picked who was carried over from another date and has not said yes to this one', async t => {
  const { db, outbox } = await world(t)
  const { id: first } = await anActivity(db)
  const { id: copiedFromBookingId } = await aBooking(db, first, { status: 'waiting' })
  const { id: activityId } = await anActivity(db, { ...byHand, capacity: 9, anotherDateOfId: first })
  const { id } = await aBooking(db, activityId, { status: 'waiting', copiedFromBookingId })

  await t.rejects(confirming(async confirmed =>
    await pickFromLine(db, outbox, id, confirmed, organiser, noon)), new NotByHand())
})

const unbookable: Array<[state: string, given: Partial<Activity>, refusal: Error]> = [
  ['is cancelled', { status: 'cancelled' }, new BookingNotOpen('cancelled')],
  ['has closed', { bookingClosesAt: noon.toJSDate() }, new BookingNotOpen('closed')],
  ['has started', { startsAt: noon.toJSDate() }, new BookingNotOpen('closed')]
]

for (const [state, given, refusal] of unbookable) {
  t.test(`nobody is picked for an activity that ${state}`, async t => {
    const { db, outbox } = await world(t)
    const { id: activityId } = await anActivity(db, { ...byHand, capacity: 9, ...given })
    const { id } = await aBooking(db, activityId, { status: 'waiting' })

    await t.rejects(confirming(async confirmed =>
      await pickFromLine(db, outbox, id, confirmed, organiser, noon)), refusal)
    await t.rejects(confirming(async confirmed =>
      await pickFromLine(db, outbox, activityId, confirmed, organiser, noon)), new BookingNotFound())
  })
}

t.test('free places stay free until someone is picked', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db, { ...byHand, capacity: 9 })
  await aBooking(db, activityId, { status: 'waiting' })

  await serveWaitingList(db, outbox, activityId, noon)

  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 0, offered: 0, waiting: 1 })
})
