import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { AppParts } from '../../src/app/app-parts.ts'
import { formRateLimit } from '../../src/platform/http/limits.ts'
import { faultInLog } from '../../src/platform/log.ts'
import { partsOf, post } from '../support/service.ts'
import { aLink, aStaffMember, setCookies, signedIn } from '../support/staff.ts'
import { noon, world } from '../support/world.ts'

/** The service, and the lines that it has logged since. */
async function logged (t: Test, given: Partial<AppParts> = {}) {
  const its = await world(t)
  const lines: Array<Record<string, unknown>> = []
  const log = pino({ level: 'info' }, { write: line => { lines.push(JSON.parse(line)) } })
  const app = await buildApp({ ...partsOf(its), log, ...given })
  t.teardown(async () => { await app.close() })
  await app.ready()
  return { ...its, app, last: () => lines.splice(0) }
}

t.test('every try to sign in that fails is a line: when, where and what came of it', async t => {
  const { app, db, last } = await logged(t)
  const member = await aStaffMember(db)
  const link = await aLink(db, member)
  await post(app, link, {})
  const [browser = ''] = setCookies(await post(app, '/staff/sign-in', { email: member.email }))
  last()

  await post(app, link, {})
  await post(app, '/staff/sign-in/made-up', {})
  await post(app, '/staff/sign-in/code', { code: '123456' }, { cookie: browser.split(';')[0] ?? '' })
  await post(app, '/staff/sign-in/code', { code: '123456' })

  t.match(last(), [
    { method: 'POST', route: '/staff/sign-in/:token', status: 410, time: Number, reqId: String },
    { route: '/staff/sign-in/:token', status: 410 },
    { route: '/staff/sign-in/code', status: 409 }, { route: '/staff/sign-in/code', status: 409 }
  ])
})

t.test('whoever is signed in and refused is in the log by their id, and nobody else is', async t => {
  const { app, db, last } = await logged(t)
  const { headers, member } = await signedIn(app, db, { role: 'host', name: 'Olu Organiser' })
  last()

  t.equal((await app.inject({ url: '/staff/audit', headers })).statusCode, 403)
  t.match(last(), [{ route: '/staff/audit', status: 403, who: member.id }])

  t.equal((await app.inject({ url: '/staff/activities/none-such', headers })).statusCode, 404)
  t.match(last(), [{ status: 404, who: member.id }])

  await app.inject({ url: '/staff/account', headers })
  await app.inject('/staff/audit')
  await app.inject({ url: '/nothing', headers })
  for (const line of last()) t.equal(line.who, undefined, String(line.route))
})

t.test('what is refused is a line, whichever guard refused it', async t => {
  const { app, last } = await logged(t, { rateLimits: true })
  const url = '/find-my-booking'

  await post(app, url, { email: 'no address' })
  await post(app, url, { email: 'anne@example.org' }, { 'sec-fetch-site': 'cross-site' })
  await app.inject({ method: 'DELETE', url })
  await app.inject({ method: 'POST', url, payload: { email: 'anne@example.org' } })
  await post(app, url, { email: 'x'.repeat(40_000) })
  t.match(last().map(({ status }) => status), [400, 403, 405, 415, 413])
  for (let n = 0; n <= formRateLimit.max; n++) await post(app, url, {})
  t.match(last().at(-1), { route: url, status: 429 })
})

t.test('nothing that someone sends begins a line of the log, and each says when in UTC', async t => {
  const { app, last } = await logged(t)
  const before = Date.now()
  const forged = '\n{"level":30,"msg":"answered","who":"admin"}'

  await app.inject({ url: `/help?x=${encodeURIComponent(forged)}`, headers: { 'user-agent': forged.trim() } })
  const lines: string[] = []
  pino({ serializers: { err: faultInLog } }, { write: line => { lines.push(line) } }).error({ err: new Error(forged) }, 'fault')

  const [line = {}, ...more] = last()
  t.strictSame(more, [])
  t.match(line, { route: '/help', status: 200 })
  t.ok(Number(line.time) >= before && Number(line.time) <= Date.now(), 'milliseconds since 1970 in UTC')
  t.equal(lines.length, 1)
  t.equal(lines[0]?.trimEnd().split('\n').length, 1, 'a fault is one line too')
})

t.test('the audit trail keeps instants, whatever the zone of whoever reads it', async t => {
  const { app, db } = await logged(t)
  await signedIn(app, db)

  const [row] = await db.$queryRaw<Array<{ type: string }>>`
    SELECT data_type AS type FROM information_schema.columns WHERE table_name = 'audit_entries' AND column_name = 'at'`

  t.equal(row?.type, 'timestamp with time zone')
  t.strictSame((await db.auditEntry.findFirst())?.at, noon.toJSDate())
})
