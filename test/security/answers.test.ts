import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { addressOf, everything } from '../support/everything.ts'
import { staffRoutes, withItsRoutes } from '../support/routes.ts'
import { aForm, linksToEntries, partsOf, post, service } from '../support/service.ts'
import { setCookies, signedIn } from '../support/staff.ts'
import { anActivity, world } from '../support/world.ts'

t.test('every answer, whatever it is, says what it is, and lets no other website use it', async t => {
  const its = await world(t)
  const all = await everything(its.db)
  const { app, routes } = await withItsRoutes(async () => await buildApp(partsOf(its)))
  t.teardown(async () => { await app.close() })
  const { headers: admin } = await signedIn(app, its.db, { role: 'admin' })
  const ofStaff = new Set(staffRoutes(routes))
  const types = new Map<string, number>()

  for (const route of routes.filter(({ method, url }) => method === 'GET' && !url.includes('*'))) {
    const isOfStaff = ofStaff.has(route)
    const token = linksToEntries.own.tokenOf({ id: all.entry, version: 0 })
    const url = isOfStaff
      ? addressOf(route.url, all)
      : route.url.replace(':slug', all.activity.slug).replaceAll(/:\w+/g, token)
    const { statusCode, headers, rawPayload } = await app.inject({ url, ...(isOfStaff && { headers: admin }) })
    const [type = '', ...parameters] = String(headers['content-type'] ?? '').split('; ')
    if (rawPayload.length > 0) {
      t.ok(type, `${route.url} (${statusCode}) says what it is`)
      types.set(type, (types.get(type) ?? 0) + 1)
    }
    if (/^text\/|[/+]xml$|json$/.test(type)) t.match(parameters.at(-1), /^charset=utf-8$/i, `${route.url} says its characters`)
    const policy = String(headers['content-security-policy'])
    for (const part of ["default-src 'none'", "object-src 'none'", "base-uri 'none'"]) t.match(policy, part, route.url)
    t.match(policy, /frame-ancestors '(none|self)'/, route.url)
    t.notMatch(policy, /unsafe-|\*/, route.url)
    t.equal(headers['x-content-type-options'], 'nosniff', route.url)
    t.match(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains', route.url)
    t.equal(headers['cross-origin-resource-policy'], 'same-origin', route.url)
    t.notOk(Object.keys(headers).some(name => name.startsWith('access-control-')), `${route.url} is for no other website`)
    t.notOk(headers.server ?? headers['x-powered-by'], route.url)
    if (/pdf|zip|csv|spreadsheet|json/.test(type) && statusCode === 200 && !/^\/(health|campaigns|activities)/.test(route.url)) {
      t.match(headers['content-disposition'], /^attachment; filename="[\w.-]+"$/, `${route.url} is saved under a plain name`)
    }
    if (isOfStaff) t.equal(headers['cache-control'], 'no-store', route.url)
  }
  t.ok((types.get('text/html') ?? 0) > 100, JSON.stringify([...types]))
})

t.test('every cookie is for this host and for https alone, and no script reads it', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const { headers } = await signedIn(app, db)
  const again = await post(app, '/staff/again/letter?to=%2Fstaff%2Faccount', {}, headers)

  const set = [
    again, await post(app, '/staff/sign-in', { email: 'olu@council.example' }), await post(app, '/staff/sign-out', {}, headers),
    await post(app, `/activities/${slug}/book`, aForm('anne@example.org'))
  ].flatMap(setCookies)

  t.ok(set.length >= 5, `${set.length} cookies`)
  for (const cookie of set) {
    t.match(cookie, /^(?:__Host-[\w-]+=[^;]*; (?:.*; )?Path=\/|__Secure-typed-address=[^;]*; (?:.*; )?Path=\/activities\/[\w-]+\/booked); (?:.*; )?HttpOnly; Secure; SameSite=(Lax|Strict)$/)
  }
})

t.test('no cookie tells what someone typed', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)

  const [cookie = ''] = setCookies(await post(app, `/activities/${slug}/book`, aForm('anne@example.org')))

  t.match(cookie, 'typed-address=')
  const [, value = ''] = cookie.split(/[=;]/)
  for (const encoding of ['base64url', 'hex'] as const) t.notMatch(Buffer.from(value, encoding).toString('latin1'), /anne|example/i)
  t.notMatch(cookie, /anne|example/i)
})

t.test('signing out tells the browser to forget what it has shown', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  const answer = await post(app, '/staff/sign-out', {}, headers)

  t.equal(answer.headers['clear-site-data'], '"cache", "storage"')
})
