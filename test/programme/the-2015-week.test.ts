import { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { aSite } from '../browser/site.ts'
import type { Site } from '../browser/site.ts'
import { openPage, withBrowser } from '../browser/chromium.ts'
import { formsOn, tokenOn } from '../support/filled-in.ts'
import { linesOf } from '../support/pdf.ts'
import { perceived, post } from '../support/service.ts'
import { aLink, cookieOf, signedIn } from '../support/staff.ts'
import * as week from '../support/the-2015-week.ts'
import { upload } from '../support/uploads.ts'

const now = DateTime.fromISO(week.announcedAt, { zone: 'utc' }) as DateTime<true>
const campaignAt = `/staff/campaigns/${week.slug}`

type Headers = Record<string, string>

/** The service in September 2015, with an admin who is signed in. */
async function site2015 (t: Test) {
  const site = await aSite(t, { clock: () => now })
  const { headers: admin } = await signedIn(site.app, site.db, { role: 'admin', name: 'Ada Admin' })
  return { site, admin }
}

/**
 * Opens a page, fills in its form and sends it, as a person does; what it does to others is confirmed. Returns where it
 * leads, and throws what is wrong.
 */
async function fill (
  { app }: Site, page: string, answers: Record<string, string>, headers: Headers, action = page
): Promise<string> {
  const { body, statusCode } = await app.inject({ url: page, headers })
  const form = formsOn(body, page).find(found => found.action === action)
  if (form === undefined) throw new Error(`There is no form for ${action} at ${page}, which answers ${statusCode}.`)
  const fields = { ...Object.fromEntries(form.fields), ...answers }
  const sent = await post(app, action, fields, headers)
  const confirmed = tokenOn(sent.body)
  const answer = confirmed === '' ? sent : await post(app, action, { ...fields, confirmed }, headers)
  if (answer.statusCode !== 303) throw new Error(`${action}: ${answer.statusCode} ${perceived(answer).text}`)
  return String(answer.headers.location)
}

/** What the partnership says of the week, and what it gives out. */
async function sayWhatItIs (site: Site, admin: Headers): Promise<void> {
  await fill(site, campaignAt, week.texts, admin)
  await fill(site, `${campaignAt}/key-messages`, week.keyMessages, admin)
  await fill(site, `${campaignAt}/advice/new`, week.advice, admin)
  await fill(site, `${campaignAt}/press`, week.press, admin)
  for (const resource of week.resources) await fill(site, '/staff/resources/stock/new', resource, admin)
  const { id: campaign } = await site.db.campaign.findFirstOrThrow()
  const { fields } = await downloadForm(site, admin)
  await upload(site.app, '/staff/resources/downloads', {
    fields: { ...fields, ...week.download, campaign }, files: { file: [week.downloadBytes] }
  }, admin)
  const scenario = await fill(site, '/staff/scenarios/new', { text: week.story, campaign: week.slug }, admin)
  const [at = ''] = scenario.split('?')
  await fill(site, at, {}, admin, `${at}/publishing`)
}

async function downloadForm ({ app }: Site, headers: Headers) {
  const page = '/staff/resources/downloads'
  const form = formsOn((await app.inject({ url: page, headers })).body, page).find(({ action }) => action === page)
  return { fields: { ...Object.fromEntries(form?.fields ?? []), resource: '', file: '' } }
}

/** The whole week by forms: agencies and their people, then each enters its own, and a coordinator approves it. */
async function byForms (t: Test): Promise<Site> {
  const { site, admin } = await site2015(t)
  const { app, db } = site
  await fill(site, '/staff/campaigns/new', week.campaign, admin)
  for (const name of week.agencies) await fill(site, '/staff/agencies', { name }, admin)
  const ids = new Map((await db.agency.findMany()).map(({ name, id }) => [name, id]))
  const idOf = (agency: string) => ids.get(agency) ?? ''
  for (const { agency, ...person } of week.people) {
    await fill(site, '/staff/members/new', { ...person, role: 'organiser', agency: idOf(agency) }, admin)
  }
  await sayWhatItIs(site, admin)

  const signedInAs = async (agency: string): Promise<{ id: string, headers: Headers }> => {
    const member = await db.staffMember.findFirstOrThrow({ where: { agencyId: idOf(agency) } })
    return { id: member.id, headers: { cookie: cookieOf(await post(app, await aLink(db, member, now), {})) } }
  }
  const [coordinating = ''] = week.agencies
  const coordinator = await signedInAs(coordinating)
  await fill(site, `${campaignAt}/approval`, { approval: 'yes', areas: `${coordinator.id}:*` }, admin)

  const organisers = new Map(await Promise.all(
    week.agencies.map(async agency => [agency, await signedInAs(agency)] as const)))
  for (const activity of week.activities) {
    const { headers = {} } = organisers.get(activity.lead) ?? {}
    const made = await fill(site, '/staff/activities/new', week.answersOf(activity, idOf), headers)
    const [at = ''] = made.split('?')
    if (activity.visibility !== 'public' || activity.lead === coordinating) {
      await fill(site, `${at}/publish`, {}, headers)
      continue
    }
    const alone = await post(app, `${at}/publish`, {}, headers)
    if (alone.statusCode !== 409) throw new Error(`${activity.title} was not for a coordinator to approve.`)
    await fill(site, `${at}/approval`, {}, headers, `${at}/approval/request`)
    await fill(site, `${at}/approval`, {}, coordinator.headers)
  }
  return site
}

/** The same by one file: of agencies, too, it is the first to tell. */
async function byFile (t: Test): Promise<Site> {
  const { site, admin } = await site2015(t)
  await fill(site, '/staff/campaigns/new', week.campaign, admin)
  await sayWhatItIs(site, admin)
  const read = await upload(site.app, '/staff/programme', { files: { file: [week.programmeFile()] } }, admin)
  await fill(site, String(read.headers.location), {}, admin)
  return site
}

const publicAddresses = [
  `/campaigns/${week.slug}`, `/campaigns/${week.slug}?view=timetable`, `/campaigns/${week.slug}?view=overview`,
  `/campaigns/${week.slug}?district=Rochdale&how=drop-in`, `/campaigns/${week.slug}/badge`, '/', '/sitemap.xml',
  `/campaigns/${week.slug}/advice/if-something-went-wrong-online`, '/resources',
  `/calendar/${week.slug}.ics`, '/activities/street-surgery-stop-and-talk-2'
]

/** What an answer says, unfolded, without ids, port and the computer’s own clock: no two are the same. */
function withoutIds (body: string, { origin }: Site): string {
  const { host } = new URL(origin)
  return body.replaceAll('\r\n ', '').replaceAll(host, 'service.example')
    .replaceAll(encodeURIComponent(host), 'service.example')
    .replaceAll(/(?<=<lastmod>)[^<]+/g, 'INSTANT').replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
}

t.test('the week of 2015, entered by its agencies and imported from one file, is the same for everyone', async t => {
  const [entered, imported] = [await byForms(t), await byFile(t)]

  t.equal(await entered.db.activity.count({ where: { status: 'published' } }), week.activities.length)
  for (const address of publicAddresses) {
    const [one, other] = await Promise.all([entered, imported].map(async site =>
      withoutIds((await site.app.inject(address)).body, site)))
    t.equal(one, other, address)
  }

  await t.test('as everyone reads it: what is announced, and nothing of the police’s own work', async t => {
    const { text } = perceived(await entered.app.inject(`/campaigns/${week.slug}`))
    for (const { title, visibility } of week.activities) t.equal(text.includes(title), visibility === 'public', title)
    t.match(text, '#itsnotokay on')
    t.match(text, 'Where is Jess?')
  })

  await t.test('as its own people have it: the board’s file', async t => {
    const [one, other] = await Promise.all([entered, imported].map(async site => {
      const { headers } = await signedIn(site.app, site.db, { role: 'admin' })
      const { body } = await site.app.inject({ url: `${campaignAt}/board.csv`, headers })
      // The first cell is the slug, which nobody can guess where the police's own work was entered by form.
      return body.split('\r\n').map(line => line.slice(line.indexOf(',')))
    }))
    t.strictSame(one, other)
    t.match(one?.join('\n'), 'Disruption patrols')
  })

  await t.test('on paper', withBrowser, async t => {
    const page = await openPage(t)
    const [one, other] = [await printed(entered), await printed(imported)]
    t.strictSame(one, other)
    t.match(one.join('\n'), 'Street surgery: stop and talk')

    async function printed (site: Site): Promise<string[]> {
      await page.goto(`${site.origin}/campaigns/${week.slug}`)
      const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true })
      t.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length, 1, 'all of it is one sheet')
      const lines = await linesOf(pdf)
      return lines.map(line => line.replaceAll(new URL(site.origin).host, 'service.example'))
    }
  })
})
