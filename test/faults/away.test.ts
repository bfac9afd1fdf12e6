import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { connect } from '../../src/platform/database/connect.ts'
import { openOutbox } from '../../src/platform/outbox.ts'
import { openQueue } from '../../src/platform/queue.ts'
import { openedWith } from '../../src/sealed-tables.ts'
import { counted } from '../support/counted.ts'
import { isWhole } from '../support/depth.ts'
import { eventually } from '../support/running-service.ts'
import { filledIn, formsOn } from '../support/filled-in.ts'
import { aForm, links, partsOf, perceived, post } from '../support/service.ts'
import { expectSound } from '../support/sound.ts'
import { signedIn } from '../support/staff.ts'
import { throwawayPostgres } from '../support/throwaway-postgres.ts'
import { impatience, inAWeek } from '../support/whole-service.ts'
import { aBooking, anActivity, secretKey } from '../support/world.ts'

const postgres = await throwawayPostgres(t, { max_connections: '20', superuser_reserved_connections: '3' })
const db = openedWith(connect(postgres.url, { connections: 8, timeouts: impatience }), secretKey)
const boss = openQueue(postgres.url, { connections: 2, works: false, timeouts: impatience })
boss.on('error', () => {})
await boss.start()
const outbox = await openOutbox(boss, [])
t.teardown(async () => {
  await boss.stop({ graceful: false })
  await db.$disconnect()
})

/** The service, and a workshop of its own. */
async function aService (t: Test) {
  const app = await buildApp({ ...partsOf({ db, outbox }), clock: systemClock })
  t.teardown(async () => { await app.close() })
  await app.ready()
  const { slug } = await anActivity(db, { ...inAWeek, capacity: 10_000 })
  return {
    app,
    slug,
    isReady: async () => (await app.inject('/health/ready')).statusCode === 200,
    book: async (email: string) => await post(app, `/activities/${slug}/book`, aForm(email))
  }
}
type Service = Awaited<ReturnType<typeof aService>>

/** Connections keep the settings that the database had when they were opened. */
async function endConnections (): Promise<void> {
  await postgres.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename IS NOT NULL AND pid <> pg_backend_pid()')
}

interface Answers { statuses: Record<number, number>, taken: string[], withoutRetryAfter: number }

/** Parents look at the programme and book, eight at a time, during `fault`. */
async function whileParentsBook ({ app, slug, book }: Service, fault: () => Promise<void>): Promise<Answers> {
  const answers: Answers = { statuses: {}, taken: [], withoutRetryAfter: 0 }
  const over = new AbortController()
  const parents = Promise.all(Array.from({ length: 8 }, async () => {
    while (!over.signal.aborted) {
      const email = `${crypto.randomUUID()}@example.org`
      const booked = await book(email)
      if (booked.statusCode === 303) answers.taken.push(email)
      for (const { statusCode, headers } of [booked, await app.inject(`/activities/${slug}`)]) {
        answers.statuses[statusCode] = (answers.statuses[statusCode] ?? 0) + 1
        if (statusCode === 503 && headers['retry-after'] !== '30') answers.withoutRetryAfter++
      }
      await sleep(5)
    }
  }))
  await fault().finally(() => { over.abort() })
  await parents
  return answers
}

/** The addresses of all bookings of the workshop. */
async function listFound ({ slug }: Service): Promise<string[]> {
  return (await db.booking.findMany({ where: { activity: { slug } }, select: { email: true } })).map(({ email }) => email ?? '')
}

/** Every booking that was confirmed exists, once, and everyone else reads when to come again. */
async function assertKept (
  t: Test, fault: string, service: Service, { statuses, taken, withoutRetryAfter }: Answers
): Promise<void> {
  t.comment(`answers ${JSON.stringify(statuses)}`)
  counted(t, fault, { answered: taken, found: await listFound(service) })
  t.strictSame(Object.keys(statuses).filter(status => !['200', '303', '503'].includes(status)), [], 'nothing is a fault of ours')
  t.equal(withoutRetryAfter, 0, 'each says when to come again')
}

for (const { fault, how, times, awayMs } of [
  { fault: 'PostgreSQL is restarted (fast)', how: 'fast', times: 3, awayMs: 0 },
  { fault: 'PostgreSQL is restarted (immediate)', how: 'immediate', times: 3, awayMs: 0 },
  { fault: 'PostgreSQL is gone for a minute', how: 'fast', times: 1, awayMs: isWhole ? 60_000 : 4_000 }
] as const) {
  t.test(`${fault} while parents book`, async t => {
    const service = await aService(t)
    const { isReady } = service
    const answers = await whileParentsBook(service, async () => {
      for (let n = 0; n < times; n++) {
        await sleep(400)
        await postgres.stop(how)
        if (n === 0) t.notOk(await isReady(), 'not ready while it is away')
        await sleep(awayMs)
        await postgres.start()
        await eventually(isReady)
      }
    })

    t.ok((answers.statuses[503] ?? 0) > 0)
    await assertKept(t, fault, service, answers)
    await expectSound(db, { now: systemClock() })
  })
}

t.test('a database that can only be read', async t => {
  const service = await aService(t)
  const { app, slug, book, isReady } = service
  await postgres.query('ALTER DATABASE placekeeper SET default_transaction_read_only = on')
  await endConnections()

  const booked = await book('a@example.org')
  const ready = await isReady()

  t.match(booked, { statusCode: 503, headers: { 'retry-after': '30' } })
  t.notOk(ready)
  t.equal((await app.inject(`/activities/${slug}`)).statusCode, 200, 'the programme is there to be read')
  await postgres.query('ALTER DATABASE placekeeper RESET default_transaction_read_only')
  await endConnections()
  t.equal((await book('a@example.org')).statusCode, 303)
  counted(t, 'PostgreSQL can only be read', { answered: ['a@example.org'], found: await listFound(service) })
  await expectSound(db, { now: systemClock() })
})

t.test('a database that has no connection left', async t => {
  const service = await aService(t)
  const { book, isReady } = service
  await endConnections()
  const taken = await Promise.all(Array.from({ length: 25 }, async () => {
    const client = new pg.Client({ connectionString: postgres.url })
    client.on('error', () => {})
    return await client.connect().then(() => client, () => undefined)
  }))

  const booked = await book('b@example.org')

  t.match(booked, { statusCode: 503, headers: { 'retry-after': '30' } })
  t.notOk(await isReady())
  await Promise.all(taken.map(async client => { await client?.end() }))
  await eventually(async () => (await book('b@example.org')).statusCode === 303)
  counted(t, 'PostgreSQL is out of connections', { answered: ['b@example.org'], found: await listFound(service) })
  await expectSound(db, { now: systemClock() })
})

t.test('a database whose disk is full is not ready, though what is there can be read', async t => {
  const { app, slug, book, isReady } = await aService(t)
  // The table cannot grow: a trigger raises PostgreSQL's error; full-disk.test.ts fills a disk.
  await postgres.query(`
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE disk_full USING MESSAGE = 'could not extend file "base/5/16384": No space left on device'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON bookings FOR EACH STATEMENT EXECUTE FUNCTION full_disk()`)
  t.ok(await isReady())

  const booked = await book('c@example.org')

  t.match(booked, { statusCode: 503, headers: { 'retry-after': '30' } })
  t.notOk(await isReady())
  t.equal((await app.inject(`/activities/${slug}`)).statusCode, 200)
  await postgres.query('DROP FUNCTION full_disk CASCADE')
})

/** The values in a form that is shown again. */
function assertTypedIn (t: Test, answer: Awaited<ReturnType<typeof post>>, typed: Record<string, string>): void {
  t.match(answer, { statusCode: 503, headers: { 'retry-after': '30' } })
  t.match(filledIn(answer.body), typed)
  t.match(perceived(answer).errors, [{ field: 'form', sentence: /We cannot reach our records at the moment/ }])
}

t.test('parents whose forms do not get through have them back as they filled them in, and send them again', async t => {
  const { app, slug } = await aService(t)
  const activity = await anActivity(db, { ...inAWeek, capacity: 1, placesPerBooking: 3 })
  const bookable = `/activities/${slug}/book`
  const waits = await aBooking(db, activity.id, { status: 'offered', email: 'wanda@example.org' })
  const own = `/bookings/${links.tokenOf(waits.id)}`
  const booking = aForm('dora@example.org', { question: 'Is it recorded?', phone: '07700 900 982' })
  const complaint = {
    name: 'Anne', email: 'anne@example.org', what_happened: 'Nobody let me in.', submission: crypto.randomUUID()
  }
  await app.inject(bookable)
  await postgres.stop('fast')

  const booked = await post(app, bookable, booking)
  const complained = await post(app, '/complaints', complaint)
  const found = await post(app, '/find-my-booking', { email: 'dora@example.org' })
  const places = await post(app, `${own}/places`, { places: '2' })
  const accepted = await post(app, `${own}/acceptance`, {})
  const staff = await app.inject('/staff')
  await postgres.start()

  assertTypedIn(t, booked, booking)
  assertTypedIn(t, complained, complaint)
  assertTypedIn(t, found, { email: 'dora@example.org' })
  for (const answer of [places, accepted]) {
    t.match(answer, { statusCode: 503, headers: { 'retry-after': '30' } })
    t.match(perceived(answer).text, /We cannot reach our records at the moment.*Send it again/)
  }
  t.match(perceived(places).text, 'What you typed Places 2')
  t.match(formsOn(places.body, `${own}/places`), [{ action: `${own}/places`, fields: [['places', '2']] }])
  t.match(formsOn(accepted.body, `${own}/acceptance`), [{ action: `${own}/acceptance` }])
  t.equal(staff.statusCode, 303)

  await eventually(async () => (await app.inject('/health/ready')).statusCode === 200)
  t.equal((await post(app, bookable, filledIn(booked.body))).statusCode, 303)
  t.equal((await post(app, '/complaints', filledIn(complained.body))).statusCode, 303)
  const dora = await db.booking.findMany({ where: { email: 'dora@example.org' }, select: { question: true } })
  t.strictSame(dora.map(({ question }) => question), ['Is it recorded?'])
  t.strictSame((await db.request.findMany()).map(({ text }) => text), ['Nobody let me in.'])
})

const aContact = {
  name: 'Cumberland Safeguarding Hub',
  purpose: 'If you are worried about a child',
  number: '0333 240 1727',
  audience: 'everyone',
  owner: 'Olu Organiser',
  position: '10'
}

t.test('a member of staff whose form does not get through has it back as they filled it in, and sends it again', async t => {
  const { app } = await aService(t)
  const { headers } = await signedIn(app, db, { role: 'admin' })
  const url = '/staff/support/new'
  const form = { ...filledIn((await app.inject({ url, headers })).body), ...aContact }
  await postgres.stop('fast')

  const answer = await post(app, url, form, headers)
  await postgres.start()

  t.match(answer, { statusCode: 503, headers: { 'retry-after': '30' } })
  t.match(perceived(answer).text, `What you typed Name ${aContact.name}`)
  t.notMatch(perceived(answer).text, Object(form).submission as string, 'what nobody typed is not shown')
  await eventually(async () => (await app.inject('/health/ready')).statusCode === 200)
  const [again] = formsOn(answer.body, url)
  t.equal((await post(app, url, Object.fromEntries(again?.fields ?? []), headers)).statusCode, 303)
  t.match(await db.supportContact.findMany({ where: { name: aContact.name } }), [{ purpose: aContact.purpose }])
})

t.test('a staff form that cannot be saved shows itself again, with what was typed', async t => {
  const { app } = await aService(t)
  const { headers } = await signedIn(app, db, { role: 'admin' })
  const url = '/staff/support/new'
  const form = { ...filledIn((await app.inject({ url, headers })).body), ...aContact, name: 'Westmorland Safeguarding Hub' }
  await postgres.query(`
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE disk_full USING MESSAGE = 'No space left on device'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON support_contacts FOR EACH STATEMENT EXECUTE FUNCTION full_disk()`)

  const answer = await post(app, url, form, headers)

  assertTypedIn(t, answer, form)
  await postgres.query('DROP FUNCTION full_disk CASCADE')
  const again = await post(app, url, filledIn(answer.body), headers)
  t.equal(again.statusCode, 303, perceived(again).text)
})
