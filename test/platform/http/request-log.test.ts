import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { pino } from 'pino'
import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { hashOf } from '../../../src/identity/staff/token.ts'
import { feedPath, newFeedToken } from '../../../src/mail/agency-feeds/token.ts'
import { Prisma } from '../../../src/platform/database/generated/client.ts'
import { serializers } from '../../../src/platform/http/request-log.ts'
import { faultInLog } from '../../../src/platform/log.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { aForm, links, partsOf, post } from '../../support/service.ts'
import { anActivity, noon, secretKey, world } from '../../support/world.ts'

const joinUrl = 'https://teams.microsoft.com/meet/123456789?p=secret'

t.test('the log of a whole journey names nobody and opens nothing', async t => {
  const its = await world(t)
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: line => { lines.push(line) } })
  const app = await buildApp({ ...partsOf(its), log })
  t.teardown(async () => { await app.close() })
  const joinUrlSealed = joinLinkSeal(secretKey).close(joinUrl)
  const { slug } = await anActivity(its.db, { joinUrlSealed, placesPerBooking: 2 })
  const headers = { 'user-agent': 'AnnesPhone/1.0', referer: 'https://workshops.example.org/bookings/tokenInReferer' }
  const form = aForm('anne.kirkbride@example.org', { phone: '07700900982', question: 'Anne’s question', access_needs: 'Captions' })

  await app.inject({ url: `/activities/${slug}/book?email=anne.kirkbride@example.org`, headers, remoteAddress: '192.0.2.77' })
  await post(app, `/activities/${slug}/book`, form, headers)
  await post(app, `/activities/${slug}/book`, { ...form, name: '' }, headers)
  await post(app, '/find-my-booking', { email: 'anne.kirkbride@example.org' }, headers)
  const { id } = await its.db.booking.findFirstOrThrow()
  const token = links.tokenOf(id)
  for (const path of ['', '/cancellation', '/invitation.ics', '/nothing']) await app.inject({ url: `/bookings/${token}${path}`, headers })
  await post(app, `/bookings/${token}/places`, { places: '9' }, headers)
  await post(app, `/bookings/${token}/places`, { places: '2' }, headers)
  await post(app, `/bookings/${token}/cancellation`, {}, headers)
  await app.inject(`/bookings/${token}%zz`)
  const feedToken = newFeedToken()
  await its.db.agencyFeed.create({
    data: { id: randomUUID(), name: 'Comms team’s Outlook', tokenHash: hashOf(feedToken), madeAt: noon.toJSDate() }
  })
  for (const url of [feedPath(feedToken), `${feedPath(feedToken)}%zz`, feedPath(`${feedToken}x`)]) await app.inject({ url, headers })

  const written = lines.join('')
  t.match(written, '"route":"/bookings/:token"')
  t.match(written, '"route":"/activities/:slug/book"')
  t.match(written, '"route":"/feeds/:token.ics"')
  for (const secret of [
    'kirkbride', 'anne', 'example.org', '07700900982', 'question', 'captions', token.slice(0, 20), token.slice(-20),
    'tokenInReferer', '192.0.2.77', '127.0.0.1', 'teams.microsoft', 'p=secret', form.submission ?? 'no submission', feedToken
  ]) {
    t.notOk(written.toLowerCase().includes(secret.toLowerCase()), secret)
  }
})

t.test('a request is one line: method, route, status, time and its reference', async t => {
  const its = await world(t)
  const lines: Array<Record<string, unknown>> = []
  const app = await buildApp({ ...partsOf(its), log: pino({ level: 'info' }, { write: line => { lines.push(JSON.parse(line)) } }) })
  t.teardown(async () => { await app.close() })
  await app.ready()

  await app.inject('/help')
  await app.inject('/health/live')

  t.equal(lines.length, 1)
  t.match(lines[0], { msg: 'answered', method: 'GET', route: '/help', status: 200, ms: Number, reqId: String })
})

t.test('a fault of Prisma’s is logged without the query that it quotes', async t => {
  const fault = new Prisma.PrismaClientValidationError('Invalid `create()`: name: "Anne"', { clientVersion: '7' })

  const written = JSON.stringify(faultInLog(fault))

  t.match(written, 'PrismaClientValidationError')
  t.match(written, 'request-log.test.ts')
  t.notMatch(written, 'Anne')
})

t.test('a request that a plugin logs whole is its method and route', async t => {
  const request = { method: 'GET', url: '/bookings/secret', ip: '192.0.2.1', routeOptions: { url: '/bookings/:token' } }

  t.strictSame(serializers.req(request as unknown as FastifyRequest), { method: 'GET', route: '/bookings/:token' })
})

t.test('what is thrown and is no error is still a line', async t => {
  t.strictSame(faultInLog('Anne'), { type: 'string' })
})
