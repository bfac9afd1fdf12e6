import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Test } from 'tap'
import { cancelBooking } from '../src/booking/bookings/cancel.ts'
import { requestPlaces } from '../src/booking/bookings/request-places.ts'
import { acceptOffer } from '../src/booking/waiting-list/accept-or-refuse.ts'
import { serveWaitingList } from '../src/booking/waiting-list/serve.ts'
import { bookByPhone } from '../src/office/on-behalf/book-by-phone.ts'
import { openOutbox, queueOf } from '../src/platform/outbox.ts'
import type { Facts, Outbox } from '../src/platform/outbox.ts'
import { startWorker, subscriptions } from '../src/worker.ts'
import { on } from '../src/worker/subscription.ts'
import { keeping, contextWith } from './support/email-context.ts'
import { eventually } from './support/running-service.ts'
import { organiser } from './support/staff.ts'
import { aBooking, anActivity, announced, aRequest, noon, world } from './support/world.ts'
import type { World } from './support/world.ts'

const soon = noon.plus({ seconds: 10 })
const silent = { info () {}, warn () {}, error () {} }

interface Counting extends World {
  outbox: Outbox
  heard: string[]
  emails: ReturnType<typeof keeping>
}

/** A world where a second subscriber, beside emails, counts those who have a place; `count` may fail. */
async function counting (t: Test, count: (due: Facts['booking.confirmed']) => void = () => {}): Promise<Counting> {
  const its = await world(t)
  const heard: string[] = []
  const acting = [
    ...subscriptions,
    on('booking.confirmed', async (_, confirmed) => await Promise.allSettled(confirmed.map(async due => {
      count(due)
      heard.push(due.bookingId)
    })), { name: 'counting', queue: { retryLimit: 3, retryDelay: 1 } })
  ]
  const emails = keeping()
  const outbox = await openOutbox(its.boss, acting)
  await startWorker({ ...its, outbox, clock: () => soon, emailContext: contextWith(its, emails), log: silent }, acting)
  return { ...its, outbox, heard, emails }
}

const onThePhone = { email: undefined, phone: '01539 722 722' }

t.test('every fact has a subscriber in the queue of its name, and no two share a queue', async t => {
  const { boss } = await world(t)
  const firsts = subscriptions.filter(({ name }) => name === undefined)

  t.strictSame((await boss.getQueues()).map(({ name }) => name).sort(), firsts.map(queueOf).sort())
  t.equal(new Set(subscriptions.map(queueOf)).size, subscriptions.length)
})

t.test('what another version has scheduled ends: nobody would do it, and its job would wait for ever', async t => {
  const its = await world(t)
  await its.boss.createQueue('another.swept', { policy: 'stately' })
  await its.boss.schedule('another.swept', '* * * * *')
  await its.boss.send('another.swept')

  await startWorker({ ...its, clock: () => soon, emailContext: contextWith(its, keeping()), log: silent })

  const names = (await its.boss.getSchedules()).map(({ name }) => name)
  t.notOk(names.includes('another.swept'))
  t.ok(names.includes('waiting-lists.swept'))
  t.strictSame(await its.db.$queryRaw`SELECT id FROM pgboss.job WHERE name = 'another.swept'`, [])
})

t.test('a second subscriber hears of everyone who has a place, however they came by it, and also without an address', async t => {
  const { db, outbox, heard, emails } = await counting(t)
  const { id } = await anActivity(db, { capacity: 2 })
  const { id: there } = await anActivity(db)
  const first = await aBooking(db, id, { status: 'waiting', name: 'asked for another date', waitedAt: noon.toJSDate() })
  await db.booking.update({ where: { id: first.id }, data: { status: 'lapsed', lapseReason: 'closed' } })
  const carried = await aBooking(db, there, { status: 'offered', name: 'on another date', copiedFromBookingId: first.id })

  await requestPlaces(db, outbox, id, [aRequest('anne@example.org', { name: 'at the desk' })], noon)
  await bookByPhone(db, outbox, id, aRequest('', { ...onThePhone, name: 'by telephone' }), organiser, noon)
  await bookByPhone(db, outbox, id, aRequest('', { ...onThePhone, name: 'after waiting' }), organiser, noon)
  await acceptOffer(db, outbox, carried.id, noon)
  const { id: leaving } = await db.booking.findFirstOrThrow({ where: { name: 'at the desk' } })
  await cancelBooking(db, outbox, leaving, soon)
  await serveWaitingList(db, outbox, id, soon)

  await eventually(() => heard.length === 4)
  const confirmed = await db.booking.findMany({ where: { confirmedAt: { not: null } }, orderBy: { name: 'asc' } })
  t.strictSame(confirmed.map(({ name }) => name), ['after waiting', 'at the desk', 'by telephone', 'on another date'])
  t.strictSame(heard.toSorted(), confirmed.map(({ id }) => id).sort())
  await eventually(async () => await db.email.count({ where: { status: { in: ['sent', 'failed'] }, kind: 'place-found' } }) === 2)
  t.notOk(emails.kept.some(({ to }) => to === ''), 'nothing is sent to those without an address')
})

t.test('a subscriber that fails tries again by itself: the email is neither late nor sent again', async t => {
  let failures = 0
  const { db, outbox, heard, emails } = await counting(t, () => {
    if (failures++ < 2) throw new Error('Not now.')
  })
  const { id } = await anActivity(db)

  await requestPlaces(db, outbox, id, [aRequest('anne@example.org')], noon)
  await eventually(() => emails.kept.length === 1)
  await eventually(() => heard.length === 1)

  t.equal(failures, 3)
  t.equal(emails.kept.length, 1)
  const [{ n } = { n: -1 }] = await db.$queryRaw<Array<{ n: number }>>`
    SELECT retry_count AS n FROM pgboss.job WHERE name = 'booking.confirmed'`
  t.equal(n, 0)
})

t.test('an email that another worker has in hand is put off, and nobody else hears of it twice', async t => {
  const { db, outbox, heard } = await counting(t)
  const { id } = await aBooking(db, (await anActivity(db)).id)
  await db.email.create({
    data: {
      bookingId: id,
      kind: 'booking-changed',
      sequence: 1,
      messageId: randomUUID(),
      status: 'queued',
      claimedUntil: noon.plus({ minutes: 1 }).toJSDate(),
      createdAt: noon.toJSDate()
    }
  })

  await outbox.announce(db, 'booking.confirmed', [{ bookingId: id, sequence: 0 }], { lowPriority: true })
  await eventually(async () => (await announced(db, 'booking.confirmed')).length === 2)

  await eventually(() => heard.length > 0)
  t.strictSame(await db.$queryRaw`SELECT DISTINCT priority FROM pgboss.job WHERE name = 'booking.confirmed'`, [{ priority: -1 }])
  const [{ n } = { n: -1 }] = await db.$queryRaw<Array<{ n: number }>>`
    SELECT count(*)::int AS n FROM pgboss.job WHERE name = 'booking.confirmed/counting'`
  t.equal(n, 1)
})

t.test('no subscriber hears what a rolled back command announced', async t => {
  const { db, outbox } = await counting(t)

  await t.rejects(db.$transaction(async tx => {
    await outbox.announce(tx, 'booking.confirmed', [{ bookingId: randomUUID(), sequence: 0 }])
    throw new Error('Not so.')
  }))

  const [{ n } = { n: -1 }] = await db.$queryRaw<Array<{ n: number }>>`
    SELECT count(*)::int AS n FROM pgboss.job WHERE name LIKE 'booking.confirmed%'`
  t.equal(n, 0)
})

t.test('a sweep serves what it can, and says in the log what it could not', async t => {
  const w = await world(t)
  const { id: broken } = await anActivity(w.db, { capacity: 1 })
  const { id: sound } = await anActivity(w.db, { capacity: 1 })
  for (const activityId of [broken, sound]) await aBooking(w.db, activityId, { status: 'waiting' })
  await w.asOwner(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
  await w.asOwner(`
    CREATE TRIGGER broken BEFORE UPDATE ON bookings FOR EACH ROW WHEN (OLD.activity_id = '${broken}') EXECUTE FUNCTION refuse()`)
  const logged: Array<{ err?: unknown, schedule?: string }> = []
  const log = { info () {}, warn () {}, error (about: object) { logged.push(about) } }

  await startWorker({ ...w, clock: () => noon, emailContext: contextWith(w, keeping()), log })
  await w.boss.send('waiting-lists.swept')

  await eventually(async () => logged.length > 0)
  t.match(logged, [{ schedule: 'waiting-lists.swept', err: AggregateError }])
  t.equal((logged[0]?.err as AggregateError).errors.length, 1)
  t.match(await w.db.booking.findFirst({ where: { activityId: sound } }), { status: 'confirmed' })
  t.match(await w.db.booking.findFirst({ where: { activityId: broken } }), { status: 'waiting' })
})
