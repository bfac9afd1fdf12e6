import { DateTime } from 'luxon'
import t from 'tap'
import { notableFrom } from '../../../src/booking/bookings/attendance.ts'
import type { Attendance } from '../../../src/booking/bookings/attendance.ts'
import { notingOf } from '../../../src/office/on-the-day/attendance.ts'
import type { Noting, Party } from '../../../src/office/on-the-day/attendance.ts'

t.test('a note changes what its writer saw, and nothing that someone else has noted meanwhile', async t => {
  type Case = [shown: Attendance, wanted: Attendance, attended: boolean | undefined, hasJoined: boolean, Noting]
  const cases: Case[] = [
    ['unknown', 'yes', undefined, false, 'write'],
    ['yes', 'no', true, false, 'write'],
    ['yes', 'unknown', true, false, 'write'],
    ['unknown', 'yes', true, false, 'as-it-was'],
    ['unknown', 'no', true, false, 'noted-otherwise'],
    ['unknown', 'yes', false, false, 'noted-otherwise'],
    ['yes', 'no', undefined, false, 'noted-otherwise'],
    ['unknown', 'no', true, true, 'noted-otherwise'],
    ['yes', 'no', true, true, 'write'],
    ['yes', 'unknown', true, true, 'joined']
  ]
  for (const [shown, wanted, attended, hasJoined, noting] of cases) {
    t.equal(notingOf({ reference: 'A', shown, wanted }, { attended, hasJoined, camePlaces: undefined, places: 1 }), noting, `${shown}, ${wanted}, ${attended}`)
  }
  t.equal(notingOf({ reference: 'A', shown: 'unknown', wanted: 'yes' }, undefined), 'no-place')
})

t.test('how many of a party came is noted with who came, and never over a number that its writer has not seen', async t => {
  type Case = [
    shown: Attendance, wanted: Attendance, party: [shown: Party, wanted: Party],
    attended: boolean | undefined, camePlaces: number | undefined, Noting
  ]
  const cases: Case[] = [
    ['unknown', 'yes', ['unknown', 2], undefined, undefined, 'write'],
    ['unknown', 'unknown', ['unknown', 2], undefined, undefined, 'write'],
    ['yes', 'yes', ['unknown', 2], true, undefined, 'write'],
    ['yes', 'yes', [2, 'all'], true, 2, 'write'],
    ['yes', 'yes', [2, 3], true, 1, 'noted-otherwise'],
    ['yes', 'yes', [2, 3], true, 3, 'as-it-was'],
    ['unknown', 'yes', ['unknown', 2], true, undefined, 'noted-otherwise'],
    ['unknown', 'yes', ['unknown', 2], true, 2, 'as-it-was'],
    ['unknown', 'no', ['unknown', 2], undefined, undefined, 'nobody-to-count'],
    ['no', 'no', ['unknown', 2], false, 0, 'nobody-to-count'],
    ['yes', 'no', [2, 2], true, 2, 'write'],
    ['yes', 'yes', ['unknown', 'all'], true, undefined, 'write'],
    ['yes', 'yes', ['all', 'unknown'], true, 4, 'write'],
    // As many came as the booking still has places: that is all of them, however it was counted.
    ['yes', 'yes', ['all', 'all'], true, 4, 'as-it-was'],
    ['yes', 'yes', [4, 'all'], true, 4, 'as-it-was'],
    ['yes', 'yes', ['all', 3], true, 4, 'write']
  ]
  for (const [shown, wanted, [shownParty, wantedParty], attended, camePlaces, noting] of cases) {
    const note = { reference: 'A', shown, wanted, party: { shown: shownParty, wanted: wantedParty } }
    const current = { attended, camePlaces, places: 4, hasJoined: false }
    t.equal(notingOf(note, current), noting, JSON.stringify([note, current]))
  }
})

t.test('who came can be noted from the midnight before the start, where it takes place', async t => {
  const startsAt = DateTime.utc(2026, 7, 1, 17) as DateTime<true>

  t.equal(notableFrom({ startsAt, zone: 'Europe/London' }).toISO(), '2026-06-30T23:00:00.000Z')
})
