import { randomUUID } from 'node:crypto'
import { DateTime } from 'luxon'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import type { Test } from 'tap'
import { connect } from '../../src/platform/database/connect.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Timeouts } from '../../src/platform/database/pool.ts'
import type { Activity, Booking, Campaign } from '../../src/platform/database/generated/client.ts'
import { canonicalAddress } from '../../src/booking/bookings/address.ts'
import type { PlaceRequest } from '../../src/booking/bookings/booking.ts'
import { openedWith } from '../../src/sealed-tables.ts'
import { newReference } from '../../src/booking/bookings/reference.ts'
import { openOutbox } from '../../src/platform/outbox.ts'
import type { Fact, Facts, Outbox } from '../../src/platform/outbox.ts'
import { dropDatabase, makeDatabase, restoring } from './databases.ts'

/** The instant at which tests take place by default: a Monday in winter. */
export const noon = DateTime.utc(2026, 11, 23, 12) as DateTime<true>

/** For signing and sealing in tests. */
export const secretKey = 'a key for tests that is long enough to be one'

/** Beside other tests on a busy machine nothing is too slow. */
export const unhurried: Timeouts = {
  connectMs: 120_000, transactionMs: 120_000, idleInTransactionMs: 120_000, statementMs: 120_000, answerMs: 120_000
}

/** A database as the service has it: by the role that serves, which reads and writes rows and changes no table. */
export interface World {
  db: Db
  boss: PgBoss
  outbox: Outbox
  url: string
  ownerUrl: string
  /** Does in its owner's name what the service may not do. */
  asOwner: (sql: string) => Promise<pg.QueryResult>
}

interface OwnedWorld extends World { owner: pg.Pool }

/**
 * A database for one test, with its queues: in the state after the migrations, even if used before. Making one and
 * connecting takes longer than most tests, so the next test of the process gets a database that was given back.
 */
export async function world (t: Test, { connections = 10 }: { connections?: number } = {}): Promise<World> {
  const given = free.get(connections)?.pop() ?? await aNewOne(connections)
  const reported = (error: Error) => { t.comment(error.message) }
  given.boss.on('error', reported)
  t.teardown(async () => {
    given.boss.off('error', reported)
    // Jobs still running would do those of the next test.
    const isAtWork = given.boss.getWipData().length > 0
    if (isAtWork || !await restored(given)) return await closeWorld(given)
    closeAtTheEnd(t)
    free.set(connections, [...free.get(connections) ?? [], given])
  })
  return { ...given }
}

/** Databases that are not in use, by their number of connections. */
const free = new Map<number, OwnedWorld[]>()

async function aNewOne (connections: number): Promise<OwnedWorld> {
  const { url, ownerUrl, near } = await makeDatabase()
  const db = openedWith(connect(near.url, { connections, timeouts: unhurried }), secretKey)
  const boss = new PgBoss({ connectionString: near.url, max: 4, supervise: false, schedule: false, migrate: false })
  boss.on('error', () => {}) // Each test sets its own.
  await boss.start()
  const owner = new pg.Pool({ connectionString: near.ownerUrl, max: 1 })
  owner.on('error', () => {}) // A test may end all connections.
  const asOwner = async (sql: string) => await owner.query(sql)
  return { db, boss, outbox: await openOutbox(boss, []), url, ownerUrl, owner, asOwner }
}

/** What was built on a database that is not in use, and is closed before it. */
const builtOn = new WeakMap<Db, Set<Closing>>()

type Closing = () => Promise<void>

/**
 * Says how to close what stays open on a test's database for the next test that has it. Returns how to take that back,
 * for what is closed earlier: it would be kept in memory as long as the database.
 */
export function closeBefore ({ db }: Pick<World, 'db'>, close: Closing): () => void {
  const closings = builtOn.get(db) ?? new Set()
  builtOn.set(db, closings.add(close))
  return () => { closings.delete(close) }
}

async function closeWorld ({ boss, db, owner, url }: OwnedWorld): Promise<void> {
  for (const close of builtOn.get(db) ?? []) await close()
  await boss.stop({ graceful: false })
  await db.$disconnect()
  await owner.end()
  dropDatabase(url)
}

/** Restores its original state; returns whether that succeeded. */
async function restored ({ asOwner }: World): Promise<boolean> {
  const { restore, shape, asMade } = await restoring()
  try {
    await asOwner(restore)
    const { rows: [found] } = await asOwner(shape)
    return found?.shape === asMade
  } catch {
    return false // In whatever state it is, the next test gets another one.
  }
}

let isEnding = false

/** Closes unused databases when all tests of this process are over. */
function closeAtTheEnd (t: Test): void {
  if (isEnding) return
  isEnding = true
  rootOf(t).teardown(async () => { await Promise.all([...free.values()].flat().map(closeWorld)) })
}

/** The test to which all others in this process belong. */
export function rootOf (t: Test): Pick<Test, 'teardown'> {
  return t.parent === undefined ? t : rootOf(t.parent as Test)
}

/** Opens every connection of the pool, so that requests made at once really run at once. */
export async function warm (db: Db, connections = 10): Promise<void> {
  await Promise.all(Array.from({ length: connections }, async () => await db.$executeRaw`SELECT pg_sleep(0.05)`))
}

export async function aCampaign (db: Db, given: Partial<Campaign> = {}): Promise<Campaign> {
  return await db.campaign.create({
    data: {
      slug: `campaign-${randomUUID()}`,
      title: 'It’s Not OK: staying safe online',
      partnership: 'Cumbria safeguarding partnerships',
      ...given
    }
  })
}

/** A published online workshop, a week after noon at 6pm, public and bookable, of a campaign of its own. */
export async function anActivity (db: Db, given: Partial<Activity> = {}): Promise<Activity> {
  const campaignId = given.campaignId ?? (await aCampaign(db)).id
  return await db.activity.create({
    data: {
      campaignId,
      slug: `workshop-${randomUUID()}`,
      title: 'Keeping your child safe online',
      kind: 'online-workshop',
      isOnline: true,
      startsAt: noon.plus({ days: 8, hours: 6 }).toJSDate(),
      endsAt: noon.plus({ days: 8, hours: 6, minutes: 30 }).toJSDate(),
      visibility: 'public',
      booking: 'places',
      capacity: 20,
      status: 'published',
      audiences: ['parents', 'carers'],
      ...given
    }
  })
}

/** What a parent asks for on the form. */
export function aRequest (email: string, given: Partial<PlaceRequest> = {}): PlaceRequest {
  return {
    submissionId: randomUUID(),
    name: 'Anne Kirkbride',
    email,
    role: 'parent',
    places: 1,
    district: undefined,
    phone: undefined,
    accessNeeds: undefined,
    question: undefined,
    heardFrom: undefined,
    code: undefined,
    ...given
  }
}

/** A booking in the database, confirmed at noon by default; announces nothing. */
export async function aBooking (db: Db, activityId: string, given: Partial<Booking> = {}): Promise<Booking> {
  const email = given.email ?? `${randomUUID()}@example.org`
  const status = given.status ?? 'confirmed'
  const at = noon.toJSDate()
  return plain(await db.booking.create({
    data: {
      activityId,
      reference: newReference(),
      name: 'Anne Kirkbride',
      email,
      canonicalEmail: canonicalAddress(email),
      role: 'parent',
      status,
      createdAt: at,
      changedAt: at,
      confirmedAt: status === 'confirmed' ? at : null,
      waitedAt: status === 'waiting' || status === 'offered' || status === 'lapsed' ? at : null,
      offeredUntil: status === 'offered' ? noon.plus({ hours: 24 }).toJSDate() : null,
      offers: status === 'offered' || status === 'lapsed' ? 1 : 0,
      lapseReason: status === 'lapsed' ? 'unanswered' : null,
      submissionId: randomUUID(),
      ...given
    }
  }))
}

/** A row, or rows, without what Prisma adds where fields are opened when they are looked at: to compare whole ones. */
export function plain<Rows> (rows: Rows): Rows {
  if (Array.isArray(rows)) return rows.map(plain) as Rows
  const isRow = typeof rows === 'object' && rows !== null && !(rows instanceof Date)
  return isRow ? Object.fromEntries(Object.entries(rows).map(([name, value]) => [name, plain(value)])) as Rows : rows
}

/** The announcements of a fact so far, oldest first, done or not. */
export async function announced<F extends Fact> (db: Db, fact: F): Promise<Array<Facts[F]>> {
  const jobs = await db.$queryRaw<Array<{ data: Facts[F] }>>`
    SELECT data FROM pgboss.job WHERE name = ${fact} ORDER BY created_on`
  return jobs.map(({ data }) => data)
}

/** How many connections to this database wait for a lock. */
export async function countWaitingForLocks (db: Db): Promise<number> {
  const [{ n } = { n: 0 }] = await db.$queryRaw<Array<{ n: number }>>`
    SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return n
}
