import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Test } from 'tap'
import { MailRefused } from '../../../src/mail/emails/errors.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import { answerRequest, forgetRequests, receiveRequest } from '../../../src/office/requests/commands.ts'
import { copyUntil } from '../../../src/office/requests/request.ts'
import { sendAnswers } from '../../../src/office/requests/jobs.ts'
import { getRequest } from '../../../src/office/requests/queries.ts'
import { confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { answerEffects } from '../../../src/office/requests/answering.ts'
import { keeping, contextWith } from '../../support/email-context.ts'
import { aLegalHold, aRequestOf, tellPeople } from '../../support/requests.ts'
import { filledIn } from '../../support/filled-in.ts'
import { isSealed } from '../../../src/platform/seal.ts'
import { links, perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon, warm, world } from '../../support/world.ts'

const complaint = { name: 'Anne Kirkbride', email: 'Anne@example.org', what_happened: 'Nobody let me in.' }

/** The service with a clock, an admin, and the emails that were sent. */
async function office (t: Test) {
  const clock = { now: noon }
  const its = await service(t, { clock: () => clock.now })
  const mailer = keeping()
  const context = contextWith(its, mailer)
  const { headers, member } = await signedIn(its.app, its.db, { name: 'Olu Organiser' })
  return {
    ...its,
    clock,
    headers,
    member,
    mail: async (): Promise<Message[]> => {
      context.turnClock(clock.now)
      t.strictSame(await tellPeople(its, context), [])
      return mailer.kept.splice(0)
    }
  }
}

t.test('a complaint gets a date for our answer at once, staff answer, and the answer comes by email', async t => {
  const { app, db, headers, mail } = await office(t)

  const wrong = await post(app, '/complaints', { ...complaint, email: 'anne', submission: randomUUID() })
  t.equal(wrong.statusCode, 400)
  t.match(perceived(wrong).errors, [{ field: 'email' }])
  t.match(wrong.body, 'Nobody let me in.', 'what was typed stays')
  const form = { ...complaint, submission: randomUUID() }
  for (const again of ['once', 'twice']) {
    t.match(await post(app, '/complaints', form), { statusCode: 303, headers: { location: '/complaints/sent' } }, again)
  }
  t.equal((await app.inject('/complaints/sent')).statusCode, 200)
  const [receipt, ...more] = await mail()
  t.strictSame(more, [], 'a double click is one complaint')
  t.match(receipt, { to: 'Anne@example.org', subject: 'We have your complaint' })
  t.match(receipt?.text, /by Wednesday 23 December 2026 at the latest/)
  t.match(receipt?.text, /ico\.org\.uk/)
  t.match(receipt?.text, /call 999/)

  const home = perceived(await app.inject({ url: '/staff', headers })).text
  t.match(home, /1 request or complaint is waiting for an answer Complaint Answer by Wednesday 23 December 2026/)
  t.notMatch(home, /Kirkbride/, 'home names nobody')
  const { id } = await db.request.findFirstOrThrow()
  const href = `/staff/requests/${id}`
  t.match(perceived(await app.inject({ url: '/staff/requests', headers })).text, 'Answer by Wednesday 23 December 2026')
  t.match(perceived(await app.inject({ url: href, headers })).text, 'Nobody let me in.')
  const asked = await post(app, href, { answer: 'We are sorry.\nThe link was wrong.', told_by: 'email' }, headers)
  t.match(perceived(asked).text, 'Anne Kirkbride gets an email with this answer')
  t.strictSame(await mail(), [], 'nothing is sent before that was read')
  t.match(await post(app, href, filledIn(asked.body), headers), { statusCode: 303 })
  const [answer] = await mail()
  t.match(answer, { to: 'Anne@example.org', subject: 'Our answer to your complaint' })
  t.match(answer?.text, 'We are sorry.\nThe link was wrong.')
  t.match(answer?.text, /ico\.org\.uk/, 'every answer says where else to complain')
  t.match(perceived(await app.inject({ url: href, headers })).text, /Olu Organiser, Monday 23 November 2026 at midday/)
  t.match(perceived(await app.inject({ url: '/staff/requests?view=answered', headers })).text, 'Answered Monday 23 November 2026')
  t.match(await post(app, href, { answer: 'Something else.', told_by: 'email' }, headers), { statusCode: 409 })
  t.notMatch(JSON.stringify(await db.auditEntry.findMany(), bigints), /Kirkbride|anne@|Nobody let|sorry/i, 'the trail names nobody')
})

t.test('filling in the field that people cannot see says that nothing is sent; the complaint goes at the second press', async t => {
  const { app, db, mail } = await office(t)

  const answer = await post(app, '/complaints', { ...complaint, submission: randomUUID(), remark: 'https://evil.example' })

  t.match(answer, { statusCode: 400 })
  t.match(perceived(answer).errors, [{ field: 'form', sentence: /nothing is sent yet/ }])
  t.equal(await db.request.count(), 0)
  t.strictSame(await mail(), [])
  t.match(await db.trappedForms.findMany(), [{ forms: 1 }])

  t.match(await post(app, '/complaints', filledIn(answer.body)), { statusCode: 303 })
  t.match(await db.request.findMany(), [{ text: 'Nobody let me in.' }])
  const [{ text } = { text: '' }] = await db.$queryRaw<Array<{ text: string }>>`SELECT text FROM requests`
  t.ok(isSealed(text), 'a dump of the database does not say it')
})

t.test('other words for what they have asked already are not lost in silence', async t => {
  const { app, db } = await office(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { email: 'anne@example.org' })
  const url = `/bookings/${links.tokenOf(id)}/objection`
  const form = filledIn((await app.inject(url)).body)

  t.equal((await post(app, url, { ...form, why: 'Stop the reminders.' })).statusCode, 303)
  t.equal((await post(app, url, { ...form, why: 'Stop the reminders.' })).statusCode, 303, 'a double click')
  const other = await post(app, url, { ...form, why: 'And the pictures.' })

  t.equal(other.statusCode, 409)
  t.match(perceived(other).text, /And the pictures\..*What you have just sent is not added to it/)
  t.match(await db.request.findMany(), [{ text: 'Stop the reminders.' }])
})

t.test('a form that comes again after our answer says so, and asks anew at the second press', async t => {
  const { app, db, headers } = await office(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { email: 'anne@example.org' })
  const own = `/bookings/${links.tokenOf(id)}/objection`
  const objection = { ...filledIn((await app.inject(own)).body), why: 'Stop the reminders.' }
  const byPhone = {
    kind: 'deletion', name: 'Bob', email: 'bob@example.org', received: '2026-11-20', what_happened: '', submission: randomUUID()
  }
  const forms: Array<[url: string, fields: Record<string, string>, headers?: Record<string, string>]> = [
    ['/complaints', { ...complaint, submission: randomUUID() }], [own, objection], ['/staff/requests/new', byPhone, headers]
  ]

  for (const [url, fields, as] of forms) {
    t.equal((await post(app, url, fields, as)).statusCode, 303, url)
    for (const { id } of await db.request.findMany({ select: { id: true } })) {
      await db.request.update({ where: { id }, data: { closedAt: noon.toJSDate(), answer: 'Done.', toldBy: 'otherwise' } })
    }
    const before = await db.request.count()

    const again = await post(app, url, fields, as)

    t.equal(again.statusCode, 409, url)
    t.match(perceived(again).errors, [{ sentence: /This form was sent before, and we have answered it since/ }])
    t.equal(await db.request.count(), before)
    t.equal((await post(app, url, filledIn(again.body), as)).statusCode, 303)
    t.equal(await db.request.count(), before + 1)
  }
})

t.test('staff who write down what is there already are told that nothing was added', async t => {
  const { app, db, headers } = await office(t)
  const form = { kind: 'copy', name: 'Anne', email: 'anne@example.org', received: '2026-11-20', what_happened: '' }

  const first = await post(app, '/staff/requests/new', { ...form, submission: randomUUID() }, headers)
  const other = await post(app, '/staff/requests/new', { ...form, received: '2026-11-21', submission: randomUUID() }, headers)

  t.match(first.headers.location, /done=recorded$/)
  t.match(other.headers.location, /done=recorded-before$/)
  t.match(perceived(await app.inject({ url: other.headers.location ?? '', headers })).text, 'Nothing was added')
  t.equal(await db.request.count(), 1)
})

t.test('parents ask from the page of their booking, once each, and read by when we answer', async t => {
  const { app, db, mail } = await office(t)
  const { id: campaignId } = await aCampaign(db, { discreet: true })
  const { id: activityId } = await anActivity(db, { campaignId })
  const { id } = await aBooking(db, activityId, { email: 'anne@example.org' })
  const own = `/bookings/${links.tokenOf(id)}`

  for (const [path, button] of [['copy', 'Ask for a copy'], ['deletion', 'Ask us to delete my details'], ['objection', 'Send my objection']]) {
    t.match((await app.inject(own)).body, `href="${own}/${path ?? ''}"`, 'the page of the booking leads there')
    const page = await app.inject(`${own}/${path ?? ''}`)
    t.match(perceived(page).text, button ?? '')
    for (const again of [1, 2]) {
      const fields = { ...filledIn(page.body), ...(again === 2 && { submission: randomUUID() }) }
      t.match(await post(app, `${own}/${path ?? ''}`, fields), { statusCode: 303, headers: { location: `${own}/${path ?? ''}` } })
    }
    t.match(perceived(await app.inject(`${own}/${path ?? ''}`)).text, /since Monday 23 November 2026.*by Wednesday 23 December 2026/)
  }
  t.equal(await db.request.count(), 3, 'asked twice is asked once')
  const emails = await mail()
  t.strictSame(emails.map(({ to, subject }) => `${to}: ${subject}`), Array(3).fill('anne@example.org: We have your request'))
  t.notMatch(emails.map(({ subject, text, html }) => subject + text + html).join(), /Not OK|Keeping your child/, 'none names the topic')
  t.match(await app.inject('/bookings/a-link-that-nobody-has/copy'), { statusCode: 404 })
})

t.test('someone who booked by phone without an address reads where to turn, and nothing is recorded', async t => {
  const { app, db } = await office(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId)
  const data = { email: null, canonicalEmail: null, phone: '07700 900 982' }
  const token = links.tokenOf(await db.booking.update({ where: { id }, data }))

  const page = await app.inject(`/bookings/${token}/copy`)
  const sent = await post(app, `/bookings/${token}/copy`, {})

  t.match(perceived(page).text, 'We have no email address for this booking')
  t.equal(sent.statusCode, 409)
  t.equal(await db.request.count(), 0)
})

t.test('ten who ask at once for the same are one request, and a complaint may come twice', async t => {
  const { db, outbox } = await world(t)
  await warm(db)
  const asking = (kind: 'copy' | 'complaint') => ({
    submissionId: randomUUID(), kind, name: 'Anne', email: 'anne@example.org', text: 'x', receivedAt: noon
  })

  const ids = await Promise.all(Array.from({ length: 10 }, async () => await receiveRequest(db, outbox, asking('copy'), noon)))
  await receiveRequest(db, outbox, asking('complaint'), noon)
  await receiveRequest(db, outbox, asking('complaint'), noon)

  t.equal(new Set(ids.map(({ id }) => id)).size, 1)
  t.equal(await db.request.count(), 3)
  t.equal((await announced(db, 'request.received')).length, 3)
})

t.test('of two who answer at once one is refused, and one email is owed', async t => {
  const { db, outbox } = await world(t)
  await warm(db)
  const request = await aRequestOf(db, { kind: 'complaint', text: 'x' })
  const confirmed = confirmationToken({ sentences: answerEffects({ ...await getRequest(db, request.id) }, 'email'), changes: [] })

  const ends = await Promise.allSettled(['One.', 'Another.'].map(async answer =>
    await answerRequest(db, outbox, { requestId: request.id, answer, toldBy: 'email', confirmed }, organiser, noon)))

  t.strictSame(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  t.equal((await announced(db, 'request.answered')).length, 1)
})

t.test('a request and the email about it are kept together or not at all', async t => {
  const { db, outbox } = await world(t)
  const failing = {
    announce: async (...args: Parameters<typeof outbox.announce>) => {
      await outbox.announce(...args)
      throw new Error('The process died.')
    }
  } as typeof outbox
  const asking = { submissionId: randomUUID(), kind: 'copy' as const, name: 'Anne', email: 'anne@example.org', text: undefined, receivedAt: noon }

  await t.rejects(receiveRequest(db, failing, asking, noon), { message: 'The process died.' })

  t.equal(await db.request.count(), 0)
  t.strictSame(await announced(db, 'request.received'), [])
})

t.test('staff write down what came by phone: the time runs from the day on which it came', async t => {
  const { app, db, headers, mail } = await office(t)

  const empty = await post(app, '/staff/requests/new', {
    kind: 'complaint', name: 'Anne Kirkbride', email: 'anne@example.org', received: '2026-11-24', submission: randomUUID()
  }, headers)
  const form = await app.inject({ url: '/staff/requests/new', headers })
  const sent = await post(app, '/staff/requests/new', {
    ...filledIn(form.body), kind: 'copy', name: 'Anne Kirkbride', email: 'anne@example.org', received: '2026-11-02'
  }, headers)

  t.match(perceived(empty).errors, [{ field: 'received' }], 'tomorrow nobody asked anything')
  t.equal(sent.statusCode, 303)
  t.match(await db.request.findFirstOrThrow(), { kind: 'copy', receivedAt: '2026-11-02T00:00:00.000Z', dueOn: '2026-12-02T00:00:00.000Z' })
  t.match((await mail())[0]?.text, /by Wednesday 2 December 2026/)
})

t.test('where our answer is refused for good, staff read so and tell them another way', async t => {
  const its = await office(t)
  const { app, db, headers } = its
  const { id } = await aRequestOf(db, {
    kind: 'complaint', text: 'x', answer: 'No.', toldBy: 'email', closedAt: noon.toJSDate(), acknowledgedAt: noon.toJSDate()
  })
  const refusing = {
    ...keeping(), send: async () => { throw new MailRefused({ code: '550', isFinal: true, answer: '550 No such user' }) }
  }

  const [end] = await sendAnswers(contextWith(its, refusing), [{ requestId: id }])

  t.equal(end?.status, 'fulfilled', 'another try would end alike')
  t.match(perceived(await app.inject({ url: '/staff/requests', headers })).text, 'Answer did not arrive')
  t.match(await post(app, `/staff/requests/${id}/told`, {}, headers), { statusCode: 303 })
  t.match(perceived(await app.inject({ url: '/staff/requests', headers })).text, 'Nothing waits for an answer.')
  t.match(await db.request.findFirstOrThrow(), { toldBy: 'otherwise' })
})

t.test('a copy may be seen for 14 days, until the end of the day, by people who were sent one', async t => {
  const at = noon.plus({ days: 200 })
  const closed = { at, answer: 'x', by: undefined, toldAt: undefined }

  t.equal(copyUntil({ closed: undefined }), undefined)
  t.equal(copyUntil({ closed: { ...closed, toldBy: 'email' } }), undefined)
  t.equal(copyUntil({ closed: { ...closed, toldBy: 'copy' } })?.toISO(), '2027-06-25T23:59:59.999+01:00')
})

t.test('what was answered is deleted 12 months later, and not what is open or held', async t => {
  const { db } = await world(t)
  const closed = (closedAt: Date) => ({ answer: 'x', toldBy: 'email', closedAt })
  const longAgo = closed(noon.minus({ months: 12, minutes: 1 }).toJSDate())
  const { id: due } = await aRequestOf(db, longAgo)
  const { id: open } = await aRequestOf(db, { receivedAt: noon.minus({ years: 2 }).toJSDate() })
  const { id: younger } = await aRequestOf(db, closed(noon.minus({ months: 12 }).toJSDate()))
  const held = await aRequestOf(db, longAgo)
  await aLegalHold(db, { canonicalEmail: held.canonicalEmail })

  t.strictSame(await forgetRequests(db, noon), [due])
  t.strictSame(await forgetRequests(db, noon), [], 'the second time there is nothing to do')
  t.strictSame((await db.request.findMany()).map(({ id }) => id).sort(), [open, younger, held.id].sort())
})

function bigints (_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

t.test('what is wrong with a form of the public is said in a sentence, and nothing is kept', async t => {
  const { app, db } = await office(t)
  const { id: activityId } = await anActivity(db)
  const own = `/bookings/${links.tokenOf((await aBooking(db, activityId)).id)}`
  const good = new URLSearchParams({ ...complaint, submission: randomUUID() }).toString()

  for (const [path, body] of [
    ['/complaints', ''], ['/complaints', `${good}&name=Bea`], ['/complaints', `${good}&wrong=yes`],
    ['/complaints', good.replace('Nobody', 'x'.repeat(2001))],
    ['/complaints', good.replace(/submission=[^&]+/, 'submission=x')], [`${own}/copy`, 'wrong=yes'], [`${own}/deletion`, 'submission=x'],
    [`${own}/objection`, `why=${'x'.repeat(2001)}`]
  ] as const) {
    const answer = await post(app, path, body)
    t.equal(answer.statusCode, 400, `${path} ${body.slice(0, 40)}`)
    t.not(perceived(answer).errors.length, 0)
  }
  t.equal(await db.request.count(), 0)
})

t.test('nobody has us write to strangers by the dozen', async t => {
  const { app, db } = await service(t, { rateLimits: true })

  const sent = []
  for (let n = 0; n < 6; n++) sent.push(await post(app, '/complaints', { ...complaint, submission: randomUUID() }))

  t.strictSame(sent.map(({ statusCode }) => statusCode), [303, 303, 303, 303, 303, 429])
  t.equal(await db.request.count(), 5)
})
