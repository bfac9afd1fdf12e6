#!/usr/bin/env bash
# luxon 3.7.2, on Node 24.21.0.
#
# Guess: the same text in the same zone is the same instant, whenever it is read; of an hour that comes twice the first,
#        as RFC 5545 §3.3.5 has it, or the second, but always that one.
# Seen:  25/10/2026 01:30 in London is 00:30 UTC read in July and 01:30 UTC read in December: luxon takes the one whose
#        offset is that of the moment of reading. So do fromISO and fromObject. Its manual leaves open which of the two
#        it is, not that today's date decides: a test of it passes in summer and fails in winter. Counted from a moment
#        that has its offset (set, plus) it is the same all year.
# So:    src/programme/activities/local-time.ts and src/office/attendance-reports/report-times.ts take the first of
#        getPossibleOffsets().
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent luxon@3.7.2 node@24.21.0
cat > hour.js <<'JS'
import { DateTime, Settings } from 'luxon'

const london = { zone: 'Europe/London' }
const readOn = today => {
  Settings.now = () => Date.parse(today)
  return {
    iso: DateTime.fromISO('2026-10-25T01:30', london),
    format: DateTime.fromFormat('25/10/2026 01:30', 'dd/MM/yyyy HH:mm', london),
    object: DateTime.fromObject({ year: 2026, month: 10, day: 25, hour: 1, minute: 30 }, london),
    set: DateTime.fromISO('2026-10-25T00:00', london).set({ hour: 1, minute: 30 }),
    plus: DateTime.fromISO('2026-10-24T01:30', london).plus({ days: 1 }),
    first: DateTime.min(...DateTime.fromISO('2026-10-25T01:30', london).getPossibleOffsets()),
    onAnotherDay: DateTime.fromISO('2026-10-26T01:30', london)
  }
}
const inUtc = times =>
  Object.fromEntries(Object.entries(times).map(([name, at]) => [name, at.toUTC().toFormat('HH:mm')]))
const [july, december] = [inUtc(readOn('2026-07-01T12:00Z')), inUtc(readOn('2026-12-01T12:00Z'))]
console.log({ july, december })
const differ = Object.keys(july).filter(name => july[name] !== december[name])
process.exit(differ.join() === 'iso,format,object' && july.iso === '00:30' && december.iso === '01:30' ? 0 : 1)
JS
node_modules/.bin/node hour.js && echo 'as described'
