import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Test } from 'tap'
import { cancelActivity } from '../../../src/booking/bookings/cancel.ts'
import { mostOfAddress } from '../../../src/office/entries/enter.ts'
import { eraseEntries, forgetEntrants } from '../../../src/office/entries/keeping.ts'
import { erasedOn } from '../../../src/programme/entries/entry.ts'
import { getEntry } from '../../../src/programme/entries/queries.ts'
import { confirming } from '../../support/confirming.ts'
import { contextFor } from '../../support/email-context.ts'
import { aSchool, anEntry, anEntryForm, enter, ownLinkIn, press, tellEntrants } from '../../support/entries.ts'
import { filledIn, tokenOn } from '../../support/filled-in.ts'
import { aLegalHold } from '../../support/requests.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { linksToEntries, perceived, post, service } from '../../support/service.ts'
import { aStaffMember, anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, noon } from '../../support/world.ts'

/** The service, an organiser of the partnership, and the emails that a real mail server took. */
async function office (t: Test, given: Parameters<typeof service>[1] = {}) {
  const its = await service(t, given)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const { headers, member } = await signedIn(its.app, its.db, { role: 'organiser' })
  return {
    ...its,
    headers,
    member,
    mail: async () => {
      t.strictSame(await tellEntrants(its, context), [])
      return mailbox.taken.splice(0).map(({ to, mail: { subject, text } }) => ({ to: to.join(), subject, text }))
    }
  }
}

const own = (id: string, version = 0) => `/entries/${linksToEntries.own.tokenOf({ id, version })}`

t.test('a school enters something, confirms its address, is approved, changes and withdraws it, and hears of each step', async t => {
  const { app, db, headers, mail } = await office(t)
  const { slug } = await anEntryForm(db, { questions: [{ text: 'How many come?', choices: [], isRequired: true }] })
  for (const again of ['once', 'twice']) {
    t.match(await enter(app, slug, { answer_1: '20', submission: '6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a99' }), {
      statusCode: 303, headers: { location: `/campaigns/${slug}/take-part/sent` }
    }, again)
  }
  t.equal(await db.entry.count(), 1, 'the same form sent twice is one entry')
  t.equal(await db.activity.count(), 0, 'nobody else sees it before the address is confirmed')
  const [first, ...more] = await mail()
  t.strictSame(more, [])
  t.match(first, { to: aSchool.email, subject: 'Confirm what you have entered' })
  t.notMatch(first?.text, /Coffee morning/, 'a stranger’s words go to no address that has not asked for them')
  const link = ownLinkIn(first?.text ?? '')

  t.match(perceived(await app.inject(link)).text, /Nobody sees this yet.*Send it to the organisers/)
  t.equal(await db.activity.count(), 0, 'looking at it confirms nothing')
  for (const again of ['once', 'twice']) t.equal((await press(app, link, 'confirmation')).statusCode, 303, again)
  const draft = await db.activity.findFirstOrThrow()
  t.match(draft, { status: 'draft', title: 'Coffee morning', visibility: 'public', booking: 'drop-in', leadAgencyId: null, district: 'Bolton' })
  t.notMatch(JSON.stringify(draft), /Kirkbride|office@/)
  t.match(perceived(await app.inject(link)).text, 'We have it. Someone reads it')

  const reading = '/staff/approvals/reading'
  const list = await app.inject({ url: reading, headers })
  t.match(perceived(list).text, /Coffee morning .*Parents talk with our safeguarding lead\..*St Mary’s School : Anne Kirkbride , office@st-marys\.example.*How many come\? 20/)
  t.match(perceived(await app.inject({ url: `/staff/activities/${draft.slug}/approval`, headers })).text, /St Mary’s School asked for approval/)
  const returned = await post(app, `/staff/activities/${draft.slug}/approval/return`, { reason: 'Say which door.' }, headers)
  t.equal(returned.statusCode, 303)
  const [back] = await mail()
  t.match(back?.subject, 'Your activity: please change something')
  t.match(back?.text, /Say which door\./)
  t.match(perceived(await app.inject(link)).text, /Something has to change.*Say which door\./)

  const form = filledIn((await app.inject(`${link}/change`)).body)
  const wrong = await post(app, `${link}/change`, { ...form, summary: 'Call Anne on 07700 900 982', venue: '' })
  t.match(perceived(wrong).errors, [{ field: 'venue' }, { field: 'summary', sentence: /mobile number/ }])
  t.match(filledIn(wrong.body), { summary: 'Call Anne on 07700 900 982' }, 'nothing typed is lost')
  t.match((await post(app, `${link}/change`, { ...form, audiences: 'parents', summary: 'Come by the side door.' })).headers.location, /done=saved$/)
  const chosen = /name="chosen" type="checkbox" value="([^"]+)"/.exec((await app.inject({ url: reading, headers })).body)?.[1] ?? ''
  const late = await post(app, `${link}/change`, { ...filledIn((await app.inject(`${link}/change`)).body), audiences: 'parents', summary: 'Come by the back door.' })
  t.equal(late.statusCode, 303)
  const unread = await post(app, reading, { chosen }, headers)
  t.equal(unread.statusCode, 409)
  t.match(perceived(unread).text, /someone has changed it since you read it/, 'no words are approved that were not read')

  const now = /name="chosen" type="checkbox" value="([^"]+)"/.exec((await app.inject({ url: reading, headers })).body)?.[1] ?? ''
  const asked = await post(app, reading, { chosen: now }, headers)
  t.match(perceived(asked).text, /“Coffee morning”, Wednesday 9 December 2026, 10am to 11:30am: everyone can read it\./)
  t.strictSame(await mail(), [])
  t.match((await post(app, reading, filledIn(asked.body), headers)).headers.location, /done=approved&n=1$/)
  const [published] = await mail()
  t.match(published?.subject, 'Your activity is in the programme')
  t.match(published?.text, /#KeepSafe/)
  t.match(await db.approvalDecision.findFirst(), { about: 'activity', askedById: null }, 'no member of staff asked')
  const page = await app.inject(`/activities/${draft.slug}`)
  t.match(page.body, 'Come by the back door.')
  t.match(perceived(page).text, 'Run by St Mary’s School')
  t.notMatch(page.body, /Kirkbride|office@/, 'who entered it is nobody’s business')
  t.match(perceived(await app.inject({ url: `/staff/activities/${draft.slug}/edit`, headers })).text, /Run by St Mary’s School/)

  const again = filledIn((await app.inject(`${link}/change`)).body)
  t.match((await post(app, `${link}/change`, { ...again, audiences: 'parents', starts_time: '09:00' })).headers.location, /done=waits$/)
  t.match(perceived(await app.inject(link)).text, /Your change waits/)
  t.match((await app.inject(`/activities/${draft.slug}`)).body, /10am to 11:30am/, 'everyone reads it as it was')
  const proposal = `/staff/activities/${draft.slug}/proposal`
  const waits = await app.inject({ url: proposal, headers })
  t.match(perceived(waits).text, /9am/)
  const action = /action="([^"]*)"[^>]*>\s*<input type="hidden" name="confirmed"/.exec(waits.body)?.[1] ?? ''
  t.equal((await post(app, action, { confirmed: tokenOn(waits.body) }, headers)).statusCode, 303)
  t.match((await mail())[0]?.subject, 'Your change is made')
  t.match((await app.inject(`/activities/${draft.slug}`)).body, /9am to 11:30am/)

  for (const twice of ['once', 'twice']) t.equal((await press(app, link, 'withdrawal')).statusCode, 303, twice)
  t.match(await db.activity.findFirst(), { status: 'cancelled' })
  const [gone, ...others] = await mail()
  t.match(gone?.subject, 'You have withdrawn your activity')
  t.strictSame(others, [])
  const trail = JSON.stringify(await db.auditEntry.findMany({
    select: { action: true, details: true }, orderBy: { id: 'asc' }
  }))
  t.match(trail, /entry\.made.*entry\.changed.*activity\.published.*proposal\.approved.*entry\.withdrawn/)
  t.notMatch(trail, /Kirkbride|office@/, 'the trail names nobody')
})

t.test('what is wrong is said at its field, all at once, and nothing typed is lost', async t => {
  const { app, db, mail } = await office(t)
  const { slug } = await anEntryForm(db, { questions: [{ text: 'Snacks?', choices: ['Yes', 'No'], isRequired: true }] })
  const wrong = await enter(app, slug, {
    title: '', kind: 'disruption', starts_day: '2026-12-14', ends_time: '', district: 'Leeds', email: 'nobody', name: '', summary: 'Write to anne@gmail.com'
  })
  t.equal(wrong.statusCode, 400)
  const { errors } = perceived(wrong)
  t.strictSame(errors.map(({ field }) => field), ['title', 'kind', 'starts_day', 'ends_time', 'district', 'summary', 'answer_1', 'name', 'email'], 'in the order of the form')
  t.match(filledIn(wrong.body), { starts_day: '2026-12-14', venue: aSchool.venue, summary: 'Write to anne@gmail.com', organisation: aSchool.organisation })
  const outside = await enter(app, slug, { starts_day: '2026-12-14', answer_1: 'Yes' })
  t.match(perceived(outside).errors, [{ field: 'starts_day', sentence: 'It must take place from Monday 7 December 2026 to Sunday 13 December 2026' }])
  const slip = await enter(app, slug, { email: 'anne@gmial.com', answer_1: 'Yes' })
  t.match(perceived(slip).h1, 'Did you mean anne@gmail.com ?')
  t.match(perceived(await enter(app, slug, { remark: 'x', answer_1: 'Yes' })).errors, [{ field: 'form', sentence: /nothing is sent yet/ }])
  t.equal(await db.entry.count(), 0)
  t.strictSame(await mail(), [])
})

t.test('it opens and closes at midnight in London, and says so kindly', async t => {
  let now = noon
  const { app, db } = await office(t, { clock: () => now })
  const { slug } = await anEntryForm(db, { opensOn: new Date('2027-03-20'), closesOn: new Date('2027-06-10'), campaign: { firstDay: null, lastDay: null } })
  const url = `/campaigns/${slug}/take-part`
  const h1 = async () => perceived(await app.inject(url)).h1
  for (const [at, says] of [
    ['2027-03-19T23:59:59Z', /come back on Saturday 20 March 2027/], ['2027-03-20T00:00:00Z', /tell us what you do/],
    ['2027-06-10T22:59:59Z', /tell us what you do/], ['2027-06-10T23:00:00Z', /closed now/]
  ] as const) {
    now = noon.plus({ milliseconds: Date.parse(at) - noon.toMillis() })
    t.match(await h1(), says, at)
  }
  t.match(perceived(await enter(app, slug)).h1, /closed now/)
  t.equal(await db.entry.count(), 0)
  await db.entryForm.updateMany({ data: { isOn: false } })
  t.equal((await app.inject(url)).statusCode, 404, 'switched off, nobody learns that there is such a campaign')
})

t.test('a flood is held up at its address and its network, and a school behind one address gets through', async t => {
  const { app, db } = await office(t, { rateLimits: true })
  const { slug } = await anEntryForm(db)
  const ends: number[] = []
  for (let n = 0; n < 25; n++) ends.push((await enter(app, slug, { title: `Lesson ${n}`, email: `victim+${n}@example.org` }, `192.0.${n}.1`)).statusCode)
  t.strictSame(ends, [...Array(3).fill(303), ...Array(17).fill(409), ...Array(5).fill(429)], 'one mailbox gets 3 emails in a quarter of an hour')
  const school: number[] = []
  for (let n = 0; n < 30; n++) school.push((await enter(app, slug, { email: `teacher${n}@school.example` }, '203.0.113.7')).statusCode)
  t.ok(school.every(code => code === 303), 'thirty teachers in one building')
})

t.test('of what waits there is a ceiling for each address, however many ask at once', async t => {
  const { app, db } = await office(t)
  const campaign = await anEntryForm(db)
  for (let n = 0; n < mostOfAddress - 2; n++) await anEntry(db, campaign, { email: aSchool.email })
  const ends = await Promise.all([1, 2, 3, 4, 5].map(async n => (await enter(app, campaign.slug, { title: `Stall ${n}` })).statusCode))
  t.strictSame(ends.sort(), [303, 303, 409, 409, 409])
  const refused = await enter(app, campaign.slug, { title: 'One more' })
  t.match(perceived(refused).errors, [{ field: 'form', sentence: /wait already/ }])
  t.match(filledIn(refused.body), { title: 'One more' })
})

t.test('last year’s entry is offered again only by a link to its mailbox, on the same weekday', async t => {
  const { app, db, headers, mail } = await office(t)
  const last = await anEntryForm(db, { campaign: { title: 'Last year', firstDay: new Date('2025-12-08'), lastDay: new Date('2025-12-14') } })
  const week = await anEntryForm(db)
  const earlier = await anEntry(db, last, {
    email: aSchool.email,
    isKeptForAgain: true,
    activity: { status: 'published', title: 'Last year’s stall', startsAt: new Date('2025-12-10T10:00:00Z'), endsAt: new Date('2025-12-10T11:30:00Z') }
  })
  const silent = await anEntry(db, last, { activity: { status: 'published' } })
  const url = `/campaigns/${week.slug}/take-part`

  t.notMatch((await enter(app, week.slug, { email: 'OFFICE@st-marys.example', title: '' })).body, /Last year/, 'typing an address tells nothing of it')
  const answers = await Promise.all([aSchool.email, 'stranger@school.example'].map(async email => await post(app, `${url}/links`, { email })))
  t.equal(new Set(answers.map(({ statusCode, headers: { location } }) => `${statusCode} ${location}`)).size, 1)
  const emails = await mail()
  t.strictSame(emails.map(({ to }) => to), [aSchool.email])
  const again = new URL(/https:\S+\/again\/\S+/.exec(emails[0]?.text ?? '')?.[0] ?? '').pathname
  const page = await app.inject(again)
  t.match(filledIn(page.body), {
    title: 'Last year’s stall', starts_day: '2026-12-09', starts_time: '10:00', ends_time: '11:30', district: 'Bolton', email: aSchool.email
  })
  t.equal((await app.inject(`${again}x`)).statusCode, 410)
  t.equal((await post(app, url, { ...filledIn(page.body), audiences: 'parents', booking: 'drop-in' })).statusCode, 303)
  const [confirm] = await mail()
  await press(app, ownLinkIn(confirm?.text ?? ''), 'confirmation')
  t.match(await db.activityPlan.findMany(), [{ copiedFromId: earlier.activityId }])

  await db.entry.deleteMany({ where: { campaignId: week.id } })
  const invitation = `/staff/campaigns/${week.slug}/entries/invitation`
  const effects = await app.inject({ url: `${invitation}?earlier=${last.id}`, headers })
  t.match(perceived(effects).text, /1 address that took part in “Last year” gets an email/)
  t.equal((await post(app, invitation, { earlier: last.id }, headers)).statusCode, 200, 'read first')
  t.strictSame(await mail(), [])
  t.equal((await post(app, invitation, filledIn(effects.body), headers)).statusCode, 303)
  t.strictSame((await mail()).map(({ to, subject }) => ({ to, subject })), [{ to: aSchool.email, subject: 'Will you take part again?' }])
  t.match(perceived(await app.inject({ url: `${invitation}?earlier=${last.id}`, headers })).text, /nobody to invite/, 'once')
  t.equal((await getEntry(db, silent.id)).emails, 0, 'who did not ask for it is not emailed')
})

t.test('where people have booked, withdrawing waits for those who run it, who cancel it or say why not', async t => {
  const { app, db, outbox, headers, mail } = await office(t)
  const campaign = await anEntryForm(db)
  const entry = await anEntry(db, campaign, { activity: { status: 'published', booking: 'places', capacity: 10 } })
  await aBooking(db, entry.activityId ?? '')
  t.match((await press(app, own(entry.id), 'withdrawal')).headers.location, /done=asked$/)
  t.match(await db.activity.findFirst(), { status: 'published' })
  t.match(perceived(await app.inject({ url: `/staff/campaigns/${campaign.slug}/entries`, headers })).text, /They have asked us to cancel it\..*cancel it, or say why not/)
  const { slug } = await db.activity.findFirstOrThrow()
  const page = `/staff/activities/${slug}/withdrawal`
  const seen = async (url: string, as = headers) => perceived(await app.inject({ url, headers: as })).text
  const link = own(entry.id)
  t.match(await seen(link), /an organiser of .* decides.* If it is urgent, email workshops@example\.org as well/)
  t.notMatch(await seen(link), /Withdraw it/)

  t.match(await seen('/staff'), '1 activity waits for you to decide')
  const list = await app.inject({ url: '/staff/approvals', headers })
  t.match(perceived(list).text, /A stall at our school To be cancelled/)
  t.match(list.body, `href="${page}"`)
  t.match(await seen(page), /The person who entered this says that it will not take place.*St Mary’s School.*cancel it.*Why not\?/)
  t.match((await app.inject({ url: page, headers })).body, `href="/staff/activities/${slug}/cancellation"`)
  const { id: agencyId } = await anAgency(db)
  const bolton = await signedIn(app, db, { role: 'organiser', agencyId })
  await db.coordinator.create({ data: { campaignId: campaign.id, staffMemberId: bolton.member.id, districts: ['Bolton'] } })
  t.match(await seen('/staff/approvals', bolton.headers), 'Nothing waits for you', 'who may approve it may not cancel it')
  t.equal((await app.inject({ url: page, headers: bolton.headers })).statusCode, 403)
  t.equal((await post(app, page, { reason: 'No.' }, bolton.headers)).statusCode, 403)

  for (const reason of ['', ' ']) {
    t.match(perceived(await post(app, page, { reason }, headers)).errors, [{ field: 'reason', sentence: 'Say why' }])
  }
  for (const reason of ['We have found another speaker.', 'We still have her.']) {
    if (reason === 'We still have her.') await press(app, link, 'withdrawal')
    t.match((await post(app, page, { reason }, headers)).headers.location, '/staff/approvals?done=not-cancelled')
    const late = await post(app, page, { reason: 'Twice.' }, headers)
    t.equal(late.statusCode, 409)
    t.match(perceived(late).text, /Nobody asks that this be cancelled/)
    const emails = await mail()
    t.strictSame(emails.map(({ to, subject }) => ({ to, subject })), [{ to: entry.email, subject: 'Your activity is not cancelled' }], 'each time they ask')
    t.match(emails[0]?.text, reason)
    const theirs = await seen(link)
    t.match(theirs, `An organiser has decided not to: ${reason}`)
    t.match(theirs, /Withdraw it/, 'they can ask once more')
    t.match(await seen('/staff/approvals'), 'Nothing waits for you')
  }
  t.match(await db.activity.findFirst(), { status: 'published' })

  await press(app, link, 'withdrawal')
  t.notMatch(await seen(link), /still have her/)
  t.match(await seen('/staff/approvals'), /To be cancelled/)
  await confirming(async confirmed => await cancelActivity(db, outbox, entry.activityId ?? '', { reason: 'They cannot come.', confirmed }, organiser, noon))
  t.match((await mail()).map(({ subject }) => subject), ['Your activity is cancelled'])
  t.match(await seen('/staff/approvals'), 'Nothing waits for you')
  t.match(await seen(page), 'Nobody asks that this be cancelled')
})

t.test('what is to be cancelled ends with its activity; taken down first, who entered it withdraws it alone', async t => {
  let now = noon
  const { app, db, headers } = await office(t, { clock: () => now })
  const entry = await anEntry(db, await anEntryForm(db), {
    cancellingAskedAt: noon.toJSDate(),
    activity: { status: 'published', startsAt: noon.minus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ minutes: 5 }).toJSDate() }
  })
  const seen = async (url: string) => perceived(await app.inject({ url, headers })).text
  const { slug } = await db.activity.findFirstOrThrow()
  now = noon.plus({ minutes: 5 }).minus({ milliseconds: 1 })
  t.match(await seen('/staff/approvals'), /To be cancelled/)
  now = now.plus({ milliseconds: 1 })
  t.match(await seen('/staff/approvals'), 'Nothing waits for you')
  t.equal((await post(app, `/staff/activities/${slug}/withdrawal`, { reason: 'No.' }, headers)).statusCode, 409)
  now = noon
  await db.activity.update({ where: { slug }, data: { status: 'draft' } })
  t.match(await seen('/staff/approvals'), 'Nothing waits for you')
  await press(app, own(entry.id), 'withdrawal')
  t.match(await getEntry(db, entry.id), { outcome: 'withdrawn' })
})

t.test('what is refused is deleted, with a reason that is read, by its coordinators only', async t => {
  const { app, db, headers, mail } = await office(t)
  const campaign = await anEntryForm(db)
  const entries = [await anEntry(db, campaign), await anEntry(db, campaign)]
  const { id: agencyId } = await anAgency(db)
  const bury = await signedIn(app, db, { role: 'organiser', agencyId })
  await db.coordinator.create({ data: { campaignId: campaign.id, staffMemberId: bury.member.id, districts: ['Bury'] } })
  const send = async (given: Record<string, string>, as = headers) => await post(app, '/staff/entries/refusal', [
    new URLSearchParams(given), ...entries.map(({ id }) => new URLSearchParams({ chosen: `${id}.${randomUUID()}` }))
  ].join('&'), as)

  t.match(perceived(await send({})).h1, 'Refuse 2 entries')
  t.match(perceived(await send({ reason: '' })).errors, [{ field: 'reason', sentence: 'Say why' }])
  t.equal((await send({ reason: 'Spam.' }, bury.headers)).statusCode, 409, 'not those of another district')
  const effects = await send({ reason: 'We have no room.' })
  t.match(perceived(effects).text, /St Mary’s School gets an email that “A stall at our school”, .* is not taken/)
  t.equal(await db.activity.count(), 2)
  t.match((await send({ reason: 'We have no room.', confirmed: tokenOn(effects.body) })).headers.location, /done=refused&n=2$/)
  t.equal(await db.activity.count(), 0)
  const emails = await mail()
  t.equal(emails.length, 2)
  t.match(emails[0]?.text, /We have no room\./)
  t.match(perceived(await app.inject(own(entries[0]?.id ?? ''))).text, /We cannot take it\. We have no room\./)
})

t.test('a link ends when organisers send a new one', async t => {
  const { app, db, headers, mail } = await office(t)
  const campaign = await anEntryForm(db)
  const entry = await anEntry(db, campaign)
  t.equal((await post(app, `/staff/campaigns/${campaign.slug}/entries/${entry.id}/link`, {}, headers)).statusCode, 303)
  t.equal((await app.inject(own(entry.id))).statusCode, 410)
  const [email] = await mail()
  t.equal((await app.inject(ownLinkIn(email?.text ?? ''))).statusCode, 200)
})

t.test('who entered what goes on the day that they were told, and what they entered stays', async t => {
  const { app, db } = await office(t)
  const campaign = await anEntryForm(db)
  await enter(app, campaign.slug)
  const entries = [
    await db.entry.findFirstOrThrow(),
    await anEntry(db, campaign, { outcome: 'withdrawn', endedAt: noon.toJSDate() }),
    await anEntry(db, campaign),
    await anEntry(db, campaign, { isKeptForAgain: true })
  ]
  const held = await anEntry(db, campaign)
  await aLegalHold(db, { canonicalEmail: held.canonicalEmail })
  for (const { id } of entries) {
    const entry = await getEntry(db, id)
    const [year = 0, month = 1, day = 1] = erasedOn(entry).split('-').map(Number)
    const night = noon.set({ year, month, day, hour: 3 })
    await forgetEntrants(db, night.minus({ days: 1 }))
    t.equal(await db.entry.count({ where: { id } }), 1, `the night before ${erasedOn(entry)}`)
    await forgetEntrants(db, night)
    t.equal(await db.entry.count({ where: { id } }), 0)
  }
  t.equal(await db.entry.count(), 1, 'a legal hold keeps one')
  t.equal(await db.activity.count(), 4)
  await db.$transaction(async tx => await eraseEntries(tx, held.canonicalEmail, noon.toJSDate(), noon))
  t.equal(await db.entry.count(), 0)
  t.equal(await db.forgottenBooking.count(), 5, 'no backup brings them back')
})

t.test('organisers set the form up, and download what was entered with the answers', async t => {
  const { app, db, headers } = await office(t)
  const campaign = await anEntryForm(db, { isOn: false, questions: [{ text: 'Snacks?', choices: ['Yes', 'No'], isRequired: false }] })
  const url = `/staff/campaigns/${campaign.slug}/entry-form`
  const page = await app.inject({ url, headers })
  const form = { ...filledIn(page.body), kinds: 'stall', on: 'yes', listed: 'yes', introduction: 'Join in!', closes_on: '2026-12-01', opens_on: '2026-11-01' }
  t.match(perceived(await post(app, url, { ...form, closes_on: '2026-10-01', question_2: 'Tea?', choices_2: 'One' }, headers)).errors,
    [{ field: 'choices_2', sentence: /2 to 8 answers/ }, { field: 'closes_on' }])
  t.match(perceived(await post(app, url, { ...form, kinds: 'disruption' }, headers)).errors, [{ field: 'kinds' }])
  t.equal((await post(app, url, form, headers)).statusCode, 303)
  t.match(await db.entryForm.findFirst(), { isOn: true, isListed: true, kinds: ['stall'], questions: [{ text: 'Snacks?', isRequired: false }] })
  const beside = await post(app, url, { ...form, introduction: 'Mine' }, headers)
  t.equal(beside.statusCode, 409)
  t.match(filledIn(beside.body), { introduction: 'Mine' })
  await t.rejects(db.entryForm.updateMany({ data: { kinds: ['disruption'] } }), /entry_forms_kinds/)

  await enter(app, campaign.slug, { answer_1: 'Yes', organisation: '=HYPERLINK("x")' })
  const file = await post(app, `/staff/campaigns/${campaign.slug}/entries/file`, {}, headers)
  t.match(file.headers['content-type'], 'text/csv')
  t.match(file.body, /Snacks\?\r\n.*Coffee morning.*"'=HYPERLINK.*,Yes\r\n/)
  const police = await signedIn(app, db, { role: 'organiser', agencyId: (await anAgency(db)).id })
  t.equal((await app.inject({ url: `/staff/campaigns/${campaign.slug}/entries`, headers: police.headers })).statusCode, 403)
  t.ok(await aStaffMember(db))
})
