import t from 'tap'
import { DateTime } from 'luxon'
import { listPublicActivities } from '../../../src/programme/activities/public-activities.ts'
import { buildApp } from '../../../src/app.ts'
import { partsOf, perceived, service } from '../../support/service.ts'
import { aBooking, aCampaign, anActivity, noon, world } from '../../support/world.ts'

t.test('the programme shows what can be booked, soonest first, with its places in words', async t => {
  const { app, db } = await service(t)
  const on = (days: number) => ({
    startsAt: noon.plus({ days, hours: 6 }).toJSDate(), endsAt: noon.plus({ days, hours: 7 }).toJSDate()
  })
  const later = await anActivity(db, { title: 'Later', capacity: 2, ...on(9) })
  const sooner = await anActivity(db, { title: 'Sooner', capacity: 12, ...on(2) })
  const full = await anActivity(db, { title: 'Full', capacity: 1, ...on(3) })
  const last = await anActivity(db, { title: 'Last place', capacity: 1, ...on(4) })
  await aBooking(db, full.id)
  await anActivity(db, { title: 'Past', ...on(-3) })
  await anActivity(db, { title: 'Draft', status: 'draft' })
  await anActivity(db, { title: 'For partners', visibility: 'partners' })
  await anActivity(db, { title: 'Cancelled one', status: 'cancelled' })
  const fullForGood = await anActivity(db, { title: 'Full for good', capacity: 1, waitingList: 'off' })
  await aBooking(db, fullForGood.id)

  const answer = await app.inject('/')

  const { text, h1 } = perceived(answer)
  t.equal(h1, 'Workshops and activities for parents, carers and communities')
  t.match(text, /Sooner.* Places left .*Full .*Fully booked: join the waiting list .*Last place.* Few places left .*Later.* Few places left/)
  for (const hidden of ['Past', 'Draft', 'For partners', 'Cancelled one', 'Full for good']) t.notMatch(text, hidden)
  for (const { slug } of [later, sooner, full, last]) t.match(answer.body, `href="/activities/${slug}"`)
})

t.test('the programme lists every campaign that has something for the public', async t => {
  const { app, db } = await service(t)
  const week = await aCampaign(db, {
    title: 'Know who your friends are',
    kind: 'week-of-action',
    firstDay: new Date('2026-11-30'),
    lastDay: new Date('2026-12-06')
  })
  await anActivity(db, { campaignId: week.id, booking: 'none' })
  await aCampaign(db, { title: 'Nothing yet' })
  const secret = await aCampaign(db, { title: 'Operation X' })
  await anActivity(db, { campaignId: secret.id, kind: 'disruption', visibility: 'operational' })

  const { text } = perceived(await app.inject('/'))

  t.match(text, 'Week of action Know who your friends are Monday 30 November to Sunday 6 December 2026')
  for (const hidden of ['Nothing yet', 'Operation X']) t.notMatch(text, hidden)
})

t.test('an empty service says that there is nothing to book', async t => {
  const { app } = await service(t)

  const { text } = perceived(await app.inject('/'))

  t.match(text, 'There is nothing to book at the moment.')
})

t.test('a week of action shows its days, who for, where and who leads; police work is not even counted', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db, { kind: 'week-of-action', hashtags: ['#itsnotokay'] })
  const council = await db.agency.create({ data: { slug: 'bolton-council', name: 'Bolton Council' } })
  const given = { campaignId, isOnline: false, booking: 'none', capacity: null }
  const surgery = await anActivity(db, {
    ...given, title: 'Street surgery', kind: 'street-surgery', booking: 'drop-in', venue: 'Victoria Square', leadAgencyId: council.id
  })
  await anActivity(db, {
    ...given, title: 'Posters', kind: 'advertising', allDay: true, startsAt: new Date('2026-11-30T00:00Z'), endsAt: new Date('2026-12-07T00:00Z')
  })
  await anActivity(db, { ...given, title: 'Was here', startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() })
  await anActivity(db, { ...given, title: 'Called off', status: 'cancelled', startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() })
  const before = (await app.inject(`/campaigns/${slug}`)).body
  await anActivity(db, { ...given, title: 'Night patrol', kind: 'disruption', visibility: 'operational' })
  await anActivity(db, { ...given, title: 'Hotel visits', visibility: 'agency' })
  await anActivity(db, { ...given, title: 'Briefing', visibility: 'partners' })

  const answer = await app.inject(`/campaigns/${slug}`)

  const { text } = perceived(answer)
  t.match(text, 'On several days Posters Monday 30 November to Sunday 6 December 2026')
  t.match(text, 'Tuesday 1 December 2026 Street surgery 6pm to 6:30pm Victoria Square For parents and carers Led by Bolton Council Drop in, no need to book')
  t.match(text, 'Already over')
  t.match(text, /Already over .*Was here/)
  t.match(text, /Already over .*Called off/, 'what was cancelled is over too')
  t.match(text, '#itsnotokay')
  t.match(answer.body, `href="/activities/${surgery.slug}"`)
  t.equal(answer.body, before)
})

t.test('an activity’s page has when, where, who it is for, what is left and a way to book', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { summary: 'What children do online.\n\nMore at https://www.nspcc.org.uk/online.' })
  for (let n = 0; n < 8; n++) await aBooking(db, id)

  const answer = await app.inject(`/activities/${slug}`)

  const { h1, text, title } = perceived(answer)
  t.equal(h1, 'Keeping your child safe online')
  t.equal(title, 'Keeping your child safe online – Workshops and activities')
  t.match(text, 'When Tuesday 1 December 2026, 6pm to 6:30pm Where Online, on Microsoft Teams Who For parents and carers')
  t.match(text, 'Places left Book a place')
  t.match(text, 'Booking closes on Tuesday 1 December 2026 at 6pm')
  t.match(answer.body, `href="/activities/${slug}/book"`)
  t.match(answer.body, '<a class="govuk-link" href="https://www.nspcc.org.uk/online" rel="noreferrer">www.nspcc.org.uk/online</a>.')
})

t.test('after a week in which the last was cancelled, everything is over and nothing is offered to follow', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db)
  const days = { startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() }
  await anActivity(db, { campaignId, ...days, status: 'cancelled' })

  const { text } = perceived(await app.inject(`/campaigns/${slug}`))

  t.match(text, 'Everything in this campaign is over.')
  t.notMatch(text, /in your calendar|has taken place/i)
})

t.test('an activity is run by who entered it without an account: on its page, in lists and for search engines', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug: campaign } = await aCampaign(db)
  const { slug } = await anActivity(db, { campaignId, runBy: 'Greenfield School' })

  const page = await app.inject(`/activities/${slug}`)
  t.match(perceived(page).text, 'Run by Greenfield School')
  t.match(page.body, /"organizer":\s*\{"@type":"Organization","name":"Greenfield School"\}/)
  t.match(perceived(await app.inject(`/campaigns/${campaign}`)).text, 'Run by Greenfield School')
})

t.test('what an organiser wrote is shown, not run', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db, { title: '<img src=x onerror=alert(1)>', summary: '<script>alert(1)</script> {{ 7 * 7 }}' })

  const { body } = await app.inject(`/activities/${slug}`)

  t.notMatch(body, /<img|<script>alert/)
  t.match(body, '&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}')
})

t.test('an activity that is over, cancelled, not open yet or without booking says so and has no form', async t => {
  const { app, db } = await service(t)
  const cases = [
    [{ startsAt: noon.minus({ days: 1 }).toJSDate(), endsAt: noon.minus({ hours: 1 }).toJSDate() }, 'This is over.'],
    [{ status: 'cancelled', cancellationReason: 'Snow.' }, 'This has been cancelled. Snow.'],
    [{ bookingOpensAt: noon.plus({ days: 1 }).toJSDate() }, 'Booking opens on Tuesday 24 November 2026 at midday'],
    [{ bookingClosesAt: noon.minus({ days: 1 }).toJSDate() }, 'Booking has closed'],
    [{ booking: 'drop-in' }, 'Drop in, no need to book'],
    [{ booking: 'invitation' }, 'By invitation']
  ] as const

  for (const [given, words] of cases) {
    const { slug } = await anActivity(db, given)
    const answer = await app.inject(`/activities/${slug}`)
    t.match(perceived(answer).text, words)
    t.notMatch(answer.body, `/activities/${slug}/book`)
  }
})

t.test('while someone waits, a free place is not promised to a newcomer', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 2 })
  await aBooking(db, id)
  await aBooking(db, id, { status: 'waiting', places: 2 })

  const { text } = perceived(await app.inject(`/activities/${slug}`))

  t.match(text, 'Fully booked: join the waiting list')
})

t.test('what a stranger may not know of is what does not exist', async t => {
  const { app, db } = await service(t)
  const hidden = await Promise.all([
    anActivity(db, { visibility: 'operational' }), anActivity(db, { visibility: 'agency' }),
    anActivity(db, { visibility: 'partners' }), anActivity(db, { status: 'draft' })
  ])
  const campaign = await db.campaign.findFirstOrThrow()
  const unknown = await app.inject('/activities/nothing-of-that-name')
  const unknownCampaign = await app.inject('/campaigns/nothing-of-that-name')

  for (const { slug } of hidden) {
    const answer = await app.inject(`/activities/${slug}`)
    t.strictSame([answer.statusCode, answer.body], [404, unknown.body])
  }
  t.strictSame((await app.inject(`/campaigns/${campaign.slug}`)).body, unknownCampaign.body)
  for (const odd of ['a%00b', '..%2f..%2fetc', 'A', 'x'.repeat(240), '%F0%9F%99%82']) {
    t.equal((await app.inject(`/activities/${odd}`)).statusCode, 404, odd)
    t.equal((await app.inject(`/campaigns/${odd}`)).statusCode, 404, odd)
  }
})

t.test('a hub is shown where its district is, and national numbers everywhere', async t => {
  const its = await world(t)
  const { db } = its
  await db.supportContact.create({
    data: { name: 'Bolton hub', purpose: 'For Bolton', number: '01204 337195', area: ['Bolton'], lastCheckedOn: new Date(), owner: 'Bolton' }
  })
  const app = await buildApp(partsOf(its))
  t.teardown(async () => { await app.close() })
  const cumbria = await anActivity(db, { campaignId: (await aCampaign(db, { districts: ['Cumberland'] })).id })
  const bolton = await anActivity(db, { campaignId: (await aCampaign(db, { districts: ['Bolton'] })).id })
  const pageOf = async (slug: string) => perceived(await app.inject(`/activities/${slug}`)).text

  t.match(await pageOf(bolton.slug), '01204 337195')
  t.notMatch(await pageOf(cumbria.slug), '01204 337195')
  t.match(await pageOf(cumbria.slug), '0800 1111')
})

t.test('someone who has a code finds the way to the form of an activity that is full for everyone else', async t => {
  const { app, db } = await service(t)
  const { id: activityId, slug } = await anActivity(db, { capacity: 1, waitingList: 'off' })
  const agency = await db.agency.create({ data: { slug: 'nspcc', name: 'NSPCC' } })
  const button = async () => /Book a place with a code/.test((await app.inject(`/activities/${slug}`)).body)
  await aBooking(db, activityId)
  t.notOk(await button(), 'nobody has a code')

  await db.booking.deleteMany({ where: { activityId } })
  await db.hold.create({
    data: { activityId, agencyId: agency.id, code: 'NSPCC', places: 1, returnsAt: noon.plus({ days: 1 }).toJSDate(), createdAt: noon.toJSDate() }
  })

  t.ok(await button())
})

t.test('a campaign that has run long leaves out the activities of long ago', async t => {
  const { db } = await service(t)
  const { id: campaignId, slug: campaignSlug } = await aCampaign(db)
  for (const days of [-3, -2, -1, 1]) {
    const startsAt = noon.plus({ days }).toJSDate()
    await anActivity(db, { campaignId, title: `Day ${days}`, startsAt, endsAt: noon.plus({ days, hours: 1 }).toJSDate() })
  }

  const titles = async (given: object) =>
    (await listPublicActivities(db, noon, { campaignSlug, limit: 2, ...given })).map(({ title }) => title)

  t.strictSame(await titles({}), ['Day -1', 'Day 1'])
  t.strictSame(await titles({ from: noon.minus({ days: 4 }) }), ['Day -3', 'Day -2'])
})

t.test('an activity under embargo appears at its minute, and nothing of it before', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { id: campaignId, slug: campaign } = await aCampaign(db)
  // British Summer Time ends that night: 1:30 comes twice, and the later one is meant.
  const embargoUntil = DateTime.fromISO('2026-10-25T01:30:00Z').toJSDate()
  const { slug } = await anActivity(db, { campaignId, title: 'The launch', slug: 'the-launch', embargoUntil })
  const answers = async () => await Promise.all([
    '/', `/campaigns/${campaign}`, `/activities/${slug}`, `/activities/${slug}/book`, `/calendar/${campaign}.ics`,
    `/calendar/activities/${slug}.ics`, '/privacy'
  ].map(async url => (await app.inject(url)).payload))

  now = DateTime.fromISO('2026-10-25T01:29:59.999Z') as DateTime<true>
  const before = await answers()
  now = DateTime.fromISO('2026-10-25T01:30:00Z') as DateTime<true>
  const at = await answers()

  t.notOk(before.some(payload => /launch/i.test(payload)), 'nothing names it before')
  t.match(at[2], 'The launch')
  t.match(at[1], 'The launch')
  t.match(at[4], `/activities/${slug}`)
})
