// Subject: the database.
import t from 'tap'
import pg from 'pg'
import type { Test } from 'tap'
import { record } from '../../../src/identity/staff/audit.ts'
import { forgetEntries } from '../../../src/office/forgetting/audit-trail.ts'
import { migrate } from '../../../src/platform/database/migrate.ts'
import { mayChangeTrail } from '../../../src/platform/database/service-role.ts'
import { aDatabase } from '../../support/a-database.ts'
import { placekeeper } from '../../support/command.ts'
import { newName } from '../../support/databases.ts'
import { runService } from '../../support/running-service.ts'
import { anActivity, noon, secretKey, world } from '../../support/world.ts'

const refused = {
  'UPDATE audit_entries SET subject = NULL': /permission denied for table audit_entries/,
  'DELETE FROM audit_entries': /permission denied for table audit_entries/,
  'TRUNCATE audit_entries': /permission denied for table audit_entries/,
  'ALTER TABLE audit_entries DISABLE TRIGGER ALL': /must be owner of table audit_entries/,
  'DROP TRIGGER audit_entries_append_only ON audit_entries': /must be owner/,
  'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$': /denied|must be owner/,
  'SET session_replication_role = replica': /permission denied to set parameter/,
  'DELETE FROM _prisma_migrations': /permission denied for table _prisma_migrations/,
  'TRUNCATE bookings CASCADE': /permission denied for table/,
  'DROP TABLE letters CASCADE': /must be owner of table letters/,
  'ALTER TABLE bookings ADD COLUMN nickname text': /must be owner of table bookings/,
  'CREATE TABLE notes (at timestamptz)': /permission denied for schema public/,
  'CREATE TABLE pgboss.notes (at timestamptz)': /permission denied for schema pgboss/,
  'CREATE SCHEMA notes': /permission denied for database/,
  'CREATE ROLE another': /permission denied to create role/,
  'SET ROLE placekeeper': /permission denied to set role|does not exist/,
  "COPY (SELECT 1) TO PROGRAM 'true'": /permission denied to COPY|must be superuser/
}

t.test('the role that serves changes no table, no entry of the trail, and nothing that keeps them', async t => {
  const { db } = await world(t)
  await record(db, { staffMemberId: undefined, action: 'campaign.added', subject: 'its-not-ok' }, noon)

  for (const [sql, reason] of Object.entries(refused)) await t.rejects(db.$executeRawUnsafe(sql), reason, sql)

  t.match(await db.auditEntry.findMany(), [{ subject: 'its-not-ok' }])
})

t.test('of the trail goes what is due alone, whatever else its caller names legal_holds', async t => {
  const { db, url } = await world(t)
  const { id, slug } = await anActivity(db)
  await db.legalHold.create({ data: { activityId: id, reason: 'A complaint', owner: 'Anne', reviewOn: noon.toJSDate(), setAt: noon.toJSDate(), setById: id } })
  const longAgo = noon.minus({ months: 30 })
  for (const subject of [slug, 'another']) await record(db, { staffMemberId: undefined, action: 'activity.changed', subject }, longAgo)
  await record(db, { staffMemberId: undefined, action: 'campaign.added', subject: 'today' }, noon)
  const client = await connected(t, url)

  await client.query('CREATE TEMP TABLE legal_holds (LIKE public.legal_holds)')
  await client.query('SET search_path = pg_temp, public')
  await t.rejects(client.query("SELECT public.forget_entries(now() + INTERVAL '1 year')"), /append only/)
  await client.query('SELECT public.forget_entries($1)', [noon.minus({ months: 24 }).toJSDate()])

  t.strictSame((await db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ subject }) => subject), [slug, 'today'])
  t.equal(await forgetEntries(db, noon), 0)
})

t.test('one role migrates and another serves', async t => {
  const { url, client } = await aDatabase(t)
  const role = newName()
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'serves'`)
  t.teardown(async () => { await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`) })
  const serving = Object.assign(new URL(url), { username: role, password: 'serves' }).href
  const environment = { DATABASE_URL: serving, SECRET_KEY: secretKey }

  await t.rejects(migrate(serving), { message: new RegExp(`not up to date, and ${role} may not change its tables. Run npm run migrate`) })
  const migrated = await placekeeper({ ...environment, MIGRATE_DATABASE_URL: url }, 'migrate')
  t.match(migrated, { code: 0, out: /^Applied 0001/ })
  t.strictSame(await migrate(serving), [], 'it may see that nothing is due')
  t.strictSame([await mayChangeTrail(serving), await mayChangeTrail(url)], [false, true])

  const service = await runService(t, { ...environment, LOG_LEVEL: 'warn' })
  t.notMatch(service.output(), /audit trail/)
  t.equal(await service.end('SIGTERM'), 0)
  const asOwner = await runService(t, { DATABASE_URL: url, LOG_LEVEL: 'warn' })
  t.match(asOwner.output(), /The role of DATABASE_URL owns the tables/)
})

async function connected (t: Test, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(async () => { await client.end() })
  return client
}
