import t from 'tap'
import { anEntry, anEntryForm, enter } from '../../support/entries.ts'
import { filledIn, tokenOn } from '../../support/filled-in.ts'
import { linksToEntries, linksToOutcomes, perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aResource } from '../../support/resources.ts'
import { aBooking, noon } from '../../support/world.ts'

const own = (id: string) => `/entries/${linksToEntries.own.tokenOf({ id, version: 0 })}`

t.test('what is in the programme is withdrawn after reading what follows, and as things are by then', async t => {
  const { app, db } = await service(t)
  const entry = await anEntry(db, await anEntryForm(db), { activity: { status: 'published', booking: 'places', capacity: 10 } })
  const url = `${own(entry.id)}/withdrawal`
  t.match((await app.inject(own(entry.id))).body, `href="${url}"`)
  const first = await app.inject(url)
  t.match(perceived(first).text, /Do you want to withdraw your activity\?.*Nobody has booked, so we only email you\. It is cancelled at once\. Everyone can see/)
  const pressed = await post(app, url, {})
  t.match(perceived(pressed).h1, 'Do you want to withdraw')
  await aBooking(db, entry.id)
  const later = await post(app, url, { confirmed: tokenOn(first.body) })
  t.match(perceived(later).text, /1 person has booked\. An organiser decides/)
  t.match(await db.activity.findFirst(), { status: 'published' }, 'nothing is done before it was read')
  t.match((await post(app, url, { confirmed: tokenOn(later.body) })).headers.location, /done=asked$/)
})

t.test('a draft goes with one press, because nobody has heard of it', async t => {
  const { app, db } = await service(t)
  const entry = await anEntry(db, await anEntryForm(db))
  t.equal((await app.inject(`${own(entry.id)}/withdrawal`)).statusCode, 303)
  t.equal((await post(app, `${own(entry.id)}/withdrawal`, {})).statusCode, 303)
  t.equal(await db.activity.count(), 0)
})

t.test('while a change waits, who asked for it sees what it is and can take it back', async t => {
  const { app, db } = await service(t)
  const entry = await anEntry(db, await anEntryForm(db), { activity: { status: 'published', booking: 'drop-in', audiences: [] } })
  const link = own(entry.id)
  const form = filledIn((await app.inject(`${link}/change`)).body)
  await post(app, `${link}/change`, { ...form, title: 'A bigger stall', starts_time: '09:30', audiences: 'parents' })
  const page = perceived(await app.inject(link)).text
  t.match(page, /The change you asked for What it is called A bigger stall Now: A stall at our school/)
  t.match(page, /When Wednesday 9 December 2026, 9:30am to .* Now: Wednesday 9 December 2026, 10am/)
  t.match(page, /Who it is for Parents Now: Everyone/)
  const { id: askedById } = (await signedIn(app, db, { role: 'organiser' })).member
  await db.proposal.updateMany({ data: { askedById } })
  t.notMatch(perceived(await app.inject(link)).text, /A bigger stall|Take this change back/, 'what staff ask for is theirs')
  await post(app, `${link}/change/withdrawal`, {})
  t.equal(await db.proposal.count(), 1)
  for (const both of [{ askedById: null, askedBefore: [askedById] }, { askedById, askedBefore: [entry.id] }]) {
    await db.proposal.updateMany({ data: both })
    const { text } = perceived(await app.inject(link))
    t.match(text, /A bigger stall.*An organiser has added to it\./)
    t.notMatch(text, /Take this change back/)
    await post(app, `${link}/change/withdrawal`, {})
    t.equal(await db.proposal.count(), 1, 'what both ask for is not only theirs')
  }
  await db.proposal.updateMany({ data: { askedById: null, askedBefore: [] } })
  for (const again of ['once', 'twice']) {
    t.match((await post(app, `${link}/change/withdrawal`, {})).headers.location, /done=taken-back$/, again)
  }
  t.equal(await db.proposal.count(), 0)
  t.match(await db.entry.findFirst(), { title: 'A stall at our school' })
  t.notMatch(perceived(await app.inject(link)).text, /Your change waits|Take this change back/)
})

t.test('answers to the organisers’ own questions can be corrected by the link', async t => {
  const { app, db } = await service(t)
  const campaign = await anEntryForm(db, {
    questions: [{ text: 'How many come?', choices: [], isRequired: true }, { text: 'Snacks?', choices: ['Yes', 'No'], isRequired: false }]
  })
  for (const status of ['draft', 'published'] as const) {
    const entry = await anEntry(db, campaign, {
      activity: { status, booking: 'drop-in', audiences: [] }, answers: [{ question: 'Before?', answer: 'Ask Jo' }, { question: 'How many come?', answer: '20' }]
    })
    const link = own(entry.id)
    t.match(perceived(await app.inject(link)).text, /How many come\? 20/)
    const form = filledIn((await app.inject(`${link}/change`)).body)
    t.match(form, { answer_1: '20' })
    t.match(perceived(await post(app, `${link}/change`, { ...form, answer_1: '' })).errors, [{ field: 'answer_1' }])
    t.match((await post(app, `${link}/change`, { ...form, answer_1: '30 of us', answer_2: 'No' })).headers.location, /done=saved$/)
    t.strictSame((await db.entry.findUniqueOrThrow({ where: { id: entry.id } })).answers, [
      { question: 'Before?', answer: 'Ask Jo' }, { question: 'How many come?', answer: '30 of us' }, { question: 'Snacks?', answer: 'No' }
    ])
    t.equal((await post(app, `${link}/change`, { ...form, answer_1: '40' })).statusCode, 409, 'nobody overwrites what they have not seen')
    t.equal(await db.proposal.count(), 0)
  }
  t.notMatch(JSON.stringify(await db.auditEntry.findMany({ select: { details: true } })), /30 of us|Ask Jo/)
})

t.test('everything that is wrong is said at once, in the order of the form', async t => {
  const { app, db } = await service(t)
  const { slug } = await anEntryForm(db)
  const fields = async (given: Record<string, string>) =>
    perceived(await enter(app, slug, given)).errors.map(({ field }) => field)
  t.strictSame(await fields({ title: '', starts_day: '2026-12-14', email: 'nobody' }), ['title', 'starts_day', 'email'])
  t.strictSame(await fields({ starts_day: '2026-12-14', ends_time: '', booking: '' }), ['starts_day', 'ends_time', 'booking'])
  t.strictSame(await fields({ title: '', starts_time: '12:00' }), ['title', 'ends_time'])
  t.strictSame(await fields({ starts_day: '', starts_time: '', ends_time: 'x' }), ['starts_day', 'starts_time', 'ends_time'])
  t.strictSame(await fields({ all_day: 'yes' }), ['all_day'], 'no time is lost in silence')

  const { id } = await aResource(db)
  const page = filledIn((await app.inject('/resources/ask')).body)
  const asked = await post(app, '/resources/ask', { ...page, getting: 'deliver', purpose: '', email: 'nobody' })
  t.strictSame(perceived(asked).errors.map(({ field }) => field),
    [`quantity_${id}`, 'purpose', 'needed_by', 'address', 'name', 'organisation', 'email', 'for_work'])
  const both = await post(app, '/resources/ask', { ...page, [`quantity_${id}`]: 'x', getting: 'collect', address: 'The school' })
  t.match(perceived(both).errors, [{ field: `quantity_${id}`, sentence: /whole number/ }, { field: 'purpose' }, { field: 'needed_by' }, { field: 'getting', sentence: /delete the address/ }])
})

t.test('numbers of what did not take place are not lost in silence', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const entry = await anEntry(db, await anEntryForm(db), { activity: { status: 'published' } })
  await db.campaignDate.create({ data: { campaignId: entry.campaignId, kind: 'numbers-due', day: new Date('2027-01-10') } })
  now = noon.set({ month: 12, day: 20 })
  const url = `/outcomes/${linksToOutcomes.tokenFor(entry.id, entry.email)}`
  const form = filledIn((await app.inject(url)).body)
  const wrong = await post(app, url, { ...form, took_place: 'no', peopleReached: '90', learnt: 'Rain.', conversations: 'x' })
  t.equal(wrong.statusCode, 400)
  t.match(perceived(wrong).errors, [{ field: 'took_place', sentence: /delete the numbers/ }, { field: 'conversations' }])
  t.match(filledIn(wrong.body), { took_place: 'no', peopleReached: '90', learnt: 'Rain.' })
  t.equal((await post(app, url, { ...form, took_place: 'no', peopleReached: '0' })).statusCode, 303, '0 is what was counted')
})

t.test('after refusing, the list of what waits comes back with its filter; so does the page of entries', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const campaign = await anEntryForm(db)
  const entry = await anEntry(db, campaign)
  const list = await app.inject({ url: '/staff/approvals/reading?district=Bolton', headers })
  const action = /formaction="([^"]*)"/.exec(list.body)?.[1] ?? ''
  t.equal(action, '/staff/entries/refusal?district=Bolton')
  const chosen = /name="chosen" type="checkbox" value="([^"]+)"/.exec(list.body)?.[1] ?? ''
  const effects = await post(app, action, { chosen, reason: 'No room.' }, headers)
  t.match(effects.body, 'href="/staff/approvals/reading?district=Bolton"')
  t.match((await post(app, action, { chosen, reason: 'No room.', confirmed: tokenOn(effects.body) }, headers)).headers.location,
    '/staff/approvals/reading?district=Bolton&done=refused&n=1')
  const link = await post(app, `/staff/campaigns/${campaign.slug}/entries/${entry.id}/link?page=2`, {}, headers)
  t.match(link.headers.location, /entries\?page=2&done=link-sent$/)
})

t.test('the last kind is something else', async t => {
  const { app, db } = await service(t)
  const { slug } = await anEntryForm(db)
  const { body } = await app.inject(`/campaigns/${slug}/take-part`)
  t.match(body, /<option value="other"[^>]*>Something else</)
})
