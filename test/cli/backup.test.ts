// Subject: the database.
import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { backupCommands } from '../../src/cli/backup.ts'
import { recordOwedEmails } from '../../src/mail/emails/owing.ts'
import { sweepEmails } from '../../src/mail/emails/commands.ts'
import { remindPeople } from '../../src/mail/reminders/commands.ts'
import { writeArchive } from '../../src/platform/backup/archive.ts'
import type { Header } from '../../src/platform/backup/archive.ts'
import { writeEncrypted } from '../../src/platform/backup/encrypted-file.ts'
import { makeKeyPair } from '../../src/platform/backup/keys.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { loadConfig } from '../../src/platform/config.ts'
import { connect } from '../../src/platform/database/connect.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { sealFor } from '../../src/platform/seal.ts'
import { aDatabase } from '../support/a-database.ts'
import { placekeeper } from '../support/command.ts'
import { newName } from '../support/databases.ts'
import { withProgram } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { aBooking, anActivity, announced, noon, secretKey, world } from '../support/world.ts'
import type { World } from '../support/world.ts'

const marker = 'Xyzzymarker'
const host = 'workshops.example.org'
const withAge = withProgram('age', { called: 'age' })

/** A folder with a key pair, and how to run a command there in this process, as it would be at a terminal. */
async function aFolder (t: Test) {
  const folder = temporaryFolder(t)
  const identity = join(folder, 'key')
  const { said } = await placekeeper({}, 'backup', 'key', '--output', identity)
  t.equal(said, '')
  const [, recipient = ''] = /public key: (age1\w+)/.exec(await readFile(identity, 'utf8')) ?? []
  const run = async (name: string, given: Record<string, string>, environment: Record<string, string> = {}) => {
    const config = loadConfig({ SECRET_KEY: secretKey, DATA_DIR: folder, BACKUP_RECIPIENT: recipient, ...environment })
    await backupCommands[name]?.run({ identity, ...given }, config)
  }
  return { folder, identity, recipient, run }
}

/** Empty, and of someone who may do with it what its owner may, and nothing else. */
async function anEmptyOne (t: Test) {
  const role = newName()
  let drop = async () => {}
  t.teardown(async () => { await drop() })
  const { name, url, client } = await aDatabase(t)
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'its owner'; ALTER DATABASE ${name} OWNER TO ${role}`)
  const server = new URL(url)
  server.pathname = '/postgres'
  drop = async () => {
    const client = new pg.Client({ connectionString: server.href })
    await client.connect()
    await client.query(`DROP ROLE ${role}`).finally(async () => { await client.end() })
  }
  const owned = new URL(url)
  Object.assign(owned, { username: role, password: 'its owner' })
  return { client, url: owned.href }
}

/** A coming workshop with someone who wrote everything that is awkward in COPY, and someone else. */
async function filled ({ db }: World) {
  const startsAt = systemClock().plus({ hours: 20 })
  const activity = await anActivity(db, {
    startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate(), summary: 'Half\tan\nhour\\\n\\.\n'
  })
  const changedAt = systemClock().minus({ minutes: 30 }).toJSDate()
  const given = { createdAt: changedAt, changedAt, confirmedAt: changedAt }
  const anne = await aBooking(db, activity.id, {
    ...given,
    name: `Anne ${marker}`,
    email: `anne@${marker}.example`,
    accessNeeds: `\\N, says ${marker}\n\\.\r\n\\t`,
    question: '\\.',
    phone: '07700 900461'
  })
  const other = await aBooking(db, activity.id, given)
  const longAgo = systemClock().minus({ days: 10 }).toJSDate()
  const early = await aBooking(db, activity.id, { createdAt: longAgo, changedAt: longAgo, confirmedAt: longAgo })
  return { activity, anne, other, early }
}

function headerWith (migration: string): Header {
  const fingerprint = sealFor('backup', secretKey).mark('SECRET_KEY')
  return { format: 1, madeAt: systemClock().toISO(), postgres: '18', migrations: [migration], secretKey: fingerprint }
}

/** Every row of every table as text, and what keeps them right. */
async function contentsOf (client: pg.ClientBase): Promise<Record<string, string[]>> {
  const listed = await client.query<{ name: string }>(`
    SELECT format('%I', relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND relname NOT IN ('_prisma_migrations', 'audit_entries') ORDER BY 1`)
  const contents: Record<string, string[]> = {}
  const textsOf = async (query: string) => (await client.query<{ text: string }>(query)).rows.map(({ text }) => text)
  for (const { name } of listed.rows) contents[name] = await textsOf(`SELECT t::text AS text FROM ${name} t ORDER BY 1`)
  contents.constraints = await textsOf(`
    SELECT concat(conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated) AS text FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 1`)
  contents.triggers = await textsOf(`
    SELECT concat(tgrelid::regclass, tgname, tgenabled) AS text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`)
  contents.sequences = await textsOf(`
    SELECT concat(sequencename, last_value) AS text FROM pg_sequences WHERE schemaname = 'public'
      AND sequencename NOT LIKE 'audit_entries%' ORDER BY 1`)
  return contents
}

async function connectedTo (t: Test, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(async () => { await client.end() })
  return client
}

t.test('a backup names nobody, and its key brings back every row; into what is empty alone', async t => {
  const made = await world(t)
  const { anne } = await filled(made)
  await made.db.$transaction(async tx => {
    await made.outbox.announce(tx, 'booking.confirmed', [{ bookingId: anne.id, sequence: 0 }])
    await made.outbox.announce(tx, 'factor.removed', [{ staffMemberId: randomUUID(), at: noon.toISO() }])
  })
  const { folder, identity, recipient } = await aFolder(t)
  const before = await contentsOf(await connectedTo(t, made.url))
  const environment = { DATABASE_URL: made.url, BACKUP_RECIPIENT: recipient, DATA_DIR: folder }

  const stopped = systemClock().toISO()
  const written = await placekeeper(environment, 'backup', '--output', folder)

  t.match(written, { code: 0, said: '' })
  const [, file = ''] = /^Wrote (\S+\.sql\.zst\.age), .* MB, and read it back: [\d,]+ rows of \d+ tables/.exec(written.out) ?? []
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.strictSame((await readdir(folder)).sort(), [file.slice(folder.length + 1), 'key'].sort(), 'nothing else is left')
  const bytes = await readFile(file)
  for (const word of [marker, '07700', 'example', 'COPY']) t.notOk(bytes.includes(word), word)

  const { url, client } = await anEmptyOne(t)
  const into = { DATABASE_URL: url, DATA_DIR: folder, PUBLIC_URL: `https://${host}` }
  const words = ['restore', file, '--identity', identity, '--ran-until', stopped]
  const restored = await placekeeper(into, ...words)

  t.match(restored, { code: 0, said: '', out: /^Restored [\d,]+ rows/ })
  t.strictSame(await contentsOf(client), before)
  const { rows: jobs } = await client.query("SELECT data FROM pgboss.job WHERE name = 'booking.confirmed'")
  t.strictSame(jobs, [{ data: { bookingId: anne.id, sequence: 0 } }], 'what had stopped goes on where it was')
  const { rows: owed } = await client.query("SELECT FROM pgboss.job WHERE name = 'factor.removed'")
  t.strictSame(owed, [], 'what is owed, of which there is a row, the sweep announces, and so once')
  const { rows: trail } = await client.query("SELECT FROM audit_entries WHERE action = 'backup.restored'")
  t.equal(trail.length, 1)
  t.match(await placekeeper(into, ...words), { code: 1, said: /^The database \w+ holds something already.*\n$/ })
  t.strictSame(await contentsOf(client), before)
})

t.test('age itself opens it, and what is in it is a script for psql', withAge, async t => {
  const made = await world(t)
  await filled(made)
  const { folder, identity, run } = await aFolder(t)
  const file = join(folder, 'backup')
  await run('backup', { output: file }, { DATABASE_URL: made.url })

  const script = zstdDecompressSync(execFileSync('age', ['-d', '-i', identity, file])).toString()

  t.match(script, /^-- placekeeper backup \{"format":1,.*\n/)
  t.match(script, /\nCOPY public\.bookings \(id, .*\) FROM stdin;\n[^]*Anne Xyzzymarker/)
  t.match(script, 'Half\\tan\\nhour\\\\\\n\\\\.\\n')
  t.match(script, /\n\\\.\nSELECT setval\('public\.\w+', \d+, (true|false)\);\n/)
})

t.test('what the lost service may have sent does not go out again', async t => {
  const made = await world(t)
  const { activity, anne, other, early } = await filled(made)
  const left = { meetingIdSealed: 'sealed' }
  // One email waits, one was announced alone, and nobody has been reminded of tomorrow.
  await made.db.$transaction(async tx => {
    const key = { bookingId: anne.id, kind: 'place-confirmed', sequence: 0, copy: 0 } as const
    await recordOwedEmails(tx, made.outbox, [key], host, systemClock())
    await made.outbox.announce(tx, 'booking.confirmed', [{ bookingId: other.id, sequence: 0 }])
    await made.outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
    await made.outbox.announce(tx, 'factor.removed', [{ staffMemberId: randomUUID(), at: noon.toISO() }])
    await made.outbox.announce(tx, 'meeting.left', [left])
  })
  const { folder, run } = await aFolder(t)
  const file = join(folder, 'backup')
  await run('backup', { output: file }, { DATABASE_URL: made.url })
  const { url, client } = await anEmptyOne(t)

  await run('restore', { file }, { DATABASE_URL: url, PUBLIC_URL: `https://${host}` })

  const db = connect(url, { connections: 2 })
  t.teardown(async () => { await db.$disconnect() })
  const later = systemClock().plus({ minutes: 5 })
  await remindPeople(db, made.outbox, host, later)
  await sweepEmails(db, made.outbox, later)
  t.strictSame(await announced(db, 'letter.due'), [])
  t.strictSame(await announced(db, 'booking.confirmed'), [])
  const owed = await db.owedJob.findMany({ select: { queue: true, data: true } })
  t.strictSame(owed, [{ queue: 'meeting.left', data: left }], 'of emails nothing is owed any more')
  t.strictSame(await announced(db, 'place.freed'), [{ activityId: activity.id }], 'what only brings into step is done')
  const { rows } = await client.query('SELECT DISTINCT status FROM letters')
  t.strictSame(rows, [{ status: 'withdrawn' }], 'staff see which those are')
  await remindPeople(made.db, made.outbox, host, later)
  t.match(await announced(made.db, 'letter.due'), [{ bookingId: anne.id }, { bookingId: early.id }], 'without a restore it goes out')
})

t.test('someone who was forgotten since stays forgotten, by a newer list and by the one in DATA_DIR', async t => {
  const made = await world(t)
  const { anne, other, early: stays } = await filled(made)
  const { folder, run } = await aFolder(t)
  const file = join(folder, 'backup')
  await run('backup', { output: file }, { DATABASE_URL: made.url })
  await writeFile(join(folder, 'forgotten'), `${anne.id}\n`)
  await writeFile(join(folder, 'newer'), `${other.id}\n`)
  const { url, client } = await anEmptyOne(t)

  await run('restore', { file, forgotten: join(folder, 'newer') }, { DATABASE_URL: url })

  t.strictSame((await client.query('SELECT id FROM bookings')).rows, [{ id: stays.id }])
  t.match(await readFile(join(folder, 'forgotten'), 'utf8'), other.id)
  t.equal((await client.query('SELECT FROM forgotten_bookings')).rowCount, 2)
})

t.test('what cannot be restored is said in one sentence, and the database stays empty', async t => {
  const { url, client } = await anEmptyOne(t)
  const made = await world(t)
  const { folder, run, recipient } = await aFolder(t)
  const file = join(folder, 'backup')
  await run('backup', { output: file }, { DATABASE_URL: made.url })
  const to = async (given: Record<string, string>, environment = {}) => {
    const error = await run('restore', { file, ...given }, { DATABASE_URL: url, ...environment }).catch((error: Error) => error)
    return (error as Error).message
  }
  const another = join(folder, 'another')
  await run('backup key', { output: another })

  t.match(await to({ identity: another }), 'This key does not open')
  t.match(await to({ identity: file }), 'has no private key in it')
  t.match(await to({ file: join(folder, 'none') }), /^There is no file .*none\.$/)
  t.match(await to({ file: another }), 'is damaged, cut short, or not encrypted with age')
  t.match(await to({}, { SECRET_KEY: 'another key that is long enough to be one' }), /^Neither SECRET_KEY nor SECRET_KEY_BEFORE is the one/)
  t.match(await to({ 'ran-until': '2100-01-01' }), '--ran-until must be a moment that has passed')
  const newer = join(folder, 'newer')
  await writeEncrypted(newer, [recipient], writeArchive(headerWith('9999_of_later'), [], []))
  t.match(await to({ file: newer }), 'made by a newer version, with the migration 9999_of_later')
  const damaged = join(folder, 'damaged')
  const bytes = await readFile(file)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  await writeFile(damaged, bytes)
  t.match(await to({ file: damaged }), 'is damaged')
  const changed = { SECRET_KEY: 'another key that is long enough to be one', SECRET_KEY_BEFORE: secretKey }
  t.match(await to({ file: damaged }, changed), 'is damaged', 'the key before is good, too')
  await truncate(file, (await stat(file)).size - 1000)
  t.match(await to({}), 'is damaged, cut short')
  t.equal((await client.query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace")).rowCount, 0)
})

t.test('a backup that cannot be written leaves nothing, and one that is there stays', async t => {
  const made = await world(t)
  const { folder, run, recipient } = await aFolder(t)
  const file = join(folder, 'backup')
  const on = { DATABASE_URL: made.url }
  await writeFile(file, 'another')

  await t.rejects(run('backup', { output: file }, on), { message: `The backup ${file} cannot be written: there is one already.` })
  await t.rejects(run('backup', { output: join(folder, 'none/backup') }, on), { message: /there is no such folder\.$/ })
  await t.rejects(run('backup', { output: folder, recipient: 'age1' }, on), { message: /^age1 is not a public key of age/ })
  await t.rejects(run('backup', { output: folder }, { ...on, BACKUP_RECIPIENT: '' }), { message: /^A backup is encrypted to a public key/ })
  // The file may have 512 bytes: as where a disk is full.
  const cli = join(import.meta.dirname, '../../src/cli.ts')
  const full = spawnSync('sh', ['-c', `ulimit -f 1; exec "${process.execPath}" "${cli}" backup --output "${folder}/full"`], {
    env: { PATH: process.env.PATH, SECRET_KEY: secretKey, BACKUP_RECIPIENT: recipient, ...on }, encoding: 'utf8'
  })
  t.equal(full.status, 1)
  t.match(full.stderr, /^The backup \S+full cannot be written: .*\.\n$/)

  t.strictSame((await readdir(folder)).sort(), ['backup', 'key'])
  t.equal(await readFile(file, 'utf8'), 'another')
})

t.test('nothing serves what was restored in part', async t => {
  const { url, client } = await anEmptyOne(t)
  const { folder, run, recipient } = await aFolder(t)
  const file = join(folder, 'backup')
  const { recipient: escrow } = await makeKeyPair()
  const made = await world(t)
  const { activity } = await filled(made)
  await run('backup', { output: file, recipient }, { DATABASE_URL: made.url })
  // An orphan, which PostgreSQL finds once all rows are there.
  const orphan = join(folder, 'orphan')
  const table = { name: 'public.activities', columns: ['id'] }
  await writeEncrypted(orphan, [recipient, escrow], writeArchive(headerWith('0001_the_first_tables'), [
    { ...table, async * rows () { yield Buffer.from(`${activity.id}\n`) } }
  ], []))

  await t.rejects(run('restore', { file: orphan }, { DATABASE_URL: url }))

  await t.rejects(migrate(url), { message: /is being restored, or its restore was broken off/ })
  await t.rejects(run('restore', { file }, { DATABASE_URL: url }), { message: /holds something already/ })
  t.equal((await client.query('SELECT FROM activities')).rowCount, 0)
})
