import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t from 'tap'
import { aReport } from '../support/bounces.ts'
import { changesOf } from '../support/changes.ts'
import { formsOn } from '../support/filled-in.ts'
import { aPdf } from '../support/resources.ts'
import type { Route } from '../support/routes.ts'
import { aStory } from '../support/scenarios.ts'
import { asDownloaded, rowsOf } from '../support/teams-reports.ts'
import { noon } from '../support/world.ts'
import { aService, peopleAt } from './asked.ts'
import type { Who } from './asked.ts'
import { fuzzAsync, runsOf, seed, shares, soonDone } from './fuzzing.ts'
import type { Pairs } from './fuzzing.ts'
import { bodyTypes, encoded, requestsTo } from './odd-requests.ts'
import type { BodyType, Odd } from './odd-requests.ts'
import { id } from './usual.ts'

t.comment(`FUZZ_SEED=${seed}`)

/** Tables of counts of what was refused. */
const counts = new Set(['trapped_forms'])

const people = [{ name: 'Anne Kirkbride', joins: [[1, 20]] as Array<[number, number]> }]
const files = [
  Buffer.from(asDownloaded(rowsOf('summary and list', { people, startsAt: noon }))),
  Buffer.from('campaign,title,kind,starts\nweek,A stall,stall,2026-12-12\n'), Buffer.from(aStory), Buffer.from(aPdf)
]
const mails = [await aReport('dma', { emailId: id }), await aReport('complaint', { emailId: id })]

/** What a service tells its tests: what a page reads of its address, and what went wrong inside. */
async function listening<T> (build: () => Promise<T>): Promise<T & { asked: Set<string>, faults: Error[] }> {
  const [asked, faults] = [new Set<string>(), [] as Error[]]
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onError', async (_, __, error) => { faults.push(error) })
    fastify.addHook('preHandler', async request => {
      request.query = new Proxy(request.query as object, {
        get (query, name, receiver) {
          if (typeof name === 'string') asked.add(name)
          return Reflect.get(query, name, receiver) as unknown
        }
      })
    })
  }
  subscribe('fastify.initialization', listen)
  const built = await build().finally(() => { unsubscribe('fastify.initialization', listen) })
  return { ...built, asked, faults }
}

t.test('whatever is asked or sent, nothing fails, nothing takes long, and an error changes nothing', async t => {
  const service = await listening(async () => await aService(t))
  const { app, routes, cookies, rightFor, tokens, asked, faults } = service
  const { undone } = await changesOf(t, service)

  const meant: Route[] = [
    ...routes.filter(({ method }) => method !== 'HEAD'),
    ...['/nowhere', '/staff/nowhere'].map(url => ({ method: 'POST', url, permission: undefined, isTaken: () => true }))
  ]
  const { names, fields, drawn } = await learn()
  const runs = runsOf('requests', meant.length)
  let given = 0
  for (const { method, url, isTaken } of meant) {
    const { fields: itsFields = fields.get(url) ?? [], ...right } = rightFor(url)
    const takes = (Object.keys(bodyTypes) as BodyType[]).filter(type => isTaken(bodyTypes[type]))
    const known = {
      method, url, ...right, names: names.get(url) ?? [], fields: itsFields, takes, people: peopleAt(url)
    }
    const rightly = (who: Who): Odd<Who> => ({
      who,
      method,
      url: right.query.length === 0 ? right.address : `${right.address}?${encoded(right.query)}`,
      headers: {
        cookie: cookies[who], 'sec-fetch-site': 'same-origin', 'content-type': bodyTypes.form, ...right.headers
      },
      payload: method === 'POST' ? Buffer.from(encoded(itsFields)) : undefined
    })
    const odd = requestsTo(known, { cookies, tokens, files, mails })
    const { failure, given: more } = await fuzzAsync(drawn.has(url) ? Math.ceil(runs / 4) : runs, odd, send, {
      name: `${method} ${url}`, first: [rightly('nobody'), rightly('admin')]
    })
    given += more
    if (failure !== undefined) t.fail(`${method} ${url}: ${failure}`)
  }
  t.ok(given >= shares.requests, `${given} were given`)

  /** What pages read of their addresses, the fields of their forms, and what is drawn or printed, which takes long. */
  async function learn () {
    const names = new Map<string, string[]>()
    const fields = new Map<string, Pairs>()
    const drawn = new Set<string>()
    for (const { url } of meant.filter(({ method }) => method === 'GET')) {
      const { address, headers: itsHeaders } = rightFor(url)
      asked.clear()
      const cookie = cookies[url.startsWith('/staff') ? 'admin' : 'nobody']
      const { body, headers } = await app.inject({ url: address, headers: { cookie, ...itsHeaders } })
      names.set(url, [...asked])
      if (/pdf|png|sheet/.test(String(headers['content-type']))) drawn.add(url)
      for (const form of formsOn(body, address)) {
        const posted = meant.find(({ method, url }) => method === 'POST' && rightFor(url).address === form.action)
        if (posted !== undefined) fields.set(posted.url, form.fields)
      }
    }
    await undone()
    return { names, fields, drawn }
  }

  async function send ({ method, url, headers, payload }: Odd<Who>): Promise<void> {
    faults.length = 0
    const { statusCode } = await soonDone(async () => await app.inject({
      method, url, headers, ...payload !== undefined && { payload }
    } as InjectOptions))
    const changed = (await undone()).filter(name => !counts.has(name))
    const isBusy = statusCode === 503 && url.startsWith('/health/ready')
    if (statusCode >= 500 && !isBusy) throw new Error(`It is answered with ${statusCode}.`, { cause: faults[0] })
    if (statusCode < 400 || changed.length === 0) return
    throw new Error(`It is answered with ${statusCode}, and changes ${changed.join(', ')}.`)
  }
})
