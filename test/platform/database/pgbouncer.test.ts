// Subject: the database.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { connect } from '../../../src/platform/database/connect.ts'
import { migrate } from '../../../src/platform/database/migrate.ts'
import { aDatabase } from '../../support/a-database.ts'
import { aPgBouncer, withPgBouncer } from '../../support/pgbouncer.ts'
import { eventually, postBooking, runService } from '../../support/running-service.ts'
import { anActivity } from '../../support/world.ts'

t.test('behind PgBouncer in transaction mode', withPgBouncer, async t => {
  const { url, client } = await aDatabase(t)
  const pooled = await aPgBouncer(t, url)

  await t.test('six that start at once migrate an empty database once, and none is kept waiting', async t => {
    const applied = await Promise.all(Array.from({ length: 6 }, async () => await migrate(pooled)))

    const names = applied.flat()
    t.strictSame(names.sort(), (await readdir(join(import.meta.dirname, '../../../prisma/migrations'))).filter(name => /^\d/.test(name)))
    const { rows } = await client.query(`
      SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE l.locktype = 'advisory' AND d.datname = current_database()`)
    t.strictSame(rows, [], 'no lock stays behind on a connection of the pool')
    t.strictSame(await migrate(pooled), [])
  })

  await t.test('bookings made at once are answered, none oversold, and each has its email', async t => {
    const db = connect(url)
    t.teardown(async () => { await db.$disconnect() })
    const endsAt = new Date(Date.now() + 8 * 86_400_000)
    const { slug } = await anActivity(db, { startsAt: new Date(Date.now() + 7 * 86_400_000), endsAt, capacity: 5 })
    const service = await runService(t, { DATABASE_URL: pooled, LOG_LEVEL: 'silent' })

    const answers = await Promise.all(Array.from({ length: 20 }, async (_, n) =>
      await postBooking(service.url, slug, { email: `attendee-${n}@example.org` })))

    t.strictSame(answers, Array.from({ length: 20 }, () => 303))
    t.equal(await db.booking.count({ where: { status: 'confirmed' } }), 5)
    await eventually(async () => await db.email.count({ where: { status: 'sent' } }) === 20)
    t.equal(await service.end('SIGTERM'), 0)
  })
})
