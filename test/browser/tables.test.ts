import t from 'tap'
import { aWeek } from '../office/board/week.ts'
import { addressOf, everything, giveTheirs } from '../support/everything.ts'
import { staffRoutes, withItsRoutes } from '../support/routes.ts'
import { withBrowser } from './chromium.ts'
import { aSite } from './site.ts'
import type { Site } from './site.ts'
import { faultsOfTables } from './words.ts'

const claim = 'no table of the service breaks a word or runs out of its box, on screens or on paper'

t.test(claim, withBrowser, async t => {
  let site: Site | undefined
  const { app, routes } = await withItsRoutes(async () => (site = await aSite(t)).app)
  if (site === undefined) throw new Error('There is no service.')
  const all = await everything(site.db)
  await aWeek(site.db)
  const { page, member } = await site.staffAt({}, { role: 'admin' })
  await giveTheirs(site.db, all, member)
  const headers = { cookie: (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ') }
  const addresses = [
    ...staffRoutes(routes).filter(({ method }) => method === 'GET').map(({ url }) => addressOf(url, all)),
    '/cookies', '/campaigns/know-who?view=timetable', '/campaigns/know-who?view=overview',
    ...['clashes', 'report', 'outcomes', 'board'].map(name => `/staff/campaigns/know-who/${name}`)
  ]
  const seen: string[] = []
  for (const address of addresses) {
    const { body, headers: { 'content-type': type } } = await app.inject({ url: address, headers })
    if (!String(type).startsWith('text/html') || !body.includes('<table')) continue
    seen.push(address)
    await page.goto(site.origin + address)
    t.strictSame(await faultsOfTables(page), [], address)
  }
  t.ok(seen.length > 14, `${seen.length} pages have tables`)
})
