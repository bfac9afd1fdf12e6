import fc from 'fast-check'
import t from 'tap'
import type { Occupancy } from '../../../src/programme/activities/activity.ts'
import { bookable, freePlaces } from '../../../src/programme/activities/supply.ts'
import { admit, afterAdmission, mayChangePlaces } from '../../../src/booking/bookings/capacity.ts'
import type { Hold } from '../../../src/booking/holds/hold.ts'
import { noon } from '../../support/world.ts'

const nobody: Occupancy = { confirmed: 0, offered: 0, held: 0, waiting: 0, waitingBookings: 0, askedAgain: 0 }
const supply = fc.record({
  capacity: fc.integer({ min: 1, max: 200 }),
  overBookingPercent: fc.integer({ min: 0, max: 100 }),
  hasWaitingList: fc.boolean()
})
const parties = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 300 })

t.test('over-booking is rounded down to whole places', async t => {
  t.equal(bookable({ capacity: 20, overBookingPercent: 0 }), 20)
  t.equal(bookable({ capacity: 20, overBookingPercent: 10 }), 22)
  t.equal(bookable({ capacity: 15, overBookingPercent: 10 }), 16)
  t.equal(bookable({ capacity: 3, overBookingPercent: 33 }), 3)
  t.equal(bookable({ capacity: 100_000, overBookingPercent: 100 }), 200_000)
  t.equal(bookable({ capacity: undefined, overBookingPercent: 100 }), 0)
})

t.test('over-booking gives no place that its percentage does not, and none fewer', async () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 100 }), (capacity, percent) => {
    const extra = bookable({ capacity, overBookingPercent: percent }) - capacity
    return Number.isInteger(extra) && extra * 100 <= capacity * percent && (extra + 1) * 100 > capacity * percent
  }))
})

t.test('a lowered capacity leaves fewer than no places free', async t => {
  t.equal(freePlaces({ capacity: 10, overBookingPercent: 0 }, { ...nobody, confirmed: 12, offered: 1 }), -3)
})

t.test('an offered place is not given to someone else', async t => {
  const occupancy = { ...nobody, confirmed: 19, offered: 1 }

  t.equal(admit({ capacity: 20, overBookingPercent: 0, hasWaitingList: true }, occupancy, 1), 'waiting')
})

t.test('a held place is not given to someone else', async t => {
  const occupancy = { ...nobody, confirmed: 15, held: 5 }

  t.equal(freePlaces({ capacity: 20, overBookingPercent: 0 }, occupancy), 0)
  t.equal(admit({ capacity: 20, overBookingPercent: 0, hasWaitingList: false }, occupancy, 1), 'full')
})

t.test('a newcomer does not pass those who wait, although a place is free', async t => {
  const occupancy = { ...nobody, confirmed: 19, waiting: 2, waitingBookings: 1 }

  t.equal(admit({ capacity: 20, overBookingPercent: 0, hasWaitingList: true }, occupancy, 1), 'waiting')
})

t.test('no more places are taken than there are, in parties of any size', async () => {
  fc.assert(fc.property(supply, parties, (supply, parties) => {
    const end = parties.reduce((occupancy, places) =>
      afterAdmission(occupancy, admit(supply, occupancy, places), places), nobody)

    return end.confirmed <= bookable(supply)
  }))
})

t.test('once someone waits, everyone who comes later waits too', async () => {
  fc.assert(fc.property(supply, parties, (supply, parties) => {
    let occupancy = nobody
    const admissions = parties.map(places => {
      const admission = admit(supply, occupancy, places)
      occupancy = afterAdmission(occupancy, admission, places)
      return admission
    })

    return !admissions.slice(admissions.indexOf('waiting')).includes('confirmed') || !admissions.includes('waiting')
  }))
})

t.test('a booking may always shrink, and grows only as a newcomer could', async t => {
  const two = { capacity: 20, overBookingPercent: 0 }
  const booked = { status: 'confirmed', places: 2 }

  t.ok(mayChangePlaces(two, { ...nobody, confirmed: 25, waitingBookings: 3 }, booked, 1), 'shrink, over capacity')
  t.ok(mayChangePlaces(two, { ...nobody, confirmed: 18 }, booked, 4), 'grow into free places')
  t.notOk(mayChangePlaces(two, { ...nobody, confirmed: 18 }, booked, 5), 'grow beyond them')
  t.notOk(mayChangePlaces(two, { ...nobody, confirmed: 10, waiting: 4, waitingBookings: 1 }, booked, 3), 'past a queue')
  t.notOk(mayChangePlaces(two, nobody, { status: 'waiting', places: 1 }, 2), 'grow on the waiting list')
})

t.test('a booking of a hold that stands grows within that, and only there', async t => {
  const hold: Hold = {
    id: 'a hold',
    activityId: 'an activity',
    agency: 'Cumberland Council',
    code: 'CODE',
    places: 4,
    claimed: 2,
    returnsAt: noon,
    returnedAt: undefined
  }
  const supply = { capacity: 20, overBookingPercent: 0 }
  const booked = { status: 'confirmed', places: 2 }
  const queue = { ...nobody, confirmed: 2, held: 2, waiting: 9, waitingBookings: 9 }

  t.ok(mayChangePlaces(supply, queue, booked, 4, hold), 'even if others wait')
  t.notOk(mayChangePlaces(supply, { ...queue, waitingBookings: 0 }, booked, 5, hold), 'not into free places')
  t.ok(mayChangePlaces(supply, queue, booked, 1, hold), 'shrink')
})
