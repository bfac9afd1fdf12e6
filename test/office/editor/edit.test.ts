import t from 'tap'
import type { Test } from 'tap'
import { wallClock } from '../../../src/programme/activities/local-time.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { instant } from '../../../src/platform/clock.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon } from '../../support/world.ts'

type Its = Awaited<ReturnType<typeof service>>

/** The form of an activity as a browser sends it back, unchanged. */
async function formOf ({ app }: Its, slug: string, headers: { cookie: string }): Promise<Record<string, string>> {
  const { body } = await app.inject({ url: `/staff/activities/${slug}/edit`, headers })
  return filledIn(body)
}

async function current ({ db }: Its, { id }: Activity) {
  return await db.activity.findUniqueOrThrow({ where: { id } })
}

async function anEditor (t: Test, given: Partial<Activity> = {}) {
  const its = await service(t)
  const activity = await anActivity(its.db, { summary: 'What children meet online.', ...given })
  const { headers, member } = await signedIn(its.app, its.db, { role: 'organiser' })
  return { its, activity, headers, member, url: `/staff/activities/${activity.slug}/edit` }
}

t.test('a form that nobody touched changes nothing, whatever the activity', async t => {
  const { its, headers } = await anEditor(t)
  const agency = await anAgency(its.db)
  const { id: campaignId } = await aCampaign(its.db, { districts: ['Carlisle', 'Eden'] })
  const activities = [
    await anActivity(its.db, {
      bookingOpensAt: noon.plus({ days: 1 }).toJSDate(), bookingClosesAt: noon.plus({ days: 2 }).toJSDate()
    }),
    await anActivity(its.db, {
      allDay: true,
      startsAt: new Date('2026-12-01T00:00Z'),
      endsAt: new Date('2026-12-04T00:00Z'),
      kind: 'stall',
      isOnline: false,
      booking: 'drop-in',
      capacity: null,
      venue: 'The "Old" Library & Café'
    }),
    await anActivity(its.db, {
      campaignId,
      district: 'Elsewhere',
      leadAgencyId: agency.id,
      startsAt: new Date('2027-10-31T00:30Z'),
      endsAt: new Date('2027-10-31T01:30Z')
    }),
    await anActivity(its.db, { title: 'Safe\u00A0online\u200B', summary: 'As it was\tpasted\u202E', district: 'Carlisle\u00A0' }),
    await anActivity(its.db, {
      startsAt: noon.plus({ days: 8, hours: 11 }).toJSDate(), endsAt: noon.plus({ days: 8, hours: 14 }).toJSDate()
    })
  ]
  for (const { id: activityId } of activities) {
    await its.db.activityPartner.create({ data: { activityId, agencyId: agency.id } })
  }

  for (const activity of activities) {
    const before = await current(its, activity)
    const answer = await post(its.app, `/staff/activities/${activity.slug}/edit`, await formOf(its, activity.slug, headers), headers)

    t.equal(answer.headers.location, `/staff/activities/${activity.slug}?done=as-it-was`, perceived(answer).text)
    t.strictSame(await current(its, activity), before)
  }
  t.equal(await its.db.auditEntry.count({ where: { action: 'activity.changed' } }), 0)
})

t.test('a change that reaches people says first who it reaches, and a second button makes it', async t => {
  const { its, activity, headers, member, url } = await anEditor(t)
  for (let n = 0; n < 3; n++) await aBooking(its.db, activity.id)
  await aBooking(its.db, activity.id, { unreachableAt: noon.toJSDate() })
  await aBooking(its.db, activity.id, { status: 'waiting' })
  await aBooking(its.db, activity.id, { status: 'waiting', copiedFromBookingId: crypto.randomUUID() })
  const before = await current(its, activity)

  const asked = await post(its.app, url, { ...await formOf(its, activity.slug, headers), starts_day: '2026-12-08' }, headers)
  const page = perceived(asked)
  const between = await current(its, activity)
  const answer = await post(its.app, url, filledIn(asked.body), headers)
  const again = await post(its.app, url, filledIn(asked.body), headers)

  t.equal(asked.statusCode, 200)
  t.match(page.text, '3 people get an updated invitation.')
  t.match(page.text, '1 person who is waiting is told by email.')
  t.match(page.text, 'Emails do not reach 1 person: call them.')
  t.match(page.text, 'Tuesday 8 December 2026, 6pm to 6:30pm Was: Tuesday 1 December 2026, 6pm to 6:30pm')
  t.strictSame(between, before, 'nothing is saved before')
  t.equal(answer.headers.location, `/staff/activities/${activity.slug}?done=edited`, perceived(answer).text)
  t.equal(again.headers.location, `/staff/activities/${activity.slug}?done=as-it-was`, 'pressed twice')
  const after = await current(its, activity)
  t.equal(wallClock(instant(after.startsAt), 'Europe/London'), '2026-12-08 18:00')
  t.equal(wallClock(instant(after.endsAt), 'Europe/London'), '2026-12-08 18:30')
  t.equal((await announced(its.db, 'booking.changed')).length, 5)
  t.match(await its.db.auditEntry.findMany({ where: { action: 'activity.changed' } }), [{
    staffMemberId: member.id, subject: activity.slug, details: { starts_day: ['2026-12-01', '2026-12-08'], told: 4 }
  }])
})

t.test('someone who moves an activity to later reads when booking closes, if it was typed and stays', async t => {
  const bookingClosesAt = noon.plus({ days: 7, hours: 5 }).toJSDate()
  const { its, activity, headers, url } = await anEditor(t, { bookingClosesAt })
  await aBooking(its.db, activity.id)
  const form = await formOf(its, activity.slug, headers)
  const said = async (given: object) => perceived(await post(its.app, url, { ...form, ...given }, headers)).text

  t.match(await said({ starts_day: '2026-12-08' }), 'Booking closes on Monday 30 November 2026 at 5pm, 8 days before it begins now.')
  t.match(await said({ starts_time: '18:10' }), 'at 5pm, 1 day before it begins now.')
  for (const given of [{ starts_day: '2026-12-08', closes_day: '2026-12-07' }, { title: 'Another' }]) {
    t.notMatch(await said(given), 'before it begins now')
  }
})

t.test('a change that nobody would notice is saved at once', async t => {
  const { its, activity, headers, url } = await anEditor(t)
  await aBooking(its.db, activity.id)

  const form = await formOf(its, activity.slug, headers)
  const answer = await post(its.app, url, { ...form, summary: 'Another\r\n\r\ntext', audiences: 'Parents; foster carers' }, headers)

  t.equal(answer.statusCode, 303, perceived(answer).text)
  t.match(await current(its, activity), { summary: 'Another\n\ntext', audiences: ['parents', 'foster-carers'], icalSequence: 0 })
  t.equal((await announced(its.db, 'booking.changed')).length, 0)
})

t.test('nobody is told of a change that only a browser made, such as characters of a title that nobody sees', async t => {
  const { its, activity, headers, url } = await anEditor(t, { title: 'Safe\u00A0online\u200B' })
  await aBooking(its.db, activity.id)
  const form = await formOf(its, activity.slug, headers)

  const saved = await post(its.app, url, { ...form, summary: 'Another text', starts_day: '1/12/2026', ends_day: '' }, headers)

  t.equal(saved.statusCode, 303)
  t.match(await current(its, activity), { title: 'Safe\u00A0online\u200B', summary: 'Another text', startsAt: '2026-12-01T18:00:00Z' })
  t.strictSame(await announced(its.db, 'booking.changed'), [])
})

const noMobile = 'must not have a mobile number in it: it may be one person’s own. Give the number of a team or an office'

t.test('each wrong answer gets its sentence; what was typed stays, and nothing is saved', async t => {
  const { its, activity, headers, url } = await anEditor(t)
  await its.db.campaign.updateMany({ data: { districts: ['Carlisle'] } })
  const before = await current(its, activity)
  const form = await formOf(its, activity.slug, headers)
  const cases: Array<[given: Record<string, string>, field: string, sentence: string]> = [
    [{ title: ' ' }, 'title', 'Enter a title'],
    [{ title: 'x'.repeat(201) }, 'title', 'Title must be 200 characters or fewer'],
    [{ title: 'a\nb' }, 'title', 'Title must be on one line'],
    [{ summary: 'x'.repeat(5001) }, 'summary', 'Summary must be 5,000 characters or fewer'],
    [{ title: 'Ring Pat: 07700 900123' }, 'title', `Title ${noMobile}`],
    [{ summary: 'Text 07700.900.123.' }, 'summary', `Summary ${noMobile}`],
    [
      { summary: 'Write to pat.smith@gmail.com.' }, 'summary',
      'Summary must not have someone’s own email address in it: everyone can read this. Give a shared one, like office@…'
    ],
    [{ kind: 'training', venue: 'Town Hall, ask Pat (07700 900123)' }, 'venue', `Venue ${noMobile}`],
    [{ kind: 'webinar' }, 'kind', 'Select what kind of activity it is'],
    [{ starts_day: '' }, 'starts_day', 'Enter the day on which it starts'],
    [{ starts_day: '1 December' }, 'starts_day', 'Enter the day on which it starts like 2026-12-01'],
    [{ starts_day: '2026-02-30' }, 'starts_day', 'Enter a day that exists on which it starts'],
    [{ starts_day: '0026-12-01' }, 'starts_day', 'Enter a day on which it starts in a year from 2010 to 2100'],
    [{ starts_day: '2026-11-01' }, 'starts_day', 'It must start in the future where people book places'],
    [{ starts_time: '' }, 'starts_time', 'Enter the time at which it starts'],
    [{ starts_time: '25:00' }, 'starts_time', 'Enter the time at which it starts like 18:30'],
    [{ ends_time: '18:00' }, 'ends_time', 'The end must be after the start'],
    [{ ends_day: '2026-11-30' }, 'ends_time', 'The end must be after the start'],
    [{ all_day: 'yes', ends_day: '2026-11-30' }, 'ends_day', 'The end must be after the start'],
    [
      { starts_day: '2027-03-28', starts_time: '01:30', ends_time: '03:00' }, 'starts_time',
      'There is no 01:30 on that day: the clocks go forward then. Choose a time before or after that hour.'
    ],
    [{ venue: 'The library' }, 'venue', 'Leave the venue empty for an online workshop, or select another kind'],
    [{ kind: 'training' }, 'venue', 'Venue must be given before this is published, or nobody who books knows where to go'],
    [{ district: 'Bolton' }, 'district', 'Select a district of the campaign'],
    [{ audiences: 'parents <b>' }, 'audiences', 'Who it is for must be names in letters and digits with commas between, like parents, carers'],
    [
      { audiences: 'young-people' }, 'booking',
      'How people come must not be places for young people: they come through their school or youth centre'
    ],
    [{ visibility: 'secret' }, 'visibility', 'Select who may see it'],
    [{ booking: '' }, 'booking', 'Select how people come to it'],
    [{ places_per_booking: '0' }, 'places_per_booking', 'Places in one booking must be a whole number from 1 to 100'],
    [{ opens_day: '2026-12-02', opens_time: '09:00' }, 'opens_day', 'Booking must open before the start'],
    [{ opens_day: '2026-11-30' }, 'opens_time', 'Enter the time at which booking opens'],
    [{ closes_time: '09:00' }, 'closes_day', 'Enter the day on which booking closes'],
    [{ closes_day: '2026-12-02', closes_time: '09:00' }, 'closes_day', 'Booking must close by the end of the activity'],
    [{ lead_agency: crypto.randomUUID() }, 'lead_agency', 'Select an agency from the list'],
    [{ partners: 'x' }, 'partners', 'Select agencies from the list'],
    [{ slug: 'mine' }, 'form', 'This form has no field “slug”. Load the page again and fill it in once more.'],
    [{ saw: 'x'.repeat(601) }, 'form', 'Load the page again and fill it in once more']
  ]

  for (const [given, field, sentence] of cases) {
    const answer = await post(its.app, url, { ...form, ...given }, headers)
    const page = perceived(answer)
    t.strictSame(page.errors, [{ field, sentence }], JSON.stringify(given))
    t.equal(answer.statusCode, 400, JSON.stringify(given))
    t.match(page.title, /^Error: /)
    if (field !== 'partners') t.ok(page.has(field), `${field}: the link leads somewhere`)
  }
  const typed = await post(its.app, url, { ...form, title: '', venue: '<b>x</b>', starts_time: '7pm' }, headers)
  t.strictSame(perceived(typed).errors.map(({ field }) => field), ['title', 'starts_time'])
  t.match(typed.body, 'value="&lt;b&gt;x&lt;/b&gt;"')
  t.equal(filledIn(typed.body).saw, form.saw, 'what they saw is still what they saw')
  const twice = await post(its.app, url, `${new URLSearchParams(form).toString()}&title=b`, headers)
  t.equal(twice.statusCode, 400)
  t.strictSame(await current(its, activity), before)
})

t.test('what only an agency reads may have a mobile number, until it is to be public', async t => {
  const { its, activity, headers, url } = await anEditor(t, { visibility: 'agency' })
  const summary = 'If you are late, ring Pat on 07700 900123.'
  const saved = await post(its.app, url, { ...await formOf(its, activity.slug, headers), summary }, headers)
  t.equal(saved.statusCode, 303)

  const refused = await post(its.app, url, { ...await formOf(its, activity.slug, headers), visibility: 'public' }, headers)
  t.strictSame(perceived(refused).errors, [{ field: 'summary', sentence: `Summary ${noMobile}` }])
  t.match(filledIn(refused.body), { visibility: 'public' })
  t.match(await current(its, activity), { visibility: 'agency', summary })
})

t.test('of a time that comes twice the form asks which is meant', async t => {
  const { its, activity, headers, url } = await anEditor(t)
  const given = { ...await formOf(its, activity.slug, headers), starts_day: '2027-10-31', starts_time: '01:30', ends_time: '03:00' }

  const asked = await post(its.app, url, given, headers)
  const answer = await post(its.app, url, { ...given, starts_which: 'second' }, headers)

  t.strictSame(perceived(asked).errors, [{
    field: 'starts_which', sentence: 'Say which 1:30am you mean: it comes twice on Sunday 31 October 2027'
  }])
  t.ok(perceived(asked).has('starts_which'))
  t.match(perceived(asked).text, 'The first 1:30am, before the clocks go back')
  t.equal(answer.statusCode, 303, perceived(answer).text)
  t.equal((await current(its, activity)).startsAt.toISOString(), '2027-10-31T01:30:00.000Z')
})

t.test('of two who edit at once neither undoes what only the other changed', async t => {
  const { its, activity, headers, url } = await anEditor(t)
  const [one, other] = [await formOf(its, activity.slug, headers), await formOf(its, activity.slug, headers)]

  const answers = await Promise.all([
    post(its.app, url, { ...one, title: 'Another title' }, headers),
    post(its.app, url, { ...other, starts_day: '2026-12-08', audiences: 'grandparents' }, headers)
  ])

  t.strictSame(answers.map(({ statusCode }) => statusCode), [303, 303])
  t.match(await current(its, activity), {
    title: 'Another title', startsAt: '2026-12-08T18:00Z', audiences: ['grandparents']
  })
})

t.test('where both changed the same, the second reads both versions, loses nothing, and decides', async t => {
  const { its, activity, headers, url } = await anEditor(t)
  const form = await formOf(its, activity.slug, headers)
  await post(its.app, url, { ...form, title: 'Their title', summary: 'Their summary' }, headers)

  const asked = await post(its.app, url, { ...form, title: 'My title', audiences: 'teachers' }, headers)
  const page = perceived(asked)
  const between = await current(its, activity)
  const answer = await post(its.app, url, filledIn(asked.body), headers)

  t.equal(asked.statusCode, 409)
  t.match(page.text, 'Someone else has changed this activity while you were editing it.')
  t.match(page.text, 'Theirs: Their title Yours: My title')
  t.strictSame(page.errors, [{ field: 'title', sentence: 'Someone else changed this too: Title' }])
  t.match(filledIn(asked.body), { title: 'My title', summary: 'Their summary', audiences: 'teachers' })
  t.match(between, { title: 'Their title' })
  t.equal(answer.statusCode, 303)
  t.match(await current(its, activity), { title: 'My title', summary: 'Their summary', audiences: ['teachers'] })
})

t.test('what others change between the question and the second button is not undone by it', async t => {
  const { its, activity, headers, url } = await anEditor(t)
  await aBooking(its.db, activity.id)
  const form = await formOf(its, activity.slug, headers)

  const asked = await post(its.app, url, { ...form, starts_day: '2026-12-08' }, headers)
  await post(its.app, url, { ...form, summary: 'Theirs' }, headers)
  await post(its.app, url, filledIn(asked.body), headers)

  t.match(await current(its, activity), { summary: 'Theirs', startsAt: '2026-12-08T18:00Z' })
})

t.test('only people who organise an activity edit it, and nobody edits what is cancelled or over', async t => {
  const its = await service(t)
  const [ours, theirs] = [await anAgency(its.db), await anAgency(its.db)]
  const activity = await anActivity(its.db, { leadAgencyId: ours.id, visibility: 'agency' })
  await its.db.activityPartner.create({ data: { activityId: activity.id, agencyId: theirs.id } })
  const url = `/staff/activities/${activity.slug}/edit`
  const lead = (await signedIn(its.app, its.db, { role: 'organiser', agencyId: ours.id })).headers
  const partner = (await signedIn(its.app, its.db, { role: 'organiser', agencyId: theirs.id })).headers
  const stranger = (await signedIn(its.app, its.db, { role: 'organiser', agencyId: (await anAgency(its.db)).id })).headers
  const reader = (await signedIn(its.app, its.db, { role: 'staff' })).headers
  const form = await formOf(its, activity.slug, lead)

  for (const [who, headers, status] of [['a partner', partner, 403], ['a stranger', stranger, 404], ['staff', reader, 403]] as const) {
    t.equal((await its.app.inject({ url, headers })).statusCode, status, who)
    t.equal((await post(its.app, url, { ...form, title: 'Mine' }, headers)).statusCode, status, who)
  }
  const away = await post(its.app, url, { ...form, lead_agency: theirs.id }, lead)
  t.strictSame(perceived(away).errors, [{
    field: 'form', sentence: 'Only the partnership’s own organisers choose which agency leads'
  }])
  t.match(await current(its, activity), { title: activity.title, leadAgencyId: ours.id })
  for (const change of [{ status: 'cancelled' }, { status: 'published', startsAt: new Date(0), endsAt: new Date(1) }]) {
    await its.db.activity.update({ where: { id: activity.id }, data: change })
    t.equal((await its.app.inject({ url, headers: lead })).statusCode, 409)
    t.equal((await post(its.app, url, { ...form, title: 'Mine' }, lead)).statusCode, 409)
  }
})
