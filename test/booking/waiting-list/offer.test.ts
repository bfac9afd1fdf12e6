import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { waitingListModes } from '../../../src/programme/activities/activity.ts'
import type { WaitingListMode } from '../../../src/programme/activities/activity.ts'
import { localTime } from '../../../src/programme/activities/local-time.ts'
import { firstToAcceptHours, offerEnd, servingOf, whoIsServedNow } from '../../../src/booking/waiting-list/offer.ts'
import type { OfferTerms, Serving } from '../../../src/booking/waiting-list/offer.ts'

const london = 'Europe/London'

/** The instant at which clocks show `2026-12-01 18:00`. */
function at (shown: string, zone = london): DateTime<true> {
  const time = localTime(shown, zone)
  if (time === undefined) throw new Error(`No clock in ${zone} ever shows ${shown}.`)
  return time.at
}

/** The terms of offers for a workshop on Tuesday 8 December 2026, 6pm. */
function terms (given: Partial<OfferTerms> = {}): OfferTerms {
  const startsAt = given.startsAt ?? at('2026-12-08 18:00')
  return {
    status: 'published',
    booking: 'places',
    startsAt,
    endsAt: startsAt.plus({ minutes: 30 }),
    bookingOpensAt: undefined,
    bookingClosesAt: undefined,
    offerHours: 24,
    zone: london,
    ...given
  }
}

/** The end of an offer as local time in its zone. */
function shownEnd (given: OfferTerms, now: DateTime<true>): string | undefined {
  return offerEnd(given, now)?.setZone(given.zone).toFormat('yyyy-MM-dd HH:mm')
}

const closes = (shown: string) => ({ bookingClosesAt: at(shown) })
const examples: Array<[what: string, given: Partial<OfferTerms>, now: string, end: string | undefined]> = [
  ['lasts a day where nothing shortens it', {}, '2026-12-01 10:15', '2026-12-02 10:15'],
  ['lasts as long as the activity says', { offerHours: 3 }, '2026-12-01 10:15', '2026-12-01 13:15'],
  ['may end at ten in the evening', { offerHours: 2 }, '2026-12-01 20:00', '2026-12-01 22:00'],
  ['may end at seven in the morning', { offerHours: 1 }, '2026-12-01 06:00', '2026-12-01 07:00'],
  ['is put off from a minute past ten to the morning', { offerHours: 2 }, '2026-12-01 20:01', '2026-12-02 07:00'],
  ['is put off from a minute to seven to seven', { offerHours: 1 }, '2026-12-01 05:59', '2026-12-01 07:00'],
  ['made in the night gives until the morning', { offerHours: 1 }, '2026-12-01 23:30', '2026-12-02 07:00'],
  ['made in the night for a day is put off too', {}, '2026-12-01 02:00', '2026-12-02 07:00'],
  ['ends when booking closes', closes('2026-12-01 17:00'), '2026-12-01 10:15', '2026-12-01 17:00'],
  ['ends when the activity starts', {}, '2026-12-08 09:00', '2026-12-08 18:00'],
  ['ends in the evening where booking closes in the night', closes('2026-12-02 00:00'), '2026-12-01 21:59', '2026-12-01 22:00'],
  ['is put off to where booking closes at seven', closes('2026-12-02 07:00'), '2026-12-01 23:00', '2026-12-02 07:00'],
  ['that would have no time left is none', closes('2026-12-02 00:00'), '2026-12-01 22:00', undefined],
  ['in the night before an early closing is none', closes('2026-12-02 06:59'), '2026-12-02 03:00', undefined],
  ['is none when booking closes', closes('2026-12-01 17:00'), '2026-12-01 17:00', undefined],
  ['is none after booking has closed', closes('2026-12-01 17:00'), '2026-12-01 18:00', undefined],
  ['spans the night in which clocks go back', { startsAt: at('2026-11-08 18:00') }, '2026-10-24 12:00', '2026-10-25 11:00'],
  ['ends at seven by the clocks after they went back', { startsAt: at('2026-11-08 18:00'), offerHours: 12 },
    '2026-10-24 18:00', '2026-10-25 07:00'],
  ['ends at seven by the clocks after they went forward', { startsAt: at('2027-04-08 18:00'), offerHours: 8 },
    '2027-03-27 20:00', '2027-03-28 07:00']
]

for (const [what, given, now, end] of examples) {
  t.test(`an offer ${what}`, async t => {
    t.equal(shownEnd(terms(given), at(now)), end)
  })
}

const zones = ['Europe/London', 'America/New_York', 'Asia/Kolkata']
const minutesFrom = (from: DateTime<true>, days: number) =>
  fc.integer({ min: 0, max: days * 24 * 60 * 60 }).map(seconds => from.plus({ seconds }))

/** Around both nights in which British clocks change, and those in which American ones do. */
const instants = fc.oneof(
  minutesFrom(DateTime.utc(2026, 10, 22) as DateTime<true>, 12),
  minutesFrom(DateTime.utc(2027, 3, 12) as DateTime<true>, 18))

const offers = fc.record({
  now: instants,
  zone: fc.constantFrom(...zones),
  offerHours: fc.integer({ min: 1, max: 168 }),
  secondsToStart: fc.integer({ min: 1, max: 9 * 24 * 3600 }),
  closesBefore: fc.option(fc.integer({ min: 0, max: 2 * 24 * 3600 }), { nil: undefined })
}).map(({ now, zone, offerHours, secondsToStart, closesBefore }) => {
  const startsAt = now.plus({ seconds: secondsToStart })
  const bookingClosesAt = closesBefore === undefined ? undefined : startsAt.minus({ seconds: closesBefore })
  return { now, terms: terms({ startsAt, endsAt: startsAt.plus({ hours: 1 }), bookingClosesAt, offerHours, zone }) }
})

const minuteOfDay = (at: DateTime<true>, zone: string) => {
  const local = at.setZone(zone)
  return local.hour * 60 + local.minute + local.second / 60 + local.millisecond / 60_000
}

t.test('no offer ends in the night of its zone, after booking closes, or before it began', async () => {
  fc.assert(fc.property(offers, ({ now, terms }) => {
    const end = offerEnd(terms, now)
    if (end === undefined) return true
    const minute = minuteOfDay(end, terms.zone)
    return minute >= 7 * 60 && minute <= 22 * 60 && end > now && end <= (terms.bookingClosesAt ?? terms.startsAt)
  }), { numRuns: 3000 })
})

t.test('an offer is as long as it was meant to be, but for the night and the closing', async () => {
  fc.assert(fc.property(offers, ({ now, terms }) => {
    const end = offerEnd(terms, now)
    const closing = terms.bookingClosesAt ?? terms.startsAt
    const meant = now.plus({ hours: terms.offerHours })
    if (end === undefined) return closing <= now || minuteOfDay(closing, terms.zone) % (22 * 60) < 7 * 60
    if (+end === +meant || +end === +closing) return true
    // An end that is moved later is at seven, an end that is moved earlier at ten, and neither by more than a night.
    const shown = end.setZone(terms.zone).toFormat('HH:mm:ss.SSS')
    const hours = end.diff(meant < closing ? meant : closing, 'hours').hours
    return (shown === '07:00:00.000' && hours > 0 && hours < 10.1) ||
      (shown === '22:00:00.000' && hours < 0 && hours > -10.1)
  }), { numRuns: 3000 })
})

t.test('where there is no time for an offer now, there is none until booking closes', async () => {
  fc.assert(fc.property(offers, fc.double({ min: 0, max: 1, noNaN: true }), ({ now, terms }, part) => {
    const closing = terms.bookingClosesAt ?? terms.startsAt
    if (offerEnd(terms, now) !== undefined || closing <= now) return true
    const later = now.plus({ milliseconds: Math.floor(part * (closing.toMillis() - now.toMillis())) })
    return offerEnd(terms, later) === undefined
  }), { numRuns: 3000 })
})

t.test('the night is that of the activity, wherever the service runs', async t => {
  const program = `
    import { DateTime } from 'luxon'
    import { offerEnd } from ${JSON.stringify(new URL('../../../src/booking/waiting-list/offer.ts', import.meta.url).href)}
    const startsAt = DateTime.utc(2026, 12, 8, 18)
    const terms = {
      status: 'published', booking: 'places', startsAt, endsAt: startsAt.plus({ hours: 1 }), offerHours: 5, zone: '${london}'
    }
    console.log(offerEnd(terms, DateTime.utc(2026, 12, 1, 19)).toISO())`
  for (const zone of ['UTC', ...zones, 'Pacific/Kiritimati']) {
    const { stdout } = await promisify(execFile)(
      process.execPath, ['--input-type=module', '--eval', program], { env: { ...process.env, TZ: zone } })

    t.equal(stdout.trim(), '2026-12-02T07:00:00.000Z', zone)
  }
})

const early = at('2026-12-01 10:00')
const justEarly = at('2026-12-08 16:00').minus({ milliseconds: 1 })
const late = at('2026-12-08 16:00')
const servings: Record<WaitingListMode, Record<'asked' | 'carried', [early: Serving, late: Serving]>> = {
  off: { asked: ['confirm', 'confirm'], carried: ['offer', 'call'] },
  automatic: { asked: ['confirm', 'confirm'], carried: ['offer', 'call'] },
  offers: { asked: ['offer', 'call'], carried: ['offer', 'call'] },
  'by-hand': { asked: ['by-hand', 'by-hand'], carried: ['offer', 'call'] }
}

for (const waitingList of waitingListModes) {
  t.test(`a list that is ${waitingList} serves those who asked and those carried over as it says`, async t => {
    const activity = { ...terms(), waitingList }

    for (const [who, [soon, last]] of Object.entries(servings[waitingList])) {
      const isCopy = who === 'carried'
      t.equal(servingOf(activity, { isCopy }, early), soon, `${who}, early`)
      t.equal(servingOf(activity, { isCopy }, justEarly), soon, `${who}, just before the last ${firstToAcceptHours} hours`)
      t.equal(servingOf(activity, { isCopy }, late), last, `${who}, in the last ${firstToAcceptHours} hours`)
    }
  })
}

t.test('where an offer would have no time, places are open to all waiting, however long before the start', async t => {
  const activity = { ...terms({ startsAt: at('2026-12-02 12:00'), ...closes('2026-12-02 06:00') }), waitingList: 'offers' } as const

  t.equal(servingOf(activity, { isCopy: false }, at('2026-12-01 21:59')), 'offer')
  t.equal(servingOf(activity, { isCopy: false }, at('2026-12-01 22:00')), 'call')
})

t.test('people in line are served if one of the ways is for them; only another date has some carried over', async t => {
  const on = (waitingList: WaitingListMode, isAnotherDate: boolean) => ({ ...terms(), waitingList, isAnotherDate })

  t.strictSame(whoIsServedNow(on('automatic', false), ['confirm', 'offer'], early), { ordinary: true, carried: false })
  t.strictSame(whoIsServedNow(on('automatic', true), ['confirm', 'offer'], early), { ordinary: true, carried: true })
  t.strictSame(whoIsServedNow(on('by-hand', true), ['confirm', 'offer'], early), { ordinary: false, carried: true })
  t.strictSame(whoIsServedNow(on('offers', true), ['call'], early), { ordinary: false, carried: false })
  t.strictSame(whoIsServedNow(on('offers', true), ['call'], late), { ordinary: true, carried: true })
  t.strictSame(whoIsServedNow(on('automatic', true), ['call'], late), { ordinary: false, carried: true })
  t.strictSame(whoIsServedNow(on('by-hand', false), ['confirm', 'offer', 'call'], late), { ordinary: false, carried: false })
})
