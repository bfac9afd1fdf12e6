import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { read, readByBoth, withSecondReader } from '../../support/icalendar.ts'
import { countedService, links, partsOf, perceived, service } from '../../support/service.ts'
import { aBooking, aCampaign, anActivity, noon, secretKey } from '../../support/world.ts'

const joinUrlSealed = joinLinkSeal(secretKey).close(joinUrl)

/** Every feed that was answered, for another program to read at the end. */
const answered: string[] = []

t.test('a campaign’s feed has what its page shows, for a calendar to follow', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db, { slug: 'its-not-ok', discreet: false })
  const workshop = await anActivity(db, { campaignId, title: 'A workshop', joinUrlSealed, icalSequence: 2 })
  await aBooking(db, workshop.id, { name: 'Wanda Dunn', email: 'wanda@example.org' })
  const stall = await anActivity(db, {
    campaignId, title: 'A stall', status: 'cancelled', startsAt: noon.minus({ days: 9 }).toJSDate(), endsAt: noon.minus({ days: 8 }).toJSDate()
  })

  const answer = await app.inject(`/calendar/${slug}.ics`)

  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'text/calendar; charset=utf-8')
  t.equal(answer.headers['content-disposition'], 'inline; filename="its-not-ok.ics"')
  t.equal(answer.headers['cache-control'], 'public, max-age=300')
  answered.push(answer.body)
  const { method, events } = read(answer.body)
  t.equal(method, 'PUBLISH')
  t.strictSame(events.map(({ uid, sequence, summary, status, start }) => ({ uid, sequence, summary, status, start })), [
    { uid: stall.icalUid, sequence: 0, summary: 'Cancelled: A stall', status: 'CANCELLED', start: '2026-11-14T12:00:00Z' },
    { uid: workshop.icalUid, sequence: 2, summary: 'A workshop', status: 'CONFIRMED', start: '2026-12-01T18:00:00Z' }
  ])
  t.notMatch(answer.body.replaceAll('\r\n ', ''), /ATTENDEE|Wanda|wanda|teams\.microsoft\.com/)
})

t.test('the page of a booking and its calendar entry tell a secret place while there is a place', async t => {
  const { app, db } = await service(t)
  const { id: activityId } = await anActivity(db, {
    kind: 'training', isOnline: false, venue: 'Rose House', hasSecretPlace: true, district: 'Bolton'
  })
  const read = async (given: Parameters<typeof aBooking>[2]) => {
    const { id } = await aBooking(db, activityId, given)
    const page = await app.inject(`/bookings/${links.tokenOf(id)}`)
    const entry = await app.inject(`/bookings/${links.tokenOf(id)}/invitation.ics`)
    return [page.statusCode, page.body.includes('Rose House'), entry.statusCode, entry.body.includes('Rose House')]
  }

  t.strictSame(await read({}), [200, true, 200, true])
  for (const given of [
    { status: 'waiting' }, { status: 'offered', offeredUntil: noon.plus({ days: 1 }).toJSDate() },
    { status: 'lapsed', lapseReason: 'refused' }, { status: 'cancelled' }
  ]) t.strictSame(await read(given), [200, false, 404, false], given.status)
})

t.test('an activity has a feed of its own, which no campaign’s name can hide', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { slug: 'activities', discreet: false })
  const { slug, icalUid } = await anActivity(db, { campaignId, slug: 'a-stall' })
  const other = await anActivity(db, { campaignId })

  const answer = await app.inject(`/calendar/activities/${slug}.ics`)
  const campaign = await app.inject('/calendar/activities.ics')

  t.equal(answer.headers['content-disposition'], 'inline; filename="a-stall.ics"')
  t.strictSame(read(answer.body).events.map(({ uid }) => uid), [icalUid])
  t.strictSame(read(campaign.body).events.map(({ uid }) => uid).sort(), [icalUid, other.icalUid].sort())
  answered.push(answer.body, campaign.body)
})

t.test('what a stranger may not know of is in no feed, and has none', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db)
  await anActivity(db, { campaignId })
  const secret = await aCampaign(db, { slug: 'operation-x' })
  const before = await app.inject(`/calendar/${slug}.ics`)

  const hidden = await Promise.all([
    anActivity(db, { campaignId, kind: 'disruption', visibility: 'operational' }),
    anActivity(db, { campaignId, visibility: 'agency' }), anActivity(db, { campaignId, visibility: 'partners' }),
    anActivity(db, { campaignId, status: 'draft' }), anActivity(db, { campaignId: secret.id, visibility: 'operational' })
  ])

  const after = await app.inject(`/calendar/${slug}.ics`)
  t.strictSame([after.body, after.headers.etag], [before.body, before.headers.etag])
  const unknown = await app.inject('/calendar/activities/nothing-of-that-name.ics')
  const unknownCampaign = await app.inject('/calendar/nothing-of-that-name.ics')
  const without = ({ headers: { date, ...headers }, statusCode, body }: typeof unknown) =>
    ({ headers, statusCode, body })
  t.equal(unknown.statusCode, 404)
  t.equal(unknownCampaign.statusCode, 404)
  t.equal(unknown.headers['cache-control'], 'no-store')
  for (const { slug } of hidden) {
    t.strictSame(without(await app.inject(`/calendar/activities/${slug}.ics`)), without(unknown))
  }
  t.strictSame(without(await app.inject('/calendar/operation-x.ics')), without(unknownCampaign))
  for (const odd of ['a%00b', '..%2f..%2fetc', 'A', 'x'.repeat(240), '%F0%9F%99%82', 'a.ics', '']) {
    t.equal((await app.inject(`/calendar/${odd}.ics`)).statusCode, 404, odd)
    t.equal((await app.inject(`/calendar/activities/${odd}.ics`)).statusCode, 404, odd)
  }
})

t.test('a calendar that has a feed already is told so, until something in it changes', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { id: campaignId, slug } = await aCampaign(db)
  const { id, slug: activity } = await anActivity(db, { campaignId })

  for (const url of [`/calendar/${slug}.ics`, `/calendar/activities/${activity}.ics`]) {
    now = noon
    const first = await app.inject(url)
    const etag = String(first.headers.etag)
    const ask = async (known: string) => await app.inject({ url, headers: { 'if-none-match': known } })

    t.match(etag, /^"[\w-]{22}"$/, 'strong')
    now = noon.plus({ days: 2 })
    await aBooking(db, id)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await ask(known)
      t.strictSame([answer.statusCode, answer.body, answer.headers.etag], [304, '', etag], known)
      t.equal(answer.headers['cache-control'], 'public, max-age=300')
      t.equal(answer.headers['content-type'], undefined)
    }
    t.equal((await ask('"other"')).statusCode, 200)
    t.equal((await app.inject(url)).body, first.body, 'two days later, with one place fewer')

    await db.activity.update({ where: { id }, data: { venue: `The hall of ${url}`, isOnline: false } })
    const changed = await ask(etag)
    t.equal(changed.statusCode, 200)
    t.not(changed.headers.etag, etag)
    answered.push(first.body, changed.body)
  }
})

t.test('programs that only ask whether there is something new get everything but the feed', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const url = `/calendar/activities/${slug}.ics`

  const got = await app.inject(url)
  const head = await app.inject({ method: 'HEAD', url })

  t.equal(head.body, '')
  for (const name of ['etag', 'content-type', 'content-length', 'cache-control']) t.equal(head.headers[name], got.headers[name])
  t.equal((await app.inject({ method: 'POST', url })).statusCode, 405)
})

t.test('a feed of a hundred costs as many questions to the database as a feed of one', async t => {
  const { app, db, counted } = await countedService(t)
  const { id: campaignId, slug } = await aCampaign(db)
  const costs = async () => {
    counted.queries = 0
    answered.push((await app.inject(`/calendar/${slug}.ics`)).body)
    return counted.queries
  }
  await anActivity(db, { campaignId })
  const one = await costs()
  for (let n = 1; n < 100; n++) await anActivity(db, { campaignId })

  const hundred = await costs()

  t.equal(read(answered.at(-1) ?? '').events.length, 100)
  t.ok(one > 1)
  t.equal(hundred, one)
})

t.test('what took place stays for a year; a campaign of old is an empty calendar', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db)
  const ended = (days: number) => ({
    campaignId, startsAt: noon.minus({ days, hours: 1 }).toJSDate(), endsAt: noon.minus({ days }).toJSDate()
  })
  const count = async () => {
    const { body } = await app.inject(`/calendar/${slug}.ics`)
    answered.push(body)
    return read(body).events.length
  }

  await anActivity(db, ended(366))
  t.equal(await count(), 0)
  await anActivity(db, ended(364))
  t.equal(await count(), 1)
})

t.test('two processes write the same feed', async t => {
  const { app, db, ...its } = await service(t)
  const { slug } = await anActivity(db)
  const other = await buildApp({ ...partsOf({ db, ...its }), clock: () => noon.plus({ minutes: 7 }) })
  t.teardown(async () => { await other.close() })
  const url = `/calendar/activities/${slug}.ics`

  t.equal((await other.inject(url)).headers.etag, (await app.inject(url)).headers.etag)
})

t.test('pages lead to the feeds where a date is there to be noted, and nobody takes that for a booking', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db)
  const workshop = await anActivity(db, { campaignId })
  const surgery = await anActivity(db, { campaignId, booking: 'drop-in', isOnline: false, venue: 'Victoria Square' })
  const poster = await anActivity(db, { campaignId, kind: 'advertising', booking: 'none', isOnline: false })
  const off = await anActivity(db, { campaignId, booking: 'drop-in', status: 'cancelled' })
  const past = await anActivity(db, {
    startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate()
  })
  const { slug: pastCampaign } = await db.campaign.findUniqueOrThrow({ where: { id: past.campaignId } })
  const linkOn = async (url: string) => /href="(\/calendar\/[^"]*)"/.exec((await app.inject(url)).body)?.[1]

  t.equal(await linkOn(`/campaigns/${slug}`), `/calendar/${slug}.ics`)
  t.equal(await linkOn(`/activities/${surgery.slug}`), `/calendar/activities/${surgery.slug}.ics`)
  for (const { slug } of [workshop, poster, off, past]) t.equal(await linkOn(`/activities/${slug}`), undefined)
  t.equal(await linkOn(`/campaigns/${pastCampaign}`), undefined)
  t.match(perceived(await app.inject(`/campaigns/${slug}`)).text, 'This does not book a place.')
})

t.test('another program reads every feed alike', withSecondReader, async t => {
  const { one, other } = readByBoth(answered)

  t.strictSame(other, one)
  t.ok(one.length > 8)
})
