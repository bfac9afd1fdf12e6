import t from 'tap'
import { localDay, localTime, secondOfTwo, wallClock } from '../../../src/programme/activities/local-time.ts'

const london = 'Europe/London'

const times: Array<[text: string, instant: string | undefined, isFirstOfTwo?: boolean]> = [
  ['2026-12-01 18:00', '2026-12-01T18:00:00.000Z'],
  ['2026-07-01 18:00', '2026-07-01T17:00:00.000Z'],
  ['2027-03-28 00:59', '2027-03-28T00:59:00.000Z'],
  ['2027-03-28 01:00', undefined],
  ['2027-03-28 01:30', undefined],
  ['2027-03-28 02:00', '2027-03-28T01:00:00.000Z'],
  ['2026-10-25 00:59', '2026-10-24T23:59:00.000Z'],
  ['2026-10-25 01:30', '2026-10-25T00:30:00.000Z', true],
  ['2026-10-25 02:00', '2026-10-25T02:00:00.000Z'],
  ['2028-02-29 12:00', '2028-02-29T12:00:00.000Z'],
  ['2027-02-29 12:00', undefined],
  ['2026-12-01 24:00', undefined],
  ['2026-12-01 18:60', undefined],
  ['2026-13-01 18:00', undefined],
  ['2026-1-1 18:00', undefined],
  ['2026-12-01T18:00', undefined],
  ['2026-12-01', undefined],
  ['', undefined]
]

for (const [text, instant, isFirstOfTwo = false] of times) {
  t.test(`in London “${text}” is ${instant ?? 'no time'}`, async t => {
    const time = localTime(text, london)

    t.equal(time?.at.toISO(), instant)
    if (time !== undefined) {
      t.equal(time.isFirstOfTwo, isFirstOfTwo)
      t.equal(wallClock(time.at, london), text)
    }
  })
}

t.test('a zone that has crossed the date line since shows all times of the day on which its clocks changed', async t => {
  for (const [text, instant] of [
    ['2010-09-26 00:30', undefined], ['2010-09-26 01:00', '2010-09-26T11:00'], ['2010-09-26 23:00', '2010-09-27T09:00']
  ] as const) {
    t.equal(localTime(text, 'Pacific/Apia')?.at.toFormat("yyyy-MM-dd'T'HH:mm"), instant, text)
  }
})

t.test('a day is as long as it is, also when clocks change', async t => {
  const hours = (text: string) => {
    const day = localDay(text, london)
    return day?.endsAt.diff(day.startsAt).as('hours')
  }

  t.equal(hours('2026-12-01'), 24)
  t.equal(hours('2027-03-28'), 23)
  t.equal(hours('2026-10-25'), 25)
  t.equal(hours('2027-02-29'), undefined)
})

t.test('of a time that comes twice there is a second, an hour after the first, and of no other', async t => {
  t.equal(secondOfTwo('2026-10-25 01:30', london)?.toISO(), '2026-10-25T01:30:00.000Z')
  t.equal(secondOfTwo('2026-10-25 02:00', london), undefined)
  t.equal(secondOfTwo('2027-03-28 01:30', london), undefined)
})
