import fc from 'fast-check'
import t from 'tap'
import { copiesOf, shifted, titleFor, yearLater } from '../../../src/office/board/copying.ts'
import { readCurrentActivities } from '../../../src/programme/activities/current-activities.ts'
import { wallClock } from '../../../src/programme/activities/local-time.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, aStaffMember, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon, secretKey, world } from '../../support/world.ts'

t.test('days keep their distance, across leap years and changes of the clocks', async t => {
  const day = fc.date({ min: new Date('2021-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }).map(at => at.toISOString().slice(0, 10))
  fc.assert(fc.property(day, day, fc.nat(20), (from, to, n) => {
    const later = shifted(from, { from, to: from })
    const there = new Date(new Date(from).getTime() + n * 86_400_000).toISOString().slice(0, 10)
    const copied = new Date(new Date(to).getTime() + n * 86_400_000).toISOString().slice(0, 10)
    return later === from && shifted(there, { from, to }) === copied
  }))
  fc.assert(fc.property(day, day => new Date(yearLater(day)).getUTCDay() === new Date(day).getUTCDay()))
  t.equal(titleFor('Know who 2027: 2027', { from: '2027-03-15', to: '2028-03-13' }), 'Know who 2028: 2028')
})

t.test('an activity keeps its local times where clocks have changed, and is left out with a reason where it cannot be', async t => {
  const { db } = await world(t)
  const seal = joinLinkSeal(secretKey)
  const { id: campaignId } = await aCampaign(db)
  const given = { campaignId, capacity: null, booking: 'none', joinUrlSealed: seal.close('https://teams.microsoft.com/meet/1?p=abc') }
  await anActivity(db, { ...given, slug: 'evening', startsAt: new Date('2027-03-16T18:00Z'), endsAt: new Date('2027-03-16T19:00Z') })
  await anActivity(db, { ...given, slug: 'night', startsAt: new Date('2027-03-17T01:30Z'), endsAt: new Date('2027-03-17T03:30Z') })
  await anActivity(db, { ...given, slug: 'off', status: 'cancelled' })
  await anActivity(db, { ...given, slug: 'hidden', kind: 'disruption', isOnline: false, visibility: 'operational' })
  const current = await readCurrentActivities(db, seal, ['evening', 'night', 'off', 'hidden'])
  const copyOf = (slug: string, to: string) => {
    const activity = current.get(slug)
    return activity && copiesOf([activity], { from: '2027-03-15', to }, noon)[0]
  }

  const evening = copyOf('evening', '2028-03-27')
  t.match(evening, { draft: { status: 'draft', joinUrl: undefined, visibility: 'public' } })
  const { startsAt, endsAt } = (evening as { draft: { startsAt: typeof noon, endsAt: typeof noon } }).draft
  t.strictSame([startsAt.toISO(), endsAt.toISO()], ['2028-03-28T17:00:00.000Z', '2028-03-28T18:00:00.000Z'])
  t.equal(wallClock(startsAt, 'Europe/London'), '2028-03-28 18:00')
  t.match(copyOf('night', '2028-03-24'), { leftOut: /there is no 01:30 that day/ })
  t.match(copyOf('off', '2028-03-27'), { leftOut: 'It was cancelled.' })
  t.match(copyOf('hidden', '2028-03-27'), { leftOut: /operational/ })
})

t.test('in the copy of a week a secret place is secret too', async t => {
  const { db } = await world(t)
  const seal = joinLinkSeal(secretKey)
  await anActivity(db, { slug: 'secret', kind: 'training', isOnline: false, venue: 'Rose House', hasSecretPlace: true })

  const copies = copiesOf([...(await readCurrentActivities(db, seal, ['secret'])).values()], { from: '2026-11-30', to: '2027-11-29' }, noon)

  t.match(copies, [{ draft: { venue: 'Rose House', hasSecretPlace: true, status: 'draft' } }])
})

t.test('a week is copied once, with its plans and questions and without its people', async t => {
  const { app, db } = await service(t)
  const agency = await anAgency(db)
  const gone = await aStaffMember(db, { disabledAt: noon.toJSDate() })
  const campaign = await aCampaign(db, {
    slug: 'know-who-2026',
    title: 'Know who 2026',
    kind: 'week-of-action',
    districts: ['Bolton'],
    hashtags: ['#KnowWho'],
    firstDay: new Date('2026-11-30'),
    lastDay: new Date('2026-12-06')
  })
  const first = await anActivity(db, {
    campaignId: campaign.id, slug: 'talk-2026-12-01', leadAgencyId: agency.id, peopleReached: 30, followUp: false, offerHours: 7
  })
  const second = await anActivity(db, { campaignId: campaign.id, slug: 'talk-2026-12-01-2', title: 'Second' })
  await anActivity(db, { campaignId: campaign.id, slug: 'off', title: 'It was off', status: 'cancelled' })
  await anActivity(db, { campaignId: campaign.id, slug: 'visit', title: 'Warrant at dawn', visibility: 'operational' })
  await db.activityPartner.create({ data: { activityId: first.id, agencyId: agency.id } })
  await aBooking(db, first.id)
  await db.activityPlan.create({
    data: { activityId: first.id, stage: 'confirmed', ownerId: gone.id, staffing: '2', risk: 'done', riskBy: 'Ann', riskOn: new Date('2026-11-01') }
  })
  await db.questionnaire.create({ data: { campaignId: campaign.id, questions: [], asksLater: true, isAnswered: true } })
  await db.keyMessage.create({ data: { campaignId: campaign.id, audience: 'parents', position: 1, text: 'Ask who they talk to.' } })
  await db.advicePage.create({
    data: {
      campaignId: campaign.id,
      slug: 'sharing',
      title: 'If a picture was shared',
      audience: 'parents',
      text: 'Stay calm.',
      status: 'published',
      links: { create: [{ position: 1, title: 'CEOP', url: 'https://www.ceop.police.uk', about: 'Report it' }] }
    }
  })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = '/staff/campaigns/know-who-2026/copy'

  t.match((await app.inject({ url, headers })).body, /name="first_day"[^>]* value="2027-11-29"[\s\S]*name="title"[^>]* value="Know who 2027"/)
  const preview = await app.inject({ url: `${url}?first_day=2027-11-30&title=Know+who+2027`, headers })
  const { text } = perceived(preview)
  t.match(text, /Tuesday 30 November to Monday 6 December 2027.*begins on a Tuesday, and the week that you copy on a Monday/)
  t.match(text, /Keeping your child safe online Wednesday 1 December 2027, 6pm to 6:30pm Was: Tuesday 1 December 2026/)
  t.match(text, /Left out It was off.*It was cancelled/)
  t.notMatch(text, 'Warrant at dawn', 'nobody hears of what they may not know')
  t.equal(await db.campaign.count(), 1, 'to look changes nothing')

  const { activities: _, ...form } = filledIn(preview.body)
  const send = async (ids: string[]) => await post(app, url,
    `${new URLSearchParams(form)}${ids.map(id => `&activities=${id}`).join('')}`, headers)
  const answers = await Promise.all([send([first.id, second.id]), send([second.id, first.id])])
  await send([first.id, second.id])

  t.strictSame(answers.map(({ headers }) => headers.location), Array(2).fill('/staff/campaigns/know-who-2027/board?done=copied&n=2'))
  t.match(perceived(await app.inject({ url: answers[0]?.headers.location ?? '', headers })).text, 'with 2 activities as drafts')
  const copy = await db.campaign.findUniqueOrThrow({ where: { slug: 'know-who-2027' }, include: { questionnaire: true } })
  t.match(copy, {
    kind: 'week-of-action', districts: ['Bolton'], hashtags: ['#KnowWho'], questionnaire: { asksLater: true, isAnswered: false }
  })
  t.strictSame([copy.firstDay, copy.lastDay], [new Date('2027-11-30'), new Date('2027-12-06')])
  const made = await db.activity.findMany({
    where: { campaignId: copy.id }, include: { plan: true, bookings: true }, orderBy: { slug: 'asc' }
  })
  t.strictSame(made.map(({ slug }) => slug), ['talk-2027-12-01', 'talk-2027-12-01-2'])
  t.match(made[0], {
    status: 'draft',
    leadAgencyId: agency.id,
    peopleReached: null,
    followUp: false,
    offerHours: 7,
    bookings: [],
    plan: { stage: 'idea', ownerId: null, staffing: '2', risk: 'needed', riskBy: '', copiedFromId: first.id }
  })
  t.equal(await db.activityPartner.count({ where: { activityId: made[0]?.id ?? '' } }), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'campaign.copied' } }), 1)
  const said = await db.campaign.findFirstOrThrow({
    where: { title: 'Know who 2027' }, include: { keyMessages: true, advicePages: { include: { links: true } } }
  })
  t.match(said.keyMessages, [{ audience: 'parents', text: 'Ask who they talk to.' }])
  t.match(said.advicePages, [{ slug: 'sharing', status: 'draft', links: [{ title: 'CEOP' }] }], 'what it advises is read again first')
  await db.activity.delete({ where: { id: made[1]?.id ?? '' } })
  t.match((await send([first.id, second.id])).headers.location, /done=copied&n=1$/, 'of what is gone by now nothing is said')
})

t.test('a copy that cannot be made says why, and nothing is lost', async t => {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db, { slug: 'week' })
  const activity = await anActivity(db, { campaignId: campaign.id })
  const { headers } = await signedIn(app, db)
  const url = '/staff/campaigns/week/copy'
  const form = filledIn((await app.inject({ url: `${url}?first_day=2027-12-01&title=Again`, headers })).body)

  for (const [given, field, sentence] of [
    [{ first_day: '2026-11-23' }, 'first_day', 'still to come'],
    [{ first_day: '2027-02-30' }, 'first_day', 'a day that exists'],
    [{ title: ' ' }, 'title', 'Enter a title'],
    [{ x: '1' }, 'form', 'no field']
  ] as Array<[Record<string, string>, string, string]>) {
    const answer = await post(app, url, { ...form, ...given }, headers)
    t.equal(answer.statusCode, 400)
    t.match(perceived(answer).errors, [{ field, sentence: new RegExp(sentence) }])
  }
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })
  const late = await post(app, url, form, headers)
  t.equal(late.statusCode, 409)
  t.match(perceived(late).errors, [{ sentence: /cannot be copied\. It was cancelled/ }])
  t.equal(await db.campaign.count(), 1)
  t.equal((await app.inject({ url, headers: (await signedIn(app, db, { role: 'staff' })).headers })).statusCode, 403)
})

t.test('a copy of what its agency alone knows of has an address that nobody guesses', async t => {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db, { slug: 'know-who', firstDay: new Date('2026-11-30') })
  const { id } = await anActivity(db, { campaignId: campaign.id, slug: 'visit', title: 'Visit', visibility: 'agency' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = '/staff/campaigns/know-who/copy'
  const { body } = await app.inject({ url: `${url}?first_day=2027-11-29&title=Next`, headers })

  t.equal((await post(app, url, { ...filledIn(body), activities: id }, headers)).statusCode, 303)

  t.match(await db.activity.findMany({ where: { id: { not: id } } }), [{ slug: /^visit-[0-9a-f]{6}$/ }])
})
