// Subject: the database.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import fc from 'fast-check'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { bounceAddress, returnPathOf } from '../support/bounces.ts'
import { fingerprints } from '../support/changes.ts'
import { addressOf, everything, giveTheirs } from '../support/everything.ts'
import type { Everything } from '../support/everything.ts'
import { formsOn } from '../support/filled-in.ts'
import { withItsRoutes } from '../support/routes.ts'
import type { Route } from '../support/routes.ts'
import {
  aForm, links, linksToCoHost, linksToCopies, linksToEntries, linksToOutcomes, linksToResources, noReports, partsOf,
  personalLinks
} from '../support/service.ts'
import { signedIn } from '../support/staff.ts'
import { world } from '../support/world.ts'
import { fuzzAsync, oddForms, oddTexts, oddities, runsOf, seed, shares, soonDone } from './fuzzing.ts'
import type { Pairs } from './fuzzing.ts'
import { id } from './usual.ts'

t.comment(`FUZZ_SEED=${seed}`)

const secret = 'a secret for bounces that is long enough'

/** One request, as far as it is not what a browser would send. */
interface Odd { parameters: string[], query: Pairs, headers: Record<string, string>, body: Pairs | string }

const headers = fc.dictionary(fc.constantFrom(
  'accept', 'accept-language', 'content-type', 'cookie', 'host', 'if-none-match', 'if-modified-since', 'origin', 'range', 'referer', 'sec-fetch-site', 'user-agent',
  'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'authorization', 'x-http-method-override', 'accept-encoding', 'expect'
), fc.constantFrom(
  '', '*', '*/*;q=x', 'text/html', 'application/json', 'multipart/form-data', 'multipart/form-data; boundary=b', 'application/x-www-form-urlencoded; charset=utf-16', 'text/csv', 'null',
  'session=', '__Host-session=%00; session=x', 'a=b; a=c; =;', 'evil.example', 'localhost:99999', '[::1', '192.0.2.7, unknown', 'for="[2001:db8::1]"', 'https', 'cross-site', 'same-origin',
  '"x", W/"y"', 'bytes=0-0,99-', 'Thu, 99 Foo 2026', 'Bearer x', 'gzip;q=0', 'x'.repeat(4_000), 'caf\u00e9', '100-continue', 'de-DE-x-private,*;q=0'
), { maxKeys: 2 })

/** Requests to a route that are nearly those of a browser which has its page and its form open. */
function requestsTo (names: readonly string[], fields: Pairs, tokens: readonly string[]): fc.Arbitrary<Odd> {
  const value = fc.oneof(fc.constantFrom(...oddities), oddTexts(['2026-12-08', id, 'parents', ...tokens], 2_000))
  const seldom = <T>(of: fc.Arbitrary<T>, otherwise: T) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: of })
  return fc.record({
    parameters: seldom(fc.array(value, { minLength: 1, maxLength: 2 }), []),
    query: names.length === 0
      ? seldom(fc.array(fc.tuple(value, value), { maxLength: 2 }), [])
      : fc.array(fc.tuple(fc.constantFrom(...names), value), { minLength: 1, maxLength: 3 }),
    headers: seldom(headers, {}),
    body: fc.oneof({ weight: 8, arbitrary: oddForms(fc.constant(fields)) }, { weight: 1, arbitrary: value })
  })
}

/** Tables of counts of what was refused. */
const counts = new Set(['trapped_forms'])

/** After these the pages behind a sign-in would not be seen any more. */
const signsOut = /^\/staff\/(?:sign-out|sign-in|again|account)/

/** A link of each kind; what says no such thing is of a booking. */
function tokenFor (url: string, its: Everything): string {
  const version = 0
  if (url.startsWith('/join')) return personalLinks.tokenOf(its.booking)
  if (url.startsWith('/copies')) return linksToCopies.tokenOf({ id: its.request, version })
  if (url.startsWith('/co-hosting')) return linksToCoHost.tokenOf({ id: its.invitation, version })
  if (url.startsWith('/outcome')) return linksToOutcomes.tokenFor(its.activity.id, its.colleague.email)
  if (/^\/(entries|take-part)/.test(url)) return linksToEntries.own.tokenOf({ id: its.entry, version })
  if (url.startsWith('/resources')) return linksToResources.tokenOf({ id: its.resourceRequest, version })
  return links.tokenOf(its.booking)
}

/** The address of a route, with ids and links of what is there. */
function rightAddress (url: string, its: Everything): string {
  if (url.startsWith('/staff')) return addressOf(url, its)
  const slug = url.startsWith('/campaigns/') ? its.entryCampaign : url.startsWith('/scenarios/') ? its.scenario : its.activity.slug
  return url.replace(':slug', slug).replace(':campaign', its.campaign).replace(':step', 'friday').replaceAll(/:\w+/g, () => tokenFor(url, its))
}

function encoded (pairs: Pairs): string {
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()
}

/** The same with other parameters in the places of its own. */
function addressWith (url: string, right: string, { parameters, query }: Odd): string {
  const parts = right.split('/')
  const put = (n: number) => encodeURIComponent(parameters[n % parameters.length]?.toWellFormed() ?? '')
  const odd = parameters.length === 0
    ? right
    : url.split('/').map((part, n) => part.includes(':') ? put(n) : parts[n] ?? '').join('/')
  return query.length === 0 ? odd : `${odd}?${encoded(query)}`
}

/** Collects the names that a route reads of what its address asks for. */
function noteWhatIsRead (request: FastifyRequest, asked: Set<string>): void {
  request.query = new Proxy(request.query as object, {
    get (query, name, receiver) {
      if (typeof name === 'string') asked.add(name)
      return Reflect.get(query, name, receiver) as unknown
    }
  })
}

/** Fields that a form has which stands on no page of this service as it is here. */
const elsewhere: Record<string, Pairs> = {
  '/activities/:slug/book': Object.entries(aForm('anne@example.org', { submission: id })),
  '/bounces': [['mail', 'x']]
}

t.test('whatever is asked or sent, nothing fails, nothing takes long, and an error changes nothing', async t => {
  const its = await world(t)
  const there = await everything(its.db)
  await its.db.activity.update({ where: { id: there.activity.id }, data: { visibility: 'public' } })
  const asked = new Set<string>()
  const listen = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook('preHandler', async request => { noteWhatIsRead(request, asked) })
  }
  subscribe('fastify.initialization', listen)
  const { app, routes } = await withItsRoutes(async () => await buildApp({
    ...partsOf(its), makesMeetings: true, reports: noReports
  })).finally(() => { unsubscribe('fastify.initialization', listen) })
  t.teardown(async () => { await app.close() })
  const { headers: ofStaff, member } = await signedIn(app, its.db, { role: 'admin' })
  await giveTheirs(its.db, there, member)
  const fingerprint = await fingerprints(t, its)
  const tokens = [links.tokenOf(there.booking), returnPathOf(id, bounceAddress), secret]

  const meant = routes.filter(({ method, url }) =>
    !url.includes('*') && !url.startsWith('/assets/') && (method === 'GET' || (method === 'POST' && !signsOut.test(url))))
  const { names, fields } = await learn(meant)
  const runs = runsOf('requests', meant.length)
  let given = 0
  for (const route of meant) {
    const right = rightAddress(route.url, there)
    const form = fields.get(route.url) ?? elsewhere[route.url] ?? []
    const requests = requestsTo(names.get(route) ?? [], form, tokens)
    const { failure, given: more } = await fuzzAsync(runs, requests, async odd => { await send(route, right, odd) })
    given += more
    const empty = send(route, right, { parameters: [''], query: [], headers: {}, body: [] })
    await t.resolves(empty, `${route.method} ${route.url} with nothing where a name or an id belongs`)
    if (failure !== undefined) t.fail(`${route.method} ${route.url}: ${failure}`)
  }
  t.ok(given >= shares.requests, `${given} were given`)

  /** What pages read of their addresses, and which fields their forms have. */
  async function learn (visited: readonly Route[]) {
    const names = new Map<Route, string[]>()
    const fields = new Map<string, Pairs>()
    for (const route of visited.filter(({ method }) => method === 'GET')) {
      const url = rightAddress(route.url, there)
      asked.clear()
      const { body } = await app.inject({ url, headers: route.url.startsWith('/staff') ? ofStaff : {} })
      names.set(route, [...asked])
      for (const form of formsOn(body, url)) {
        const posted = visited.find(({ method, url }) => method === 'POST' && rightAddress(url, there) === form.action)
        if (posted !== undefined) fields.set(posted.url, form.fields)
      }
    }
    return { names, fields }
  }

  async function send ({ method, url }: Route, right: string, odd: Odd): Promise<void> {
    const before = await fingerprint()
    const payload = typeof odd.body === 'string' ? odd.body : encoded(odd.body)
    const answer = await soonDone(async () => await app.inject({
      method: method as 'GET' | 'POST',
      url: addressWith(url, right, odd),
      headers: {
        ...url.startsWith('/staff') ? ofStaff : {},
        ...method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
        ...odd.headers
      },
      ...method === 'POST' && { payload }
    }))
    if (answer.statusCode >= 500) throw new Error(`It is answered with ${answer.statusCode}.`)
    if (answer.statusCode < 400) return
    const after = await fingerprint()
    const changed = Object.keys(after).filter(name => after[name] !== before[name] && !counts.has(name))
    if (changed.length > 0) throw new Error(`It is answered with ${answer.statusCode}, and changes ${changed.join(', ')}.`)
  }
})
