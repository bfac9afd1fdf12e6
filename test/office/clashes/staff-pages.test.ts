import { DateTime } from 'luxon'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { filledIn } from '../../support/filled-in.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { aStaffMember, anAgency, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity } from '../../support/world.ts'

type Given = Parameters<typeof anActivity>[1]

/** A week in which everything is covered but what a test leaves out. */
async function aCoveredWeek (db: Db) {
  const campaign = await aCampaign(db, {
    slug: 'the-week', districts: ['Bolton', 'Bury', 'Wigan'], firstDay: new Date('2027-03-19'), lastDay: new Date('2027-03-20')
  })
  await db.keyMessage.create({ data: { campaignId: campaign.id, audience: 'parents', position: 0, text: 'Ask.' } })
  const at = async (day: number, from: string, to: string, given: Given = {}) => await anActivity(db, {
    campaignId: campaign.id,
    kind: 'stall',
    isOnline: false,
    booking: 'drop-in',
    capacity: null,
    district: 'Bolton',
    startsAt: new Date(`2027-03-${day}T${from}Z`),
    endsAt: new Date(`2027-03-${day}T${to}Z`),
    ...given
  })
  await at(19, '18:00', '19:00', { title: 'An evening in Bury', district: 'Bury', venue: 'Library' })
  await at(20, '10:00', '11:00', { title: 'A morning in Bury', district: 'Bury', venue: 'Library' })
  return { campaign, at, url: `/staff/campaigns/${campaign.slug}/clashes` }
}

t.test('one clash and one district with nothing are reported, and nothing else', async t => {
  const { app, db } = await service(t)
  const { at, url, campaign } = await aCoveredWeek(db)
  const one = await at(19, '09:00', '11:00', { title: 'A stall', venue: 'St. Mary’s Hall' })
  const other = await at(19, '10:30', '12:00', { title: 'A talk', venue: 'st marys hall, Bolton' })
  await at(19, '12:00', '13:00', { title: 'Right after', venue: 'St Mary’s Hall' })
  await at(19, '10:00', '11:00', { title: 'Cancelled', venue: 'St Mary’s Hall', status: 'cancelled' })
  const { headers } = await signedIn(app, db)

  const answer = await app.inject({ url, headers })

  const { h1, text } = perceived(answer)
  t.equal(h1, 'Clashes and gaps')
  t.match(text, /Clashes \(1\) Friday 19 March 2027, 10:30am to 11am A stall.* and A talk.* Both are at St\. Mary’s Hall\. /)
  t.match(text, /Gaps \(1\) Nothing in Wigan Add one here/)
  for (const { slug } of [one, other]) t.match(answer.body, `href="/staff/activities/${slug}"`)
  const csv = await app.inject({ url: `${url}.csv`, headers })
  t.match(csv.headers['content-disposition'], /filename="clashes-the-week-/)
  t.strictSame(csv.body.replace('\uFEFF', '').trimEnd().split('\r\n').slice(1), [
    `clash,"Friday 19 March 2027, 10:30am to 11am",Both are at St. Mary’s Hall,A stall,${one.slug},A talk,${other.slug},${campaign.title},${campaign.title}`,
    'gap,,Nothing in Wigan,,,,,,'
  ])

  const [, add = ''] = /href="([^"]*new[^"]*district=Wigan)"/.exec(answer.body) ?? []
  const form = await app.inject({ url: add.replaceAll('&amp;', '&'), headers })
  t.match(filledIn(form.body), { campaign: 'the-week', district: 'Wigan' }, 'the form begins with it')
})

t.test('hosts and those who look after activities are not needed twice at once', async t => {
  const { app, db } = await service(t)
  const { at, url } = await aCoveredWeek(db)
  const sam = await aStaffMember(db, { name: 'Sam Rigg', role: 'host' })
  const [one, other, third] = [
    await at(19, '09:00', '11:00', { title: 'A stall', district: 'Wigan' }),
    await at(19, '10:00', '12:00', { title: 'A talk' }), await at(19, '10:00', '12:00', { title: 'A walk' })
  ]
  await db.activityHost.create({ data: { activityId: one.id, staffMemberId: sam.id } })
  await db.activityPlan.create({ data: { activityId: other.id, ownerId: sam.id, staffing: 'PC Jo Lee, 2 officers' } })
  await db.activityPlan.create({ data: { activityId: third.id, staffing: 'Jo Lee, 2 officers' } })
  const { headers } = await signedIn(app, db)

  const { text } = perceived(await app.inject({ url, headers }))

  t.match(text, /Clashes \(2\)/)
  t.match(text, /A stall.* and A talk.* Both need Sam Rigg\./)
  t.match(text, /A talk.* and A walk.* Both need PC Jo Lee\.|A walk.* and A talk.* Both need Jo Lee\./)
})

t.test('what another campaign has at the same venue or with the same people is a clash, and its campaign is named', async t => {
  const { app, db } = await service(t)
  const { at, url } = await aCoveredWeek(db)
  const sam = await aStaffMember(db, { name: 'Sam Rigg', role: 'host' })
  const elsewhere = await aCampaign(db, { title: 'Safer Internet Day', slug: 'internet-day' })
  const given = { campaignId: elsewhere.id, district: null }
  const stall = await at(19, '09:00', '11:00', { title: 'A stall', venue: 'Market Place' })
  const talk = await at(19, '14:00', '15:00', { title: 'A talk', venue: 'Library' })
  const show = await at(19, '10:00', '12:00', { ...given, title: 'A show', venue: 'Market Place, Bolton' })
  const call = await at(19, '14:30', '16:00', { ...given, title: 'A phone-in', venue: 'Radio' })
  await at(19, '10:00', '12:00', { ...given, title: 'In the same hall as the show', venue: 'market place, bolton', status: 'cancelled' })
  await at(19, '14:45', '15:30', { ...given, title: 'With the phone-in only', venue: 'Radio' })
  for (const { id } of [talk, call]) await db.activityHost.create({ data: { activityId: id, staffMemberId: sam.id } })
  const { headers } = await signedIn(app, db)

  const { text } = perceived(await app.inject({ url, headers }))
  t.match(text, /Clashes \(2\)/)
  t.match(text, /A stall.* and A show.*, in “ ?Safer Internet Day ?” Both are at Market Place\./)
  t.match(text, /A talk.* and A phone-in.*, in “ ?Safer Internet Day ?” Both need Sam Rigg\./)
  t.notMatch(text, 'With the phone-in only', 'the others among themselves are another report')
  const csv = (await app.inject({ url: `${url}.csv`, headers })).body
  t.match(csv, `A stall,${stall.slug},A show,${show.slug},`)
  t.match(csv, /,Safer Internet Day\r\n/)

  const board = perceived(await app.inject({ url: '/staff/campaigns/the-week/board?from=2027-03-19', headers })).text
  t.match(board, /2 clashes .*Clashes with A show, in “Safer Internet Day”/)
  t.match(perceived(await app.inject({ url: `/staff/activities/${stall.slug}`, headers })).text,
    'It clashes with “A show” of “Safer Internet Day” on Friday 19 March 2027, 10am to 11am.')
  t.match(perceived(await app.inject({ url: `/staff/activities/${show.slug}`, headers })).text, 'It clashes with “A stall” of')
  t.match(perceived(await app.inject({ url: '/staff/campaigns/internet-day/clashes', headers })).text, /Clashes \(3\)/)
})

t.test('of what someone may not know of there is no clash: their pages are those of a week without it', async t => {
  const { app, db } = await service(t)
  const { at, url, campaign } = await aCoveredWeek(db)
  const [leading, partner, another] = [await anAgency(db), await anAgency(db), await anAgency(db)]
  const stall = await at(19, '09:00', '11:00', { title: 'A stall', venue: 'Market Place', district: 'Wigan', leadAgencyId: another.id })
  const people = {
    admin: await signedIn(app, db, { role: 'admin' }),
    partnership: await signedIn(app, db, { role: 'organiser' }),
    leading: await signedIn(app, db, { role: 'organiser', agencyId: leading.id }),
    named: await signedIn(app, db, { role: 'organiser', agencyId: leading.id }),
    partner: await signedIn(app, db, { role: 'staff', agencyId: partner.id }),
    another: await signedIn(app, db, { role: 'organiser', agencyId: another.id })
  }
  type Person = keyof typeof people
  const pages = [url, `${url}.csv`, `/staff/campaigns/${campaign.slug}/board?from=2027-03-19`, `/staff/activities/${stall.slug}`]
  const read = async (who: Person) => await Promise.all(pages.map(async url => {
    const { statusCode, body } = await app.inject({ url, headers: people[who].headers })
    return `${statusCode} ${body}`
  }))
  const before = Object.fromEntries(await Promise.all(
    Object.keys(people).map(async who => [who, await read(who as Person)])))

  const elsewhere = await aCampaign(db, { title: 'SECRET CAMPAIGN', districts: ['Wigan'] })
  for (const [hidden, knowing] of [
    [{ visibility: 'operational', kind: 'disruption', campaignId: elsewhere.id }, ['admin', 'named']],
    [{ visibility: 'agency', campaignId: elsewhere.id }, ['admin', 'partnership', 'leading', 'named', 'partner']],
    [{ visibility: 'operational', kind: 'disruption' }, ['admin', 'named']],
    [{ visibility: 'agency' }, ['admin', 'partnership', 'leading', 'named', 'partner']],
    [{ visibility: 'partners', status: 'draft' }, ['admin', 'partnership', 'leading', 'named', 'partner']],
    [{ visibility: 'public', embargoUntil: new Date('2027-03-19T00:00Z') }, Object.keys(people)]
  ] as Array<[Given, Person[]]>) {
    const { id } = await at(19, '10:00', '12:00', { title: 'A patrol', venue: 'market-place', district: 'Wigan', leadAgencyId: leading.id, ...hidden })
    await db.activityPartner.create({ data: { activityId: id, agencyId: partner.id } })
    await db.namedPerson.create({ data: { activityId: id, staffMemberId: people.named.member.id } })
    for (const who of Object.keys(people) as Person[]) {
      const [report = '', csv = '', board = '', overview = ''] = await read(who)
      const name = `${who}: ${JSON.stringify(hidden)}`
      if (knowing.includes(who)) {
        for (const body of [report, csv, board, overview]) t.match(body, 'A patrol', name)
        t.match(report, 'Clashes (1)', name)
      } else t.strictSame([report, csv, board, overview], before[who], name)
    }
    await db.activity.delete({ where: { id } })
  }
})

t.test('whoever saves an activity that clashes is told at once, and it is saved', async t => {
  const { app, db } = await service(t)
  const { at } = await aCoveredWeek(db)
  const stall = await at(19, '09:00', '11:00', { title: 'A stall', venue: 'Market Place' })
  await at(19, '10:00', '12:00', { title: 'A patrol', venue: 'Market Place', visibility: 'operational', kind: 'disruption' })
  const talk = await at(19, '14:00', '15:00', { title: 'A talk', venue: 'Market Place', visibility: 'agency' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${talk.slug}`
  t.notMatch(perceived(await app.inject({ url, headers })).text, 'It clashes')

  const form = filledIn((await app.inject({ url: `${url}/edit`, headers })).body)
  const answer = await post(app, `${url}/edit`, { ...form, starts_time: '10:00', ends_time: '11:30' }, headers)

  t.equal(answer.statusCode, 303, perceived(answer).text)
  const { text } = perceived(await app.inject({ url: answer.headers.location ?? '', headers }))
  t.match(text, /saved.* It clashes with “A stall” on Friday 19 March 2027, 10am to 11am\. Both are at Market Place\. Look at the other one/)
  t.notMatch(text, 'patrol')
  t.match(perceived(await app.inject({ url: `/staff/activities/${stall.slug}`, headers })).text, 'It clashes with “A talk”')
  const board = perceived(await app.inject({ url: '/staff/campaigns/the-week/board?from=2027-03-19', headers })).text
  t.match(board, /1 clash .*Clashes with A talk.*Clashes with A stall|1 clash .*Clashes with A stall.*Clashes with A talk/)
  t.notMatch(board, 'patrol')
})

t.test('what is over is no clash any more', async t => {
  let now = DateTime.fromISO('2027-03-19T10:59Z', { zone: 'utc' }) as DateTime<true>
  const { app, db } = await service(t, { clock: () => now })
  const { at, url } = await aCoveredWeek(db)
  await at(19, '09:00', '11:00', { venue: 'Market Place' })
  await at(19, '10:00', '12:00', { venue: 'Market Place' })
  const { headers } = await signedIn(app, db)
  t.match(perceived(await app.inject({ url, headers })).text, 'Clashes (1)')

  now = now.plus({ minutes: 1 })

  t.match(perceived(await app.inject({ url, headers })).text, /Clashes \(0\) No two activities to come/)
})

t.test('a report beside a campaign of many costs as many questions as beside none', async t => {
  const { app, db, counted } = await countedService(t)
  const { at, url } = await aCoveredWeek(db)
  const { headers } = await signedIn(app, db)
  await at(19, '09:00', '11:00', { venue: 'Market Place' })
  const elsewhere = await aCampaign(db, { districts: ['Bolton'] })
  const beside = async () => {
    const { id } = await at(19, '10:00', '12:00', { campaignId: elsewhere.id, venue: 'Market Place' })
    await db.activityHost.create({ data: { activityId: id, staffMemberId: (await aStaffMember(db)).id } })
    await db.activityPlan.create({ data: { activityId: id, ownerId: (await aStaffMember(db)).id } })
  }
  const costs = async (address: string) => {
    const before = counted.queries
    t.equal((await app.inject({ url: address, headers })).statusCode, 200)
    return counted.queries - before
  }
  const addresses = [url, '/staff/campaigns/the-week/board?from=2027-03-19']
  await beside()
  const few = [await costs(addresses[0] ?? ''), await costs(addresses[1] ?? '')]
  for (let n = 0; n < 20; n++) await beside()

  t.strictSame([await costs(addresses[0] ?? ''), await costs(addresses[1] ?? '')], few)
})

t.test('a report of many costs as many questions to the database as one of few', async t => {
  const { app, db, counted } = await countedService(t)
  const { at, url } = await aCoveredWeek(db)
  const { headers } = await signedIn(app, db)
  const costs = async () => {
    const before = counted.queries
    t.equal((await app.inject({ url, headers })).statusCode, 200)
    return counted.queries - before
  }
  const { id } = await at(19, '09:00', '11:00', { venue: 'Market Place' })
  await db.activityHost.create({ data: { activityId: id, staffMemberId: (await aStaffMember(db)).id } })
  await db.activityPlan.create({ data: { activityId: id, ownerId: (await aStaffMember(db)).id } })
  const few = await costs()

  for (let n = 0; n < 40; n++) {
    const { id } = await at(19, '09:00', '11:00', { venue: 'Market Place' })
    await db.activityHost.create({ data: { activityId: id, staffMemberId: (await aStaffMember(db)).id } })
    await db.activityPlan.create({ data: { activityId: id, ownerId: (await aStaffMember(db)).id } })
  }

  t.equal(await costs(), few)
})
