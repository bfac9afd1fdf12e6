import t from 'tap'
import { instant } from '../../../src/platform/clock.ts'
import { aCoHost, coHostedActivity, linkOf } from '../../support/co-hosts.ts'
import { aMember, approveAs, aWeekToApprove, editAs } from '../../support/proposals.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post } from '../../support/service.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'
import { aLink, anInvitation, cookieOf, signedIn } from '../../support/staff.ts'

t.test('a co-host changes texts, times and place, and who comes is told as if an organiser had', async t => {
  const { app, db, at, activity, coHost } = await coHostedActivity(t)
  const { headers } = coHost
  await aBooking(db, activity.id, { name: 'Wanda Waits' })
  await aBooking(db, activity.id, { name: 'Carol Calls', email: 'carol@example.org', phone: '01539 722 722', unreachableAt: noon.toJSDate() })
  const page = await app.inject({ url: `${at}/edit`, headers })
  t.notMatch(perceived(page).text, /Who may see it|Places in one booking|How people come|Led by/)
  const form = filledIn(page.body)

  const read = await post(app, `${at}/edit`, { ...form, title: 'Staying safe', starts_time: '17:30' }, headers)
  const { text } = perceived(read)
  t.match(text, /Do you want to save this change\?.*Only organisers see who they are\. Ask one of them to call\./)
  t.notMatch(read.body, /Carol|01539|Wanda/, 'without the names of those who have to be called')
  const saved = await post(app, `${at}/edit`, filledIn(read.body), headers)
  t.match(saved.headers.location, /done=edited$/)
  const now = await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  t.equal(now.title, 'Staying safe')
  t.match(await db.auditEntry.findFirst({ where: { action: 'activity.changed' } }), { staffMemberId: coHost.member.id })
})

t.test('what a form of a co-host only brings along cannot be changed by it', async t => {
  const { app, db, at, activity, coHost } = await coHostedActivity(t)
  const form = filledIn((await app.inject({ url: `${at}/edit`, headers: coHost.headers })).body)
  for (const [field, value, part] of [
    ['visibility', 'public', 'Who may see it'], ['kind', 'training', 'Kind'], ['places_per_booking', '9', 'Places in one booking'],
    ['booking', 'drop-in', 'How people come'], ['closes_day', '2026-12-05', 'Booking closes'],
    ['partners', coHost.member.agencyId ?? '', 'Other agencies']
  ] as const) {
    const more = field === 'closes_day' ? { closes_time: '10:00' } : field === 'booking' ? { capacity: '' } : {}
    const answer = await post(app, `${at}/edit`, { ...form, [field]: value, ...more, title: 'Mine' }, coHost.headers)
    t.equal(answer.statusCode, 400, field)
    const [error] = perceived(answer).errors
    t.equal(error?.field, 'form', field)
    t.match(error?.sentence, /^Only its organisers can change this\. Ask one of them to change: /, part)
    t.equal(filledIn(answer.body).title, 'Mine', 'nothing typed is lost')
  }
  const is = await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  t.match(is, { title: activity.title, visibility: 'agency', kind: activity.kind, booking: 'places', placesPerBooking: 1 })

  await db.activity.update({ where: { id: activity.id }, data: { bookingClosesAt: noon.plus({ days: 8 }).toJSDate() } })
  const late = await post(app, `${at}/edit`, {
    ...filledIn((await app.inject({ url: `${at}/edit`, headers: coHost.headers })).body), starts_day: '2026-11-30', ends_day: ''
  }, coHost.headers)
  t.match(perceived(late).errors, [{ field: 'form', sentence: /Booking/ }],
    'what is wrong with a field that is not there is said of the form')
})

t.test('a co-host does not make the day come on which they read who comes', async t => {
  const { app, db, at, activity, coHost, lead } = await coHostedActivity(t)
  await aBooking(db, activity.id, { name: 'Wanda Waits' })
  const sooner = { field: 'starts_day', sentence: 'Only its organisers can bring it forward to a day in the next 7 days. Ask one of them.' }
  const today = { starts_day: '2026-11-23', ends_day: '' }
  const form = filledIn((await app.inject({ url: `${at}/edit`, headers: coHost.headers })).body)
  for (const given of [
    today, { starts_day: '2026-11-23', ends_day: '2026-12-01' }, { starts_day: '2026-11-24', ends_day: '' },
    { starts_day: '2026-11-29', ends_day: '' }
  ]) {
    t.strictSame(perceived(await post(app, `${at}/edit`, { ...form, ...given }, coHost.headers)).errors, [sooner])
  }
  const early = await app.inject({ url: `${at}/evening`, headers: coHost.headers })
  t.equal(early.statusCode, 403)
  t.match(perceived(early).text, /You are a co-host of this activity/)
  const read = await post(app, `${at}/edit`, {
    ...filledIn((await app.inject({ url: `${at}/edit`, headers: lead.headers })).body), ...today
  }, lead.headers)
  t.equal((await post(app, `${at}/edit`, filledIn(read.body), lead.headers)).statusCode, 303, 'an organiser may')
})

t.test('a co-host does not make the days last on which they read who comes, nor stay by moving it', async t => {
  const { app, db, clock, at, activity, coHost, lead } = await coHostedActivity(t)
  const day = { member: coHost, starts_day: '2026-12-01', ends_day: '' }
  const edit = async ({ member, ...given }: typeof day) => {
    const form = filledIn((await app.inject({ url: `${at}/edit`, headers: member.headers })).body)
    return await post(app, `${at}/edit`, { ...form, ...given }, member.headers)
  }
  const saved = async (given: typeof day) => {
    const read = await edit(given)
    return read.statusCode === 303 ? 303 : (await post(app, `${at}/edit`, filledIn(read.body), given.member.headers)).statusCode
  }
  const until = async () => (await db.activityCoHost.findFirstOrThrow()).until
  const before = await until()
  for (const last of ['2026-12-02', '2031-12-01']) {
    t.strictSame(perceived(await edit({ ...day, ends_day: last })).errors,
      [{ field: 'ends_day', sentence: 'Only its organisers can make it last for more days. Ask one of them.' }])
  }
  t.equal(await saved({ ...day, starts_day: '2026-11-30' }), 303, 'sooner, but no less than a week ahead')
  t.equal(await saved({ ...day, starts_day: '2027-06-01' }), 303)
  t.strictSame(await until(), before, 'they moved it and see it no longer')
  t.match(perceived(await app.inject({ url: `${at}/co-hosts`, headers: lead.headers })).text, /until Tuesday 8 December 2026/)

  t.equal(await saved({ ...day, member: lead, starts_day: '2027-06-02' }), 303)
  const { endsAt } = await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  t.strictSame(await until(), instant(endsAt).plus({ days: 7 }).toJSDate(), 'what an organiser sets is agreed')
  await db.activityCoHost.updateMany({ data: { until: before } })
  const asks = async () => {
    const headers = { cookie: cookieOf(await post(app, await aLink(db, coHost.member, clock.now), {})) }
    return (await app.inject({ url: at, headers })).statusCode
  }
  clock.now = instant(before).minus({ seconds: 1 })
  t.equal(await asks(), 200)
  clock.now = instant(before)
  t.equal(await asks(), 404)
  t.equal((await post(app, linkOf(await anInvitation(db, activity.id, {
    email: coHost.member.email, invitedAt: before, expiresAt: clock.now.plus({ days: 7 }).toJSDate()
  })), {})).statusCode, 303, 'whom an organiser invites again co-hosts again')
  t.equal(await asks(), 200)
})

t.test('of a change that a coordinator approves, co-hosting lasts longer if somebody asked who runs the activity', async t => {
  const { db, outbox } = await world(t)
  const { activity, organiser, coordinator, theirs } = await aWeekToApprove(db)
  const coHost = await aMember(db, { role: 'host', agencyId: theirs.id })
  await aCoHost(db, activity.id, coHost.id)
  const before = (await db.activityCoHost.findFirstOrThrow()).until
  const moved = async (by: typeof coHost, day: string) => {
    await editAs({ db, outbox }, activity.slug, by, { starts_day: day })
    await approveAs({ db, outbox }, activity.slug, coordinator)
    t.match((await db.activity.findUniqueOrThrow({ where: { id: activity.id } })).startsAt.toISOString(), day)
    return (await db.activityCoHost.findFirstOrThrow()).until.getTime() - before.getTime()
  }
  t.equal(await moved({ ...coHost, coHostOf: [activity.id] }, '2026-12-03'), 0)
  t.equal(await moved(organiser, '2026-12-05'), 4 * 24 * 3_600_000)
})

t.test('a co-host neither withdraws nor changes what somebody else asked for', async t => {
  const { app, db, at, activity, coHost, lead } = await coHostedActivity(t, { visibility: 'public' })
  await db.campaign.update({ where: { id: activity.campaignId }, data: { needsApproval: true, kind: 'week-of-action' } })
  const edit = async (by: typeof lead, given: Record<string, string>) => {
    const form = filledIn((await app.inject({ url: `${at}/edit`, headers: by.headers })).body)
    const read = await post(app, `${at}/edit`, { ...form, ...given }, by.headers)
    return read.statusCode === 200 ? await post(app, `${at}/edit`, filledIn(read.body), by.headers) : read
  }
  const page = async (by: typeof lead) => perceived(await app.inject({ url: `${at}/proposal`, headers: by.headers })).text
  const asked = await edit(lead, { title: 'Another title' })
  t.match(asked.headers.location, /proposal/)
  t.match(await page(lead), /Withdraw the change/)
  t.notMatch(await page(coHost), /Withdraw the change/)
  const refused = await post(app, `${at}/proposal/withdrawal`, {}, coHost.headers)
  t.equal(refused.statusCode, 409)
  for (const title of [activity.title, 'Mine']) {
    t.match(perceived(await edit(coHost, { title })).errors, [{ field: 'form', sentence: /someone else asked for/ }])
  }
  t.match(await db.proposal.findFirst(), { askedById: lead.member.id, changes: { title: [activity.title, 'Another title'] } })

  await post(app, `${at}/proposal/withdrawal`, {}, lead.headers)
  await edit(coHost, { title: 'Mine' })
  t.match(await page(coHost), /Withdraw the change/)
  t.match((await post(app, `${at}/proposal/withdrawal`, {}, coHost.headers)).headers.location, /done=withdrawn/, 'their own they do')
})

t.test('where a coordinator approves what everyone reads, a co-host’s edit counts as an agency’s', async t => {
  const { app, db, at, activity, coHost } = await coHostedActivity(t, { visibility: 'public' })
  await db.campaign.update({ where: { id: activity.campaignId }, data: { needsApproval: true } })
  const form = filledIn((await app.inject({ url: `${at}/edit`, headers: coHost.headers })).body)
  const answer = await post(app, `${at}/edit`, { ...form, title: 'Mine' }, coHost.headers)
  t.match(answer.headers.location, /\/proposal\?done=asked/)
  t.match((await app.inject({ url: `${at}/proposal`, headers: coHost.headers })).body, /Mine/)
  t.equal((await db.activity.findUniqueOrThrow({ where: { id: activity.id } })).title, activity.title)
})

t.test('a co-host gives free places to those who wait, and reads who they are only on the day', async t => {
  const { app, db, clock, at, activity, coHost } = await coHostedActivity(t, { waitingList: 'by-hand', capacity: 2 })
  const { headers } = coHost
  const waits = await aBooking(db, activity.id, { name: 'Wanda Waits', email: 'wanda@example.org', status: 'waiting' })
  const second = await aBooking(db, activity.id, { name: 'Wilf Waits', status: 'waiting', unreachableAt: noon.toJSDate() })
  await aBooking(db, activity.id, { name: 'Olga Offered', status: 'offered' })
  const url = `${at}/waiting-list`
  const page = await app.inject({ url, headers })
  t.match(perceived(page).text, new RegExp(`You read who they are on the day.*${waits.reference}`))
  t.notMatch(page.body, /Waits|Olga|wanda@|\/bookings\/|\/places|\/list\?|\/groups|another-date/, 'no names, and no ways that are not theirs')

  const [, confirmed = ''] = /name="confirmed" value="([^"]*)"/.exec(page.body) ?? []
  t.match((await post(app, `${url}/${waits.id}/place`, { confirmed, page: '1' }, headers)).headers.location, /done=placed$/)
  t.match(await db.booking.findUniqueOrThrow({ where: { id: waits.id } }), { status: 'confirmed' })
  t.notMatch((await post(app, `${url}/${second.id}/group`, { rank: '1' }, headers)).body, 'Waits')

  const stale = await post(app, `${url}/${second.id}/place`, { confirmed, page: '1' }, headers)
  t.equal(stale.statusCode, 409, 'the token was of somebody else')
  t.notMatch(stale.body, /Wilf/)
  t.match(await db.booking.findUniqueOrThrow({ where: { id: second.id } }), { status: 'waiting' })
  t.equal((await app.inject({ url: `${at}/evening`, headers })).statusCode, 403)

  clock.now = noon.plus({ days: 8 })
  const day = await signedIn(app, db, { role: 'host', agencyId: coHost.member.agencyId })
  await aCoHost(db, activity.id, day.member.id)
  t.match((await app.inject({ url, headers: day.headers })).body, /Wilf Waits/)
  t.match(perceived(await app.inject({ url: `${at}/evening`, headers: day.headers })).text, /Wanda Waits/)
  for (const never of ['attendees', 'attendees.csv', `bookings/${waits.id}`, 'letters', 'bulletins', 'sign-in-sheet']) {
    t.equal((await app.inject({ url: `${at}/${never}`, headers: day.headers })).statusCode, 403, never)
  }
})

t.test('who cannot be reached is not called by a co-host, who is told to ask an organiser', async t => {
  const { app, db, at, activity, coHost } = await coHostedActivity(t, { waitingList: 'by-hand' })
  const { id } = await aBooking(db, activity.id, { name: 'Wilf Waits', status: 'waiting', unreachableAt: noon.toJSDate() })
  const page = await app.inject({ url: `${at}/waiting-list`, headers: coHost.headers })
  const [, confirmed = ''] = /name="confirmed" value="([^"]*)"/.exec(page.body) ?? []
  const given = await post(app, `${at}/waiting-list/${id}/place`, { confirmed, page: '1' }, coHost.headers)
  const done = await app.inject({ url: given.headers.location ?? '', headers: coHost.headers })
  t.match(perceived(done).text, /Emails do not reach them: ask an organiser to call them\./)
  t.notMatch(done.body, 'Wilf')
})

t.test('the settings and the meeting are open to a co-host as far as they may change them', async t => {
  const { app, db, at, activity, coHost } = await coHostedActivity(t)
  await aBooking(db, activity.id, { name: 'Carol Calls', phone: '01539 722 722', unreachableAt: noon.toJSDate() })
  const settings = await app.inject({ url: `${at}/settings`, headers: coHost.headers })
  t.equal(settings.statusCode, 200)
  const links = [...settings.body.matchAll(new RegExp(`href="${at}/([a-z-]+)`, 'g'))].map(([, part]) => part)
  t.strictSame([...new Set(links)].sort(), ['edit', 'evening', 'meeting', 'settings', 'waiting-list'])

  const link = 'https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T'
  const meeting = await app.inject({ url: `${at}/meeting`, headers: coHost.headers })
  t.notMatch(meeting.body, /Carol|01539/)
  const form = filledIn(meeting.body)
  const read = await post(app, `${at}/meeting/link`, { ...form, join_url: link }, coHost.headers)
  t.notMatch(read.body, /Carol|01539/)
  const saved = read.statusCode === 303 ? read : await post(app, `${at}/meeting/link`, filledIn(read.body), coHost.headers)
  t.equal(saved.statusCode, 303)
  t.ok((await db.activity.findUniqueOrThrow({ where: { id: activity.id } })).joinUrlSealed)
})

t.test('the home page of a co-host says what is next for each activity', async t => {
  const { app, db, coHost, activity } = await coHostedActivity(t, { title: 'Far off' })
  const home = async () => perceived(await app.inject({ url: '/staff', headers: coHost.headers }))
  t.match((await home()).text, /Far off .*You co-host this\. Nothing to do yet\. On Tuesday 1 December 2026 you see who is coming\./)

  const soon = { startsAt: noon.plus({ hours: 30 }).toJSDate(), endsAt: noon.plus({ hours: 31 }).toJSDate() }
  const also = async (title: string, given: Parameters<typeof anActivity>[1]) => {
    const { id } = await anActivity(db, { title, ...given })
    await aCoHost(db, id, coHost.member.id)
    return id
  }
  await also('No link', soon)
  const byHand = await also('By hand', { waitingList: 'by-hand', visibility: 'operational' })
  await aBooking(db, byHand, { status: 'waiting' })
  await also('Not yet', { status: 'draft' })
  await also('Today', { startsAt: noon.plus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ hours: 2 }).toJSDate(), isOnline: false, venue: 'A hall' })
  const { text } = await home()
  for (const [title, step] of [
    ['No link', 'Give it a Teams link'], ['By hand', 'Choose who gets the free places'], ['Not yet', 'Read it, and change'],
    ['Today', 'See who is coming, and say who came']
  ]) t.match(text, new RegExp(`${title} .*?You co-host this\\. ${step}`))

  const runs = await signedIn(app, db, { role: 'organiser' })
  await aCoHost(db, activity.id, runs.member.id)
  t.notMatch((await app.inject({ url: '/staff', headers: runs.headers })).body, 'You co-host this', 'who runs it needs no such hint')
})
