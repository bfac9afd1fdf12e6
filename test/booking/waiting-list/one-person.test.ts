import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { makeAnotherDate } from '../../../src/booking/waiting-list/another-date.ts'
import { acceptOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { OfferEnded } from '../../../src/booking/waiting-list/errors.ts'
import { confirming } from '../../support/confirming.ts'
import { organiser } from '../../support/staff.ts'
import type { World } from '../../support/world.ts'
import { aBooking, anActivity, announced, aRequest, noon, world } from '../../support/world.ts'

const email = 'anne@example.org'

async function statusesOf ({ db }: World): Promise<string[]> {
  const bookings = await db.booking.findMany({ where: { email }, orderBy: { arrival: 'asc' } })
  return bookings.map(({ status }) => status)
}

t.test('someone who asks again after their offer has ended is in line anew, even before a sweep', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { capacity: 1, waitingList: 'offers' })
  const offeredUntil = noon.toJSDate()
  const { id } = await aBooking(w.db, activityId, { email, status: 'offered', offeredUntil })
  const next = await aBooking(w.db, activityId, { status: 'waiting' })

  await requestPlaces(w.db, w.outbox, activityId, [aRequest(email)], noon)

  t.strictSame(await statusesOf(w), ['lapsed', 'waiting'])
  t.match(await announced(w.db, 'booking.lapsed'), [{ bookingId: id }])
  t.strictSame(await announced(w.db, 'booking.requested-again'), [])
  t.strictSame(await announced(w.db, 'place.freed'), [{ activityId }])

  await serveWaitingList(w.db, w.outbox, activityId, noon)
  t.match(await w.db.booking.findUnique({ where: { id: next.id } }), { status: 'offered' }, 'the next in line comes first')
})

/** Someone waits for a first date, and two others are made of it, one place each. */
async function twoOthers (w: World): Promise<string[]> {
  const { id: first } = await anActivity(w.db, { capacity: 1 })
  await aBooking(w.db, first)
  await aBooking(w.db, first, { email, status: 'waiting' })
  const copies = []
  for (const weeks of [1, 2]) {
    const startsAt = noon.plus({ weeks, days: 8 })
    const slug = await confirming(async confirmed =>
      await makeAnotherDate(w.db, w.outbox, first, { startsAt, joinUrlSealed: undefined, confirmed }, organiser, noon))
    copies.push((await w.db.activity.findUniqueOrThrow({ where: { slug } })).id)
  }
  return copies
}

t.test('someone who is offered two other dates and accepts one is off the lists of all', async t => {
  const w = await world(t)
  for (const copy of await twoOthers(w)) await serveWaitingList(w.db, w.outbox, copy, noon)
  t.strictSame(await statusesOf(w), ['waiting', 'offered', 'offered'])
  const [, one, other] = await w.db.booking.findMany({ where: { email }, orderBy: { arrival: 'asc' } })

  await acceptOffer(w.db, w.outbox, other?.id ?? '', noon)

  t.strictSame(await statusesOf(w), ['cancelled', 'cancelled', 'confirmed'])
  t.equal((await announced(w.db, 'booking.cancelled')).length, 2, 'and is told of both')
  await t.rejects(acceptOffer(w.db, w.outbox, one?.id ?? '', noon), new OfferEnded())
  t.strictSame(await statusesOf(w), ['cancelled', 'cancelled', 'confirmed'])
})

t.test('someone who has a place on one other date is not asked about the next one', async t => {
  const w = await world(t)
  const [one = '', other = ''] = await twoOthers(w)
  await serveWaitingList(w.db, w.outbox, one, noon)
  // On the first list the offer has lapsed, so that only the place itself shows that it is settled.
  await w.db.booking.updateMany({
    where: { email, status: 'waiting', copiedFromBookingId: null }, data: { status: 'lapsed', lapseReason: 'closed' }
  })
  const offered = await w.db.booking.findFirstOrThrow({ where: { email, activityId: one } })
  await acceptOffer(w.db, w.outbox, offered.id, noon)

  await serveWaitingList(w.db, w.outbox, other, noon)

  t.strictSame(await w.db.booking.findMany({ where: { email, activityId: other } }), [])
})
