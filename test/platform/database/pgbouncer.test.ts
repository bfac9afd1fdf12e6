import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { migrate } from '../../../src/platform/database/migrate.ts'
import { poolOf } from '../../../src/platform/database/pool.ts'
import { aDatabase } from '../../support/a-database.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { aPgBouncer, withPgBouncer } from '../../support/pgbouncer.ts'
import { eventually, postBooking, runService } from '../../support/running-service.ts'
import type { RunningService } from '../../support/running-service.ts'
import { links } from '../../support/service.ts'
import { WaitingListModel } from '../../support/waiting-list-model.ts'
import { anActivity, world } from '../../support/world.ts'

t.test('behind PgBouncer in transaction mode', withPgBouncer, async t => {
  await t.test('six that start at once migrate an empty database once, and none is kept waiting', async t => {
    const { url, client } = await aDatabase(t)
    const pooled = await aPgBouncer(t, url)
    const applied = await Promise.all(Array.from({ length: 6 }, async () => await migrate(pooled)))

    const names = applied.flat()
    t.strictSame(names.sort(), (await readdir(join(import.meta.dirname, '../../../prisma/migrations'))).filter(name => /^\d/.test(name)))
    const { rows } = await client.query(`
      SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE l.locktype = 'advisory' AND d.datname = current_database()`)
    t.strictSame(rows, [], 'no lock stays behind on a connection of the pool')
    t.strictSame(await migrate(pooled), [])
  })

  await t.test('no statement is named, for the next transaction may come to a server that does not know the name', async t => {
    const { url } = await world(t)
    const pooled = new pg.Pool(poolOf(await aPgBouncer(t, url), { connections: 1 }))
    t.teardown(async () => { await pooled.end() })

    for (let n = 0; n < 100; n++) await pooled.query({ text: 'SELECT $1::int AS often', values: [n] })

    const { rows } = await pooled.query('SELECT statement FROM pg_prepared_statements')
    t.strictSame(rows, [])
  })

  await t.test('four web and two worker processes keep places, turns and emails as one would', async t => {
    const { db, url } = await world(t)
    const pooled = await aPgBouncer(t, url)
    const mailbox = await aMailbox(t)
    const startsAt = Date.now() + 7 * 86_400_000
    const endsAt = startsAt + 1_800_000
    const times = { startsAt: new Date(startsAt), endsAt: new Date(endsAt) }
    const { id: activityId, slug } = await anActivity(db, { ...times, capacity: 5 })
    const model = new WaitingListModel(
      { startsAt, endsAt, closesAt: startsAt, utcOffset: 0, placesPerBooking: 6 },
      { capacity: 5, overBookingPercent: 0, waitingList: 'automatic', offerHours: 24 })
    const services: RunningService[] = []
    for (const ROLE of ['web', 'web', 'web', 'web', 'worker', 'worker']) {
      services.push(await runService(t, { DATABASE_URL: pooled, SMTP_URL: mailbox.url, ROLE, LOG_LEVEL: 'silent' }))
    }
    const web = services.slice(0, 4).map(({ url }) => url)

    const book = async (addresses: string[]) => await Promise.all(addresses.map(async (email, n) =>
      await postBooking(web[n % 4] as string, slug, { email })))
    const listByArrival = async () => await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } })
    const follow = async (from: number) => {
      for (const { email } of (await listByArrival()).slice(from)) {
        model.book([{ address: email ?? '', places: 1, code: undefined }], Date.now())
      }
    }
    const statuses = async () => (await listByArrival()).map(({ email, status }) => `${email} ${status}`)
    const ofModel = () => model.people.map(({ address, status }) => `${address} ${status}`)
    const untilAllIsDone = async () => await eventually(async () => {
      const [{ n } = { n: 1 }] = await db.$queryRaw<Array<{ n: number }>>`
        SELECT count(*)::int AS n FROM pgboss.job WHERE state < 'completed' AND name ~ '^(booking|waiting-list|place)[.]'`
      return n === 0
    })

    // Everyone asks twice, of two processes at once.
    const crowd = Array.from({ length: 20 }, (_, n) => [`attendee-${n}@example.org`, `attendee-${n}@example.org`]).flat()
    t.strictSame([...new Set(await book(crowd))], [303])
    await follow(0)
    t.strictSame(await statuses(), ofModel(), 'five have a place, and fifteen wait in turn')
    await untilAllIsDone()
    const before = mailbox.taken.length

    // Three leave while eight come: nobody who comes overtakes who waits.
    const leaving = (await listByArrival()).filter(({ status }) => status === 'confirmed').slice(0, 3)
    const [left] = await Promise.all([
      Promise.all(leaving.map(async (booking, n) => (await fetch(`${web[n]}/bookings/${links.tokenOf(booking)}/cancellation`, {
        method: 'POST', body: new URLSearchParams({}), redirect: 'manual'
      })).status)),
      book(Array.from({ length: 8 }, (_, n) => `late-${n}@example.org`))
    ])
    t.strictSame(left, [303, 303, 303])
    await follow(20)
    for (const { email } of leaving) {
      const person = model.people.find(({ address }) => address === email)
      if (person !== undefined) model.cancel(person, Date.now())
    }
    model.serve(Date.now())
    await untilAllIsDone()
    t.strictSame(await statuses(), ofModel(), 'the next three have their places')

    for (const service of services) t.equal(await service.end('SIGTERM'), 0)
    const subjects = mailbox.taken.slice(before).map(({ to, mail }) => `${to.join()} ${mail.subject}`)
    t.equal(new Set(subjects).size, subjects.length, 'no email twice')
    t.equal(subjects.length, 8 + 3 + 3, 'one for each who came, left and came next')
  })
})
