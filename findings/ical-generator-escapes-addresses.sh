#!/usr/bin/env bash
# ical-generator 11.1.2, read by ical.js 2.2.1 and by Debian's python3-icalendar, on Node 24.21.0.
#
# Guess: in URL and ATTACH an address stands as it is, for its type is URI, not TEXT (RFC 5545 §3.3.13); so every reader
#        has the address that was given.
# Seen:  its commas and semicolons get a backslash, as in TEXT, although the line says VALUE=URI. ical.js reads a URI as it
#        stands, and keeps the backslashes: that link leads nowhere. python3-icalendar takes them away again.
# So:    src/mail/invitations/invitation.ts writes its lines of addresses itself, and addresses given to the library
#        (src/mail/invitations/feed.ts) have their commas as %2C, which URLSearchParams does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent ical-generator@11.1.2 ical.js@2.2.1 node@24.21.0
cat > made.js <<'JS'
import { writeFileSync } from 'node:fs'
import ical from 'ical-generator'
import ICAL from 'ical.js'

const calendar = ical()
const event = calendar.createEvent({
  id: 'one', start: new Date('2027-03-01T19:00:00Z'), summary: 'Open evening', url: 'https://example.org/rooms/2,3;plan'
})
event.createAttachment('https://example.org/map,2.pdf')
writeFileSync('made.ics', `${calendar.toString()}\r\n`)
const read = new ICAL.Component(ICAL.parse(calendar.toString())).getFirstSubcomponent('vevent')
console.log(read.getFirstPropertyValue('url'))
console.log(read.getFirstPropertyValue('attach'))
JS
seen=$(node_modules/node/bin/node made.js
/usr/bin/python3 -c '
import icalendar
event = icalendar.Calendar.from_ical(open("made.ics", "rb").read()).walk("VEVENT")[0]
print(event["URL"])
print(event["ATTACH"])')
printf '%s\n' "$seen"
[ "$seen" = 'https://example.org/rooms/2\,3\;plan
https://example.org/map\,2.pdf
https://example.org/rooms/2,3;plan
https://example.org/map,2.pdf' ] && echo 'as described'
