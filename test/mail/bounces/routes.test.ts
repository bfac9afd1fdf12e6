import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { aReport, bounceAddress, emailIdIn } from '../../support/bounces.ts'
import { service } from '../../support/service.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

/** Longer than a report from any mail system. */
const maxMegabytes = 64

const secret = 'a secret that only the mail system knows'
const bounces = { secret, emailIdIn }

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes in buffers that are still referenced. */
function heldBytes (): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

async function handOver (
  app: FastifyInstance, mail: Buffer | string, headers: Record<string, string | undefined> = {}
): Promise<LightMyRequestResponse> {
  const all = { 'content-type': 'message/rfc822', authorization: `Bearer ${secret}`, ...headers }
  return await app.inject({
    method: 'POST',
    url: '/bounces',
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    payload: mail
  })
}

async function aSentEmail (db: Db, email = 'anne@example.net'): Promise<{ emailId: string, bookingId: string }> {
  const { id: bookingId } = await aBooking(db, (await anActivity(db)).id, { email })
  const at = noon.toJSDate()
  const { id: emailId } = await db.email.create({
    data: { bookingId, kind: 'place-confirmed', messageId: bookingId, status: 'sent', createdAt: at, sentAt: at }
  })
  return { emailId, bookingId }
}

t.test('a report that the mail system hands over marks the booking', async t => {
  const { app, db } = await service(t, { bounces })
  const { emailId, bookingId } = await aSentEmail(db, 'anne@council.example.gov.uk')

  const { statusCode, body } = await handOver(app, await aReport('exchange-online', { emailId }))

  t.strictSame([statusCode, body], [204, ''])
  t.match(await db.email.findUnique({ where: { id: emailId } }), { status: 'bounced', answer: /^550 5\.1\.10/ })
  t.match(await db.booking.findUnique({ where: { id: bookingId } }), {
    status: 'confirmed', unreachableAt: noon.toISO()
  })
})

t.test('a mail that is not a report gets the same answer, and changes nothing', async t => {
  const { app, db } = await service(t, { bounces })
  const { emailId } = await aSentEmail(db)
  const email = await db.email.findUnique({ where: { id: emailId } })

  for (const mail of [
    await aReport('vacation', { emailId }), await aReport('postfix', { to: bounceAddress }), 'x', '\0', ''
  ]) t.equal((await handOver(app, mail, { 'content-type': 'message/rfc822; charset=utf-8' })).statusCode, 204)

  t.strictSame(await db.email.findUnique({ where: { id: emailId } }), email)
})

t.test('without the secret nothing is read', async t => {
  const { app, db } = await service(t, { bounces })
  const { emailId } = await aSentEmail(db)
  const mail = await aReport('postfix', { emailId })

  for (const authorization of [
    undefined, '', 'Bearer', 'Bearer ', secret, `Basic ${secret}`, `Bearer ${secret}x`, `Bearer ${secret.slice(1)}`,
    `Bearer ${secret.toUpperCase()}`
  ]) {
    const answer = await handOver(app, mail, { authorization })
    t.strictSame([answer.statusCode, answer.headers['www-authenticate'], answer.body], [401, 'Bearer', ''], String(authorization))
  }
  t.equal((await handOver(app, Buffer.alloc(2_000_000), { authorization: undefined })).statusCode, 401, 'nor its size')

  t.match(await db.email.findUnique({ where: { id: emailId } }), { status: 'sent' })
})

t.test('a report of any length is taken, however it is sent, and of a long one the beginning is read', async t => {
  const { app, db } = await service(t, { bounces })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const headers = { 'content-type': 'message/rfc822', authorization: `Bearer ${secret}` }
  const [first, second] = [await aSentEmail(db), await aSentEmail(db)]
  const pieces = Math.ceil(maxMegabytes / 0.064)
  let most = 0
  async function * long (report: Buffer) {
    yield report
    for (let n = 0; n < pieces; n++) {
      yield Buffer.alloc(64_000, 'x')
      if (n % 100 === 99) most = Math.max(most, heldBytes())
    }
  }

  const whole = await handOver(app, Buffer.concat([await aReport('postfix', first), Buffer.alloc(1_048_577, 'x')]))
  const before = heldBytes()
  const posting = request(`${address}/bounces`, { method: 'POST', headers })
  const answered = once(posting, 'response')
  await pipeline(Readable.from(long(await aReport('postfix', second))), posting)
  const [{ statusCode }] = await answered as [IncomingMessage]

  t.strictSame([whole.statusCode, statusCode], [204, 204])
  t.equal(await db.email.count({ where: { status: 'bounced' } }), 2)
  t.ok(most - before < maxMegabytes / 2 * 1_000_000, `of ${maxMegabytes} MB no more than some are in memory`)
})

t.test('an upload that breaks off is no fault', async t => {
  const faults: object[] = []
  const log = pino({ level: 'error' }, new Writable({ write (line, _, done) { faults.push(JSON.parse(String(line))); done() } }))
  const { app, db } = await service(t, { bounces, log })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { emailId } = await aSentEmail(db)
  const report = await aReport('postfix', { emailId })
  const { port } = app.server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  const isTaken = once(app.server, 'request')
  client.write(`POST /bounces HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${secret}\r\n` +
    `Content-Type: message/rfc822\r\nContent-Length: ${report.length + 1}\r\n\r\n`)
  client.write(report)
  const [, response] = await isTaken as [unknown, ServerResponse]

  client.destroy()
  await once(response, 'close')

  t.match(await db.email.findUnique({ where: { id: emailId } }), { status: 'sent' })
  t.strictSame(faults, [])
})

t.test('a report in other scripts is taken under its own type', async t => {
  const { app, db } = await service(t, { bounces })
  const { emailId } = await aSentEmail(db)

  t.equal((await handOver(app, await aReport('postfix-utf8', { emailId }), { 'content-type': 'message/global' })).statusCode, 204)

  t.match(await db.email.findUnique({ where: { id: emailId } }), { status: 'bounced' })
})

t.test('content of another type is not taken', async t => {
  const { app } = await service(t, { bounces })

  for (const type of [
    'text/plain', 'application/x-www-form-urlencoded', 'application/json', 'multipart/form-data; boundary=b', undefined
  ]) t.equal((await handOver(app, 'a=b', { 'content-type': type })).statusCode, 415, String(type))
  t.equal((await handOver(app, '', { 'content-type': undefined })).statusCode, 415, 'nothing at all')
})

t.test('its address takes POST only', async t => {
  const { app } = await service(t, { bounces })

  const answer = await app.inject({ url: '/bounces', headers: { authorization: `Bearer ${secret}` } })

  t.strictSame([answer.statusCode, answer.headers.allow], [405, 'POST'])
})

t.test('a service without a secret has no such address', async t => {
  const { app } = await service(t)

  t.equal((await handOver(app, 'x')).statusCode, 404)
})

t.test('no other address reads mails: a form sent as one is refused', async t => {
  const { app } = await service(t, { bounces })

  const answer = await app.inject({
    method: 'POST', url: '/find-my-booking', headers: { 'content-type': 'message/rfc822' }, payload: 'email=x'
  })

  t.equal(answer.statusCode, 415)
})

t.test('after a bulletin, any number of reports may come at once', async t => {
  const { app } = await service(t, { bounces, rateLimits: true })

  const answers = await Promise.all(Array.from({ length: 100 }, async () => await handOver(app, 'x')))

  t.ok(answers.every(({ statusCode }) => statusCode === 204))
})

t.test('the log knows nothing of what is in them', async t => {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, new Writable({ write (line, _, done) { lines.push(String(line)); done() } }))
  const { app, db, asOwner } = await service(t, { bounces, log })
  const { emailId } = await aSentEmail(db)
  const mail = await aReport('postfix', { emailId })

  await handOver(app, mail)
  await handOver(app, mail, { authorization: 'Bearer another' })
  await handOver(app, Buffer.concat([mail, Buffer.alloc(1_048_576)]))
  await db.$disconnect()
  await asOwner('ALTER TABLE letters RENAME TO away')
  t.equal((await handOver(app, mail)).statusCode, 500)

  t.ok(lines.length >= 4)
  t.notMatch(lines.join(''), /anne|example\.net|User unknown|\+[\da-v]{45}|another|a secret/i)
})
