import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import { addressOf, everything, fingerprints, giveTheirs } from './everything.ts'
import type { Everything } from './everything.ts'
import { formsOn } from './filled-in.ts'
import type { FoundForm } from './filled-in.ts'
import { staffRoutes, withItsRoutes } from './routes.ts'
import { noReports, partsOf, perceived, post } from './service.ts'
import { signedIn } from './staff.ts'
import { noon, world } from './world.ts'

/*
 * Every form of the organisers' side, found by visiting its pages and filled in as a person would, so that tests can
 * send each wrongly.
 */

export type Fields = FoundForm['fields']

/** Makes what a form needs, where it does not exist already. */
const prepared: Record<string, (db: Db, its: Everything) => Promise<unknown>> = {
  '/staff/activities/:slug/holds': async (db, { waiting }) => await db.booking.delete({ where: { id: waiting } }),
  '/staff/activities/:slug/publish': async (db, { activity: { id } }) =>
    await db.activity.update({ where: { id }, data: { status: 'draft', startsAt: noon.plus({ days: 7 }).toJSDate(), endsAt: noon.plus({ days: 8 }).toJSDate() } }),
  '/staff/activities/:slug/bulletins/:number/sending': async (db, { booking: id }) =>
    await db.booking.update({ where: { id }, data: { unreachableAt: null } }),
  '/staff/activities/:slug/deletion': async (db, { activity: { id: activityId } }) => {
    await db.booking.deleteMany({ where: { activityId } })
    await db.hold.deleteMany({ where: { activityId } })
    await db.bulletin.deleteMany({ where: { activityId } })
    await db.activity.update({ where: { id: activityId }, data: { status: 'draft' } })
  },
  '/staff/activities/:slug/questions-afterwards': async (db, { activity: { id: activityId } }) =>
    await db.questionnaire.update({ where: { activityId }, data: { isAnswered: false } }),
  '/staff/lists/standing/:list/start': async (db, { standingList: id }) => await db.standingList.update({
    where: { id }, data: { stoppedAt: noon.toJSDate(), stoppedBecause: 'owner', nextAt: null }
  }),
  '/staff/members/:id/enabling': async (db, { colleague: { id } }) =>
    await db.staffMember.update({ where: { id }, data: { disabledAt: noon.toJSDate() } })
}

/** What a person types into a field that is empty; undefined where empty is as good. */
const typed: Record<string, () => string> = {
  answer: () => 'We have asked for captions.',
  body: () => 'Bring a pen.',
  code: () => '123456',
  date: () => '2026-12-08',
  starts_day: () => '2026-12-08',
  starts_time: () => '18:00',
  ends_time: () => '19:00',
  first_day: () => '2026-11-16',
  district: () => 'Cumberland',
  email: () => `${randomUUID()}@example.org`,
  heading: () => 'What to bring',
  hours: () => '24',
  hub: () => 'Cumberland Safeguarding Hub',
  last_day: () => '2026-11-23',
  join_url: () => 'https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T',
  name: () => `A name ${randomUUID()}`,
  number: () => '0800 1111',
  owner: () => 'Cumberland Council',
  places: () => '1',
  phone: () => '01539 722 722',
  purpose: () => 'to talk',
  q: () => 'Anne',
  reason: () => 'The speaker is ill.',
  received: () => '2026-11-20',
  received_by: () => 'Pat Smith',
  reference: () => 'C-1042',
  review_on: () => '2027-03-01',
  source: () => 'Pat Smith, from Teams',
  time: () => '8:30',
  title: () => `A title ${randomUUID()}`,
  weekday: () => '1',
  weeks: () => '2',
  what_happened: () => 'Nobody came.'
}

/** The buttons under the list of attendees: each is sent with the people who are ticked. */
const isUnderTheList = (url: string) => /\/attendees\/\w+$/.test(url)

/** Forms on a page that such a button leads to. */
const afterChoosing: Record<string, string> = {
  '/staff/activities/:slug/attendees/move/date': '/staff/activities/:slug/attendees/move',
  '/staff/activities/:slug/attendees/attendance/notes': '/staff/activities/:slug/attendees/attendance'
}

interface Site {
  app: FastifyInstance
  db: Db
  /** Addresses of pages, with the names of their parameters. */
  gets: readonly string[]
  /** Addresses of forms. */
  posts: readonly string[]
}

/** The service with all its routes for staff. */
export async function staffForms (t: Test) {
  const its = await world(t)
  const parts = { ...partsOf(its), makesMeetings: true, reports: noReports }
  const { app, routes } = await withItsRoutes(async () => await buildApp(parts))
  t.teardown(async () => { await app.close() })
  const inside = staffRoutes(routes)
  const [gets, posts] = (['GET', 'POST'] as const).map(asked =>
    inside.filter(({ method }) => method === asked).map(({ url }) => url)) as [string[], string[]]
  const at = { app, db: its.db, gets, posts }
  const pages = await pagesWithForms(at)
  return {
    ...at,
    fingerprint: await fingerprints(t, its),
    formFor: async (url: string) => await formFor(at, pages.get(url), url)
  }
}
export type StaffForms = Awaited<ReturnType<typeof staffForms>>

let found: Promise<Map<string, string>> | undefined

/** The page that contains the form for each address: the same for all tests of a process. */
async function pagesWithForms (at: Site): Promise<Map<string, string>> {
  found ??= findPages(at)
  return await found
}

/** Found by visiting all pages, and for a form that needs something made first those at and above its address. */
async function findPages (at: Site): Promise<Map<string, string>> {
  const pages = new Map<string, string>()
  await visit(at, await everything(at.db), ['/staff/activities/new?campaign=:slug', ...at.gets], pages)
  for (const [url, prepare] of Object.entries(prepared)) {
    const its = await everything(at.db)
    await prepare(at.db, its)
    await visit(at, its, at.gets.filter(page => `${url}/`.startsWith(`${page}/`)), pages)
  }
  return pages
}

/** Notes, for each form on pages, the first page that it is on. */
async function visit (
  { app, db, posts }: Site, its: Everything, visited: readonly string[], pages: Map<string, string>
): Promise<void> {
  const { headers, member } = await signedIn(app, db)
  await giveTheirs(db, its, member)
  for (const page of visited) {
    const url = addressOf(page, its)
    const { body } = await app.inject({ url, headers })
    for (const { action } of formsOn(body, url)) {
      const posted = posts.find(post => addressOf(post, its) === action)
      if (posted !== undefined && !pages.has(posted)) pages.set(posted, page)
    }
  }
}

/** A form in a session of its own, with empty fields filled in; without fields where no page has it. */
async function formFor ({ app, db }: Site, page: string | undefined, url: string) {
  const its = await everything(db)
  await prepared[url]?.(db, its)
  const { headers, member } = await signedIn(app, db)
  await giveTheirs(db, its, member)
  const address = addressOf(url, its)
  const chosen: Fields = [['booking', its.booking]]
  if (isUnderTheList(url)) return { its, address, headers, fields: chosen }
  const button = afterChoosing[url]
  if (page === undefined && button === undefined) return { its, address, headers, fields: [] }
  const at = addressOf(page ?? button ?? '', its)
  const { body } = button === undefined
    ? await app.inject({ url: at, headers })
    : await post(app, at, new URLSearchParams(chosen).toString(), headers)
  const form = formsOn(body, at).find(({ action }) => action === address)
  const fields: Fields = (form?.fields ?? []).map(([name, value]) => [name, value === '' ? typed[name]?.() ?? '' : value])
  return { its, address, headers, fields }
}

/** Asserts that an answer refuses what was sent, with a sentence. */
export function saysWhy (t: Test, answer: { statusCode: number, body: string }, what: string): void {
  const { h1, errors, text } = perceived(answer)
  t.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${what} is answered with ${answer.statusCode}`)
  t.ok(h1 !== '' && (errors.length > 0 || /\w\. /.test(text)), `${what} is answered with a sentence`)
}
