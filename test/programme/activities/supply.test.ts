import t from 'tap'
import type { WaitingListMode } from '../../../src/programme/activities/activity.ts'
import { availability, freePlaces, placesTaken } from '../../../src/programme/activities/supply.ts'
import type { SupplyDraft } from '../../../src/programme/activities/supply.ts'

const nobody = { confirmed: 0, offered: 0, held: 0, waiting: 0, waitingBookings: 0, askedAgain: 0 }
const current: SupplyDraft = {
  capacity: 20, overBookingPercent: 0, waitingList: 'automatic', offerHours: 24, anotherDateAt: undefined
}

t.test('confirmed, offered and held places are taken, and those waited for are not', async t => {
  const occupancy = { confirmed: 5, offered: 3, held: 2, waiting: 9, waitingBookings: 9, askedAgain: 0 }

  t.equal(placesTaken(occupancy), 10)
  t.equal(freePlaces({ capacity: 10, overBookingPercent: 20 }, occupancy), 2)
  t.equal(freePlaces({ capacity: 5, overBookingPercent: 0 }, occupancy), -5)
})

const available: Array<[what: string, occupancy: Partial<typeof nobody>, mode: WaitingListMode, is: object]> = [
  ['with places left', { confirmed: 14 }, 'automatic', { is: 'places', areFew: false }],
  ['with few places left', { confirmed: 15 }, 'automatic', { is: 'places', areFew: true }],
  ['with places left that some asked for again', { confirmed: 13, askedAgain: 2 }, 'automatic', { is: 'places', areFew: true }],
  ['with a place left, however many asked again', { confirmed: 19, askedAgain: 9 }, 'off', { is: 'places', areFew: true }],
  ['where the rest is held', { confirmed: 15, held: 5 }, 'automatic', { is: 'waiting-list' }],
  ['where the rest is offered', { confirmed: 15, offered: 5 }, 'offers', { is: 'waiting-list' }],
  ['where places are free and someone waits', { waiting: 4, waitingBookings: 1 }, 'by-hand', { is: 'waiting-list' }],
  ['that is full without a list', { confirmed: 20 }, 'off', { is: 'full' }],
  ['that was lowered below what is taken', { confirmed: 25 }, 'off', { is: 'full' }]
]

for (const [what, occupancy, waitingList, is] of available) {
  t.test(`an activity ${what} promises no place that a newcomer would not get`, async t => {
    t.strictSame(availability({ ...current, waitingList }, { ...nobody, ...occupancy }), is)
  })
}
