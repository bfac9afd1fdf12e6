import { randomUUID } from 'node:crypto'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import readXlsxFile from 'read-excel-file/node'
import { buildApp } from '../src/app.ts'
import { openSnapshots } from '../src/platform/database/snapshots.ts'
import { hashOf } from '../src/identity/staff/token.ts'
import { newFeedToken } from '../src/mail/agency-feeds/token.ts'
import { aCoHost } from './support/co-hosts.ts'
import { isWhole } from './support/depth.ts'
import { addressOf, everything } from './support/everything.ts'
import type { Everything } from './support/everything.ts'
import { levels, ofLevel, people, wordOf } from './support/hidden.ts'
import type { Level, Person } from './support/hidden.ts'
import { linesOf } from './support/pdf.ts'
import { staffRoutes, withItsRoutes } from './support/routes.ts'
import type { Route } from './support/routes.ts'
import { countedQueries, partsOf, post } from './support/service.ts'
import { anAgency, signedIn } from './support/staff.ts'
import { aBooking, aCampaign, anActivity, noon, world } from './support/world.ts'
import type { World } from './support/world.ts'

/**
 * What is hidden shows nowhere. One activity of each kind has a word that stands nowhere else: in its title, texts,
 * venue, address, and in the names of those who book. Everything that can be reached is fetched as each of the people:
 * by links, by forms that search, and at every address that any page could have. What is new is fetched by itself.
 */

const slugOf = (level: Level) => `${wordOf(level)}-visit`
/** A campaign of its own. Staff who make activities choose among all, so its name is one that tells nothing. */
const campaignOf = (level: Level) => level === 'open' ? 'the-week' : `other-week-${levels.indexOf(level)}`

const site = 'https://workshops.example.org'

t.test('what is hidden shows nowhere, and nothing is different because it is there', async t => {
  const startedAt = Date.now()
  const its = await world(t)
  const { leading, takingPart, ...open } = await everything(its.db)
  const place = { leading, takingPart }
  const first = await makeOpen(its, open.activity.id)
  for (const level of levels.slice(1)) await aCampaign(its.db, { slug: campaignOf(level), title: 'Another week' })
  const { db, counted } = countedQueries(its.db)
  const { app, routes } = await withItsRoutes(async () =>
    await buildApp({ ...partsOf({ ...its, db }), snapshots: openSnapshots(its.url) }))
  t.teardown(async () => { await app.close() })
  const made = new Map<Level, Everything>([['open', { ...open, ...place, activity: first }]])
  const headersOf = await everyone(app, its, place)
  const before = new Map<Person, Map<string, Page>>()
  const feeds = await feedsOf(its, { ...place, another: headersOf.anotherId })
  // The day on which each was last used is on a page.
  for (const feed of Object.values(feeds)) await app.inject(feed)

  // Each is asked just before anything is made that they may not know of, and once more when all is there.
  for (const [who, adds] of [
    ['stranger', ['partners', 'embargoed']], ['another agency', ['agency', 'draft']],
    ['an agency that takes part', []], ['someone of the leading agency', []], ['the partnership', ['operational']]
  ] as const) {
    before.set(who, await crawl(app, routes, who, headersOf[who]))
    t.comment(`${who}: ${before.get(who)?.size} pages, ${Date.now() - startedAt} ms`)
    for (const level of adds) {
      made.set(level, { ...open, ...place, ...await make(its, level, place) })
      await addCoHost(its, made.get(level)?.activity.id ?? '', headersOf.coHosts[level])
    }
  }
  const operational = made.get('operational')?.activity.id ?? ''
  await its.db.namedPerson.create({ data: { activityId: operational, staffMemberId: headersOf.namedId } })

  const taken = new Set<string>()
  for (const who of Object.keys(people) as Person[]) {
    const pages = await crawl(app, routes, who, headersOf[who])
    t.comment(`${who}: ${pages.size} pages, ${Date.now() - startedAt} ms`)
    const files = await filesFor(app, routes, { ...open, ...place, activity: first, itsCampaign: campaignOf('open') }, who, headersOf[who])
    for (const { route } of files) taken.add(route)
    const lists = [...await foundBy(app, who, headersOf[who]), ...files.map(({ at, page }) => [at, page] as const)]
    t.comment(`${who}: ${files.length} files, ${Date.now() - startedAt} ms`)
    await t.test(`${who} reads of what they may, and of nothing else`, async t => {
      t.ok(pages.size > 10, `${pages.size} pages are reached`)
      const texts = [...pages, ...lists].map(([url, { text }]) => [url, text.toLowerCase()] as const)
      for (const level of levels) {
        const found = texts.filter(([url, text]) => tells(text, level, made.get(level)) && !url.includes(wordOf(level)))
        const may = (people[who] as readonly Level[]).includes(level)
        if (may) t.ok(found.length > 0, `${level} is on a page`)
        else t.strictSame(found.map(([url]) => url), [], `${level} is on no page`)
        const campaign = campaignOf(level)
        const named = texts.filter(([url, text]) => text.includes(campaign) && !url.includes(campaign))
        if (who === 'stranger' && !may) t.strictSame(named, [], 'nor is its campaign')
      }
      const placed = texts.filter(([, text]) => text.includes(secretPlace)).map(([url]) => url)
      if (toldThePlace.includes(who)) t.ok(placed.length > 0, 'they read where it is')
      else t.strictSame(placed, [], 'where it is is on no page')
      const asked = before.get(who)
      if (asked !== undefined) same(t, asked, pages)
    })
    const feed = feeds[who]
    if (feed !== undefined) {
      await t.test(`${who} follows in a calendar what all people of their agency may know of, and nothing else`, async t => {
        const { text } = pageOf(await app.inject(feed))
        for (const level of levels) {
          const may = level !== 'operational' && (people[who] as readonly Level[]).includes(level)
          t.equal(tells(text.replaceAll('\r\n ', ''), level, made.get(level)), may, level)
        }
        t.notMatch(text.replaceAll('\r\n ', ''), secretPlace, 'calendars are passed on')
      })
    }
    await t.test(`for ${who} an address of what they may not know is one that does not exist`, async t => {
      for (const level of levels.filter(level => !(people[who] as readonly Level[]).includes(level))) {
        const it = made.get(level)
        if (it !== undefined) await notThere(t, app, { routes, level, it, counted }, headersOf[who])
      }
    })
  }
  t.strictSame(routes.filter(sendsFile).map(({ url }) => url).filter(url => !taken.has(url)), [],
    'every file was read by someone')
})

/** Stands only in the place of what is open, which is told to those who have booked it, and to these. */
const secretPlace = 'zqsecret'
const toldThePlace: readonly Person[] = ['someone of the leading agency', 'the partnership', 'someone who is named', 'admin']

/** What a page is, without what is another each time it is shown. */
interface Page { status: number, text: string, head: string }

/** True if a text has the word of a level, or an id by which someone could tell that it exists. */
function tells (text: string, level: Level, it: Everything | undefined): boolean {
  return [wordOf(level), it?.activity.id, it?.activity.icalUid, it?.booking]
    .some(mark => mark !== undefined && text.includes(mark))
}

async function makeOpen ({ db }: World, id: string) {
  const { id: campaignId } = await aCampaign(db, { slug: campaignOf('open'), title: 'The week', discreet: false })
  return await db.activity.update({
    where: { id },
    data: {
      ...ofLevel.open,
      campaignId,
      slug: slugOf('open'),
      title: `A visit ${wordOf('open')}`,
      waitingList: 'automatic',
      kind: 'awareness-session',
      isOnline: false,
      venue: `${secretPlace} House`,
      hasSecretPlace: true
    }
  })
}

/** An activity of a level in the same week and one in a week of its own, with people and everything that pages show. */
async function make ({ db }: World, level: Level, { leading, takingPart }: Pick<Everything, 'leading' | 'takingPart'>) {
  const word = wordOf(level)
  const { id: campaignId } = await db.campaign.findUniqueOrThrow({ where: { slug: campaignOf('open') } })
  const own = await db.campaign.findUniqueOrThrow({ where: { slug: campaignOf(level) } })
  const given = {
    title: `A visit ${word}`,
    summary: `Of ${word}.`,
    venue: `${word} Street`,
    district: word,
    kind: 'stall',
    isOnline: false,
    startsAt: noon.plus({ hours: 6 }).toJSDate(),
    endsAt: noon.plus({ hours: 7 }).toJSDate(),
    leadAgencyId: leading.id,
    ...ofLevel[level]
  }
  await anActivity(db, { ...given, slug: `${word}-other`, campaignId: own.id })
  const activity = await anActivity(db, { ...given, slug: slugOf(level), campaignId })
  for (const { id: activityId } of await db.activity.findMany({ where: { slug: { startsWith: word } } })) {
    await db.activityPartner.create({ data: { activityId, agencyId: takingPart.id } })
  }
  const { id: hold } = await db.hold.create({
    data: {
      activityId: activity.id,
      agencyId: takingPart.id,
      code: 'K7PMW3QD',
      places: 1,
      returnsAt: noon.plus({ hours: 5 }).toJSDate(),
      createdAt: noon.toJSDate()
    }
  })
  const { id: booking } = await aBooking(db, activity.id, {
    name: `Kim ${word}`, email: `kim@${word}.example`, question: `Is ${word} on?`, accessNeeds: 'A seat', unreachableAt: noon.toJSDate()
  })
  await aBooking(db, activity.id, { name: `Wanda ${word}`, email: `wanda@${word}.example`, status: 'waiting' })
  return { activity, hold, booking }
}

async function addCoHost ({ db }: World, activityId: string, staffMemberId: string | undefined): Promise<void> {
  if (staffMemberId === undefined) return
  await aCoHost(db, activityId, staffMemberId)
}

type Headers = Record<string, string>

async function everyone (
  app: FastifyInstance, { db }: World, { leading, takingPart }: Pick<Everything, 'leading' | 'takingPart'>
): Promise<Record<Person, Headers> & { namedId: string, anotherId: string, coHosts: Partial<Record<Level, string>> }> {
  const as = async (role: string, agencyId: string | null) => await signedIn(app, db, { role, agencyId })
  const named = await as('organiser', leading.id)
  const another = await anAgency(db)
  const [coHost, coHosting] = [await as('host', (await anAgency(db)).id), await as('organiser', (await anAgency(db)).id)]
  return {
    stranger: {},
    'host of another activity': (await as('host', null)).headers,
    'another agency': (await as('organiser', another.id)).headers,
    'a co-host of another agency': coHost.headers,
    'an organiser of another agency who co-hosts': coHosting.headers,
    'an agency that takes part': (await as('organiser', takingPart.id)).headers,
    'someone of the leading agency': (await as('organiser', leading.id)).headers,
    'the partnership': (await as('organiser', null)).headers,
    'someone who is named': named.headers,
    admin: (await as('admin', null)).headers,
    namedId: named.member.id,
    anotherId: another.id,
    coHosts: { operational: coHost.member.id, draft: coHosting.member.id }
  }
}

/** The addresses of secret calendars: being named for operational work changes none, nor does being an admin. */
async function feedsOf (
  { db }: World, { leading, takingPart, another }: Pick<Everything, 'leading' | 'takingPart'> & { another: string }
): Promise<Partial<Record<Person, string>>> {
  const of = async (agencyId: string | null) => {
    const token = newFeedToken()
    await db.agencyFeed.create({
      data: { id: randomUUID(), agencyId, name: 'Outlook', tokenHash: hashOf(token), madeAt: noon.toJSDate() }
    })
    return `/feeds/${token}.ics`
  }
  return {
    'another agency': await of(another),
    'an agency that takes part': await of(takingPart.id),
    'someone of the leading agency': await of(leading.id),
    'someone who is named': await of(leading.id),
    'the partnership': await of(null)
  }
}

/** Lists in files, with numbers of their own. */
const isList = (url: string) => /\.(?:csv|xlsx|pdf)(?:\?|$)/.test(url)

/** More than links and forms lead to with one choice in an address. */
const mostPages = 750
/** Of long lists of choices, such as of all that an audit trail can tell, the first are as good as all. */
const fewChoices = 10
/** People share what there is to ask: each choice, and each address of what they may not know of, is asked by some. */
const shares = 3

/** Everything that links and search forms lead to, and what stands at every public address, whatever is there. */
async function crawl (
  app: FastifyInstance, routes: readonly Route[], who: Person, headers: Headers
): Promise<Map<string, Page>> {
  const pages = new Map<string, Page>()
  const todo = who === 'stranger' ? ['/', '/sitemap.xml', '/robots.txt', ...publicAddresses(routes)] : ['/', '/staff']
  const most = todo.length + mostPages
  for (let url = todo.shift(); url !== undefined; url = todo.shift()) {
    if (pages.has(url) || isList(url) || !isWorthAVisit(url, who)) continue
    const answer = await app.inject({ url, headers })
    pages.set(url, pageOf(answer))
    if (String(answer.headers['content-type']).includes('html')) todo.push(...linksIn(answer.body, url, who))
    if (typeof answer.headers.location === 'string') todo.push(new URL(answer.headers.location, site).pathname)
    if (pages.size > most) throw new Error(`Pages lead to pages without end: ${[...pages.keys()].slice(-20).join(' ')}`)
  }
  return pages
}

/**
 * Public addresses with every name that there could be in the place of what they name, and of a programme what only
 * those could choose who know what is hidden.
 */
function publicAddresses (routes: readonly Route[]): string[] {
  const names = levels.flatMap(level => [slugOf(level), `${wordOf(level)}-other`, campaignOf(level)])
  return routes.filter(({ method, url }) => method === 'GET' && !/^\/(?:staff|assets|health)\b/.test(url) && url.includes(':'))
    .flatMap(({ url }) => names.map(name => url.replaceAll(/:\w+/g, name)))
    .flatMap(url => /^\/(?:campaigns\/the-week|calendar\/the-week\.ics)$/.test(url)
      ? [url, ...[...levels.map(level => `district=${wordOf(level)}`), 'view=overview', 'view=timetable'].map(query => `${url}?${query}`)]
      : [url])
}

/** Of the many pages of an activity, those of one are visited, and the first of the others. */
function isWorthAVisit (url: string, who: Person): boolean {
  if (/^\/(?:assets|staff\/sign-|health|staff\/account\/second-factor)/.test(url) || (who === 'stranger' && url.startsWith('/staff/'))) return false
  const { searchParams } = new URL(url, site)
  // One choice at a time, and no months but the one in which everything is: calendars lead on for ever.
  if (searchParams.size > 1 || /view=20(?!26-11)/.test(url)) return false
  const [, slug, more] = /^\/staff\/activities\/([^/?]+)(?:[/?](.+))?$/.exec(url) ?? []
  return slug === undefined || slug === 'new' || slug === slugOf('open') || more === undefined
}

function linksIn (html: string, at: string, who: Person): string[] {
  const share = Object.keys(people).indexOf(who) % shares
  const links = [...html.matchAll(/\s(?:href|src)="([^"]+)"|\saction="([^"?]+)|\scontent="(https:[^"]+)"/g)]
    .map(([, link, action, shared = '']) => (link ?? action ?? shared).replaceAll('&amp;', '&'))
  const searches = [...html.matchAll(/<form(?![^>]*method="post")[^>]*>[\s\S]*?<\/form>/g)].flatMap(([form]) => {
    const [, action = at] = /action="([^"]*)"/.exec(form) ?? []
    const typed = [...form.matchAll(/<input[^>]*name="(q|search)"/g)]
      .flatMap(([, name]) => levels.map(level => `${name}=${wordOf(level)}`))
    const chosen = [...form.matchAll(/<select[^>]*name="([^"]*)"[\s\S]*?<\/select>/g)].flatMap(([select, name]) =>
      [...select.matchAll(/<option value="([^"]+)"/g)].slice(0, fewChoices).filter((_, n) => isWhole || n % shares === share)
        .map(([, value = '']) => `${name}=${encodeURIComponent(value)}`))
    return [...typed, ...chosen].map(query => `${action.split('?')[0]}?${query}`)
  })
  return [...links, ...searches].flatMap(link => {
    const url = URL.canParse(link, `${site}${at}`) ? new URL(link, `${site}${at}`) : undefined
    return url?.origin === site ? [`${url.pathname}${url.search}`] : []
  })
}

/** A route of the organisers' side that answers with a file, by the end of its address. */
function sendsFile ({ method, url }: Route): boolean {
  if (!url.startsWith('/staff/')) return false
  return method === 'GET' ? isList(url) : method === 'POST' && /\/(?:download|export|file|list|lists\/new)$/.test(url)
}

/** What is chosen for a file where an empty form is refused, or where the address has to say of what it is. */
const chosen: Record<string, { query?: string, body?: string }> = {
  '/staff/activities/:slug/list': { body: 'columns=name&columns=email&format=xlsx&why=door' },
  '/staff/lists/new': { query: '?from=2026-11-01&to=2026-12-31', body: 'columns=name&columns=email&format=csv&why=door' },
  '/staff/person/file': { body: `email=kim@${wordOf('open')}.example` }
}

/** All files that someone gets, as text: what cells say, and the lines of a PDF. Those of strangers are at any name. */
async function filesFor (
  app: FastifyInstance, routes: readonly Route[], it: Everything, who: Person, headers: Headers
): Promise<Array<{ route: string, at: string, page: Page }>> {
  const found: Array<{ route: string, at: string, page: Page }> = []
  const take = async (route: string, at: string, answer: LightMyRequestResponse) => {
    if (answer.statusCode === 200 && !/html/.test(String(answer.headers['content-type']))) {
      found.push({ route, at, page: { ...pageOf(answer), text: await textOf(answer) } })
    }
  }
  if (who === 'stranger') {
    for (const url of publicAddresses(routes).filter(isList)) await take(url, url, await app.inject({ url, headers }))
    return found
  }
  for (const { method, url } of routes.filter(sendsFile)) {
    const { query = '', body = '' } = chosen[url] ?? {}
    const at = `${addressOf(url, it)}${query}`
    await take(url, at, method === 'GET' ? await app.inject({ url: at, headers }) : await post(app, at, body, headers))
  }
  return found
}

async function textOf ({ headers, rawPayload, body }: LightMyRequestResponse): Promise<string> {
  const type = String(headers['content-type'])
  if (type.includes('spreadsheet')) return JSON.stringify(await readXlsxFile(rawPayload))
  return type.includes('pdf') ? (await linesOf(rawPayload)).join('\n') : body
}

/** What people find by searching. */
async function foundBy (app: FastifyInstance, who: Person, headers: Headers): Promise<Array<[string, Page]>> {
  if (who === 'stranger') return []
  const found: Array<[string, Page]> = []
  for (const level of levels) {
    const answer = await post(app, '/staff/people', { q: `Kim ${wordOf(level)}` }, headers)
    const next = typeof answer.headers.location === 'string'
      ? await app.inject({ url: answer.headers.location, headers })
      : answer
    // The page repeats what was looked for.
    const text = next.body.replaceAll(/value="[^"]*"|“[^”]*”/g, '').replaceAll(`Kim ${wordOf(level)}</title>`, '')
    found.push([`search for ${level}`, { ...pageOf(next), text }])
  }
  return found
}

/** Everything but ids, tokens and moments that are of this one answer. */
function pageOf ({ statusCode, body, rawPayload, headers }: LightMyRequestResponse): Page {
  const kept = ['content-type', 'content-length', 'etag', 'cache-control', 'location', 'x-robots-tag', 'last-modified']
  // A picture as text would be alike although its bytes are not.
  const text = /png/.test(String(headers['content-type'])) ? rawPayload.toString('base64') : body
  return { status: statusCode, text, head: JSON.stringify(kept.map(name => headers[name])) }
}

const withoutIds = (text: string) => text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id')

/** Both times the same pages with the same heads, bodies and sizes: nobody can tell that there is more. */
function same (t: Test, before: ReadonlyMap<string, Page>, after: ReadonlyMap<string, Page>): void {
  t.strictSame([...after.keys()].filter(url => !before.has(url)), [], 'no page is new')
  t.strictSame([...before.keys()].filter(url => !after.has(url)), [], 'no page is gone')
  const differing = [...before].filter(([url, page]) => {
    const other = after.get(url)
    const isSame = other === undefined || (page.status === other.status && page.head === other.head &&
      withoutIds(page.text) === withoutIds(other.text))
    return !isSame
  })
  t.strictSame(differing.map(([url]) => url), [], 'no page is different')
  for (const [url, page] of differing.slice(0, 2)) t.equal(withoutIds(after.get(url)?.text ?? ''), withoutIds(page.text), url)
}

let turns = 0

/**
 * Asks at addresses that are about an activity: the answer is that of one that was never there, and costs as many
 * queries, so that nobody can tell by how long it takes.
 */
async function notThere (
  t: Test, app: FastifyInstance,
  { routes, level, it, counted }:
  { routes: readonly Route[], level: Level, it: Everything, counted: { queries: number } }, headers: Headers
): Promise<void> {
  const none = slugOf(level).replace('zq', 'zz')
  const own = [
    ...staffRoutes(routes).filter(({ url }) => url.startsWith('/staff/activities/:slug')),
    ...routes.filter(({ url }) => /^\/(?:activities|calendar\/activities)\/:slug/.test(url))
  ]
  const wrong: string[] = []
  const turn = turns++
  for (const { method, url } of own.filter((_, n) => isWhole || n % shares === turn % shares)) {
    const address = url.startsWith('/staff') ? addressOf(url, it) : url.replace(':slug', it.activity.slug)
    const ask = async (url: string) => {
      counted.queries = 0
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: { ...headers, 'sec-fetch-site': 'same-origin', ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }) },
        ...(method === 'POST' && { payload: '' })
      })
      return { answer, queries: counted.queries }
    }
    const [{ answer, queries }, { answer: other, queries: others }] =
      [await ask(address), await ask(address.replace(it.activity.slug, none))]
    if (queries !== others) wrong.push(`${method} ${address}: ${queries} queries, not ${others}`)
    const asIfNot = (answer: LightMyRequestResponse) => {
      const all = [answer.statusCode, pageOf(answer).head, answer.body].join(' ')
      return withoutIds(all).replaceAll(/z[qz](?=[a-z]+-visit)/g, '')
    }
    const isRefused = answer.statusCode === 404 || answer.headers.location === '/staff/sign-in' || answer.statusCode === 403
    if (!isRefused || asIfNot(answer) !== asIfNot(other)) wrong.push(`${method} ${address}: ${answer.statusCode}, not ${other.statusCode}`)
  }
  t.ok(own.length > 50)
  t.strictSame(wrong, [], level)
}
