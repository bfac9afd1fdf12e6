import t from 'tap'
import type { Booking } from '../../../src/booking/bookings/booking.ts'
import {
  firstDateOf, lineInWords, modeFor, onAnotherDate, passedOver, effectiveStatusAt,
  whatComesNext, whatStays, whatWasGivenUp,
  whoGoesFirst
} from '../../../src/booking/bookings/effective-status.ts'
import { firstToAcceptHours } from '../../../src/booking/waiting-list/offer.ts'
import { anEntry } from '../../support/calendar-entry.ts'
import { noon } from '../../support/world.ts'

const aWaiting = { status: 'waiting', confirmedAt: undefined, waitedAt: noon } satisfies Partial<Booking>

/** A booking that waits for a workshop on Tuesday 1 December 2026 at 6pm, by default. */
function bookingWith (booking: Partial<Booking>, given: Parameters<typeof anEntry>[0] = {}) {
  return anEntry({ ...given, booking: { ...aWaiting, ...booking } }).booking
}

t.test('where one stands is said in words, and beyond a thousand roughly', async t => {
  t.equal(lineInWords(1), 'You are next in line.')
  t.equal(lineInWords(2), 'There is 1 booking ahead of you.')
  t.equal(lineInWords(13), 'There are 12 bookings ahead of you.')
  t.equal(lineInWords(1001), 'There are at least 1,000 bookings ahead of you.')
})

t.test('a party that is larger than the free places is told why they pass it by', async t => {
  t.match(passedOver('automatic', 2, 4), '2 places are free, and you asked for 4. They go to the next person who needs no more than 2.')
  t.match(passedOver('automatic', 1, 2), '1 place is free, and you asked for 2. It goes to the next person who needs only 1.')
  t.equal(passedOver('automatic', 0, 4), undefined, 'none is free')
  t.equal(passedOver('automatic', -1, 4), undefined, 'fewer than none are free')
  t.equal(passedOver('automatic', 4, 4), undefined, 'they are about to be served')
  t.equal(passedOver('by-hand', 2, 4), undefined, 'organisers pick, not the order')
})

t.test('what comes next is promised only as far as it will happen', async t => {
  t.match(whatComesNext('automatic', 1, 24), [/^If a place becomes free and it is your turn, it is yours/, /you may get a place before them/])
  t.match(whatComesNext('automatic', 3, 24), [/^If enough places become free and it is your turn, they are yours/, /^If fewer than 3 places are free.*you keep your turn/])
  t.match(whatComesNext('by-hand', 1, 24), [/the organisers decide who gets them/])
})

t.test('where places are offered, people read for how long, that no offer ends at night, and how the last hours go', async t => {
  const [offer, passedOver, late] = whatComesNext('offers', 1, 24)

  t.equal(offer, 'If a place becomes free and it is your turn, we keep it for you and email you at once. ' +
    'You then have 24 hours to accept it, or until booking closes if that is sooner. Offers never run out between 10pm and 7am.')
  t.match(passedOver, 'you may get a place before them')
  t.match(late, `In the last ${firstToAcceptHours} hours before the start`, 'as long as the rule says')
  t.match(late, 'the first person to accept gets it')
  t.match(whatComesNext('offers', 2, 1)[0], 'we keep them for you and email you at once. You then have 1 hour to accept them')
  t.match(whatComesNext('offers', 1, 48)[0], 'You then have 2 days to accept')
  t.match(whatComesNext('offers', 1, 36)[0], 'You then have 36 hours to accept')
})

t.test('someone who was put in line for another date is asked, whatever its list does for others', async t => {
  t.equal(modeFor(bookingWith({})), 'automatic')
  t.equal(modeFor(bookingWith({ copiedFromBookingId: 'another' })), 'offers')
  t.equal(modeFor(bookingWith({ copiedFromBookingId: 'another' }, { activity: { waitingList: 'by-hand' } })), 'offers')
})

t.test('only those behind a priority group read of it, with its reason', async t => {
  const groups = [
    { rank: 1, name: 'Foster carers', reason: 'They look after children who were harmed.' },
    { rank: 3, name: 'Parents of Castle School', reason: 'It asked for this workshop' }
  ]

  t.strictSame(whoGoesFirst(groups, { priority: 9 }), [
    'Foster carers: They look after children who were harmed.',
    'Parents of Castle School: It asked for this workshop'
  ])
  t.strictSame(whoGoesFirst(groups, { priority: 3 }), ['Foster carers: They look after children who were harmed.'])
  t.strictSame(whoGoesFirst(groups, { priority: 1 }), [])
})

t.test('an offer has ended in the instant at which it ends, whether or not anything has noted it', async t => {
  const offeredUntil = noon.plus({ hours: 24 })
  const offered = bookingWith({ status: 'offered', offeredUntil })

  t.match(effectiveStatusAt(offered, offeredUntil.minus({ milliseconds: 1 })), { status: 'offered' })
  t.strictSame(effectiveStatusAt(offered, offeredUntil), { status: 'lapsed', lapseReason: 'unanswered' })
})

t.test('a list ends when booking closes, for those who wait and those who were asked', async t => {
  const closes = noon.plus({ days: 1 })
  const activity = { bookingClosesAt: closes }

  for (const booking of [{}, { status: 'offered', offeredUntil: closes.plus({ hours: 1 }) }] as const) {
    t.not(effectiveStatusAt(bookingWith(booking, { activity }), closes.minus({ milliseconds: 1 })).status, 'lapsed')
    t.strictSame(effectiveStatusAt(bookingWith(booking, { activity }), closes), { status: 'lapsed', lapseReason: 'closed' })
  }
  t.match(effectiveStatusAt(bookingWith({ status: 'confirmed' }, { activity }), closes), { status: 'confirmed' })
  t.match(effectiveStatusAt(bookingWith({ status: 'cancelled' }, { activity }), closes), { status: 'cancelled' })
})

t.test('asked about another date, people read what it does to the first', async t => {
  const cases = [
    [{}, /You are waiting for this on Tuesday 1 December 2026 at 6pm.*you leave the waiting list.*you keep your turn there/,
      /^You keep your turn on the waiting list for Tuesday 1 December 2026 at 6pm\.$/],
    [{ status: 'offered', offeredUntil: noon.plus({ hours: 1 }) }, /kept for you then.*you give up the first one/,
      /still yours to accept/],
    [{ status: 'confirmed', confirmedAt: noon }, /You have a place on.*you give up the first one.*you keep the first one/,
      /^You keep your place on/],
    [{ status: 'cancelled' }, /^You were waiting for this on [^.]*\. This is another date\.$/, /^$/],
    [{ status: 'lapsed', lapseReason: 'closed' }, /^You were waiting for this on [^.]*\. This is another date\.$/, /^$/]
  ] as const

  for (const [booking, asked, stays] of cases) {
    const first = firstDateOf(bookingWith(booking), noon)
    t.match(onAnotherDate(first).join(' '), asked)
    t.match(whatStays(first), stays)
  }
})

t.test('a first date that is over, or whose list has closed, is nothing that anyone can lose', async t => {
  const waiting = bookingWith({})
  const booked = bookingWith({ status: 'confirmed', confirmedAt: noon })

  t.equal(firstDateOf(waiting, waiting.activity.startsAt).has, 'nothing')
  t.equal(firstDateOf(booked, booked.activity.startsAt).has, 'place')
  t.equal(firstDateOf(booked, booked.activity.endsAt).has, 'nothing')
  t.equal(firstDateOf(bookingWith({}, { activity: { status: 'cancelled' } }), noon).has, 'nothing')
})

t.test('someone who took another date reads what they gave up for it', async t => {
  const onList = firstDateOf(bookingWith({ status: 'cancelled' }), noon)
  const withPlace = firstDateOf(bookingWith({ status: 'cancelled', confirmedAt: noon }), noon)

  t.equal(whatWasGivenUp(onList), 'You are off the waiting list for Tuesday 1 December 2026 at 6pm.')
  t.equal(whatWasGivenUp(withPlace), 'You no longer have a place on Tuesday 1 December 2026 at 6pm.')
  t.equal(whatWasGivenUp(firstDateOf(bookingWith({ status: 'confirmed' }), noon)), '', 'they have it still')
})
