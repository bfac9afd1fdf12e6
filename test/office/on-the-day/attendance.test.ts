import { DateTime } from 'luxon'
import t from 'tap'
import { notableFrom } from '../../../src/booking/bookings/attendance.ts'
import type { Attendance } from '../../../src/booking/bookings/attendance.ts'
import { notingOf } from '../../../src/office/on-the-day/attendance.ts'
import type { Noting } from '../../../src/office/on-the-day/attendance.ts'

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
    t.equal(notingOf({ reference: 'A', shown, wanted }, { attended, hasJoined }), noting, `${shown}, ${wanted}, ${attended}`)
  }
  t.equal(notingOf({ reference: 'A', shown: 'unknown', wanted: 'yes' }, undefined), 'no-place')
})

t.test('who came can be noted from the midnight before the start, where it takes place', async t => {
  const startsAt = DateTime.utc(2026, 7, 1, 17) as DateTime<true>

  t.equal(notableFrom({ startsAt, zone: 'Europe/London' }).toISO(), '2026-06-30T23:00:00.000Z')
})
