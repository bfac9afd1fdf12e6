import t from 'tap'
import { needsOf } from '../../../src/office/home/needs.ts'
import type { Concern } from '../../../src/office/home/needs.ts'
import { noon } from '../../support/world.ts'

const nobody = { confirmed: 0, offered: 0, held: 0, waiting: 0, waitingBookings: 0, askedAgain: 0 }

/** A workshop in eight days with 20 places and a Teams link, which needs nothing. */
function aWorkshop (given: Partial<Concern> = {}): Concern {
  return {
    status: 'published',
    booking: 'places',
    startsAt: noon.plus({ days: 8 }),
    endsAt: (given.startsAt ?? noon.plus({ days: 8 })).plus({ hours: 1 }),
    bookingOpensAt: undefined,
    bookingClosesAt: undefined,
    capacity: 20,
    overBookingPercent: 0,
    isOnline: true,
    hasLink: true,
    waitingList: 'offers',
    occupancy: nobody,
    meeting: undefined,
    isAnotherDate: false,
    hasOtherDate: false,
    anotherDateAt: undefined,
    ...given
  }
}

const full = { ...nobody, confirmed: 20 }
const fullWithOneWaiting = { ...full, waiting: 1, waitingBookings: 1 }
const in47Hours = { startsAt: noon.plus({ hours: 47, minutes: 59 }), hasLink: false }
const meeting = (status: string, minutes: number) => ({ status, askedAt: noon.minus({ minutes }) })

t.test('what an activity needs', async t => {
  const cases: Array<[string, Partial<Concern>, string[]]> = [
    ['nothing is the matter', {}, []],
    ['it has no link, two days before', { startsAt: noon.plus({ hours: 48 }), hasLink: false }, []],
    ['it has no link, less than two days before', in47Hours, ['no-link']],
    ['it has no link and runs', { startsAt: noon.minus({ minutes: 10 }), hasLink: false }, ['no-link']],
    ['it has no link and is over', { startsAt: noon.minus({ hours: 1 }), hasLink: false }, []],
    ['it has no link, where nobody books', { ...in47Hours, booking: 'drop-in' }, []],
    ['it has no link and is in a library', { ...in47Hours, isOnline: false }, []],
    ['it has no link and is cancelled', { ...in47Hours, status: 'cancelled' }, []],
    ['its meeting is just being made', { ...in47Hours, meeting: meeting('asked', 14) }, []],
    ['its meeting is being made for a quarter of an hour', { ...in47Hours, meeting: meeting('asked', 15) }, ['no-link']],
    ['its meeting could not be made, soon', { ...in47Hours, meeting: meeting('failed', 1) }, ['no-link']],
    ['its meeting could not be made, later', { hasLink: false, meeting: meeting('failed', 1) }, ['meeting-failed']],
    ['its meeting could not be changed', { meeting: meeting('failed', 1) }, ['meeting-failed']],
    ['it is a draft and starts in a week', { status: 'draft', startsAt: noon.plus({ days: 7 }) }, []],
    ['it is a draft and starts sooner', { status: 'draft', startsAt: noon.plus({ days: 6, hours: 23 }) }, ['draft']],
    ['it is a draft and has begun', { status: 'draft', startsAt: noon }, []],
    ['a draft has no link either', { ...in47Hours, status: 'draft' }, ['draft']],
    ['it is full', { occupancy: full }, []],
    ['it is full and someone waits', { occupancy: fullWithOneWaiting }, ['another-date']],
    ['someone waits, and has a place as soon as the list is served', {
      occupancy: { ...fullWithOneWaiting, confirmed: 19 }
    }, []],
    ['someone waits where places are given by hand', {
      waitingList: 'by-hand', occupancy: { ...fullWithOneWaiting, confirmed: 19 }
    }, ['free-and-waiting']],
    ['nobody waits where places are given by hand', { waitingList: 'by-hand' }, []],
    ['fewer wait than organisers wanted to know of', { anotherDateAt: 2, occupancy: fullWithOneWaiting }, []],
    ['as many wait as organisers wanted to know of', {
      anotherDateAt: 2, occupancy: { ...full, waiting: 2, waitingBookings: 2 }
    }, ['another-date']],
    ['another date was made', { hasOtherDate: true, occupancy: { ...full, waiting: 21, waitingBookings: 21 } }, []],
    ['another date is full in its turn', { isAnotherDate: true, occupancy: fullWithOneWaiting }, ['another-date']],
    ['another date asks those who came along', {
      isAnotherDate: true, occupancy: { ...nobody, confirmed: 10, waiting: 21, waitingBookings: 21 }
    }, []],
    ['as many wait as come', { anotherDateAt: 50, occupancy: { ...full, waiting: 20, waitingBookings: 10 } }, []],
    ['more wait than come', {
      anotherDateAt: 50, occupancy: { ...full, waiting: 21, waitingBookings: 11 }
    }, ['list-longer-than-session']],
    ['more wait than come, over-booked', {
      overBookingPercent: 10, occupancy: { ...full, confirmed: 22, waiting: 22, waitingBookings: 22 }
    }, ['another-date']],
    ['booking is closed', { bookingClosesAt: noon, occupancy: fullWithOneWaiting }, []]
  ]

  for (const [what, given, needs] of cases) t.strictSame(needsOf(aWorkshop(given), noon), needs, what)
})
