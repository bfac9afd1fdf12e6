import t from 'tap'
import type { Booking } from '../../../src/booking/bookings/booking.ts'
import { kindOf, kinds, methodOf, outdatedReason } from '../../../src/mail/emails/kinds.ts'
import type { EmailKind } from '../../../src/mail/emails/kinds.ts'
import { anEntry } from '../../support/calendar-entry.ts'
import { noon } from '../../support/world.ts'

const everyKind = Object.keys(kinds) as EmailKind[]

const nothing = { waitedAt: undefined, lapseReason: undefined, cancelledBy: undefined } as const

function bookingWith (booking: Partial<Booking>, activity: Parameters<typeof anEntry>[0] = {}) {
  return anEntry({ booking, ...activity }).booking
}

t.test('people who waited are told that a place was found, others that it is theirs', async t => {
  t.equal(kindOf('booking.confirmed', { ...nothing }), 'place-confirmed')
  t.equal(kindOf('booking.confirmed', { ...nothing, waitedAt: noon }), 'place-found')
})

t.test('each kind of email comes of the fact that announces it', async t => {
  for (const kind of everyKind) {
    const waitedAt = kind === 'place-found' ? noon : undefined
    const lapseReason = ({ 'offer-refused': 'refused', 'waiting-list-closed': 'closed' } as const)[kind as string]
    const cancelledBy = ({ 'cancelled-by-us': 'organiser', 'activity-cancelled': 'activity' } as const)[kind as string]
    t.equal(kindOf(kinds[kind].fact, { waitedAt, lapseReason, cancelledBy }, kind), kind)
  }
})

t.test('an email that has been overtaken is not sent', async t => {
  const cancelled = bookingWith({ status: 'cancelled' })
  const waiting = bookingWith({ status: 'waiting', confirmedAt: undefined })
  const changedTwice = bookingWith({ icalSequence: 2 })

  t.match(outdatedReason('place-confirmed', 0, cancelled, noon), 'cancelled')
  t.match(outdatedReason('booking-link', 0, cancelled, noon), 'cancelled')
  t.match(outdatedReason('place-found', 0, waiting, noon), 'waiting')
  t.match(outdatedReason('waiting-list-joined', 0, bookingWith({}), noon), 'confirmed')
  t.match(outdatedReason('cancelled', 0, bookingWith({}), noon), 'confirmed')
  t.match(outdatedReason('booking-changed', 1, changedTwice, noon), 'changed again')
  t.equal(outdatedReason('booking-changed', 2, changedTwice, noon), undefined)
  t.equal(outdatedReason('place-confirmed', 0, changedTwice, noon), undefined, 'it says what is true by now')
})

t.test('nobody is invited to what is over or cancelled, and everyone is told of a cancellation', async t => {
  const over = anEntry().booking.activity.endsAt

  t.match(outdatedReason('place-confirmed', 0, bookingWith({}), over), 'over')
  t.equal(outdatedReason('place-confirmed', 0, bookingWith({}), over.minus({ seconds: 1 })), undefined)
  t.match(outdatedReason('place-found', 0, bookingWith({}, { activity: { status: 'cancelled' } }), noon), 'cancelled')
  t.equal(outdatedReason('cancelled', 0, bookingWith({ status: 'cancelled' }), over), undefined)
})

t.test('an offer is not sent once it has ended or been answered', async t => {
  const offeredUntil = noon.plus({ hours: 1 })
  const offered = bookingWith({ status: 'offered', confirmedAt: undefined, offeredUntil, offers: 1 })

  t.equal(outdatedReason('place-offered', 1, offered, noon), undefined)
  t.equal(outdatedReason('place-offered', 1, offered, offeredUntil.minus({ milliseconds: 1 })), undefined)
  t.match(outdatedReason('place-offered', 1, offered, offeredUntil), 'ended')
  t.match(outdatedReason('place-offered', 1, bookingWith({}), noon), 'confirmed')
})

t.test('the email about a place open to all waiting is not sent once it is gone, nor for an earlier place', async t => {
  const called = { status: 'waiting', confirmedAt: undefined, isCalled: true, offers: 2 } as const

  t.equal(outdatedReason('place-called', 2, bookingWith(called), noon), undefined)
  t.match(outdatedReason('place-called', 1, bookingWith(called), noon), 'gone')
  t.match(outdatedReason('place-called', 2, bookingWith({ ...called, isCalled: false }), noon), 'gone')
})

t.test('someone who waited in vain is told so even when the activity has begun, or is over', async t => {
  const closed = bookingWith({ status: 'lapsed', confirmedAt: undefined, lapseReason: 'closed' })

  t.equal(outdatedReason('waiting-list-closed', 0, closed, closed.activity.endsAt), undefined)
  t.match(outdatedReason('offer-lapsed', 0, closed, closed.activity.endsAt), 'over')
})

t.test('an email has a calendar entry only where its booking has, or had, a place', async t => {
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

t.test('the end of waiting is told by its reason', async t => {
  t.equal(kindOf('booking.lapsed', { ...nothing, waitedAt: noon, lapseReason: 'unanswered' }), 'offer-lapsed')
  t.equal(kindOf('booking.lapsed', { ...nothing, waitedAt: noon, lapseReason: 'refused' }), 'offer-refused')
  t.equal(kindOf('booking.lapsed', { ...nothing, waitedAt: noon, lapseReason: 'closed' }), 'waiting-list-closed')
})

t.test('an email about an offer may go until the instant at which it ends', async t => {
  const offered = bookingWith({ status: 'offered', confirmedAt: undefined, offeredUntil: noon, offers: 1 })

  t.equal(outdatedReason('place-offered', 1, offered, noon.minus({ milliseconds: 1 })), undefined)
  t.match(outdatedReason('place-offered', 1, offered, noon), 'has ended')
  for (const status of ['confirmed', 'waiting', 'lapsed', 'cancelled'] as const) {
    t.match(outdatedReason('place-offered', 1, bookingWith({ status }), noon), status)
  }
})

t.test('an email about a place open to all waiting may go while it is open, and only for the latest', async t => {
  const called = bookingWith({ status: 'waiting', confirmedAt: undefined, isCalled: true, offers: 2 })

  t.equal(outdatedReason('place-called', 2, called, noon), undefined)
  t.match(outdatedReason('place-called', 1, called, noon), 'gone')
  t.match(outdatedReason('place-called', 2, { ...called, isCalled: false }, noon), 'gone')
  t.match(outdatedReason('place-called', 2, { ...called, status: 'confirmed' }, noon), 'confirmed')
})

t.test('nobody is told of the end of an offer for what is over or cancelled, and everyone that their list closed', async t => {
  const lapsed = bookingWith({ status: 'lapsed', confirmedAt: undefined })
  const over = lapsed.activity.endsAt
  const off = { ...lapsed, activity: { ...lapsed.activity, status: 'cancelled' } } as const

  for (const kind of ['offer-lapsed', 'offer-refused'] as const) {
    t.equal(outdatedReason(kind, 0, lapsed, noon), undefined)
    t.match(outdatedReason(kind, 0, lapsed, over), 'over')
    t.match(outdatedReason(kind, 0, off, noon), 'cancelled')
  }
  t.equal(outdatedReason('waiting-list-closed', 0, lapsed, over), undefined)
  t.equal(outdatedReason('waiting-list-closed', 0, off, noon), undefined)
})

t.test('none of the emails about waiting has a calendar entry', async t => {
  for (const kind of ['place-offered', 'place-called', 'offer-lapsed', 'offer-refused', 'waiting-list-closed'] as const) {
    t.equal(methodOf(kind, { status: 'waiting', confirmedAt: undefined }), undefined)
  }
})
