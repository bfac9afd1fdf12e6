import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { AppParts } from '../../src/app/app-parts.ts'
import type { BookingLinks, Linked } from '../../src/booking/bookings/link.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import { openSnapshots } from '../../src/platform/database/snapshots.ts'
import type { AttendanceReports } from '../../src/programme/teams/attendance-reports.ts'
import { loadTemplates } from '../../src/platform/templates.ts'
import { listSupportContacts } from '../../src/programme/support/queries.ts'
import { keyedPagesParts, keyedParts } from '../../src/keyed-parts.ts'
import { closeBefore, noon, secretKey, world } from './world.ts'
import type { World } from './world.ts'

const keyed = keyedParts(secretKey)
export const links = ofTests(keyed.links)
export const personalLinks = ofTests(keyed.joinLinks)
export const {
  checkInCodes: codes, copyLinks: linksToCopies, outcomeLinks: linksToOutcomes, resourceLinks: linksToResources,
  coHostLinks: linksToCoHost, entryLinks: linksToEntries, networkMark, signInSecrets
} = keyed

/** Also accepts an id alone, for the links of a booking that have never ended. */
function ofTests (links: BookingLinks) {
  return {
    ...links,
    tokenOf: (booking: string | Linked) =>
      links.tokenOf(typeof booking === 'string' ? { id: booking, linkVersion: 0 } : booking)
  }
}

/** Compiled once per test file. */
const templates = loadTemplates()

/**
 * Everything that the service consists of except a port, at noon, on the test's own database; without its address there
 * are no lists to download.
 */
export function partsOf ({ db, outbox, url = '' }: Pick<World, 'db' | 'outbox'> & Partial<Pick<World, 'url'>>): AppParts {
  return {
    db,
    outbox,
    clock: () => noon,
    ...keyed,
    links,
    joinLinks: personalLinks,
    snapshots: openSnapshots(url),
    ...keyedPagesParts(secretKey, { isSecondFactorRequired: false }),
    templates,
    publicUrl: 'https://workshops.example.org',
    mailFrom: { name: 'Online workshops', address: 'workshops@example.org' },
    log: pino({ level: 'silent' }),
    rateLimits: false,
    // The database of a busy machine answers late.
    limitAnswerMs: 120_000,
    trustProxy: undefined,
    // A test reads what it has just changed.
    freshForMs: 0
  }
}

/** Where no meeting has a report. */
export const noReports: AttendanceReports = { findMeetingId: async () => undefined, listJoins: async () => [] }

/** The service on the test's own database; send it requests with `app.inject`. */
export async function service (
  t: Test, given: Partial<AppParts> = {}
): Promise<World & { app: FastifyInstance }> {
  const { counted, ...its } = await serviceOf(t, 'usual', given)
  return its
}

/** The service, and the number of queries its pages have made; `db` itself is not counted. */
export async function countedService (
  t: Test, given: Partial<AppParts> = {}
): Promise<World & Pick<Built, 'app' | 'counted'>> {
  return await serviceOf(t, 'counted', given)
}

async function serviceOf (
  t: Test, kind: Kind, { clock, ...given }: Partial<AppParts>
): Promise<World & Pick<Built, 'app' | 'counted'>> {
  const its = await world(t)
  if (Object.keys(given).length === 0) {
    const { app, counted } = await usualService(t, its, kind, clock)
    return { ...its, app, counted }
  }
  const { db, counted } = dbOf(its, kind)
  const app = await buildApp({ ...partsOf({ ...its, db }), ...given, ...(clock !== undefined && { clock }) })
  t.teardown(async () => { await app.close() })
  await app.ready()
  return { ...its, app, counted }
}

/** Of one database: that which most tests have, and that which counts its queries. */
type Kind = 'usual' | 'counted'

interface Built {
  app: FastifyInstance
  /** What it has asked the database; always 0 for one that does not count. */
  counted: { queries: number }
  /** Sets its time for the next test. */
  tellTime: (clock: Clock) => void
  /** False once it is closed, or shows other helplines than a new one. */
  isAsNew: () => boolean
}

/** The last service of each kind on each database. */
const builtOn: Record<Kind, WeakMap<Db, Built>> = { usual: new WeakMap(), counted: new WeakMap() }

/**
 * The service without anything special. Its hundreds of routes take longer to build than most tests take, so the next
 * test that has the database has it too: its pages remember nothing from one request to the next but the helplines,
 * while `freshForMs` is 0.
 */
async function usualService (t: Test, its: World, kind: Kind, clock: Clock = () => noon): Promise<Built> {
  const before = builtOn[kind].get(its.db)
  if (before?.isAsNew() === false) await before.app.close()
  const built = before?.isAsNew() === true ? before : await buildUsual(its, kind)
  built.tellTime(clock)
  built.counted.queries = 0
  t.teardown(async () => { if (built.app.server.listening) await built.app.close() })
  return built
}

async function buildUsual (its: World, kind: Kind): Promise<Built> {
  let time: Clock = () => noon
  let isClosed = false
  const { db, counted } = dbOf(its, kind)
  const app = await buildApp({ ...partsOf({ ...its, db }), clock: () => time() })
  keepParts(app)
  const close = async () => { await app.close() }
  const forget = closeBefore(its, close)
  app.addHook('onClose', async () => {
    isClosed = true
    forget()
  })
  await app.ready()
  // Of the database: on a busy machine the service is ready before it has read them.
  const helplines = JSON.stringify(await listSupportContacts(its.db))
  const built: Built = {
    app,
    counted,
    tellTime (clock) { time = clock },
    isAsNew: () => !isClosed && JSON.stringify(app.helplines()) === helplines
  }
  builtOn[kind].set(its.db, built)
  return built
}

/** Its parts close with it: one that a test closes alone would be missing in later tests, where nobody seeks it. */
function keepParts (app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => { isClosing = true })
  const { pdf } = app
  const { close } = pdf
  pdf.close = () => {
    if (!isClosing) throw new Error('Later tests have this service too: close `app`, or build one with something special.')
    close()
  }
}

/** The database that a service of this kind asks. */
function dbOf ({ db }: World, kind: Kind): ReturnType<typeof countedQueries> {
  return kind === 'counted' ? countedQueries(db) : { db, counted: { queries: 0 } }
}

/** The database, and the number of queries that are made by it. */
export function countedQueries (of: Db): { db: Db, counted: { queries: number } } {
  const counted = { queries: 0 }
  const db = of.$extends({
    query: {
      $allOperations: async ({ model, args, query }) => {
        // The helplines are read again in the background, each second.
        if (model !== 'SupportContact') counted.queries++
        return await query(args)
      }
    }
  }) as unknown as Db
  return { db, counted }
}

/** Sends a form as a browser does. */
export async function post (
  app: FastifyInstance, url: string, fields: Record<string, string> | string, headers: Record<string, string> = {}
): Promise<LightMyRequestResponse> {
  return await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()
  })
}

/** A valid booking form. */
export function aForm (email: string, given: Record<string, string> = {}): Record<string, string> {
  return { name: 'Anne Kirkbride', email, role: 'parent', submission: crypto.randomUUID(), ...given }
}

/** A valid form of a new activity: a workshop in December. */
export const workshopForm = {
  title: 'Staying safe online',
  kind: 'online-workshop',
  starts_day: '2026-12-08',
  starts_time: '18:00',
  ends_time: '18:30',
  audiences: 'parents',
  visibility: 'public',
  booking: 'places',
  capacity: '20'
}

/** The parts of a page that a person perceives. */
export function perceived ({ body }: { body: string }) {
  const errorSummary = /<div class="govuk-error-summary"[\s\S]*?<\/ul>/.exec(body)?.[0] ?? ''
  return {
    title: textOf(/<title[^>]*>([\s\S]*?)<\/title>/.exec(body)?.[1] ?? ''),
    h1: textOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(body)?.[1] ?? ''),
    text: textOf(body.replace(/<(script|style)[\s\S]*?<\/\1>/g, '')),
    /** The sentences of the error summary with the field that each links to. */
    errors: [...errorSummary.matchAll(/<a href="#([^"]*)">([\s\S]*?)<\/a>/g)]
      .map(([, field = '', sentence = '']) => ({ field, sentence: textOf(sentence) })),
    has: (id: string) => body.includes(` id="${id}"`)
  }
}

function textOf (html: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&' }
  return html.replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#(\d+)|(lt|gt|quot|amp));/g, (_, code: string | undefined, name: string) =>
      code === undefined ? entities[name] ?? '' : String.fromCodePoint(Number(code)))
    .replace(/\s+/g, ' ').trim()
}
