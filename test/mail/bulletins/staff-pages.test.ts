import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { filledIn, tokenOn } from '../../support/filled-in.ts'
import { announced, aBooking, aCampaign, anActivity, noon } from '../../support/world.ts'
import type { World } from '../../support/world.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'

interface Context extends World {
  app: FastifyInstance
  activity: Activity
  headers: { cookie: string }
  member: { id: string }
  url: string
}

/** An organiser of the partnership on the page of an activity's messages. */
async function context (t: Test, given: Partial<Activity> = {}): Promise<Context> {
  const its = await service(t)
  const activity = await anActivity(its.db, given)
  const organiser = await signedIn(its.app, its.db, { role: 'organiser' })
  return { ...its, ...organiser, activity, url: `/staff/activities/${activity.slug}/bulletins` }
}

/** A valid form for a new message. */
function aMessage (given: Record<string, string> = {}): Record<string, string> {
  return {
    audience: 'confirmed', heading: 'Bring a torch', body: 'It will be dark.', submission: randomUUID(), ...given
  }
}

/** Changes a message on its own page, as it is shown. */
async function change ({ app, headers }: Context, page: string, typed: Record<string, string>) {
  return await post(app, `${page}/text`, { ...filledIn((await app.inject({ url: `${page}/text`, headers })).body), ...typed }, headers)
}

/** Presses "Send" on the page of a message as it is shown. */
async function send ({ app, headers }: Context, page: string) {
  const { body } = await app.inject({ url: page, headers })
  const edition = /name="edition" value="([^"]*)"/.exec(body)?.[1] ?? ''
  return await post(app, `${page}/sending`, { edition, confirmed: tokenOn(body) }, headers)
}

t.test('an organiser writes, looks at the email as people get it, and sends it', async t => {
  const its = await context(t)
  const { app, db, headers, member, activity, url } = its
  await aBooking(db, activity.id)
  await aBooking(db, activity.id, { unreachableAt: noon.toJSDate() })
  await aBooking(db, activity.id, { status: 'waiting' })

  const empty = perceived(await app.inject({ url, headers }))
  const form = perceived(await app.inject({ url: `${url}/new`, headers }))
  const written = await post(app, url, aMessage(), headers)
  const page = String(written.headers.location)
  const preview = perceived(await app.inject({ url: page, headers }))
  const sent = await send(its, page)
  const progress = perceived(await app.inject({ url: page, headers }))
  const list = perceived(await app.inject({ url, headers }))

  t.match(empty.text, 'No message has been written yet.')
  t.match(form.text, /People who have a place 1 person\. Emails do not reach 1 person: call them\./)
  t.match(form.text, /People who are waiting, or are being offered a place 1 person/)
  t.match(form.text, /Everyone: people who have a place, and people who are waiting 2 people\. Emails do not/)
  t.equal(written.statusCode, 303)
  t.equal(page, `${url}/1`)
  t.match(preview.text, '1 person gets this email. Emails do not reach 1 person: call them.')
  t.match(preview.text, 'A message about your booking: Online workshop – Cumbria safeguarding partnerships, Tuesday 1 December 2026')
  t.match(preview.text, /Hello Alex Example, .*Bring a torch ============= It will be dark\./)
  t.match(preview.text, 'Send to 1 person')
  t.equal(sent.statusCode, 303)
  t.equal(sent.headers.location, page)
  t.match(progress.text, /Going out 0 of 2 emails have gone\..*Sent 0 Waiting to go 2 Not taken 0.*Stop: send no more See how far it has got/)
  t.match(list.text, /Bring a torch Going out 0 of 2 emails have gone\. To people who have a place\. Written by Olu Organiser, sent on Monday 23 November 2026 at midday\./)
  t.equal((await announced(db, 'letter.due')).length, 2)
  t.match(await db.auditEntry.findMany({ where: { action: { startsWith: 'bulletin.' } }, orderBy: { id: 'asc' } }), [
    { action: 'bulletin.written', staffMemberId: member.id, subject: activity.slug, details: { number: 1, audience: 'confirmed' } },
    { action: 'bulletin.sent', staffMemberId: member.id, subject: activity.slug, details: { number: 1, people: 1, toCall: 1 } }
  ])
})

t.test('each wrong answer gets a sentence beside its field, and what was typed stays', async t => {
  const { app, db, headers, url } = await context(t)
  const whom = 'Select who you want to email'
  const expired = 'This form has expired. Load the page again and write it once more.'
  const cases: Array<[string, Record<string, string> | string, string, string]> = [
    ['nobody', aMessage({ audience: '' }), 'audience', whom],
    ['others', aMessage({ audience: 'cancelled' }), 'audience', whom],
    ['no heading', aMessage({ heading: ' ' }), 'heading', 'Enter a heading'],
    ['a long heading', aMessage({ heading: '字'.repeat(101) }), 'heading', 'Heading must be 100 characters or fewer'],
    ['a heading of two lines', aMessage({ heading: 'a\nb' }), 'heading', 'Heading must be on one line'],
    ['no text', aMessage({ body: '' }), 'body', 'Enter the text'],
    ['a text that does not print', aMessage({ body: ' \r\n\u0000\u202e\t' }), 'body', 'Enter the text'],
    ['a long text', aMessage({ body: '字'.repeat(5001) }), 'body', 'Text must be 5,000 characters or fewer: it has 5,001'],
    ['no id of its own', aMessage({ submission: 'x' }), 'form', expired],
    ['an unknown field', aMessage({ number: '2' }), 'form', 'This form has no field “number”. Load the page again and fill it in once more.'],
    ['a field that comes twice', `${new URLSearchParams(aMessage()).toString()}&heading=x`, 'heading', 'Heading must be given only once']
  ]

  for (const [what, form, field, sentence] of cases) {
    const answer = await post(app, url, form, headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, 400, what)
    t.strictSame(page.errors, [{ field, sentence }], what)
    t.ok(page.has(field), `${what}: the link leads somewhere`)
  }
  const again = await post(app, url, aMessage({ heading: '', body: 'Typed </textarea> & kept' }), headers)
  t.match(again.body, 'Typed &lt;/textarea&gt; &amp; kept</textarea>')
  t.match(again.body, /value="confirmed"[^>]* checked/)
  t.equal(await db.bulletin.count(), 0)
})

t.test('a text as long as it may be, in any script, arrives as it was typed but for what does not print', async t => {
  const { app, db, headers, url } = await context(t)
  const text = `${'😀'.repeat(4990)}\r\na\tb\u0000\u2028c  `

  const answer = await post(app, url, aMessage({ body: text }), headers)
  const tooMuch = await post(app, url, aMessage({ body: 'x'.repeat(82_000) }), headers)

  t.equal(answer.statusCode, 303)
  t.equal((await db.bulletin.findFirstOrThrow()).body, `${'😀'.repeat(4990)}\na b\nc`)
  t.equal(tooMuch.statusCode, 413)
})

t.test('the same form twice is one message; from the way back it is changed, once both texts were seen', async t => {
  const { app, db, headers, url } = await context(t)
  const form = aMessage()

  const answers = await Promise.all([post(app, url, form, headers), post(app, url, form, headers)])
  const back = await post(app, url, { ...form, heading: 'Bring two torches' }, headers)
  const between = await db.bulletin.findMany()
  const changed = await post(app, `${url}/1/text`, filledIn(back.body), headers)
  const again = await post(app, `${url}/1/text`, filledIn(back.body), headers)
  const other = await post(app, url, aMessage(), headers)

  t.equal(back.statusCode, 409)
  t.match(perceived(back).errors, [{ field: 'form', sentence: /^This message was changed after you opened this page\./ }])
  t.match(perceived(back).text, 'What is different Heading There now Bring a torch Yours Bring two torches')
  t.match(between, [{ heading: 'Bring a torch' }])
  t.strictSame([...answers, changed, again].map(({ headers }) => headers.location), Array(4).fill(`${url}/1`))
  t.equal(await db.auditEntry.count({ where: { action: 'bulletin.written' } }), 3, 'what came again is not recorded')
  t.equal(other.headers.location, `${url}/2`)
  t.match(await db.bulletin.findMany({ orderBy: { number: 'asc' } }), [{ heading: 'Bring two torches' }, { heading: 'Bring a torch' }])
})

t.test('a form cannot change the message of another activity by its id', async t => {
  const { app, db, headers, url } = await context(t)
  const other = await anActivity(db)
  const form = aMessage()
  await post(app, `/staff/activities/${other.slug}/bulletins`, form, headers)

  const answer = await post(app, url, { ...form, heading: 'Stolen' }, headers)

  t.equal(answer.statusCode, 404)
  t.match(await db.bulletin.findMany(), [{ heading: 'Bring a torch', activityId: other.id }])
})

t.test('a draft is changed on its own page, with what was typed kept where it is wrong', async t => {
  const its = await context(t)
  const { app, db, headers, url } = its
  await post(app, url, aMessage(), headers)

  const before = await app.inject({ url: `${url}/1/text`, headers })
  const wrong = await change(its, `${url}/1`, { audience: 'everyone', heading: 'Kept', body: '' })
  const answer = await post(app, `${url}/1/text`, { ...filledIn(wrong.body), heading: 'Bring lamps', body: 'Two.' }, headers)

  t.match(before.body, /value="Bring a torch"/)
  t.match(before.body, 'It will be dark.</textarea>')
  t.equal(wrong.statusCode, 400)
  t.match(wrong.body, /name="heading"[^>]*value="Kept"/)
  t.match(wrong.body, /value="everyone"[^>]* checked/)
  t.equal(answer.headers.location, `${url}/1`)
  t.match(await db.bulletin.findMany(), [{ audience: 'everyone', heading: 'Bring lamps', body: 'Two.', sentAt: null }])
})

t.test('a form that comes back never undoes what was changed since, and nothing that was typed is lost', async t => {
  const its = await context(t)
  const { app, db, headers, url, activity } = its
  const first = aMessage()
  await post(app, url, first, headers)
  const opened = filledIn((await app.inject({ url: `${url}/1/text`, headers })).body)
  await change(its, `${url}/1`, { audience: 'everyone', heading: 'By a colleague', body: 'Theirs' })

  const stale = await post(app, `${url}/1/text`, { ...opened, audience: 'waiting', body: 'Mine' }, headers)
  const back = await post(app, url, first, headers)
  const without = await post(app, `${url}/1/text`, { audience: 'waiting', heading: 'x', body: 'Kept text' }, headers)

  t.match(await db.bulletin.findMany(), [{ audience: 'everyone', heading: 'By a colleague', body: 'Theirs' }])
  for (const answer of [stale, back]) {
    t.equal(answer.statusCode, 409)
    t.ok(perceived(answer).has('form'))
    t.match(perceived(answer).text, /Heading There now By a colleague Yours Bring a torch Text There now Theirs Yours (Mine|It will be dark\.)/)
  }
  t.match(perceived(stale).text, 'Who gets it There now Everyone: people who have a place, and people who are waiting Yours People who are waiting')
  t.match(stale.body, 'Mine</textarea>')
  t.match(back.body, 'It will be dark.</textarea>')
  t.equal(without.statusCode, 400)
  t.match(without.body, 'Kept text</textarea>')
  t.equal((await post(app, `${url}/1/text`, filledIn(stale.body), headers)).statusCode, 303, 'having read both')
  t.match(await db.bulletin.findMany(), [{ activityId: activity.id, audience: 'waiting', heading: 'Bring a torch', body: 'Mine' }])
})

t.test('someone who changes what a colleague has sent meanwhile is told, and keeps what they typed', async t => {
  const its = await context(t)
  const { app, db, headers, url, activity } = its
  await aBooking(db, activity.id)
  const form = aMessage()
  await post(app, url, form, headers)
  const open = filledIn((await app.inject({ url: `${url}/1/text`, headers })).body)
  await send(its, `${url}/1`)

  const changed = await post(app, `${url}/1/text`, { ...open, heading: 'New', body: 'My new text' }, headers)
  const began = await post(app, url, { ...form, body: 'My other text' }, headers)
  const opened = await app.inject({ url: `${url}/1/text`, headers })
  const tested = await post(app, `${url}/1/test`, {}, headers)

  const sentence = 'This message has been sent, so its text cannot be changed any more. Write another.'
  for (const answer of [changed, began, tested]) {
    t.equal(answer.statusCode, 409)
    t.strictSame(perceived(answer).errors, [{ field: 'form', sentence }])
    t.ok(perceived(answer).has('form'))
  }
  t.match(changed.body, 'My new text</textarea>')
  t.match(began.body, 'My other text</textarea>')
  t.equal(opened.statusCode, 409)
  t.match(await db.bulletin.findMany(), [{ heading: 'Bring a torch', body: 'It will be dark.' }])
  t.strictSame(await announced(db, 'bulletin.tested'), [])
  t.equal((await post(app, url, filledIn(began.body), headers)).headers.location, `${url}/2`, 'pressed again, it is another')
  t.match(await db.bulletin.findFirst({ where: { number: 2 } }), { body: 'My other text' })
})

t.test('a message changed since its sender read it is not sent, and is shown again', async t => {
  const its = await context(t)
  const { app, db, headers, url, activity } = its
  await aBooking(db, activity.id)
  await post(app, url, aMessage(), headers)
  const edition = /name="edition" value="([^"]*)"/.exec((await app.inject({ url: `${url}/1`, headers })).body)?.[1] ?? ''
  await change(its, `${url}/1`, { audience: 'everyone', heading: 'Changed by a colleague', body: 'x' })

  const answer = await post(app, `${url}/1/sending`, { edition }, headers)
  const without = await post(app, `${url}/1/sending`, {}, headers)

  t.equal(answer.statusCode, 409)
  t.strictSame(perceived(answer).errors,
    [{ field: 'form', sentence: 'Someone has changed this message since you opened this page. Read it again before you send it.' }])
  t.match(perceived(answer).text, 'Changed by a colleague')
  t.equal(without.statusCode, 400)
  t.match(await db.bulletin.findMany(), [{ sentAt: null }])
  t.strictSame(await announced(db, 'letter.due'), [])
})

t.test('who it goes to by now is read before it is sent', async t => {
  const { app, db, headers, url, activity } = await context(t)
  await aBooking(db, activity.id)
  await post(app, url, aMessage(), headers)
  const { body } = await app.inject({ url: `${url}/1`, headers })
  const edition = /name="edition" value="([^"]*)"/.exec(body)?.[1] ?? ''
  await aBooking(db, activity.id)

  const asked = await post(app, `${url}/1/sending`, { edition, confirmed: tokenOn(body) }, headers)
  const between = await db.bulletin.findFirstOrThrow()
  const answer = await post(app, `${url}/1/sending`, { edition, confirmed: tokenOn(asked.body) }, headers)

  t.equal(asked.statusCode, 200)
  t.match(perceived(asked).text, 'Something has changed while you were reading')
  t.match(perceived(asked).text, '2 people get this email.')
  t.equal(between.sentAt, null)
  t.equal(answer.statusCode, 303)
  t.equal((await announced(db, 'letter.due')).length, 2)
})

t.test('where nobody would get it there is no button, and pressing an older page’s sends nothing', async t => {
  const its = await context(t)
  const { app, db, headers, url, activity } = its
  const { id } = await aBooking(db, activity.id)
  await post(app, url, aMessage(), headers)
  const edition = /name="edition" value="([^"]*)"/.exec((await app.inject({ url: `${url}/1`, headers })).body)?.[1] ?? ''
  await db.booking.update({ where: { id }, data: { status: 'cancelled' } })

  const page = await app.inject({ url: `${url}/1`, headers })
  const answer = await post(app, `${url}/1/sending`, { edition }, headers)

  t.match(perceived(page).text, 'Nobody has a place at the moment.')
  t.notMatch(page.body, '/sending')
  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).errors, [{ field: 'form', sentence: 'Nobody would get this message at the moment, so it was not sent.' }])
  t.match(await db.bulletin.findMany(), [{ sentAt: null }])
})

t.test('the email is shown in a frame that only our own pages may make, and that runs and loads nothing', async t => {
  const { app, headers, url } = await context(t)
  await post(app, url, aMessage({ heading: '<script>alert(1)</script>', body: '<style>body{display:none}</style>\n<img src=x onerror=alert(1)>' }), headers)

  const page = await app.inject({ url: `${url}/1`, headers })
  const email = await app.inject({ url: `${url}/1/letter`, headers })
  const list = await app.inject({ url, headers })

  const policy = String(email.headers['content-security-policy'])
  t.match(page.body, `<iframe class="pk-email-frame" src="${url}/1/letter"`)
  t.match(page.headers['content-security-policy'], "; frame-src 'self'")
  t.notMatch(list.headers['content-security-policy'], 'frame-src')
  t.match(policy, /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'; sandbox allow-popups/)
  t.equal(email.headers['x-frame-options'], 'SAMEORIGIN')
  t.equal(email.headers['cache-control'], 'no-store')
  t.notMatch(email.body, /<script|<img|<style>body\{/)
  t.match(email.body, '&lt;img src=x onerror=alert(1)&gt;')
  t.match(email.body, '<base target="_blank">')
})

t.test('a test is asked for with a button, as often as one likes', async t => {
  const { app, db, headers, member, url } = await context(t)
  await post(app, url, aMessage(), headers)

  const answer = await post(app, `${url}/1/test`, {}, headers)
  const page = perceived(await app.inject({ url: String(answer.headers.location), headers }))
  const withFields = await post(app, `${url}/1/test`, { email: 'x@example.org' }, headers)

  const { id } = await db.bulletin.findFirstOrThrow()
  t.match(page.text, 'A test is on its way to your own address, the one that you sign in with.')
  t.strictSame(await announced(db, 'bulletin.tested'), [{ bulletinId: id, staffMemberId: member.id, at: noon.toISO() }])
  t.equal(withFields.statusCode, 400)
  t.equal(await db.email.count(), 0)
  t.match(await db.auditEntry.findMany({ where: { action: 'bulletin.tested' } }), [{ staffMemberId: member.id }])
})

t.test('a stopped message says how many emails had gone', async t => {
  const its = await context(t)
  const { app, db, headers, member, url, activity } = its
  const first = await aBooking(db, activity.id)
  await aBooking(db, activity.id)
  await aBooking(db, activity.id)
  await post(app, url, aMessage(), headers)
  await send(its, `${url}/1`)
  await db.email.updateMany({ where: { bookingId: first.id }, data: { status: 'sent', sentAt: noon.toJSDate() } })

  const withFields = await post(app, `${url}/1/stop`, { now: '1' }, headers)
  const answer = await post(app, `${url}/1/stop`, {}, headers)
  const again = await post(app, `${url}/1/stop`, {}, headers)
  const page = await app.inject({ url: `${url}/1`, headers })

  t.equal(withFields.statusCode, 400)
  t.equal(answer.statusCode, 303)
  t.equal(again.statusCode, 303)
  t.match(perceived(page).text, 'Stopped 1 of 3 emails has gone. Stopped on Monday 23 November 2026 at midday: 1 email had gone, 2 emails did not go.')
  t.notMatch(page.body, /data-follow|Stop: send no more/)
  t.match(await db.auditEntry.findMany({ where: { action: 'bulletin.stopped' } }),
    [{ staffMemberId: member.id, details: { number: 1, emails: 2 } }])
})

t.test('what became of each email is counted, and of one that was sent again what became of the copy', async t => {
  const its = await context(t)
  const { app, db, headers, url, activity } = its
  const other = await anActivity(db, { campaignId: (await aCampaign(db)).id })
  const statuses = ['sent', 'sent', 'queued', 'queued', 'failed', 'bounced', 'withdrawn']
  const bookings = await Promise.all(statuses.map(async () => await aBooking(db, activity.id)))
  const elsewhere = await aBooking(db, other.id)
  await post(app, url, aMessage(), headers)
  await send(its, `${url}/1`)
  const sentAt = (status = '') => ['sent', 'bounced'].includes(status) ? noon.toJSDate() : null
  const become = async (bookingId: string, status: string, answer: string | null = 'said') => await db.email.updateMany({
    where: { bookingId }, data: { status, answer, sentAt: sentAt(status) }
  })
  for (const [n, { id }] of bookings.entries()) await become(id, statuses[n] ?? '')
  await become(bookings[2]?.id ?? '', 'queued', null)
  const email = (bookingId: string, more: object) => ({ bookingId, kind: 'bulletin', sequence: 1, messageId: randomUUID(), createdAt: noon.toJSDate(), ...more })
  await db.email.create({ data: email(bookings[4]?.id ?? '', { copy: 1, status: 'sent', sentAt: noon.toJSDate() }) })
  await db.email.create({ data: email(elsewhere.id, {}) })
  await db.email.create({ data: { ...email(bookings[0]?.id ?? '', {}), kind: 'reminder-day' } })

  const page = await app.inject({ url: `${url}/1`, headers })

  t.match(perceived(page).text, /Going out 3 of 7 emails have gone\. 1 email was not taken\. Sent 3 Waiting to go 2 Not taken 1 Not sent 1 .*has not taken 1 email yet/)
  t.match(page.body, `${activity.slug}/letters?show=not-arrived&amp;kind=bulletin`)
  t.match(page.body, 'data-follow')
})

t.test('a message that is not there, and one of another activity, are not found', async t => {
  const { app, db, headers, url } = await context(t)
  const other = await anActivity(db)
  await post(app, `/staff/activities/${other.slug}/bulletins`, aMessage(), headers)

  for (const number of ['1', '0', '01', '-1', 'x', '9999999999', '1%00', 'new2']) {
    for (const address of ['', '/text', '/letter']) {
      t.equal((await app.inject({ url: `${url}/${number}${address}`, headers })).statusCode, 404, `GET ${number}${address}`)
    }
    for (const address of ['/text', '/test', '/sending', '/stop']) {
      const form = { '/text': { audience: 'everyone', heading: 'x', body: 'x' }, '/sending': { edition: 'x' } }[address] ?? {}
      t.equal((await post(app, `${url}/${number}${address}`, form as Record<string, string>, headers)).statusCode, 404, `POST ${number}${address}`)
    }
  }
  t.match(await db.bulletin.findMany(), [{ sentAt: null, heading: 'Bring a torch' }])
})

t.test('only people who run the activity write to its attendees', async t => {
  const { app, db, activity, url } = await context(t)
  const lead = await anAgency(db)
  const elsewhere = await anAgency(db, { name: 'Cumbria Police' })
  await db.activity.update({ where: { id: activity.id }, data: { leadAgencyId: lead.id } })
  await db.activityPartner.create({ data: { activityId: activity.id, agencyId: elsewhere.id } })
  const leads = await signedIn(app, db, { role: 'organiser', agencyId: lead.id })
  const partner = await signedIn(app, db, { role: 'organiser', agencyId: elsewhere.id })
  const colleague = await signedIn(app, db, { role: 'staff', agencyId: lead.id })
  await post(app, url, aMessage(), leads.headers)

  for (const { headers } of [partner, colleague]) {
    for (const address of ['', '/new', '/1', '/1/text', '/1/letter']) {
      t.equal((await app.inject({ url: `${url}${address}`, headers })).statusCode, 403, address)
    }
    for (const address of ['', '/1/text', '/1/test', '/1/sending', '/1/stop']) {
      t.equal((await post(app, `${url}${address}`, aMessage(), headers)).statusCode, 403, address)
    }
  }
  t.equal((await app.inject({ url: `${url}/1`, headers: leads.headers })).statusCode, 200)
  t.equal((await app.inject({ url: `${url}/1` })).statusCode, 303, 'who is not signed in is asked to')
  t.match(await db.bulletin.findMany(), [{ sentAt: null }])
  t.strictSame(await announced(db, 'bulletin.tested'), [])
})

t.test('looking changes nothing, and the page of the activity leads there', async t => {
  const { app, db, headers, activity, url } = await context(t)
  await aBooking(db, activity.id)
  await post(app, url, aMessage(), headers)

  for (const address of ['', '/new', '/1', '/1/text', '/1/letter']) await app.inject({ url: `${url}${address}`, headers })
  const page = await app.inject({ url: `/staff/activities/${activity.slug}`, headers })

  t.match(page.body, `<a class="govuk-link" href="${url}">Write to people</a>`)
  t.equal(await db.auditEntry.count({ where: { action: { startsWith: 'bulletin.' } } }), 1)
  t.equal(await db.email.count(), 0)
})
