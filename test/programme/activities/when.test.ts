import { DateTime } from 'luxon'
import t from 'tap'
import { dayInWords, momentInWords, timeInWords, whenInWords } from '../../../src/programme/activities/when.ts'

const zone = 'Europe/London'

/** An instant by its local time in London. */
function inLondon (text: string): DateTime<true> {
  const at = DateTime.fromISO(text, { zone })
  if (!at.isValid) throw new Error(`There is no ${text}.`)
  return at.toUTC()
}

function lasting (from: string, to: string, allDay = false) {
  return { startsAt: inLondon(from), endsAt: inLondon(to), allDay, zone }
}

t.test('an instant is said in the zone that is asked about, whichever was asked about before', async t => {
  const at = inLondon('2026-12-01T18:00')

  t.equal(momentInWords(at, zone), 'Tuesday 1 December 2026 at 6pm')
  t.equal(momentInWords(at, 'Asia/Tokyo'), 'Wednesday 2 December 2026 at 3am')
  t.equal(momentInWords(at.plus({ minutes: 1 }), zone), 'Tuesday 1 December 2026 at 6:01pm')
  t.equal(momentInWords(at, zone), 'Tuesday 1 December 2026 at 6pm')
})

t.test('times of day are said as people say them', async t => {
  const said = {
    '2026-12-01T00:00': 'midnight',
    '2026-12-01T00:05': '12:05am',
    '2026-12-01T06:00': '6am',
    '2026-12-01T09:05': '9:05am',
    '2026-12-01T11:59': '11:59am',
    '2026-12-01T12:00': 'midday',
    '2026-12-01T12:30': '12:30pm',
    '2026-12-01T18:00': '6pm',
    '2026-12-01T18:30': '6:30pm',
    '2026-12-01T23:59': '11:59pm'
  }

  for (const [at, words] of Object.entries(said)) t.equal(timeInWords(inLondon(at), zone), words)
})

t.test('days and moments are said with weekday and year, without commas', async t => {
  t.equal(dayInWords(inLondon('2026-12-01T18:00'), zone), 'Tuesday 1 December 2026')
  t.equal(momentInWords(inLondon('2026-12-01T18:00'), zone), 'Tuesday 1 December 2026 at 6pm')
  t.equal(dayInWords(inLondon('2026-06-02T00:30'), zone), 'Tuesday 2 June 2026', 'the day is the one in London')
})

t.test('what an activity lasts is said once, from the day to the time it ends', async t => {
  const said: Array<[ReturnType<typeof lasting>, string]> = [
    [lasting('2026-12-01T18:00', '2026-12-01T18:30'), 'Tuesday 1 December 2026, 6pm to 6:30pm'],
    [lasting('2026-06-02T18:00', '2026-06-02T18:30'), 'Tuesday 2 June 2026, 6pm to 6:30pm'],
    [lasting('2026-12-01T10:00', '2026-12-01T12:00'), 'Tuesday 1 December 2026, 10am to midday'],
    [lasting('2026-12-01T20:00', '2026-12-02T00:00'), 'Tuesday 1 December 2026, 8pm to midnight'],
    [lasting('2026-12-31T22:00', '2027-01-01T01:00'),
      'Thursday 31 December 2026 at 10pm to Friday 1 January 2027 at 1am'],
    [lasting('2026-12-01', '2026-12-02', true), 'Tuesday 1 December 2026, all day'],
    [lasting('2015-09-21', '2015-09-28', true), 'Monday 21 to Sunday 27 September 2015'],
    [lasting('2026-11-30', '2026-12-07', true), 'Monday 30 November to Sunday 6 December 2026'],
    [lasting('2026-12-28', '2027-01-04', true), 'Monday 28 December 2026 to Sunday 3 January 2027']
  ]

  for (const [activity, words] of said) t.equal(whenInWords(activity), words)
})

t.test('days on which the clocks change are whole days, and times are those on the wall', async t => {
  const said: Array<[ReturnType<typeof lasting>, string]> = [
    [lasting('2027-03-28', '2027-03-29', true), 'Sunday 28 March 2027, all day'],
    [lasting('2026-10-25', '2026-10-26', true), 'Sunday 25 October 2026, all day'],
    [lasting('2027-03-28T00:30', '2027-03-28T02:30'), 'Sunday 28 March 2027, 12:30am to 2:30am'],
    [lasting('2027-03-28T18:00', '2027-03-28T18:30'), 'Sunday 28 March 2027, 6pm to 6:30pm'],
    [lasting('2026-10-25T18:00', '2026-10-25T18:30'), 'Sunday 25 October 2026, 6pm to 6:30pm']
  ]

  for (const [activity, words] of said) t.equal(whenInWords(activity), words)
})
