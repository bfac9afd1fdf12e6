import fc from 'fast-check'
import t from 'tap'
import { mainActionOf } from '../../../src/office/overview/main-action.ts'
import { noon } from '../../support/world.ts'

type Moment = Parameters<typeof mainActionOf>[0]
type Allowed = Parameters<typeof mainActionOf>[1]

/** A workshop on the evening of 1 December, for which 18 people have a place. */
const workshop: Moment = {
  status: 'published',
  booking: 'places',
  startsAt: noon.plus({ days: 8, hours: 6 }),
  endsAt: noon.plus({ days: 8, hours: 7 }),
  zone: 'Europe/London',
  coming: 18,
  noted: 0
}
const organiser: Allowed = { runs: true, seesTheDay: true, notesLater: true }
const staff: Allowed = { ...organiser, runs: false }
const host: Allowed = { runs: false, seesTheDay: true, notesLater: false }
const partner: Allowed = { runs: false, seesTheDay: false, notesLater: false }
const theDay = noon.plus({ days: 8 })

t.test('the button of the moment', async t => {
  const at = (now: typeof noon, given: Partial<Moment> = {}, who = organiser) =>
    mainActionOf({ ...workshop, ...given }, who, now)

  t.equal(at(noon, { status: 'draft' }), 'publish')
  t.equal(at(noon), 'book')
  t.equal(at(theDay.startOf('day').minus(1)), 'book', 'until the midnight before')
  t.equal(at(theDay.startOf('day')), 'open-day')
  t.equal(at(theDay.plus({ hours: 11 })), 'open-day', 'until the end of the day')
  t.equal(at(theDay.plus({ hours: 12 })), 'say-who-came')
  t.equal(at(theDay.plus({ days: 20 })), 'say-who-came')
  t.equal(at(theDay.plus({ days: 1 }), { noted: 17 }), 'say-who-came', 'somebody has begun, or came by their own link')
  t.equal(at(theDay.plus({ days: 1 }), { noted: 18 }), undefined, 'it is known of everyone')
  t.equal(at(theDay.plus({ days: 1 }), { coming: 0 }), undefined, 'nobody was to come, or their details are deleted')
  t.equal(at(theDay, { status: 'draft' }), 'publish', 'a draft has no day')
  t.equal(at(theDay.plus({ days: 1 }), { status: 'draft' }), undefined)
  t.equal(at(noon, { booking: 'drop-in' }), undefined)
  t.equal(at(theDay, { booking: 'drop-in' }), 'open-day')
  t.equal(at(noon, { startsAt: noon.minus({ days: 2 }) }), 'open-day', 'on a day in the middle')
})

t.test('the button is only what someone may do', async t => {
  const at = (now: typeof noon, who: Allowed, given: Partial<Moment> = {}) =>
    mainActionOf({ ...workshop, ...given }, who, now)
  const after = theDay.plus({ days: 1 })

  t.strictSame([at(noon, staff), at(theDay, staff), at(after, staff), at(noon, staff, { status: 'draft' })],
    [undefined, 'open-day', 'say-who-came', undefined])
  t.strictSame([at(noon, host), at(theDay, host), at(after, host)], [undefined, 'open-day', undefined])
  t.strictSame([at(noon, partner), at(theDay, partner), at(after, partner)], [undefined, undefined, undefined])
})

t.test('nothing is offered for what is cancelled, or to people who may do nothing', async t => {
  const moments = fc.record({
    status: fc.constantFrom('draft' as const, 'published' as const),
    booking: fc.constantFrom('none' as const, 'drop-in' as const, 'places' as const, 'invitation' as const),
    starts: fc.integer({ min: -10_000, max: 10_000 }),
    minutes: fc.integer({ min: 1, max: 10_000 }),
    coming: fc.nat(30),
    noted: fc.nat(30)
  }).map(({ starts, minutes, ...moment }): Moment => ({
    ...moment, zone: 'Europe/London', startsAt: noon.plus({ minutes: starts }), endsAt: noon.plus({ minutes: starts + minutes })
  }))
  fc.assert(fc.property(moments, moment => {
    t.equal(mainActionOf({ ...moment, status: 'cancelled' }, organiser, noon), undefined)
    t.equal(mainActionOf(moment, partner, noon), undefined)
    const ofHost = mainActionOf(moment, host, noon)
    t.ok(ofHost === undefined || ofHost === 'open-day')
  }))
})
