import { once } from 'node:events'
import { get, request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { parse } from 'csv-parse/sync'
import readWorkbook from 'read-excel-file/node'
import t from 'tap'
import type { Test } from 'tap'
import { cutOff } from '../../../src/office/exports/formats.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { eventually } from '../../support/running-service.ts'
import { perceived, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity } from '../../support/world.ts'

/** Of four thousand bytes each they are more than a connection takes while nobody reads from it, compressed too. */
const people = 7_500

/** A service that listens, and an activity with so many people that their list stops on its way to someone slow. */
async function aLongList (t: Test, rows = people) {
  const its = await service(t)
  const activity = await anActivity(its.db)
  const { id: first } = await aBooking(its.db, activity.id)
  // A hundred questions in turn, of hashes: the last time of each is further back than a compressor looks.
  await its.db.$executeRaw`
    WITH questions AS (
      SELECT n % 100 AS k, string_agg(md5(n::text), '') AS question FROM generate_series(1, 12500) AS n GROUP BY k
    )
    INSERT INTO bookings (activity_id, reference, name, phone, role, status, created_at, changed_at, confirmed_at, submission_id, question)
    SELECT activity_id, 'REF' || n, 'Anne Kirkbride ' || n, '07700 900982', role, 'confirmed', created_at, changed_at, confirmed_at, gen_random_uuid(),
      questions.question
    FROM bookings, generate_series(2, ${rows}::int) AS n JOIN questions ON k = n % 100 WHERE id = ${first}::uuid`
  const { headers } = await signedIn(its.app, its.db)
  const url = await its.app.listen({ host: '127.0.0.1', port: 0 })
  return { ...its, headers, activity, url: `${url}/staff/activities/${activity.slug}`, at: `/staff/activities/${activity.slug}/list` }
}

const form = new URLSearchParams([['columns', 'name'], ['columns', 'question'], ['format', 'csv'], ['why', 'figures']]).toString()

/** Asks for a list on its page. */
function asking (url: string, headers: { cookie: string }): ClientRequest {
  const asked = request(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', connection: 'close' }
  })
  asked.on('error', () => {})
  asked.end(form)
  return asked
}

/** Asks for a list and reads nothing of it yet: for one that is chosen, or as scripts do. */
async function begun (url: string, headers: { cookie: string }): Promise<IncomingMessage> {
  const isChosen = !/\.(csv|xlsx)$/.test(url)
  const request = isChosen ? asking(url, headers) : get(url, { headers: { ...headers, connection: 'close' } })
  request.on('error', () => {})
  const [answer] = await once(request, 'response') as [IncomingMessage]
  if (answer.statusCode !== 200) throw new Error(`The list was answered with ${answer.statusCode}: ${(await rest(answer)).body}`)
  return answer
}

/** What arrives until the end, and whether that is the end. */
async function rest (answer: IncomingMessage): Promise<{ body: Buffer, isWhole: boolean }> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer)
    return { body: Buffer.concat(chunks), isWhole: answer.complete }
  } catch {
    return { body: Buffer.concat(chunks), isWhole: false }
  }
}

/** Processes of the database that read a list. */
async function readers (db: Db): Promise<number[]> {
  const rows = await db.$queryRaw<Array<{ pid: number }>>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start IS NOT NULL AND query LIKE 'COPY%'`
  return rows.map(({ pid }) => pid)
}

/** Waits until a list does not get on, because nobody reads it; returns the process that reads it. */
async function stopped (db: Db): Promise<number> {
  const waiting = async () => await db.$queryRaw<Array<{ pid: number }>>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'COPY%' AND wait_event = 'ClientWrite'`
  let times = 0
  await eventually(async () => {
    times = (await waiting()).length === 1 ? times + 1 : 0
    return times === 6
  })
  return (await waiting())[0]?.pid ?? 0
}

async function cutOffs (db: Db) {
  return await db.auditEntry.findMany({ where: { action: 'attendees.export-cut-off' } })
}

t.test('a list in CSV that breaks off says so at its end, does not end well, and is told on the next visit', async t => {
  const { app, db, headers, activity, url, at } = await aLongList(t)
  const answer = await begun(`${url}/list`, headers)
  t.equal(answer.statusCode, 200)

  await db.$executeRaw`SELECT pg_terminate_backend(${await stopped(db)}::int)`
  const { body, isWhole } = await rest(answer)

  t.notOk(isWhole, 'the connection breaks off')
  const rows: string[][] = parse(body.toString(), { bom: true, relax_column_count: true })
  t.strictSame(rows.at(-1), [cutOff])
  t.ok(rows.length > 2 && rows.length < people)
  await eventually(async () => (await cutOffs(db)).length === 1)
  const [entry] = await cutOffs(db)
  t.equal(entry?.subject, activity.slug)
  const { rowsSent, rows: all } = entry?.details as { rowsSent: number, rows: number }
  t.strictSame([rowsSent, all], [rows.length - 2, people], 'those that were written')

  const page = await app.inject({ url: at, headers })
  t.match(perceived(page).text, 'Your last list may not be complete')
  t.match(perceived(page).text, `It broke off after ${rowsSent.toLocaleString('en-GB')} of 7,500 rows. Download it again`)
  const trail = await app.inject({ url: '/staff/audit?what=attendees.export-cut-off', headers })
  t.match(perceived(trail).text, `did not get all of the attendees of ${activity.title}`)
})

t.test('a workbook that breaks off does not open; that a script fetched it is recorded and not told of', async t => {
  const { app, db, headers, url, at } = await aLongList(t)
  const answer = await begun(`${url}/attendees.xlsx`, headers)

  await db.$executeRaw`SELECT pg_terminate_backend(${await stopped(db)}::int)`
  const { body, isWhole } = await rest(answer)

  t.notOk(isWhole)
  await t.rejects(readWorkbook(body))
  await eventually(async () => (await cutOffs(db)).length === 1)
  t.notMatch((await app.inject({ url: at, headers })).body, 'may not be complete')
})

t.test('whoever goes away stops their list: nothing is read any more, and it is recorded', async t => {
  const { app, db, headers, url, at } = await aLongList(t)
  const answer = await begun(`${url}/list`, headers)
  await stopped(db)

  answer.destroy()

  await eventually(async () => (await readers(db)).length === 0)
  await eventually(async () => (await cutOffs(db)).length === 1)
  t.match(perceived(await app.inject({ url: at, headers })).text, 'Your last list may not be complete')
  t.match(perceived(await app.inject({ url: '/staff/lists', headers })).text, 'Your last list may not be complete')
})

t.test('a list of several that breaks off is chosen again where its activities are', async t => {
  const { app, db, headers, activity, url } = await aLongList(t)
  const other = await anActivity(db, { campaignId: activity.campaignId })
  const { slug } = await db.campaign.findUniqueOrThrow({ where: { id: activity.campaignId } })
  const several = new URL(`/staff/lists/new?campaign=${slug}&activity=${activity.slug}&activity=${other.slug}`, url)
  const answer = await begun(several.href, headers)
  await stopped(db)

  answer.destroy()

  await eventually(async () => (await cutOffs(db)).length === 2)
  const { body } = await app.inject({ url: '/staff/lists', headers })
  const href = /href="([^"]+)">Download it again/.exec(body)?.[1] ?? ''
  t.equal(href, `/staff/lists?campaign=${slug}`)
  const page = await app.inject({ url: href, headers })
  t.equal(page.statusCode, 200)
  t.match(perceived(page).text, /If you tick none, the list has all 2/)
})

t.test('a list that is given up before any of it is sent is cut off too', async t => {
  const { db, headers, url } = await aLongList(t, 3)
  const begin = Promise.withResolvers<undefined>()
  const isHeld = Promise.withResolvers<undefined>()
  const holding = db.$transaction(async tx => {
    await tx.$executeRaw`LOCK TABLE last_lists IN SHARE MODE`
    isHeld.resolve(undefined)
    await begin.promise
  }, { timeout: 30_000 })
  await isHeld.promise
  const asked = asking(`${url}/list`, headers)
  // Its first rows are read, and its beginning is to be recorded.
  await eventually(async () => (await db.$queryRaw<unknown[]>`
    SELECT FROM pg_locks WHERE relation = 'last_lists'::regclass AND NOT granted`).length === 1)
  t.equal((await readers(db)).length, 1)

  asked.destroy()
  await eventually(async () => (await readers(db)).length === 0)
  begin.resolve(undefined)
  await holding

  await eventually(async () => (await cutOffs(db)).length === 1)
  t.match(await db.lastList.findFirst(), { rows: 3, rowsSent: 0 })
})

t.test('a list that arrives whole is not told of, nor is one that is on its way', async t => {
  const { app, db, headers, url, at } = await aLongList(t)
  const answer = await begun(`${url}/list`, headers)
  await stopped(db)
  t.notMatch((await app.inject({ url: at, headers })).body, 'may not be complete')

  const { body, isWhole } = await rest(answer)

  t.ok(isWhole)
  t.equal(parse(body.toString(), { bom: true }).length, people + 1)
  t.match(await db.lastList.findFirst(), { rows: people, rowsSent: people })
  t.notMatch((await app.inject({ url: at, headers })).body, 'may not be complete')
  t.strictSame(await cutOffs(db), [])
})

t.test('a list of which nobody knows how it ended is told of after a quarter of an hour', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const { headers, member } = await signedIn(app, db)
  const begunAt = (minutes: number) => app.clock().minus({ minutes }).toJSDate()
  await db.lastList.create({
    data: { staffMemberId: member.id, listId: crypto.randomUUID(), madeAt: '/staff/lists', rows: 7, begunAt: begunAt(14) }
  })
  const url = `/staff/activities/${slug}/list`
  t.notMatch((await app.inject({ url, headers })).body, 'may not be complete')

  await db.lastList.updateMany({ data: { begunAt: begunAt(15) } })

  t.match(perceived(await app.inject({ url, headers })).text, 'We do not know if all 7 rows reached you.')
})

/** What this process holds that someone still needs, in bytes; what ended meanwhile needs more than one look to go. */
async function held (): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  for (let times = 0; times < 4; times++) {
    collect()
    await new Promise(resolve => { setImmediate(resolve) })
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

t.test('the first rows arrive before the last are read, and a long list takes no more memory than a short one', async t => {
  const most: number[] = []
  for (const rows of [people, 2 * people]) {
    const { db, headers, url } = await aLongList(t, rows)
    const before = await held()
    const answer = await begun(`${url}/list`, headers)
    await stopped(db)
    most.push(await held() - before)

    // It reads what is there and no more: the list does not end while the database is asked.
    await once(answer, 'readable')
    const first = answer.read() as Buffer
    t.match(first.toString(), /^\uFEFFname,question\r\n/)
    t.equal((await readers(db)).length, 1, 'the database still has rows')
    answer.destroy()
    await eventually(async () => (await readers(db)).length === 0)
  }

  const [short = 0, long = 0] = most
  t.ok(long - short < 8 * 1024 * 1024, `${long - short} bytes more, for 7,500 rows of four thousand bytes`)
})
