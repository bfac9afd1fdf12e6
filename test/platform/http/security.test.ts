import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { aForm, links, perceived, post, service } from '../../support/service.ts'
import { aBooking, anActivity } from '../../support/world.ts'

t.test('every answer carries the headers, whatever it is', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const token = links.tokenOf((await aBooking(db, id)).id)
  app.log.level = 'silent'
  const addresses = [
    '/', '/help', '/privacy', '/cookies', '/accessibility', '/exit', '/find-my-booking', '/find-my-booking/sent',
    `/activities/${slug}`, `/activities/${slug}/book`, `/activities/${slug}/booked`, `/bookings/${token}`,
    `/bookings/${token}/cancellation`, `/bookings/${token}/invitation.ics`, '/bookings/forged', '/staff', '/staff/sign-in',
    '/nothing', '/%zz', `/activities/${'x'.repeat(300)}`, '/health/live', '/health/ready', `${app.assets}/placekeeper.css`
  ]

  for (const url of addresses) {
    for (const method of ['GET', 'POST', 'PUT', 'TRACE'] as const) {
      const { headers, statusCode } = await app.inject({ method, url })
      const name = `${method} ${url.slice(0, 40)} (${statusCode})`
      t.match(headers['content-security-policy'], "default-src 'none'; script-src 'self' 'sha256-", name)
      t.match(headers['content-security-policy'], "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'", name)
      t.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains', name)
      t.equal(headers['x-content-type-options'], 'nosniff', name)
      t.equal(headers['referrer-policy'], 'same-origin', name)
      t.equal(headers['cross-origin-opener-policy'], 'same-origin', name)
      t.ok(headers['permissions-policy'], name)
      t.equal(headers['x-powered-by'], undefined, name)
      if (!url.startsWith('/assets') || method !== 'GET') t.equal(headers['cache-control'], 'no-store', name)
      if (!url.startsWith('/staff')) t.equal(headers['set-cookie'], undefined, name)
    }
  }
})

t.test('the policy allows the one script inside the pages and no other', async t => {
  const { app } = await service(t)
  const { body, headers } = await app.inject('/')

  const inside = [...body.matchAll(/<script(?![^>]* src=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script)

  t.equal(inside.length, 1)
  const hash = createHash('sha256').update(inside[0] ?? '').digest('base64')
  t.match(headers['content-security-policy'], `'sha256-${hash}'`)
  t.notMatch(body, / (?:style|on\w+)="/)
})

t.test('a form that another website sends is turned away', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const url = `/activities/${slug}/book`
  const foreign: Array<Record<string, string>> = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '', origin: 'https://workshops.example.org' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://workshops.example.org' }
  ]

  for (const headers of foreign) {
    const answer = await post(app, url, aForm('anne@example.org'), headers)
    t.equal(answer.statusCode, 403)
    t.equal(perceived(answer).h1, 'This form was sent from another website')
  }
  for (const origin of ['https://evil.example', 'null', 'https://workshops.example.org.evil.example', 'http://workshops.example.org']) {
    const answer = await app.inject({ method: 'POST', url, headers: { origin } })
    t.equal(answer.statusCode, 403, origin)
  }
  t.equal(await db.booking.count(), 0)
})

t.test('our own form, and what is not a browser, are let in', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const content = { 'content-type': 'application/x-www-form-urlencoded' }
  const own: Array<Record<string, string>> = [
    { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }, { origin: 'https://workshops.example.org' },
    { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }, {}
  ]

  for (const [n, headers] of own.entries()) {
    const answer = await app.inject({
      method: 'POST', url: `/activities/${slug}/book`, headers: { ...content, ...headers }, payload: new URLSearchParams(aForm(`a${n}@example.org`)).toString()
    })
    t.equal(answer.statusCode, 303)
  }
})

t.test('nothing of GOV.UK’s brand is in what we serve', async t => {
  const { app } = await service(t)
  const css = await readFile(new URL('../../../src/platform/http/public/placekeeper.css', import.meta.url), 'utf8')

  for (const text of [css, (await app.inject('/')).body, (await app.inject('/help')).body]) {
    t.notMatch(text, /GDS Transport|govuk-footer__crown|GOV\.UK|crown|\/fonts\//)
  }
})
