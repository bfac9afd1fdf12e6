import { DateTime } from 'luxon'
import t from 'tap'
import { gapsOf } from '../../../src/office/clashes/gaps.ts'
import type { PlannedActivity } from '../../../src/office/clashes/planned-activity.ts'

const zone = 'Europe/London'
const week = { zone, districts: ['Bolton', 'Bury'], firstDay: '2027-03-25', lastDay: '2027-03-28', audiences: ['parents', 'professionals'] }
const before = '2027-03-01'

/** At a local time of that zone. */
function on (local: string, hours: number, given: Partial<PlannedActivity> = {}): PlannedActivity {
  const startsAt = DateTime.fromISO(local, { zone }).toUTC() as DateTime<true>
  return {
    id: local,
    slug: 'one',
    campaign: { id: 'week', title: 'The week' },
    title: 'One',
    kind: 'stall',
    startsAt,
    endsAt: startsAt.plus({ hours }),
    allDay: false,
    zone,
    isOnline: false,
    venue: undefined,
    untold: undefined,
    district: 'Bolton',
    audiences: [],
    visibility: 'public',
    booking: 'drop-in',
    place: undefined,
    people: [],
    ...given
  }
}

const everyDay = ['25', '26', '27', '28'].map(day => on(`2027-03-${day}T18:00`, 1))

function gaps (planned: PlannedActivity[], campaign: Partial<typeof week> = {}, today = before) {
  const { table, ...found } = gapsOf({ ...week, ...campaign }, planned, today)
  return Object.fromEntries(Object.entries(found).filter(([, of]) => of.length > 0))
}

t.test('a district, an audience or a day with nothing is a gap, and nothing else is', async t => {
  const inBury = on('2027-03-25T09:00', 1, { district: 'Bury' })

  t.strictSame(gaps(everyDay), { districts: ['Bury'] })
  t.strictSame(gaps([...everyDay, inBury]), {})
  t.strictSame(gaps([inBury, ...everyDay.slice(1)]), {}, 'an evening on one of the days is enough')
  t.strictSame(gaps([inBury, ...everyDay].map(one => ({ ...one, audiences: ['parents'] }))), { audiences: ['professionals'] })
  t.strictSame(gaps([inBury, ...everyDay].map(one => ({ ...one, audiences: ['parents', 'everyone'] }))), {})
  t.strictSame(gaps([inBury, ...everyDay.toSpliced(1, 1)]), { days: ['2027-03-26'] })
  t.strictSame(gaps([inBury, ...everyDay.toSpliced(0, 2)], {}, '2027-03-26'), { days: ['2027-03-26'], freeTimes: ['evening'] }, 'a day that is over is none')
})

t.test('a campaign that has not said who it is for is for everyone there is', async t => {
  const forParents = [...everyDay, on('2027-03-25T09:00', 1, { district: 'Bury' })].map(one => ({ ...one, audiences: ['parents'] }))

  t.strictSame(gaps(forParents, { audiences: [] }), { audiences: ['young-people', 'professionals', 'businesses'] })
  t.strictSame(gaps(everyDay, { audiences: ['businesses'], districts: [] }), {}, 'without parents no evenings are missed')
})

t.test('what parents who work can come to is open to them, and begins from 5pm or at the weekend', async t => {
  const inBury = { district: 'Bury', booking: 'none' } as const
  const free = (given: Partial<PlannedActivity>, local = '2027-03-25T17:00') =>
    gaps([...everyDay.map(one => ({ ...one, booking: 'none' as const })), on('2027-03-25T09:00', 1, inBury), on(local, 1, given)]).freeTimes ?? []

  t.strictSame(free({}), ['weekend'])
  t.strictSame(free({}, '2027-03-25T16:59'), ['evening', 'weekend'])
  t.strictSame(free({}, '2027-03-28T10:00'), ['evening'], 'on the day on which clocks go forward')
  t.strictSame(free({ visibility: 'agency' }), ['evening', 'weekend'])
  t.strictSame(free({ booking: 'invitation' }), ['evening', 'weekend'])
  t.strictSame(free({ audiences: ['professionals'] }), ['evening', 'weekend'])
  t.strictSame(free({ endsAt: DateTime.fromISO('2027-03-28T00:00Z', { zone: 'utc' }) as DateTime<true> }), ['evening', 'weekend'], 'posters')
})

t.test('hours are those of the campaign’s clocks, also in summer', async t => {
  const summer = { firstDay: '2027-06-21', lastDay: '2027-06-25', districts: ['Bolton'] }
  const all = ['21', '22', '23', '24', '25'].map(day => on(`2027-06-${day}T16:30`, 1))

  t.strictSame(gaps(all, summer), { freeTimes: ['evening'] }, 'half past four, which is 15:30 in UTC')
  t.strictSame(gaps([...all, on('2027-06-21T17:00', 1)], summer), {}, 'five o’clock, which is 16:00 in UTC')
  t.strictSame(gaps([...all.slice(1), on('2027-06-21T00:30', 1)], summer), { freeTimes: ['evening'] }, 'half past midnight is of its day')
})

t.test('days without anything count in weeks, not in a programme of a year', async t => {
  t.strictSame(gaps(everyDay, { districts: [], lastDay: '2027-12-31' }), {})
  t.equal(gaps(everyDay, { districts: [], lastDay: '2027-04-24' }).days?.length, 27)
})

t.test('the table counts for each district who there is something for', async t => {
  const { table } = gapsOf(week, [
    on('2027-03-25T18:00', 1, { audiences: ['parents'] }), on('2027-03-25T09:00', 1, { audiences: ['parents', 'taxi-drivers'] }),
    on('2027-03-25T09:00', 1, { district: undefined, isOnline: true }), on('2027-03-25T09:00', 1, { district: 'Wigan', audiences: ['professionals'] })
  ], before)

  t.strictSame(table.audiences, ['parents', 'professionals', 'taxi-drivers'])
  const rows = table.rows.map(({ district, counts, whenParentsAreFree }) => [district, ...counts, whenParentsAreFree])
  t.strictSame(rows, [
    ['Bolton', 2, 0, 1, 1], ['Bury', 0, 0, 0, 0], ['Wigan', 0, 1, 0, 0], ['online', 1, 1, 1, 0]
  ])
})
