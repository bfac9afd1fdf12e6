import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { suggested } from '../../../src/programme/evaluations/questionnaire.ts'
import { filledIn, tokenOn } from '../../support/filled-in.ts'
import { perceived, post, service, workshopForm } from '../../support/service.ts'
import { answersOfMany, askingActivity, ownQuestions, yesterday } from '../../support/evaluations.ts'
import { aHold, anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon } from '../../support/world.ts'

const create = '/staff/activities/new'

t.test('an organiser creates an activity as a draft, publishes it, and everyone sees it', async t => {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db)
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })

  t.match((await app.inject({ url: '/staff/activities', headers })).body, create)
  const form = filledIn((await app.inject({ url: create, headers })).body)
  const answer = await post(app, create, { ...form, ...workshopForm }, headers)
  const again = await post(app, create, { ...form, ...workshopForm }, headers)
  const url = '/staff/activities/staying-safe-online'
  const hidden = await app.inject({ url: '/activities/staying-safe-online' })
  const list = perceived(await app.inject({ url: `${url}/publish`, headers }))
  const published = await post(app, `${url}/publish`, {}, headers)
  const twice = await post(app, `${url}/publish`, {}, headers)
  const shown = await app.inject({ url: '/activities/staying-safe-online' })

  t.equal(answer.headers.location, `${url}?done=created`, perceived(answer).text)
  t.equal(again.headers.location, `${url}?done=created`, 'pressed twice, it is one')
  t.match(await db.activity.findMany(), [{
    campaignId: campaign.id, slug: 'staying-safe-online', startsAt: '2026-12-08T18:00Z', capacity: 20, isOnline: true
  }])
  t.equal(hidden.statusCode, 404)
  t.match(list.text, 'Nothing that it needs is missing.')
  for (const warning of ['It has no Teams link yet.', 'No agency leads it', 'It has no summary']) t.match(list.text, warning)
  t.notMatch(list.text, 'It has no waiting list')
  t.equal(published.headers.location, `${url}?done=published`)
  t.equal(twice.statusCode, 303)
  t.equal(shown.statusCode, 200)
  t.match(perceived(await app.inject({ url: `${url}?done=published`, headers })).text, 'The activity is published.')
  const deeds = await db.auditEntry.findMany({ where: { action: { startsWith: 'activity.' } }, orderBy: { at: 'asc' } })
  t.strictSame(deeds.map(({ action }) => action).sort(), ['activity.created', 'activity.published'])
  t.ok(deeds.every(({ staffMemberId }) => staffMemberId === member.id))
})

t.test('two activities of one title have addresses of their own, and none has that of the form', async t => {
  const { app, db } = await service(t)
  await aCampaign(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const forms = await Promise.all([1, 2, 3].map(async () =>
    filledIn((await app.inject({ url: create, headers })).body)))

  await Promise.all(forms.map(async (form, n) =>
    await post(app, create, { ...form, ...workshopForm, title: n === 2 ? 'New' : 'Staying safe' }, headers)))

  t.strictSame((await db.activity.findMany()).map(({ slug }) => slug).sort(), ['new-2', 'staying-safe', 'staying-safe-2'])
})

t.test('a new activity with wrong answers is not made, and nothing typed is lost', async t => {
  const { app, db } = await service(t)
  await aCampaign(db)
  await aCampaign(db, { title: 'Another campaign' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const choose = await app.inject({ url: create, headers })
  const campaign = (await db.campaign.findFirstOrThrow()).slug
  const form = filledIn((await app.inject({ url: `${create}?campaign=${campaign}`, headers })).body)
  const cases: Array<[Record<string, string>, string[]]> = [
    [{ ...form, summary: 'Typed' }, ['title', 'kind', 'starts_day', 'ends_time', 'visibility', 'booking']],
    [{ ...form, ...workshopForm, capacity: '' }, ['capacity']],
    [{ ...form, ...workshopForm, capacity: '1.5' }, ['capacity']],
    [{ ...form, ...workshopForm, kind: 'disruption' }, ['visibility']],
    [{ ...form, ...workshopForm, starts_day: '2026-11-22' }, ['starts_day']],
    [{ ...form, ...workshopForm, status: 'published' }, ['form']],
    [{ ...form, ...workshopForm, submission: 'x' }, ['form']]
  ]

  t.match(perceived(choose).text, 'Another campaign')
  for (const [given, fields] of cases) {
    const answer = await post(app, create, given, headers)
    t.equal(answer.statusCode, 400, JSON.stringify(given))
    t.strictSame(perceived(answer).errors.map(({ field }) => field), fields)
    t.match(filledIn(answer.body).summary, given.summary ?? '')
    t.match(filledIn(answer.body).title, given.title ?? '')
  }
  const unknown = await post(app, create, { ...form, ...workshopForm, campaign: 'x' }, headers)
  t.equal(unknown.statusCode, 400)
  t.match(perceived(unknown).errors, [{ sentence: 'Select a campaign' }])
  t.equal(await db.activity.count(), 0)
})

t.test('an organiser of an agency creates what it leads, and staff create nothing', async t => {
  const { app, db } = await service(t)
  await aCampaign(db)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: ours.id })
  const reader = (await signedIn(app, db, { role: 'staff' })).headers

  const form = filledIn((await app.inject({ url: create, headers })).body)
  const forged = await post(app, create, { ...form, ...workshopForm, lead_agency: theirs.id }, headers)
  await post(app, create, { ...form, ...workshopForm, visibility: 'operational', kind: 'disruption', booking: 'none' }, headers)

  t.equal(forged.statusCode, 400)
  t.match(await db.activity.findMany(), [{ leadAgencyId: ours.id, visibility: 'operational' }])
  t.equal((await app.inject({ url: create, headers: reader })).statusCode, 403)
  t.equal((await post(app, create, { ...form, ...workshopForm }, reader)).statusCode, 403)
})

t.test('a partner copies what another agency leads, and leads the copy', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const first = await anActivity(db, { leadAgencyId: theirs.id })
  await db.activityPartner.create({ data: { activityId: first.id, agencyId: ours.id } })
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: ours.id })

  const form = filledIn((await app.inject({ url: `${create}?from=${first.slug}`, headers })).body)
  const answer = await post(app, create, { ...form, starts_day: '2026-12-15' }, headers)

  t.equal(answer.statusCode, 303, perceived(answer).text)
  t.match(await db.activity.findMany({ where: { NOT: { id: first.id } } }), [{ leadAgencyId: ours.id }])
})

t.test('a copy asks the same questions, and has none of the answers', async t => {
  const { app, db } = await service(t)
  const first = await askingActivity(db)
  await answersOfMany(db, first.id, 5, [{ number: 1, value: 3 }, { number: 4, text: 'Nothing' }])
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const form = filledIn((await app.inject({ url: `${create}?from=${first.slug}`, headers })).body)
  await post(app, create, { ...form, starts_day: '2026-12-15', ends_day: '' }, headers)

  const copy = await db.activity.findFirstOrThrow({ where: { NOT: { id: first.id } } })
  t.strictSame(await ownQuestions(db, [copy.id]), [
    { questions: suggested.questions, asksLater: true, isAnswered: false }
  ])
  t.equal(await db.evaluationCount.count({ where: { activityId: copy.id } }), 0)
  t.equal(await db.evaluationText.count({ where: { activityId: copy.id } }), 0)
})

t.test('a copy of what asks the questions of its campaign goes on following its campaign', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db)
  const first = await anActivity(db, { ...yesterday, campaignId })
  await db.questionnaire.create({ data: { campaignId, questions: [...suggested.questions] } })
  // Answering has given it the questions as its own.
  await answersOfMany(db, first.id, 1, [{ number: 1, value: 3 }, { number: 4, text: 'Nothing' }])
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const form = filledIn((await app.inject({ url: `${create}?from=${first.slug}`, headers })).body)
  await post(app, create, { ...form, starts_day: '2026-12-15', ends_day: '' }, headers)

  const copy = await db.activity.findFirstOrThrow({ where: { NOT: { id: first.id } } })
  t.match(await ownQuestions(db, [first.id, copy.id]), [{ isAnswered: true }, { questions: undefined }])
})

t.test('a copy has the same arrangements on another day, and neither its link nor its people', async t => {
  const { app, db } = await service(t)
  const first = await anActivity(db, {
    joinUrlSealed: 'sealed', overBookingPercent: 10, joinMode: 'personal', reminders: ['day'], followUp: false, waitingList: 'offers', summary: 'Come'
  })
  await aBooking(db, first.id)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  // Sealed with another key, it cannot be opened, and a copy does not need to.
  await db.activity.update({ where: { id: first.id }, data: { joinUrlSealed: null } })

  const form = filledIn((await app.inject({ url: `${create}?from=${first.slug}`, headers })).body)
  const answer = await post(app, create, { ...form, starts_day: '2026-12-15' }, headers)

  t.equal(form.starts_day, '')
  t.equal(form.starts_time, '18:00')
  t.equal(answer.statusCode, 303, perceived(answer).text)
  const copy = await db.activity.findFirstOrThrow({ where: { NOT: { id: first.id } }, include: { bookings: true } })
  t.match(copy, {
    title: first.title,
    summary: 'Come',
    startsAt: '2026-12-15T18:00Z',
    overBookingPercent: 10,
    joinMode: 'personal',
    reminders: ['day'],
    followUp: false,
    waitingList: 'offers',
    status: 'draft',
    joinUrlSealed: null,
    bookings: []
  })
  t.not(copy.icalUid, first.icalUid)
})

t.test('an activity with something missing is not published, and the page links to where to add it', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db, { status: 'draft', kind: 'training', isOnline: false, waitingList: 'off' })
  await db.supportContact.create({
    data: { name: 'Carlisle hub', purpose: 'Early help', number: '01228 000000', owner: 'Hub', lastCheckedOn: noon.minus({ days: 91 }).toJSDate() }
  })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${slug}/publish`

  const page = await app.inject({ url, headers })
  const answer = await post(app, url, {}, headers)

  t.match(perceived(page).text, 'The venue must be given before this is published')
  t.match(page.body, `href="/staff/activities/${slug}/edit"`)
  t.match(perceived(page).text, 'It has no waiting list.')
  t.match(perceived(page).text, 'Support contacts were not checked for 90 days: Carlisle hub.')
  t.notMatch(page.body, `action="${url}"`)
  t.equal(answer.statusCode, 409)
  t.strictSame(perceived(answer).errors, [{ field: 'form', sentence: 'Something is still missing. Nothing was published.' }])
  t.match(await db.activity.findUnique({ where: { slug } }), { status: 'draft' })
})

t.test('someone who publishes another date reads first who it asks', async t => {
  const { app, db } = await service(t)
  const first = await anActivity(db)
  const { id: copiedFromBookingId } = await aBooking(db, first.id, { status: 'waiting' })
  const { id, slug } = await anActivity(db, { status: 'draft', anotherDateOfId: first.id })
  await aBooking(db, id, { status: 'waiting', copiedFromBookingId })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${slug}/publish`

  const page = await app.inject({ url, headers })
  const unread = await post(app, url, {}, headers)
  const between = await db.activity.findUniqueOrThrow({ where: { id } })
  const answer = await post(app, url, { confirmed: tokenOn(page.body) }, headers)

  t.match(perceived(page).text, 'If you publish it: The only person who is waiting is offered a place, and we email to ask them.')
  t.equal(unread.statusCode, 200)
  t.equal(tokenOn(unread.body), tokenOn(page.body))
  t.equal(between.status, 'draft')
  t.equal(answer.statusCode, 303)
  t.match(await db.activity.findUnique({ where: { id } }), { status: 'published' })
})

t.test('only what nobody relies on is taken down', async t => {
  const { app, db } = await service(t)
  const [free, booked, held, over] = [
    await anActivity(db), await anActivity(db), await anActivity(db), await anActivity(db, { status: 'cancelled' })
  ]
  await aBooking(db, booked.id)
  await aHold(db, held.id)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const takeDown = async ({ slug }: { slug: string }) => await post(app, `/staff/activities/${slug}/take-down`, {}, headers)

  const [done, again, refused, kept, cancelled] = [
    await takeDown(free), await takeDown(free), await takeDown(booked), await takeDown(held), await takeDown(over)
  ]

  t.equal(done.headers.location, `/staff/activities/${free.slug}?done=taken-down`)
  t.equal(again.statusCode, 303)
  t.match(await db.activity.findUnique({ where: { id: free.id } }), { status: 'draft' })
  for (const answer of [refused, kept]) {
    t.equal(answer.statusCode, 409)
    t.match(perceived(answer).errors, [{ sentence: 'People have places, wait for one, or have places kept for them. Cancel the activity instead, and they are told.' }])
  }
  t.equal(cancelled.statusCode, 409)
  t.match(await db.activity.findMany({ where: { id: { in: [booked.id, held.id] } } }), [{ status: 'published' }, { status: 'published' }])
  t.equal((await announced(db, 'booking.changed')).length, 0)
  t.equal(await db.auditEntry.count({ where: { action: 'activity.taken-down' } }), 1)
})

t.test('someone refused because another booked at that moment reads it on a page that knows of them', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const { sent } = await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ${id}::uuid FOR UPDATE`
    const sent = post(app, `/staff/activities/${slug}/take-down`, {}, headers)
    while (await countWaiting(db) === 0);
    await aBooking(tx as Db, id)
    return { sent }
  })
  const answer = await sent

  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).text, 'so this cannot go back to a draft')
  t.notMatch(answer.body, `/staff/activities/${slug}/take-down`)
})

async function countWaiting (db: Db): Promise<number> {
  const [{ n } = { n: 0 }] = await db.$queryRaw<Array<{ n: number }>>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return n
}
