import t from 'tap'
import { ActivityNotFound, ListStillNeeded } from '../../../src/programme/activities/errors.ts'
import type { SupplyDraft } from '../../../src/programme/activities/supply.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { changeSupply } from '../../../src/booking/waiting-list/supply.ts'
import { confirming } from '../../support/confirming.ts'
import { anAgency, organiser } from '../../support/staff.ts'
import { aBooking, anActivity, announced, aRequest, noon, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const current: SupplyDraft = {
  capacity: 20, overBookingPercent: 0, waitingList: 'automatic', offerHours: 24, anotherDateAt: undefined
}

async function change ({ db, outbox }: Pick<World, 'db' | 'outbox'>, id: string, draft: SupplyDraft) {
  return await confirming(async confirmed =>
    await changeSupply(db, outbox, id, { draft, confirmed }, organiser, noon))
}

t.test('what is said about an activity’s places is kept, and who said so', async t => {
  const { db, outbox } = await world(t)
  const { id, slug } = await anActivity(db)
  const draft: SupplyDraft = {
    capacity: 30, overBookingPercent: 10, waitingList: 'offers', offerHours: 12, anotherDateAt: 25
  }

  t.strictSame(await change({ db, outbox }, id, draft), { over: 0 })

  t.match(await db.activity.findUnique({ where: { id } }), draft)
  t.match(await db.auditEntry.findMany(), [{
    action: 'places.changed',
    subject: slug,
    staffMemberId: organiser.id,
    at: noon.toISO(),
    details: {
      capacity: ['20', '30'], overBookingPercent: ['0', '10'], waitingList: ['automatic', 'offers'], offerHours: ['24', '12']
    }
  }])
  await change({ db, outbox }, id, { ...draft, anotherDateAt: undefined })
  t.match(await db.activity.findUnique({ where: { id } }), { anotherDateAt: null })
})

t.test('a capacity below what is taken drops nobody, and says how many are over', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { placesPerBooking: 4 })
  const { id: agencyId } = await anAgency(db)
  await aBooking(db, id, { places: 4 })
  await aBooking(db, id, { places: 2, status: 'offered' })
  await db.hold.create({
    data: {
      activityId: id,
      agencyId,
      code: 'CODE',
      places: 3,
      returnsAt: noon.plus({ days: 1 }).toJSDate(),
      createdAt: noon.toJSDate()
    }
  })

  t.strictSame(await change({ db, outbox }, id, { ...current, capacity: 9 }), { over: 0 })
  t.strictSame(await change({ db, outbox }, id, { ...current, capacity: 5 }), { over: 4 })
  const more = { ...current, capacity: 5, overBookingPercent: 40 }
  t.strictSame(await change({ db, outbox }, id, more), { over: 2 })
  await serveWaitingList(db, outbox, id, noon)

  t.match(await db.occupancy.findUnique({ where: { activityId: id } }), { confirmed: 4, offered: 2, held: 3 })
})

t.test('more places go to those who wait before anyone else', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 1 })
  await aBooking(db, id)
  const next = await aBooking(db, id, { status: 'waiting' })

  await change({ db, outbox }, id, { ...current, capacity: 2 })
  t.strictSame(await announced(db, 'place.freed'), [{ activityId: id }])
  await requestPlaces(db, outbox, id, [aRequest('newcomer@example.org')], noon)
  await serveWaitingList(db, outbox, id, noon)

  t.match(await db.booking.findUnique({ where: { id: next.id } }), { status: 'confirmed' })
  t.match(await db.booking.findFirst({ where: { email: 'newcomer@example.org' } }), { status: 'waiting' })
})

t.test('over-booking that is raised gives places to those who wait, too', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 10 })
  await aBooking(db, id, { places: 10 })
  await aBooking(db, id, { status: 'waiting' })

  await change({ db, outbox }, id, { ...current, capacity: 10, overBookingPercent: 10 })
  await serveWaitingList(db, outbox, id, noon)

  t.match(await db.occupancy.findUnique({ where: { activityId: id } }), { confirmed: 11, waiting: 0 })
})

t.test('a list from which organisers picked and that gives places by itself now does so', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 10, waitingList: 'by-hand' })
  await aBooking(db, id, { status: 'waiting' })

  await change({ db, outbox }, id, current)
  await serveWaitingList(db, outbox, id, noon)

  t.match(await db.occupancy.findUnique({ where: { activityId: id } }), { confirmed: 1, waiting: 0 })
})

t.test('a list on which people wait cannot be switched off, and nothing else changes then', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 1 })
  await aBooking(db, id)
  await aBooking(db, id, { status: 'waiting' })

  await t.rejects(
    change({ db, outbox }, id, { ...current, capacity: 9, waitingList: 'off' }), new ListStillNeeded(1))

  t.match(await db.activity.findUnique({ where: { id } }), { capacity: 1, waitingList: 'automatic' })
  t.strictSame(await announced(db, 'place.freed'), [])
  t.equal(await db.auditEntry.count(), 0)
})

t.test('when a list is switched off while people join it, nobody is left on a list that is off', async t => {
  const { db, outbox } = await world(t)
  const activities = await Promise.all(Array.from({ length: 6 }, async () => {
    const { id } = await anActivity(db, { capacity: 1 })
    await aBooking(db, id)
    return id
  }))
  await warm(db)

  await Promise.allSettled(activities.flatMap((id, n) => {
    const ways = [
      async () => { await requestPlaces(db, outbox, id, [aRequest('anne@example.org')], noon) },
      async () => {
        await change({ db, outbox }, id, { ...current, capacity: 1, waitingList: 'off' })
      }
    ]
    return (n % 2 === 0 ? ways : ways.reverse()).map(async way => { await way() })
  }))

  t.equal(await db.booking.count({ where: { status: 'waiting', activity: { waitingList: 'off' } } }), 0)
})

t.test('nothing is changed where there is no such activity', async t => {
  const { db, outbox } = await world(t)
  const { campaignId } = await anActivity(db)

  await t.rejects(change({ db, outbox }, campaignId, current), new ActivityNotFound())
})
