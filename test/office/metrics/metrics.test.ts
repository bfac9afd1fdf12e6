import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import parsePrometheus from 'parse-prometheus-text-format'
import { pino } from 'pino'
import t from 'tap'
import { parse } from 'yaml'
import { buildApp, buildWorkerApp } from '../../../src/app.ts'
import { connect } from '../../../src/platform/database/connect.ts'
import { anEmail } from '../../support/email-context.ts'
import { partsOf, post, service } from '../../support/service.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

type Sample = ReturnType<typeof parsePrometheus>[number]['metrics'][number]

/** Figures by name, as a parser reads them that is not ours. */
function figuresOf (text: string): Map<string, Sample[]> {
  return new Map(parsePrometheus(text).map(({ name, metrics }) => [name, metrics]))
}

const valueOf = (figures: Map<string, Sample[]>, name: string, labels?: Record<string, string>) =>
  Number(figures.get(name)?.find(sample =>
    Object.entries(labels ?? {}).every(([label, value]) => sample.labels?.[label] === value))?.value)

t.test('figures tell what was booked, what waits and what is owed, and name nobody', async t => {
  const { app, db } = await service(t, { dataDir: import.meta.dirname })
  const { id, slug } = await anActivity(db, { capacity: 5 })
  const aMinuteAgo = noon.minus({ minutes: 1 }).toJSDate()
  const { id: booking } = await aBooking(db, id, { places: 2, changedAt: aMinuteAgo })
  await aBooking(db, id, { status: 'waiting' })
  await anEmail(db, booking, { createdAt: aMinuteAgo, sentAt: noon.minus({ seconds: 55 }).toJSDate() })
  await anEmail(db, booking, { kind: 'booking-changed', status: 'queued', createdAt: aMinuteAgo })
  const { statusCode } = await post(app, `/activities/${slug}/book`, { name: 'Anne', email: 'anne@example.org', role: 'wrong' })
  t.equal(statusCode, 400)
  t.equal((await app.inject('/activities/there-is-none')).statusCode, 404)

  const answer = await app.inject('/metrics')
  const figures = figuresOf(answer.body)

  t.match(answer.headers['content-type'], 'text/plain; version=0.0.4')
  t.equal(valueOf(figures, 'placekeeper_places_confirmed'), 2)
  t.equal(valueOf(figures, 'placekeeper_waiting_bookings'), 1)
  t.equal(valueOf(figures, 'placekeeper_emails_queued'), 1)
  t.equal(valueOf(figures, 'placekeeper_emails_oldest_seconds'), 60)
  t.equal(valueOf(figures, 'placekeeper_emails_prompt_ratio'), 0.5)
  t.equal(valueOf(figures, 'placekeeper_database_up'), 1)
  t.equal(valueOf(figures, 'placekeeper_booking_forms_total', { outcome: 'asked-again' }), 1)
  t.equal(valueOf(figures, 'placekeeper_refusals_total', { refusal: 'activity-not-found' }), 1)
  t.equal(valueOf(figures, 'placekeeper_database_requests_waiting'), 0)
  t.ok(valueOf(figures, 'placekeeper_disk_free_ratio') <= 1)
  t.match(answer.body, 'placekeeper_http_request_seconds_count{method="POST",route="/activities/:slug/book",status="4xx"} 1')
  t.notMatch(answer.body, new RegExp(`${slug}|${id}|anne@`))
})

t.test('only this machine reads figures, and who shows the token', async t => {
  const metricsToken = 'a-token-that-nobody-guesses'
  const { app } = await service(t, { metricsToken })
  const ask = async (remoteAddress: string, headers: Record<string, string> = {}) =>
    (await app.inject({ url: '/metrics', remoteAddress, headers })).statusCode

  t.equal(await ask('127.0.0.1'), 200)
  t.equal(await ask('::1'), 200)
  t.equal(await ask('10.0.0.9'), 403)
  t.equal(await ask('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }), 403, 'a proxy on this machine hands it over')
  t.equal(await ask('10.0.0.9', { authorization: `Bearer ${metricsToken}` }), 200)
  t.equal(await ask('10.0.0.9', { authorization: 'Bearer another' }), 403)

  const { app: without } = await service(t)
  const asked = await without.inject({ url: '/metrics', remoteAddress: '10.0.0.9', headers: { authorization: 'Bearer undefined' } })
  t.equal(asked.statusCode, 403, 'where there is no token, none is right')
})

t.test('a worker gives figures too; without a database it says that there is none', async t => {
  const its = await world(t)
  const log = pino({ level: 'silent' })
  const worker = await buildWorkerApp({ ...partsOf(its), log })
  t.teardown(async () => { await worker.close() })
  t.equal(valueOf(figuresOf((await worker.inject('/metrics')).body), 'placekeeper_database_up'), 1)

  const db = connect('postgres://nobody@127.0.0.1:1/nothing')
  const alone = await buildApp(partsOf({ ...its, db }))
  t.teardown(async () => { await alone.close() })
  const figures = figuresOf((await alone.inject('/metrics')).body)
  t.equal(valueOf(figures, 'placekeeper_database_up'), 0)
  t.strictSame(figures.get('placekeeper_places_confirmed') ?? [], [])
})

interface Rule { alert: string, expr: string, annotations: { summary: string, do: string } }

t.test('every alert asks for figures that there are, and says what to do', async t => {
  const { app } = await service(t, { dataDir: import.meta.dirname })
  const names = new Set(figuresOf((await app.inject('/metrics')).body).keys())
  const file = await readFile(join(import.meta.dirname, '../../../docs/run/alerts.yml'), 'utf8')
  const { groups } = parse(file) as { groups: Array<{ rules: Rule[] }> }
  const rules = groups.flatMap(({ rules }) => rules)

  t.ok(rules.length >= 10)
  for (const { alert, expr, annotations } of rules) {
    const asked = [...expr.matchAll(/placekeeper_[a-z_]+/g)].map(([name]) => name.replace(/_seconds_(bucket|count)$/, '_seconds'))
    t.strictSame(asked.filter(name => !names.has(name)), [], alert)
    t.match(annotations, { summary: /\.$/, do: /\.$/ }, alert)
  }
})
