import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { StaffMember } from '../../src/platform/database/generated/client.ts'
import { changesOf } from './changes.ts'
import type { Changes } from './changes.ts'
import { addressOf, everything, giveTheirs } from './everything.ts'
import type { Everything } from './everything.ts'
import { formsOn } from './filled-in.ts'
import type { FoundForm } from './filled-in.ts'
import { staffRoutes, withItsRoutes } from './routes.ts'
import { aStory } from './scenarios.ts'
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
  '/staff/approvals/reading': async (db, its) => { await askedToApprove(db, its) },
  '/staff/entries/refusal': async (db, { entry: activityId }) => {
    await db.activity.update({ where: { id: activityId }, data: { status: 'draft' } })
    await db.approvalRequest.create({ data: { activityId, askedById: activityId, askedAt: noon.toJSDate() } })
  },
  '/staff/activities/:slug/withdrawal': async (db, its) => { await askedToCancel(db, its) },
  '/staff/activities/:slug/deletion': async (db, its) => { await draftAlone(db, its) },
  '/staff/activities/:slug/release': async (db, its) => { await patrolled(db, its) },
  '/staff/activities/:slug/release/agreement': async (db, its) => { await askedToRelease(db, its) },
  '/staff/activities/:slug/release/end': async (db, its) => { await askedToRelease(db, its) },
  '/staff/activities/:slug/approval': async (db, its) => { await askedToApprove(db, its) },
  '/staff/activities/:slug/approval/return': async (db, its) => { await askedToApprove(db, its) },
  '/staff/activities/:slug/approval/request': async (db, its) => { await forCoordinators(db, its) },
  '/staff/activities/:slug/proposal/approval': async (db, its) => { await proposed(db, its) },
  '/staff/activities/:slug/proposal/return': async (db, its) => { await proposed(db, its) },
  '/staff/activities/:slug/proposal/withdrawal': async (db, its) => { await proposed(db, its) },
  '/staff/campaigns/:slug/areas': async (db, { campaign, itsCampaign }) => await db.campaign.updateMany({
    where: { slug: { in: [campaign, itsCampaign] } }, data: { districts: ['Cumberland'] }
  }),
  '/staff/campaigns/:slug/board/deletion': async (db, its) => { await draftAlone(db, its) },
  '/staff/campaigns/:slug/outcomes/asking': async (db, its) => { await overAndLed(db, its) },
  '/staff/campaigns/:slug/outcomes/again': async (db, its) => { await overAndLed(db, its) },
  '/staff/campaigns/:slug/outcomes/thanks': async (db, its) => { await overAndLed(db, its) },
  '/staff/campaigns/:slug/outcomes/learning': async (db, its) => { await overAndLed(db, its, 'Go earlier.') },
  '/staff/activities/:slug/outcome': async (db, its) => { await overAndLed(db, its) },
  '/staff/activities/:slug/questions-afterwards': async (db, { activity: { id: activityId } }) =>
    await db.questionnaire.update({ where: { activityId }, data: { isAnswered: false } }),
  '/staff/lists/standing/:list/start': async (db, { standingList: id }) => await db.standingList.update({
    where: { id }, data: { stoppedAt: noon.toJSDate(), stoppedBecause: 'owner', nextAt: null }
  }),
  '/staff/scenarios/:slug/deletion': async (db, { scenario: slug }) =>
    await db.scenario.update({ where: { slug }, data: { publishedTitle: null, publishedText: null } }),
  '/staff/resources/requests/:id/packing': async (db, its) => { await advance(db, its, 'approved') },
  '/staff/resources/requests/:id/handing-over': async (db, its) => { await advance(db, its, 'packed') },
  '/staff/members/:id/enabling': async (db, { colleague: { id } }) =>
    await db.staffMember.update({ where: { id }, data: { disabledAt: noon.toJSDate() } })
}

async function advance (db: Db, { resourceRequest: requestId }: Everything, status: string): Promise<void> {
  await db.requestedResource.updateMany({ where: { requestId }, data: { granted: 10 } })
  await db.resourceRequest.update({ where: { id: requestId }, data: { status } })
}

/** Something that was entered without an account, and that who entered it wants cancelled. */
async function askedToCancel (db: Db, { activity: { id, campaignId } }: Everything): Promise<void> {
  await db.activity.update({ where: { id }, data: { visibility: 'public' } })
  await db.entry.create({
    data: {
      id: randomUUID(),
      campaignId,
      activityId: id,
      title: 'A stall',
      organisation: 'St Mary’s School',
      name: 'Erin Enters',
      email: 'erin@school.example',
      canonicalEmail: 'erin@school.example',
      endsOn: noon.toJSDate(),
      receivedAt: noon.toJSDate(),
      confirmedAt: noon.toJSDate(),
      cancellingAskedAt: noon.toJSDate()
    }
  })
}

/** A draft on which nobody relies. */
async function draftAlone (db: Db, { activity: { id: activityId } }: Everything): Promise<void> {
  await db.booking.deleteMany({ where: { activityId } })
  await db.hold.deleteMany({ where: { activityId } })
  await db.bulletin.deleteMany({ where: { activityId } })
  await db.activity.update({ where: { id: activityId }, data: { status: 'draft' } })
}

/** Something that is over, of which it is known who led it and until when they can say what it came to. */
async function overAndLed (
  db: Db, { activity: { id: activityId, campaignId }, colleague }: Everything, learnt = ''
): Promise<void> {
  const [startsAt, endsAt] = [noon.minus({ days: 3 }).toJSDate(), noon.minus({ days: 2 }).toJSDate()]
  await db.activity.update({ where: { id: activityId }, data: { startsAt, endsAt } })
  const planned = { ownerId: colleague.id, ownerName: '', ownerEmail: '' }
  await db.activityPlan.upsert({ where: { activityId }, create: { activityId, ...planned }, update: planned })
  await db.campaignDate.create({ data: { campaignId, kind: 'numbers-due', day: new Date('2026-12-20') } })
  if (learnt !== '') await db.outcomeReport.create({ data: { activityId, tookPlace: true, learnt, givenAt: noon.toJSDate() } })
}

/** Operational work that is over. */
async function patrolled (db: Db, its: Everything): Promise<void> {
  const { activity: { id } } = its
  await draftAlone(db, its)
  await db.activity.update({
    where: { id },
    data: {
      kind: 'disruption',
      status: 'published',
      visibility: 'operational',
      booking: 'none',
      capacity: null,
      startsAt: noon.minus({ hours: 3 }).toJSDate(),
      endsAt: noon.minus({ hours: 1 }).toJSDate()
    }
  })
}

async function askedToRelease (db: Db, its: Everything): Promise<void> {
  await patrolled(db, its)
  const { activity: { id: activityId }, colleague } = its
  await db.release.create({ data: { activityId, askedById: colleague.id, askedAt: noon.toJSDate() } })
}

/** A draft for everyone, in a campaign where coordinators approve what becomes public. */
async function forCoordinators (db: Db, { activity: { id, campaignId } }: Everything): Promise<void> {
  await db.campaign.update({ where: { id: campaignId }, data: { needsApproval: true } })
  await db.activity.update({
    where: { id },
    data: {
      status: 'draft',
      visibility: 'public',
      startsAt: noon.plus({ days: 7 }).toJSDate(),
      endsAt: noon.plus({ days: 7, hours: 1 }).toJSDate()
    }
  })
}

async function askedToApprove (db: Db, its: Everything): Promise<void> {
  await forCoordinators(db, its)
  const { activity: { id: activityId }, colleague } = its
  await db.approvalRequest.create({ data: { activityId, askedById: colleague.id, askedAt: noon.toJSDate() } })
}

/** A change of what everyone reads that waits for a coordinator. */
async function proposed (db: Db, its: Everything): Promise<void> {
  await forCoordinators(db, its)
  const { activity: { id: activityId, title }, colleague } = its
  await db.activity.update({ where: { id: activityId }, data: { status: 'published' } })
  await db.proposal.create({
    data: { activityId, changes: { title: [title, 'Another title'] }, askedById: colleague.id, askedAt: noon.toJSDate() }
  })
}

/** Who sends a form that is not for an admin. */
const senders: Record<string, (its: Everything) => Partial<StaffMember>> = {
  '/staff/activities/:slug/approval/request': ({ leading }) => ({ role: 'organiser', agencyId: leading.id })
}

/** What a person types into a field that is empty; undefined where empty is as good. */
const typed: Record<string, () => string> = {
  answer: () => 'We have asked for captions.',
  body: () => 'Bring a pen.',
  change: () => '5',
  code: () => '123456',
  date: () => '2026-12-08',
  day: () => '2027-04-01',
  successor: () => 'Furness partnership',
  who: () => 'Anne Kirkbride',
  starts_day: () => '2026-12-08',
  starts_time: () => '18:00',
  ends_time: () => '19:00',
  first_day: () => '2026-11-16',
  description: () => 'For adults.',
  district: () => 'Cumberland',
  email: () => `${randomUUID()}@example.org`,
  heading: () => 'What to bring',
  hours: () => '24',
  hub: () => 'Cumberland Safeguarding Hub',
  last_day: () => '2026-11-23',
  join_url: () => 'https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T',
  message: () => 'At the town hall, from 9am.',
  most: () => '5',
  name: () => `A name ${randomUUID()}`,
  number: () => '0800 1111',
  owner: () => 'Cumberland Council',
  owner_name: () => 'Sam Rigg',
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
  text: () => aStory,
  stock: () => '20',
  title: () => `A title ${randomUUID()}`,
  weekday: () => '1',
  weeks: () => '2',
  what_happened: () => 'Nobody came.'
}

/** What is sent by the buttons under a list: the people or activities that are ticked, and what the button says. */
function chosenOn (url: string, { booking, activity, entry, earlierCampaign }: Everything): Fields | undefined {
  if (url.endsWith('/entries/invitation')) return [['earlier', earlierCampaign]]
  if (url === '/staff/entries/refusal') return [['chosen', `${entry}.${entry}`]]
  if (url.endsWith('/board/stages')) return [['activities', activity.id], ['stage', 'confirmed']]
  if (url.endsWith('/outcomes/again')) return [['activities', activity.id]]
  if (url.endsWith('/board/deletion')) return [['activities', activity.id]]
  return /\/attendees\/\w+$/.test(url) ? [['booking', booking]] : undefined
}

/** Forms on a page that such a button leads to. */
const afterChoosing: Record<string, string> = {
  '/staff/activities/:slug/attendees/move/date': '/staff/activities/:slug/attendees/move',
  '/staff/activities/:slug/attendees/attendance/notes': '/staff/activities/:slug/attendees/attendance',
  '/staff/campaigns/:slug/board/deletion': '/staff/campaigns/:slug/board/deletion',
  '/staff/entries/refusal': '/staff/entries/refusal'
}

interface Site {
  app: FastifyInstance
  db: Db
  its: Everything
  /** What an admin's browser sends. */
  headers: { cookie: string }
  changes: Changes
  /** Addresses of pages, with the names of their parameters. */
  gets: readonly string[]
  /** Addresses of forms. */
  posts: readonly string[]
}

/**
 * The service with all its routes for staff. Each form is sent to a service in which there is one of everything, and
 * another to whose addresses it does not belong: what was made for the last, and what it did, is taken back.
 */
export async function staffForms (t: Test) {
  const its = await world(t)
  const parts = { ...partsOf(its), makesMeetings: true, reports: noReports }
  const { app, routes } = await withItsRoutes(async () => await buildApp(parts))
  t.teardown(async () => { await app.close() })
  const inside = staffRoutes(routes)
  const [gets, posts] = (['GET', 'POST'] as const).map(asked =>
    inside.filter(({ method }) => method === asked).map(({ url }) => url)) as [string[], string[]]
  const [one, another] = [await everything(its.db), await everything(its.db)]
  const { headers, member } = await signedIn(app, its.db)
  await giveTheirs(its.db, one, member)
  const at = { app, db: its.db, its: one, headers, changes: await changesOf(t, its), gets, posts }
  const pages = await pagesWithForms(at)
  return { ...at, another, formFor: async (url: string) => await formFor(at, pages.get(url), url) }
}
export type StaffForms = Awaited<ReturnType<typeof staffForms>>

let found: Promise<Map<string, string>> | undefined

/** The page that contains the form for each address: the same for all tests of a process. */
async function pagesWithForms (at: Site): Promise<Map<string, string>> {
  found ??= findPages(at)
  return await found
}

/** Pages that have their form only when their address says more. */
const withAnswers = [
  '/staff/activities/new?campaign=:slug', '/staff/campaigns/:slug/copy?first_day=2027-11-29&title=The+next+one'
]

/** Found by visiting all pages, and for a form that needs something made first those at and above its address. */
async function findPages (at: Site): Promise<Map<string, string>> {
  const pages = new Map<string, string>()
  const isFile = (url: string) => /\.\w+$/.test(url)
  await visit(at, at.headers, [...withAnswers, ...at.gets.filter(url => !isFile(url))], pages)
  for (const url of Object.keys(prepared)) {
    const headers = await prepare(at, url)
    await visit(at, headers, at.gets.filter(page => `${url}/`.startsWith(`${page}/`)), pages)
  }
  return pages
}

/** Notes, for each form on pages, the first page that it is on. */
async function visit (
  { app, its, posts }: Site, headers: Site['headers'], visited: readonly string[], pages: Map<string, string>
): Promise<void> {
  for (const page of visited) {
    const url = addressOf(page, its)
    const { body } = await app.inject({ url, headers })
    for (const { action } of formsOn(body, url)) {
      const posted = posts.find(post => addressOf(post, its) === action)
      if (posted !== undefined && !pages.has(posted)) pages.set(posted, page)
    }
  }
}

/** Takes back what was done, makes what a form needs, and returns what the browser of who sends it sends. */
async function prepare ({ app, db, its, headers, changes }: Site, url: string): Promise<Site['headers']> {
  await changes.undone()
  await prepared[url]?.(db, its)
  const sender = senders[url]?.(its)
  if (sender === undefined) return headers
  const theirs = await signedIn(app, db, sender)
  await giveTheirs(db, its, theirs.member)
  return theirs.headers
}

/**
 * A form with empty fields filled in, without fields where no page has it; and how to take back what was done since,
 * which tells the tables.
 */
async function formFor (at: Site, page: string | undefined, url: string) {
  const headers = await prepare(at, url)
  const form = await filledIn(at, page, url, headers)
  const since = await at.changes.now()
  return { ...form, headers, undone: async () => await at.changes.undone(since) }
}

async function filledIn (
  { app, its }: Site, page: string | undefined, url: string, headers: Site['headers']
): Promise<{ address: string, fields: Fields }> {
  const address = addressOf(url, its)
  const button = afterChoosing[url]
  const chosen = chosenOn(button ?? url, its)
  if (chosen !== undefined && button === undefined) return { address, fields: chosen }
  if (page === undefined && button === undefined) return { address, fields: [] }
  const from = addressOf(page ?? button ?? '', its)
  const { body } = button === undefined
    ? await app.inject({ url: from, headers })
    : await post(app, from, new URLSearchParams(chosen ?? []).toString(), headers)
  const form = formsOn(body, from).find(({ action }) => action === address)
  const fields: Fields = (form?.fields ?? []).map(([name, value]) => [name, value === '' ? typed[name]?.() ?? '' : value])
  // A box is ticked for what is to be approved.
  const [, box] = /name="chosen" type="checkbox" value="([^"]+)"/.exec(body) ?? []
  const ticked: Fields = box === undefined ? [] : [['chosen', box]]
  return { address, fields: [...fields, ...ticked] }
}

/** Asserts that an answer refuses what was sent, with a sentence. */
export function saysWhy (t: Test, answer: { statusCode: number, body: string }, what: string): void {
  const { h1, errors, text } = perceived(answer)
  t.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${what} is answered with ${answer.statusCode}`)
  t.ok(h1 !== '' && (errors.length > 0 || /\w\. /.test(text)), `${what} is answered with a sentence`)
}
