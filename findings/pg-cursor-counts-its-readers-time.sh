#!/usr/bin/env bash
# pg-cursor 2.22.0 with pg 8.23.1, on any PostgreSQL: DATABASE_URL=postgres://… findings/pg-cursor-counts-its-readers-time.sh
#
# Guess: a statement_timeout limits each read of a cursor, as it limits each FETCH.
# Seen:  the whole portal is one statement: a cursor that is read slowly is cancelled, however short each read is.
# So:    platform/database/snapshots.ts reads by DECLARE and FETCH, and has its limits.
set -euo pipefail
: "${DATABASE_URL:?say which database}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent pg@8.23.1 pg-cursor@2.22.0
node -e "
const pg = require('pg'), Cursor = require('pg-cursor')
const wait = () => new Promise(resolve => setTimeout(resolve, 400))
const rows = 'SELECT n FROM generate_series(1, 100000) AS n'
;(async () => {
  const client = new pg.Client(process.env.DATABASE_URL)
  await client.connect()
  await client.query('BEGIN; SET LOCAL statement_timeout = 1000; DECLARE few CURSOR FOR ' + rows)
  for (let n = 0; n < 5; n++) { await client.query('FETCH 10 FROM few'); await wait() }
  await client.query('ROLLBACK; BEGIN; SET LOCAL statement_timeout = 1000')
  const cursor = client.query(new Cursor(rows))
  let failure
  for (let n = 0; n < 5 && !failure; n++) { await cursor.read(10).catch(error => { failure = error.code }); await wait() }
  if (failure !== '57014') throw new Error('a cursor that is read slowly goes on')
  process.exit(0)
})().catch(error => { console.error(error.message); process.exit(1) })"
echo 'as described'
