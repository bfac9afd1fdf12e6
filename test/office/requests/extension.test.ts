import t from 'tap'
import type { Test } from 'tap'
import { MailRefused } from '../../../src/mail/emails/errors.ts'
import { confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { answerRequest } from '../../../src/office/requests/commands.ts'
import { extendRequest } from '../../../src/office/requests/extend.ts'
import { extendingEffects } from '../../../src/office/requests/extending.ts'
import type { Extending } from '../../../src/office/requests/extending.ts'
import { tellOfExtensions } from '../../../src/office/requests/jobs.ts'
import { getRequest } from '../../../src/office/requests/queries.ts'
import { keeping, contextWith } from '../../support/email-context.ts'
import { aRequestOf, tellPeople } from '../../support/requests.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { announced, noon, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const more: Extending = { because: 'complex', reason: 'It is in 14 systems.', toldBy: 'email' }
const fields = { because: 'complex', reason: more.reason, told_by: 'email' }

/** The service with a clock, an admin, and a request that came at noon. */
async function office (t: Test) {
  const its = await service(t, { clock: () => noon })
  const { headers } = await signedIn(its.app, its.db, { name: 'Olu Organiser' })
  const { id } = await aRequestOf(its.db, { email: 'Anne@example.org', acknowledgedAt: noon.toJSDate() })
  return { ...its, headers, id, href: `/staff/requests/${id}`, url: `/staff/requests/${id}/extension` }
}

async function confirmedFor (db: World['db'], id: string, extending = more): Promise<string> {
  return confirmationToken(extendingEffects(await getRequest(db, id), extending))
}

t.test('more time is taken for a reason, the person is emailed it within the month, and the list has the new day', async t => {
  const its = await office(t)
  const { app, db, outbox, headers, href, url } = its
  const mailer = keeping()
  const context = contextWith(its, mailer)
  t.match(perceived(await app.inject({ url: href, headers })).text, 'They must be told why by Wednesday 23 December 2026.')
  t.match(perceived(await app.inject({ url, headers })).text, /by Wednesday 23 December 2026\. If you take more time, it is by Tuesday 23 February 2027/)

  const read = await post(app, url, fields, headers)
  t.match(perceived(read).text, /Anne Kirkbride gets an email with this reason.*by Tuesday 23 February 2027 at the latest/)
  t.match(perceived(read).text, more.reason)
  t.match(await db.request.findFirst(), { extendedAt: null }, 'nothing is done before that was read')
  t.match(await post(app, url, filledIn(read.body), headers), { statusCode: 303, headers: { location: `${href}?done=extended` } })

  t.strictSame(await tellPeople(its, context), [])
  const [email, ...others] = mailer.kept
  t.strictSame(others, [])
  t.match(email, { to: 'Anne@example.org', subject: 'We need more time for your request' })
  t.match(email?.text, /because your request is complex[^]*by Tuesday 23 February 2027[^]*It is in 14 systems\.[^]*ico\.org\.uk/)
  const page = perceived(await app.inject({ url: href, headers })).text
  t.match(page, /Answer by Tuesday 23 February 2027, at first by Wednesday 23 December 2026/)
  t.match(page, /Emailed Monday 23 November 2026 at midday/)
  t.notMatch(page, 'take 2 more months', 'the law gives it once')
  t.match(perceived(await app.inject({ url: '/staff/requests', headers })).text,
    /Answer by Tuesday 23 February 2027 At first by Wednesday 23 December 2026/)

  const list = async () => perceived(await app.inject({ url: '/staff/requests', headers })).text
  const old = noon.minus({ days: 28 })
  const { id: pressing } = await aRequestOf(db, { receivedAt: old.toJSDate(), dueOn: new Date('2026-11-26') })
  t.match(await list(), 'Answer soon')
  const confirmed = await confirmedFor(db, pressing)
  await extendRequest(db, outbox, { requestId: pressing, ...more, confirmed }, organiser, noon)
  t.notMatch(await list(), 'Answer soon', 'it counts to the new day')
  t.match(await db.auditEntry.findFirst({ where: { action: 'request.extended' }, orderBy: { id: 'asc' } }), {
    details: { because: 'complex', from: '2026-12-23', to: '2027-02-23', toldBy: 'email' }
  })
  t.notMatch(JSON.stringify(await db.auditEntry.findMany({ omit: { id: true } })), '14 systems', 'the trail has none of the words')
})

t.test('what is wrong is said at its field, and nothing that was typed is lost', async t => {
  const { app, db, headers, url } = await office(t)

  const wrong = await post(app, url, { reason: ' ', because: 'many' }, headers)

  t.match(wrong, { statusCode: 400 })
  t.match(perceived(wrong).errors, [
    { field: 'reason', sentence: 'Enter a reason' }, { field: 'told_by', sentence: 'Select how they are told' }
  ])
  t.match(filledIn(wrong.body), { because: 'many' })
  const long = await post(app, url, { ...fields, reason: 'x'.repeat(2001) }, headers)
  t.match(perceived(long).errors, [{ field: 'reason', sentence: 'Your reason must be 2,000 characters or fewer' }])
  t.match(long.body, 'x'.repeat(2001))
  t.match(await db.request.findFirst(), { extendedAt: null })
})

t.test('no more time for a complaint, after the first month, after an answer, or twice', async t => {
  const { app, db, outbox, headers } = await office(t)
  const refusalOf = async (given: Parameters<typeof aRequestOf>[1]) => {
    const { id } = await aRequestOf(db, given)
    const page = await app.inject({ url: `/staff/requests/${id}/extension`, headers })
    const sent = await post(app, `/staff/requests/${id}/extension`, fields, headers)
    t.notMatch(perceived(await app.inject({ url: `/staff/requests/${id}`, headers })).text, 'take 2 more months')
    t.equal(page.statusCode, 409)
    t.equal(sent.statusCode, 409)
    t.match(sent.body, more.reason, 'what was typed stays')
    return perceived(sent).errors[0]?.sentence
  }
  const extended = {
    extendedAt: noon.toJSDate(), extendedById: organiser.id, extendedBecause: 'many', extensionReason: 'x', extensionToldBy: 'email'
  }

  t.match(await refusalOf({ kind: 'complaint', text: 'x' }), 'The law gives no more time for a complaint.')
  t.match(await refusalOf({ dueOn: new Date('2026-11-20') }), 'They had to be told by Friday 20 November 2026')
  t.match(await refusalOf({ answer: 'x', toldBy: 'email', closedAt: noon.toJSDate() }), 'answered this already')
  t.match(await refusalOf(extended), 'more time for this already')

  const { id } = await aRequestOf(db)
  const lastDay = noon.plus({ months: 1 })
  await extendRequest(db, outbox, { requestId: id, ...more, confirmed: await confirmedFor(db, id) }, organiser, lastDay)
  t.match(await db.request.findUnique({ where: { id } }), { dueOn: '2027-02-23T00:00:00.000Z' }, 'on the last day it is in time')
})

t.test('where the email is refused for good, or they were told by phone, staff read so', async t => {
  const its = await office(t)
  const { app, db, headers, url, href, id } = its
  const read = await post(app, url, fields, headers)
  await post(app, url, filledIn(read.body), headers)
  const refusing = {
    ...keeping(), send: async () => { throw new MailRefused({ code: '550', isFinal: true, answer: '550 No such user' }) }
  }

  const [end] = await tellOfExtensions(contextWith(its, refusing), [{ requestId: id }])
  t.equal(end?.status, 'fulfilled', 'another try would end alike')
  t.match(perceived(await app.inject({ url: '/staff/requests', headers })).text, 'Tell them we need more time')
  t.match(perceived(await app.inject({ url: href, headers })).text, /was refused. Tell them another way, by Wednesday 23 December 2026/)
  t.match(await post(app, `${href}/told`, {}, headers), { statusCode: 303 })
  t.match(await db.request.findFirst(), { extensionToldBy: 'otherwise', toldAt: null })
  t.notMatch(perceived(await app.inject({ url: '/staff/requests', headers })).text, 'Tell them we need more time')

  const { id: other } = await aRequestOf(db)
  t.match(await post(app, `/staff/requests/${other}/extension`, { ...fields, told_by: 'otherwise' }, headers), { statusCode: 303 })
  t.strictSame((await announced(db, 'request.extended')).length, 1, 'nobody else is emailed')
})

t.test('of more time and an answer at once, or of two who take it, one is refused; the email and the day are one', async t => {
  const { db, outbox } = await world(t)
  await warm(db)
  const { id } = await aRequestOf(db)
  const others: Extending = { ...more, reason: 'Another reason.' }
  const tokens = [await confirmedFor(db, id), await confirmedFor(db, id, others)]

  const ends = await Promise.allSettled([more, others].map(async (extending, n) =>
    await extendRequest(db, outbox, { requestId: id, ...extending, confirmed: tokens[n] }, organiser, noon)))
  t.strictSame(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  t.equal((await announced(db, 'request.extended')).length, 1)
  const { extensionReason: reason = '' } = await db.request.findUniqueOrThrow({ where: { id } })
  await extendRequest(db, outbox, { requestId: id, ...more, reason: reason ?? '', confirmed: undefined }, organiser, noon)
  t.equal((await announced(db, 'request.extended')).length, 1, 'the same again changes nothing')

  const answer = { requestId: id, answer: 'x', toldBy: 'otherwise', confirmed: undefined } as const
  await answerRequest(db, outbox, answer, organiser, noon)
  t.match(await db.request.findUnique({ where: { id } }), { closedAt: noon.toJSDate().toISOString() })

  const failing = {
    announce: async (...args: Parameters<typeof outbox.announce>) => {
      await outbox.announce(...args)
      throw new Error('The process died.')
    }
  } as typeof outbox
  const { id: third } = await aRequestOf(db)
  const dying = { requestId: third, ...more, confirmed: await confirmedFor(db, third) }
  await t.rejects(extendRequest(db, failing, dying, organiser, noon), { message: 'The process died.' })
  t.match(await db.request.findUnique({ where: { id: third } }), { extendedAt: null, dueOn: '2026-12-23T00:00:00.000Z' })
})
