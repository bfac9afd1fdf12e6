import { DateTime } from 'luxon'
import fc from 'fast-check'
import t from 'tap'
import { isLinkOpen, momentsOf, occasionAt } from '../../../src/office/outcomes/moments.ts'
import type { Asking } from '../../../src/office/outcomes/moments.ts'

const zone = 'Europe/London'
const at = (text: string) => DateTime.fromISO(text, { zone }).toUTC() as DateTime<true>
const over = (text: string) => ({ endsAt: at(text), zone })
const asking: Asking = { since: at('2027-03-01T12:00'), reminds: true, dueOn: '2027-04-30' }
const shown = (activity: ReturnType<typeof over>, how = asking) =>
  momentsOf(activity, how).map(({ occasion, at }) => `${occasion} ${at.setZone(zone).toFormat('yyyy-MM-dd HH:mm')}`)

t.test('who leads an activity is asked the next morning and reminded three times, at nine whatever clocks do', async t => {
  // Clocks go forward on 28 March 2027.
  t.strictSame(shown(over('2027-03-25T20:00')), [
    'first 2027-03-26 09:00', 'after-3-days 2027-03-28 09:00', 'after-10-days 2027-04-04 09:00', 'before-due 2027-04-27 09:00'
  ])
  t.strictSame(momentsOf(over('2027-03-25T20:00'), asking).map(({ at }) => at.toUTC().hour), [9, 8, 8, 8])
  // And back on 31 October 2027.
  t.strictSame(shown(over('2027-10-29T20:00'), { ...asking, dueOn: '2027-12-01' }), [
    'first 2027-10-30 09:00', 'after-3-days 2027-11-01 09:00', 'after-10-days 2027-11-08 09:00', 'before-due 2027-11-28 09:00'
  ])
})

t.test('what lasts all day is over at a midnight, and that is of the day before', async t => {
  t.equal(shown(over('2027-03-08T00:00'))[0], 'first 2027-03-08 09:00')
  t.equal(shown(over('2027-03-08T00:30'))[0], 'first 2027-03-09 09:00')
})

t.test('nothing is asked once numbers are due, and two reminders are never within two days', async t => {
  t.strictSame(shown(over('2027-03-07T12:00'), { ...asking, dueOn: '2027-03-12' }), [
    'first 2027-03-08 09:00', 'after-3-days 2027-03-10 09:00'
  ])
  t.strictSame(shown(over('2027-03-07T12:00'), { ...asking, dueOn: '2027-03-20' }), [
    'first 2027-03-08 09:00', 'after-3-days 2027-03-10 09:00', 'after-10-days 2027-03-17 09:00'
  ], 'the day before would be the same day')
  t.strictSame(shown(over('2027-03-07T12:00'), { ...asking, reminds: false }), ['first 2027-03-08 09:00'])
  const last = { occasion: 'first', askedAt: at('2027-04-20T09:00') }
  t.equal(occasionAt(over('2027-03-25T20:00'), asking, [last], at('2027-04-30T23:59')), 'before-due')
  t.equal(occasionAt(over('2027-03-25T20:00'), asking, [last], at('2027-05-01T00:00')), undefined)
})

t.test('what was missed is one email, and nobody is asked twice for a moment or within a day', async t => {
  const activity = over('2027-03-07T12:00')
  t.equal(occasionAt(activity, asking, [], at('2027-03-08T08:59')), undefined)
  t.equal(occasionAt(activity, asking, [], at('2027-03-25T12:00')), 'first', 'however late it is switched on')
  const first = { occasion: 'first', askedAt: at('2027-03-25T12:00') }
  t.equal(occasionAt(activity, asking, [first], at('2027-04-01T12:00')), undefined, 'the reminders before are over')
  t.equal(occasionAt(activity, asking, [first], at('2027-04-27T09:00')), 'before-due')
  const again = { occasion: 'again-1', askedAt: at('2027-04-26T15:00') }
  t.equal(occasionAt(activity, asking, [first, again], at('2027-04-27T09:00')), undefined, 'asked by hand the day before')
  t.equal(occasionAt(activity, asking, [first, again], at('2027-04-27T15:00')), 'before-due')
})

t.test('however often it is looked, there are at most three reminders, in order and a day apart', async () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 60 }),
    fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 60 }),
    (endDay, dueIn, pauses) => {
      const activity = { endsAt: at('2027-01-01T18:00').plus({ days: endDay }), zone }
      const dueOn = activity.endsAt.plus({ days: dueIn }).toFormat('yyyy-MM-dd')
      const asked: Array<{ occasion: string, askedAt: DateTime<true> }> = []
      let now = activity.endsAt
      for (const hours of pauses) {
        now = now.plus({ hours })
        const occasion = occasionAt(activity, { ...asking, dueOn }, asked, now)
        if (occasion !== undefined) asked.push({ occasion, askedAt: now })
        if (occasionAt(activity, { ...asking, dueOn }, asked, now) !== undefined) return false
      }
      const gaps = asked.slice(1).map(({ askedAt }, n) => askedAt.diff(asked[n]?.askedAt ?? askedAt, 'hours').hours)
      return asked.length <= 4 && new Set(asked.map(({ occasion }) => occasion)).size === asked.length &&
        (asked.length === 0 || asked[0]?.occasion === 'first') && gaps.every(hours => hours >= 24)
    }))
})

t.test('a link works from the end of the activity until 14 days after numbers are due, in its zone', async t => {
  const activity = over('2027-03-25T20:00')
  t.notOk(isLinkOpen(activity, '2027-04-30', at('2027-03-25T19:59')))
  t.ok(isLinkOpen(activity, '2027-04-30', at('2027-03-25T20:00')))
  t.ok(isLinkOpen(activity, '2027-04-30', at('2027-05-14T23:59')))
  t.notOk(isLinkOpen(activity, '2027-04-30', at('2027-05-15T00:00')))
})
