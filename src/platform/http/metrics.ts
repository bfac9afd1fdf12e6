import { createHash, timingSafeEqual } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { countWaiting } from '../database/connect.ts'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface MetricsParts {
  /** Who shows it may ask from anywhere; undefined: only this machine may. */
  token?: string | undefined
  /** Adds what the parts of the service measure. */
  measure?: ((registry: Registry) => void) | undefined
}

declare module 'fastify' {
  interface FastifyReply {
    /** The name of the rule that refused what was asked, if one did. */
    refusal: string | undefined
  }
}

/** In seconds: what people do not notice, what they do, and what the service gives up. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]

/**
 * Figures for Prometheus at `/metrics`: how requests are answered, by the pattern of their route and never by their
 * address, which carries tokens; how busy the process is; and what the parts measure. Each app has a registry of its
 * own: several in one process do not share figures.
 */
export const metrics = fp<MetricsParts>(async (app, { token, measure }) => {
  const registry = new Registry()
  const answered = new Histogram({
    name: 'placekeeper_http_request_seconds',
    help: 'How long requests took until they were answered, by route and class of status',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [registry]
  })
  app.addHook('onResponse', async ({ method, routeOptions: { url, config } }, { statusCode, elapsedTime }) => {
    if (config.quiet === true) return
    // Methods are whatever someone sends: those without a route are all one.
    const labels = url === undefined ? { method: '', route: '' } : { method, route: url }
    answered.observe({ ...labels, status: `${Math.floor(statusCode / 100)}xx` }, elapsedTime / 1000)
  })
  const refusals = new Counter({
    name: 'placekeeper_refusals_total',
    help: 'What was refused, by the rule that said no; limited: too much from one place',
    labelNames: ['refusal'],
    registers: [registry]
  })
  for (const refusal of ['overloaded', 'limited']) refusals.inc({ refusal }, 0)
  app.decorateReply('refusal', undefined)
  app.addHook('onResponse', async (_, { statusCode, refusal = statusCode === 429 ? 'limited' : undefined }) => {
    if (refusal !== undefined) refusals.inc({ refusal })
  })
  measureProcess(registry)
  measure?.(registry)

  app.get('/metrics', { config: { quiet: true } }, async (request, reply) => {
    if (!isOfThisMachine(request) && !showsToken(request, token)) return await reply.code(403).send({ status: 'refused' })
    return await reply.type(registry.contentType).header('cache-control', 'no-store').send(await registry.metrics())
  })

  function measureProcess (registry: Registry): void {
    const delay = monitorEventLoopDelay({ resolution: 20 })
    delay.enable()
    app.addHook('onClose', async () => { delay.disable() })
    const registers = [registry]
    new Gauge({
      name: 'placekeeper_event_loop_delay_seconds',
      help: 'How late the process came to what was next, since the last time it was asked: of 100 times, the second longest',
      registers,
      collect () {
        this.set(delay.percentile(99) / 1e9)
        delay.reset()
      }
    }).set(0)
    new Gauge({
      name: 'placekeeper_database_requests_waiting',
      help: 'Requests of this process that wait for a connection to the database',
      registers,
      collect () { this.set(countWaiting()) }
    }).set(0)
    new Gauge({
      name: 'placekeeper_memory_bytes',
      help: 'Memory that the process has',
      registers,
      collect () { this.set(process.memoryUsage.rss()) }
    }).set(0)
  }
}, { name: 'metrics' })

const forwarding = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']

/** A proxy on this machine hands over what others ask for. */
function isOfThisMachine ({ socket, headers }: FastifyRequest): boolean {
  const from = socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  return (from === '::1' || from.startsWith('127.')) && forwarding.every(name => headers[name] === undefined)
}

/** In the same time whatever is shown. */
function showsToken ({ headers }: FastifyRequest, token: string | undefined): boolean {
  const shown = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return token !== undefined && shown !== undefined && timingSafeEqual(hash(shown), hash(token))
}
