#!/usr/bin/env bash
# ical.js 2.2.1, on Node 24.21.0.
#
# Guess: an event that begins at 00:30 on the night when clocks go back, with DURATION:PT2H, ends two hours later. Hours
#        are exact, and only days and weeks follow the clock on the wall (RFC 5545 §3.3.6): on such a day PT24H and P1D
#        differ.
# Seen:  hours are added to the clock on the wall. The event of two hours takes three, and in spring one; PT24H takes 25
#        as P1D does. With an end in UTC instead of a duration it is right.
# So:    src/mail/invitations/invitation.ts and feed.ts write the end of what has times in UTC, never a duration.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent ical.js@2.2.1 node@24.21.0
cat > hours.js <<'JS'
import ICAL from 'ical.js'

const hoursOf = (start, end) => {
  const calendar = new ICAL.Component(ICAL.parse(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//example//EN
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/London:${start}
${end}
END:VEVENT
END:VCALENDAR`.replaceAll('\n', '\r\n')))
  const { startDate, endDate } = new ICAL.Event(calendar.getFirstSubcomponent('vevent'))
  return (endDate.toJSDate() - startDate.toJSDate()) / 3_600_000
}
const seen = {
  any: hoursOf('20261219T180000', 'DURATION:PT2H'),
  autumn: hoursOf('20261025T003000', 'DURATION:PT2H'),
  spring: hoursOf('20260329T003000', 'DURATION:PT2H'),
  exactDay: hoursOf('20261024T180000', 'DURATION:PT24H'),
  day: hoursOf('20261024T180000', 'DURATION:P1D'),
  withEnd: hoursOf('20261025T003000', 'DTEND:20261025T013000Z')
}
console.log(seen)
process.exit(Object.values(seen).join() === '2,3,1,25,25,2' ? 0 : 1)
JS
node_modules/.bin/node hours.js && echo 'as described'
