import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/**
 * What every answer carries. The hash allows the one inline script of GOV.UK's template, which tells
 * styles that scripts run. `no-store` keeps pages out of caches on disk and on the way, unless their route says
 * otherwise; it does not decide what Back shows after "Exit this page".
 * Referrers stay within the service, because addresses carry tokens; a policy of `no-referrer` would make browsers send
 * `Origin: null` with our own forms.
 */
export const headers = {
  'content-security-policy': [
    "default-src 'none'", "script-src 'self' 'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='",
    "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "form-action 'self'",
    "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"
  ].join('; '),
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cache-control': 'no-store'
} as const

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Sets the headers on every answer and rejects forms that another website sends.
 *
 * Public forms carry no token: nothing that a browser adds by itself gives them any authority, so a foreign page could
 * do no more with them than a stranger with a form of their own. The check protects requests that carry a cookie, and
 * costs the rest nothing.
 */
export const security = fp(async app => {
  const ownOrigin = new URL(app.publicUrl).origin

  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers)
    if (safeMethods.has(request.method) || comesFromHere(request, ownOrigin)) done()
    else done(app.httpErrors.forbidden())
  })
}, { name: 'security', dependencies: ['service', '@fastify/sensible'] })

/**
 * Browsers that send Sec-Fetch-Site are believed; others send Origin with a form. A client that sends neither is not a
 * browser, and no one's cookies come with it.
 */
function comesFromHere ({ headers, host, protocol }: FastifyRequest, ownOrigin: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = headers
  return origin === undefined || origin === ownOrigin || origin === `${protocol}://${host}`
}
