import { randomUUID } from 'node:crypto'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import type { Db } from '../src/platform/database/connect.ts'
import { filledIn } from './support/filled-in.ts'
import { links, perceived, post, service, workshopForm } from './support/service.ts'
import { aStory } from './support/scenarios.ts'
import { aSchool, anEntryForm } from './support/entries.ts'
import { aResource } from './support/resources.ts'
import { anAgency, organiser, signedIn } from './support/staff.ts'
import { aBooking, aCampaign, anActivity, noon, warm } from './support/world.ts'
import { cancelForThem } from './support/confirming.ts'

type Fields = Record<string, string>

/** A form with a submission id: how it is filled in, and then, after going back to it, filled in otherwise. */
interface OwnForm {
  template: string
  url: string
  /** Counts what it makes. */
  count: (db: Db) => Promise<number>
  one: Fields
  /** The changed fields; undefined: only one at a time can exist of what it makes. */
  other: Fields | undefined
  /** How many it makes. */
  makes: number
}

const templates = join(import.meta.dirname, '../templates')

/** All forms, with everything that they need in the database. */
async function ownForms (db: Db): Promise<OwnForm[]> {
  const { slug: campaign } = await aCampaign(db)
  const activity = await anActivity(db)
  const { slug, id: activityId } = activity
  const { slug: week } = await db.campaign.findUniqueOrThrow({ where: { id: activity.campaignId } })
  const { slug: entryCampaign } = await anEntryForm(db)
  await anAgency(db)
  const { id: booking } = await aBooking(db, activityId)
  const at = `/staff/activities/${slug}`
  const anne = { name: 'Anne Kirkbride', email: 'anne@example.org' }
  const bob = { name: 'Bob Nixon', email: 'bob@example.org' }
  const workshop = { ...workshopForm, title: 'Staying safe' }
  const hold = { reason: 'An inquiry', owner: 'The data protection officer', review_on: '2027-02-01' }
  const hub = {
    name: 'Eden hub',
    purpose: 'To talk',
    audience: 'everyone',
    number: '0300 373 2724',
    owner: 'Us',
    position: '9'
  }
  const bookings = async (db: Db) => await db.booking.count()
  const holds = async (db: Db) => await db.legalHold.count()
  const requests = async (db: Db) => await db.request.count()
  const activities = async (db: Db) => await db.activity.count()
  const campaigns = async (db: Db) => await db.campaign.count()
  const agencies = async (db: Db) => await db.agency.count()
  const contacts = async (db: Db) => await db.supportContact.count()
  const scenarios = async (db: Db) => await db.scenario.count()
  const members = async (db: Db) => await db.staffMember.count()
  const invitations = async (db: Db) => await db.coHostInvitation.count()
  const advice = async (db: Db) => await db.advicePage.count()
  const page = { title: 'If a picture was shared', audience: 'parents', text: 'Stay calm.' }
  const resources = async (db: Db) => await db.resource.count()
  const asked = async (db: Db) => await db.resourceRequest.count()
  const { id: resourceId } = await aResource(db)
  const form = (
    template: string, url: string, count: OwnForm['count'], one: Fields, other?: Fields, makes = 1
  ): OwnForm => ({ template, url, count, one, other, makes })

  return [
    form('booking/bookings/book-a-place', `/activities/${slug}/book`, bookings, { ...anne, role: 'parent' }, bob),
    form('office/on-behalf/book-by-phone', `${at}/bookings/new`, bookings,
      { name: 'Carol', phone: '01539 722 722', role: 'carer' }, { name: 'Dan', phone: '01539 722 723' }),
    form('office/editor/new-activity', `/staff/activities/new?campaign=${campaign}`, activities, workshop, { title: 'Another' }),
    form('office/editor/new-activity', `/staff/activities/new?from=${slug}`, activities,
      { starts_day: '2026-12-15' }, { starts_day: '2026-12-22' }),
    form('office/board/copy', `/staff/campaigns/${week}/copy?first_day=2027-12-01&title=Next+year`, campaigns,
      { title: 'Next year' }, { title: 'The year after' }),
    form('office/editor/repeat', `${at}/repeat`, activities,
      { how: 'weekly', weeks: '2' }, { how: 'days', days: '2027-04-01 2027-04-02' }, 2),
    form('programme/campaigns/new-campaign', '/staff/campaigns/new', campaigns,
      { title: 'A', kind: 'programme', partnership: 'Us' }, { title: 'B' }),
    form('office/successions/successions', '/staff/successions', async db => await db.succession.count(), {
      from: 'partnership:Cumbria safeguarding partnerships', district: '', successor: 'Cumberland partnership', day: '2027-05-01'
    }, { successor: 'Furness partnership', day: '2027-06-01' }),
    form('programme/campaigns/agencies', '/staff/agencies', agencies, { name: 'Police' }, { name: 'NSPCC' }),
    form('programme/advice/advice-form', '/staff/advice/new', advice, page, { title: 'Who your friends are' }),
    form('programme/advice/advice-form', `/staff/campaigns/${campaign}/advice/new`, advice, page, { text: 'Talk.' }),
    form('programme/scenarios/text', '/staff/scenarios/new', scenarios, { text: aStory }, { text: aStory.replace('friend', 'cousin') }),
    form('programme/support/support-contact', '/staff/support/new', contacts, hub, { name: 'Copeland hub' }),
    form('office/staff-accounts/member', '/staff/members/new', members, { ...anne, role: 'organiser', agency: 'partnership' }, bob),
    form('office/standing-lists/standing-list', '/staff/lists/standing/new', async db => await db.standingList.count(), {
      about: 'mine', columns: 'name', format: 'csv', why: 'door', how: 'before', hours: '24'
    }, { hours: '48' }),
    form('office/co-hosts/invite', `${at}/co-hosts/new`, invitations, {
      name: 'Sal', email: 'sal@school.example', agency: 'another', organisation: 'School'
    }, { email: 'tom@school.example' }),
    form('office/legal-holds/legal-hold-form', '/staff/legal-holds/new', holds, { ...hold, email: anne.email }, { email: bob.email }),
    form('office/legal-holds/legal-hold-form', `${at}/legal-hold`, holds, hold, { reason: 'Another inquiry' }),
    form('office/requests/request-new', '/staff/requests/new', requests,
      { ...anne, kind: 'copy', received: '2026-11-20' }, { kind: 'deletion' }),
    form('office/requests/complain', '/complaints', requests,
      { ...anne, what_happened: 'Nobody let me in.' }, { what_happened: 'Nobody answered.' }),
    form('programme/resources/new-resource', '/staff/resources/stock/new', resources,
      { name: 'Pens', description: 'Blue.', most: '5', stock: '20' }, { name: 'Leaflets' }),
    form('office/resource-requests/ask', '/resources/ask', asked, {
      ...anne,
      organisation: 'Kendal School',
      [`quantity_${resourceId}`]: '2',
      purpose: 'A stall',
      needed_by: '2026-12-07',
      getting: 'collect',
      for_work: 'yes'
    }, { purpose: 'Another stall' }),
    form('office/entries/enter', `/campaigns/${entryCampaign}/take-part`, async db => await db.entry.count(), aSchool, { title: 'Another' }),
    form('office/requests/ask', `/bookings/${links.tokenOf(booking)}/objection`, requests, { why: 'x' })
  ]
}

/** A message to many is begun by its form and shown; the same form may change it once both texts were seen. */
const begun = 'mail/bulletins/bulletin-text'

/** Comes with a file: test/programme/resources/downloads.test.ts sends it twice. */
const withFile = 'programme/resources/downloads'

/** Shows what it made, and only once: test/mail/agency-feeds/staff-pages.test.ts sends it many times. */
const withSecret = 'mail/agency-feeds/feeds'

/** Sends a form, and presses the button where a page first says what it does. */
async function send (app: Awaited<ReturnType<typeof service>>['app'], url: string, fields: Fields, headers: Fields) {
  const path = url.split('?')[0] ?? url
  const answer = await post(app, path, fields, headers)
  return answer.statusCode === 200 ? await post(app, path, filledIn(answer.body), headers) : answer
}

t.test('a form that comes back as it was makes nothing anew, and with other answers makes what it says', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const forms = await ownForms(db)
  await warm(db)

  for (const { template, url, count, one, other, makes } of forms) {
    const before = await count(db)
    const fields = { ...filledIn((await app.inject({ url, headers })).body), submission: randomUUID(), ...one }
    const sent = async (fields: Fields) => {
      const answer = await send(app, url, fields, headers)
      t.equal(answer.statusCode, 303, `${url}: ${perceived(answer).h1}`)
    }

    await Promise.all([sent(fields), sent(fields)])
    await sent(fields)
    t.equal(await count(db), before + makes, `${template}: sent three times, it is one`)

    if (other === undefined) continue
    await sent({ ...fields, ...other })
    t.equal(await count(db), before + 2 * makes, `${template}: with other answers it is another`)
  }

  const known = new Set([...forms.map(({ template }) => template), begun, withFile, withSecret])
  const found: string[] = []
  for await (const name of glob('**/*.njk', { cwd: templates })) {
    if ((await readFile(join(templates, name), 'utf8')).includes('name="submission"')) found.push(name.replace(/\.njk$/, ''))
  }
  t.strictSame(found.sort(), [...known].sort(), 'no form is known by its own number but these')
})

/** The service, something to book, and an organiser. */
async function desk (t: Test) {
  const its = await service(t)
  const activity = await anActivity(its.db)
  const { headers } = await signedIn(its.app, its.db, { role: 'organiser' })
  return { ...its, activity, headers }
}

t.test('a form whose booking was cancelled since is refused where everyone can see it, and books at the second press', async t => {
  const { app, db, outbox, activity, headers } = await desk(t)
  const forms: Array<[url: string, fields: Fields]> = [
    [`/activities/${activity.slug}/book`, { name: 'Anne', email: 'anne@example.org', role: 'parent' }],
    [`/staff/activities/${activity.slug}/bookings/new`, { name: 'Bob', phone: '01539 722 722', role: 'parent' }]
  ]

  for (const [url, given] of forms) {
    const fields = { ...given, submission: randomUUID() }
    const first = await post(app, url, fields, headers)
    t.equal(first.statusCode, 303)
    const { id } = await db.booking.findFirstOrThrow({ where: { name: given.name ?? '', status: 'confirmed' } })
    await cancelForThem({ db, outbox }, [id], organiser, noon)

    const again = await post(app, url, fields, headers)

    t.equal(again.statusCode, 409, url)
    t.match(perceived(again).errors, [{ field: 'form', sentence: /its booking has been cancelled or has ended since/ }])
    t.equal(await db.booking.count({ where: { status: 'confirmed' } }), forms.findIndex(([other]) => other === url))
    t.match(filledIn(again.body), given, 'nothing that was typed is lost')
    const anew = await post(app, url, filledIn(again.body), headers)
    t.equal(anew.statusCode, 303)
    t.equal(await db.booking.count({ where: { name: given.name ?? '', status: 'confirmed' } }), 1)
    if (first.headers.location?.includes('done=made') === true) {
      t.notMatch(perceived(await app.inject({ url: first.headers.location, headers })).text, 'They are booked in', 'nor does the page say so later')
      t.match(perceived(await app.inject({ url: anew.headers.location ?? '', headers })).text, 'They are booked in')
    }
  }
})

t.test('a form whose booking was moved since does not book a second time in silence', async t => {
  const { app, db, activity } = await desk(t)
  const other = await anActivity(db, { campaignId: activity.campaignId })
  const url = `/activities/${activity.slug}/book`
  const fields = { name: 'Anne', email: 'anne@example.org', role: 'parent', submission: randomUUID() }
  await post(app, url, fields)
  await db.booking.updateMany({ data: { activityId: other.id } })

  t.equal((await post(app, url, fields)).statusCode, 409)
  t.equal(await db.booking.count(), 1)
})

t.test('a phone booking form that comes again says where its booking stands by now', async t => {
  const { app, db, headers } = await desk(t)
  const full = await anActivity(db, { capacity: 1 })
  await aBooking(db, full.id)
  const url = `/staff/activities/${full.slug}/bookings/new`
  const fields = { name: 'Bob', phone: '01539 722 722', role: 'parent', submission: randomUUID() }

  t.match((await post(app, url, fields, headers)).headers.location, /done=made-waiting$/)
  t.match((await post(app, url, fields, headers)).headers.location, /done=made-waiting$/)
  await db.booking.updateMany({
    where: { name: 'Bob' }, data: { status: 'offered', offers: 1, offeredUntil: noon.plus({ hours: 5 }).toJSDate() }
  })

  t.match((await post(app, url, fields, headers)).headers.location, /done=made-before$/)
})

t.test('the form of a legal hold that was lifted since does not say that it is set', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const url = '/staff/legal-holds/new'
  const fields = {
    email: 'anne@example.org', reason: 'An inquiry', owner: 'Us', review_on: '2027-02-01', submission: randomUUID()
  }
  t.equal((await send(app, url, fields, headers)).statusCode, 303)
  await db.legalHold.updateMany({ data: { liftedAt: noon.toJSDate(), liftedById: randomUUID(), canonicalEmail: null } })

  const again = await send(app, url, fields, headers)

  t.equal(again.statusCode, 409)
  t.match(perceived(again).text, 'This legal hold has been lifted')
})

t.test('someone who was disabled since is not said to be added', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const fields = { name: 'Anne', email: 'anne@council.example', role: 'staff', agency: 'partnership', submission: randomUUID() }
  t.equal((await post(app, '/staff/members/new', fields, headers)).statusCode, 303)
  await db.staffMember.updateMany({ where: { email: fields.email }, data: { disabledAt: noon.toJSDate() } })

  t.equal((await post(app, '/staff/members/new', fields, headers)).statusCode, 409)
})

t.test('a page does not say that something was done once that is no longer so', async t => {
  const { app, db, activity, headers } = await desk(t)
  const url = `/staff/activities/${activity.slug}`
  const said = async (done: string) => perceived(await app.inject({ url: `${url}?done=${done}`, headers })).text

  t.match(await said('published'), 'The activity is published.')
  t.notMatch(await said('created'), 'The activity is saved as a draft')
  await db.activity.updateMany({ data: { status: 'draft' } })
  t.notMatch(await said('published'), 'The activity is published.')
  t.match(await said('created'), 'The activity is saved as a draft')
})
