import t from 'tap'
import type { Booking } from '../../src/bookings/booking.ts'
import { kindOf, kinds, methodOf, outdatedBecause } from '../../src/letters/kinds.ts'
import type { LetterKind } from '../../src/letters/kinds.ts'
import { anEntry } from '../support/entry.ts'
import { noon } from '../support/world.ts'

const everyKind = Object.keys(kinds) as LetterKind[]

function bookingWith (booking: Partial<Booking>, activity: Parameters<typeof anEntry>[0] = {}) {
  return anEntry({ booking, ...activity }).booking
}

t.test('who waited is told that a place was found, others that it is theirs', async t => {
  t.equal(kindOf('booking.confirmed', { waitedAt: undefined, lapseReason: undefined }), 'place-confirmed')
  t.equal(kindOf('booking.confirmed', { waitedAt: noon, lapseReason: undefined }), 'place-found')
})

t.test('each kind of letter comes of the fact that announces it', async t => {
  for (const kind of everyKind) {
    const waitedAt = kind === 'place-found' ? noon : undefined
    const lapseReason = ({ 'offer-refused': 'refused', 'waiting-list-closed': 'closed' } as const)[kind as string]
    t.equal(kindOf(kinds[kind].fact, { waitedAt, lapseReason }), kind)
  }
})

t.test('a letter that has been overtaken is not sent', async t => {
  const cancelled = bookingWith({ status: 'cancelled' })
  const waiting = bookingWith({ status: 'waiting', confirmedAt: undefined })
  const changedTwice = bookingWith({ icalSequence: 2 })

  t.match(outdatedBecause('place-confirmed', 0, cancelled, noon), 'cancelled')
  t.match(outdatedBecause('booking-link', 0, cancelled, noon), 'cancelled')
  t.match(outdatedBecause('place-found', 0, waiting, noon), 'waiting')
  t.match(outdatedBecause('waiting-list-joined', 0, bookingWith({}), noon), 'confirmed')
  t.match(outdatedBecause('cancelled', 0, bookingWith({}), noon), 'confirmed')
  t.match(outdatedBecause('booking-changed', 1, changedTwice, noon), 'changed again')
  t.equal(outdatedBecause('booking-changed', 2, changedTwice, noon), undefined)
  t.equal(outdatedBecause('place-confirmed', 0, changedTwice, noon), undefined, 'it says what is true by now')
})

t.test('nobody is invited to what is over or cancelled, and everybody is told of a cancellation', async t => {
  const over = anEntry().booking.activity.endsAt

  t.match(outdatedBecause('place-confirmed', 0, bookingWith({}), over), 'over')
  t.equal(outdatedBecause('place-confirmed', 0, bookingWith({}), over.minus({ seconds: 1 })), undefined)
  t.match(outdatedBecause('place-found', 0, bookingWith({}, { activity: { status: 'cancelled' } }), noon), 'cancelled')
  t.equal(outdatedBecause('cancelled', 0, bookingWith({ status: 'cancelled' }), over), undefined)
})

t.test('an offer is not sent once it has ended or been answered', async t => {
  const offeredUntil = noon.plus({ hours: 1 })
  const offered = bookingWith({ status: 'offered', confirmedAt: undefined, offeredUntil, offers: 1 })

  t.equal(outdatedBecause('place-offered', 1, offered, noon), undefined)
  t.equal(outdatedBecause('place-offered', 1, offered, offeredUntil.minus({ milliseconds: 1 })), undefined)
  t.match(outdatedBecause('place-offered', 1, offered, offeredUntil), 'ended')
  t.match(outdatedBecause('place-offered', 1, bookingWith({}), noon), 'confirmed')
})

t.test('a call is not sent once the place is gone, nor for an earlier place', async t => {
  const called = { status: 'waiting', confirmedAt: undefined, isCalled: true, offers: 2 } as const

  t.equal(outdatedBecause('place-called', 2, bookingWith(called), noon), undefined)
  t.match(outdatedBecause('place-called', 1, bookingWith(called), noon), 'gone')
  t.match(outdatedBecause('place-called', 2, bookingWith({ ...called, isCalled: false }), noon), 'gone')
})

t.test('whoever waited in vain is told so even when the activity has begun, or is over', async t => {
  const closed = bookingWith({ status: 'lapsed', confirmedAt: undefined, lapseReason: 'closed' })

  t.equal(outdatedBecause('waiting-list-closed', 0, closed, closed.activity.endsAt), undefined)
  t.match(outdatedBecause('offer-lapsed', 0, closed, closed.activity.endsAt), 'over')
})

t.test('a calendar is spoken to only about a place that it may carry', async t => {
  const waiting = { status: 'waiting', confirmedAt: undefined } as const
  const confirmed = { status: 'confirmed', confirmedAt: noon } as const

  t.equal(methodOf('place-confirmed', confirmed), 'REQUEST')
  t.equal(methodOf('already-booked', confirmed), 'REQUEST')
  t.equal(methodOf('already-booked', waiting), undefined)
  t.equal(methodOf('booking-changed', waiting), undefined)
  t.equal(methodOf('waiting-list-joined', waiting), undefined)
  t.equal(methodOf('booking-link', confirmed), undefined)
  t.equal(methodOf('cancelled', { status: 'cancelled', confirmedAt: noon }), 'CANCEL')
  t.equal(methodOf('cancelled', { status: 'cancelled', confirmedAt: undefined }), undefined)
})
