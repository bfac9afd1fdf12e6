import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { formsOn } from '../../support/filled-in.ts'
import { eventually } from '../../support/running-service.ts'
import { aForm, countedService, perceived, post, service } from '../../support/service.ts'
import { anActivity, countWaitingForLocks } from '../../support/world.ts'

/** Locks an activity's row, so that nothing of it is decided until `release`. */
async function hold (db: Db, activityId: string): Promise<{ release: () => Promise<void> }> {
  const { promise: until, resolve: go } = Promise.withResolvers<void>()
  const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>()
  const ended = db.$transaction(async tx => {
    await tx.$executeRaw`SELECT 1 FROM activities WHERE id = ${activityId}::uuid FOR UPDATE`
    isLocked()
    await until
  })
  await locked
  return { release: async () => { go(); await ended } }
}

t.test('who comes when too many wait is told so at once, with all they typed, and one press books later', async t => {
  const { app, db, counted } = await countedService(t)
  const { id, slug } = await anActivity(db, { capacity: 1_000 })
  const url = `/activities/${slug}/book`
  const question = 'Is it “safe” <b>now</b>?'
  const { release } = await hold(db, id)

  const ask = async (n: number) => await post(app, url, aForm(`${n}@example.org`, { question }))
  let answered = 0
  const posts = Array.from({ length: 270 }, async (_, n) => await ask(n).finally(() => { answered++ }))
  await eventually(async () => answered === 19 && await countWaitingForLocks(db) === 1, { pauseMs: 5 })
  const { queries } = counted
  const late = await ask(posts.length)
  t.equal(counted.queries, queries, 'who is turned away asks nothing of the database, which those let in need')
  await release()
  const answers = [...await Promise.all(posts), late]

  t.equal(late.statusCode, 503)
  t.match(late.headers, { 'retry-after': /^([3-9]|10)$/, 'cache-control': 'no-store' })
  t.equal(perceived(late).h1, 'Very many people are here just now')
  t.match(perceived(late).text, 'Nothing has been sent yet. Try again in a few seconds. What you typed is still here.')
  t.match(perceived(late).text, `Question ${question} Send it again`)
  t.strictSame(new Set(answers.map(({ statusCode }) => statusCode)), new Set([303, 503]))
  const booked = async () => new Set((await db.booking.findMany()).map(({ email }) => email))
  t.strictSame(await booked(), new Set(answers.flatMap(({ statusCode }, n) => statusCode === 303 ? `${n}@example.org` : [])))

  const turnedAway = answers.filter(({ statusCode }) => statusCode === 503).length
  t.match((await app.inject('/metrics')).body, `placekeeper_refusals_total{refusal="overloaded"} ${turnedAway}\n`, 'an alert sees it')

  const fields = new Map(formsOn(late.body, url)[0]?.fields)
  t.equal((await post(app, url, Object.fromEntries(fields))).statusCode, 303)
  t.ok((await booked()).has(fields.get('email') ?? ''))
})

t.test('a request whose sender has gone before its turn is not written', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const url = `/activities/${slug}/book`
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { release } = await hold(db, id)
  const first = post(app, url, aForm('first@example.org'))
  await eventually(async () => await countWaitingForLocks(db) === 1, { pauseMs: 5 })

  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = await once(app.server, 'connection') as [Socket]
  const body = new URLSearchParams(aForm('gone@example.org')).toString()
  client.end(`POST ${url} HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  await once(socket, 'close')
  const behind = post(app, url, aForm('behind@example.org'))
  await release()

  t.strictSame([(await first).statusCode, (await behind).statusCode], [303, 303])
  t.strictSame((await db.booking.findMany({ orderBy: { createdAt: 'asc' } })).map(({ email }) => email).sort(),
    ['behind@example.org', 'first@example.org'])
})
