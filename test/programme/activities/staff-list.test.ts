import t from 'tap'
import type { Test } from 'tap'
import { countedService, perceived } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon } from '../../support/world.ts'

async function context (t: Test, given: Parameters<typeof signedIn>[2] = { role: 'organiser' }) {
  const its = await countedService(t)
  const { headers } = await signedIn(its.app, its.db, given)
  const look = async (query = '', as = headers) => {
    const answer = await its.app.inject({ url: `/staff/activities${query}`, headers: as })
    return { ...perceived(answer), body: answer.body, status: answer.statusCode }
  }
  /** Titles of the activities that are shown. */
  const titles = async (query: string, as = headers) => {
    const links = /<a class="govuk-link" href="\/staff\/activities\/(?!new)[\w-]+">([^<]*)<\/a>/g
    return [...(await look(query, as)).body.matchAll(links)].map(([, title]) => title)
  }
  return { ...its, headers, look, titles }
}

/** On a day of December 2026. */
function on (day: number, hour = 18) {
  const startsAt = noon.set({ month: 12, day, hour })
  return { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() }
}

const past = { startsAt: noon.minus({ days: 9 }).toJSDate(), endsAt: noon.minus({ days: 8 }).toJSDate() }

t.test('activities are found by campaign, by agency, by state, by month and by words of their title', async t => {
  const { db, titles, look } = await context(t)
  const friends = await aCampaign(db, { slug: 'friends', title: 'Know who your friends are' })
  const [nspcc, police] = [await anAgency(db, { slug: 'nspcc' }), await anAgency(db, { slug: 'police' })]
  const led = await anActivity(db, { ...on(1), title: 'Led by one', leadAgencyId: nspcc.id })
  await db.activityPartner.create({ data: { activityId: led.id, agencyId: police.id } })
  await anActivity(db, { ...on(2), title: 'Of friends', campaignId: friends.id })
  await anActivity(db, { ...on(3), title: 'A draft', status: 'draft' })
  await anActivity(db, { ...on(4), title: 'Called off', status: 'cancelled' })
  const full = await anActivity(db, { ...on(5), title: 'With no place free', capacity: 10, overBookingPercent: 15 })
  await aBooking(db, full.id, { places: 11 })
  const nearly = await anActivity(db, { ...on(6), title: '100% safe_online', capacity: 2, overBookingPercent: 50 })
  await aBooking(db, nearly.id, { places: 2 })
  await anActivity(db, { ...past, title: 'Of November' })
  const deleted = await anActivity(db, { ...past, title: 'Full, its details deleted', capacity: 2 })
  const numbers = { booked: 2, places: 2, waited: 0, cancelled: 0, lapsed: 0, came: 0, didNotCome: 0 }
  await db.headcount.create({ data: { activityId: deleted.id, dimension: 'total', value: '', ...numbers } })
  await anActivity(db, { title: 'On into December', startsAt: noon.toJSDate(), endsAt: noon.plus({ days: 10 }).toJSDate() })

  t.strictSame(await titles('?campaign=friends'), ['Of friends'])
  t.strictSame(await titles('?agency=nspcc'), ['Led by one'])
  t.strictSame(await titles('?agency=police'), ['Led by one'], 'it takes part')
  t.strictSame(await titles('?state=draft'), ['A draft'])
  t.strictSame(await titles('?state=cancelled'), ['Called off'])
  t.strictSame(await titles('?state=full'), ['With no place free'], 'as many as may be booked')
  t.strictSame(await titles('?state=full&view=past'), ['Full, its details deleted'], 'as its page says')
  t.match((await look(`/${deleted.slug}`)).text, 'Places: 2 of 2 booked')
  t.strictSame(await titles('?view=past&q=november'), ['Of November'])
  t.strictSame(await titles('?view=2026-11&q=o'), ['Of November', 'On into December'])
  t.equal((await titles('?view=2026-12')).length, 7, 'what begins before a month and lasts into it is in it')
  t.strictSame(await titles('?q=ONE+led'), ['Led by one'], 'every word, in any order, in small letters or capitals')
  t.strictSame(await titles('?q=%25+_'), ['100% safe_online'], 'signs stand for themselves')
  t.strictSame(await titles('?q=safe&state=full'), [])
  t.match((await look('?q=safe&state=full')).text, 'No activities match.')
  t.match((await look('?state=full')).text, 'Show all')
  t.match((await look('?view=2026-12')).h1, 'Activities in December 2026')
})

t.test('where nothing is found, the way leads to the same at other times', async t => {
  const { db, look } = await context(t)
  await anActivity(db, { ...past, title: 'Of November' })
  await anActivity(db, { ...past, title: 'Of November too' })
  await anActivity(db, { ...on(5), title: 'Of December' })
  const said = async (query: string) => {
    const { text, body } = await look(query)
    const links = [...body.matchAll(/<a class="govuk-link" href="([^"]*)">[^<]*(?:in the past|to come)<\/a>/g)].map(([, href]) => href)
    return [/At other times: [\w ,]*(?:in the past|to come)/.exec(text)?.[0], ...links]
  }

  t.strictSame(await said('?q=november'),
    ['At other times: 2 activities in the past', '/staff/activities?view=past&amp;q=november'])
  t.strictSame(await said('?q=december&view=past'), ['At other times: 1 activity to come', '/staff/activities?q=december'])
  t.strictSame(await said('?q=december&view=2027-01'), ['At other times: 1 activity to come', '/staff/activities?q=december'])
  t.strictSame(await said('?q=of&view=2027-01&as=calendar'), [
    'At other times: 1 activity to come , 2 activities in the past',
    '/staff/activities?q=of', '/staff/activities?view=past&amp;q=of'
  ])
  t.strictSame(await said('?view=2027-01'), [
    'At other times: 1 activity to come , 2 activities in the past', '/staff/activities', '/staff/activities?view=past'
  ], 'an empty month too')
  t.strictSame(await said('?q=nowhere'), [undefined])
  t.strictSame(await said('?q=of'), [undefined], 'something is found')
})

t.test('pages of a filtered list keep the filter', async t => {
  const { db, look } = await context(t)
  const { id: campaignId } = await aCampaign(db, { slug: 'friends' })
  for (let n = 0; n < 101; n++) await anActivity(db, { campaignId, title: `Number ${n} of many` })
  await anActivity(db)

  const { text, body } = await look('?campaign=friends&q=many')

  t.match(text, '101 activities, the next one first. ')
  t.match(body, 'href="/staff/activities?campaign=friends&amp;q=many&amp;page=2"')
  t.match((await look('?campaign=friends&q=many&page=2')).text, 'Page 2 of 2')
  const beyond = (await look('?campaign=friends&q=many&page=7')).text
  t.match(beyond, 'Page 2 of 2')
  t.match(beyond, /Number \d+ of many/, 'the last page: some are gone since the link was made')
})

t.test('what cannot be asked for is said in a sentence, and nothing is listed', async t => {
  const { db, look } = await context(t)
  const { title } = await anActivity(db)

  for (const [query, sentence] of [
    ['?campaign=nowhere', 'Select a campaign from those on the page'], ['?view=2026-13', 'Select a time from the list'],
    ['?state=full&state=draft', 'State must be given only once'],
    [`?q=${'x'.repeat(201)}`, 'What you look for must be 200 characters or fewer']
  ] as const) {
    const { status, errors, text } = await look(query)
    t.equal(status, 400, query)
    t.strictSame(errors.map(error => error.sentence), [sentence])
    t.notMatch(text, title)
    t.notMatch(text, 'No activities match')
  }
})

t.test('nobody reads of what they may not know, in the list, the calendar or the choices', async t => {
  const { app, db, titles, look } = await context(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db, { slug: 'theirs' })]
  const patrols = await aCampaign(db, { slug: 'patrols', title: 'Patrols of the night' })
  await anActivity(db, {
    ...on(11),
    title: 'Disruption',
    campaignId: patrols.id,
    visibility: 'operational',
    kind: 'disruption',
    leadAgencyId: theirs.id,
    startsAt: new Date('2031-05-05T12:00:00Z'),
    endsAt: new Date('2031-05-05T13:00:00Z')
  })
  await anActivity(db, { ...on(12), title: 'Of ours', leadAgencyId: ours.id })
  await anActivity(db, { ...on(13), title: 'Of nobody', visibility: 'agency' })
  await anActivity(db, { ...on(14), title: 'Of others, for partners', visibility: 'partners' })
  const organiser = (await signedIn(app, db, { role: 'organiser', agencyId: ours.id })).headers
  const host = (await signedIn(app, db, { role: 'host' })).headers
  const admin = (await signedIn(app, db, { role: 'admin' })).headers

  for (const query of ['?q=Disruption', '?agency=theirs', '?view=2031-05', '?as=calendar&view=2031-05', '?state=published']) {
    for (const as of [undefined, organiser, host]) {
      const { text } = await look(query, as)
      t.notMatch(text, /Disruption|Patrols/, query)
    }
    t.strictSame((await titles(query, admin)).includes('Disruption'), true, query)
  }
  t.notMatch((await look()).text, 'May 2031', 'no month to choose gives it away')
  t.match((await look('', admin)).text, 'May 2031')
  t.equal((await look('?campaign=patrols')).status, 400, 'as if there was no such campaign')
  t.strictSame(await titles('?view=2026-12', organiser), ['Of ours', 'Of others, for partners'])
  t.strictSame(await titles('?as=calendar&view=2026-12', organiser), ['Of ours', 'Of others, for partners'])
  t.strictSame(await titles('?as=calendar&view=2026-12', host), [])
})

t.test('the calendar shows a month: each activity on its day, and above it what lasts for days', async t => {
  const { db, look } = await context(t)
  await anActivity(db, { ...on(1), title: 'In the evening' })
  await anActivity(db, { title: 'All through the day', allDay: true, startsAt: new Date('2026-12-02T00:00:00Z'), endsAt: new Date('2026-12-03T00:00:00Z') })
  await anActivity(db, { ...on(4), title: 'Called off', status: 'cancelled' })
  const full = await anActivity(db, { ...on(5), title: 'With no place free', capacity: 1 })
  await aBooking(db, full.id)
  await anActivity(db, { title: 'For days', startsAt: new Date('2026-11-20T12:00:00Z'), endsAt: new Date('2026-12-20T12:00:00Z') })
  await anActivity(db, { title: 'Over midnight', startsAt: new Date('2026-11-30T23:00:00Z'), endsAt: new Date('2026-12-01T02:00:00Z') })

  const { text, body, h1 } = await look('?as=calendar&view=2026-12&state=')
  const now = await look('?as=calendar')

  t.equal(h1, 'Activities in December 2026')
  for (const words of [
    'On several days For days , Friday 20 November 2026', 'Tuesday 1 December 11pm Over midnight 6pm In the evening Wednesday',
    'Wednesday 2 December All day All through the day Thursday 3 December Friday', '4 December 6pm Called off Cancelled Saturday',
    '5 December 6pm With no place free Full Sunday'
  ]) t.match(text, words)
  t.match(body, 'href="/staff/activities?view=2026-11&amp;as=calendar"')
  t.match(body, 'href="/staff/activities?view=2027-01&amp;as=calendar"')
  t.match(now.h1, 'Activities in November 2026')
  t.match(now.text, 'Monday 23 November Today Tuesday')
  t.match(now.body, '<time datetime="2026-11-23" aria-current="date">')
  t.match((await look('?as=calendar&view=2027-02')).text, 'There is nothing in this month that you can see.')
  t.match((await look('?as=calendar&view=2026-12&q=evening')).body, 'view=2027-01&amp;as=calendar&amp;q=evening"')
})

t.test('list and calendar take as many queries for many activities as for one', async t => {
  const { db, counted, look } = await context(t)
  const { id } = await anActivity(db, on(1))
  await aBooking(db, id)
  const queries = async () => {
    const counts: number[] = []
    for (const query of ['', '?view=past', '?view=2026-12', '?as=calendar&view=2026-12', '?state=full&q=safe']) {
      counted.queries = 0
      await look(query)
      counts.push(counted.queries)
    }
    return counts
  }
  await queries()
  const forOne = await queries()
  for (let day = 2; day < 30; day++) {
    const { id: campaignId } = await aCampaign(db)
    const { id: leadAgencyId } = await anAgency(db)
    await anActivity(db, { ...on(day), campaignId, leadAgencyId })
  }

  t.strictSame(await queries(), forOne)
  t.ok(Math.max(...forOne) < 25, String(forOne))
})
