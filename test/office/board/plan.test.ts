import fc from 'fast-check'
import t from 'tap'
import { isRiskOpen, noPlan, risks, stageOf, stageWrong, stages } from '../../../src/office/board/plan.ts'
import { boardWeek } from '../../../src/office/board/board.ts'
import { noon } from '../../support/world.ts'

const windows = fc.record({
  status: fc.constantFrom('draft' as const, 'published' as const, 'cancelled' as const),
  endsAt: fc.integer({ min: -300, max: 300 }).map(hours => noon.plus({ hours }))
})
const plans = fc.record({ stage: fc.constantFrom(...stages), risk: fc.constantFrom(...risks) })

t.test('nothing is done before its end, whatever anyone has said, and what is off stays off', async t => {
  fc.assert(fc.property(windows, plans, (activity, plan) => {
    const stage = stageOf(activity, plan, noon)
    return (stage === 'cancelled') === (activity.status === 'cancelled') &&
      (stage !== 'done' || activity.endsAt <= noon) &&
      (activity.status !== 'published' || stage !== 'idea')
  }))
  t.equal(stageOf({ status: 'published', endsAt: noon.plus({ hours: 1 }) }, { stage: 'done' }, noon), 'confirmed', 'it was moved')
})

t.test('what may be said of an activity is what the board then shows', async t => {
  fc.assert(fc.property(windows, plans, fc.constantFrom(...stages), (activity, plan, stage) =>
    stageWrong(activity, stage, noon) !== undefined || stageOf(activity, { ...plan, stage }, noon) === stage))
  t.equal(stageWrong({ status: 'draft', endsAt: noon.plus({ hours: 1 }) }, 'done', noon), 'is not over yet, so it cannot be done')
  t.equal(stageWrong({ status: 'draft', endsAt: noon }, 'done', noon), undefined)
})

t.test('a risk assessment is missing until it is done or nobody needs it, of what is to come', async t => {
  t.ok(isRiskOpen('idea', noPlan))
  t.ok(isRiskOpen('confirmed', { risk: 'needed' }))
  t.notOk(isRiskOpen('confirmed', { risk: 'not-needed' }))
  t.notOk(isRiskOpen('confirmed', { risk: 'done' }))
  t.notOk(isRiskOpen('cancelled', { risk: 'needed' }))
  t.notOk(isRiskOpen('done', { risk: 'needed' }))
})

const week = { zone: 'Europe/London', firstDay: '2027-03-22', lastDay: '2027-03-28', span: undefined }

t.test('a board shows the seven days of a week, also that in which the clocks change', async t => {
  const { days, from, until, previous, next } = boardWeek(week, undefined, noon)

  t.strictSame([days[0], days.length, days.at(-1)], ['2027-03-22', 7, '2027-03-28'])
  t.strictSame([from.toISO(), until.toISO()], ['2027-03-22T00:00:00.000Z', '2027-03-28T23:00:00.000Z'])
  t.strictSame([previous, next], [undefined, undefined])
})

t.test('of a long campaign it shows the days of now, and leads to those before and after', async t => {
  const months = {
    ...week, firstDay: '2026-11-02', lastDay: undefined, span: { first: noon.minus({ weeks: 3 }), last: noon.plus({ weeks: 2 }) }
  }

  t.match(boardWeek(months, undefined, noon), { days: ['2026-11-23'], previous: '2026-11-16', next: '2026-11-30' })
  t.match(boardWeek(months, '2026-12-07', noon), { days: ['2026-12-07'], previous: '2026-11-30', next: undefined })
  t.match(boardWeek({ ...months, firstDay: undefined }, undefined, noon), { days: ['2026-11-23'] })
  t.match(boardWeek({ ...months, firstDay: undefined, span: undefined }, undefined, noon.plus({ days: 2 })), { days: ['2026-11-23'] })
})
