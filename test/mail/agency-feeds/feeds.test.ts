import { DateTime } from 'luxon'
import ICAL from 'ical.js'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { hashOf } from '../../../src/identity/staff/token.ts'
import { cancelActivity } from '../../../src/booking/bookings/cancel.ts'
import { newFeedToken } from '../../../src/mail/agency-feeds/token.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { anEntry, anEntryForm } from '../../support/entries.ts'
import { read, readByBoth, withSecondReader } from '../../support/icalendar.ts'
import { confirming } from '../../support/confirming.ts'
import { countedService, service } from '../../support/service.ts'
import { aStaffMember, anAgency, organiser } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon, secretKey } from '../../support/world.ts'

/** Every feed that was answered, for another program to read at the end. */
const answered: string[] = []

/** A feed of an agency, or of the partnership; its address. */
async function aFeed (db: Db, agencyId: string | null, token = newFeedToken()): Promise<string> {
  await db.agencyFeed.create({
    data: { id: crypto.randomUUID(), agencyId, name: 'Comms team’s Outlook', tokenHash: hashOf(token), madeAt: noon.toJSDate() }
  })
  return `/feeds/${token}.ics`
}

type Given = Parameters<typeof anActivity>[1]

const levels = {
  open: { visibility: 'public' },
  embargoed: { visibility: 'public', embargoUntil: noon.plus({ days: 1 }).toJSDate() },
  partners: { visibility: 'partners' },
  'partners, a draft': { visibility: 'partners', status: 'draft' },
  agency: { visibility: 'agency' },
  'agency, a draft': { visibility: 'agency', status: 'draft' },
  'public, a draft': { visibility: 'public', status: 'draft' },
  operational: { visibility: 'operational', kind: 'disruption' }
} as const satisfies Record<string, Given>

t.test('a feed has what all people of its agency may know of, and never what only some are named for', async t => {
  const { app, db } = await service(t)
  const [leading, takingPart, another] = [await anAgency(db), await anAgency(db), await anAgency(db)]
  const { id: campaignId } = await aCampaign(db)
  const named = await aStaffMember(db, { agencyId: another.id, role: 'organiser' })
  for (const [title, given] of Object.entries(levels)) {
    const { id: activityId } = await anActivity(db, { campaignId, title, leadAgencyId: leading.id, ...given })
    await db.activityPartner.create({ data: { activityId, agencyId: takingPart.id } })
    await db.namedPerson.create({ data: { activityId, staffMemberId: named.id } })
  }
  const titlesIn = async (agencyId: string | null) => {
    const { body } = await app.inject(await aFeed(db, agencyId))
    answered.push(body)
    return read(body).events.map(({ summary }) => summary.replace(/^.*: /, '')).sort()
  }

  const all = Object.keys(levels).filter(level => level !== 'operational').sort()
  t.strictSame(await titlesIn(leading.id), all)
  t.strictSame(await titlesIn(takingPart.id), all)
  t.strictSame(await titlesIn(null), all, 'of the partnership')
  t.strictSame(await titlesIn(another.id), ['embargoed', 'open', 'partners'])

  const campaign = await anEntryForm(db)
  const entry = await anEntry(db, campaign, { activity: { title: 'A stranger’s words' } })
  t.strictSame(await titlesIn(null), all, 'nor what a stranger entered, before it is approved')
  await db.entry.delete({ where: { id: entry.id } })
  t.strictSame(await titlesIn(null), all, 'also once they had themselves erased')
  await db.activity.update({ where: { id: entry.activityId ?? '' }, data: { status: 'published' } })
  t.ok((await titlesIn(null)).includes('A stranger’s words'))
})

t.test('an entry says how sure it is and who may know, and nothing that only its organisers need', async t => {
  const { app, db } = await service(t)
  const agency = await anAgency(db, { name: 'Cumbria Police' })
  const { id: campaignId } = await aCampaign(db, { title: 'Know who your friends are', discreet: true })
  const activity = await anActivity(db, {
    campaignId,
    title: 'A workshop for carers',
    visibility: 'agency',
    status: 'draft',
    leadAgencyId: agency.id,
    audiences: ['carers'],
    joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl)
  })
  await aBooking(db, activity.id, { name: 'Wanda Dunn' })
  const owner = await aStaffMember(db, { name: 'Olive Owner', agencyId: agency.id })
  await db.activityPlan.create({ data: { activityId: activity.id, ownerId: owner.id, staffing: 'Sid Staffed', notes: 'Nora Noted' } })
  await db.activityHost.create({ data: { activityId: activity.id, staffMemberId: owner.id } })

  const answer = await app.inject(await aFeed(db, agency.id))

  const text = answer.body.replaceAll('\r\n ', '')
  answered.push(answer.body)
  t.match(text, 'X-WR-CALNAME:Activities\\, for Cumbria Police')
  t.match(text, /REFRESH-INTERVAL;VALUE=DURATION:PT6H/)
  t.match(text, 'UID:' + activity.icalUid)
  t.match(text, 'SUMMARY:Draft: A workshop for carers')
  t.match(text, 'STATUS:TENTATIVE')
  t.match(text, /DESCRIPTION:This is a draft\..*For carers\\nLed by: Cumbria Police\\nCampaign: Know who your friends are/)
  t.match(text, new RegExp(`URL;VALUE=URI:https?://[^/]*/staff/activities/${activity.slug}`))
  t.notMatch(text, /ATTENDEE|Wanda|Olive|Sid Staffed|Nora|teams\.microsoft\.com|SOURCE/)
  t.notMatch(text, /feeds\//, 'it does not say where it comes from')

  await db.activity.update({ where: { id: activity.id }, data: { status: 'published' } })
  const published = (await app.inject(await aFeed(db, agency.id))).body.replaceAll('\r\n ', '')
  t.match(published, 'SUMMARY:A workshop for carers')
  t.match(published, /DESCRIPTION:This is for the organisations that take part\. Please do not pass it on\./)
})

t.test('what is under embargo says so until it ends, by the clocks of summer', async t => {
  let now = DateTime.fromISO('2027-06-01T00:00Z', { zone: 'utc' }) as DateTime<true>
  const { app, db } = await service(t, { clock: () => now, freshForMs: 0 })
  const { id: campaignId } = await aCampaign(db)
  const { slug } = await anActivity(db, {
    campaignId,
    title: 'A launch',
    kind: 'launch',
    startsAt: new Date('2027-06-20T09:00Z'),
    endsAt: new Date('2027-06-20T10:00Z'),
    // One in the afternoon on clocks, midday in UTC.
    embargoUntil: new Date('2027-06-10T12:00Z')
  })
  const url = await aFeed(db, (await anAgency(db)).id)
  const ask = async (at: string) => {
    now = DateTime.fromISO(at, { zone: 'utc' }) as DateTime<true>
    const { body, headers } = await app.inject(url)
    answered.push(body)
    return { body: body.replaceAll('\r\n ', ''), etag: headers.etag }
  }

  const before = await ask('2027-06-10T11:59:59Z')
  t.match(before.body, 'SUMMARY:EMBARGOED until 10 June 2027 at 1pm: A launch')
  t.match(before.body, 'DESCRIPTION:EMBARGOED until 10 June 2027 at 1pm. Do not tell anyone')
  t.match(before.body, `/staff/activities/${slug}`)
  t.equal((await app.inject(`/activities/${slug}`)).statusCode, 404)

  const after = await ask('2027-06-10T12:00Z')
  t.match(after.body, 'SUMMARY:A launch')
  t.notMatch(after.body, /EMBARGO|\/staff\//)
  t.not(after.etag, before.etag)
  t.equal((await app.inject(`/activities/${slug}`)).statusCode, 200, 'the public at the same moment')
})

t.test('what is cancelled stays as cancelled, and is newer than what it was', async t => {
  const { app, db, outbox } = await service(t, { freshForMs: 0 })
  const activity = await anActivity(db, { visibility: 'partners', title: 'A talk' })
  const url = await aFeed(db, (await anAgency(db)).id)
  const eventOf = async () => {
    const { body } = await app.inject(url)
    answered.push(body)
    return read(body).events[0]
  }
  const before = await eventOf()

  await confirming(async confirmed =>
    await cancelActivity(db, outbox, activity.id, { reason: 'The speaker is ill.', confirmed }, organiser, noon))

  const after = await eventOf()
  t.match(after, { uid: before?.uid, status: 'CANCELLED', summary: 'Cancelled: A talk' })
  t.ok((after?.sequence ?? 0) > (before?.sequence ?? 0))
  t.equal(before?.uid, activity.icalUid, 'under the UID of public feeds')
})

t.test('one that was ended, one that never was, and one that cannot be answer alike', async t => {
  const { app, db } = await service(t)
  const token = newFeedToken()
  const url = await aFeed(db, (await anAgency(db)).id, token)
  t.equal((await app.inject(url)).statusCode, 200)
  await db.agencyFeed.deleteMany()
  const exact = async (url: string, method: 'GET' | 'HEAD' = 'GET') => {
    const { statusCode, headers: { date, ...headers }, body } = await app.inject({ method, url })
    return { statusCode, headers, body }
  }

  const ended = await exact(url)

  t.match(ended, { statusCode: 404, headers: { 'cache-control': 'no-store', 'x-robots-tag': 'noindex' } })
  t.strictSame(await exact(`/feeds/${newFeedToken()}.ics`), ended)
  t.strictSame(await exact(url, 'HEAD'), await exact(`/feeds/${newFeedToken()}.ics`, 'HEAD'))
  for (const odd of [token.slice(1), `${token}a`, `${token.slice(1)}%00`, 'x', '..%2fa', '%F0%9F%99%82']) {
    t.strictSame(await exact(`/feeds/${odd}.ics`), ended, odd)
  }
})

t.test('a feed is private, found by no search engine, and sent only when something is new', async t => {
  const { app, db } = await service(t, { freshForMs: 0 })
  const { id } = await anActivity(db, { visibility: 'partners' })
  const url = await aFeed(db, (await anAgency(db)).id)

  const first = await app.inject(url)

  t.match(first.headers, {
    'content-type': 'text/calendar; charset=utf-8',
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex',
    'referrer-policy': 'same-origin'
  })
  const etag = String(first.headers.etag)
  const again = await app.inject({ url, headers: { 'if-none-match': `W/${etag}` } })
  t.match(again, { statusCode: 304, body: '' })
  t.match(again.headers, { etag, 'cache-control': 'private, no-cache', 'x-robots-tag': 'noindex' })
  await db.activity.update({ where: { id }, data: { title: 'Another title' } })
  t.equal((await app.inject({ url, headers: { 'if-none-match': etag } })).statusCode, 200)
  for (const page of ['/', '/sitemap.xml', '/robots.txt']) t.notMatch((await app.inject(page)).body, 'feeds', page)
})

t.test('the day on which a calendar last asked is noted, once a day and without a time', async t => {
  let now = DateTime.fromISO('2027-06-01T22:30Z', { zone: 'utc' }) as DateTime<true>
  const { app, db, counted } = await countedService(t, { clock: () => now })
  const url = await aFeed(db, null)
  const noted = async () => (await db.agencyFeed.findFirstOrThrow()).lastFetchedOn?.toISOString()
  const costs = async () => {
    const before = counted.queries
    await app.inject(url)
    return counted.queries - before
  }

  await costs()
  t.equal(await noted(), '2027-06-01T00:00:00.000Z')
  const again = await costs()
  now = now.plus({ hours: 1 })
  t.ok(await costs() > again, 'it is the next day on clocks, and noted')
  t.equal(await noted(), '2027-06-02T00:00:00.000Z')
})

t.test('whoever asks without end is told to wait, each address by itself', async t => {
  const { app, db } = await service(t, { rateLimits: true })
  const [one, other] = [await aFeed(db, null), await aFeed(db, null)]
  for (let n = 0; n < 600; n++) await app.inject(one)

  const answer = await app.inject(one)

  t.equal(answer.statusCode, 429)
  t.ok(Number(answer.headers['retry-after']) > 0)
  t.equal((await app.inject(other)).statusCode, 200)
})

t.test('a feed of a hundred costs as many questions to the database as a feed of one', async t => {
  const { app, db, counted } = await countedService(t, { freshForMs: 0 })
  const agency = await anAgency(db)
  const { id: campaignId } = await aCampaign(db)
  const url = await aFeed(db, agency.id)
  const one = async () => await anActivity(db, { campaignId, visibility: 'agency', leadAgencyId: agency.id })
  const costs = async () => {
    const before = counted.queries
    answered.push((await app.inject(url)).body)
    return counted.queries - before
  }
  await one()
  await costs()
  const few = await costs()

  for (let n = 0; n < 100; n++) await one()

  t.equal(await costs(), few)
  t.equal(read(answered.at(-1) ?? '').events.length, 101)
})

t.test('two other programs read every feed alike, and one finds nothing wrong', withSecondReader, async t => {
  const { one, other } = readByBoth(answered)

  t.strictSame(other, one)
  t.ok(one.length > 10)
  for (const text of answered) {
    t.ok(new ICAL.Component(ICAL.parse(text)).getFirstPropertyValue('refresh-interval'), 'it says how often to ask')
  }
})
