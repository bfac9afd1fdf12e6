import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { hashOf } from '../../src/booking/certificates/code.ts'
import { writeSignInEmail } from '../../src/identity/sign-in/commands.ts'
import { signInSecrets } from '../../src/identity/sign-in/secrets.ts'
import { hashOf as hashOfToken, newToken } from '../../src/identity/staff/token.ts'
import { openIdProvider } from '../../src/identity/work-account/openid.ts'
import { keyedPagesParts, keyedParts } from '../../src/keyed-parts.ts'
import { codeAt, half } from '../support/authenticator.ts'
import { emailIdIn } from '../support/bounces.ts'
import { addressOf, everything, giveTheirs } from '../support/everything.ts'
import type { Everything } from '../support/everything.ts'
import { openIdServer } from '../support/openid-server.ts'
import { withItsRoutes } from '../support/routes.ts'
import {
  aForm, links, linksToCoHost, linksToCopies, linksToEntries, linksToOutcomes, linksToResources, noReports, partsOf,
  personalLinks, post
} from '../support/service.ts'
import { aLink, aStaffMember, setCookies, signedIn } from '../support/staff.ts'
import { noon, secretKey, world } from '../support/world.ts'
import type { World } from '../support/world.ts'
import type { Pairs } from './fuzzing.ts'
import { id } from './usual.ts'

/*
 * The service with all that can be configured and one of everything in it, and how each of its routes is asked rightly.
 */

/** Who asks: nobody has no cookies, who is entering has asked to sign in, `half` has still to type a code of an app. */
export type Who = 'nobody' | 'entering' | 'half' | 'organiser' | 'admin'

/** Whom an address is for, each as often as they are named. */
export function peopleAt (url: string): readonly Who[] {
  if (url.startsWith('/staff/sign-in')) return ['entering', 'half']
  return url.startsWith('/staff') ? ['admin', 'admin', 'admin', 'organiser'] : ['nobody', 'nobody', 'nobody', 'admin']
}

const publicUrl = 'https://workshops.example.org'
const secret = 'a secret of machines that is long enough'
const { certificateCodes, evaluationLinks } = keyedParts(secretKey)
const feed = 'A'.repeat(22)

/** What the parameters of a public address stand for, by its pattern: where nothing else is said, a booking’s link. */
const meanings: ReadonlyArray<readonly [url: RegExp, (its: Everything) => string]> = [
  [/^\/activities\/:|\/calendar\/activities\/:/, ({ activity }) => activity.slug],
  [/^\/campaigns\/:slug.*(?:take-part)/, ({ entryCampaign }) => entryCampaign],
  [/^\/campaigns\/:|^\/calendar\/:/, ({ itsCampaign }) => itsCampaign],
  [/^\/scenarios\/:/, ({ scenario }) => scenario],
  [/^\/downloads\/:/, ({ download }) => download],
  [/^\/certificates\/:/, its => certificateCodes.codeOf({ id: its.booking })],
  [/^\/feeds\/:/, () => feed],
  [/^\/join\/:/, ({ booking }) => personalLinks.tokenOf(booking)],
  [/^\/copies\/:/, its => linksToCopies.tokenOf({ id: its.request, version: 0 })],
  [/^\/co-hosting\/:/, its => linksToCoHost.tokenOf({ id: its.invitation, version: 0 })],
  [/^\/outcomes\/:/, its => linksToOutcomes.tokenFor(its.activity.id, its.colleague.email)],
  [/^\/entries\/:/, its => linksToEntries.own.tokenOf({ id: its.entry, version: 0 })],
  [/^\/resources\/requests\/:/, its => linksToResources.tokenOf({ id: its.resourceRequest, version: 0 })],
  [/^\/evaluations\/:/, ({ booking: id, activity }) => evaluationLinks.tokenOf(evaluationLinks.linkOf({ id, activityId: activity.id }, 'after'))],
  [/./, ({ booking }) => links.tokenOf(booking)]
]

/** What nothing else tells: a link to sign in, and the name of a page of advice. */
interface Made { link: string, page: string }

function rightAddress (url: string, its: Everything, { link, page }: Made): string {
  if (url === '/staff/sign-in/:token') return link
  const named: Record<string, string> = { ':step': 'friday', ':name': 'poster.pdf', ':page': page, ':file': 'all.png' }
  if (url.startsWith('/staff')) return addressOf(url, its)
  const meant = meanings.find(([pattern]) => pattern.test(url))?.[1] ?? (() => '')
  return url.replaceAll(/:\w+/g, parameter => named[parameter] ?? meant(its))
}

/** How a route is asked rightly, as far as no page of the service tells it. */
export interface Right { address: string, headers: Record<string, string>, fields?: Pairs, query: Pairs }

/** The service, the cookies of all who ask it, and how they ask each route rightly. */
export async function aService (t: Test): Promise<World & Awaited<ReturnType<typeof withItsRoutes>> & {
  cookies: Record<Who, string>, rightFor: (url: string) => Right, tokens: string[]
}> {
  const its = await world(t)
  const there = await everything(its.db)
  const page = await openToAll(its, there)
  const server = await openIdServer(t, [`${publicUrl}/staff/sign-in/openid/return`])
  const { app, routes } = await withItsRoutes(async () => await buildApp({
    ...partsOf(its),
    makesMeetings: true,
    reports: noReports,
    provider: openIdProvider(server.access, publicUrl),
    bounces: { secret, emailIdIn },
    metricsToken: secret,
    securityContact: 'mailto:security@example.org',
    trustProxy: '127.0.0.1'
  }))
  t.teardown(async () => { await app.close() })

  const { headers: { cookie: admin }, member } = await signedIn(app, its.db, { role: 'admin' })
  await giveTheirs(its.db, there, member)
  const ofLeading = { role: 'organiser', agencyId: there.leading.id }
  const { headers: { cookie: organiser } } = await signedIn(app, its.db, ofLeading)
  const { headers: { cookie: halfway }, secret: ofApp } = await half(app, its.db)
  const entering = await onTheWayIn(its, app, there)
  const returned = new URL(await server.visit(entering.href, 'anne'))
  const link = await aLink(its.db, await aStaffMember(its.db))
  const bearer = { authorization: `Bearer ${secret}` }

  const known: Record<string, Partial<Right>> = {
    '/bounces': { headers: bearer },
    '/metrics': { headers: bearer },
    '/activities/:slug/book': { fields: Object.entries(aForm('anne@example.org', { submission: id })) },
    '/staff/sign-in': { fields: [['email', member.email]] },
    '/staff/sign-in/code': { fields: [['code', entering.code]] },
    '/staff/sign-in/factor': { fields: [['code', codeAt(ofApp, noon)]] },
    '/staff/sign-in/openid/return': { query: [...returned.searchParams] }
  }
  return {
    ...its,
    app,
    routes,
    cookies: {
      nobody: '', entering: entering.cookie, half: `${entering.cookie}; ${halfway}`, organiser, admin: `${admin}; ${entering.cookie}`
    },
    rightFor: url => ({ address: rightAddress(url, there, { link, page }), headers: {}, query: [], ...known[url] }),
    tokens: [links.tokenOf(there.booking), member.email, secret, '2026-12-08', id, 'parents']
  }
}

/** Lets strangers see an activity, a certificate, a calendar and advice, whose name it returns. */
async function openToAll ({ db }: World, its: Everything): Promise<string> {
  const { activity: { id }, booking, advice, feed: feedId } = its
  await db.activity.update({ where: { id }, data: { visibility: 'public' } })
  const code = certificateCodes.codeOf({ id: booking })
  await db.certificate.create({
    data: {
      codeHash: hashOf(code),
      activityId: id,
      bookingId: booking,
      nameMark: certificateCodes.nameMarkOf(code, 'Anne Kirkbride'),
      issuedOn: noon.toJSDate()
    }
  })
  await db.agencyFeed.update({ where: { id: feedId }, data: { tokenHash: hashOfToken(feed) } })
  const { slug } = await db.advicePage.update({ where: { id: advice }, data: { status: 'published' } })
  return slug
}

/** Someone who has asked to sign in, by email and at the provider, with what they got there. */
async function onTheWayIn ({ db }: World, app: FastifyInstance, { colleague }: Everything) {
  const browser = newToken()
  const asked = { staffMemberId: colleague.id, browserHash: hashOfToken(browser), askedAt: noon.toISO() }
  const { token, code } = signInSecrets(secretKey)(asked)
  await writeSignInEmail(db, asked, { token, code }, noon)
  const answer = await post(app, '/staff/sign-in/openid', {})
  const href = /<a href="([^"]+)"[^>]*class="govuk-button/.exec(answer.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const { knownBrowsers } = keyedPagesParts(secretKey, { isSecondFactorRequired: false })
  const known = knownBrowsers.tokenOf({ id: colleague.id, version: 0 })
  const marks = { letter: browser, back: '/staff/lists', known }
  const cookies = [
    ...Object.entries(marks).map(([name, value]) => `__Host-sign-in-${name}=${encodeURIComponent(value)}`),
    ...setCookies(answer).map(cookie => cookie.split(';')[0] ?? '')
  ]
  return { code, href, cookie: cookies.join('; ') }
}
