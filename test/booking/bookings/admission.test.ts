import fc from 'fast-check'
import t from 'tap'
import type { Occupancy } from '../../../src/programme/activities/activity.ts'
import { bookable } from '../../../src/programme/activities/supply.ts'
import { decideInOrder } from '../../../src/booking/bookings/admission.ts'
import type { Candidate, EarlierBooking } from '../../../src/booking/bookings/admission.ts'
import { DistrictUnknown, FullyBooked, TooManyPlaces } from '../../../src/booking/bookings/errors.ts'
import { CodeExpired, CodeUnknown, CodeUsedUp } from '../../../src/booking/holds/errors.ts'
import type { Hold } from '../../../src/booking/holds/hold.ts'
import { anEntry } from '../../support/calendar-entry.ts'
import { aRequest, noon } from '../../support/world.ts'

const nobody: Occupancy = { confirmed: 0, offered: 0, held: 0, waiting: 0, waitingBookings: 0, askedAgain: 0 }
const hold: Hold = {
  id: 'a hold',
  activityId: 'an activity',
  agency: 'Cumberland Council',
  code: 'PARTNERS',
  places: 2,
  claimed: 0,
  returnsAt: noon.plus({ days: 1 }),
  returnedAt: undefined
}

function candidate (name: string, given: Partial<Candidate> = {}): Candidate {
  const email = `${name}@example.org`
  return { ...aRequest(email), id: `of ${name}`, canonicalEmail: email, ...given }
}

function bookingOf (name: string, given: Partial<EarlierBooking> = {}): EarlierBooking {
  return {
    id: `the first of ${name}`,
    submissionId: `of ${name}`,
    canonicalEmail: `${name}@example.org`,
    isLive: true,
    isWaiting: false,
    places: 1,
    ...given
  }
}

/** Decides for an activity with two places held and the given number of others. */
function decide (
  candidates: Candidate[],
  { occupancy = {}, earlier = [], holds = [hold], ...given }:
  Parameters<typeof anEntry>[0] & { occupancy?: Partial<Occupancy>, earlier?: EarlierBooking[], holds?: Hold[] } = {},
  now = noon
) {
  const { activity } = anEntry({
    activity: { capacity: 3, placesPerBooking: 3, ...given.activity }, campaign: given.campaign ?? {}
  }).booking
  const byCode = new Map(holds.map(hold => [hold.code, hold]))
  return decideInOrder(activity, { ...nobody, held: 2, ...occupancy }, earlier, candidates, byCode, now)
}

t.test('people who bring a code have places of its hold, and others those that are free', async t => {
  const decisions = decide([
    candidate('a'), candidate('b', { code: 'PARTNERS' }), candidate('c'), candidate('d', { code: 'PARTNERS' })
  ])

  t.strictSame(decisions, [
    { answer: 'received', admission: 'confirmed' },
    { answer: 'received', admission: 'confirmed', holdId: 'a hold' },
    { answer: 'received', admission: 'waiting' },
    { answer: 'received', admission: 'confirmed', holdId: 'a hold' }
  ])
})

t.test('each party finds what those before it have left of a hold', async t => {
  const answers = decide([
    candidate('a', { code: 'PARTNERS', places: 3 }), candidate('b', { code: 'PARTNERS' }),
    candidate('c', { code: 'PARTNERS', places: 2 }), candidate('d', { code: 'PARTNERS' }), candidate('e', { code: 'PARTNERS' })
  ]).map(({ answer }) => answer)

  t.strictSame(answers, [new CodeUsedUp(2), 'received', new CodeUsedUp(1), 'received', new CodeUsedUp(0)])
})

t.test('nobody whose code gets them nothing has a place or waits by other means', async t => {
  const past = { ...hold, code: 'PAST', returnsAt: noon }
  const decisions = decide([
    candidate('a', { code: 'UNKNOWN' }), candidate('b', { code: 'PAST' }), candidate('c', { code: 'PARTNERS', places: 3 })
  ], { holds: [hold, past], occupancy: { held: 0 } })

  t.strictSame(decisions, [
    { answer: new CodeUnknown() }, { answer: new CodeExpired(noon, 'Europe/London') }, { answer: new CodeUsedUp(2) }
  ])
})

t.test('a code is no way around what an activity asks of everyone', async t => {
  const [many, nowhere] = decide([
    candidate('a', { code: 'PARTNERS', places: 4 }), candidate('b', { code: 'PARTNERS', district: 'Atlantis' })
  ], { campaign: { districts: ['Bolton'] } }).map(({ answer }) => answer)

  t.type(many, TooManyPlaces)
  t.type(nowhere, DistrictUnknown)
})

t.test('a form with a code that is sent twice is one claim', async t => {
  const twice = candidate('a', { code: 'PARTNERS', places: 2 })

  t.strictSame(decide([twice, twice]), [
    { answer: 'received', admission: 'confirmed', holdId: 'a hold' }, { answer: 'received', sentBefore: 'of a' }
  ])
})

t.test('a code is compared as it was made canonical, and of no hold is none', async t => {
  t.strictSame(decide([candidate('a', { code: 'partners' })]), [{ answer: new CodeUnknown() }])
})

const codes = fc.constantFrom(undefined, 'PARTNERS', 'PAST', 'USEDUP', 'UNKNOWN')
const everyHold = [
  hold, { ...hold, id: 'past', code: 'PAST', returnsAt: noon }, { ...hold, id: 'used up', code: 'USEDUP', claimed: 2 }
]
const requests = fc.array(
  fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), places: fc.integer({ min: 1, max: 4 }), code: codes }),
  { maxLength: 8 })
const states = fc.record({
  confirmed: fc.integer({ min: 0, max: 4 }),
  offered: fc.integer({ min: 0, max: 2 }),
  waitingBookings: fc.integer({ min: 0, max: 2 })
})

t.test('someone who asks reads what a stranger would read in their stead, booked or not', async () => {
  fc.assert(fc.property(requests, states, fc.constantFrom('automatic', 'off'), (asked, occupancy, waitingList) => {
    const candidates = asked.map((request, n) => candidate(request.name, { ...request, submissionId: `${n}` }))
    const earlier = [bookingOf('a'), bookingOf('b')]
    const given = { occupancy, holds: everyHold, activity: { waitingList } } as const
    const decisions = decide(candidates, { ...given, earlier })

    return candidates.every((one, n) => {
      if (decisions[n]?.alreadyBooked === undefined) return true
      // The same people came before; this one is replaced by a stranger.
      const stranger = candidate('stranger', { places: one.places, code: one.code })
      const instead = decide([...candidates.slice(0, n), stranger], { ...given, earlier })[n]
      return String(instead?.answer) === String(decisions[n]?.answer) && decisions[n]?.admission === undefined
    })
  }), { numRuns: 2000 })
})

t.test('whatever is asked, no more is given than there is, of free places and of each hold', async () => {
  fc.assert(fc.property(requests, states, (asked, occupancy) => {
    const candidates = asked.map((request, n) => candidate(`${n}`, request))
    const decisions = decide(candidates, { occupancy, holds: everyHold })
    const given = (holdId?: string) => decisions.reduce((sum, { admission, holdId: from }, n) =>
      sum + (admission === 'confirmed' && from === holdId ? candidates[n]?.places ?? 0 : 0), 0)
    const free = bookable({ capacity: 3, overBookingPercent: 0 }) - occupancy.confirmed - occupancy.offered - 2

    return given() <= Math.max(0, free) && given('a hold') <= 2 && given('past') === 0 && given('used up') === 0 &&
      (occupancy.waitingBookings === 0 || given() === 0)
  }), { numRuns: 2000 })
})

t.test('where there is no waiting list, held places are not there for people without a code', async t => {
  const decisions = decide([candidate('a'), candidate('b'), candidate('c', { code: 'PARTNERS' })],
    { activity: { waitingList: 'off' } })

  t.match(decisions, [{ admission: 'confirmed' }, { answer: new FullyBooked() }, { admission: 'confirmed', holdId: 'a hold' }])
})

t.test('a booking that is live no more is no reason not to claim a place', async t => {
  const decisions = decide([candidate('a', { code: 'PARTNERS' })], { earlier: [bookingOf('a', { isLive: false })] })

  t.strictSame(decisions, [{ answer: 'received', admission: 'confirmed', holdId: 'a hold' }])
})

t.test('when the last person who waited has claimed places of a hold, the next to come waits for nobody', async t => {
  const decisions = decide([candidate('a', { code: 'PARTNERS' }), candidate('b')], {
    earlier: [bookingOf('a', { isWaiting: true })], occupancy: { waiting: 1, waitingBookings: 1 }
  })

  t.match(decisions, [{ noLongerWaits: 'the first of a', holdId: 'a hold' }, { admission: 'confirmed' }])
})
