import { localDay, localTime } from '../../src/programme/activities/local-time.ts'
import { activityFeed } from '../../src/mail/invitations/feed.ts'
import { invitation } from '../../src/mail/invitations/invitation.ts'
import { anEntry } from './calendar-entry.ts'
import { noon } from './world.ts'

// Run as a program, with a zone of its own: prints the calendars of activities on both days on which the clocks change
// in London, as a JSON array: for each hour an invitation and a feed, then the whole day in each.

const halfHours = {
  '2027-03-28': ['00:30', '02:30'],
  '2026-10-25': ['00:30', '01:30', '02:30']
}
const zone = 'Europe/London'

const activities = Object.entries(halfHours).flatMap(([day, times]) => [
  ...times.flatMap(time => localTime(`${day} ${time}`, zone)?.at ?? [])
    .map(startsAt => ({ allDay: false, startsAt, endsAt: startsAt.plus({ hours: 1 }) })),
  { allDay: true, ...localDay(day, zone) }
])
const parts = { publicUrl: 'https://w.example', mailFrom: { name: 'W', address: 'w@example.org' }, contacts: [] }

process.stdout.write(JSON.stringify(activities.map(activity => anEntry({ activity })).flatMap(entry =>
  [invitation('REQUEST', entry, noon), activityFeed(entry.booking.activity, parts)])))
