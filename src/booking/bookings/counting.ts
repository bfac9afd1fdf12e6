import type { FastifyInstance } from 'fastify'
import { Counter } from 'prom-client'
import type { Registry } from 'prom-client'

const route = '/activities/:slug/book'

/** What became of a form, by the status that answers it; a form that is shown again answers 200 or 400. */
function outcomeOf (status: number): string {
  if (status === 303) return 'received'
  if (status === 429) return 'limited'
  if (status >= 500) return 'failed'
  return status === 409 || status === 404 ? 'refused' : 'asked-again'
}

/**
 * Counts how booking forms are answered. Whether a place or a turn on the list followed is not told apart: the answer
 * does not tell either.
 */
export function countForms (app: FastifyInstance, registry: Registry): void {
  const forms = new Counter({
    name: 'placekeeper_booking_forms_total',
    help: 'Booking forms by what became of them',
    labelNames: ['outcome'],
    registers: [registry]
  })
  for (const outcome of ['received', 'refused', 'asked-again', 'limited', 'failed', 'abandoned']) forms.inc({ outcome }, 0)
  app.addHook('onResponse', async ({ method, routeOptions: { url } }, { statusCode }) => {
    if (method === 'POST' && url === route) forms.inc({ outcome: outcomeOf(statusCode) })
  })
  app.addHook('onRequestAbort', async ({ method, routeOptions: { url } }) => {
    if (method === 'POST' && url === route) forms.inc({ outcome: 'abandoned' })
  })
}
